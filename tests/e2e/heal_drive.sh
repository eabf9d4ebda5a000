#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Discs with healing data, by the emulated burner: burned to each medium, found again, damaged, repaired; too large,
# full, broken off; and not grown.
# shellcheck disable=SC2034 # runner, faults and pace are for run and with_drive
. "$top_srcdir/tests/lib/tap.sh" || exit
. "$top_srcdir/tests/e2e/lib.sh"
. "$top_srcdir/tests/lib/burner.sh"
. "$top_srcdir/tests/e2e/append_lib.sh"
mkdir "$tmp/dir"
head -c 6000000 /dev/urandom >"$tmp/dir/file"
runner=(with_drive)

burned() { # medium format options...: with healing data
	load "$1"
	choose_format "$2"
	run -heal on -o /dev/sr0 "${as[@]}" "${@:3}" "$tmp/dir"
	tap_is "$? $(grep -c '^verified: every block' "$tmp/stdout")" '0 1' "$medium, $2: burned, and compared" || told
	size=$(sed -n 's/^.*: wrote \([0-9,]*\) bytes.*/\1/p' "$tmp/stdout" | tr -d ,)
}
found() { # what
	run verify -no-key /dev/sr0
	tap_is "$? $(tail -1 "$tmp/stdout")" '0 no damage; without the key nothing proves that nobody changed the disc' "$1: found" || told
}
for medium in cd-r cd-rw dvd-r dvd-rw dvd+r dvd+rw dvd-ram bd-r bd-re; do
	burned $medium luks2
	found $medium
	run verify -require-mac "${reading[@]}" /dev/sr0
	tap_is "$? $(grep '^authentic' "$tmp/stdout")" "0 authentic: by the disc's key" "$medium: authentic" || told
	head -c "$size" "$tmp/st/image" >"$tmp/disc"
	dd if=/dev/urandom of="$tmp/st/image" bs=2048 count=150 seek=600 conv=notrunc status=none
	run repair -force -o "$tmp/whole" /dev/sr0
	tap_is "$? $(cmp "$tmp/whole" "$tmp/disc")" '0 ' "$medium: repaired" || told
	# as read by a drive that shows all of an overwritable medium
	! is_overwritable $medium || truncate -s 100M "$tmp/disc"
	runner=()
	run verify -no-key "$tmp/disc"
	tap_is $? 0 "$medium: found in its image" || told
	runner=(with_drive)
done

for format in luks2 luks1 new none; do
	burned dvd+rw $format
	digest=$(sha256sum <"$tmp/st/image")
	echo more >"$tmp/more"
	tap_refused 3 'has healing data, which would undo the session' "$format: the disc does not grow" \
		run append -o /dev/sr0 "${reading[@]}" "$tmp/more"
	tap_is "$(sha256sum <"$tmp/st/image")" "$digest" "$format: nothing is written"
done

# without anchors: an image burned as it is, and volumes that have no room for any; the medium goes on behind them
reads_healed() { # what format: what is damaged in the drive
	dd if=/dev/urandom of="$tmp/st/image" bs=2048 count=20 seek=1500 conv=notrunc status=none
	run cat "${reading[@]}" /dev/sr0 /file
	tap_is "$? $(cmp "$tmp/stdout" "$tmp/dir/file" 2>&1) $(grep -c 'damaged and healed on the way' "$tmp/stderr")" '0  1' "$1: healed" || told
}
for medium in dvd+rw dvd-ram bd-re; do
	for format in luks2 loopaes none; do
		choose_format $format
		runner=()
		run -quiet -o "$tmp/plain" -force "${as[@]}" "$tmp/dir"
		run heal -in-place "$tmp/plain"
		runner=(with_drive)
		load $medium
		run -quiet -format none -unknown-contents -o /dev/sr0 -image "$tmp/plain"
		tap_is $? 0 "$medium, $format: an image with healing data, burned as it is" || told
		truncate -s 100M "$tmp/st/image"
		reads_healed "$medium, $format: an image"
	done
	for format in new loopaes; do
		burned $medium $format
		truncate -s 100M "$tmp/st/image"
		reads_healed "$medium, $format"
	done
done

