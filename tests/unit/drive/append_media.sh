#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Further sessions on each kind of medium: they lie where they were told to, what was there stays, a
# session that was broken off is closed before, blocks are changed in place only where that can be; and
# what can't be done is refused before anything is written.
. "$top_srcdir/tests/lib/tap.sh"
. "$top_srcdir/tests/lib/burner.sh"
n_blocks=608
head -c $((n_blocks * 2048)) /dev/urandom >"$tmp/image"
head -c $((n_blocks * 2048)) /dev/urandom >"$tmp/second"
head -c 20000 /dev/urandom >"$tmp/small" # less than an ECC block
head -c $((3 * 2048)) /dev/urandom >"$tmp/head"

# The emulated medium's blocks from lba on are those of file, which has zeros behind it.
medium_holds() { # file lba
	cmp -s -n "$(stat -c %s "$1")" "$state/image" "$1" "$(($2 * 2048))" 0
}
first_is_whole() {
	medium_holds "$tmp/image" 0
	case_ok "the first session is as it was"
}
n_writes() { cat "$state/log" 2>"$out.cat" | grep -cE '^(2A|AA) '; }
# What is burned in the last output.
start() { sed -n 's/^start: \([0-9]*\),.*/\1/p' "$out"; }
appends() { # file state-afterwards options...
	drive -r -a "${@:3}" /dev/sr0 "$1"
	case_is $status 0 "a session is appended" || return
	case_like "^read back: [0-9]+ blocks are equal" "and read back"
	tail -n +2 "$out" | grep -q "|state=$2|"
	case_ok "the medium is $2 afterwards"
	medium_holds "$1" "$(start)"
	case_ok "it lies where it was told to"
	first_is_whole
}
# A program we did not write.
toc_is() { # sessions
	if ! command -v xorriso >/dev/null; then
		echo "ok - $case: xorriso sees $1 sessions # SKIP xorriso is not installed"
		return
	fi
	LD_PRELOAD=$shim MMCEMU_STATE=$state xorriso -outdev /dev/sr0 -toc >"$out.toc" 2>&1
	grep -q "^Media summary: $1 session" "$out.toc"
	case_ok "xorriso sees $1 sessions"
}
grows() { # gap between sessions, in blocks
	local ends second third
	drive -m /dev/sr0 "$tmp/image"
	case_is $status 0 "a first session, left open"
	appends "$tmp/small" appendable -m || return
	second=$(start)
	appends "$tmp/second" closed
	third=$(start)
	medium_holds "$tmp/small" "$second"
	case_ok "the second session is as it was"
	drive -D /dev/sr0
	ends=$(sed -n 's/^track: session=\([0-9]*\) number=[0-9]* lba=\([0-9]*\) .*/\1:\2/p' "$out" | tr '\n' ' ')
	case_is "$ends" "1:0 2:$second 3:$third " "three sessions with a track each"
	toc_is 3
	drive -a /dev/sr0 "$tmp/small"
	case_is $status 4 "no fourth one once it is closed"
	case_like "^failed: /dev/sr0: the .* in it is closed: it takes no further session$" "it says why"
	case_like "^hint: burn another disc, with -multi to leave it open$" "and what to do"
	is_unlocked
	case_ok "the tray is not locked"
}
grows_in_place() { # how it is formatted
	if [ -n "$1" ]; then drive "$1" /dev/sr0; fi
	drive /dev/sr0 "$tmp/image"
	case_is $status 0 "a first session"
	appends "$tmp/small" overwritable -A 608
	appends "$tmp/second" overwritable -m -A 640
	medium_holds "$tmp/small" 608
	case_ok "the second session is as it was"
	case_like "^start: 640, room [0-9]+$" "it starts where it was told to"
	drive /dev/sr0 "$tmp/small"
	case_is $status 4 "a first session over it is refused, as ever"
	first_is_whole
}
# The units that hold the blocks are written, and no others.
rewrites() { # unit
	local writes
	if [ "$MMCEMU_MEDIUM" = dvd-rw ]; then drive -F /dev/sr0; fi
	drive /dev/sr0 "$tmp/image"
	writes=$(n_writes)
	drive -W 15 /dev/sr0 "$tmp/head"
	case_is $status 0 "three blocks are changed in place"
	medium_holds "$tmp/head" 15
	case_ok "they are on the medium"
	cp "$tmp/image" "$out.wanted"
	dd if="$tmp/head" of="$out.wanted" bs=2048 seek=15 conv=notrunc status=none
	medium_holds "$out.wanted" 0
	case_ok "all others are the old ones"
	grep -E '^(2A|AA) ' "$state/log" | tail -n +$((writes + 1)) >"$out.writes"
	case_is "$(awk -v u="$1" '{ lba = strtonum("0x" $3 $4 $5 $6); n = ($1 == "2A") ? strtonum("0x" $8 $9) :
		strtonum("0x" $7 $8 $9 $10); if (lba % 16 || n % 16 || lba + n > u) print }' "$out.writes")" "" \
		"whole units were written"
	grep -A3 -E '^(2A|AA) ' "$state/log" | tail -3 | grep -q '^35 '
	case_ok "and flushed"
}
fails_to_rewrite() { # status fault regex
	drive /dev/sr0 "$tmp/image"
	export MMCEMU_FAULTS=$2
	drive -W 15 /dev/sr0 "$tmp/head"
	case_is $status "$1" "status $1"
	case_like "^failed: /dev/sr0: $3" "it says what failed"
	! grep -q '^rewritten' "$out"
	case_ok "no success is told"
	unset MMCEMU_FAULTS
	drive -i /dev/sr0
	case_is $status 0 "the drive answers afterwards"
}
# The first blocks of the unit are written before the fault.
puts_back() {
	drive /dev/sr0 "$tmp/image"
	printf '%s\n' write-error=20 >"$out.faults"
	export MMCEMU_FAULTS=@$out.faults
	drive -W 15 /dev/sr0 "$tmp/head"
	case_is $status 1 "a block of the unit can't be written"
	unset MMCEMU_FAULTS
	first_is_whole
}
refuses() { # regex hint options...
	local writes
	writes=$(n_writes)
	drive -a "${@:3}" /dev/sr0 "$tmp/small"
	case_is $status 4 "refused with status 4"
	case_like "^failed: /dev/sr0: $1" "it says why"
	case_like "^hint: $2" "and what to do"
	case_is "$(n_writes)" "$writes" "before the first WRITE"
}
refuses_first() { # options-of-a-first-burn options...
	# shellcheck disable=SC2086 # options
	drive $1 /dev/sr0 "$tmp/image"
	refuses "${@:2}"
	first_is_whole
}
refuses_fast_blanked() {
	drive /dev/sr0 "$tmp/image"
	drive -b fast /dev/sr0
	refuses "the DVD-RW \(sequential\) in it is blank: there is nothing to append to$" "burn a first session"
}
refuses_rewrite() {
	local writes
	drive -m /dev/sr0 "$tmp/image"
	writes=$(n_writes)
	drive -W 15 /dev/sr0 "$tmp/head"
	case_is $status 4 "refused with status 4"
	case_like "is written once: what it holds can't be changed" "it says why"
	case_is "$(n_writes)" "$writes" "before the first WRITE"
	first_is_whole
}
is_too_small() { # options...
	export MMCEMU_FAULTS=capacity=14000
	drive "$1" /dev/sr0 "$tmp/image"
	head -c $((14000 * 2048)) /dev/zero >"$tmp/$number.large"
	local writes
	writes=$(n_writes)
	drive -a "${@:2}" /dev/sr0 "$tmp/$number.large"
	case_is $status 4 "refused with status 4"
	case_like "is too small: needs [0-9]+ blocks = .*, has [0-9]+ blocks = [0-9,]+ bytes \(.*\) left, missing" \
		"with the numbers of what is left"
	case_is "$(n_writes)" "$writes" "before the first WRITE"
	first_is_whole
}
# A session of which only a part came, by SIGKILL in mid-burn: nothing is appended into it.
closes_broken() {
	local wreck
	drive -m /dev/sr0 "$tmp/image"
	drive -am -w 600000 /dev/sr0 "$tmp/second"
	case_is $status 137 "killed"
	wreck=$(start)
	drive -i /dev/sr0
	case_like '^facts: .*\|state=appendable\|' "the medium is still open"
	case_like '^broken: ' "its last session is known to be broken"
	drive -am /dev/sr0 "$tmp/small"
	case_is $status 4 "what would become a part of it is refused"
	case_like "^failed: /dev/sr0: the last session on the .* was broken off, and is still open" "it says why"
	appends "$tmp/small" appendable -m -C
	case_like '^closed: ' "it was closed before"
	[ "$(start)" -gt "$wreck" ]
	case_ok "and nothing was written over it"
	toc_is 3
	drive -i /dev/sr0
	! grep -q '^broken: ' "$out"
	case_ok "nothing is broken any more"
}
# libburn closes some sessions that are cancelled.
survives_signal() {
	drive -m /dev/sr0 "$tmp/image"
	drive -am -k 600000 /dev/sr0 "$tmp/second"
	case_is $status 1 "ended by SIGTERM"
	case_like "^failed: /dev/sr0: the burn was aborted: SIGTERM" "it says so"
	appends "$tmp/small" closed -C
}
can_not_close() {
	drive -m /dev/sr0 "$tmp/image"
	drive -am -w 600000 /dev/sr0 "$tmp/second"
	export MMCEMU_FAULTS=close-error
	local writes
	writes=$(n_writes)
	drive -amC /dev/sr0 "$tmp/small"
	case_is $status 4 "status 4"
	case_like "^failed: /dev/sr0: the session that was broken off can't be closed" "it says what failed"
	case_like "^hint: what was burned before can still be read" "and what is still there"
	case_is "$(n_writes)" "$writes" "before the first WRITE"
	unset MMCEMU_FAULTS
	first_is_whole
}
# A tray that was opened by force, another program.
notices_change() {
	drive -m /dev/sr0 "$tmp/image"
	drive -am -x "'$burn_image' -am /dev/sr0 '$tmp/small' >'$out.other' && cp '$state/image' '$out.medium'" \
		/dev/sr0 "$tmp/second"
	case_is $status 4 "status 4"
	case_like "^failed: /dev/sr0: the medium was exchanged, or written by another program" "it says why"
	cmp -s "$state/image" "$out.medium"
	case_ok "nothing was written"
}
fails_appending() { # fault regex
	drive -m /dev/sr0 "$tmp/image"
	export MMCEMU_FAULTS=$1
	drive -am /dev/sr0 "$tmp/second"
	case_is $status 1 "status 1"
	case_like "^failed: /dev/sr0: $2" "it says what failed"
	case_like "^hint: append again" "nobody is told that the disc is spoiled"
	unset MMCEMU_FAULTS
	first_is_whole
}

