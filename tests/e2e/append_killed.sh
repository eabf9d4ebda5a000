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
# strace can't watch what looks for leaks
export ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=0
same() { # a b: two trees
	diff -r --no-dereference "$1" "$2" 2>&1 | grep -v ' is a fifo'
}
make_states() {
	rm -rf "$tmp/work" "$tmp"/state[12]
	make_work "$tmp/work"
	head -c 1500000 /dev/urandom >"$tmp/work/large"
	make_older "$tmp/work"
	cp -a "$tmp/work" "$tmp/state1"
}
next_state() {
	change_once "$tmp/work"
	head -c 2500000 /dev/urandom >"$tmp/work/larger"
	cp -a "$tmp/work" "$tmp/state2"
}
shown() { # output: which state it shows, and the number of sessions
	local n state=neither
	rm -rf "$tmp/back"
	run extract "$1" "${reading[@]}" -to "$tmp/back"
	[ -z "$(same "$tmp/state1" "$tmp/back")" ] && state=old
	[ -z "$(same "$tmp/state2" "$tmp/back")" ] && state=new
	n=$(sessions "$1" "${reading[@]}" | wc -l)
	echo "$state $((n > 0 ? n : 1))" # one alone is no list
}

# --- a file ---------------------------------------------------------------------------------------------
calls=write,pwrite64,fsync,fdatasync,ftruncate
traced() { # options of strace...: the append; its end in $status
	cp "$tmp/base" "$tmp/img"
	runner=(strace -f -qq -o "$tmp/trace" -e "trace=$calls" "$@")
	run append -o "$tmp/img" "${reading[@]}" -progress none -verify "$tmp/work"
	status=$?
	runner=()
}
# at most a dozen: the first and last ones, and some on the way
choose() { awk -v n="$n_calls" 'NR <= 4 || NR > n - 6 || NR % (int(n / 5) + 1) == 0 { print NR, $0 }' "$tmp/calls"; }
in_a_file() {
	local n_bytes n_calls commit leads number call n signal what now
	make_states
	run -o "$tmp/base" "${as[@]}" "$tmp/work"
	tap_ok 'a file with one session' || told
	next_state
	n_bytes=$(stat -c %s "$tmp/base")
	traced -y
	tap_is $status 0 'the session is added under strace' || told
	# each call that changes the file: its name and how many of that name the thread had made by then
	awk -v img="<$tmp/img>" '{ split($2, call, "("); n = ++seen[$1, call[1]] } index($0, img) { print call[1], n }' "$tmp/trace" >"$tmp/calls"
	tap_note "$(wc -l <"$tmp/calls") calls: $(tr '\n' ',' <"$tmp/calls")"
	[ "$(wc -l <"$tmp/calls")" -ge 5 ]
	tap_ok 'it changes the file by calls that are seen'
	n_calls=$(wc -l <"$tmp/calls")
	commit=$(grep -n '^fsync ' "$tmp/calls" | head -1 | cut -d: -f1)
	leads=$(grep -n write "$tmp/calls" | tail -1 | cut -d: -f1) # the first descriptors are written
	while read -r number call n; do
		for signal in KILL TERM; do
			what="a file, SIG$signal at call $number of $n_calls ($call)"
			traced -e "inject=$call:signal=$signal:when=$n"
			if [ $signal = KILL ]; then
				[ $status = 137 ]
				tap_ok "$what: it ends" || tap_note "status $status"
			fi
			now=$(shown "$tmp/img")
			[ $signal = KILL ] || tap_like "$status $now" '^(143 old 1|0 new 2)$' "$what: the status is true" || told
			if [ "$number" -lt "$leads" ]; then
				tap_is "$now" 'old 1' "$what: the old state is there" || told
				[ $signal = KILL ] || [ "$number" -ge "$commit" ] || tap_is "$(stat -c %s "$tmp/img") $(cmp "$tmp/base" "$tmp/img")" "$n_bytes " "$what: the file is as it was"
			else
				[[ $now = 'old 1' || $now = 'new 2' ]]
				tap_ok "$what: a whole state is there" || tap_note "$now"
			fi
			run append -o "$tmp/img" "${reading[@]}" "$tmp/work"
			tap_is "$? $(shown "$tmp/img")" '0 new 2' "$what: the session is added after all" || told
			decrypt_as new "$tmp/img" "$tmp/whole" && session_is "$tmp/whole" 0 "$tmp/state2"
			tap_ok "$what: other programs are led to it" || tap_note "$(sed 5q "$tmp/diff")"
		done
	done < <(choose)
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
