#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Makes the inputs that fuzzing starts from: corpus.sh FUZZER DIRECTORY. All from the text below; what
# a replay makes of each: replay.c.
set -eu
fuzzer=$1
here=$(cd "$(dirname "$0")" && pwd)
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

slot() { # number iterations offset: a key slot of LUKS2
	printf '"%d":{"type":"luks2","key_size":64,"af":{"type":"luks1","stripes":4000,"hash":"sha256"},' "$1"
	printf '"area":{"type":"raw","offset":"%s","size":"258048","encryption":"aes-xts-plain64",' "$3"
	printf '"key_size":64},"kdf":{"type":"pbkdf2","hash":"sha256","iterations":%s,"salt":"%s"}}' "$2" "$salt"
}
luks2() { # slots slot-names tokens sector-size
	printf '{"keyslots":{%s},"tokens":{%s},' "$1" "$3"
	printf '"segments":{"0":{"type":"crypt","offset":"1048576","size":"dynamic","iv_tweak":"0",'
	printf '"encryption":"aes-xts-plain64","sector_size":%s}},"digests":{"0":{"type":"pbkdf2",' "$4"
	printf '"keyslots":[%s],"segments":["0"],"hash":"sha256","iterations":1000,"salt":"%s",' "$2" "$salt"
	printf '"digest":"%s"}},"config":{"json_size":"12288","keyslots_size":"1015808"}}' "$salt"
}
token() { # payload_bytes
	printf '{"type":"xburncrypt","keyslots":[],"version":1,"payload_bytes":%s,"sector_bytes":2048}' "$1"
}
# base64 of 32 zeros
salt=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=
luks1() { # cipher mode hash payload-sectors key-bytes active stripes material-sector, numbers in hex
	printf 'LUKS' && bytes_of babe0001
	printf '%s' "$1" && zeros $((32 - ${#1}))
	printf '%s' "$2" && zeros $((32 - ${#2}))
	printf '%s' "$3" && zeros $((32 - ${#3}))
	bytes_of "$4$5" && zeros 52 && bytes_of 000003e8
	printf '01234567-89ab-4def-8123-456789abcdef' && zeros 4
	bytes_of "$6""000003e8" && zeros 32 && bytes_of "$8$7"
	for ((i = 1; i < 8; i++)); do
		bytes_of 0000dead00000000 && zeros 32 && bytes_of "$(printf '%08x' $((8 + 504 * i)))"
		bytes_of 00000fa0
	done
}

case $fuzzer in
luks1_header)
	luks1 aes xts-plain64 sha256 00001000 00000040 00ac71f3 00000fa0 00000008 >good
	luks1 aes cbc-essiv:sha256 sha512 00001000 00000020 00ac71f3 00000fa0 00000008 >essiv
	luks1 aes xts-plain64 sha256 00000000 00000040 00ac71f3 00000fa0 00000008 >detached
	luks1 aes xts-plain64 sha256 00001000 00000040 00ac71f3 ffffffff 00000008 >stripes
	luks1 aes xts-plain64 sha256 00001000 7fffffff 00ac71f3 00000fa0 00000008 >long_key
	luks1 aes xts-plain64 sha256 ffffffff 00000040 00ac71f3 00000fa0 00000008 >far
	luks1 aes xts-plain64 sha256 00001000 00000040 00ac71f3 00000fa0 fffffff8 >material
	luks1 serpent xts-plain64 whirlpool 00001000 00000040 00ac71f3 00000fa0 00000008 >serpent
	luks1 aes ecb sha256 00001000 00000020 00ac71f3 00000fa0 00000008 >ecb
	luks1 cipher_null ecb sha256 00001000 00000010 00ac71f3 00000fa0 00000008 >null
	;;
luks2_header)
	luks2 "$(slot 0 1000 32768)" '"0"' "\"0\":$(token '"4096"')" 2048 >good
	luks2 "$(slot 0 1000 32768),$(slot 1 4000000000 290816)" '"0","1"' "" 512 >two
	luks2 "" "" "" 512 >none
	luks2 "$(slot 0 0 32768)" '"0"' "" 512 >free_of_charge
	luks2 "$(slot 0 1000 3276800)" '"0"' "" 512 >far_slot
	luks2 "$(slot 0 1000 32768)" '"0"' "" 8192 >sector
	luks2 "$(slot 0 1000 32768)" '"0"' "" 512 | sed 's/1048576/2097152/' >far_payload
	luks2 "$(slot 0 99999999999999999999 32768)" '"0"' "" 512 >rounds
	luks2 "$(slot 0 1000 32768)" '"0"' "\"0\":$(token 7),\"1\":{\"type\":\"other\",\"keyslots\":[\"0\"]}" 4096 >tokens
	;;
luks2_token)
	token '"4096"' >good
	token '"unknown"' >unknown
	token 18446744073709551615 >huge
	token '"18446744073709551616"' >overflow
	token '{"a":[1,{"b":"}"}],"c":"\"\\\\"}' >nested
	printf '{"payload_bytes":"2048","payload_bytes":"4096","type":"xburncrypt"}' >twice
	printf '{ "type" : "xburncrypt" ,\n"payload_bytes" : "2048" }' >spaces
	head -c 60000 /dev/zero | tr '\0' '[' >deep
	: >empty
	;;
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
sessions)
	# see sessions.c: a session of blocks 40 to 60 with its records, and descriptors; then one broken off at 80
	bytes_of 3700ffff00283c00000038000000014344302800380004003031000028003b00ffff00283c012800 >one
	bytes_of 0f00ffff00283c0000003700ffff00283c00000038000000014344302800380004003031000028003b00ffff00283c012800 >in_place
	bytes_of 3700ffff00283c00000038000000014344302800380004003031000028003b00ffff00283c0128005f00ffff0150640050006000000001434430500060000400303100005000 >broken_off
	: >empty
	;;
heal_reader) # changes of four bytes (tests/fuzz/heal_reader.c)
	printf '' >nothing
	for kind in 00 01 02 03; do
		printf '%b' "\\x$kind\\x10\\x00\\x3f" >"start-$kind"
		printf '%b' "\\x$kind\\xe0\\x00\\x3f" >"tree-$kind"
		printf '%b' "\\x$kind\\x00\\x01\\x3f" >"parity-$kind"
		printf '%b' "\\x$kind\\xe0\\x00\\x01\\x$kind\\x80\\x00\\x20" >"leaf-$kind"
	done
	printf '\006\000\000\000\001\040\000\020' >another-root
	printf '\002\340\000\002\006\000\000\000' >another-tree
	printf '\004\040\000\005' >smaller
	printf '\004\100\200\035\001\000\000\077' >larger
	printf '\005\000\001\000\001\000\000\010' >ends-early
	;;
heal_record)
	facts() { # root numbers-of-rows
		printf 'xburncrypt-heal 1\ndisc 00112233-4455-6677-8899-aabbccddeeff\ndata 8361\nsalt %064d\n' 1
		printf 'root %s\ntree 8384 135\nkernel 8544 34 4\nrows 8704 %s\ncheck 9472 16\n' "$1" "$2"
		printf 'upper 9504 4\nheader 9568 512\nend 10112\n'
	}
	root=$(printf '%064d' 2)
	facts "$root" '37 231 20' >good
	facts - '37 231 20' >anchor
	{ facts "$root" '37 231 20' && printf 'mac %064d\n' 3; } >mac
	{ facts "$root" '37 231 20' && printf 'untrusted comment: a\nb\ntrusted comment: c\nd\ncheck-root %064d\n' 4; } >signed
	facts "$root" '18446744073709551615 231 20' >huge
	facts "$root" '0 231 20' >zero
	: >empty
	;;
heal_state)
	printf 'next 1504\n0 1504 read\n' >whole
	printf 'next 0\n0 1504 unread\n' >begun
	printf 'next 640\n0 32 unreadable\n32 600 read\n632 8 differs\n640 864 unread\n' >part
	printf 'next 0\n0 1503 unread\n' >short
	printf 'next 0\n0 18446744073709551615 unread\n' >huge
	printf 'next 0\n0 10 read\n5 10 unread\n' >overlap
	: >empty
	;;
minisign)
	key() { echo RWSB3zBlFFMvuUB45MHMxOYE8mC/8wjeOjm3wy32bm2vUhCJpCKqMZMB; }
	signature() { # trusted comment
		cat <<-END
			untrusted comment: signature from minisign secret key
			RUSB3zBlFFMvudmhL5RbTmWyYOBmjIYL+3NyFP88XiTv5fDOHO6gFmJ94bDwNO1xF36g5GWV0vNKvcbCVKiXuKWptZGaU+4ftwc=
			trusted comment: $1
			Oq7KMYoTYWZ5dC+5p+eET3tEuoF9b5XvDVy4HDh49YUmI65YcLbsYTjC2Ku5rLdErTqB0qSOdKlCBh3UrCZ1AQ==
		END
	}
	key >key
	{ echo 'untrusted comment: minisign public key B92F53146530DF81' && key; } >file
	signature 'xburncrypt disc 00112233-4455-6677-8899-aabbccddeeff' >signature
	signature '' >other_comment
	signature "$(printf '%0700d' 0)" >long
	printf 'untrusted comment: \n\ntrusted comment: \n\n' >bare
	: >empty
	;;
descriptors)
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
disc_files | extraction)
	mkdir tree tree/sub tree/suc tree/out
	ln -s ../outside tree/sud
	echo in the way >tree/out/theirs
	echo contents >tree/file
	ln tree/file tree/sub/link
	ln -s ../a/./b/../file tree/symlink
	head -c 3000 /dev/zero >tree/sub/zeros
	: >"tree/$(printf '%0150d' 1)"
	setfattr -n user.name -v value tree/file 2>/dev/null || :
	"${XBURNCRYPT:-$here/../../src/xburncrypt}" -quiet -format none -checksums -o tree.iso tree 2>/dev/null
	# behind the files are 300 KiB of padding
	tail -c +32769 tree.iso | head -c 120000 >good
	head -c 40000 good >short
	rm -rf tree tree.iso
	# compressed files, whose header is changed byte by byte
	if command -v genisoimage >/dev/null && command -v mkzftree >/dev/null; then
		mkdir tree
		seq 20000 >tree/compressed
		mkzftree tree packed
		genisoimage -quiet -R -z -no-pad -o z.iso packed 2>/dev/null
		tail -c +32769 z.iso | head -c 120000 >compressed
		at=$(LC_ALL=C grep -aboP '\x37\xe4\x53\x96' compressed | cut -d: -f1 | head -1)
		for ((i = at; i < at + 40; i++)); do
			{ head -c "$i" compressed && printf '\377' && tail -c +$((i + 2)) compressed; } >"compressed_$i"
		done
		rm -rf tree packed z.iso
	fi
	# the directories lie behind the descriptors
	for ((i = 8192; i < 32768; i += 611)); do
		{ head -c $i good && printf '\377\001\000\024' && tail -c +$((i + 5)) good; } >changed_$i
	done
	{ descriptor 1 CD001 c8000000000000c8 00080800 && descriptor 377 CD001 && zeros 4096; } >nothing
	zeros 4096 >zeros
	: >empty
	;;
