#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Images as some programs make them, which isoinfo and the kernel take as they are: bytes where the standard
# uses nothing, descriptors in another order or without an end, a volume space of another size. What is
# burned is read again, and nothing is said about them.
. "$top_srcdir/tests/lib/tap.sh" || exit
. "$top_srcdir/tests/e2e/lib.sh"
need genisoimage isoinfo

mkdir "$tmp/tree"
echo one >"$tmp/tree/readme.txt"
head -c 100000 /dev/urandom >"$tmp/tree/z.bin"
genisoimage -quiet -R -J -no-pad -o "$tmp/good" "$tmp/tree" 2>"$tmp/stderr" || tap_note "$(cat "$tmp/stderr")"
(umask 077 && printf '%s' "$passphrase" >"$tmp/pass")
names=$'readme.txt\nz.bin'
n_blocks=$(($(stat -c %s "$tmp/good") / 2048))

poke() { # offset: stdin is put there
	dd of="$tmp/img" bs=64k oflag=seek_bytes seek="$1" conv=notrunc status=none
}
fill() { # offset bytes character
	head -c "$2" /dev/zero | tr '\0' "$3" | poke "$1"
}
noise() { # offset bytes
	head -c "$2" /dev/urandom | poke "$1"
}
block() { # number: of the good image
	dd if="$tmp/good" bs=2048 skip="$1" count=1 status=none
}
le32() { printf '%b' "$(printf '\\x%02x\\x%02x\\x%02x\\x%02x' $(($1 & 255)) $(($1 >> 8 & 255)) $(($1 >> 16 & 255)) $(($1 >> 24 & 255)))"; }
le32_at() { od -An -tu4 -j "$1" -N 4 "$tmp/good" | tr -d ' '; }

