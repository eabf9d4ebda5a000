#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# run-vm: -b none -m 1024 -a aespipe -a xxd
# Every format, cipher, key size, sector size and kind of secret: an image is made, opened by the very
# commands that xburncrypt printed for it, mounted by the kernel and compared. Ends with the table.
. /kit/tap.sh
. /kit/lib.sh
cd "$tmp" || exit
umask 077
for m in dm-crypt xts essiv camellia_generic sha512_generic md5 algif_skcipher; do
	modprobe $m 2>/dev/null
done

# --- a small tree, and secrets -----------------------------------------------------------------
make_tree tree 300000
wanted=$(digest tree)
random() { head -c "$1" /dev/urandom; }
lines() { # count characters
	for ((i = 0; i < $1; i++)); do
		random "$2" | od -An -v -tx1 | tr -d ' \n' | head -c "$2"
		echo
	done
}
echo 'a passphrase of 32 characters ...' >pass
printf 'it has no newline at its end' >"pass without newline"
echo 'under thirty-two' >short
head -c 20 /dev/urandom | sed 's/\x00/x/g' >bytes && printf '\n\n' >>bytes
for n in 16 24 32 64; do random $n >key$n; done
random 1000 >keyfile
lines 1 40 >single && lines 64 60 >v2 && lines 65 60 >v3
hex=00ff0a0d7f80

# --- one row -----------------------------------------------------------------------------------
rows=()
row() { # name, what the opening command reads from standard input ("-": nothing), options...
	local name=$1 input=$2 failed=
	shift 2
	if ! xburncrypt -o image "$@" tree >summary 2>err; then
		failed="is not made"
	else
		printed_commands summary >commands
		[ "$input" != - ] || input=/dev/null
		if ! bash -e commands <"$input" >opened 2>&1; then
			failed="is not opened"
		elif ! grep -q ' /mnt iso9660 ' /proc/mounts; then
			failed="is not mounted"
		elif [ "$(digest /mnt)" != "$wanted" ]; then
			failed="differs"
		fi
	fi
	[ -z "$failed" ]
	tap_ok "$name" || tap_note "$failed" "xburncrypt $*" "$(cat commands err opened 2>&1)" "$(dmesg | tail -2)"
	rows+=("$(printf '%-58s %s' "$name" "${failed:-ok}")")
	close_all
	rm -f image disc.iso
}
plain() { # cipher bits sector secret-options...
	local cipher=$1 bits=$2 size=$3
	shift 3
	row "plain $cipher $bits $size: $*" - -format plain -cipher "$cipher" -key-size "$bits" \
		-sector-size "$size" "$@"
}
cheap=(-pbkdf-weak -pbkdf pbkdf2 -pbkdf-iterations 1000)

# --- plain: the styles, with every kind of secret ------------------------------------------------
for style in new old; do
	row "$style: passphrase file" - -encstyle $style -pass-file short
	row "$style: passphrase file without a newline" - -encstyle $style -pass-file "pass without newline"
	row "$style: bytes in a file" - -encstyle $style -encpass-file bytes
	row "$style: key file" - -encstyle $style -key-file key32
	printf %s $hex >input
	row "$style: hex digits" input -encstyle $style -encpass-hex $hex
	row "$style: typed passphrase" short -encstyle $style -pass-fd 3 3<short
	row "$style: key from a descriptor" key32 -encstyle $style -key-fd 3 3<key32
done
row "old: 32 bytes are the key" - -encstyle old -encpass-file key32

# --- plain: ciphers, key sizes, sectors, hashes --------------------------------------------------
for iv in plain plain64 essiv:sha256; do
	for size in 512 2048; do
		plain aes-cbc-$iv 256 $size -hash sha256 -pass-file pass
	done
	plain aes-cbc-$iv 128 1024 -key-file key16
	plain aes-cbc-$iv 192 512 -key-file key24
	plain camellia-cbc-$iv 256 512 -hash sha512 -pass-file pass
	plain camellia-cbc-$iv 128 2048 -key-file key16
done
for iv in plain plain64; do
	for size in 512 1024 2048; do
		plain aes-xts-$iv 512 $size -hash sha512 -pass-file pass
		plain aes-xts-$iv 256 $size -key-file key32
	done
done
plain aes-xts-plain64 512 2048 -key-file key64
for hash in sha1 ripemd160 sha256 sha512:40; do
	plain aes-xts-plain64 512 512 -hash $hash -pass-file pass
	plain aes-cbc-plain 256 512 -hash "${hash/40/16}" -encpass-file bytes
