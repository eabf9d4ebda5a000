#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What a disc keeps of links, times and attributes; what it does not is told, and verify -against knows it.
. "$top_srcdir/tests/lib/tap.sh" || exit
. "$top_srcdir/tests/e2e/lib.sh"

burn() { # tree option...: messages go to $tmp/said
	rm -f "$tmp/img"
	"$XBURNCRYPT" -format none -o "$tmp/img" "${@:2}" "$1" >/dev/null 2>"$tmp/said"
}
against() { # tree: status and last line; messages go to $tmp/stderr
	local out
	out=$("$XBURNCRYPT" verify "$tmp/img" -against "$1" 2>"$tmp/stderr")
	echo "$? ${out##*, }"
}
extracted() { # option...
	rm -rf "$tmp/out"
	"$XBURNCRYPT" extract "$tmp/img" -to "$tmp/out" "$@" >/dev/null 2>"$tmp/stderr"
}

# targets of links: slashes, and the components that Rock Ridge has a form of their own for
mkdir "$tmp/links"
for target in / // /// a//b //a .// ..//.. a// a/// ./ ../ a/ a/b/ /a/ . .. ./. a/./b; do
	ln -s "$target" "$tmp/links/t${target//\//+}"
done
burn "$tmp/links"
tap_is "$(against "$tmp/links")" '0 0 differ' 'links with slashes: nothing differs' || tap_note "$(cat "$tmp/stderr")"
extracted
n_cut=0
for link in "$tmp/links"/*; do
	to=$(readlink "$link") back=$(readlink "$tmp/out/${link##*/}")
	# older libisofs, which can't store it
	if [[ $to == *[!/]/ && $back = "${to%/}" ]]; then
		n_cut=$((n_cut + 1))
	else
		tap_is "$back" "$to" "the target $to"
	fi
done
tap_is "$(grep -c 'and 4 other links: the slash at the end of the target is not stored' "$tmp/said") $n_cut" "$((n_cut > 0)) $((n_cut > 0 ? 5 : 0))" \
	"$n_cut lose a slash: that is told" || tap_note "$(cat "$tmp/said")"
ln -sfn a/c "$tmp/links/ta+b+"
ln -sfn a/ "$tmp/links/ta++"
tap_is "$(against "$tmp/links")" '3 2 differ' 'other targets differ' || tap_note "$(cat "$tmp/stderr")"

# times beyond the short form
mkdir "$tmp/times"
touch -d '2200-01-01 UTC' "$tmp/times/late"
if [ "$(stat -c %Y "$tmp/times/late")" = 7258118400 ]; then
	burn "$tmp/times"
	tap_is "$(against "$tmp/times")" '0 0 differ' 'a late time: nothing differs'
	extracted
	got=$(stat -c %Y "$tmp/out/late")
	[ "$got" = 7258118400 ] || [ "$got" = 5869583999 ]
	tap_ok 'a late time, or the last one that the short form has' || tap_note "$got"
	tap_is "$(grep -c '1 file has a time before 1900 or after 2155; the nearest time' "$tmp/said")" "$((got == 5869583999))" \
		'what is told is what is stored' || tap_note "$(cat "$tmp/said")"
else
	tap_skip 'late times' 'the file system has none'
fi
tap_done
