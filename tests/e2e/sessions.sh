#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Unencrypted discs with several sessions, made by xorriso on the emulated burner: what is read is the last
# one, with what it has of the earlier ones.
. "$top_srcdir/tests/lib/tap.sh" || exit
. "$top_srcdir/tests/lib/burner.sh"
. "$top_srcdir/tests/e2e/lib.sh"
need xorriso

mkdir "$tmp/1" "$tmp/2" "$tmp/3" "$tmp/all"
echo one >"$tmp/1/one"
echo old >"$tmp/1/same"
head -c 300000 /dev/urandom >"$tmp/1/big"
echo two >"$tmp/2/two"
echo newer >"$tmp/2/same"
echo three >"$tmp/3/three"
echo newest >"$tmp/3/same"
for n in 1 2 3; do cp -p "$tmp/$n"/* "$tmp/all"; done

add() { # folder: as a session of its own
	local way=-dev
	[ -s "$tmp/st/image" ] || way=-outdev
	with_drive xorriso $way /dev/sr0 -map "$tmp/$1" / -commit >"$tmp/xorriso.log" 2>&1
}
read_it() { with_drive "$XBURNCRYPT" "$@" 2>"$tmp/stderr"; }
for medium in cd-r dvd+r dvd+rw; do
	load $medium
	add 1 && add 2 && add 3
	tap_ok "$medium: xorriso writes three sessions" || tap_note "$(tail -3 "$tmp/xorriso.log")"
	tap_is "$(read_it list /dev/sr0 | tr '\n' ' ')" 'big one same three two ' "$medium: list"
	tap_is "$(read_it cat /dev/sr0 same) $(read_it cat /dev/sr0 big | cmp - "$tmp/1/big")" 'newest ' "$medium: cat"
	rm -rf "$tmp/out"
	read_it extract /dev/sr0 -to "$tmp/out" >"$tmp/stdout"
	tap_is "$? $(diff -r "$tmp/all" "$tmp/out" 2>&1)" '0 ' "$medium: extract"
	read_it verify /dev/sr0 -against "$tmp/all" >"$tmp/stdout"
	tap_is $? 0 "$medium: verify" || tap_note "$(cat "$tmp/stderr")"
	case $medium in
	dvd+rw) shown='' number=null ;;
	*) shown='session shown: 3 of 3 in the file system (track 3)' number=3 ;;
	esac
	tap_is "$(read_it info /dev/sr0 | grep '^session shown')" "$shown" "$medium: info says which session it is"
	tap_is "$(read_it info /dev/sr0 -json | jq -c .session_shown)" "$number" "$medium: info -json too"
done
# what can't be read is damage where something of the last session lies
load dvd+r
add 1 && add 2
n_lba=$(with_drive xorriso -dev /dev/sr0 -find /big -exec report_lba 2>/dev/null | sed -n "s/^File data lba: *0 , *\([0-9]*\) .*/\1/p")
# shellcheck disable=SC2034 # for with_drive
faults=read-error=$((n_lba + 1))
read_it verify /dev/sr0 >"$tmp/stdout"
tap_is $? 3 'an unreadable file of the first session is damage' || tap_note "$(cat "$tmp/stderr")"
# an image of such a disc has no sessions
cp "$tmp/st/image" "$tmp/img"
tap_is "$("$XBURNCRYPT" cat "$tmp/img" same)" old 'of an image, the kernel reads the first session'
# a later session that has no file system
load dvd+r
add 1
head -c 400000 /dev/zero >"$tmp/zeros"
with_drive cdrskin -v dev=/dev/sr0 -multi -force "$tmp/zeros" >"$tmp/log" 2>&1
tap_is "$(read_it cat /dev/sr0 same) $(read_it info /dev/sr0 | grep '^session shown')" 'old session shown: 1 (track 1)' \
	'behind a session without a file system, the first one is read' || tap_note "$(tail -3 "$tmp/log")"
tap_done
