#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What goes wrong in a drive, with a medium or by a user's hand, on each kind of medium: the right
# status, one message in the user's words, no success that isn't one, and a drive that is free and
# usable afterwards.
. "$top_srcdir/tests/lib/tap.sh"
. "$top_srcdir/tests/lib/burner.sh"
n_blocks=600
n_faults=0
head -c $((n_blocks * 2048)) /dev/urandom >"$tmp/image"

says_once() { # regex
	[ "$(grep -c '^failed: ' "$out")" = 1 ]
	case_ok "one message"
	case_like "^failed: ($1)" "it says: $1"
	# sense codes only behind the words
	! grep -Eq '^failed: [^(]*\[' "$out"
	case_ok "in the user's words"
}
# The drive answers, is unlocked, and burns: the same medium where it can be emptied, else another.
is_usable() {
	local out=$out.after medium=$MMCEMU_MEDIUM
	# a drive that was unplugged could not be told
	[[ ${MMCEMU_FAULTS-} == gone* ]] || is_unlocked
	case_ok "the tray is not locked afterwards"
	unset MMCEMU_FAULTS
	if is_rewritable "$medium"; then
		drive -b fast /dev/sr0
		case_is $status 0 "the medium can be blanked"
	else
		state=$state.new
		mkdir "$state"
	fi
	drive -ro /dev/sr0 "$tmp/image"
	case_is $status 0 "the next burn works"
	case_like "^read back: $n_blocks blocks are equal" "and is right"
}
fails() { # status regex fault options...
	local wanted=$1 regex=$2
	export MMCEMU_FAULTS=$3
	drive "${@:4}" /dev/sr0 "$tmp/image"
	case_is $status "$wanted" "status $wanted"
	says_once "$regex"
	! grep -q '^burned: ' "$out"
	case_ok "no success is told"
	is_usable
}
# A fault that a drive gets over.
survives() { # fault options...
	export MMCEMU_FAULTS=$1
	drive -r "${@:2}" /dev/sr0 "$tmp/image"
	case_is $status 0 "burned all the same"
	case_like "^read back: $n_blocks blocks are equal" "and right"
}
# A fault that shows when the disc is read back.
fails_reading() { # status regex fault
	export MMCEMU_FAULTS=$3
	drive -r /dev/sr0 "$tmp/image"
	case_is $status "$1" "status $1"
	case_like '^burned: ' "the burn itself went well"
	says_once "$2"
	is_usable
}
# A medium that can't be used at all; nothing happens to it.
refuses() { # regex fault
	export MMCEMU_FAULTS=$2
	drive /dev/sr0 "$tmp/image"
	case_is $status 4 "status 4"
	says_once "$1"
	[ ! -s "$state/image" ]
	case_ok "nothing was written"
	unset MMCEMU_FAULTS
	[ ! -e "$state/log" ] || is_unlocked
	case_ok "the tray is not locked afterwards"
	drive -i /dev/sr0
	case_is $status 0 "the drive answers afterwards"
}
is_killed() { # option bytes regex
	drive "$1" "$2" /dev/sr0 "$tmp/image"
	case_is $status "$3" "status $3"
	! grep -q '^burned: ' "$out"
	case_ok "no success is told"
}
stops() { # a signal in mid-burn
	is_killed "$1" 600000 1
	says_once "/dev/sr0: the burn was aborted: $2"
	is_usable
}
dies() { # SIGKILL; the next start finds a locked drive
	is_killed -w 600000 137
	! is_unlocked
	case_ok "the tray is still locked"
	drive -i /dev/sr0
	case_is $status 0 "the next start gets the drive"
	is_usable
}
breaks_off() { # option of a source that fails
	is_killed "$1" 600000 1
	says_once '/dev/sr0: the burn was aborted: its input ended after 786,432 bytes'
	is_usable
}
refuses_action() { # regex fault options...
	drive /dev/sr0 "$tmp/image"
	export MMCEMU_FAULTS=$2
	drive "${@:3}" /dev/sr0
	case_is $status 1 "status 1"
	says_once "$1"
	is_usable
}
fault() { # medium name function...
	n_faults=$((n_faults + 1))
	run_case "$@"
}

