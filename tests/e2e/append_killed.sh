#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A session that is broken off, at each of the calls that change an image file, and at places of a disc. What was there
# before is whole; what is shown is the last whole session; the next one succeeds.
# shellcheck disable=SC2034 # runner and faults are for run and with_drive
. "$top_srcdir/tests/lib/tap.sh" || exit
. "$top_srcdir/tests/e2e/lib.sh"
. "$top_srcdir/tests/lib/burner.sh"
. "$top_srcdir/tests/e2e/append_lib.sh"
need xorriso jq
# --- a file ---------------------------------------------------------------------------------------------
in_a_file() {
	make_states
	run -o "$tmp/base" "${as[@]}" "$tmp/work"
	tap_ok 'a file with one session' || told
	next_state
	interrupted new "$tmp/img" "$(stat -c %s "$tmp/base")" 'a file'
}

# --- discs ----------------------------------------------------------------------------------------------
# medium fault what [shown]: with the session broken off there
broken() {
	local what="$1, $3" list number wanted state
	rm -rf "$tmp/st"
	cp -r "$tmp/base.st" "$tmp/st"
	faults=$2
	run append -o /dev/sr0 -no-checksums "${reading[@]}" "$tmp/work"
	[ $? -gt 128 ]
	tap_ok "$what: it ends" || told
	faults=
	cp "$tmp/stderr" "$tmp/ended"
	cp "$tmp/st/image" "$tmp/copy"
	state=$(shown /dev/sr0)
	tap_like "$state" "^(${4:-old 1})$" "$what: the last whole session is shown" || told
	if is_overwritable "$1"; then
		runner=()
		tap_is "$(shown "$tmp/copy")" "$state" "$what: and of its image" || told
		runner=(with_drive)
	fi
	if [[ $2 = terminated* ]]; then
		is_overwritable "$1" && wanted='is passed over; add it again' || wanted='add it again, unless'
		tap_like "$(cat "$tmp/ended")" "$wanted" "$what: what to do"
	fi
	run append -o /dev/sr0 -no-checksums "${reading[@]}" "$tmp/work"
	tap_is "$? $(shown /dev/sr0 | cut -d' ' -f1)" '0 new' "$what: the next session is whole" || told
	list=$(sessions /dev/sr0 "${reading[@]}")
	number=$(wc -l <<<"$list")
	is_overwritable "$1" && tap_is "$number" 2 "$what: it is the second one"
	cp "$tmp/st/image" "$tmp/medium.img"
	truncate -s %4096 "$tmp/medium.img"
	decrypt_as new "$tmp/medium.img" "$tmp/whole" && session_is "$tmp/whole" "$(sbsector 1)" "$tmp/state1" &&
		session_is "$tmp/whole" "$(sbsector "$number")" "$tmp/state2" &&
		{ ! is_overwritable "$1" || session_is "$tmp/whole" 0 "$tmp/state2"; }
	tap_ok "$what: both by other programs" || tap_note "$(sed 5q "$tmp/diff")" "$list"
}
has_decryptor new || need aespipe
on() { # medium
	local list first n signal shown
	load "$1"
	runner=(with_drive)
	make_states
	# shellcheck disable=SC2046
	run -o /dev/sr0 -no-checksums "${as[@]}" $(is_overwritable "$1" || echo -multi) "$tmp/work"
	tap_ok "$1: a disc with one session" || told
	next_state
	cp -r "$tmp/st" "$tmp/base.st"
	run append -o /dev/sr0 -no-checksums "${reading[@]}" "$tmp/work"
	tap_ok "$1: a session" || told
	list=$(sessions /dev/sr0 "${reading[@]}")
	first=$(sbsector 2)
	n=$(awk '$1 == 2 { print $3 }' <<<"$list")
	for signal in killed terminated; do
		# the drive may get all of the session before a signal that is caught is heard
		shown=$([ $signal = killed ] || echo 'old 1|new 2')
		broken "$1" $signal=$((first + 1)) "$signal in the head" "$shown"
		broken "$1" $signal=$((first + n / 2)) "$signal among the contents" "$shown"
		broken "$1" $signal=$((first + n - 1)) "$signal at the last block" "$shown"
	done
	broken "$1" killed-closing=1 'killed at the first command that closes'
	if is_overwritable "$1"; then
		broken "$1" killed=16 'killed before the first descriptors are written'
	fi
}
choose_format new
# only root sees which file a call is for, as the program's memory is its own
if [ "$(id -u)" = 0 ] && command -v strace >/dev/null; then
	apart in_a_file
else
	tap_skip 'an image file' 'no root, or no strace'
fi
for medium in dvd+r cd-r bd-r dvd-r dvd+rw; do
	apart on $medium
done
cases_done
tap_done
