#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A block device that grows, such as a USB stick: its sessions by other programs, what is refused before it is touched,
# and what is there when an append is interrupted at each of the calls that change it.
. "$top_srcdir/tests/lib/tap.sh" || exit
. "$top_srcdir/tests/e2e/lib.sh"
. "$top_srcdir/tests/e2e/append_lib.sh"
need xorriso jq
device_bytes=$((12 << 20))
device=
# detaches the device; with options of losetup, attaches the disk to another one
attach() { # options...
	[ -z "$device" ] || losetup -d "$device"
	device=
	[ $# = 0 ] || device=$(losetup "$@" --find --show "$tmp/disk" 2>/dev/null)
}
trap 'attach; rm -rf "$tmp"' EXIT
# old data is everywhere
head -c $device_bytes /dev/urandom >"$tmp/disk"
attach --sector-size 512 || { tap_skip 'a block device' 'no loop device (not root)'; tap_done; }

run_on_device() { # verb and options...
	run "$@" -o "$device" -force-device "$tmp/work"
}
append() { run_on_device append "${reading[@]}" "$@"; }
digest() { sha256sum <"$device"; }
# format what: each of the three sessions, the newest found without being told where
are_whole() {
	local n
	list=$(sessions "$device" "${reading[@]}")
	tap_is "$(awk '{ print $1 }' <<<"$list" | tr '\n' ' ')" '1 2 3 ' "$2: info lists three"
	cp "$device" "$tmp/medium.img" && decrypt_as "$1" "$tmp/medium.img" "$tmp/whole"
	tap_ok "$2: another program decrypts it"
	for n in 1 2 3; do
		session_is "$tmp/whole" "$(sbsector $n)" "$tmp/state$n"
		tap_ok "$2: session $n by xorriso, from where info says" || tap_note "$(sed 5q "$tmp/diff")"
		rm -rf "$tmp/back"
		run extract "$device" "${reading[@]}" -session $n -to "$tmp/back"
		tap_is "$? $(bash "$top_srcdir/tests/e2e/compare-trees.sh" "$tmp/state$n" "$tmp/back" 2>&1)" '0 ' "$2: extract -session $n"
	done
	session_is "$tmp/whole" 0 "$tmp/state3"
	tap_ok "$2: without being told where, it is the newest" || tap_note "$(sed 5q "$tmp/diff")"
}
grows() { # format
	rm -rf "$tmp/work" "$tmp"/state[123]
	make_work "$tmp/work"
	cp -a "$tmp/work" "$tmp/state1"
	run_on_device "${as[@]}"
	tap_ok "$1: a first burn" || told
	cp "$device" "$tmp/before"
	change_once "$tmp/work"
	cp -a "$tmp/work" "$tmp/state2"
	append
	tap_is "$? $(counts)" '0 2 2 0 14' "$1: a session is added"
	cp "$device" "$tmp/two"
	change_again "$tmp/work"
	cp -a "$tmp/work" "$tmp/state3"
	append -mirror -verify
	tap_is "$? $(counts) $(grep -c '^verified: ' "$tmp/stdout")" '0 1 1 2 15 1' "$1: one that mirrors, and is read back"
	tap_like "$(printed_commands "$tmp/stdout")" '^mount -o ro /dev' "$1: the printed command mounts the newest"
	are_whole "$1" "$1"
	end=$((2048 * (lead + $(awk 'END { print $2 + $3 }' <<<"$list"))))
	[ $lead = 0 ] || cmp -s -n $((2048 * lead)) "$tmp/before" "$device"
	tap_ok "$1: the header, if any, is as it was"
	[ $end -lt $device_bytes ] && cmp -s -i $end "$tmp/before" "$device"
	tap_ok "$1: so is what lies behind the last session"
	run verify "$device" "${reading[@]}" -against "$tmp/work"
	tap_is $? 0 "$1: verify -against" || told
}
# what can't be done is told before the first byte is changed
refuses() { # format
	local before
	before=$(digest)
	tap_refused 4 'is a block device, but not an optical drive' "$1, without -force-device" \
		run append "${reading[@]}" -o "$device" "$tmp/work" -graft "/more=$tmp/state1"
	tap_refused 2 'is also the output' "$1, itself as a source" append "$device"
	head -c 14000000 /dev/urandom >"$tmp/work/too large"
	tap_refused 4 "is too small: needs .*, has 12,582,912 bytes" "$1, too small for the session" append
	tap_is "$(digest)" "$before" "$1: nothing is written"
	attach --sector-size 512 --read-only
	tap_refused 4 'is write-protected' "$1, write-protected" append
	tap_is "$(digest)" "$before" "$1, write-protected: it can still be read"
	attach --sector-size 512
	rm "$tmp/work/too large"
	touch -r "$tmp/state3" "$tmp/work"
}
# format: the third session again, which ends at byte $end of the device
fits() {
	local before
	cp "$tmp/two" "$device"
	attach --sizelimit $((end - 2048))
	before=$(digest)
	tap_refused 4 "is too small: needs .*" "$1, a block too small" append -mirror
	tap_is "$(digest)" "$before" "$1, a block too small: nothing is written"
	attach --sizelimit "$end"
	append -mirror
	tap_is "$?" 0 "$1, just large enough"
	are_whole "$1" "$1, just large enough"
	attach --sector-size 512
}
# burned anew, it has nothing of what it had
burned_anew() { # format
	rm -rf "$tmp/other"
	mkdir "$tmp/other"
	echo alone >"$tmp/other/file"
	run -o "$device" -force-device "${as[@]}" "$tmp/other"
	tap_ok "$1, burned anew" || told
	run list "$device" "${reading[@]}"
	tap_is "$(cat "$tmp/stdout" "$tmp/stderr")" file "$1, burned anew: it has what is new, and nothing is told of the old"
	tap_is "$(sessions "$device" "${reading[@]}")" '' "$1, burned anew: there is one session"
	run append -o "$device" -force-device "${reading[@]}" "$tmp/state1"
	tap_is "$? $(sessions "$device" "${reading[@]}" | wc -l)" '0 2' "$1, burned anew: it grows"
	run verify "$device" "${reading[@]}"
	tap_is $? 0 "$1, burned anew: verify"
}
is_interrupted() { # format
	local n
	make_states
	run_on_device "${as[@]}"
	tap_ok "$1: a device with one session" || told
	cp "$device" "$tmp/base"
	n=$(sed -n 's/.*: wrote \([0-9,]*\) bytes.*/\1/p' "$tmp/stdout" | tr -d ,)
	next_state
	interrupted "$1" "$device" "$n" "$1"
}
for format in luks2 none new; do
	if ! has_decryptor $format; then
		tap_skip "$format" 'nothing else here decrypts it'
		continue
	fi
	choose_format $format
	grows $format
	refuses $format
	fits $format
	burned_anew $format
done
for format in luks2 none; do
	choose_format $format
	if has_decryptor $format && command -v strace >/dev/null; then
		is_interrupted $format
	else
		tap_skip "$format, interrupted" 'no strace'
	fi
done
tap_done
