#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Each kind of medium in each way that it is written: what was sent is on it, byte by byte, and can
# be read back through the drive; what can't be done is refused before anything is written.
. "$top_srcdir/tests/lib/tap.sh"
. "$top_srcdir/tests/lib/burner.sh"
n_blocks=600
head -c $((n_blocks * 2048 - 100)) /dev/urandom >"$tmp/image"
head -c 40000 /dev/urandom >"$tmp/small"

# The emulated medium's blocks, from its start: the payload, then zeros.
same_on_medium() { # file blocks
	head -c $(($2 * 2048)) "$state/image" >"$out.medium"
	truncate -s $(($2 * 2048)) "$out.medium"
	cp "$1" "$out.sent"
	truncate -s $(($2 * 2048)) "$out.sent"
	cmp -s "$out.medium" "$out.sent"
}
export MMCEMU_PATIENT=yes # the phases of a burn are seen every tenth of a second
burns() { # state-afterwards options...
	local after=$1 size
	shift
	size=$(padded $n_blocks "$MMCEMU_MEDIUM")
	drive -r "$@" /dev/sr0 "$tmp/image"
	case_is $status 0 "burned and read back" || return
	case_like "^burned: $((size * 2048)) bytes, phases .*writing" "$size blocks were sent"
	case_like "^read back: $n_blocks blocks are equal" "all blocks are equal"
	case_like "\|state=$after\|" "is $after afterwards"
	same_on_medium "$tmp/image" "$size"
	case_ok "the medium holds what was sent"
	is_unlocked
	case_ok "the tray is not locked"
}
refuses() { # regex options...
	local regex=$1
	shift
	drive "$@" /dev/sr0 "$tmp/image"
	case_is $status 4 "refused with status 4"
	case_like "$regex" "says why"
	[ ! -s "$state/image" ]
	case_ok "nothing was written"
}
simulates() {
	drive -d /dev/sr0 "$tmp/image"
	case_is $status 0 "simulated"
	[ ! -s "$state/image" ]
	case_ok "nothing was written"
	drive -i /dev/sr0
	case_like '\|state=blank\|' "is still blank"
}
refuses_used() { # what options...
	drive /dev/sr0 "$tmp/image"
	case_is $status 0 "burned"
	cp "$state/image" "$out.before"
	drive /dev/sr0 "$tmp/small"
	case_is $status 4 "a second burn is refused"
	case_like "^failed: /dev/sr0: the .* ($1)" "says why"
	case_like "^hint: $2" "says what to do"
	cmp -s "$state/image" "$out.before"
	case_ok "the first is untouched"
}
blanks() { # how
	drive /dev/sr0 "$tmp/image"
	drive -b "$1" /dev/sr0
	case_is $status 0 "blanked ($1)"
	case_like '\|state=blank\|.*\|used=0' "is blank"
	drive -r /dev/sr0 "$tmp/image"
	case_is $status 0 "burned again"
	case_like "^read back: $n_blocks blocks are equal" "all blocks are equal"
}
formats() { # name-afterwards
	drive -F /dev/sr0
	case_is $status 0 "formatted"
	case_like "\|$1\|state=blank\|" "is a blank $1"
	drive -r /dev/sr0 "$tmp/image"
	case_is $status 0 "burned"
	drive -F /dev/sr0
	case_is $status 0 "formatted again"
	drive -ro /dev/sr0 "$tmp/image"
	case_is $status 0 "burned again"
	case_like "^read back: $n_blocks blocks are equal" "all blocks are equal"
}
overwrites() {
	drive /dev/sr0 "$tmp/image"
	drive -ro /dev/sr0 "$tmp/small"
	case_is $status 0 "overwritten"
	case_like "^read back: 20 blocks are equal" "all blocks are equal"
}
refuses_action() { # regex option
	drive "${@:2}" /dev/sr0
	case_is $status 4 "refused with status 4"
	case_like "$1" "says why"
}
# A DVD-RW that was blanked fast takes only a disc at once.
burns_after_fast_blank() {
	drive /dev/sr0 "$tmp/image"
	drive -b fast /dev/sr0
	drive -t incremental /dev/sr0 "$tmp/image"
	case_is $status 4 "incremental is refused"
	case_like "can't burn .* incrementally" "says why"
	drive -u /dev/sr0 "$tmp/image"
	case_is $status 4 "an unknown size is refused"
	case_like "size of the input must be known in advance" "says why"
	drive -r /dev/sr0 "$tmp/image"
	case_is $status 0 "disc at once works"
}
sets_speed() { # speed pattern-of-the-log
	drive -s "$1" /dev/sr0 "$tmp/small"
	case_is $status 0 "burned at speed $1"
	grep -Eq "$2" "$state/log"
	case_ok "the drive was told"
}
ejects() {
	drive -e /dev/sr0 "$tmp/small"
	case_is $status 0 "burned"
	grep -Eq '^1B .. 00 00 02' "$state/log"
	case_ok "the tray was told to come out"
	is_unlocked
	case_ok "the tray is not locked"
}
shows_details() { # regex...
	drive /dev/sr0 "$tmp/image"
	drive -D /dev/sr0
	case_is $status 0 "details"
	for regex; do
		case_like "$regex" "details like $regex"
	done
}

