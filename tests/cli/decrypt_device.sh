#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A device that is larger than the payload, as a DVD+RW is: decrypt stops where the file system ends.
. "$top_srcdir/tests/lib/tap.sh" || exit
. "$top_srcdir/tests/e2e/lib.sh"
cd "$tmp" || exit

mkdir tree && echo data >tree/file
printf '%s\n' "$passphrase" >pass
chmod 600 pass
"$XBURNCRYPT" -quiet -o plain.iso -format none tree 2>err
"$XBURNCRYPT" -quiet -o disc.img -encstyle new -pass-file pass plain.iso 2>err
cp disc.img large.img && truncate -s 3M large.img
# a partition reaches beyond the file system, as in an image that boots from a USB stick: 512 KiB from 1 MiB on
cp plain.iso parted.iso && truncate -s 1M parted.iso && head -c 512K /dev/urandom >>parted.iso
printf '\200\0\1\0\203\0\0\0\0\010\0\0\0\004\0\0' | dd of=parted.iso bs=1 seek=446 conv=notrunc status=none
printf '\125\252' | dd of=parted.iso bs=1 seek=510 conv=notrunc status=none
# the same with the backup of a GPT, in the last sector of 1.5 MiB
cp parted.iso gpt.iso && dd if=/dev/zero of=gpt.iso bs=1 seek=446 count=64 conv=notrunc status=none
printf 'EFI PART' | dd of=gpt.iso bs=1 seek=512 conv=notrunc status=none
printf '\377\013' | dd of=gpt.iso bs=1 seek=544 conv=notrunc status=none
for name in parted gpt; do
	"$XBURNCRYPT" -quiet -o $name.img -encstyle new -pass-file pass -image $name.iso 2>err && truncate -s 3M $name.img
	tap_ok "$name: burned" || tap_note "$(cat err)"
done
device=$(losetup --find --show --read-only large.img 2>/dev/null) || { tap_skip 'a large device' 'no loop device (not root)'; tap_done; }
devices=("$device")
trap 'losetup -d "${devices[@]}"; rm -rf "$tmp"' EXIT
n=$(($(isosize plain.iso)))
decrypt() { # source options...
	"$XBURNCRYPT" decrypt "$1" -o out -force -encstyle new -pass-file pass "${@:2}" >told 2>err
}
decrypt "$device"
tap_is "$? $(stat -c %s out)" "0 $n" 'it ends with the file system' || tap_note "$(cat err)"
cmp -s -n "$n" out plain.iso
tap_ok 'which is right'
tap_like "$(cat err)" "the last $(((3145728 - n) / 2048)) blocks are left out: they lie behind the file system; -whole" 'what is left out is told'
decrypt "$device" -quiet
tap_like "$(cat err)" 'warning: the last .* blocks are left out' '-quiet does not hide it'
decrypt "$device" -whole
tap_is "$? $(stat -c %s out)" '0 3145728' '-whole: all of the device'
decrypt large.img
tap_is "$? $(stat -c %s out)" '0 3145728' 'a file is decrypted to its end'
for name in parted gpt; do
	device=$(losetup --find --show --read-only $name.img 2>/dev/null) || continue
	devices+=("$device")
	decrypt "$device"
	tap_is "$? $(stat -c %s out)" '0 1572864' "$name: it ends with what the partition table records" || tap_note "$(cat err)"
	cmp -s out $name.iso
	tap_ok "$name: and nothing is lost"
done
tap_done
