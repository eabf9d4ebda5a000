#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Each kind of damage up to 5 % of an image, as noise that nothing tells and as blocks that can't be read: the repaired
# image is the original, byte by byte. Beyond that, what is lost is named, and no other byte is wrong.
. "$top_srcdir/tests/lib/tap.sh" || exit
heal_image=$top_builddir/tests/unit/heal/heal_image
cd "$tmp" || exit

make_original() { # blocks roots rows header anchor...
	head -c $(($1 * 2048)) /dev/urandom >original
	"$heal_image" original "${@:2:3}" 0 "${@:5}" >made || return
	field() { tail -c 4096 original | tr -d '\0' | sed -n "s/^$1 //p" | cut -d' ' -f"$2"; }
	data=$(field data 1) end=$(field end 1)
	tree=$(field tree 1) n_tree=$(field tree 2)
	kernel=$(field kernel 1) n_kernel=$(($(field kernel 2) * $(field kernel 3)))
	rows=$(field rows 1) n_rows=$(($(field rows 2) * $(field rows 4)))
	check=$(field check 1) n_check=$(field check 2)
	upper=$(field upper 1) n_upper=$(field upper 2) header=$(field header 1)
	records="$((tree - 3)) 2
$((header - 32)) 2
$((end - 2)) 2"
}
# Lines of damage: a share of all blocks, in per mille, in clusters.
scattered() { # per-mille cluster seed
	awk -v p="$1" -v n="$2" -v end="$end" -v seed="$3" 'BEGIN {
		srand(seed)
		for (i = 0; i < end; i += n) if (rand() * 1000 < p) print i, n }'
}
run_of() { # first per-mille
	echo "$1 $((end * $2 / 1000))"
}
repair() { # silent|unreadable lines: sets status
	cp --reflink=auto original damaged
	"$heal_image" damage damaged <<<"$2" || return
	if [ "$1" = silent ]; then
		"$heal_image" repair damaged </dev/null >out 2>err
	else
		"$heal_image" repair damaged <<<"$2" >out 2>err
	fi
	status=$?
}
comes_back() { # what lines
	local how
	for how in silent unreadable; do
		repair $how "$2"
		cmp -s original damaged
		tap_is "$status $?" "0 0" "$1, $how: all is back" || tap_note "$(head -3 out)" "$(cat err)"
	done
}
# What is wrong with the volume is exactly what is said to be lost.
is_told() { # what lines
	local how
	for how in silent unreadable; do
		repair $how "$2"
		tap_is $status 5 "$1, $how: something is lost" || tap_note "$(head -3 out)" "$(cat err)"
		cmp -l -n $((data * 2048)) original damaged 2>/dev/null |
			awk '{ b = int(($1 - 1) / 2048) } b != last || NR == 1 { print b; last = b }' >wrong
		tail -n +2 out | awk -F- '{ for (i = $1; i <= $2; i++) print i }' >told
		[ -s told ]
		tap_is "$? $(grep -vxF -f told wrong | wc -l)" "0 0" "$1, $how: no byte is wrong that is not told"
		# what was not damaged may be unknown, where its digests are lost, but not changed
		tap_is "$(awk '{ for (i = $1; i < $1 + $2; i++) print i }' <<<"$2" | sort >hit; sort wrong | comm -23 - hit | wc -l)" 0 \
			"$1, $how: what was not damaged is as it was"
	done
}
all_kinds() { # name
	comes_back "$1, nothing" "0 0"
	comes_back "$1, the first MiB" "0 512"
	comes_back "$1, 5 % at the start" "$(run_of 0 50)"
	comes_back "$1, 5 % in the middle" "$(run_of $((data / 2)) 50)"
	comes_back "$1, 5 % at the end" "$(run_of $((end - end * 50 / 1000)) 50)"
	comes_back "$1, 5 % across data, tree and parity" "$(run_of $((tree - end * 25 / 1000)) 50)"
	comes_back "$1, the superblock and the record before it" "$((tree - 3)) 3"
	comes_back "$1, all of the tree" "$tree $n_tree"
	comes_back "$1, all of the kernel's parity" "$kernel $n_kernel"
	comes_back "$1, a quarter of the rows" "$rows $((n_rows / 4))"
	comes_back "$1, the tree over the parity" "$check $n_check"
	comes_back "$1, the upper levels' copy" "$upper $n_upper"
	comes_back "$1, the tree and that copy" "$tree $n_tree
$upper $n_upper"
	comes_back "$1, all records and an anchor" "$records
448 1"
	# anchors are in the copy of the header, too
	comes_back "$1, all records, both anchors, the tree's first block and its copy" "$records
448 1
480 1
$tree 1
$upper $n_upper"
	comes_back "$1, 5 % of single blocks" "$(scattered 50 1 1)"
	comes_back "$1, 5 % in clusters of 16" "$(scattered 50 16 2)"
	comes_back "$1, 5 % in clusters of 32" "$(scattered 45 32 3)"
	is_told "$1, 12 % in the middle" "$(run_of $((data / 2)) 120)"
}
make_original 9000 4 20 512 448 480
tap_ok 'an image of 18 MB' || { tap_done; exit; }
all_kinds '18 MB'
is_told '18 MB, 30 % of single blocks' "$(scattered 300 1 4)"
cp original damaged
for at in $(((tree + 5) * 2048 + 77)) $((900 * 2048 + 1500)) $((rows * 2048 + 3)); do
	byte=$(xxd -s $at -l 1 -p original)
	printf '%02x' $((0x$byte ^ 1)) | xxd -r -p | dd of=damaged bs=1 seek=$at conv=notrunc status=none
done
"$heal_image" repair damaged </dev/null >out 2>err
cmp -s original damaged
tap_is "$? $(head -1 out)" "0 0 3 2 0 1" 'single bits of a block of data, of the tree and of a row'

# an image that was cut: what it lacks is unreadable
head -c $((end * 2048 - end * 2048 / 25 / 2048 * 2048)) original >damaged
first=$(($(stat -c %s damaged) / 2048))
"$heal_image" repair damaged <<<"$first $((end - first))" >out 2>err
cmp -s original damaged
tap_ok 'an image that lacks its last 4 %' || tap_note "$(cat out err)"

make_original 60 4 20 0 15
comes_back 'a small image, one cluster of 32' "20 32"
comes_back 'a small image, all records' "$records"
make_original 9000 0 20 0
comes_back 'without roots, 5 % in the middle' "$(run_of 4000 50)"
make_original 3000 24 100 0
comes_back 'many rows, a quarter of all' "$(run_of 100 250)"
tap_done
