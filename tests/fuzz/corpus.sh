#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Makes the inputs that fuzzing starts from: corpus.sh FUZZER DIRECTORY. All from the text below; then
# of each a cut one and some with a changed byte, so that a replay alone tries hundreds.
set -eu
fuzzer=$1
cd "$2"

lines() { # count characters
	for ((i = 0; i < $1; i++)); do
		printf '%0*d\n' "$2" "$i"
	done
}
bytes_of() { # hex
	printf '%b' "$(sed 's/../\\x&/g' <<<"$1")"
}
zeros() { head -c "$1" /dev/zero; }

# A header's fields: see src/crypto/veracrypt_header.c
header() { # version hidden volume offset size flags sector, all in hex
	printf VERA
	bytes_of "$1""010b""00000000""00000000000000000000000000000000""$2$3$4$5$6$7"
	zeros $((120 + 4))
	seq 1000 | head -c 64
	zeros 192
}
# A volume descriptor (ECMA-119, 8.4), one block.
descriptor() { # type identifier [size-of-the-volume block-size, in hex]
	printf '%b' "\\0$1$2\\01"
	zeros 73
	bytes_of "${3-0000000000000000}"
	zeros 40
	bytes_of "${4-00000000}"
	zeros 1916
}
at() { # offset text: that text there in a payload
	zeros "$1"
	printf '%b' "$2"
	zeros 100
}

case $fuzzer in
loopaes_keys)
	lines 1 20 >single
	lines 64 43 >v2
	lines 65 60 >v3
	lines 63 60 >few
	lines 66 60 >many
	{ lines 64 60 && lines 1 61; } >uneven
	lines 65 19 >short
	lines 65 60 | tr '\n' '\r' >carriage_returns
	lines 65 60 | tr '0' '\0' >nul
	printf -- '-----BEGIN PGP MESSAGE-----\n' >gpg
	lines 1 5000 >long
	echo >newline
	: >empty
	;;
veracrypt_header)
	header 0005 0000000000000000 0000000000049800 0000000000020000 0000000000049800 00000000 00000200 >good
	header 0005 0000000000000000 0000000000049800 0000000000020000 0000000000049800 00000001 00000200 >system
	header 0005 0000000000049800 0000000000049800 0000000000020000 0000000000049800 00000000 00000200 >hidden
	header 0005 0000000000000000 0000000000049800 0000000000020000 0000000000049800 00000000 00001000 >sector_4096
	header 0005 0000000000000000 0000000000049800 0000000000000000 0000000000049800 00000000 00000200 >no_offset
	header 0005 0000000000000000 0000000000049800 ffffffffffffffff ffffffffffffffff 00000000 00000200 >huge
	header 0005 0000000000000000 0000000000049800 7ffffffffffff800 7ffffffffffff800 00000000 00000200 >overflow
	header 0005 0000000000000000 0000000000049800 0000000000020001 0000000000049800 00000000 00000200 >odd
	;;
contents)
	at 32769 CD001 >iso9660
	at 32769 BEA01 >udf
	at 0 hsqs >squashfs
	at 3 'EXFAT   ' >exfat
	at 82 'FAT32   ' >fat
	at 257 ustar >tar
	at 0 'LUKS\xba\xbe' >luks
	{ zeros 1080 && bytes_of 53ef0100 && zeros 1000; } >ext
	: >empty
	;;
volume_descriptor)
	{ descriptor 1 CD001 c8000000000000c8 00080800 && descriptor 377 CD001 && zeros 4096; } >iso9660
	{ descriptor 2 CD001 && descriptor 1 CD001 ffffffffffffffff 00080800; } >second_and_large
	descriptor 1 CD001 00000000ffffffff 00080800 >other_endian
	descriptor 1 CD001 c8000000000000c8 00000000 >no_block_size
	descriptor 1 CD001 ffffffffffffffff ffffffff >large_block_size
	descriptor 1 CD001 c8000000000000c8 00020200 | head -c 2047 >almost
	{ descriptor 0 BEA01 && descriptor 0 NSR02 && descriptor 0 TEA01; } >udf
	{ descriptor 1 CD001 c8000000000000c8 00080800 && descriptor 0 BEA01 && descriptor 0 NSR03; } >bridge
	zeros 32768 >zeros
	: >empty
	;;
*)
	echo "corpus.sh: no fuzzer $fuzzer" >&2
	exit 2
	;;
esac

for file in *; do
	n=$(stat -c %s "$file")
	[ "$n" -gt 1 ] || continue
	head -c $((n / 2)) "$file" >"$file.half"
	head -c $((n - 1)) "$file" >"$file.cut"
	{ cat "$file" && printf x; } >"$file.longer"
	for at in 0 1 7 20 37 47 60 66 190 300 $((n - 2)) $((n - 1)); do
		[ "$at" -lt "$n" ] || continue
		for byte in '\0' '\n' '\377' '\200'; do
			cp "$file" "$file.$at$byte"
			printf '%b' "$byte" | dd of="$file.$at$byte" bs=1 seek="$at" conv=notrunc status=none
		done
	done
done
