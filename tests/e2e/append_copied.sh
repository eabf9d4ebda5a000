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

need jq xorriso
cryptsetup_takes_files || need 'cryptsetup 2.5'
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
run decrypt /dev/sr0 "${reading[@]}" -o "$tmp/plain"
run verify /dev/sr0 "${reading[@]}" -against "$tmp/plain"
tap_is "$? $(grep -c '^0 blocks differ' "$tmp/stdout")" '0 1' 'what lies between sessions is not compared' || told
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
list=$(sessions "$image" "${reading[@]}")
run decrypt "${reading[@]}" "$image" -o "$tmp/ours"
tap_ok 'it is decrypted' || told
decrypt_luks2 "$image" "$tmp/pass.bytes" "$tmp/theirs"
for n in 1 2 3 4 5; do
	for by in ours theirs; do
		rm -rf "$tmp/out"
		by_xorriso "$tmp/$by" "$(sbsector $n)" -osirrox on -extract / "$tmp/out" >"$tmp/stdout"
		tap_is "$(cat "$tmp"/out/f*)" "$(seq $n)" "session $n by xorriso, of the image that is $by" || tap_note "$(tail -3 "$tmp/xorriso.log")"
	done
done
first=$(sbsector 2) n_blocks=$(awk '$1 == 2 { print $3 }' <<<"$list")
for by in ours theirs; do
	run verify "${reading[@]}" "$image" -against "$tmp/$by"
	tap_is "$? $(grep -c '^0 blocks differ' "$tmp/stdout")" '0 1' "it equals the image that is $by" || told
done
# what is damaged is found, in each of them: the last block of the second
cp "$image" "$tmp/hurt"
truncate -s %2048 "$tmp/hurt"
printf hurt | dd of="$tmp/hurt" bs=1 seek=$(((lead + first + n_blocks - 1) * 2048)) conv=notrunc status=none
run verify "${reading[@]}" "$tmp/hurt" -against "$tmp/ours"
tap_is "$?" 3 'it is compared with the image, in all sessions' || told

# more sessions than a record has places for: the oldest listed is one of the disc
for ((n = 6; n <= 123; n++)); do
	rm "$tmp/dir5/f"*
	echo $n >"$tmp/dir5/f$n"
	touch -d '2001-02-03 UTC' "$tmp/dir5"/*
	run append -o "$image" "${reading[@]}" -mirror "$tmp/dir5" || break
done
tap_is $n 124 'the copy grows to 123 sessions' || told
for n in 1 2 3; do
	tap_is "$(names -session "$n")" "$(seq -f f%g -s ' ' "$n") " "session $n of 123"
done
tap_is "$(names -session 123)" 'f123 ' 'session 123'
tap_is "$(sessions "$image" "${reading[@]}" | awk '{ print $1 }' | tr '\n' ' ')" "$(seq -s ' ' 123) " 'it lists all'

# an image of one session, made of a disc that is written once, has its descriptors in the place of the first one's
run decrypt "${reading[@]}" "$tmp/st/image" -session 3 -o "$tmp/third"
reading=(-format none)
image=$tmp/third
tap_is "$(names)" 'f1 f2 f3 ' 'decrypt -session 3' || told
tap_is "$(names -session 2)" 'f1 f2 ' 'and the second one' || told
tap_refused 3 'no record leads to the descriptors of session 1' 'the first one' run list "${reading[@]}" -session 1 "$image"
tap_is "$(sessions "$image" "${reading[@]}" | awk '{ print $1 }' | tr '\n' ' ')" '2 3 ' 'info lists two'
run info "${reading[@]}" "$image"
tap_like "$(cat "$tmp/stdout")" '^  session 1: no record leads to its descriptors$' 'and says why'
run append -o "$image" "${reading[@]}" "$tmp/dir5"
tap_is "$? $(names)" '0 f1 f123 f2 f3 ' 'it grows' || told
tap_is "$(names -session 3)" 'f1 f2 f3 ' 'and keeps the third'
tap_refused 3 'no record leads to the descriptors of session 1' 'the first one, still' run list "${reading[@]}" -session 1 "$image"
tap_done
