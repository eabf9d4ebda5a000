#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Discs that somebody made to do harm: a good image, with bytes poked. Nothing leads out of the
# directory, nothing hangs, crashes or takes much memory, and each is told.
. "$top_srcdir/tests/lib/tap.sh" || exit
. "$top_srcdir/tests/e2e/lib.sh"

mkdir -p "$tmp/tree/DDDD/DEEP" "$tmp/outside"
echo one >"$tmp/tree/AAAA"
echo two >"$tmp/tree/BBBB"
echo three >"$tmp/tree/CC"
echo four >"$tmp/tree/DDDD/file"
echo five >"$tmp/tree/DDDD/DEEP/file"
ln -s "$tmp/outside" "$tmp/tree/LLLL"
"$XBURNCRYPT" -quiet -format none -o "$tmp/good" "$tmp/tree" >/dev/null 2>&1

# A Rock Ridge name: NM, its length, version 1, no flags, the name.
poke_name() { # old new: everywhere
	local at
	while read -r at; do
		printf '%b' "$2" | dd of="$tmp/img" bs=1 seek=$((at + 5)) conv=notrunc status=none
	done < <(LC_ALL=C grep -aboP "NM.\\x01\\x00$1" "$tmp/img" | cut -d: -f1)
}
le32() { printf '\\x%02x\\x%02x\\x%02x\\x%02x' $(($1 & 255)) $(($1 >> 8 & 255)) $(($1 >> 16 & 255)) $(($1 >> 24 & 255)); }
# A number in the directory record with the plain name: 2 is the block, 10 the length.
poke_record() { # name field number
	local at
	while read -r at; do
		printf '%b' "$(le32 "$3")" | dd of="$tmp/img" bs=1 seek=$((at - 33 + $2)) conv=notrunc status=none
	done < <(LC_ALL=C grep -aboP "$1(?=(\\.;1|\\x00)PX)" "$tmp/img" | cut -d: -f1)
}
root_block() { od -An -tu4 -j $((16 * 2048 + 156 + 2)) -N 4 "$tmp/good" | tr -d ' '; }
# all that reads, within 10 seconds of the processor and 300 MiB; the statuses, one after the other
statuses='' limit=300000
# a sanitizer's shadow takes more address space than any limit
! grep -q __asan_init "$XBURNCRYPT" || limit=unlimited
all() {
	local verb
	rm -rf "$tmp/out"
	statuses=''
	for verb in list verify extract; do
		set --
		[ $verb != extract ] || set -- -to "$tmp/out"
		(ulimit -v $limit -t 10 && exec timeout "$patience" "$XBURNCRYPT" $verb "$tmp/img" "$@") \
			>"$tmp/$verb.out" 2>"$tmp/$verb.err"
		statuses+="$? "
	done
}
hostile() { # name statuses what-extract-tells
	all
	tap_is "$statuses" "$2 " "$1: list, verify and extract end as they should" || tap_note "$(cat "$tmp"/*.err)"
	tap_is "$(grep -c -- "$3" "$tmp/extract.err")" 1 "$1: is told" || tap_note "$(cat "$tmp/extract.err")"
	tap_is "$(find "$tmp/outside" -mindepth 1 | wc -l) $(find "$tmp" -maxdepth 1 -name x)" '0 ' "$1: nothing came out"
	[ -d "$tmp/out" ] && chmod -R u+rwx "$tmp/out"
	cp "$tmp/good" "$tmp/img"
}

cp "$tmp/good" "$tmp/img"
all
tap_is "$statuses" '0 0 0 ' 'the good one'
poke_name AAAA '../x'
hostile 'a name that goes up' '5 3 5' 'has a slash or a NUL byte in its name'
poke_name AAAA '/etc'
hostile 'an absolute name' '5 3 5' 'has a slash or a NUL byte in its name'
poke_name AAAA 'A\0BB'
hostile 'a name with a NUL' '5 3 5' 'has a slash or a NUL byte in its name'
poke_name CC '..'
hostile 'a name that is ".."' '5 3 5' "__: has an invalid name"
poke_name CC '.\n'
all
tap_is "$statuses" '0 0 0 ' 'a name with a newline is a name'
cp "$tmp/good" "$tmp/img"
dd if=/dev/urandom of="$tmp/img" bs=2048 seek=17 count=1 conv=notrunc status=none
hostile 'a descriptor overwritten' '5 3 5' 'volume descriptor in block 17 is damaged'
poke_name BBBB AAAA
hostile 'a name twice' '5 3 5' 'AAAA: name is listed twice'
poke_name DDDD LLLL
hostile 'a link, and a directory of its name' '5 3 5' 'LLLL: name is listed twice'
poke_record DEEP 2 "$(root_block)"
hostile 'a directory that is the root' '5 3 5' 'DDDD/DEEP: directory loop, or listed twice'
poke_record DDDD 10 $((0xfffff800))
hostile 'a directory of 4 GiB' '5 3 5' 'DDDD: lies beyond the end of the medium'
poke_record AAAA 10 $((0xffffffff))
hostile 'a file of 4 GiB' '5 3 5' 'AAAA: lies beyond the end of the medium'
poke_record AAAA 2 $((0xfffffff0))
hostile 'a file far behind the end' '5 3 5' 'AAAA: lies beyond the end of the medium'
tap_is "$(find "$tmp/out" -name AAAA | wc -l)" 0 'nothing is made of it'
poke_record AAAA 2 2
poke_record AAAA 10 200000
all
tap_is "$(cut -d' ' -f2,3 <<<"$statuses") $(grep -c 'shares blocks with another file' "$tmp/extract.err")" '3 5 4' \
	'a file in the directories and other files: is told'
tap_is "$(cat "$tmp/out/BBBB")" two 'and the others are brought back'
cp "$tmp/good" "$tmp/img"
head -c 60000 "$tmp/good" >"$tmp/img"
hostile 'a cut image' '5 3 5' 'the file system is truncated'
tap_done
