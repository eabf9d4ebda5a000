#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Discs in drives that can't grow: each is refused before the first command that writes.
# shellcheck disable=SC2034 # runner and faults are for run and with_drive
. "$top_srcdir/tests/lib/tap.sh" || exit
. "$top_srcdir/tests/e2e/lib.sh"
. "$top_srcdir/tests/lib/burner.sh"
. "$top_srcdir/tests/e2e/append_lib.sh"
need jq
cd "$tmp" || exit

mkdir work more
echo one >work/one
head -c 300000 /dev/urandom >work/big
echo more >more/more
make_older work
(umask 077 && echo 'some other passphrase of these days' >other)
writes() { grep -E '^(2A|2E|AA) ' st/log 2>/dev/null | wc -l; }
# status words name options...: of append to the drive, to which nothing is written
refused() {
	local before
	before=$(writes)
	tap_refused "$1" "$2" "$3" run append -no-verify "${@:4}" more
	tap_is "$(writes)" "$before" "$3: nothing is written"
}
hinted() { # words name
	tap_like "$(grep '^hint: ' stderr)" "$1" "$2: what to do"
}

runner=(with_drive)
choose_format luks2
drive=(-o /dev/sr0 -pass-file pass)
burn_disc() { # medium options...
	load "$1"
	run -o /dev/sr0 "${as[@]}" "${@:2}" work
	tap_ok "$*: burned" || told
}
blank() {
	load dvd+r
	refused 4 'the DVD\+R in it is blank: there is nothing to append to' 'a blank medium' "${drive[@]}"
	hinted '-multi' 'a blank medium'
	load dvd+rw
	refused 4 'blank: there is nothing to append to' 'a blank DVD+RW' "${drive[@]}"
}
closed() { # medium
	burn_disc "$1"
	refused 4 'is closed: it takes no further session' "$1, closed" "${drive[@]}"
	hinted 'burn another disc, with -multi' "$1, closed"
}
locked() { # medium
	burn_disc "$1" -multi
	refused 3 'no key slot opens with this passphrase' "$1, another passphrase" -o /dev/sr0 -pass-file ../other
	run -o other.img "${as[@]}" -header other.header work
	refused 3 'the header of another disc' "$1, another disc's header" -o /dev/sr0 -header other.header -pass-file pass
	faults=no-medium
	refused 4 'no medium in the drive' "$1, taken out" "${drive[@]}"
}
full() { # medium blocks options...
	burn_disc "$1" "${@:3}"
	faults=capacity=$2
	refused 4 'too small: needs .*missing' "$1, full" "${drive[@]}" large
}
# what is said of a disc that grows, where one of its sessions was broken off
said_of() { # medium: one on which the next session begins right behind
	local lines at
	burn_disc "$1" -multi
	head -c 500000 /dev/urandom >more/third
	at=$(run info -json /dev/sr0 && jq -r '.tracks[-1] | .lba + .blocks + 100' stdout)
	faults=killed=$at
	run append "${drive[@]}" more
	[ $? -gt 128 ]
	tap_ok "$1: one that is broken off" || told
	faults=capacity=$((at + 250))
	tap_refused 4 'too small' "$1: the next run closes it, and finds no room" run append "${drive[@]}" more
	faults=
	run list -pass-file pass /dev/sr0
	tap_is "$? $(grep -c 'that was broken off at LBA [0-9]* is passed over' stderr)" '0 1' "$1: once it is said that it is passed over" || told
	rm more/third
	run append "${drive[@]}" more
	tap_ok "$1: and another one" || told
	run -o /dev/sr0 "${as[@]}" -multi work
	tap_is "$? $(grep -c '^hint: use "xburncrypt append" to add to it' stderr)" '4 1' "$1: a burn is refused, and append named" || told
	lines=$(run info -pass-file pass /dev/sr0 && grep -E '^session' stdout)
	tap_like "$lines" 'sessions on the medium: 3' "$1: the drive's sessions"
	tap_like "$lines" 'session shown: 2 of 2 in the file system \(track 3\)' "$1: that of the file system, and its track"
	run info /dev/sr0
	tap_is "$(grep -c 'session shown' stdout) $(grep -c 'mount -o ro,sbsector=' stdout)" '0 1' "$1: without the secret, none is said to be shown"
	run info -json /dev/sr0
	tap_is "$(jq .session_shown stdout)" null "$1: in JSON neither"
}
in_folder() {
	cd "$tmp" && cp -a ../work ../more ../large . && "$@"
}
head -c 2000000 /dev/urandom >large
apart in_folder blank
for medium in dvd+r cd-r; do
	apart in_folder closed $medium
	apart in_folder locked $medium
done
apart in_folder said_of bd-r
apart in_folder full dvd+r 3000 -multi
apart in_folder full dvd+rw 900
cases_done
tap_done
