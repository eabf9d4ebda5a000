#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Real sizes: 50,000 files, a file of 5 GiB, through the whole chain and back.
. "$top_srcdir/tests/lib/tap.sh"
. "$top_srcdir/tests/e2e/lib.sh"
need aespipe xorriso bsdtar

printf '%s\n' "$passphrase" >"$tmp/pass"
chmod 600 "$tmp/pass"
free=$(df -Pk "$tmp" | awk 'NR == 2 {print $4}')

mkdir "$tmp/many"
for d in $(seq 100); do
	mkdir "$tmp/many/d$d"
	(cd "$tmp/many/d$d" && seq 500 | sed "s/^/$d /" | split -l 1 -a 3 - f)
done
"$XBURNCRYPT" -o "$tmp/many.img" -encstyle new -pass-file "$tmp/pass" "$tmp/many" >"$tmp/summary" 2>"$tmp/err" &&
	grep -q '50,\{0,1\}000 files' "$tmp/summary"
tap_ok '50,000 files are burned' || tap_note "$(cat "$tmp/summary" "$tmp/err")"
"$XBURNCRYPT" extract "$tmp/many.img" -encstyle new -pass-file "$tmp/pass" -to "$tmp/extracted" >/dev/null 2>"$tmp/err" &&
	bash "$top_srcdir/tests/e2e/compare-trees.sh" "$tmp/many" "$tmp/extracted" >"$tmp/diff"
tap_ok '50,000 files are extracted, and equal' || tap_note "$(head -5 "$tmp/err" "$tmp/diff")"
rm -rf "$tmp/extracted"
decrypt_aespipe "$tmp/many.img" "$tmp/pass" sha256 "$tmp/many.iso" && rm "$tmp/many.img" &&
	same_tree "$tmp/many" "$tmp/many.iso" >"$tmp/diff"
tap_ok '50,000 files come back equal' || tap_note "$(head -5 "$tmp/diff")"
rm -rf "$tmp/many" "$tmp/many.iso" "$tmp/out"

# More files in one directory than a stranger's disc may make us keep.
mkdir "$tmp/crowd"
(cd "$tmp/crowd" && seq -f '%06.0f-a-name-as-long-as-those-that-mail-is-kept-under-,S=1234:2,S' 160000 | xargs touch)
"$XBURNCRYPT" -o "$tmp/crowd.img" -format none "$tmp/crowd" >/dev/null 2>"$tmp/err"
tap_ok '160,000 files in one directory are burned' || tap_note "$(cat "$tmp/err")"
"$XBURNCRYPT" list "$tmp/crowd.img" >"$tmp/log" 2>"$tmp/err"
tap_is $? 1 'they are refused where the disc may be hostile'
grep -q 'with -max-memory, if you trust the disc' "$tmp/err"
tap_ok 'and what lets them pass is said' || tap_note "$(cat "$tmp/err")"
"$XBURNCRYPT" extract "$tmp/crowd.img" -to "$tmp/extracted" -max-memory 128m >/dev/null 2>"$tmp/err" &&
	cmp <(ls "$tmp/crowd") <(ls "$tmp/extracted") >"$tmp/log" 2>&1
tap_ok 'with -max-memory they are extracted' || tap_note "$(head -5 "$tmp/err" "$tmp/log")"
rm -rf "$tmp/crowd" "$tmp/crowd.img" "$tmp/extracted"

if [ "$free" -lt $((7 * 1024 * 1024)) ]; then
	tap_skip 'a file of 5 GiB' "less than 7 GiB are free in $tmp"
	tap_done
fi
mkdir "$tmp/large"
truncate -s 5G "$tmp/large/sparse"
for at in 0 1 2147483647 4294967295 4294967296 5368709119; do
	printf 'mark at %s' "$at" | head -c $((at == 5368709119 ? 1 : 20)) |
		dd of="$tmp/large/sparse" bs=1 seek=$at conv=notrunc status=none
done
echo small >"$tmp/large/zz"
"$XBURNCRYPT" -o "$tmp/large.img" -encstyle new -pass-file "$tmp/pass" "$tmp/large" >/dev/null 2>"$tmp/err"
tap_ok 'a file of 5 GiB is burned' || tap_note "$(cat "$tmp/err")"
"$XBURNCRYPT" extract "$tmp/large.img" -encstyle new -pass-file "$tmp/pass" -to "$tmp/extracted" >/dev/null 2>"$tmp/err" &&
	cmp "$tmp/large/sparse" "$tmp/extracted/sparse" >"$tmp/log" 2>&1
tap_ok 'it is extracted, and equal' || tap_note "$(cat "$tmp/err" "$tmp/log")"
[ "$(du -k "$tmp/extracted/sparse" | cut -f1)" -lt 10240 ]
tap_ok 'with its holes'
# through pipes, without 10 GiB more on the disk
decrypt_aespipe "$tmp/large.img" "$tmp/pass" sha256 /dev/stdout | bsdtar -xOf - sparse zz 2>"$tmp/log" |
	cmp - <(cat "$tmp/large/sparse" "$tmp/large/zz") >>"$tmp/log" 2>&1
tap_ok 'it comes back equal, and what lies behind it' || tap_note "$(tail -3 "$tmp/log")"
# a later session leaves its bytes, which several extents have, where they are
rm -rf "$tmp/large.img" "$tmp/extracted" && mkdir "$tmp/more" && echo more >"$tmp/more/more"
make_iso=$top_builddir/tests/unit/tree/make_iso
"$make_iso" -read 262144 -o - "$tmp/large" | dd of="$tmp/large.iso" bs=256k conv=sparse iflag=fullblock status=none
start=$(($(stat -c %s "$tmp/large.iso") / 2048 / 32 * 32 + 32))
truncate -s $((start * 2048)) "$tmp/large.iso"
"$make_iso" -append 0 $start -o "$tmp/large.iso" "$tmp/more" >"$tmp/log" 2>&1
tap_is "$(cat "$tmp/log")" 'new 1 changed 0 gone 0 kept 2' 'a later session keeps it'
dd if="$tmp/large.iso" of="$tmp/large.iso" bs=2048 skip=$((start + 16)) seek=16 count=3 conv=notrunc status=none
bsdtar -xOf "$tmp/large.iso" sparse 2>"$tmp/log" | cmp - "$tmp/large/sparse" >>"$tmp/log" 2>&1
tap_ok 'with all its extents' || tap_note "$(tail -3 "$tmp/log")"
tap_done
