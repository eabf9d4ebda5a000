#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# One damaged block, or an end that is missing, does not take the other sessions away; what was passed over is told; and
# another program's session behind ours is seen.
# shellcheck disable=SC2034,SC2154 # runner is for run; names come from the files below
. "$top_srcdir/tests/lib/tap.sh" || exit
. "$top_srcdir/tests/e2e/lib.sh"
. "$top_srcdir/tests/lib/burner.sh"
. "$top_srcdir/tests/e2e/append_lib.sh"
need jq xorriso

for n in 1 2 3 4; do
	mkdir "$tmp/dir$n"
	# so much that what can be read before the last block counts
	head -c 200000 /dev/urandom >"$tmp/dir$n/f$n"
	touch -d '2001-02-03 UTC' "$tmp/dir$n"/*
done
names() { # options...
	run list "${reading[@]}" "$@" "$image"
	tr '\n' ' ' <"$tmp/stdout"
}
# The newest that is listed, and all before it are still what they were.
shows() { # newest what
	local n wanted
	tap_is "$(names)" "$(seq -f f%g -s ' ' "$1") " "$2: session $1 is read" || told
	for ((n = $1; n >= 1; n--)); do
		wanted="$(seq -f f%g -s ' ' $n) "
		tap_is "$(names -session $n)" "$wanted" "$2: session $n" || told
	done
}
flip() { # payload block
	local at=$((($1 + lead) * 2048 + 3)) byte
	byte=$(xxd -s $at -l 1 -p "$image")
	printf '%02x' $((0x$byte ^ 0x20)) | xxd -r -p | dd of="$image" bs=1 seek=$at conv=notrunc status=none
}
for format in luks2 none; do
	choose_format $format
	image=$tmp/$format.img
	run -o "$image" "${as[@]}" "$tmp/dir1" && run append -o "$image" "${reading[@]}" "$tmp/dir2" &&
		run append -o "$image" "${reading[@]}" "$tmp/dir3"
	tap_ok "$format: three sessions" || told
	list=$(sessions "$image" "${reading[@]}")
	start=$(sbsector 3) end=$(($(stat -c %s "$image") / 2048 - lead))
	cp "$image" "$tmp/whole"
	while read -r block newest what; do
		cp "$tmp/whole" "$image"
		flip "$block"
		shows "$newest" "$format, $what"
		if [ "$newest" = 3 ]; then
			run append -o "$image" "${reading[@]}" "$tmp/dir4"
			tap_ok "$format, $what: another one is added" || told
			shows 4 "$format, $what, and another one"
		fi
	done <<-END
		15 3 block 15
		16 3 block 16
		$((start + 15)) 3 the first record
		$((start + 16)) 2 the descriptor
		$((end - 1)) 3 the last block
	END
	cp "$tmp/whole" "$image"
	truncate -s -1 "$image"
	shows 3 "$format, one byte is missing"
	cp "$tmp/whole" "$image"
	truncate -s $(((start + lead) * 2048)) "$image"
	shows 2 "$format, the third session is missing"
	[ -s "$tmp/stderr" ]
	tap_ok "$format: and that is told" || told
	cp "$tmp/whole" "$image"
	flip 15
	flip 16
	shows 3 "$format, blocks 15 and 16"
done

# write-once: blocks that can't be read
load dvd+r
runner=(with_drive)
choose_format luks2
image=/dev/sr0
run -o /dev/sr0 -multi -no-checksums "${as[@]}" "$tmp/dir1" && run append -o /dev/sr0 "${reading[@]}" "$tmp/dir2" &&
	run append -o /dev/sr0 "${reading[@]}" "$tmp/dir3"
tap_ok 'dvd+r: three sessions' || told
list=$(sessions /dev/sr0 "${reading[@]}")
start=$(sbsector 3)
last=$((start + $(awk '$1 == 3 { print $3 }' <<<"$list") - 1))
for block in $last $((start + 15)); do
	faults="read-error=$((block + lead))"
	shows 3 "dvd+r, LBA $((block + lead)) can't be read"
done
faults="read-error=$((start + 16 + lead))"
shows 2 "dvd+r, the newest descriptor can't be read"
tap_like "$(cat "$tmp/stderr")" "the session at LBA $((start + lead)) is damaged: its descriptors can't be read" \
	'dvd+r: which is told' || told
faults=

# two that were broken off, the first of which was closed: what was never written can't be read either
load dvd+r
run -o /dev/sr0 -multi -no-checksums "${as[@]}" "$tmp/dir1" && run append -o /dev/sr0 "${reading[@]}" "$tmp/dir2"
tap_ok 'dvd+r: two sessions' || told
mkdir "$tmp/large"
head -c 1000000 /dev/urandom >"$tmp/large/large"
make_older "$tmp/large"
for n in 1 2; do
	# where it will be
	cp -r "$tmp/st" "$tmp/before"
	run append -o /dev/sr0 "${reading[@]}" "$tmp/large"
	list=$(sessions /dev/sr0 "${reading[@]}")
	rm -rf "$tmp/st" && mv "$tmp/before" "$tmp/st"
	faults="killed=$((lead + $(sbsector 3) + 200))"
	run append -o /dev/sr0 "${reading[@]}" "$tmp/large"
	tap_is $? 137 "dvd+r: append $n is killed" || told
	faults=
done
shows 2 'dvd+r, two that were broken off'
run append -o /dev/sr0 "${reading[@]}" "$tmp/dir3"
tap_ok 'dvd+r: and another one is added' || told
shows 3 'dvd+r, behind two that were broken off'

# another program adds to a disc in the clear, and copies our record
load dvd+r
choose_format none
run -o /dev/sr0 -multi -no-checksums -format none "$tmp/dir1" && run append -o /dev/sr0 -format none "$tmp/dir2"
tap_ok 'in the clear: two sessions' || told
with_drive xorriso -joliet on -dev /dev/sr0 -map "$tmp/dir3" / -commit >"$tmp/xorriso.log" 2>&1
tap_ok 'xorriso adds a third' || tap_note "$(tail -3 "$tmp/xorriso.log")"
reading=()
tap_is "$(names)" 'f1 f2 f3 ' 'which is read' || told
tap_is "$(names -session 2)" 'f1 f2 ' 'ours before it'
run append -o /dev/sr0 -format none "$tmp/dir4"
tap_ok 'and continued' || told
tap_is "$(names)" 'f1 f2 f3 f4 ' 'with all that it has' || told
tap_done