opening)
	# format, place (64 bytes a unit, two bytes), place within, count, what is changed; the payload is
	# at 0, LUKS1's at 2 MiB, LUKS2's at 1 MiB, its descriptor 32 KiB behind
	for format in 00 01 02 03 04 05; do
		bytes_of $format >"good$format"
	done
	bytes_of 010200020101 >descriptor
	bytes_of 000280000400ff00ff >directory
	bytes_of 00028200020101028400010a >several
	bytes_of 04000108040000ffff >luks1_slot
	bytes_of 0500000804ffffffff >luks2_size
	bytes_of 05004010047b7b7b7b >luks2_json
	;;
udf)
	# the kind, then block, offset and count of each change, and its bytes; blocks as in tests/lib/udf_image.h: the
	# volume's descriptors are at 0050, entries at 012c (physical, virtual: 0140 and every third), 014a (sparable), 0136
	for kind in 00 01 02 03 07 0f; do
		bytes_of $kind >"good$kind"
		bytes_of "$kind"510008010401000000 >"maps$kind"
		bytes_of "$kind"5100d4000400020000 >"block$kind"
	done
	bytes_of 002d013800040000ff7f >root_size
	bytes_of 002e01240001032e01500002ff00 >names
	bytes_of 003201b00008ffffff3fffffffff >extents
	bytes_of 003301b00004000000c0 >no_extents
	bytes_of 003401000104ffffffff003401b00008000000c001000000 >more_extents
	bytes_of 003501180004ffffffff >attributes
	bytes_of 01570298000401000000 >table
	bytes_of 02c80030000203000000 >spares
	bytes_of 032c01d8000800000040ffffffff >metadata
	: >empty
	;;
*)
	echo "corpus.sh: no fuzzer $fuzzer" >&2
	exit 2
	;;
esac
