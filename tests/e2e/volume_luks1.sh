#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# LUKS1 volumes as src/crypto makes them, opened by cryptsetup, qemu-img and GRUB; and what qemu-img
# made, opened by us.
. "$top_srcdir/tests/lib/tap.sh"
. "$top_srcdir/tests/e2e/lib.sh"
volume=$top_builddir/tests/e2e/volume
cd "$tmp" || exit
need cryptsetup qemu-img
weak=(pbkdf-weak pbkdf-iterations=1000)
head -c 700000 /dev/urandom >payload
truncate -s %2048 payload
printf 'correct horse battery' >pass
printf 'another one' >pass2
printf 'line one\nline two\n' >'key file'
chmod 600 pass pass2 'key file'

make_volume() { # image param...; facts in $image.facts
	"$volume" make luks1 "$@" <payload 2>"$1.facts"
}
qemu() { # image pass-file; the plaintext is in IMAGE.plain
	qemu-img convert --object secret,id=s,file="$2" -O raw \
		--image-opts driver=luks,key-secret=s,file.filename="$1" "$1.plain" >"$1.log" 2>&1
}

make_volume default.img pass=pass
tap_ok "a volume with default costs is made"
dump=$(cryptsetup luksDump default.img)
tap_like "$dump" 'Version:\s+1$' "LUKS1"
tap_like "$dump" 'Cipher mode:\s+xts-plain64' "XTS"
tap_like "$dump" 'MK bits:\s+512' "keys of 512 bits"
tap_like "$dump" 'Payload offset:\s+4096$' "the payload starts at 2 MiB"
tap_like "$dump" 'Iterations:\s+2000000' "2,000,000 rounds"
tap_like "$dump" 'Hash spec:\s+sha256' "SHA-256"
tap_is "$(fact default.img iterations) $(fact default.img pbkdf) $(fact default.img uuid)" \
	"2000000 pbkdf2 $(cryptsetup luksUUID default.img)" "the facts are the header's"
try_command default.img
tap_ok "the printed command opens it"
qemu default.img pass && cmp default.img.plain payload
tap_ok "qemu-img decrypts it" || tap_note "$(cat default.img.log)"
"$volume" open - default.img pass=pass 2>/dev/null | cmp - payload
tap_ok "we open it"

for row in "aes-xts-plain64 256" "aes-cbc-plain64 128" "aes-cbc-plain 256" "aes-cbc-essiv:sha256 256"; do
	read -r cipher bits <<<"$row"
	make_volume row.img "${weak[@]}" cipher="$cipher" key-size="$bits" pass=pass && qemu row.img pass &&
		cmp row.img.plain payload && "$volume" open luks1 row.img pass=pass 2>/dev/null | cmp - payload
	tap_ok "made, decrypted by qemu-img, opened by us: $row" || tap_note "$(cat row.img.facts row.img.log)"
done
# qemu-img knows no Camellia in LUKS, and fails an assertion of its own with 192 bits
for row in "camellia-cbc-plain64 256" "aes-cbc-plain64 192"; do
	read -r cipher bits <<<"$row"
	make_volume row.img "${weak[@]}" cipher="$cipher" key-size="$bits" pass=pass && try_command row.img &&
		"$volume" open luks1 row.img pass=pass 2>/dev/null | cmp - payload
	tap_ok "made, opened by cryptsetup and by us: $row"
done

make_volume several.img "${weak[@]}" pass=pass pass=pass2 'key=key file' uuid=0a1b2c3d-0000-4000-8000-00000000000f
tap_is "$? $(fact several.img slots) $(cryptsetup luksUUID several.img)" \
	"0 3 0a1b2c3d-0000-4000-8000-00000000000f" "three secrets, three slots, the UUID asked for"
cryptsetup open --test-passphrase --key-slot 1 several.img <pass2 &&
	cryptsetup open --test-passphrase --key-slot 2 --key-file 'key file' several.img
tap_ok "each secret opens its own slot"
qemu several.img pass2 && cmp several.img.plain payload
tap_ok "qemu-img opens the second slot"
"$volume" open luks1 several.img 'key=key file' 2>/dev/null | cmp - payload
tap_ok "we open the third"
many=()
for i in 1 2 3 4 5 6 7 8; do
	echo "passphrase $i" >"p$i"
	many+=("pass=p$i")
done
make_volume eight.img "${weak[@]}" "${many[@]}" && cryptsetup open --test-passphrase --key-slot 7 eight.img <p8
tap_ok "eight secrets fit"
make_volume nine.img "${weak[@]}" "${many[@]}" pass=pass
tap_is "$? $(grep -c 'room for 8 secrets' nine.img.facts)" "2 1" "a ninth is refused"

make_volume detached.img "${weak[@]}" pass=pass header=header && try_command detached.img
tap_ok "the printed command names a detached header and opens it"
tap_is "$(stat -c %s detached.img)" "$(stat -c %s payload)" "the image is the cipher text alone"
"$volume" open - detached.img header=header pass=pass 2>/dev/null | cmp - payload
tap_ok "we open it"

