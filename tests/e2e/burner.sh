#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The program with the emulated burner, as a library: burning, verifying, blanking, and what it says when
# something is wrong. The virtual machine has the real kernel's side.
# shellcheck disable=SC2034 # pace and faults are for with_drive
. "$top_srcdir/tests/lib/tap.sh"
. "$top_srcdir/tests/e2e/lib.sh"
. "$top_srcdir/tests/lib/burner.sh"
need xorriso aespipe

printf '%s\n' "$passphrase" >"$tmp/pass"
printf '%s' "$passphrase" >"$tmp/pass.bytes"
chmod 600 "$tmp"/pass*
make_tree "$tmp/tree"
head -c 2000000 /dev/urandom >"$tmp/tree/bigger.bin"
luks=(-pass-file "$tmp/pass" "${cheap[@]}")
new=(-pass-file "$tmp/pass" -encstyle new)

run() { # arguments...
	with_drive timeout "$patience" "$XBURNCRYPT" "$@" >"$tmp/stdout" 2>"$tmp/stderr" </dev/null
}
medium_to() { # bytes out: what is on the medium from its start
	head -c "$1" "$tmp/st/image" >"$2"
}
bytes_written() { sed -n 's/^.*: wrote \([0-9,]*\) bytes.*/\1/p' "$tmp/stdout" | tr -d ,; }

for medium in cd-r cd-rw dvd-r dvd+r dvd+rw bd-r bd-re; do
	load $medium
	run -o /dev/sr0 "${luks[@]}" -no-checksums "$tmp/tree"
	tap_is $? 0 "$medium: luks2 is burned" || tap_note "$(cat "$tmp/stderr")"
	said 'verified: every block' "$medium: and verified"
	said 'header was read back' "$medium: the header on the medium opens"
	medium_to "$(bytes_written)" "$tmp/disc.img"
	decrypt_luks2 "$tmp/disc.img" "$tmp/pass.bytes" "$tmp/disc.iso" &&
		same_tree "$tmp/tree" "$tmp/disc.iso" >"$tmp/diff"
	tap_ok "$medium: cryptsetup decrypts what is on it, the trees are equal" || tap_note "$(head -5 "$tmp/diff")"
done
load dvd+r
run -o /dev/sr0 "${new[@]}" -no-checksums "$tmp/tree"
tap_is $? 0 'dvd+r: a plain style is burned'
medium_to "$(bytes_written)" "$tmp/disc.img"
decrypt_aespipe "$tmp/disc.img" "$tmp/pass" sha256 "$tmp/disc.iso" && same_tree "$tmp/tree" "$tmp/disc.iso" >"$tmp/diff"
tap_ok 'dvd+r: aespipe decrypts it, the trees are equal'

# a finished image gives the same bytes on a disc, in a file and on stdout
"$XBURNCRYPT" -o "$tmp/finished.iso" -format none "$tmp/tree" >/dev/null 2>&1
"$XBURNCRYPT" -o "$tmp/file.img" "${new[@]}" "$tmp/finished.iso" >/dev/null 2>&1
load cd-r
run -o /dev/sr0 "${new[@]}" "$tmp/finished.iso"
cmp -s -n "$(stat -c %s "$tmp/file.img")" "$tmp/st/image" "$tmp/file.img"
tap_ok 'a finished image: disc and file are equal'
load dvd-r
with_drive "$XBURNCRYPT" -o /dev/sr0 "${new[@]}" - \
	<"$tmp/finished.iso" >"$tmp/stdout" 2>"$tmp/stderr" &&
	cmp -s -n "$(stat -c %s "$tmp/file.img")" "$tmp/st/image" "$tmp/file.img"
tap_ok 'an image on stdin: the disc is the same' || tap_note "$(cat "$tmp/stderr")"

