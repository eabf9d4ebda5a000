#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Reading a disc that grew: which session is read, what belongs to none, an image of one session.
. "$top_srcdir/tests/lib/tap.sh" || exit
. "$top_srcdir/tests/e2e/lib.sh"
need isoinfo bsdtar jq
make_iso=$top_builddir/tests/unit/tree/make_iso
img=$tmp/img
umask 077
echo "$passphrase" >"$tmp/pass"

mkdir "$tmp/1" "$tmp/2" "$tmp/3"
echo one >"$tmp/1/one"
echo two >"$tmp/2/two"
head -c 100000 /dev/urandom >"$tmp/2/big"
echo three >"$tmp/3/three"
find "$tmp"/[123] -exec touch -d 2020-01-01 {} +
grow() { # old-start new-start folder: noise up to there, and a session
	head -c $(($2 * 2048 - $(stat -c %s "$img"))) /dev/urandom >>"$img"
	"$make_iso" -append "$1" "$2" -o "$img" "$3" >"$tmp/log" 2>&1 || tap_note "$(cat "$tmp/log")"
}
names() { "$XBURNCRYPT" list "$@" 2>"$tmp/stderr" | tr '\n' ' '; }
"$make_iso" -o "$img" "$tmp/1" >"$tmp/log" 2>&1
grow 0 2048 "$tmp/2"
grow 2048 6016 "$tmp/3"
cp "$img" "$tmp/whole"
tap_is "$(names "$img")" 'big one three two ' 'the newest session is read'
tap_is "$(names -session 1 "$img")" 'one ' 'the first one, by its number'
tap_is "$(names -session 2 "$img")" 'big one two ' 'the second'
tap_is "$("$XBURNCRYPT" cat -session 2 "$img" big | cmp - "$tmp/2/big")" '' 'a file of it'
"$XBURNCRYPT" list -session 7 "$img" >"$tmp/stdout" 2>"$tmp/stderr"
tap_is "$? $(head -1 "$tmp/stderr")" "2 xburncrypt: $img: has 3 sessions; 7 is not one of them" 'one that is not there'
tap_is "$("$XBURNCRYPT" info -json "$img" | jq -c '[.session_shown, (.inside_sessions | length), .inside_sessions[1].sbsector, .inside_sessions[2].sbsector, .inside_sessions[0].made > 0]')" \
	'[3,3,2048,6016,true]' 'info lists them'
tap_like "$("$XBURNCRYPT" info "$img")" 'mount -o ro,sbsector=6016 ' 'and mounts the newest'
n_all=$(($(stat -c %s "$img") / 2048))
n_read=$("$XBURNCRYPT" verify "$img" | sed -n 's/ sectors read.*//p')
n_listed=$("$XBURNCRYPT" info -json "$img" | jq '[.inside_sessions[].blocks] | add')
tap_is "$n_read" "$n_listed" 'verify reads what belongs to sessions' || tap_note "of $n_all"
# one session as an image, read by others
"$XBURNCRYPT" decrypt -quiet -format none -session 2 -o "$tmp/2.iso" "$img" 2>"$tmp/stderr"
tap_is "$? $(bsdtar -tf "$tmp/2.iso" | sort | tr '\n' ' ')" '0 . ./big ./one ./two ' 'decrypt -session: bsdtar reads it' || tap_note "$(cat "$tmp/stderr")"
tap_is "$(isoinfo -i "$tmp/2.iso" -R -x /big | cmp - "$tmp/2/big")" '' 'isoinfo, too'
tap_is "$(stat -c %s "$tmp/2.iso")" $((2048 * $("$XBURNCRYPT" info -json "$img" | jq '.inside_sessions[1] | .sbsector + .blocks'))) 'it ends with that session'
tap_like "$("$XBURNCRYPT" info "$tmp/2.iso")" 'mount -o ro /' 'its own command needs no sbsector'
# all, encrypted; what lies between is zeros
for format in luks1 new; do
	way=(-format "$format")
	[ $format = new ] && way=(-encstyle new)
	opens=("${way[@]}")
	[ $format = luks1 ] && way+=(-pbkdf-weak -pbkdf-iterations 1000) opens=()
	"$XBURNCRYPT" -quiet -image "$img" "${way[@]}" -pass-file "$tmp/pass" -o "$tmp/enc" 2>"$tmp/stderr"
	tap_is "$(names "${opens[@]}" -pass-file "$tmp/pass" "$tmp/enc")" 'big one three two ' "$format: the newest session is read" || tap_note "$(cat "$tmp/stderr")"
	tap_is "$(names "${opens[@]}" -session 1 -pass-file "$tmp/pass" "$tmp/enc")" 'one ' "$format: the first"
	"$XBURNCRYPT" decrypt -quiet "${opens[@]}" -pass-file "$tmp/pass" -o "$tmp/dec" "$tmp/enc" 2>"$tmp/stderr"
	tap_is "$(cmp <(tail -c +$((6016 * 2048 + 1)) "$tmp/dec") <(tail -c +$((6016 * 2048 + 1)) "$img"); dd if="$tmp/dec" bs=2048 skip=4000 count=16 status=none | tr -d '\0' | wc -c)" \
		0 "$format: decrypt keeps all sessions, and zeros between them"
	rm -f "$tmp/enc" "$tmp/dec"
done
# broken off: the end is missing
truncate -s $(((n_all - 1) * 2048)) "$img"
tap_is "$(names "$img")" 'big one two ' 'a session without its end is passed over'
tap_like "$(cat "$tmp/stderr")" 'xburncrypt: a session that was broken off at LBA 6016 is passed over' 'with a note'
# its head is damaged
cp "$tmp/whole" "$img"
dd if=/dev/zero of="$img" bs=2048 seek=$((6016 + 16)) count=3 conv=notrunc status=none
tap_is "$(names "$img")" 'big one two ' 'so is one without descriptors'
# burned over an older disc, whose sessions lie behind: of another size, then of another time
for change in 'echo more >$tmp/1/more' 'sleep 1.1'; do
	cp "$tmp/whole" "$img"
	eval "$change"
	"$make_iso" -o "$tmp/over" "$tmp/1" >"$tmp/log" 2>&1
	dd if="$tmp/over" of="$img" conv=notrunc status=none
	tap_is "$(names "$img")" "$(ls "$tmp/1" | tr '\n' ' ')" "sessions of another disc, $change" || tap_note "$(cat "$tmp/stderr")"
	rm -f "$tmp/1/more"
done
# as media that are overwritten in place are
cp "$tmp/whole" "$img"
dd if="$tmp/whole" of="$img" bs=2048 skip=$((6016 + 15)) seek=15 count=4 conv=notrunc status=none
tap_is "$(names "$img") $(names -session 2 "$img")" 'big one three two  big one two ' 'blocks 15 and 16 lead to the newest'
tap_like "$("$XBURNCRYPT" info "$img")" 'mount -o ro /' 'which a plain mount shows'
tap_done
