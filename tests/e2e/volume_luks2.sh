#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# LUKS2 volumes as src/crypto makes them, proven by cryptsetup: the header by luksDump, the secrets by
# the commands that are printed, the cipher text by decrypting in place. And the other way round:
# what cryptsetup made is opened by us.
. "$top_srcdir/tests/lib/tap.sh"
. "$top_srcdir/tests/e2e/lib.sh"
volume=$top_builddir/tests/e2e/volume
cd "$tmp" || exit
need cryptsetup
weak=(pbkdf-weak pbkdf=pbkdf2 pbkdf-iterations=1000)
head -c 700000 /dev/urandom >raw
head -c 701 /dev/zero | tr '\0' x >>raw
# what is encrypted: padded to whole blocks
cp raw payload && truncate -s %2048 payload
printf 'correct horse battery\n' >pass
printf 'zwei  Leerzeichen "und" $mehr' >pass2
printf 'line one\nline two\n\0\xff' >'key file'
head -c 64 /dev/urandom >key64
chmod 600 pass pass2 'key file' key64

make_volume() { # image param...; facts in $image.facts
	"$volume" make luks2 "$@" <raw 2>"$1.facts"
}
# Decrypted in place by cryptsetup, in userspace; the plaintext is at the start of IMAGE.plain, which
# does not get shorter.
decrypt() { # image pass-option...
	cp "$1" "$1.plain"
	rm -f "$1.hdr"
	cryptsetup -q reencrypt --decrypt --force-offline-reencrypt --disable-locks --header "$1.hdr" \
		"${@:2}" "$1.plain" >"$1.log" 2>&1
}
is_plain() { # image
	cmp -n "$(stat -c %s payload)" payload "$1.plain"
}

# the defaults, once at full cost
make_volume default.img pass=pass
tap_ok "a volume with default costs is made"
dump=$(cryptsetup luksDump default.img)
tap_like "$dump" 'sector: 2048' "sectors of 2048 bytes"
tap_like "$dump" 'cipher: aes-xts-plain64' "aes-xts-plain64"
tap_like "$dump" 'Key: +512 bits' "keys of 512 bits"
tap_like "$dump" 'offset: 1048576 ' "the payload starts at 1 MiB"
tap_like "$dump" 'Metadata area:\s+16384' "16 KiB of metadata"
tap_like "$dump" 'PBKDF: +argon2id' "Argon2id"
tap_like "$dump" 'Time cost: +4$' "4 passes"
tap_like "$dump" 'Memory: +262144$' "256 MiB"
tap_like "$dump" 'Label:\s+\(no label\)' "no label unless asked for"
tap_like "$dump" '0: xburncrypt' "our token is in the header"
tap_is "$(fact default.img memory) $(fact default.img iterations)" "262144 4" "the facts are the header's"
tap_is "$(fact default.img parallel)" "$(sed -n 's/.*Threads: *//p' <<<"$dump")" \
	"the threads are those of the header"
tap_is "$(fact default.img uuid)" "$(cryptsetup luksUUID default.img)" "so is the UUID"
try_command default.img
tap_ok "the printed command opens it"
decrypt default.img <pass
tap_ok "cryptsetup decrypts it"
is_plain default.img
tap_ok "the plaintext is the payload"
grep -q . <(grep -v '^[a-z-]*: ' default.img.facts)
[ $? = 1 ] && ! grep -q '^warning' default.img.facts
tap_ok "nothing is warned of"

# secrets
for kind in pass=pass pass=pass2 bytes=pass 'bytes=key file' 'key=key file' key=key64 key=pass; do
	make_volume secret.img "${weak[@]}" "$kind" && try_command secret.img
	tap_ok "opened by the printed command: $kind"
done
if command -v xxd >/dev/null; then
	make_volume secret.img "${weak[@]}" hex=00ff0a0d20aB &&
		echo 00ff0a0d20ab | try_command secret.img
	tap_ok "opened by the printed command: hex"
