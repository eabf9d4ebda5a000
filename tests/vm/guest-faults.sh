#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# run-vm: -m 2048 -a setpriv
# One fault of each kind through the kernel's driver: the right status, one message that names what
# happened, and a drive that is free and usable afterwards. Also what only a kernel can show: mounted
# discs, held drives, permissions, other block devices.
. /kit/tap.sh
. /kit/lib.sh
mkdir "$tmp/tree"
head -c 3000000 /dev/urandom >"$tmp/tree/file"
make_key "$tmp/key"
d=/dev/sr0
log=/tmp/mmcemu.log

burn() { # options...; output in $tmp/out, status in $status
	xburncrypt -o $d -encstyle new -pass-file "$tmp/key" -progress none "$@" >"$tmp/out" 2>&1
	status=$?
}
ok() { # name; after a command
	tap_ok "$1" || {
		tap_note "$(tail -c 1500 "$tmp/out")"
		tap_note "$(grep -E 'sense=|fault' $log | tail -5)"
		return 1
	}
}
fails() { # name status regex
	[ "$status" = "$2" ]
	ok "$1: status $2" || tap_note "got $status"
	grep -Eq "$3" "$tmp/out"
	ok "$1: says why" || tap_note "no match for: $3"
}
is_free() { # name: the tray opens, and a new medium is burned
	eject $d
	ok "$1: the tray opens"
	eject -t $d
	insert dvd+r
	burn "$tmp/tree"
	[ $status = 0 ]
	ok "$1: the next burn works"
}
# A burn from a pipe that never ends, in the background, $first its number; it has begun to write.
begin_endless() {
	local n
	insert dvd+rw
	n=$(wc -l <$log)
	set -m # else it would ignore SIGINT
	xburncrypt -o $d -unknown-contents -encstyle new -pass-file "$tmp/key" -progress none - <"$tmp/pipe" >"$tmp/first" 2>&1 &
	first=$!
	set +m
	head -c 40000000 /dev/zero >"$tmp/pipe"
	wait_until has_written_since $n || tap_note "nothing was written: $(cat "$tmp/first")"
}
has_written_since() { # line of the drive's log
	tail -n +$(($1 + 1)) $log | grep '^2A ' >/dev/null
}
last_lock() { # what the drive was told last: 1 locked, 0 free
	grep -E '^1E ' $log | tail -1 | cut -d' ' -f5 | sed 's/^0//'
}
fault_case() { # name medium fault status regex
	insert "$2" 0 "$3"
	burn "$tmp/tree"
	fails "$1" "$4" "$5"
	fault none
	is_free "$1"
}
survives() { # name medium fault
	insert "$2" 0 "$3"
	burn "$tmp/tree"
	[ $status = 0 ]
	ok "$1: burned all the same"
	fault none
}

survives "becoming ready" dvd+r becoming-ready=3s
survives "unit attention" cd-r unit-attention=3
survives "long writes" dvd+r long-write=16
fault_case "write error in the first block" dvd+r write-error=0 1 "can't be written there"
fault_case "write error" dvd+r write-error=500 1 "can't be written there"
fault_case "late write error" bd-r late-write-error=500 1 "failed|could not"
fault_case "the drive fails" dvd+rw hardware-error=500 1 "the drive itself failed"
fault_case "can't be closed" dvd+r close-error 1 "could not be closed"
fault_case "session can't be closed" cd-r close-error 1 "could not be closed"
fault_case "pulled" dvd+r pulled=500 1 "the medium was removed"
fault_case "no medium" dvd+r no-medium 4 "no medium in the drive"
fault_case "closed" dvd-r closed 4 "is closed"
fault_case "too small" dvd+r capacity=500 4 "too small: needs [0-9]+ blocks = .* has 500 blocks = .*missing [0-9]+ blocks"
fault_case "read error when verifying" dvd+r read-error=500 3 "LBA 500 can't be read: in /file"

# a clear disc, mounted
insert dvd+r
xburncrypt -o $d -format none -progress none "$tmp/tree" >"$tmp/out" 2>&1
ok "a clear disc"
reload >/dev/null
mount -o ro $d /mnt && cmp "$tmp/tree/file" /mnt/file
ok "the kernel mounts it, and its file is equal"
burn "$tmp/tree"
fails "mounted" 4 "in use: sr0 is mounted on /mnt"
umount /mnt
is_free "mounted"

