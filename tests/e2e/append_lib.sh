# SPDX-License-Identifier: GPL-3.0-or-later
# For the tests of discs that grow. Sourced behind tap.sh and lib.sh.
# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034 # names come from those, and go to the tests

# Each test has its secret there; it fits all formats.
(umask 077 && printf '%s\n' "$passphrase" >"$tmp/pass" && printf '%s' "$passphrase" >"$tmp/pass.bytes")

# format: sets as (options of the first burn), reading (of all that comes later), lead (blocks before the payload)
choose_format() {
	as=() reading=() lead=0
	case $1 in
	luks2) as=("${cheap[@]}") lead=512 ;;
	luks1) as=(-format luks1 -pbkdf-weak -pbkdf-iterations 1000) lead=1024 ;;
	new | old) as=(-encstyle "$1") reading=(-encstyle "$1") ;;
	loopaes | none) as=(-format "$1") reading=(-format "$1") ;;
	esac
	[ "$1" = none ] || {
		as+=(-pass-file "$tmp/pass")
		reading+=(-pass-file "$tmp/pass")
	}
}
# format image out: the whole payload, by programs that we did not write
decrypt_as() {
	case $1 in
	luks2) decrypt_luks2 "$2" "$tmp/pass.bytes" "$3" ;;
	luks1)
		qemu-img convert --object "secret,id=s,file=$tmp/pass.bytes" -O raw \
			--image-opts "driver=luks,key-secret=s,file.filename=$2" "$3" >"$3.log" 2>&1
		;;
	new) decrypt_aespipe "$2" "$tmp/pass" sha256 "$3" ;;
	old) decrypt_aespipe "$2" "$tmp/pass" unhashed2 "$3" ;;
	loopaes) aespipe -d -e AES256 -P "$tmp/pass" <"$2" >"$3" ;;
	none) cp "$2" "$3" ;;
	esac
}
has_decryptor() { # format
	case $1 in
	luks2) cryptsetup_takes_files ;;
	luks1) command -v qemu-img >/dev/null ;;
	none) ;;
	*) command -v aespipe >/dev/null ;;
	esac
}

# What changed in the two seconds before it is burned counts as changed again.
settle() { sleep 3.1; }
make_older() { # folder: all in it, and itself
	find "$1" -exec touch -h -d '2020-02-02 02:02:02 UTC' {} +
	settle
}
# Times of change are told to the second: what happens next happens in another one.
next_second() {
	local now
	now=$(date +%s)
	while [ "$(date +%s)" = "$now" ]; do sleep 0.05; done
	sleep 0.1 # file systems tell the time of the last tick
}
# folder: what is burned first. Changes later are made in place, as users make them: times of change count.
make_work() {
	make_tree "$1"
	mkdir "$1/many"
	for i in 1 2 3 4 5 6 7 8; do echo "file $i" >"$1/many/file $i"; done
	ln "$1/many/file 1" "$1/many/hard link"
	mkfifo "$1/fifo"
	[ "$(id -u)" != 0 ] || chown -h 1234:2345 "$1/many/file 2" "$1/sub/link"
	make_older "$1"
}
change_once() { # folder: two new, two changed
	next_second
	head -c 150001 /dev/urandom >"$1/new"
	ln -sf many/nothing "$1/many/new link"
	echo changed >"$1/many/file 3"
	echo 'changed, too' >"$1/hello.txt"
	touch -h -d '2021-01-01 UTC' "$1/new" "$1/many/new link" "$1/many/file 3" "$1/hello.txt"
	settle
}
change_again() { # folder: one new, one with another mode, two gone
	next_second
	echo third >"$1/sub/third"
	rm "$1/many/file 4" "$1/new"
	chmod 604 "$1/many/file 5"
	settle
}

