#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Which healing data are taken for a disc's own: not those of a file on it, nor of what was there before; and how they are
# found where nothing in the volume leads to them.
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

# --- nothing in the volume leads to them: they are found behind it, once it is open --------------------
is_healed() { # what, after a command
	tap_is "$? $(grep -c 'damaged and healed on the way; use xburncrypt repair' "$tmp/stderr")" '0 1' "$1" || told
}
for format in luks2 luks1 new loopaes none; do
	choose_format $format
	run -quiet -o "$tmp/plain" -force "${as[@]}" "$tmp/dir"
	run decrypt "$tmp/plain" "${reading[@]}" -o "$tmp/payload" -force
	run heal -o "$tmp/img" -force "$tmp/plain"
	tap_ok "$format: an image with healing data" || told
	for how in 'without its end' 'on a larger medium'; do
		is="$format, $how"
		cp "$tmp/img" "$tmp/damaged"
		case $how in
		without*) noise "$tmp/damaged" $(($(stat -c %s "$tmp/img") / 2048 - 271)) 271 ;;
		*) truncate -s +5M "$tmp/damaged" ;;
		esac
		noise "$tmp/damaged" $((lead + 500)) 20
		rm -rf "$tmp/back"
		run extract "$tmp/damaged" "${reading[@]}" -to "$tmp/back"
		is_healed "$is: extract"
		diff -r "$tmp/dir" "$tmp/back"
		tap_ok "$is: the same files"
		run decrypt "$tmp/damaged" "${reading[@]}" -o "$tmp/payload2" -force
		is_healed "$is: decrypt"
		cmp -s "$tmp/payload" "$tmp/payload2"
		tap_ok "$is: the same payload"
		run verify "$tmp/damaged" "${reading[@]}"
		tap_is $? 3 "$is: verify" || told
		run cat -no-heal "$tmp/damaged" "${reading[@]}" /file
		tap_is "$? $(cat "$tmp/stderr")" '0 ' "$is: -no-heal reads what is there" || told
	done
	run verify "$tmp/plain" "${reading[@]}"
	tap_is "$? $(cat "$tmp/stderr")" '0 ' "$format: without healing data" || told
done
# further behind its file system
choose_format luks1
run -quiet -o "$tmp/plain" -force "${as[@]}" "$tmp/dir"
truncate -s +2M "$tmp/plain"
run heal -o "$tmp/damaged" -force "$tmp/plain"
truncate -s +5M "$tmp/damaged"
noise "$tmp/damaged" $((lead + 500)) 20
run cat -search "$tmp/damaged" "${reading[@]}" /file
is_healed 'a search in every block' || told
cmp -s "$tmp/stdout" "$tmp/dir/file"
tap_ok 'a search in every block: the same file'

# --- what was there before ---------------------------------------------------------------------------
choose_format luks2
mkdir "$tmp/small"
echo new >"$tmp/small/new"
run -quiet -heal on -o "$tmp/img" -force "${as[@]}" "$tmp/dir"
run -quiet -o "$tmp/over" "${as[@]}" "$tmp/small"
cp "$tmp/img" "$tmp/damaged"
dd if="$tmp/over" of="$tmp/damaged" conv=notrunc status=none
last=$(records "$tmp/img" | tail -1)
for command in 'verify -no-key' "repair -o $tmp/whole"; do
	# shellcheck disable=SC2086 # several words
	run $command "$tmp/damaged"
	tap_is "$? $(grep -c "healing data of what was there before, with a record at block $last$" "$tmp/stderr")" '3 1' \
		"$command: another disc over the start of one with healing data" || told
	tap_like "$(cat "$tmp/stderr")" 'hint: .*-heal-at' "$command: how to use them all the same"
done
[ ! -e "$tmp/whole" ]
tap_ok 'repair makes nothing of it'
run repair -heal-at "$last" -o "$tmp/whole" "$tmp/damaged"
tap_is "$? $(cmp "$tmp/whole" "$tmp/img" 2>&1)" '0 ' 'repair makes the old disc, if it is asked to' || told
run list -heal-at "$last" "$tmp/damaged" "${reading[@]}"
tap_is "$? $(cat "$tmp/stdout")" '0 file' 'list shows the old disc, if it is asked to' || told
cp "$tmp/img" "$tmp/damaged"
noise "$tmp/damaged" 0 100
run repair -force -o "$tmp/whole" "$tmp/damaged"
tap_is "$? $(cmp "$tmp/whole" "$tmp/img" 2>&1)" '0 ' 'a start of noise is repaired' || told

# --- all records of the root are lost, but an anchor leads to them -------------------------------------
cp "$tmp/img" "$tmp/damaged"
for record in $(records "$tmp/img" | awk '$1 > 512'); do
	noise "$tmp/damaged" "$record" 1
done
run list "$tmp/damaged" "${reading[@]}"
tap_is "$? $(grep -c 'so nothing is healed; use xburncrypt repair -o OUTPUT to find the root again' "$tmp/stderr")" '0 1' 'no root: list says how to find it' || told
run verify -no-key "$tmp/damaged"
tap_is "$? $(grep -c '^hint: use xburncrypt repair -o OUTPUT to find the root again' "$tmp/stderr")" '3 1' 'no root: verify says so, too' || told
run repair -force -o "$tmp/whole" "$tmp/damaged"
status=$?
front=$(records "$tmp/img" | awk '$1 > 512' | head -1)
tap_is "$status $(cmp -n $((front * 2048)) "$tmp/whole" "$tmp/img" 2>&1)" '0 ' 'no root: and repair finds it' || told
tap_done