else
	tap_skip "hex" "no xxd"
fi
make_volume 'odd '\''name.img' "${weak[@]}" pass=pass && try_command 'odd '\''name.img'
tap_ok "a name with blanks and quotes is quoted"
make_volume -- "${weak[@]}" pass=pass 2>/dev/null
cp -- ./-- secret.img && "$volume" inspect luks2 -- 2>&1 | grep -q 'command: cryptsetup open --readonly ./-- disc'
tap_ok "a name that looks like an option is none in the command"
make_volume secret.img "${weak[@]}" pass=pass
if cryptsetup open --test-passphrase --disable-locks secret.img <pass2 2>/dev/null; then false; else true; fi
tap_ok "another passphrase does not open it"

# several
make_volume several.img "${weak[@]}" pass=pass pass=pass2 'key=key file'
tap_ok "three secrets, three slots"
tap_is "$(fact several.img slots)" 3 "the facts tell of three slots"
cryptsetup open --test-passphrase --disable-locks --key-slot 0 several.img <pass &&
	cryptsetup open --test-passphrase --disable-locks --key-slot 1 several.img <pass2 &&
	cryptsetup open --test-passphrase --disable-locks --key-slot 2 --key-file 'key file' several.img
tap_ok "each secret opens its own slot"
for i in pass=pass pass=pass2 'key=key file'; do
	"$volume" open luks2 several.img "$i" 2>/dev/null | cmp - payload
	tap_ok "we open it with $i"