# an encrypted one, held by a mapping
reload >/dev/null
cryptsetup open --readonly --type plain -c aes-cbc-plain -s 256 -h sha256 $d held <"$tmp/key"
burn "$tmp/tree"
fails "held by a mapping" 4 "in use: sr0 is held by"
cryptsetup close held

# a drive that another burn uses
mkfifo "$tmp/pipe"
exec 3<>"$tmp/pipe"
begin_endless
burn "$tmp/tree"
fails "busy" 4 "is busy: .*xburncrypt \(process $first\)|is busy"

# SIGTERM in mid-burn
kill -TERM $first
wait $first
tap_is $? 143 "SIGTERM is raised again"
grep -qi "aborted\|interrupted by SIGTERM" "$tmp/first"
tap_ok "SIGTERM: says so" || tap_note "$(cat "$tmp/first")"
tap_is "$(last_lock)" 0 "SIGTERM: the tray is not locked"
is_free "SIGTERM"

# Ctrl-C
begin_endless
kill -INT $first
wait $first
tap_is $? 130 "SIGINT is raised again"
tap_is "$(last_lock)" 0 "SIGINT: the tray is not locked"
is_free "SIGINT"

# SIGKILL in mid-burn: the kernel or the next start frees the drive
begin_endless
kill -KILL $first
wait $first 2>/dev/null
exec 3>&-
tap_note "after SIGKILL the drive's last lock command was: $(last_lock) (the kernel may have freed it)"
xburncrypt info $d >"$tmp/out" 2>&1
ok "SIGKILL: the next start gets the drive"
tap_is "$(last_lock)" 0 "SIGKILL: and frees it"
is_free "SIGKILL"

# who may use it, and what it is
echo "cdrom:x:24:" >>/etc/group
chown 0:24 $d && chmod 660 $d
chmod 755 "$tmp" && chmod 644 "$tmp/key" "$tmp/tree/file"
setpriv --reuid 1000 --regid 1000 --clear-groups xburncrypt -o $d -encstyle new -pass-file "$tmp/key" "$tmp/tree" >"$tmp/out" 2>&1
status=$?
fails "no permission" 4 'only root and the group "cdrom"'
truncate -s 8M "$tmp/stick"
losetup /dev/loop0 "$tmp/stick"
xburncrypt -o /dev/loop0 -encstyle new -pass-file "$tmp/key" "$tmp/tree" >"$tmp/out" 2>&1
status=$?
fails "another block device" 4 "is a block device, but not an optical drive"

# the same, with consent: written; but never while it is in use
stick() { # output in $tmp/out, status in $status
	xburncrypt -o /dev/loop0 -force-device -encstyle new -pass-file "$tmp/key" "$tmp/tree" >"$tmp/out" 2>&1
	status=$?
}
stick
[ $status = 0 ]
ok "another block device, with -force-device: written"
printed_commands "$tmp/out" >"$tmp/commands"
bash -e "$tmp/commands" >>"$tmp/out" 2>&1 && cmp "$tmp/tree/file" /mnt/file
ok "another block device: the printed commands open it"
stick
fails "another block device, held by a mapping" 4 "in use|held"
close_all
xburncrypt -o /dev/loop0 -force-device -format none "$tmp/tree" >"$tmp/out" 2>&1 && mount -o ro /dev/loop0 /mnt
ok "another block device, in the clear: mounted"
stick
fails "another block device, mounted" 4 "mounted"
umount /mnt
if busybox mkswap /dev/loop0 >/dev/null 2>&1 && busybox swapon /dev/loop0 2>/dev/null; then
	stick
	fails "another block device, swapped on" 4 "in use|swap"
	busybox swapoff /dev/loop0
else
	tap_skip "another block device, swapped on" "no mkswap or swapon here"
fi
losetup -d /dev/loop0
xburncrypt -o /dev/sr7 -encstyle new -pass-file "$tmp/key" "$tmp/tree" >"$tmp/out" 2>&1
status=$?
fails "no such drive" 4 "no such drive"
xburncrypt drives >"$tmp/out" 2>&1
ok "the list of drives"
grep -q '/dev/sr0' "$tmp/out" && grep -q 'MMC BURNER' "$tmp/out"
ok "names the drive"
tap_done
