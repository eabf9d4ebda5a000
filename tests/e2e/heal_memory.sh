#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Healing data take the same memory whatever the size of the image: heal less than 300 MiB, verify -no-key and repair
# less than 400 MiB, two bytes for each block of 2048 among them.
. "$top_srcdir/tests/lib/tap.sh" || exit
. "$top_srcdir/tests/e2e/lib.sh"
if grep -q __asan_init "$XBURNCRYPT"; then
	tap_skip 'memory of healing data' 'the address sanitizer keeps what is freed'
	tap_done
fi
cd "$tmp" || exit

within() { # MiB what arguments...: sets peak, in KiB
	rm -f took
	"$top_builddir/tests/bench/measure" took "$XBURNCRYPT" "${@:3}" -quiet >out 2>err
	tap_is $? 0 "$2" || tap_note "$(cat out err)"
	peak=$(cut -d' ' -f3 took)
	[ "${peak:-99999999}" -le $(($1 * 1024)) ]
	tap_ok "$2: in $1 MiB" || tap_note "$peak KiB"
}
# holes: the file system has them for nothing, and the program reads zeros
sized() { # MiB: sets the peaks
	truncate -s "$1M" image
	within 300 "$1 MiB: heal" heal -in-place image
	heal=$peak
	within 400 "$1 MiB: verify -no-key" verify -no-key image
	verify=$peak
	# 4 % in a row
	dd if=/dev/urandom of=image bs=1M seek=$(($1 / 3)) count=$(($1 / 25)) conv=notrunc status=none
	within 400 "$1 MiB: repair" repair -force -o whole image
	repair=$peak
	tap_note "$1 MiB: heal $heal, verify $verify, repair $repair KiB"
	rm -f image whole
}
sized 300
first="$heal $verify $repair"
sized 1200
read -r heal_before verify_before repair_before <<<"$first"
# a byte a block for what verify and repair know of them, and one for what can be healed: a KiB each MiB, and what healing data add
room=$((1024 + 900 * 1024 * 113 / 100 / 1024))
[ "$heal" -le $((heal_before + room)) ] && [ "$verify" -le $((verify_before + room)) ] && [ "$repair" -le $((repair_before + room)) ]
tap_ok 'four times the size takes no more' || tap_note "before: $first" "now: $heal $verify $repair"
tap_done
