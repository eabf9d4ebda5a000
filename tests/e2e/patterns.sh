#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# list, cat and extract take patterns for files on a disc: names first, then as -exclude takes them.
. "$top_srcdir/tests/lib/tap.sh" || exit

mkdir -p "$tmp/tree/photos/old" "$tmp/tree/music"
cd "$tmp/tree" || exit
for name in photos/a.jpg photos/b.jpg photos/old/c.jpg 'x[1].jpg' x1.jpg music/s.ogg 'music/what?' music/whatx 'back\slash'; do
	echo "$name" >"$name"
done
ln -s a.jpg photos/link
"$XBURNCRYPT" -quiet -format none -o "$tmp/img" "$tmp/tree" >/dev/null 2>&1
tap_ok 'an image is made'

lists() { # pattern path...: that list prints
	"$XBURNCRYPT" list "$tmp/img" "$1" >"$tmp/stdout" 2>"$tmp/stderr"
	tap_is "$? $(LC_ALL=C sort "$tmp/stdout")" "0 $(printf '%s\n' "${@:2}" | LC_ALL=C sort)" "list '$1'"
}
lists '*.jpg' photos/a.jpg photos/b.jpg photos/old/c.jpg 'x[1].jpg' x1.jpg
lists 'photos/*.jpg' photos/a.jpg photos/b.jpg
lists '/*.jpg' 'x[1].jpg' x1.jpg
lists 'x[1].jpg' 'x[1].jpg'
lists 'x[12].jpg' x1.jpg
lists 'music/what?' 'music/what?'
lists 'what?' 'music/what?' music/whatx
lists 'what\?' 'music/what?'
lists '*/old' photos/old/c.jpg
lists 'ol[cde]/' photos/old/c.jpg
lists 'p*' photos/a.jpg photos/b.jpg photos/link photos/old/ photos/old/c.jpg
lists 'back*slash' 'back\slash'
read_back() { "$XBURNCRYPT" "$1" "$tmp/img" "${@:2}" >"$tmp/stdout" 2>"$messages"; }
tap_refused 1 '^xburncrypt: no\*thing: matches nothing on the disc' 'list without a match' read_back list 'no*thing'
tap_refused 1 '^xburncrypt: no\*thing: matches nothing on the disc' 'cat without a match' read_back cat 'no*thing'
tap_refused 1 '^xburncrypt: no\*thing: matches nothing on the disc' 'extract without a match' \
	read_back extract '*.jpg' 'no*thing' -to "$tmp/never"
[ ! -e "$tmp/never" ]
tap_ok 'extract without a match: no directory'

"$XBURNCRYPT" extract "$tmp/img" '*.jpg' photos/old -to "$tmp/out" >"$tmp/stdout" 2>"$tmp/stderr"
tap_is "$? $(cd "$tmp/out" && find . -type f | LC_ALL=C sort | tr '\n' ' ')" \
	'0 ./photos/a.jpg ./photos/b.jpg ./photos/old/c.jpg ./x1.jpg ./x[1].jpg ' 'extract: what matches, each once'
tap_is "$("$XBURNCRYPT" cat "$tmp/img" 'photos/*')" $'photos/a.jpg\nphotos/b.jpg\nphotos/old/c.jpg' 'cat: the files that match, one after the other'
tap_is "$("$XBURNCRYPT" cat "$tmp/img" 'x[1].jpg')" 'x[1].jpg' 'cat: a name comes first'

# a directory that can't be read may hide something
at=$(LC_ALL=C grep -abo 'c\.jpg;1\|C\.JPG;1' "$tmp/img" | head -1 | cut -d: -f1)
printf '\001' | dd of="$tmp/img" bs=1 seek=$((at - 33)) conv=notrunc status=none
"$XBURNCRYPT" list "$tmp/img" 'm*' >"$tmp/stdout" 2>"$tmp/stderr"
tap_is "$? $(grep -c 'm\*: may match more: a directory is damaged' "$tmp/stderr")" '5 1' 'a damaged directory: that more may match is told' ||
	tap_note "$(cat "$tmp/stderr" "$tmp/stdout")"
tap_is "$("$XBURNCRYPT" cat "$tmp/img" 'x*' 2>"$tmp/stderr"; echo $?)" $'x1.jpg\nx[1].jpg\n5' 'cat: what matches, and status 5'
tap_is "$(grep -c 'x\*: may match more' "$tmp/stderr")" 2 'cat: that more may match is told' || tap_note "$(cat "$tmp/stderr")"
"$XBURNCRYPT" cat "$tmp/img" 'phot*' >"$tmp/stdout" 2>"$tmp/stderr"
tap_is "$? $(grep -c 'photos/old: .*damaged' "$tmp/stderr")" '5 1' 'cat: below a directory that matches' || tap_note "$(cat "$tmp/stderr")"
tap_done
