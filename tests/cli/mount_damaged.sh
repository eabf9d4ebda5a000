#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A mounted disc that is damaged: nobody takes a part of a directory, or of a file, for the whole.
. "$top_srcdir/tests/lib/tap.sh" || exit
. "$top_srcdir/tests/e2e/lib.sh"
need fusermount3
cd "$tmp" || exit

mkdir -p tree/GOOD tree/HURT mnt
echo inside >tree/GOOD/FILE
for name in AAAA BBBB CCCC; do echo $name >tree/HURT/$name; done
for name in PART LEAVED WHOLE; do echo $name >tree/$name; done
"$XBURNCRYPT" -quiet -format none -o img tree 2>/dev/null

# a byte of the directory record with the plain name, field by field as in ECMA-119, 9.1
poke_record() { # name field byte
	local at
	at=$(LC_ALL=C grep -aboP "$1(?=\\.;1.?PX)" img | head -n 1 | cut -d: -f1)
	printf '%b' "\\x$3" | dd of=img bs=1 seek=$((at - 33 + $2)) conv=notrunc status=none
}
poke_record BBBB 0 01   # no record is that short
poke_record PART 25 80  # goes on, in a record that isn't there
poke_record LEAVED 26 01 # interleaved
poke_record LEAVED 27 01
trap 'fusermount3 -q -u -z "$tmp/mnt"; rm -rf "$tmp"' EXIT

if ! timeout "$patience" "$XBURNCRYPT" mount img mnt >log 2>&1; then
	grep -q "mounting failed" log || tap_bail "a damaged image can't be mounted: $(cat log)"
	tap_skip 'mounting' "no FUSE here: $(head -n 1 log)"
	tap_done
fi
for n in once twice; do
	ls mnt/HURT >names 2>err
	tap_is "$([ $? != 0 ] && echo failed) $(cat names)" 'failed AAAA' "a damaged directory, listed $n: an error behind what is there"
	tap_like "$(cat err)" 'Input/output error' 'which is told'
	cat mnt/HURT/CCCC >/dev/null 2>err
	tap_like "$(cat err)" 'Input/output error' "a name that it may have lost, asked for $n: an error"
done
tap_is "$(cat mnt/HURT/AAAA)" AAAA 'what it has is read'
cat mnt/GOOD/missing 2>err
tap_like "$(cat err)" 'No such file' 'a name that is nowhere is just that'
tap_is "$(ls mnt/GOOD && cat mnt/GOOD/FILE mnt/WHOLE)" "$(printf 'FILE\ninside\nWHOLE')" 'what is whole is read'
for name in PART LEAVED; do
	"$XBURNCRYPT" cat img "$name" >/dev/null 2>&1
	status=$?
	cat "mnt/$name" >/dev/null 2>err
	tap_is "$status $(grep -c 'Input/output error' err)" '1 1' "$name, which cat refuses, can't be opened"
	[ "$(stat -c %F "mnt/$name")" = 'regular file' ]
	tap_ok 'but looked at'
done
"$XBURNCRYPT" unmount mnt
tap_ok 'unmount'
# a file that the end of the image cuts: what is there is read
head -c 1000000 /dev/urandom >tree/zzzz
"$XBURNCRYPT" -quiet -format none -force -o img tree 2>/dev/null
truncate -s 600000 img
timeout "$patience" "$XBURNCRYPT" mount img mnt >log 2>&1
tap_like "$(cat log)" 'the file system is truncated' 'a cut image'
cat mnt/zzzz >got 2>err
tap_is "$? $(($(stat -c %s got) > 400000)) $(cmp -n "$(stat -c %s got)" got tree/zzzz)" '1 1 ' 'a file that is cut: what is there, ...'
tap_like "$(cat err)" 'Input/output error' '... then an error'
"$XBURNCRYPT" unmount mnt
# a name too long for Linux is cut, but its file is whole
if command -v genisoimage >/dev/null; then
	echo inside >short
	genisoimage -quiet -J -joliet-long -input-charset utf-8 -graft-points -o long.iso \
		"$(printf '\346\227\245%.0s' {1..90})=short" 2>/dev/null
	tap_like "$("$XBURNCRYPT" list long.iso 2>&1)" 'has a name that is too long; it is shortened' 'a name of 270 bytes is cut'
	timeout "$patience" "$XBURNCRYPT" mount long.iso mnt >log 2>&1
	tap_is "$(cat mnt/*)" inside 'a file with a long name is read'
	"$XBURNCRYPT" unmount mnt
fi
tap_done