# verification: of an image whose size nobody knew, too
load dvd+r
faults=corrupt=900
cat "$tmp/finished.iso" | MMCEMU_STATE=$tmp/st MMCEMU_MEDIUM=$medium MMCEMU_FAULTS=$faults LD_PRELOAD=$shim \
	timeout "$patience" "$XBURNCRYPT" -o /dev/sr0 "${luks[@]}" - >"$tmp/stdout" 2>"$tmp/stderr"
tap_is $? 3 'an image from a pipe, a block written wrong: status 3'
said 'LBA 896-927 differ: in /' 'an image from a pipe, a block written wrong: LBA and file are told'

load dvd+r
faults=corrupt=900
run -o /dev/sr0 "${luks[@]}" "$tmp/tree"
tap_is $? 3 'a block written wrong: status 3'
said 'LBA 896-927 differ: in /' 'a block written wrong: LBA and file are told'
load dvd+r
faults=read-error=900
run -o /dev/sr0 "${luks[@]}" "$tmp/tree"
tap_is $? 3 "a block that can't be read: status 3"
said "LBA 900 can't be read: in /" "a block that can't be read: LBA and file are told"
load dvd+r
faults=corrupt=3
run -o /dev/sr0 "${luks[@]}" "$tmp/tree"
tap_is $? 3 'a header written wrong: status 3'
said "in the volume's header" 'a header written wrong: says so'
load dvd+r
faults=corrupt=900
run -o /dev/sr0 "${luks[@]}" -no-verify "$tmp/tree"
tap_is $? 0 '-no-verify: nothing is compared'
load dvd+r
faults=corrupt=20
run -o /dev/sr0 "${luks[@]}" -no-verify "$tmp/tree"
tap_is $? 3 '-no-verify: a key slot written wrong: status 3'
said 'the header on the disc does not open: no key slot opens' '-no-verify: a key slot written wrong: says so'
load dvd+r
faults=read-error=20
run -o /dev/sr0 "${luks[@]}" -no-verify "$tmp/tree"
tap_is $? 3 "-no-verify: a key slot that can't be read: status 3"
said "does not open: LBA 20 can't be read, and is part of the LUKS header" "-no-verify: a key slot that can't be read: says so"
load dvd+r
run -o /dev/sr0 "${luks[@]}" -as-file vault "$tmp/tree"
tap_is $? 0 'a volume as a file'
said 'the header was read back' 'a volume as a file: its header was opened'
load dvd+r
faults=corrupt=900
run -o /dev/sr0 "${luks[@]}" -as-file vault "$tmp/tree"
tap_is $? 3 'a volume as a file, a block written wrong: status 3'
said 'LBA 896-927 differ: in /' 'a volume as a file, a block written wrong: LBA and file are told'
# behind the header's two copies lies the key slot
slot=$(($(grep -abom 1 LUKS "$tmp/st/image" | head -n 1 | cut -d: -f1) / 2048 + 20))
load dvd+r
faults=corrupt=$slot
run -o /dev/sr0 "${luks[@]}" -as-file vault -no-verify "$tmp/tree"
tap_is $? 3 'a volume as a file, a key slot written wrong: status 3'
said 'the header on the disc does not open' 'a volume as a file, a key slot written wrong: says so'
load dvd+r
run -o /dev/sr0 "${luks[@]}" -verify -no-verify "$tmp/tree"
tap_is $? 2 '-verify and -no-verify: status 2'
"$XBURNCRYPT" -o "$tmp/v.img" "${new[@]}" -verify "$tmp/tree" >"$tmp/stdout" 2>&1
tap_is $? 0 '-verify with a file'
said 'verified: every block' '-verify with a file: it is read back'
for as in '' '-as-file vault'; do
	# shellcheck disable=SC2086
	"$XBURNCRYPT" -o "$tmp/v.img" -force "${luks[@]}" $as -verify "$tmp/tree" >"$tmp/stdout" 2>"$tmp/stderr"
	tap_is $? 0 "-verify with a file, luks2 $as" || tap_note "$(cat "$tmp/stderr")"
	said 'the header was read back and opens' "-verify with a file, luks2 $as: its header is opened"