refused() { # words param...
	messages=refused.img.facts tap_refused 2 "^fail: .*$1" "refused: ${*:2}" make_volume refused.img "${@:2}"
}
refused 'pbkdf: the format luks1 supports only pbkdf2' pass=pass pbkdf=argon2id
refused 'sector-size: does not apply' pass=pass sector-size=512
refused 'label: does not apply' pass=pass label=x
refused '599999 rounds' pass=pass pbkdf-iterations=599999
refused 'pbkdf-memory: does not apply to pbkdf2' pass=pass pbkdf-memory=1000

# made by qemu-img, whose benchmark of PBKDF2 sometimes gives up on a busy machine
convert() { # qemu-options
	local _
	for _ in 1 2 3 4 5 6 7 8; do
		qemu-img convert --object secret,id=s,file=pass -f raw -O luks -o "key-secret=s,iter-time=10$1" \
			payload foreign.img >log 2>&1 && return
		grep -q 'accurate CPU usage' log || return
	done
	return 1
}
foreign() { # name qemu-options
	rm -f foreign.img
	if ! convert "$2" && grep -q 'accurate CPU usage' log; then
		tap_skip "made by qemu-img, opened by us: $1" "qemu-img: $(cat log)"
		return
	fi
	"$volume" open - foreign.img pass=pass 2>foreign.facts | cmp - payload
	tap_ok "made by qemu-img, opened by us: $1" || tap_note "$(cat log foreign.facts)"
}
foreign "its defaults" ""
foreign "cbc-essiv, SHA-512" ",cipher-alg=aes-256,cipher-mode=cbc,ivgen-alg=essiv,ivgen-hash-alg=sha256,hash-alg=sha512"
foreign "cbc-plain64, 128 bits, SHA-1" ",cipher-alg=aes-128,cipher-mode=cbc,ivgen-alg=plain64,hash-alg=sha1"

# wrong keys, damage, hostile headers; offsets are those of LUKS1 1.2.3, figure 1
"$volume" open luks1 several.img pass='key file' >/dev/null 2>&1
tap_is "$?" 2 "a passphrase of two lines is refused"
printf 'wrong' >wrong && chmod 600 wrong
"$volume" open luks1 several.img pass=wrong >/dev/null 2>open.facts
tap_is "$? $(grep -c 'no key slot opens with this passphrase' open.facts)" "3 1" "a wrong passphrase is told"
"$volume" open luks2 several.img pass=pass >/dev/null 2>open.facts
tap_is "$? $(grep -c 'has no LUKS2 header' open.facts)" "3 1" "LUKS1 is no LUKS2"
tap_is "$("$volume" recognise several.img)" luks1 "recognised by its first bytes"
patched() { # offset hex-digits words [status]
	cp several.img patched.img
	xxd -r -p <<<"$2" | dd of=patched.img bs=1 seek="$1" conv=notrunc status=none
	(ulimit -t 20 && exec "$volume" open luks1 patched.img pass=pass) >/dev/null 2>open.facts # seconds of the processor
	tap_is "$? $(grep -Ec "^fail: .*$3" open.facts)" "${4-1} 1" "refused: $3 (byte $1)" || tap_note "$(cat open.facts)"
}
if command -v xxd >/dev/null; then
	patched 212 ffffffff 'too costly a key derivation'
	patched 164 7fffffff 'too costly a key derivation'
	patched 72 6e6f2d6861736800 'damaged|can.t be unlocked'
	patched 8 73657270656e7400 'unsupported'
	patched 104 00000008 'damaged'
	patched 104 ffffffff 'puts the payload at byte' 3
	patched 108 0000ffff 'damaged|not known|no sensible place'
	patched 248 7fffffff 'damaged|truncated'
	patched 252 00000000 'damaged|no sensible place'
	patched 252 ffffffff 'damaged|no sensible place'
else
	tap_skip "hostile headers" "no xxd"
fi
head -c 100000 several.img >short.img
"$volume" open luks1 short.img pass=pass >/dev/null 2>open.facts
tap_is "$? $(grep -c 'truncated' open.facts)" "1 1" "a header cut short is told" || tap_note "$(cat open.facts)"

# GRUB
if command -v grub-fstest >/dev/null && command -v genisoimage >/dev/null; then
	mkdir tree && cp payload tree/data.bin && genisoimage -quiet -R -o payload tree
	for row in "luks1" "luks1 cipher=aes-cbc-essiv:sha256" "luks2" "luks2 sector-size=512"; do
		read -ra params <<<"$row"
		"$volume" make "${params[0]}" grub.img pass=pass "${weak[@]}" pbkdf=pbkdf2 "${params[@]:1}" <payload 2>log &&
			(cat pass && echo) | grub-fstest -C grub.img cp '(crypto0)/data.bin' out >>log 2>&1 &&
			cmp out tree/data.bin
		tap_ok "GRUB reads a file inside: $row" || tap_note "$(cat log)"
		rm -f out
	done
else
	tap_skip "GRUB" "no grub-fstest or genisoimage"
fi
tap_done
