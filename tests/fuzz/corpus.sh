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
