#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What is said around a burn: the progress and the queue's levels, questions and their answers, whether an
# image fits to the block, and what drives and info tell. With the emulated burner as a library.
# shellcheck disable=SC2034 # pace and faults are for with_drive
. "$top_srcdir/tests/lib/tap.sh"
. "$top_srcdir/tests/e2e/lib.sh"
. "$top_srcdir/tests/lib/burner.sh"
need aespipe

printf '%s\n' "$passphrase" >"$tmp/pass"
chmod 600 "$tmp/pass"
new=(-pass-file "$tmp/pass" -encstyle new)
luks=(-pass-file "$tmp/pass" "${cheap[@]}")

drive() { # arguments...: stdin is the caller's
	with_drive timeout "$patience" "$XBURNCRYPT" "$@" >"$tmp/stdout" 2>"$tmp/stderr"
}

# --- the queue: a source that stalls, and one that keeps up ------------------------------------------
stalling() { # until the progress tells of the empty queue
	head -c 60000000 /dev/zero && wait_until grep -qs 'queue 0 %' "$tmp/stderr" && head -c 20000000 /dev/zero
}
load dvd+r
stalling | drive -o /dev/sr0 -unknown-contents "${new[@]}" -no-verify -progress plain -
tap_is $? 0 "a source that stalls is burned all the same" || tap_note "$(tail -3 "$tmp/stderr")"
said '^writing: .* MB.*, queue 0 %' "a source that stalls: the progress shows the empty queue"
said '^lowest level of the queue: 0 %' "a source that stalls: the summary has the lowest level"
cmp -n 80000000 <(decrypt_aespipe <(head -c 80001024 "$tmp/st/image") "$tmp/pass" sha256 /dev/stdout) /dev/zero
tap_ok "a source that stalls: the disc is right"

# the announced file system is cut: known before the queue is full, and so before the first write
"$XBURNCRYPT" -o "$tmp/whole.iso" -format none "$top_srcdir/doc" >/dev/null 2>&1
load dvd+r
head -c 60000 "$tmp/whole.iso" | drive -o /dev/sr0 "${new[@]}" -
tap_is $? 1 "a source that is cut early: status 1"
said 'the file system is truncated' "a source that is cut early: says so"
[ ! -s "$tmp/st/image" ]
tap_ok "a source that is cut early: nothing was written"

load dvd+r
faults='end-of-medium=300'
head -c 2000000 /dev/zero | drive -o /dev/sr0 "${luks[@]}" -
tap_is $? 1 "a source that does not fit: status 1"
said 'hint: use a larger medium; with -size' "a source that does not fit: what to do is told"

mkdir "$tmp/tree"
head -c 60000000 /dev/urandom >"$tmp/tree/file"
load bd-r
pace=20000
drive -o /dev/sr0 "${new[@]}" -no-verify -progress json "$tmp/tree" </dev/null
tap_is $? 0 "a drive that takes its time" || tap_note "$(tail -3 "$tmp/stderr")"
said '^lowest level of the queue: [0-9]+ %' "a drive that takes its time: the summary has the lowest level"
for key in phase bytes total percent bytes_per_second eta_seconds queue_percent drive_buffer_percent; do
	grep -q "^{\"event\":\"progress\",.*\"$key\":" "$tmp/stderr"
	tap_ok "the progress as JSON has $key" || tap_note "$(grep progress "$tmp/stderr" | tail -2)"
done

