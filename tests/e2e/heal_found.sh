#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Which healing data are taken for a disc's own, where nothing but the disc says so: those of a file on it are not.
. "$top_srcdir/tests/lib/tap.sh" || exit
. "$top_srcdir/tests/e2e/lib.sh"
. "$top_srcdir/tests/e2e/append_lib.sh"
mkdir "$tmp/dir" "$tmp/arch"
head -c 3000000 /dev/urandom >"$tmp/dir/file"
noise() { # file first-block n-blocks
	dd if=/dev/urandom of="$1" bs=2048 seek="$2" count="$3" conv=notrunc status=none
}
records() { # file: their blocks
	LC_ALL=C grep -abo 'xburncrypt-heal 1' "$1" | while IFS=: read -r at _; do echo $((at / 2048)); done
}

# --- the last file of a disc is an image with healing data -------------------------------------------
inner() { # format: its image, and a disc in the clear that ends with it
	choose_format "$1"
	run -quiet -heal on -o "$tmp/arch/zz.img" -force "${as[@]}" "$tmp/dir"
	tap_ok "$1: an image with healing data" || told
	rm -f "$tmp/outer"
	xorriso -as mkisofs -quiet -R -J "${@:2}" -o "$tmp/outer" "$tmp/arch" 2>/dev/null
	choose_format none
}
if command -v xorriso >/dev/null; then
	for format in luks2 none; do
		for padding in '' -no-pad; do
			is="an image ($format) on a disc $padding"
			# shellcheck disable=SC2086 # an option, or none
			inner $format $padding
			run list "$tmp/outer" "${reading[@]}"
			tap_is "$? $(cat "$tmp/stdout" "$tmp/stderr")" '0 zz.img' "$is: list" || told
			for how in '' -no-heal; do
				rm -rf "$tmp/back"
				# shellcheck disable=SC2086 # an option, or none
				run extract "$tmp/outer" "${reading[@]}" $how -to "$tmp/back"
				tap_is "$? $(cmp "$tmp/back/zz.img" "$tmp/arch/zz.img" 2>&1)" '0 ' "$is: extract $how" || told
			done
			run verify "$tmp/outer" "${reading[@]}"
			tap_is "$?" 0 "$is: verify" || told
			run verify -no-key -search "$tmp/outer"
			tap_is "$? $(grep -c 'has no healing data, or they can.t be found$' "$tmp/stderr")" '3 1' "$is: no healing data of its own" || told
			stray=$(records "$tmp/outer" | tail -1)
			run verify -no-key -heal-at "$stray" "$tmp/outer"
			tap_is "$? $(grep -c "block $stray has no record that belongs there$" "$tmp/stderr")" '3 1' "$is: its record does not count" || told
			run list -heal-at "$stray" "${reading[@]}" "$tmp/outer"
			tap_is "$? $(grep -c "block $stray has no record that belongs there$" "$tmp/stderr")" '3 1' "$is: nor for those who read it" || told
		done
		cp "$tmp/outer" "$tmp/healed"
		run heal -in-place "$tmp/healed"
		tap_is "$? $(cmp -n "$(stat -c %s "$tmp/outer")" "$tmp/healed" "$tmp/outer" 2>&1)" '0 ' "$is: heal keeps it whole" || told
		[ "$(stat -c %s "$tmp/healed")" -gt "$(stat -c %s "$tmp/outer")" ]
		tap_ok "$is: it grows"
		noise "$tmp/healed" 100 50
		rm -rf "$tmp/back"
		run extract "$tmp/healed" "${reading[@]}" -to "$tmp/back"
		tap_is "$? $(cmp "$tmp/back/zz.img" "$tmp/arch/zz.img" 2>&1)" '0 ' "$is: and heals itself" || told
		run append -o "$tmp/outer" "${reading[@]}" "$tmp/dir/file"
		tap_is $? 0 "$is: append" || told
	done
else
	tap_skip 'an image with healing data on a disc' 'xorriso is not installed'
fi
# where files begin, an anchor of one may be where other volumes have another; xorriso puts the first one into block 33
if command -v genisoimage >/dev/null; then
	head -c 2048 /dev/zero >"$tmp/arch/aa"
	choose_format luks2
	run -quiet -heal on -o "$tmp/arch/zz.img" -force "${as[@]}" "$tmp/dir"
	genisoimage -quiet -J -R -o "$tmp/outer" "$tmp/arch"
	choose_format none
	tap_is "$(records "$tmp/outer" | head -1)" 480 'an image in block 32'
	run list "$tmp/outer" "${reading[@]}"
	tap_is "$? $(grep -cx 'zz.img' "$tmp/stdout") $(cat "$tmp/stderr")" '0 1 ' 'an image in block 32: its anchor does not count' || told
	rm "$tmp/arch/aa"
else
	tap_skip 'an image in block 32' 'genisoimage is not installed'
fi
tap_done