done
plain aes-xts-plain64 256 512 -hash plain -pass-file "pass without newline"
plain aes-xts-plain64 512 2048 -hash sha512 -pass-file pass -iv-large-sectors
plain aes-cbc-essiv:sha256 256 1024 -hash sha256 -pass-file pass -iv-large-sectors
plain aes-xts-plain64 512 2048 -hash sha512 -pass-file pass -skip 400
plain aes-xts-plain64 512 2048 -hash sha512 -pass-file pass -skip 400 -iv-large-sectors
plain aes-cbc-plain64 256 512 -hash sha512 -pass-file pass -skip 4294967290

# --- LUKS ----------------------------------------------------------------------------------------
for size in 512 1024 2048; do
	for bits in 256 512; do
		row "luks2 aes-xts-plain64 $bits $size: passphrase file" - -cipher aes-xts-plain64 \
			-key-size $bits -sector-size $size -pass-file pass "${cheap[@]}"
	done
done
row "luks2 aes-cbc-essiv:sha256 256 512: passphrase file" - -cipher aes-cbc-essiv:sha256 \
	-key-size 256 -sector-size 512 -pass-file pass "${cheap[@]}"
row "luks2: key file" - -key-file keyfile "${cheap[@]}"
row "luks2: bytes in a file" - -encpass-file bytes "${cheap[@]}"
row "luks2: typed passphrase" pass -pass-fd 3 "${cheap[@]}" 3<pass
row "luks2: Argon2id" - -pass-file pass -pbkdf-weak -pbkdf-memory 32768 -pbkdf-iterations 4
printf %s $hex >input
row "luks2: hex digits" input -encpass-hex $hex "${cheap[@]}"
row "luks2: key from a descriptor" keyfile -key-fd 3 "${cheap[@]}" 3<keyfile
row "luks2 camellia-cbc-plain64 256 1024: passphrase file" - -cipher camellia-cbc-plain64 -key-size 256 \
	-sector-size 1024 -pass-file pass "${cheap[@]}"
row "luks2, detached header: passphrase file" - -header header -pass-file pass "${cheap[@]}"
row "luks1 aes-cbc-essiv:sha256 256: passphrase file" - -format luks1 -cipher aes-cbc-essiv:sha256 \
	-key-size 256 -pass-file pass "${cheap[@]}"
row "luks1 aes-xts-plain64 512: passphrase file" - -format luks1 -pass-file pass "${cheap[@]}"
row "luks1 aes-xts-plain64 256: key file" - -format luks1 -key-size 256 -key-file keyfile "${cheap[@]}"

# --- loop-AES ------------------------------------------------------------------------------------
for bits in 128 192 256; do
	for keys in single v2 v3; do
		row "loopaes $bits: key file, $keys" - -format loopaes -key-size $bits -key-file $keys
	done
done
row "loopaes: passphrase file" - -format loopaes -pass-file pass
row "loopaes: passphrase file without a newline" - -format loopaes -pass-file "pass without newline"
row "loopaes: keys from a descriptor" v3 -format loopaes -key-fd 3 3<v3
row "loopaes: typed passphrase" pass -format loopaes -pass-fd 3 3<pass
row "loopaes, iterated: passphrase file" - -format loopaes -iterations 2 -pass-file pass

# --- VeraCrypt -----------------------------------------------------------------------------------
row "veracrypt: passphrase file" - -format veracrypt -pim 1 -pass-file pass
row "veracrypt: bytes in a file" - -format veracrypt -pim 2 -encpass-file bytes
row "veracrypt: key file" - -format veracrypt -pim 1 -key-file keyfile
row "veracrypt: key from a descriptor" keyfile -format veracrypt -pim 1 -key-fd 3 3<keyfile
# the cost without a PIM: tests/e2e/veracrypt_format.sh
row "veracrypt: typed passphrase" pass -format veracrypt -pim 1 -pass-fd 3 3<pass

# --- volumes as files of a clear disc ------------------------------------------------------------
mkdir -p /media
row "luks2 as a file: passphrase file" - -as-file vault.img -pass-file pass "${cheap[@]}"
row "veracrypt as a file: passphrase file" - -as-file vault.hc -format veracrypt -pim 1 -pass-file pass

: >empty
row "none" - -format none -encpass-file empty

tap_note "format, cipher, key size, sector size: secret               result"
for r in "${rows[@]}"; do tap_note "$r"; done
[ ${#rows[@]} -ge 60 ]
tap_ok "${#rows[@]} rows"
tap_done
