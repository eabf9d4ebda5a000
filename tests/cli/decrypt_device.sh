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
device=$(losetup --find --show --read-only large.img 2>/dev/null) || { tap_skip 'a large device' 'no loop device (not root)'; tap_done; }
trap 'losetup -d "$device"; rm -rf "$tmp"' EXIT
n=$(($(isosize plain.iso)))
decrypt() { # source options...
	"$XBURNCRYPT" decrypt "$1" -o out -force -encstyle new -pass-file pass "${@:2}" >told 2>err
}
decrypt "$device"
tap_is "$? $(stat -c %s out)" "0 $n" 'it ends with the file system' || tap_note "$(cat err)"
cmp -s -n "$n" out plain.iso
tap_ok 'which is right'
tap_like "$(cat err)" "the last $(((3145728 - n) / 2048)) blocks are left out: they lie behind the file system; -whole" 'what is left out is told'
decrypt "$device" -whole
tap_is "$? $(stat -c %s out)" '0 3145728' '-whole: all of the device'
decrypt large.img
tap_is "$? $(stat -c %s out)" '0 3145728' 'a file is decrypted to its end'
tap_done