# sizes
load dvd+r
choose_format luks2
faults=capacity=4000
tap_refused 4 'is too small: needs' 'too large with healing data' run -heal on -o /dev/sr0 "${as[@]}" "$tmp/dir"
said '; without healing data, 7,[0-9,]+ bytes .* are needed' 'too large: what it is without them'
run -o /dev/sr0 "${as[@]}" "$tmp/dir"
tap_is $? 0 'and without them it is burned' || told
load dvd+r
faults=capacity=2000
tap_refused 4 'is too small: needs' 'too large anyway' run -heal on -o /dev/sr0 "${as[@]}" "$tmp/dir"
! grep -q 'without healing data' "$tmp/stderr"
tap_ok 'too large anyway: healing data are not blamed'
for medium in cd-r dvd+r bd-re; do
	load $medium
	faults=capacity=10000
	run -heal max -o /dev/sr0 "${as[@]}" "$tmp/dir"
	used=$(($(stat -c %s "$tmp/st/image") / 2048))
	[ $used -gt 9700 ] && [ $used -le 10000 ]
	tap_ok "$medium, -heal max: $used of 10000 blocks are used" || told
	found "$medium, -heal max"
done
load dvd+r
from_pipe() { # arguments...
	head -c 3000000 /dev/zero | with_drive timeout "$patience" "$XBURNCRYPT" "$@" >"$tmp/stdout" 2>"$tmp/stderr"
}
tap_refused 2 'the size of the image must be known' 'of unknown size' \
	from_pipe -heal on -o /dev/sr0 "${as[@]}" -unknown-contents -
tap_refused 2 'heal: not for a disc that stays open' 'a disc that stays open' run -heal on -multi -o /dev/sr0 "${as[@]}" "$tmp/dir"
tap_refused 1 'nothing.key: can.t be opened' 'a signing key that is not there' \
	run -heal on -sign "$tmp/nothing.key" -o /dev/sr0 "${as[@]}" "$tmp/dir"
[ ! -s "$tmp/st/image" ]
tap_ok 'nothing was written'

# the comparison
load dvd+r
faults=corrupt=4500
run -heal on -o /dev/sr0 "${as[@]}" "$tmp/dir"
tap_is $? 3 'a block of the healing data is written wrong: status 3' || told
said 'LBA [0-9-]+ differ: in the healing data' 'a block of the healing data is written wrong: it is named'

# in little memory
load bd-r
run -heal on -heal-memory 1500k -o /dev/sr0 "${as[@]}" "$tmp/dir"
tap_is "$? $(grep -c 'by reading all of it [2-9] times' "$tmp/stderr")" '0 1' 'bd-r, in passes' || told
found 'bd-r, in passes'
load bd-r
truncate -s 2G "$tmp/hole"
: >"$tmp/stderr"
(use_drive && exec env --default-signal=INT "$XBURNCRYPT" -heal on -heal-memory 20m -yes -progress plain -o /dev/sr0 "${as[@]}" \
	-graft "/hole=$tmp/hole" "$tmp/dir") >"$tmp/stdout" 2>"$tmp/stderr" </dev/null &
pid=$!
wait_until grep -q 'healing data, pass 1' "$tmp/stderr"
kill -INT $pid
wait $pid
tap_is "$? $(grep -c '^hint: the burn had not begun' "$tmp/stderr")" '130 1' 'Ctrl-C in a pass' || told
[ ! -s "$tmp/st/image" ]
tap_ok 'Ctrl-C in a pass: nothing was written'
rm "$tmp/hole"

# broken off
head -c 60M /dev/urandom >"$tmp/dir/more"
load dvd+r
pace=20000
(use_drive && exec env --default-signal=INT "$XBURNCRYPT" -heal on -quiet -yes -o /dev/sr0 "${as[@]}" "$tmp/dir") \
	>"$tmp/stdout" 2>"$tmp/stderr" </dev/null &
pid=$!
wait_until [ -s "$tmp/st/image" ]
kill -INT $pid
wait $pid
tap_is "$? $(grep -c 'interrupted by SIGINT' "$tmp/stderr")" '130 1' 'Ctrl-C ends it' || told
tap_done
