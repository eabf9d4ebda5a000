#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# run-vm: -m 2048
# A further session that is broken off at several places: the kernel mounts what was burned before, the newest whole
# session is the last one, and the next one succeeds.
. /kit/tap.sh
. /kit/lib.sh
cd "$tmp" || exit 1
make_key key
secret=(-pass-file key -encstyle new)

has_sent() { # line of the log, pattern, number
	[ "$(tail -n +$(($1 + 1)) $log | grep -cE "$2")" -ge "$3" ]
}
has_ended() { ! kill -0 $1 2>/dev/null; }
is_there() { has_sent "$2" "$3" "$4" || has_ended "$1"; }
broken() { # medium signal pattern number place: the signal comes once the drive got so many such commands
	local what="$1, SIG$2 $5" n pid
	insert "$1" 0 long-write=8 slow-operations=10
	make_work
	# shellcheck disable=SC2046
	xburncrypt -o $d -no-checksums "${secret[@]}" $(multi "$1") work >summary 2>err
	made "$what: burned" || return
	describe work >state1
	reload >/dev/null
	second
	xburncrypt append -o $d -no-checksums "${secret[@]}" work >summary 2>err
	made "$what: a session" || return
	describe work >state2
	printed_commands summary >commands2
	reload >/dev/null
	head -c 6000000 /dev/urandom >work/larger
	third
	n=$(wc -l <$log)
	set -m # else it would ignore signals
	xburncrypt append -o $d -no-checksums "${secret[@]}" -mirror work >summary 2>err &
	pid=$!
	set +m
	wait_until is_there $pid "$n" "$3" "$4"
	kill -s "$2" $pid 2>/dev/null
	wait $pid 2>/dev/null
	fault none
	reload >/dev/null
	list_sessions $d "${secret[@]}"
	# three, where the signal came when all was written
	[ "$(wc -l <list)" -ge 2 ]
	tap_ok "$what: what is whole is listed" || tap_note "$(cat info err)"
	mounting_at "$(awk '$1 == 2 { print $2 }' list)" commands2 >older
	opens older state2 "$what: the session before"
	mounting_at "$(awk '$1 == 1 { print $2 }' list)" commands2 >older
	opens older state1 "$what: the first session"
	xburncrypt append -o $d -no-checksums "${secret[@]}" -mirror work >summary 2>err
	made "$what: the next session" || return
	describe work >state3
	printed_commands summary >commands3
	reload >/dev/null
	opens commands3 state3 "$what: the next session"
}
# tests/e2e/append_killed.sh has more places and media, without a kernel
broken dvd+r KILL '^2A ' 1 'in the head'
broken dvd+r TERM '^2A ' 40 'among the contents'
broken dvd+rw TERM '^2A ' 40 'among the contents'
broken dvd+rw KILL '^(35|5B) ' 2 'when it is closed'
broken cd-r KILL '^2A ' 40 'among the contents'
tap_done