# --- the progress's modes, with a file ---------------------------------------------------------------
"$XBURNCRYPT" -o "$tmp/plain.img" "${new[@]}" -progress plain "$tmp/tree" >/dev/null 2>"$tmp/stderr"
tap_like "$(cat "$tmp/stderr")" '^writing: +[0-9]+ %, [0-9.]+ of 60\.[0-9] MB' "plain: percent, MB of MB"
"$XBURNCRYPT" -o "$tmp/none.img" "${new[@]}" -progress none "$tmp/tree" >/dev/null 2>"$tmp/stderr"
[ "$(grep -c writing "$tmp/stderr")" = 0 ]
tap_ok "none: nothing"
"$XBURNCRYPT" -o "$tmp/auto.img" "${new[@]}" "$tmp/tree" >/dev/null 2>"$tmp/stderr"
[ "$(grep -c writing "$tmp/stderr")" = 0 ]
tap_ok "auto, without a terminal: nothing"
if command -v script >/dev/null; then
	script -qec "'$XBURNCRYPT' -o '$tmp/tty.img' -encstyle new -pass-file '$tmp/pass' '$tmp/tree'" /dev/null \
		</dev/null >"$tmp/tty" 2>&1
	grep -q $'\r''writing: .*'$'\033''\[K' "$tmp/tty"
	tap_ok "auto, on a terminal: one line that is redrawn" || tap_note "$(head -c 500 "$tmp/tty" | cat -v)"
else
	tap_skip "auto, on a terminal" "script(1) is not installed"