write_once="cd-r dvd-r dvd-r-dl dvd+r dvd+r-dl bd-r"
for m in cd-r cd-rw dvd-r dvd-rw dvd-r-dl dvd+r dvd+r-dl bd-r; do
	run_case $m "auto" burns closed
	run_case $m "size unknown" burns closed -u
done
for m in cd-r cd-rw; do
	run_case $m "tao" burns closed -t tao
	run_case $m "sao" burns closed -t sao
	run_case $m "tao, left open" burns appendable -t tao -m
	run_case $m "sao, left open" burns appendable -t sao -m
	run_case $m "auto, left open" burns appendable -m
	run_case $m "tao, size unknown" burns closed -t tao -u
	run_case $m "sao, size unknown" refuses 'size of the input must be known in advance' -t sao -u
	run_case $m "dao" refuses 'use -write-type auto, tao, sao' -t dao
	run_case $m "simulated" simulates
	run_case $m "speed 8" sets_speed 8 '^(BB|B6) '
done
for m in dvd-r dvd-rw; do
	run_case $m "dao" burns closed -t dao
	run_case $m "incremental" burns closed -t incremental
	run_case $m "incremental, left open" burns appendable -t incremental -m
	run_case $m "auto, left open" burns appendable -m
	run_case $m "incremental, size unknown" burns closed -t incremental -u
	run_case $m "dao, left open" refuses 'burned disc-at-once is closed' -t dao -m
	run_case $m "dao, size unknown" refuses 'size of the input must be known in advance' -t dao -u
	run_case $m "tao" refuses 'use -write-type auto, dao, incremental' -t tao
	run_case $m "simulated" simulates
done
run_case dvd-r-dl "dao" burns closed -t dao
run_case dvd-r-dl "incremental" burns closed -t incremental
run_case dvd-r-dl "left open" refuses "can't be left open" -m
run_case dvd-rw "after fast blanking" burns_after_fast_blank
for m in dvd+r dvd+r-dl bd-r; do
	run_case $m "left open" burns appendable -m
	run_case $m "dao" refuses 'use -write-type auto$' -t dao
	run_case $m "simulated" refuses "can't simulate a burn" -d
done
for m in dvd+rw dvd-ram bd-re; do
	run_case $m "auto" burns overwritable
	run_case $m "size unknown" burns overwritable -u
	run_case $m "left open" refuses "can't be left open" -m
	run_case $m "simulated" refuses "can't simulate a burn" -d
	run_case $m "again" refuses_used 'holds data' 'run "xburncrypt blank /dev/sr0"'
	run_case $m "overwriting" overwrites
	run_case $m "blank" blanks fast
done
for m in cd-rw dvd-rw; do
	run_case $m "again" refuses_used 'is closed' 'run "xburncrypt blank /dev/sr0"'
	run_case $m "blank" blanks fast
	run_case $m "blank" blanks all
done
for m in $write_once; do
	run_case $m "again" refuses_used 'is closed' 'insert a blank disc'
	run_case $m "blank" refuses_action "can't be blanked" -b fast
done
run_case dvd-rw "format" formats 'DVD-RW \(restricted overwrite\)'
run_case dvd+rw "format" formats 'DVD\+RW'
run_case dvd-ram "format" formats 'DVD-RAM'
run_case bd-re "format" formats 'BD-RE'
for m in cd-r cd-rw dvd-r dvd+r; do
	run_case $m "format" refuses_action "can't be formatted" -F
done
run_case bd-r "speed 4" sets_speed 4 '^(BB|B6) '
run_case bd-r "speed 100" refuses 'speed 100 is not possible: .* 12.0 at most' -s 100
run_case dvd+r "ejected" ejects
run_case dvd+r "details" shows_details '^details: .*code=MMCEMU/M01.*speeds=[0-9.]+,' \
	'^track: session=1 number=1 lba=0 blocks=608 data=1'
run_case cd-r "details" shows_details '^details: .*maker=Ricoh' '^track: session=1 number=1 lba=0 blocks=750'
for m in dvd+rw dvd-ram bd-re; do
	MMCEMU_MIB=40 run_case $m "blank" blanks all
done
cases_done

export MMCEMU_STATE=$tmp/list LD_PRELOAD=
mkdir "$tmp/list"
state=$tmp/list out=$tmp/list.out
drive -l
tap_like "$(cat "$out")" '^drive: /dev/sr0\|EMULATED\|MMC BURNER\|1.00\|accessible=1\|\|writes=CD-R, CD-RW, DVD-R, .*BD-RE$' \
	"the list of drives"
MMCEMU_FAULTS=busy drive -l
tap_like "$(cat "$out")" '^drive: /dev/sr0\|.*\|accessible=0\|is busy' "a busy drive is listed, with the reason"
tap_note "$(printf '%s media, %s cases' "$(wc -w <<<"$media")" $n_cases)"
tap_done