write_once="cd-r cd-rw dvd-r dvd-rw dvd+r dvd+r-dl bd-r"
in_place="dvd+rw dvd-ram bd-re"
for m in $write_once; do
	run_case $m "three sessions" grows
	run_case $m "a broken session" closes_broken
	run_case $m "a session ended by a signal" survives_signal
	run_case $m "a broken session that can't be closed" can_not_close
	run_case $m "blank" refuses ".* in it is blank: there is nothing to append to$" "burn a first session with -multi$"
	run_case $m "written meanwhile" notices_change
	run_case $m "changed in place" refuses_rewrite
	run_case $m "too small" is_too_small -m
done
for m in $in_place; do
	run_case $m "three sessions" grows_in_place ""
	run_case $m "blank" refuses ".* in it is blank: there is nothing to append to$" "burn a first session$" -A 32
	run_case $m "too small" is_too_small -o -A 640
	run_case $m "a part of the start fails" puts_back
	run_case $m "the start can't be written" fails_to_rewrite 1 write-error=16 "what the disc begins with can't be written"
	run_case $m "the start is written wrong" fails_to_rewrite 3 corrupt=17 "what the disc begins with .* reads differently"
done
run_case dvd-rw "three sessions, formatted" grows_in_place -F
run_case dvd+rw "changed in place" rewrites 32
run_case dvd-ram "changed in place" rewrites 32
run_case dvd-rw "changed in place" rewrites 32
run_case bd-re "changed in place" rewrites 32
for m in cd-r cd-rw; do
	run_case $m "at once" refuses_first -m "a further session on the .* can't be burned at once" "leave -write-type out" -t sao
done
for m in dvd-r dvd-rw; do
	run_case $m "at once" refuses_first -m "a further session on the .* can't be burned at once" "leave -write-type out" -t dao
done
run_case dvd-rw "blanked fast" refuses_fast_blanked
run_case dvd-r-dl "closed" refuses_first "" "the DVD-R DL in it is closed" "burn another disc"
run_case dvd+r "write error" fails_appending write-error=3100 "writing failed after"
run_case cd-r "write error" fails_appending write-error=12600 "writing failed after"
run_case bd-r "close error" fails_appending close-error "all data was written, but the disc could not be closed"
cases_done
tap_note "$n_cases cases"
tap_done