reads() { # image options...: the names, the contents and the verdict
	"$XBURNCRYPT" list "$@" </dev/null && "$XBURNCRYPT" cat "$1" z.bin "${@:2}" </dev/null | cmp - "$tmp/tree/z.bin" &&
		"$XBURNCRYPT" verify "$@" </dev/null >"$tmp/verdict"
}
odd() { # name [why isoinfo does not list it]
	local style
	[ $# = 2 ] || tap_is "$(isoinfo -R -f -i "$tmp/img" 2>&1 | LC_ALL=C sort)" $'/readme.txt\n/z.bin' "$1: isoinfo lists it"
	tap_is "$(reads "$tmp/img" 2>&1)" "$names" "$1: it is read"
	tap_like "$("$XBURNCRYPT" info "$tmp/img" 2>&1)" 'contents: an ISO 9660 file system' "$1: info knows it"
	for style in "-encstyle new" "-format plain -cipher aes-xts-plain64 -key-size 512 -hash sha512 -sector-size 2048" "-format luks2"; do
		rm -f "$tmp/out.img"
		set -- "$1" "-pass-file $tmp/pass $style"
		[ "$style" != "-format luks2" ] || set -- "$1" "$2 ${cheap[*]}"
		# shellcheck disable=SC2086 # options
		"$XBURNCRYPT" -quiet -o "$tmp/out.img" $2 "$tmp/img" >"$tmp/burned" 2>&1 &&
			reads "$tmp/out.img" ${style/-format luks2/} -pass-file "$tmp/pass" >"$tmp/read" 2>&1
		tap_is "$? $(cat "$tmp/read")" "0 $names" "$1: it is burned with $style and read" || tap_note "$(cat "$tmp/burned")"
	done
	cp "$tmp/good" "$tmp/img"
}
cp "$tmp/good" "$tmp/img"

fill $((16 * 2048 + 1395)) 653 ' '
odd 'spaces behind the application use'
fill $((16 * 2048 + 883)) 1165 '\377'
fill $((17 * 2048 + 883)) 1165 '\377'
odd 'all bits set behind the last field'
for b in 16 17 18; do noise $((b * 2048 + 883)) 1165; done
odd 'noise behind the last field of each descriptor'
fill $((16 * 2048 + 6)) 1 '\0'
fill $((16 * 2048 + 7)) 1 x
fill $((16 * 2048 + 72)) 8 x
fill $((16 * 2048 + 88)) 32 x
fill $((16 * 2048 + 120)) 8 x
fill $((16 * 2048 + 881)) 2 '\0'
odd 'other versions and unused fields' 'it wants the version'
fill $((16 * 2048 + 84)) 4 '\0'
fill $((16 * 2048 + 130)) 2 '\0'
fill $((16 * 2048 + 162)) 4 '\0'
fill $((16 * 2048 + 170)) 4 '\0'
odd 'no numbers with the high byte first'
noise $((16 * 2048 + 132)) 24
odd 'path tables anywhere'
fill $((18 * 2048)) 2048 '\0'
odd 'no terminator'
noise $((18 * 2048)) 2048
odd 'noise in place of the terminator'
block 17 | poke $((16 * 2048))
block 16 | poke $((17 * 2048))
odd 'the descriptor of Joliet before the primary one' 'it only knows the first descriptor'
fill $((16 * 2048)) 2048 '\0'
printf '\0CD001\1' | poke $((16 * 2048))
block 16 | poke $((17 * 2048))
odd 'a boot record before the primary descriptor' 'it only knows the first descriptor'
le32 $((n_blocks + 1)) | poke $((16 * 2048 + 80))
odd 'a volume space of one block more'
le32 1 | poke $((16 * 2048 + 80))
odd 'a volume space of one block'
root=$(le32_at $((16 * 2048 + 158)))
le32 0 | poke $((16 * 2048 + 166))
odd 'a root directory without a size in the descriptor' 'it takes the size from there'
noise $((root * 2048 + 6)) 4
noise $((root * 2048 + 28)) 4
odd 'other bytes in the directory record of the root'

# what is really cut stays so
head -c $(((n_blocks - 1) * 2048)) "$tmp/good" >"$tmp/cut"
"$XBURNCRYPT" verify "$tmp/cut" >/dev/null 2>"$tmp/stderr"
tap_is "$? $(grep -c 'z.bin: lies beyond the end of the medium' "$tmp/stderr") $(grep -c 'the file system is truncated' "$tmp/stderr")" '3 1 1' \
	'an image without its last block: verify names the file'
"$XBURNCRYPT" list "$tmp/cut" >/dev/null 2>"$tmp/stderr"
tap_is "$? $(grep -c 'z.bin: lies beyond the end of the medium' "$tmp/stderr")" '5 1' 'and so does list'
"$XBURNCRYPT" -o "$tmp/out" -format none "$tmp/cut" >/dev/null 2>"$tmp/stderr"
tap_is "$? $(grep -c 'truncated: /z.bin lies beyond the end of the image' "$tmp/stderr") $(find "$tmp/out" 2>/dev/null)" '1 1 ' \
	'it is not burned, and the file is named' || tap_note "$(cat "$tmp/stderr")"
mkdir "$tmp/backslash" && head -c 20000 /dev/urandom >"$tmp/backslash/ba\ck"
genisoimage -quiet -R -no-pad -o "$tmp/cut" "$tmp/backslash" 2>/dev/null && truncate -s -2048 "$tmp/cut"
"$XBURNCRYPT" -o "$tmp/out" -format none "$tmp/cut" >/dev/null 2>"$tmp/stderr"
tap_is "$? $(grep -cF '/ba\\ck lies beyond' "$tmp/stderr")" '1 1' 'a backslash in its name is shown as in other messages' || tap_note "$(cat "$tmp/stderr")"
printf '\0\2\2\0' | poke $((16 * 2048 + 128))
"$XBURNCRYPT" list "$tmp/img" >/dev/null 2>"$tmp/stderr"
tap_is "$? $(grep -c 'logical blocks of 512 bytes, which is not supported' "$tmp/stderr")" '1 1' \
	'other logical blocks than those of 2048 bytes are told' || tap_note "$(cat "$tmp/stderr")"
tap_done