fi
rm -f "$tmp"/*.img

# --- questions -----------------------------------------------------------------------------------------
rm "$tmp/tree/file"
echo small >"$tmp/tree/file"
answer() { # what is typed
	export MMCEMU_STATE=$tmp/st MMCEMU_MEDIUM=cd-rw
	on_terminal "$tmp/tty" "env LD_PRELOAD='$shim' '$XBURNCRYPT' -o /dev/sr0 -encstyle new -pass-file '$tmp/pass' \
		-blank auto '$tmp/tree'; echo status=\$?" '\[y/N\]' "$1"$'\n'
}
if command -v script >/dev/null; then
	load cd-rw
	drive -o /dev/sr0 "${new[@]}" "$tmp/tree" </dev/null
	before=$(sha256sum <"$tmp/st/image")
	answer n
	grep -q 'Blank the medium' "$tmp/tty" && ! grep -q 'status=0' "$tmp/tty"
	tap_ok "-blank auto asks; no is no" || tap_note "$(tail -5 "$tmp/tty")"
	tap_is "$(sha256sum <"$tmp/st/image")" "$before" "and the disc stays as it was"
	echo other >"$tmp/tree/file" # the same tree in the same second is the same image
	answer y
	grep -q 'status=0' "$tmp/tty"
	tap_ok "-blank auto: yes burns" || tap_note "$(tail -5 "$tmp/tty")"
	[ "$(sha256sum <"$tmp/st/image")" != "$before" ]
	tap_ok "and the disc is another"
else
	tap_skip "-blank auto asks" "script(1) is not installed"
fi
# --- before a write-once medium is burned, and while there is none ----------------------------------------
on_drive() { # file options... -- [prompt text]...: burns on a terminal; the faults are in $tmp/faults
	local file=$1 options=()
	shift
	while [ "$1" != -- ]; do options+=("$1"); shift; done
	export MMCEMU_STATE=$tmp/st MMCEMU_MEDIUM=$medium MMCEMU_FAULTS=@$tmp/faults
	on_terminal "$file" "env LD_PRELOAD='$shim' '$XBURNCRYPT' -o /dev/sr0 -encstyle new -pass-file '$tmp/pass' \
		${options[*]} '$tmp/tree'; echo status=\$?" "${@:2}"
}
echo none >"$tmp/faults"
if command -v script >/dev/null; then
	load dvd+r
	on_drive "$tmp/tty" -- 'starts in [0-9] s' $'\003'
	grep -q 'interrupted by SIGINT' "$tmp/tty" && ! grep -q 'status=0' "$tmp/tty"
	tap_ok "Ctrl-C before a DVD+R is burned ends it" || tap_note "$(tail -5 "$tmp/tty")"
	[ ! -s "$tmp/st/image" ]
	tap_ok "Ctrl-C before a DVD+R is burned: it is still blank"
	on_drive "$tmp/tty" --
	grep -q 'status=0' "$tmp/tty"
	tap_ok "without Ctrl-C the DVD+R is burned" || tap_note "$(tail -5 "$tmp/tty")"
	tap_like "$(cat "$tmp/tty")" 'bytes .* in the format plain will be burned to a blank DVD\+R of 4,700,372,992 bytes .*, which can be written once' \
		"what will be burned to the DVD+R is told"
	tap_like "$(cat "$tmp/tty")" 'the disc will be closed, and read back and compared' "and what comes then"
	load cd-r
	on_drive "$tmp/tty" -yes -multi -no-verify --
	tap_is "$(grep -c 'starts in' "$tmp/tty") $(grep -c 'status=0' "$tmp/tty")" "0 1" "-yes: nobody has to wait"
	tap_like "$(cat "$tmp/tty")" 'left open for another session, and not read back' "-multi -no-verify: told"
	load dvd-ram
	on_drive "$tmp/tty" --
	tap_is "$(grep -c 'written once' "$tmp/tty") $(grep -c 'status=0' "$tmp/tty")" "0 1" "a DVD-RAM can be written again"

	load dvd-ram
	echo no-medium >"$tmp/faults"
	export MMCEMU_STATE=$tmp/st MMCEMU_MEDIUM=$medium MMCEMU_FAULTS=@$tmp/faults
	rm -f "$tmp/tty"
	{
		wait_until grep -Eqs 'insert a blank disc, and press Enter' "$tmp/tty"
		echo none >"$tmp/faults"
		echo
		wait_until grep -Eqs 'status=' "$tmp/tty"
	} | timeout "$patience" script -qec "env LD_PRELOAD='$shim' '$XBURNCRYPT' -o /dev/sr0 -encstyle new \
		-pass-file '$tmp/pass' '$tmp/tree'; echo status=\$?" /dev/null >"$tmp/tty" 2>&1
	grep -q 'status=0' "$tmp/tty"
	tap_ok "no medium: burned once one is in" || tap_note "$(tail -5 "$tmp/tty")"
	echo no-medium >"$tmp/faults"
	on_drive "$tmp/tty" -- 'press Enter' $'\003'
	tap_like "$(cat "$tmp/tty")" 'interrupted by SIGINT' "no medium: Ctrl-C gives up"
	unset MMCEMU_STATE MMCEMU_MEDIUM MMCEMU_FAULTS
else
	tap_skip "a write-once medium" "script(1) is not installed"
fi
load dvd+r
faults=no-medium
drive -o /dev/sr0 "${new[@]}" "$tmp/tree" </dev/null
tap_is $? 4 "no medium and no terminal: status 4"

echo precious >"$tmp/precious"
"$XBURNCRYPT" -o "$tmp/precious" "${new[@]}" -yes "$tmp/tree" >/dev/null 2>&1
tap_is "$? $(cat "$tmp/precious")" "2 precious" "-yes never stands for -force"

# --- whether it fits, to the block ----------------------------------------------------------------------
fits() { # medium needed-blocks options...
	load "$1"
	faults=capacity=$2
	drive -o /dev/sr0 -no-verify -unknown-contents "${@:3}" -image "$tmp/601" </dev/null
	tap_is $? 0 "$1: $2 blocks are enough" || tap_note "$(tail -2 "$tmp/stderr")"
	load "$1"
	faults=capacity=$(($2 - 1))
	drive -o /dev/sr0 -no-verify -unknown-contents "${@:3}" -image "$tmp/601" </dev/null
	tap_is $? 4 "$1: $(($2 - 1)) are too few"
	said "needs $(sed -E ':a;s/^([0-9]+)([0-9]{3})/\1,\2/;ta' <<<"$2")? ?.*missing 1 blocks?|needs $2 blocks .*missing 1 block" "$1: one is missing"
	[ ! -s "$tmp/st/image" ]
	tap_ok "$1: nothing was written"
}
head -c $((601 * 2048)) /dev/urandom >"$tmp/601"
fits cd-r $((601 + 150)) "${new[@]}"
said 'hint: burn with -no-pad' "cd-r: what helps is told"
for how in -multi '-write-type tao'; do
	load cd-r
	faults=capacity=$((601 + 149))
	# shellcheck disable=SC2086
	drive -o /dev/sr0 -unknown-contents "${new[@]}" $how -image "$tmp/601" </dev/null
	tap_is $? 4 "cd-r, $how: too few blocks"
	said 'hint: use a larger medium' "cd-r, $how, which takes no -no-pad: what helps is told"
done
fits cd-r 601 "${new[@]}" -no-pad
said 'hint: use a larger medium' "cd-r, -no-pad: what helps is told"
load cd-r
faults=capacity=601
drive -o /dev/sr0 -unknown-contents "${new[@]}" -no-pad -image "$tmp/601" </dev/null
tap_is "$? $(stat -c %s "$tmp/st/image")" "0 $((601 * 2048))" "cd-r, -no-pad: read back, and no block more"
load cd-r
drive -o /dev/sr0 -unknown-contents "${new[@]}" -no-pad -write-type tao -image "$tmp/601" </dev/null
tap_is $? 4 "cd-r, -no-pad, track at once: status 4"
said 'session at once' "cd-r, -no-pad, track at once: says so"
load cd-r
cat "$tmp/601" | drive -o /dev/sr0 -unknown-contents "${new[@]}" -no-pad -
tap_is $? 4 "cd-r, -no-pad, size unknown: status 4"
fits dvd+r 608 "${new[@]}"
fits bd-r 608 "${new[@]}"
fits dvd-r $(((512 + 601 + 15) / 16 * 16)) "${luks[@]}"
fits bd-re $(((512 + 601 + 31) / 32 * 32)) "${luks[@]}"

# What fits but for the volume's header is refused before anyone is asked for a passphrase: here is no terminal to
# ask on, which would be status 2.
fits_without_header() { # medium capacity-in-blocks options...
	load "$1"
	faults=capacity=$2
	env MMCEMU_STATE="$tmp/st" MMCEMU_MEDIUM="$medium" MMCEMU_FAULTS="$faults" LD_PRELOAD="$shim" \
		setsid -w timeout "$patience" "$XBURNCRYPT" -o /dev/sr0 "${@:3}" -image "$tmp/601" \
		>"$tmp/stdout" 2>"$tmp/stderr" </dev/null
	tap_is $? 4 "$1, ${*:3}: the header does not fit"
	said "too small: needs .*, has $2 blocks" "$1, ${*:3}: said before the passphrase is asked for"
	[ ! -s "$tmp/st/image" ]
	tap_ok "$1, ${*:3}: nothing was written"
}
fits_without_header cd-r $((601 + 150 + 511)) -format luks2
fits_without_header dvd+r 1120 -format luks1
fits_without_header bd-r 704 -format veracrypt

# --- drives and info ---------------------------------------------------------------------------------------
load bd-r
drive drives -json </dev/null
tap_like "$(cat "$tmp/stdout")" '^\[\{.*"path":"/dev/sr0".*\}\]$' "drives -json: the drive's path"
for word in '"vendor":"EMULATED' '"model":' 'BD-R'; do
	tap_like "$(cat "$tmp/stdout")" "$word" "drives -json: has $word"
done
load dvd+r
drive info /dev/sr0 </dev/null
said '^capacity: 4,7[0-9,]+ bytes' "info tells the capacity of a blank DVD+R"
drive info -json /dev/sr0 </dev/null
said '"capacity_bytes":47[0-9]' "info -json likewise"
drive -o /dev/sr0 "${luks[@]}" -no-verify "$tmp/tree" </dev/null
drive info /dev/sr0 </dev/null
for words in 'medium: DVD\+R, closed' '(manufacturer|media code): ' 'write speeds: [0-9.]+x' 'sessions on the medium: 1' \
	'session 1, track 1: LBA 0, ' 'key derivation: argon2id, 64 KiB of memory, 4 passes, 1 threads' 'payload: [0-9,]+ bytes'; do
	said "$words" "info tells: $words"
done
drive info -json /dev/sr0 </dev/null
for word in '"sessions":1' '"write_speeds":\[[0-9.]' '"key_slots":1' '"payload_bytes":[1-9]'; do
	said "$word" "info -json tells: $word"
done
tap_done