# What xorriso finds in a session of a plain image.
by_xorriso() { # image sbsector command...
	xorriso -hardlinks on -load sbsector "$2" -indev "stdio:$1" "${@:3}" 2>"$tmp/xorriso.log"
}
# image sbsector tree: the session, brought out by xorriso, equals the tree
session_is() {
	rm -rf "$tmp/out"
	by_xorriso "$1" "$2" -osirrox on:device_files -extract / "$tmp/out" >/dev/null &&
		! grep -q FAILURE "$tmp/xorriso.log" &&
		bash "$top_srcdir/tests/e2e/compare-trees.sh" --no-link-attributes "$3" "$tmp/out" >"$tmp/diff"
}
# image sbsector: where each file's bytes are, one line a file: path, blocks and bytes
places() {
	by_xorriso "$1" "$2" -find / -type f -exec report_lba -- |
		sed -n "s/^File data lba: *[0-9]* , *\([0-9]*\) , *\([0-9]*\) , *\([0-9]*\) , \(.*\)/\4 \1 \2 \3/p" |
		grep -v ' 0$' | LC_ALL=C sort
}

# $tmp/stdout, $tmp/stderr and the status are those of the last xburncrypt. $runner may hold a command before it.
runner=()
run() { # arguments...
	"${runner[@]}" timeout "$patience" "$XBURNCRYPT" "$@" >"$tmp/stdout" 2>"$tmp/stderr" </dev/null
}
told() { # what the last one said, for notes
	tap_note "$(tr '\r' '\n' <"$tmp/stderr" | tail -8)"
}
# image options...: a line for each session, the oldest first: number, sbsector, blocks
sessions() {
	run info -json "$@" && jq -r '.. | .inside_sessions? // empty | .[] | "\(.number) \(.sbsector) \(.blocks)"' "$tmp/stdout"
}
sbsector() { # number, of the last list of sessions in $list
	awk -v n="$1" '$1 == n { print $2 }' <<<"$list"
}
# numbers of what the last append did, from what it said: new changed gone stay
counts() {
	sed -n 's/.*session [0-9]*: \([0-9]*\) new, \([0-9]*\) changed, \([0-9]*\) gone, \([0-9]*\) stay.*/\1 \2 \3 \4/p' "$tmp/stderr"
}