done
for i in 256:7 512:3 128:15; do
	n=${i#*:} secrets=()
	cipher=aes-xts-plain64
	[ "${i%:*}" != 128 ] || cipher=aes-cbc-plain64
	for ((j = 0; j < n; j++)); do
		echo "passphrase $j" >"p$j"
		secrets+=("pass=p$j")
	done
	make_volume room.img "${weak[@]}" cipher=$cipher key-size="${i%:*}" "${secrets[@]}" &&
		cryptsetup open --test-passphrase --disable-locks room.img <"p$((n - 1))"
	tap_ok "$n secrets fit with keys of ${i%:*} bits"
	make_volume room.img "${weak[@]}" cipher=$cipher key-size="${i%:*}" "${secrets[@]}" pass=pass
	tap_is "$? $(grep -c "room for $n secrets" room.img.facts)" "2 1" "one more is refused, with the number"
done

# label, UUID, token
make_volume label.img "${weak[@]}" pass=pass label='Büro 2024' uuid=0A1B2C3D-0000-4000-8000-00000000000f
dump=$(cryptsetup luksDump label.img)
tap_like "$dump" 'Label:\s+Büro 2024\s*$' "the label is readable without the key"
tap_like "$dump" 'UUID:\s+0a1b2c3d-0000-4000-8000-00000000000f' "the UUID is the one asked for"
json=$(cryptsetup luksDump --dump-json-metadata label.img | tr -d ' \t\n')
tap_like "$json" '"payload_bytes":"'"$(stat -c %s payload)"'"' "the token has the payload's length"
tap_like "$json" '"cipher":"aes-xts-plain64"' "and the cipher"
tap_is "$(fact label.img payload)" "$(stat -c %s payload)" "which is read back"
make_volume unknown.img "${weak[@]}" pass=pass size=unknown
json=$(cryptsetup luksDump --dump-json-metadata unknown.img | tr -d ' \t\n')
tap_like "$json" '"payload_bytes":"unknown"' "a length that nobody knows is unknown"
"$volume" open luks2 unknown.img pass=pass 2>/dev/null | cmp - payload
tap_ok "it opens all the same"

# ciphers and sectors
for row in "aes-xts-plain64 512" "aes-xts-plain64 256" "aes-xts-plain 512" "aes-cbc-plain64 256" \
	"aes-cbc-plain 192" "aes-cbc-essiv:sha256 256" "aes-cbc-essiv:sha256 128" "camellia-cbc-plain64 256"; do
	for sector in 512 1024 2048; do
		read -r cipher bits <<<"$row"
		make_volume row.img "${weak[@]}" cipher="$cipher" key-size="$bits" sector-size=$sector pass=pass &&
			"$volume" open - row.img pass=pass 2>/dev/null | cmp - payload
		tap_ok "made and opened: $row, sectors of $sector"
		# the cipher itself has tests of its own
		[ "$sector" = 2048 ] || [ "$row" = "aes-xts-plain64 512" ] || continue
		decrypt row.img <pass && is_plain row.img
		tap_ok "decrypted by cryptsetup: $row, sectors of $sector" || tap_note "$(cat row.img.log)"
	done
done

# costs
make_volume argon.img pbkdf-weak pbkdf-memory=65 pbkdf-iterations=5 pbkdf-parallel=1 pass=pass
tap_is "$(cryptsetup luksDump argon.img | grep -E 'Time|Memory|Threads' | tr -dc '0-9 ' | tr -s ' ')" \
	" 5 65 1" "Argon2's costs are those asked for"
make_volume floor.img pbkdf-memory=32768 pbkdf=argon2id pass=pass
tap_ok "the floor of Argon2id is allowed"
make_volume floor.img pbkdf=pbkdf2 pbkdf-iterations=600000 pass=pass
tap_ok "the floor of PBKDF2 is allowed"
tap_like "$(cryptsetup luksDump floor.img)" 'Iterations: 600000' "and in the header"

refused() { # words param...
	rm -f refused.img
	messages=refused.img.facts tap_refused 2 "^fail: .*$1" "refused: ${*:2}" make_volume refused.img "${@:2}"
}
refused 'pbkdf-memory: 32767 KiB' pass=pass pbkdf-memory=32767
refused 'pbkdf-memory: 31 KiB is less' pass=pass pbkdf-memory=31 pbkdf-weak
refused 'pbkdf-memory: 4194305 KiB is more' pass=pass pbkdf-memory=4194305
refused 'pbkdf-iterations: 3 passes' pass=pass pbkdf-iterations=3
refused 'pbkdf-iterations: 3 passes' pass=pass pbkdf-iterations=3 pbkdf-weak
refused 'pbkdf-iterations: 599999 rounds' pass=pass pbkdf=pbkdf2 pbkdf-iterations=599999
refused 'pbkdf-iterations: 999 rounds' pass=pass pbkdf=pbkdf2 pbkdf-iterations=999 pbkdf-weak
refused 'pbkdf-parallel: 5 threads' pass=pass pbkdf-parallel=5
refused 'pbkdf-memory: does not apply to pbkdf2' pass=pass pbkdf=pbkdf2 pbkdf-memory=65536
refused 'pbkdf-parallel: does not apply to pbkdf2' pass=pass pbkdf=pbkdf2 pbkdf-parallel=2
refused 'pbkdf: unknown key derivation scrypt' pass=pass pbkdf=scrypt
refused '4096' pass=pass sector-size=4096
refused '1536' pass=pass sector-size=1536
refused 'takes keys of' pass=pass key-size=384
refused 'takes keys of' pass=pass cipher=aes-cbc-plain64 key-size=512
refused 'unknown cipher' pass=pass cipher=serpent-xts-plain64
refused 'uuid: .* is not a UUID' pass=pass uuid=1234
refused 'label: has 48 bytes' pass=pass label=123456789012345678901234567890123456789012345678
refused 'label: .*control' pass=pass label=$'a\tb'
refused 'hash: does not apply to the format luks2' pass=pass hash=sha256
refused 'iv-large-sectors: does not apply' pass=pass iv-large-sectors
refused 'skip: does not apply' pass=pass skip=8
refused 'encstyle: does not apply' pass=pass style=new
refused 'pim: does not apply' pass=pass pim=5
refused 'needs a passphrase'
: >empty && chmod 600 empty
refused 'the secret is empty' key=empty

# memory; a build with sanitizers needs more for itself
limit=200000
(ulimit -v $limit && "$volume" recognise payload >/dev/null 2>&1) || limit=
if [ "$limit" ]; then
	(ulimit -v $limit && make_volume memory.img pass=pass)
	tap_is "$? $(grep -c '256 MiB of memory' memory.img.facts) $(grep -c '^hint: .*-pbkdf-memory' memory.img.facts)" \
		"1 1 1" "too little memory for Argon2id is told, with what helps" || tap_note "$(cat memory.img.facts)"
	(ulimit -v $limit && "$volume" open luks2 default.img pass=pass >/dev/null 2>open.facts)
	tap_is "$? $(grep -c '256 MiB of memory' open.facts)" "1 1" "when opening too" || tap_note "$(cat open.facts)"
else
	tap_skip "too little memory for Argon2id" "this build needs more itself"
fi
if [ "$(awk '/MemTotal/ { print $2 }' /proc/meminfo)" -lt 8000000 ]; then
	make_volume memory.img pass=pass pbkdf-memory=4194304
	tap_is "$? $(grep -c 'KiB instead of 4194304' memory.img.facts)" "1 1" \
		"a cost that libcryptsetup lowers is an error"
else
	tap_skip "a cost that libcryptsetup lowers is an error" "this machine has the memory"
fi

# wrong keys, damage
"$volume" open luks2 several.img 'key=pass2' >/dev/null 2>&1
tap_ok "a passphrase without a newline is also its own key file"
"$volume" open luks2 several.img key=key64 >/dev/null 2>open.facts
tap_is "$? $(grep -c 'no key slot opens with these 64 bytes' open.facts) $(grep -c ^hint open.facts)" "3 1 1" \
	"a wrong key file is told, with a hint"
"$volume" open luks2 secret.img pass=pass2 >open.out 2>open.facts
tap_is "$? $(grep -c 'no key slot opens with this passphrase' open.facts) $(stat -c %s open.out)" "3 1 0" \
	"a wrong passphrase is told, and nothing comes out"
"$volume" open luks2 raw pass=pass >/dev/null 2>open.facts
tap_is "$? $(grep -c 'has no LUKS2 header' open.facts)" "3 1" "what is no LUKS2 is told"
tap_is "$("$volume" recognise secret.img) $("$volume" recognise raw)" "luks2 nothing" "recognised by its first bytes"
cp secret.img damaged.img && dd if=/dev/urandom of=damaged.img bs=4096 count=4 conv=notrunc status=none
tap_is "$("$volume" recognise damaged.img)" luks2 "recognised by the second header"
"$volume" open - damaged.img pass=pass 2>/dev/null | cmp - payload
tap_ok "opened by the second header"
dd if=/dev/zero of=damaged.img bs=4096 count=8 conv=notrunc status=none
"$volume" open luks2 damaged.img pass=pass >/dev/null 2>open.facts
tap_is "$?" 3 "without either header there is none"
cp secret.img damaged.img && printf x | dd of=damaged.img bs=1 seek=5000 conv=notrunc status=none &&
	printf x | dd of=damaged.img bs=1 seek=$((16384 + 5000)) conv=notrunc status=none
"$volume" open luks2 damaged.img pass=pass >/dev/null 2>open.facts
tap_is "$? $(grep -c 'damaged' open.facts)" "1 1" "a damaged header is told"
head -c 100000 secret.img >short.img
"$volume" open luks2 short.img pass=pass >/dev/null 2>open.facts
tap_is "$? $(grep -c truncated open.facts)" "1 1" "a header cut short is told" || tap_note "$(cat open.facts)"
head -c 1200000 secret.img >short.img
"$volume" inspect luks2 short.img 2>open.facts
tap_is "$? $(grep -c '^warning: the payload is truncated' open.facts)" "0 1" "a missing end is told" ||
	tap_note "$(cat open.facts)"

# detached
make_volume detached.img "${weak[@]}" pass=pass header='header file'
tap_ok "a detached header is made"
tap_is "$(stat -c %s detached.img)" "$(stat -c %s payload)" "the image is the cipher text alone"
tap_is "$(fact detached.img offset)" 0 "which starts at 0"
try_command detached.img
tap_ok "the printed command names the header and opens it"
cp 'header file' h2 && cp detached.img detached.plain &&
	cryptsetup -q reencrypt --decrypt --force-offline-reencrypt --disable-locks --header h2 \
		detached.plain <pass >log 2>&1 && is_plain detached
tap_ok "cryptsetup decrypts it" || tap_note "$(cat log)"
"$volume" open - detached.img pass=pass header='header file' 2>/dev/null | cmp - payload
tap_ok "we open it"
"$volume" open luks2 'header file' pass=pass >/dev/null 2>open.facts
tap_is "$? $(grep -c 'is a detached LUKS header' open.facts)" "3 1" "a header alone holds no payload"

# made by cryptsetup
foreign() { # name pass-file luksFormat-option...
	local n=$((16 * 1024 * 1024))
	cp payload foreign.img
	truncate -s %4096 foreign.img
	cp foreign.img foreign.wanted
	truncate -s +$((2 * n)) foreign.img
	cryptsetup -q reencrypt --encrypt --type luks2 --force-offline-reencrypt --disable-locks \
		--reduce-device-size 32M "${@:3}" foreign.img <"$2" >foreign.log 2>&1 &&
		"$volume" open - foreign.img pass="$2" 2>foreign.facts |
		cmp -n "$(stat -c %s foreign.wanted)" - foreign.wanted
	tap_ok "opened: $1" || tap_note "$(cat foreign.log foreign.facts)"
}
cheap=(--pbkdf pbkdf2 --pbkdf-force-iterations 1000)
foreign "cryptsetup's own defaults" pass --pbkdf-force-iterations 4 --pbkdf-memory 32
foreign "sectors of 4096" pass "${cheap[@]}" --sector-size 4096
foreign "64k of metadata" pass "${cheap[@]}" --luks2-metadata-size 64k --sector-size 2048
foreign "4m of metadata" pass "${cheap[@]}" --luks2-metadata-size 4m --luks2-keyslots-size 4m --sector-size 512
foreign "aes-cbc-essiv:sha256" pass "${cheap[@]}" -c aes-cbc-essiv:sha256 -s 256 --sector-size 512
foreign "argon2i" pass --pbkdf argon2i --pbkdf-force-iterations 4 --pbkdf-memory 64

# What no one would make here: the JSON of both headers rewritten by sed, checksums made right
# (LUKS2 1.1.2, 2.1: SHA-256 over a copy with its checksum zeroed, at byte 448).
forge() { # image sed-expression
	local at
	for at in 0 16384; do
		dd if="$1" bs=4096 skip=$((at / 4096)) count=1 status=none >binary
		dd if="$1" bs=4096 skip=$((at / 4096 + 1)) count=3 status=none | tr -d '\0' | sed -E "$2" >json
		truncate -s 12288 json
		dd if=/dev/zero of=binary bs=1 seek=448 count=64 conv=notrunc status=none
		cat binary json | sha256sum | cut -c 1-64 | xxd -r -p |
			dd of=binary bs=1 seek=448 conv=notrunc status=none
		cat binary json | dd of="$1" bs=4096 seek=$((at / 4096)) conv=notrunc status=none
	done
}
forged() { # sed-expression words status
	cp several.img forged.img
	forge forged.img "$1"
	"$volume" open luks2 forged.img pass=pass >/dev/null 2>open.facts
	tap_is "$? $(grep -Ec "^fail: .*$2" open.facts)" "$3 1" "refused: $2" || tap_note "$(cat open.facts)"
}
if command -v xxd >/dev/null; then
	make_volume several.img pbkdf-weak pbkdf-memory=32 pass=pass pass=pass2
	cp several.img forged.img
	forge forged.img 's/nothing/nothing/'
	"$volume" open luks2 forged.img pass=pass 2>open.facts | cmp - payload
	tap_ok "a header that is written back as it was opens" || tap_note "$(cat open.facts)"
	forged 's/"encryption":"aes-xts-plain64","sector/"encryption":"serpent-xts-plain64","sector/' \
		'serpent-xts-plain64.* not supported' 1
	forged 's/("area":[^}]*"encryption":")aes/\1serpent/g' 'with an unsupported cipher' 1
	forged 's/("sector_size":2048)/\1,"integrity":{"type":"hmac(sha256)","journal_encryption":"none","journal_integrity":"none"}/' \
		'dm-integrity' 1
	forged 's/("keyslots_size":"[0-9]*")/\1,"requirements":{"mandatory":["something-new"]}/' 'requires an unknown feature' 1
	forged 's/"memory":32/"memory":2097153/' 'too costly a key derivation' 1
	forged 's/"time":4/"time":4000000/' 'too costly a key derivation' 1
	forged 's/"iterations":1000/"iterations":2000000000/' 'too costly a key derivation' 1
	forged 's/("sector_size":)2048/\18192/' 'sectors of 8192' 1
	forged 's/("offset":)"32768"/\1"3276800"/' 'damaged' 1
	forged 's/"keyslots":\{.*"tokens"/"keyslots":{},"tokens"/; s/("keyslots":)\["0","1"\]/\1[]/' 'no key slot in use' 1
	cp several.img forged.img
	forge forged.img 's/"payload_bytes":"[0-9]*"/"payload_bytes":"18446744073709551616"/'
	"$volume" open luks2 forged.img pass=pass 2>open.facts | cmp - payload
	tap_is "$? $(sed -n 's/^payload: //p' open.facts)" "0 0" "an absurd length in the token is none"
	cp several.img forged.img
	forge forged.img 's/"time":4/"time":4001/; s/"memory":32/"memory":20480/'
	"$volume" open luks2 forged.img pass=pass >/dev/null 2>open.facts
	tap_like "$(cat open.facts)" '^hint: .*-allow-costly-kdf' "what can be done is told"
	forge forged.img 's/"time":4001/"time":5/; s/"memory":20480/"memory":2097160/; s/"cpus":[0-9]/"cpus":1/'
	if [ "$limit" ]; then
		(ulimit -v $limit && "$volume" open luks2 forged.img pass=pass allow-costly-kdf >/dev/null 2>open.facts)
		tap_is "$? $(grep -c '2049 MiB of memory' open.facts)" "1 1" "and then it is tried" || tap_note "$(cat open.facts)"
	fi
else
	tap_skip "forged headers" "no xxd"
fi
truncate -s 20M foreign2.img
cryptsetup -q luksFormat --disable-locks --pbkdf argon2id --pbkdf-force-iterations 600 --pbkdf-memory 32 \
	--label costly --sector-size 2048 foreign2.img <pass >/dev/null 2>&1
"$volume" inspect luks2 foreign2.img 2>open.facts
tap_is "$? $(sed -n 's/^iterations: //p' open.facts)" "0 600" "costs are told without the key"

# as nobody, without locked memory; nothing is left behind
if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null; then
	mkdir open && chmod 755 . && chmod 777 open && cp raw pass key64 open && chmod 644 open/*
	# the program itself may stand where nobody may go
	cp "$volume" open/program
	(cd open && setpriv --reuid 65534 --regid 65534 --clear-groups bash -c '
		ulimit -l 0
		./program make luks2 n.img pass=pass pbkdf-weak pbkdf-memory=64 <raw 2>n.log &&
		./program open luks2 n.img pass=pass >plain 2>>n.log && cmp -n 700701 plain raw')
	tap_ok "an unprivileged user makes and opens one, with no memory to lock" || tap_note "$(cat open/n.log)"
else
	tap_skip "an unprivileged user" "needs root to become one"
fi
tap_done