d=/dev/sr0
for m in $media; do
	last=$(($(padded $n_blocks $m) - 1))
	for block in 0 300 $last; do
		fault $m "write error in block $block" fails 1 \
			"$d: writing failed after [0-9,]+ bytes.*: the medium can't be written there" "write-error=$block"
	done
	fault $m "late write error" fails 1 "$d: (writing failed|the drive could not write)" late-write-error=300
	fault $m "the last block's late write error" fails 1 "$d: " "late-write-error=$last"
	fault $m "drive fails" fails 1 "$d: writing failed after .*: the drive itself failed" hardware-error=300
	fault $m "cache can't be written" fails 1 "$d: (the drive could not write the last of|the medium can't be formatted)" sync-error
	fault $m "medium ends early" fails 1 "$d: writing failed after .*: the medium is full" end-of-medium=300
	fault $m "medium is pulled" fails 1 "$d: the medium was removed during the burn" pulled=300
	fault $m "write-protected" fails 1 "$d: .*write-protected" write-protected
	fault $m "unplugged" fails 1 "$d: the connection to the drive was lost after" gone=300
	fault $m "read error" fails_reading 1 'LBA 300: the medium can.t be read there' read-error=300
	fault $m "written wrong" fails_reading 3 ': the disc differs behind LBA 288' corrupt=300
	fault $m "pulled while reading" fails_reading 1 'LBA [0-9]+: the medium is no longer in the drive' pulled-reading=300
	fault $m "no medium" refuses "$d: no medium in the drive" no-medium
	fault $m "too small" refuses \
		"$d: the .* is too small: needs $((last + 1)) blocks = .*, has 500 blocks = 1,024,000 .*, missing $((last - 499)) blocks" \
		capacity=500
	fault $m "no such drive" refuses "$d: no such drive" missing
	fault $m "no permission" refuses "$d: no permission: only root and the group \"cdrom\"" permission
	fault $m "busy" refuses "$d: is busy" busy
	fault $m "mounted" refuses "$d: is in use: .* is mounted on /media/disc" mounted
	fault $m "not ready for a while" survives becoming-ready=4s
	fault $m "medium may have changed" survives unit-attention=3
	fault $m "reset" survives reset
	fault $m "long writes" survives long-write=16
	fault $m "slow operations" survives slow-operations=3
	fault $m "locked before" survives locked
	fault $m "stale capacity" survives stale-capacity
	fault $m "SIGTERM" stops -k SIGTERM
	fault $m "SIGINT" stops -c SIGINT
	fault $m "SIGKILL" dies
	fault $m "source fails" breaks_off -f
	fault $m "source ends early" breaks_off -z
	if ! is_overwritable $m; then
		fault $m "closed" refuses "$d: the .* is closed" closed
		fault $m "can't be closed" fails 1 "$d: all data was written, but the disc could not be closed" close-error
	fi
done
for m in dvd-r dvd-rw dvd-r-dl dvd+r dvd+r-dl bd-r; do
	case $m in dvd-r*) o="-t incremental" ;; *) o= ;; esac
	# shellcheck disable=SC2086 # options
	fault $m "can't be finalised" fails 1 "$d: all data was written, but the disc could not be closed" finalize-error $o
	# shellcheck disable=SC2086 # options
	fault $m "can't be closed, told late" fails 1 "$d: all data was written, but the disc could not be closed" late-close-error $o
done
for m in cd-r cd-rw; do
	fault $m "cue sheet refused" fails 1 "$d: the drive refused the burn before anything was written" cue-error
	fault $m "session can't be closed" fails 1 "$d: all data was written, but the disc could not be closed" close-error -t tao
done
for m in dvd-r dvd-rw dvd-r-dl; do
	fault $m "size refused" fails 1 "$d: the drive refused the burn before anything was written" reserve-error
done
for m in cd-rw dvd-rw; do
	fault $m "blanking fails" refuses_action "$d: the medium can't be blanked" blank-error -b fast
done
for m in dvd-rw dvd+rw dvd-ram bd-re; do
	fault $m "formatting fails" refuses_action "$d: the medium can't be formatted" format-error -F
done
for m in cd-r dvd+r bd-re; do
	fault $m "never ready" refuses "$d: the drive does not become ready" not-ready
done
cases_done
tap_note "$n_faults faults were tried on $(wc -w <<<"$media") media"
tap_done