# With burner.sh: a function with a drive and a folder of its own, beside others. cases_done waits for all.
apart() { # function arguments...
	n_cases=$((n_cases + 1))
	(
		trap - EXIT
		own=$tmp/$(printf %05d $n_cases)
		mkdir "$own" && cp -p "$tmp"/pass* "$own" || exit
		result=$own.tap tmp=$own messages=$own/stderr
		tap_failed=0
		"$@" >"$result" 2>&1
		chmod -R u+rwx "$own" && rm -rf "$own"
	) &
}
# The blocks of the medium that hold something, decrypted by another program.
decrypt_medium() { # format out
	cp "$tmp/st/image" "$tmp/medium.img"
	truncate -s %4096 "$tmp/medium.img"
	decrypt_as "$1" "$tmp/medium.img" "$2"
}
# What the drive was asked to read from line n of its log on: "LBA blocks" a line
reads() { # line
	tail -n +"$1" "$tmp/st/log" | sed -nE 's/^28 .. (..) (..) (..) (..) .. (..) (..) .*/\1\2\3\4 \5\6/p
		s/^A8 .. (..) (..) (..) (..) (..) (..) (..) (..) .*/\1\2\3\4 \5\6\7\8/p' |
		while read -r at n; do echo $((16#$at)) $((16#$n)); done
}

# --- interrupted ----------------------------------------------------------------------------------------
make_states() { # a tree, and the state of it that is burned first
	rm -rf "$tmp/work" "$tmp"/state[12]
	make_work "$tmp/work"
	head -c 1500000 /dev/urandom >"$tmp/work/large"
	make_older "$tmp/work"
	cp -a "$tmp/work" "$tmp/state1"
}
next_state() { # the one that is added
	change_once "$tmp/work"
	head -c 2500000 /dev/urandom >"$tmp/work/larger"
	cp -a "$tmp/work" "$tmp/state2"
}
same() { # a b: two trees
	diff -r --no-dereference "$1" "$2" 2>&1 | grep -v ' is a fifo'
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
# strace can't watch what looks for leaks
without_leaks() { env ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0" "$@"; }
# output options of strace...: the append to $tmp/base, copied there; its end in $status
append_traced() {
	cp "$tmp/base" "$1"
	runner=(without_leaks strace -f -qq -o "$tmp/trace" -P "$1" -e "trace=write,pwrite64,fsync,fdatasync,ftruncate" "${@:2}")
	run append -o "$1" -force-device "${reading[@]}" -progress none -verify "$tmp/work"
	status=$?
	runner=()
}
# of the calls that change it, at most a dozen: the first and last ones, and some on the way
choose_calls() {
	awk -v n="$(wc -l <"$tmp/calls")" 'NR <= 4 || NR > n - 6 || NR % (int(n / 5) + 1) == 0 { print NR, $0 }' "$tmp/calls"
}
# An append to $tmp/base, whose first bytes are old, is ended at the calls that change the output.
interrupted() { # format output n-old-bytes what
	local n_calls leads number call n signal what now
	append_traced "$2"
	tap_is $status 0 "$4: the session is added under strace"
	# each call that changes it: its name and how many of that name the thread had made by then
	awk '$2 ~ /\(/ { split($2, call, "("); print call[1], ++seen[$1, call[1]] }' "$tmp/trace" >"$tmp/calls"
	n_calls=$(wc -l <"$tmp/calls")
	tap_note "$n_calls calls: $(tr '\n' ',' <"$tmp/calls")"
	[ "$n_calls" -ge 5 ]
	tap_ok "$4: it is changed by calls that are seen"
	leads=$(grep -n write "$tmp/calls" | tail -1 | cut -d: -f1) # the first descriptors are written
	while read -r number call n; do
		for signal in KILL TERM; do
			what="$4, SIG$signal at call $number of $n_calls ($call)"
			append_traced "$2" -e "inject=$call:signal=$signal:when=$n"
			cp "$tmp/stderr" "$tmp/ended"
			# the data may come in fewer pieces than before
			if ! grep -q "SIG$signal" "$tmp/trace"; then
				tap_is "$status $(shown "$2")" '0 new 2' "$what: there was none"
				continue
			fi
			now=$(shown "$2")
			if [ $signal = KILL ]; then
				tap_is $status 137 "$what: it ends"
			else
				tap_like "$status $now" '^(143 old 1|0 new 2)$' "$what: the status is true"
			fi
			if [ "$number" -lt "$leads" ]; then
				tap_is "$now" 'old 1' "$what: the old state is there"
				left_uncommitted "$2" "$3" $signal
			else
				tap_like "$now" '^(old 1|new 2)$' "$what: a whole state is there"
			fi
			run append -o "$2" -force-device "${reading[@]}" "$tmp/work"
			tap_is "$? $(shown "$2")" '0 new 2' "$what: the session is added after all"
			cp "$2" "$tmp/medium.img"
			decrypt_as "$1" "$tmp/medium.img" "$tmp/whole" && session_is "$tmp/whole" 0 "$tmp/state2"
			tap_ok "$what: other programs are led to it" || tap_note "$(sed 5q "$tmp/diff")"
		done
	done < <(choose_calls)
}
# output n-old-bytes signal: what is left, and was told, where the output does not lead to the new session yet
left_uncommitted() {
	local left='the file is as it was'
	[ ! -b "$1" ] || left='what was written of the session is passed over'
	[ "$3" = KILL ] ||
		tap_like "$(cat "$tmp/ended")" "^hint: (nothing was written|$left; add it again)\$" "$what: what to do"
	[ "$3" = KILL ] && [ ! -b "$1" ] && return # it can't be cut back then
	cmp -s -n "$2" "$tmp/base" "$1" && { [ -b "$1" ] || [ "$(stat -c %s "$1")" = "$2" ]; }
	tap_ok "$what: what there was is untouched"
}
