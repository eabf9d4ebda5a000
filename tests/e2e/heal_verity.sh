#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# verify -no-key and "veritysetup verify", which was written by others, say the same of an image: whole, with single
# bits changed in data and tree, and with more than the kernel's parity heals.
. "$top_srcdir/tests/lib/tap.sh" || exit
. "$top_srcdir/tests/e2e/lib.sh"
need veritysetup xxd
cd "$tmp" || exit

head -c 9000000 /dev/urandom >volume
"$XBURNCRYPT" heal -quiet -o original volume
tap_ok 'an image with healing data'
last() { tail -c 4096 original | tr -d '\0'; }
field() { last | sed -n "s/^$1 //p" | cut -d' ' -f"$2"; }
tree=$(field tree 1) n_tree=$(field tree 2) stride=$(field kernel 2) roots=$(field kernel 3)
read -ra tree_options < <(last | sed -n 's/^ *veritysetup open DISC whole DISC //p')
read -ra parity_options < <(last | sed -n 's/^ *\(--fec-device=\)DISC/\1image/p')
[ "${#tree_options[@]} ${#parity_options[@]}" = '2 3' ]
tap_ok 'the text on it has the options'

flip() { # byte...: one bit of each
	local at byte
	for at; do
		byte=$(xxd -s "$at" -l 1 -p image)
		printf '%02x' $((0x$byte ^ 4)) | xxd -r -p | dd of=image bs=1 seek="$at" conv=notrunc status=none
	done
}
# what, number of blocks that differ; statuses: of veritysetup, of the same with parity, ours; bytes to change
agree() {
	local what=$1 n=$2 wanted="$3 $4 $5" is
	cp original image
	flip "${@:6}"
	veritysetup verify image image "${tree_options[@]}" >said 2>&1
	is=$?
	veritysetup verify image image "${tree_options[@]}" "${parity_options[@]}" >>said 2>&1
	is+=" $?"
	"$XBURNCRYPT" verify -no-key image >ours 2>err
	is+=" $?"
	tap_is "$is" "$wanted" "$what: both say so" || tap_note "$(cat said ours err)"
	tap_like "$(head -1 ours)" " 0 can't be read, $n differ" "$what: $n blocks differ"
	if [ "$n" != 0 ]; then
		"$XBURNCRYPT" repair -quiet -force -o whole image >ours 2>err
		cmp -s whole original
		tap_is $? 0 "$what: repaired" || tap_note "$(cat ours err)"
	fi
}
agree 'whole' 0 0 0 0
agree 'a bit of the data' 1 2 0 3 1234567
agree 'a bit of the first block' 1 2 0 3 0
agree 'a bit of the last block' 1 2 0 3 8999999
agree 'a bit of the tree' 1 2 0 3 $(((tree + n_tree - 3) * 2048 + 77))
agree 'a bit of its first block' 1 2 0 3 $((tree * 2048 + 77))
bits=()
for ((i = 0; i < 40; i++)); do bits+=($((2048 * (7 + 100 * i) + 19 * i))); done
agree '40 bits' 40 2 0 3 "${bits[@]}"
# more of one code word than its parity is for
bits=()
for ((i = 0; i <= roots; i++)); do bits+=($((2048 * (3 + stride * i) + 99))); done
agree 'more than the parity of a code word is for' ${#bits[@]} 2 2 3 "${bits[@]}"
tap_done
