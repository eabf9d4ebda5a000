#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The tree and the kernel's parity are those that veritysetup makes, byte by byte, and veritysetup accepts what is there.
# That the rows are the same code is for rs_code_test; here the kernel's parity with as many roots, over the same
# stride, has their bytes side by side.
. "$top_srcdir/tests/lib/tap.sh" || exit
heal_image=$top_builddir/tests/unit/heal/heal_image
command -v veritysetup >/dev/null || {
	tap_skip "dm-verity's bytes" 'no veritysetup'
	tap_done
}
cd "$tmp" || exit
salt=202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f
uuid=00112233-4455-6677-8899-aabbccddeeff
geometry=(--data-block-size=2048 --hash-block-size=2048 --hash=sha256 "--salt=$salt" "--uuid=$uuid")

# What a file has from one byte on, up to another.
part() { # file first end
	tail -c +$(($2 + 1)) "$1" | head -c $(($3 - $2))
}
heals() { # blocks roots bytes-missing-in-the-last-block
	local what="$1 blocks, $2 roots" root check hash fec n=$(($1 * 2048)) by_verity
	head -c $((n - $3)) /dev/urandom >image
	cp image ours
	cp image theirs
	truncate -s $n theirs
	read -r root check hash fec < <("$heal_image" ours "$2" 20 0 0)
	tap_ok "$what: healing data for it" || return
	# dm-verity needs its tree before its parity, and room for both
	truncate -s "$hash" theirs
	by_verity=$(veritysetup format theirs theirs "${geometry[@]}" --hash-offset="$hash" --data-blocks="$1" |
		sed -n 's/^Root hash:[[:space:]]*//p')
	tap_is "$by_verity" "$root" "$what: the root"
	truncate -s "$fec" theirs
	if [ "$2" != 0 ]; then
		veritysetup format theirs theirs "${geometry[@]}" --hash-offset="$hash" --data-blocks="$1" \
			--fec-device=theirs --fec-offset="$fec" --fec-roots="$2" >/dev/null
	fi
	# before the superblock stands our record, where their file has zeros
	cmp -s <(part ours 0 $n) <(part theirs 0 $n) &&
		cmp -s <(part ours "$hash" "$(stat -c %s theirs)") <(part theirs "$hash" "$(stat -c %s theirs)")
	tap_ok "$what: superblock, tree and parity, byte by byte"
	veritysetup verify ours ours "$root" --hash-offset="$hash" >said 2>&1
	tap_is $? 0 "$what: veritysetup finds them right" || tap_note "$(cat said)"
}
for blocks in 2 1000 8361; do
	for roots in 2 4 8 24; do
		heals $blocks $roots 0
	done
done
heals 3000 0 0
heals 3000 4 700

# 4 roots and rows of the same stride: both are one code then
head -c $((8361 * 2048)) /dev/urandom >image
stride=34 # of 4 roots over 8361 blocks and their tree
cp image ours
read -r root check hash fec < <("$heal_image" ours 4 4 0 $stride)
rows=$(((fec / 2048 + 4 * stride + 31) / 32 * 32 * 2048))
for j in 0 1 2 3; do
	part ours $((rows + j * stride * 2048)) $((rows + (j + 1) * stride * 2048)) | xxd -p -c1 >row$j
done
paste -d '' row0 row1 row2 row3 | xxd -r -p >woven
cmp -s woven <(part ours "$fec" $((fec + 4 * stride * 2048)))
tap_ok "rows and the kernel's parity are the same code"
sed -n 's/^rows \([0-9]*\) .*/\1/p' <(tail -c 4096 ours | tr -d '\0') >place
tap_is "$(($(cat place) * 2048))" $rows 'the record tells where the rows are'
check=$(sed -n 's/^check \([0-9]*\) .*/\1/p' <(tail -c 4096 ours | tr -d '\0'))
part ours "$fec" $((check * 2048)) >checked
truncate -s $((check * 2048 - fec)) theirs
: >tree
by_verity=$(veritysetup format checked tree "${geometry[@]}" --no-superblock | sed -n 's/^Root hash:[[:space:]]*//p')
tap_is "$by_verity" "$(sed -n 's/^check-root //p' <(tail -c 4096 ours | tr -d '\0'))" 'the tree over the parity has its root'
cmp -s tree <(part ours $((check * 2048)) $((check * 2048 + $(stat -c %s tree))))
tap_ok 'and its bytes'
tap_done