done
"$XBURNCRYPT" -o - "${new[@]}" -verify "$tmp/tree" >/dev/null 2>&1
tap_is $? 2 '-verify with stdout: status 2'

# rewritables
load cd-rw
run -o /dev/sr0 "${new[@]}" "$tmp/tree" && run -o /dev/sr0 "${new[@]}" "$tmp/tree"
tap_is $? 4 'a CD-RW that holds data: status 4'
said 'blank' 'a CD-RW that holds data: what to do is told'
# setsid: no terminal to ask on
with_drive setsid -w "$XBURNCRYPT" -o /dev/sr0 "${new[@]}" -blank auto \
	"$tmp/tree" >"$tmp/stdout" 2>"$tmp/stderr" </dev/null
tap_is $? 2 '-blank auto without a terminal and -yes: status 2'
run -o /dev/sr0 "${luks[@]}" -blank auto -yes "$tmp/tree"
tap_is $? 0 '-blank auto -yes' || tap_note "$(cat "$tmp/stderr")"
# nothing is lost for a burn that can't be
digest=$(sha256sum <"$tmp/st/image")
truncate -s 800M "$tmp/large.img"
run -o /dev/sr0 "${new[@]}" -blank auto -yes -image "$tmp/large.img"
tap_is $? 4 '-blank auto, too large for the CD-RW: status 4'
said 'too small: needs .* has .* missing' '-blank auto, too large: the numbers are named'
tap_is "$(sha256sum <"$tmp/st/image")" "$digest" '-blank auto, too large: what is on it stays'
rm "$tmp/large.img"
# --- digests of the files ---
with_drive "$XBURNCRYPT" list /dev/sr0 -pass-file "$tmp/pass" >"$tmp/listed" 2>/dev/null
grep -qx SHA256SUMS "$tmp/listed"
tap_ok 'a drive: the disc gets a SHA256SUMS'
run verify /dev/sr0 -pass-file "$tmp/pass" -against "$tmp/tree"
tap_is $? 0 'and is still equal to its tree' || tap_note "$(cat "$tmp/stdout" "$tmp/stderr")"
run -o /dev/sr0 "${luks[@]}" -blank auto -yes -no-checksums "$tmp/tree"
with_drive "$XBURNCRYPT" list /dev/sr0 -pass-file "$tmp/pass" 2>/dev/null | grep -qx SHA256SUMS
tap_is "$?" 1 '-no-checksums: it gets none'
mkdir "$tmp/own" && echo of its own >"$tmp/own/SHA256SUMS"
run -o /dev/sr0 "${luks[@]}" -blank auto -yes "$tmp/own"
tap_is "$? $(with_drive "$XBURNCRYPT" cat /dev/sr0 SHA256SUMS -pass-file "$tmp/pass")" '0 of its own' \
	'a tree that has a SHA256SUMS keeps it'
run -o /dev/sr0 "${luks[@]}" -checksums -no-checksums "$tmp/tree"
tap_is $? 2 '-checksums -no-checksums: status 2'

run blank /dev/sr0
tap_is $? 0 'blank' || tap_note "$(cat "$tmp/stderr")"
run info /dev/sr0
said 'CD-RW, blank' 'blank: it is'
run blank -all /dev/sr0
tap_is $? 0 'blank -all' || tap_note "$(cat "$tmp/stderr")"
run blank -all -fast /dev/sr0
tap_is $? 2 'blank -all -fast: status 2'
run blank
tap_is $? 2 'blank without a drive: status 2'
load dvd-rw
run -o /dev/sr0 "${new[@]}" "$tmp/tree"
digest=$(sha256sum <"$tmp/st/image")
run -o /dev/sr0 "${new[@]}" -blank auto -yes -
tap_is $? 4 '-blank auto, a size that the DVD-RW has to know: status 4'
said 'size' '-blank auto, size unknown: says so'
tap_is "$(sha256sum <"$tmp/st/image")" "$digest" '-blank auto, size unknown: what is on it stays'
run -o /dev/sr0 "${new[@]}" -blank auto -yes "$tmp/tree"
tap_is $? 0 '-blank auto with a DVD-RW' || tap_note "$(cat "$tmp/stderr")"
load dvd+rw
run -o /dev/sr0 "${new[@]}" "$tmp/tree"
run -o /dev/sr0 "${new[@]}" "$tmp/tree"
tap_is $? 4 'a DVD+RW that holds data: status 4'
run -o /dev/sr0 "${new[@]}" -blank auto -yes "$tmp/tree"
tap_is $? 0 '-blank auto with a DVD+RW' || tap_note "$(cat "$tmp/stderr")"
load dvd+r
run blank /dev/sr0
tap_is $? 4 'blank with a DVD+R: status 4'
load bd-re
run format /dev/sr0
tap_is $? 0 'format with a BD-RE' || tap_note "$(cat "$tmp/stderr")"
load cd-r
run format /dev/sr0
tap_is $? 4 'format with a CD-R: status 4'

