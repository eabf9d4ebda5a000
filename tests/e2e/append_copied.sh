#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A disc that is written once and has sessions, copied to an image: the image grows in place, and keeps all of them.
# shellcheck disable=SC2034,SC2154 # runner is for run; names come from the files below
. "$top_srcdir/tests/lib/tap.sh" || exit
. "$top_srcdir/tests/e2e/lib.sh"
. "$top_srcdir/tests/lib/burner.sh"
. "$top_srcdir/tests/e2e/append_lib.sh"
choose_format luks2
image=$tmp/copy
names() { run list "${reading[@]}" "$@" "$image"; tr '\n' ' ' <"$tmp/stdout"; }

need jq
load dvd+r
runner=(with_drive)
for n in 1 2 3 4 5; do
	mkdir "$tmp/dir$n"
	echo "$n" >"$tmp/dir$n/f$n"
	touch -d '2001-02-03 UTC' "$tmp/dir$n"/*
done
run -o /dev/sr0 -multi -no-checksums "${as[@]}" "$tmp/dir1"
tap_ok 'a first burn' || told
for n in 2 3; do
	run append -o /dev/sr0 "${reading[@]}" "$tmp/dir$n"
	tap_ok "session $n" || told
done
runner=()
cp "$tmp/st/image" "$image"
for n in 4 5; do
	run append -o "$image" "${reading[@]}" "$tmp/dir$n"
	tap_ok "the copy grows by session $n" || told
	tap_is "$(sessions "$image" "${reading[@]}" | awk '{ print $1 }' | tr '\n' ' ')" "$(seq -s ' ' $n) " "it lists $n sessions"
	for i in $(seq $n); do
		tap_is "$(names -session "$i")" "$(seq -f f%g -s ' ' "$i") " "session $i of $n"
	done
done
run verify "${reading[@]}" "$image"
tap_ok 'the copy is whole' || told
tap_done
