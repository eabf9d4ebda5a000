#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What lies behind a file system stays when the image grows: it is cut, moved and zeroed nowhere. Only what a session
# that was broken off left there makes room for the next one.
. "$top_srcdir/tests/lib/tap.sh" || exit
. "$top_srcdir/tests/e2e/lib.sh"
. "$top_srcdir/tests/e2e/append_lib.sh"
need genisoimage jq xorriso
cd "$tmp" || exit

mkdir first second third
echo one >first/one
head -c 400000 /dev/urandom >first/big
echo two >second/two
echo three >third/three
make_older first && make_older second && make_older third
genisoimage -quiet -R -J -o plain.iso first 2>log
tap_ok 'an image by genisoimage' || tap_note "$(cat log)"
n_blocks=$(($(stat -c %s plain.iso) / 2048))
blocks() { dd if="$1" bs=2048 skip="$2" count="$3" status=none; } # file first n
keeps() { # original grown: all of it is where it was, but the descriptors and the record before them
	local head=$((19 * 2048))
	cmp -n $(($(stat -c %s "$1") - head)) -i $head "$1" "$2"
}

# --- in the clear ---------------------------------------------------------------------------------------
choose_format none
# name bytes-behind: random ones
behind() {
	cp plain.iso img
	head -c "$2" /dev/urandom >>img
	cp img was
	run append -o img "${reading[@]}" second
	tap_is "$?" 0 "$1: it grows" || told
	keeps was img >log
	tap_ok "$1: what lies behind is kept" || tap_note "$(cat log)"
	list=$(sessions img "${reading[@]}")
	[ "$(sbsector 2)" -ge $((($(stat -c %s was) + 2047) / 2048 + 32)) ]
	tap_ok "$1: the session and the saved descriptors begin behind it" || tap_note "$list"
	session_is img 0 both && session_is img "$(sbsector 1)" first
	tap_ok "$1: both sessions by xorriso" || tap_note "$(sed 5q "$tmp/diff")"
	run decrypt img "${reading[@]}" -o whole -whole && cmp whole img
	tap_ok "$1: decrypt -whole has it" || told
	run decrypt img "${reading[@]}" -session 1 -o plain1 && keeps was plain1
	tap_ok "$1: decrypt -session 1 has it" || told
	run append -o img "${reading[@]}" third
	tap_is "$? $(keeps was img)" '0 ' "$1: and after another session" || told
	rm whole plain1
}
mkdir both && cp -a first/. second/. both && touch -r second both
behind '3 MB' 3000000
behind 'one byte' 1
behind 'part of a block behind others' 700000
behind 'as much as padding' 40960

# padding is not kept: images that have some grow where they did
cp plain.iso img
head -c $((150 * 2048)) /dev/zero >>img
run append -o img "${reading[@]}" second
list=$(sessions img "${reading[@]}")
tap_is "$? $(sbsector 2)" "0 $(((n_blocks + 31) / 32 * 32 + 32))" 'behind zeros that a track is padded with' || told
cp plain.iso img
run append -o img "${reading[@]}" second
list=$(sessions img "${reading[@]}")
tap_is "$? $(sbsector 2)" "0 $(((n_blocks + 31) / 32 * 32 + 32))" 'nothing behind: where it begins' || told

# --- what was broken off --------------------------------------------------------------------------------
# a session that did not come to block 16, whole and cut
for n in all half; do
	cp img broken
	blocks plain.iso 15 4 | dd of=broken bs=2048 seek=15 conv=notrunc status=none
	[ $n = all ] || truncate -s $((($(sbsector 2) + 18) * 2048 + 1000)) broken
	run append -o broken "${reading[@]}" second
	tap_is "$? $(stat -c %s broken)" "0 $(stat -c %s img)" "a session broken off, $n of it: its place is taken" || told
	session_is broken 0 both
	tap_ok "a session broken off, $n of it: the next one is whole" || tap_note "$(sed 5q "$tmp/diff")"
done
# more than that session lies there
cp img broken
blocks plain.iso 15 4 | dd of=broken bs=2048 seek=15 conv=notrunc status=none
head -c 500000 /dev/urandom >>broken
cp broken was
run append -o broken "${reading[@]}" second
tap_is "$? $(keeps was broken)" '0 ' 'what was added behind a session broken off stays' || told

# --- what a header records ------------------------------------------------------------------------------
if cryptsetup_takes_files; then
	choose_format luks2
	cp plain.iso long.iso
	head -c 1000000 /dev/urandom >>long.iso
	truncate -s %2048 long.iso
	rm -f img
	run -o img "${as[@]}" -image long.iso
	tap_ok 'luks2: an image longer than its file system' || told
	run append -o img "${reading[@]}" second
	tap_ok 'luks2: it grows' || told
	decrypt_as luks2 img whole
	keeps long.iso whole
	tap_ok 'luks2: another program finds what lies behind' || tap_note "$(cat whole.log 2>/dev/null)"
	run decrypt img "${reading[@]}" -o plain1 && keeps long.iso plain1
	tap_is "$? $(stat -c %s plain1)" "0 $(stat -c %s whole)" 'luks2: decrypt has all of it' || told
	run verify img "${reading[@]}"
	tap_ok 'luks2: verify' || told
else
	tap_skip 'luks2' 'needs cryptsetup 2.5'
fi
tap_done