# looking
load dvd+r
run drives
tap_is $? 0 'drives: status 0'
run drives -json
tap_like "$(cat "$tmp/stdout")" '^\[.*\]$' 'drives -json: an array'
run info /dev/sr0
said 'DVD\+R, blank' 'info: a blank DVD+R'
run -o /dev/sr0 "${luks[@]}" -label 'seen by all' "$tmp/tree"
run info /dev/sr0
said 'DVD\+R, closed' 'info: a closed DVD+R'
said 'contents: luks2' 'info: the format is seen without the key'
said 'label: seen by all' 'info: and the label'
said 'cryptsetup open --readonly /dev/sr0' 'info: and how to open it'
run info -json /dev/sr0
said '"format":"luks2"' 'info -json: likewise'
filter=$(export MMCEMU_STATE=$tmp/st MMCEMU_MEDIUM=$medium LD_PRELOAD=$shim && filter_of info /dev/sr0)
tap_is "$filter" "$(filter_of list "$tmp/finished.iso")" 'info: what is on a medium is looked at in the sandbox, as list does'
faults=stale-size
run info /dev/sr0
tap_is "$? $(grep -c contents: "$tmp/stdout")" '0 0' 'info: a size that the kernel has not learned yet: no guess at the contents'
said 'does not know the size of the medium yet.*eject' 'info: and what to do'
faults=
"$XBURNCRYPT" info "$tmp/file.img" >"$tmp/stdout" 2>&1
said 'not recognised' 'info: a plain volume shows nothing'
"$XBURNCRYPT" info "$tmp/finished.iso" >"$tmp/stdout" 2>&1
said 'contents: an ISO 9660 file system, not encrypted' 'info: a clear image'
"$XBURNCRYPT" info "$tmp/missing" >"$tmp/stdout" 2>&1
tap_is $? 2 'info: a file that is not there'

