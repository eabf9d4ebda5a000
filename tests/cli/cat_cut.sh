#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# cat of files that an image's end cuts: what is there, then an error; the same bytes as extract has.
. "$top_srcdir/tests/lib/tap.sh" || exit
. "$top_srcdir/tests/e2e/lib.sh"
cd "$tmp" || exit

mkdir tree
head -c 1000000 /dev/urandom >tree/aaaa
head -c 1000000 /dev/urandom >tree/part
head -c 1000000 /dev/urandom >tree/zzzz
printf 'a passphrase\n' >pass
chmod 600 pass
"$XBURNCRYPT" -quiet -format none -o none.img tree 2>/dev/null
"$XBURNCRYPT" -quiet "${cheap[@]}" -pass-file pass -o luks2.img tree

cat_cut() { # path
	"$XBURNCRYPT" cat cut.img "$1" "${secret[@]}" >stdout 2>stderr
}
for format in none luks2; do
	secret=()
	[ $format = none ] || secret=(-pass-file pass)
	# the third file is gone, the second one cut within a block
	head -c $(($(stat -c %s $format.img) - 1512345)) $format.img >cut.img
	cat_cut aaaa
	tap_is "$? $(cmp stdout tree/aaaa 2>&1)" '0 ' "$format: a file before the end"
	cat_cut part
	tap_is $? 5 "$format: a file that the end cuts: status 5"
	n=$(stat -c %s stdout)
	[ "$n" -gt 400000 ] && head -c "$n" tree/part | cmp - stdout
	tap_ok "$format: its bytes before the end ($n)"
	tap_like "$(cat stderr)" "^xburncrypt: part: can't be read at byte $n \(.* is beyond the end of the medium" "$format: where it is cut"
	rm -rf out
	"$XBURNCRYPT" extract -to out cut.img "${secret[@]}" -quiet 2>/dev/null
	{ cat stdout && head -c $((1000000 - n)) /dev/zero; } | cmp - out/part
	tap_ok "$format: extract has as many, and zeros for the rest"
	cat_cut 'p*t'
	tap_is "$? $(stat -c %s stdout)" "5 $n" "$format: by a pattern, too"
	cat_cut zzzz
	tap_is "$? $(stat -c %s stdout) $(grep -c 'zzzz: lies beyond the end of the medium' stderr)" '1 0 1' "$format: a file behind the end is refused"
done
tap_done