# simulation, what is left open, write types
load cd-r
run -o /dev/sr0 "${luks[@]}" -dummy "$tmp/tree"
tap_is $? 0 '-dummy with a CD-R' || tap_note "$(cat "$tmp/stderr")"
said 'simulated' '-dummy: says so'
run info /dev/sr0
said 'CD-R, blank' '-dummy: nothing was written'
load dvd+r
run -o /dev/sr0 "${luks[@]}" -dummy "$tmp/tree"
tap_is $? 4 '-dummy with a DVD+R: status 4'
load cd-r
run -o /dev/sr0 "${luks[@]}" -write-type tao -multi "$tmp/tree"
tap_is $? 0 '-write-type tao -multi' || tap_note "$(cat "$tmp/stderr")"
run info /dev/sr0
said 'CD-R, appendable' '-multi: it can be appended to'
if command -v cryptsetup >/dev/null; then
	tap_is "$(cryptsetup token export --token-id 0 "$tmp/st/image" | grep -o '"payload_bytes":"[^"]*"')" '"payload_bytes":"unknown"' \
		'-multi: as it may grow, the header records no length'
fi
load cd-r
run -o /dev/sr0 "${luks[@]}" -write-type dao "$tmp/tree"
tap_is $? 4 '-write-type dao with a CD: status 4'
load dvd+r
run -o /dev/sr0 "${luks[@]}" -speed 999 "$tmp/tree"
tap_is $? 4 '-speed beyond the drive: status 4'
run -o /dev/sr0 "${luks[@]}" -speed 4 -eject "$tmp/tree"
tap_is $? 0 '-speed 4 -eject' || tap_note "$(cat "$tmp/stderr")"

# a signal that comes before the burn leaves the medium as it is
start() { # arguments...: the same in the background, its process id in $pid; stdin stays
	(use_drive && exec env --default-signal=TERM "$XBURNCRYPT" "$@") >"$tmp/stdout" 2>"$tmp/stderr" <&5 &
	pid=$!
}
stopped() { # name: SIGTERM
	kill -TERM $pid
	wait $pid
	tap_is $? 143 "$1: the signal is raised again"
}
mkfifo "$tmp/slow"
# at least a second of the processor, of which the signal awaits a part
slow_kdf=(-pass-file "$tmp/pass" -format luks2 -pbkdf pbkdf2 -pbkdf-iterations 4000000)
for medium in cd-r dvd-r bd-r; do
	load $medium
	exec 5<>"$tmp/slow"
	start -o /dev/sr0 "${new[@]}" -unknown-contents -size 10m -
	head -c 400000 /dev/zero >&5 # when it's through, all has been read but what a pipe holds
	stopped "$medium, SIGTERM while the queue fills"
	said 'the burn had not begun' "$medium, SIGTERM while the queue fills: says so"
	exec 5<&-
	run info /dev/sr0
	said ', blank' "$medium, SIGTERM while the queue fills: it is blank" || tap_note "$(cat "$tmp/stdout")"
done
load cd-r
exec 5</dev/null
start -o /dev/sr0 "${slow_kdf[@]}" "$tmp/tree"
wait_until has_computed $pid 0.3
stopped 'SIGTERM during the key derivation'
run info /dev/sr0
said 'CD-R, blank' 'SIGTERM during the key derivation: the medium is blank'
load cd-rw
run -o /dev/sr0 "${new[@]}" "$tmp/tree"
digest=$(sha256sum <"$tmp/st/image")
start -o /dev/sr0 "${slow_kdf[@]}" -blank auto -yes "$tmp/tree"
wait_until has_computed $pid 0.3
stopped 'SIGTERM before -blank auto'
tap_is "$(sha256sum <"$tmp/st/image")" "$digest" 'SIGTERM before -blank auto: what is on the medium stays'
exec 5<&-

# every signal brings the drive to rest
load dvd+r
head -c 60M /dev/urandom >"$tmp/big"
exec 5</dev/null
pace=20000
(use_drive && exec env --default-signal=QUIT "$XBURNCRYPT" -quiet -o /dev/sr0 "${new[@]}" -graft /big="$tmp/big") >"$tmp/stdout" 2>"$tmp/stderr" <&5 &
pid=$!
wait_until [ -s "$tmp/st/image" ]
kill -QUIT $pid
wait $pid
tap_is "$? $(grep -a '^1E' "$tmp/st/log" | tail -n 1 | cut -c 1-17)" '131 1E 00 00 00 00 00' 'SIGQUIT in mid-burn: the tray is not left locked'
load cd-rw
run -quiet -o /dev/sr0 "${new[@]}" "$tmp/tree"
faults=slow-operations=800
start blank -progress json /dev/sr0
wait_until grep -q '^A1 ' "$tmp/st/log"
stopped 'SIGTERM while it blanks'
tap_like "$(tail -n 1 "$tmp/stderr")" '^\{"event":"done","status":1,"failure":' 'SIGTERM while it blanks: the status is told'
said 'interrupted by SIGTERM, but the medium is blank' 'SIGTERM while it blanks: and what the medium is'
exec 5<&-
run blank -fast -all -progress json /dev/sr0
tap_like "$? $(tail -n 1 "$tmp/stderr")" '^2 \{"event":"done","status":2,"failure":' 'blank -fast -all: done is told'

# what a simulation must not do
load cd-rw
run -quiet -o /dev/sr0 "${new[@]}" "$tmp/tree"
digest=$(sha256sum <"$tmp/st/image")
run -o /dev/sr0 "${new[@]}" -dummy -blank auto -yes "$tmp/tree"
tap_is "$? $(sha256sum <"$tmp/st/image")" "2 $digest" '-dummy -blank auto: status 2, and the medium keeps its data'
load cd-r
run -o /dev/sr0 "${luks[@]}" -dummy -header "$tmp/dummy" "$tmp/tree"
tap_is "$? $(ls "$tmp/dummy" 2>/dev/null)" '0 ' '-dummy -header: no header is left'
# formatting loses what is there
for medium in bd-re dvd+rw dvd-ram; do
	load $medium
	run -quiet -o /dev/sr0 "${luks[@]}" "$tmp/tree"
	run format /dev/sr0
	tap_is $? 0 "$medium: format" || tap_note "$(cat "$tmp/stderr")"
	run info /dev/sr0
	! grep -q luks2 "$tmp/stdout"
	tap_ok "$medium: nothing is seen of the volume after it"
	run -quiet -o /dev/sr0 "${new[@]}" "$tmp/tree"
	tap_is $? 0 "$medium: and it is burned again" || tap_note "$(cat "$tmp/stderr")"
done
load cd-rw
run format /dev/sr0
tap_is $? 4 'format of a CD-RW: status 4'
said 'blank a CD-RW with xburncrypt blank' 'format of a CD-RW: what to do is told'

# a file that changed is named, though the disc is bad as well
load dvd+r
mkfifo "$tmp/late"
mkdir "$tmp/moving"
head -c 100000 /dev/urandom >"$tmp/moving/file"
exec 5</dev/null
faults=corrupt=30
start -o /dev/sr0 -encstyle new -pass-file "$tmp/late" "$tmp/moving"
exec 6>"$tmp/late"
truncate -s 5 "$tmp/moving/file"
cat "$tmp/pass" >&6
exec 6>&- 5<&-
wait $pid
tap_is "$? $(grep -c 'moving/file: shrank' "$tmp/stderr")" '3 1' 'a file that changed is named, though verifying fails'

# a detached header is kept where the disc may be good
load bd-r
faults=finalize-error
run -o /dev/sr0 "${luks[@]}" -header "$tmp/header" "$tmp/tree"
tap_is $? 1 'a disc that can not be closed: status 1'
said 'header: kept' 'a disc that can not be closed: its header is kept'
"$XBURNCRYPT" verify "$tmp/st/image" -pass-file "$tmp/pass" -header "$tmp/header" -against "$tmp/tree" >"$tmp/stdout" 2>"$tmp/stderr"
tap_is $? 0 'a disc that can not be closed: it opens with it' || tap_note "$(cat "$tmp/stderr")"
rm -f "$tmp/header"
load bd-r
faults=write-error=900
run -o /dev/sr0 "${luks[@]}" -header "$tmp/header" "$tmp/tree"
[ ! -e "$tmp/header" ]
tap_ok 'a disc that was broken off: no header is left'

# each refusal has its own words
refused() { # fault status words
	load dvd+r
	faults=$1
	tap_refused "$2" "$3" "$1" run -o /dev/sr0 "${luks[@]}" "$tmp/tree"
}
refused no-medium 4 'no (medium|disc)'
refused closed 4 'closed'
refused capacity=300 4 'needs.*has|too small'
refused missing 4 'no such drive'
refused busy 4 'busy|in use|used by'
refused mounted 4 'mounted'
refused permission 4 '[Pp]ermission|may not'
refused write-error=900 1 'writ'
refused close-error 1 'clos'
refused pulled=900 1 'the medium was removed during the burn|connection'
tap_done
