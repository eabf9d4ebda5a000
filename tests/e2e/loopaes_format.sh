#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# loop-AES's versions against aespipe, both directions: single key, iterated, versions 2 and 3, all
# key sizes; what is printed to open them; key files that are refused.
. "$top_srcdir/tests/lib/tap.sh"
volume=$top_builddir/tests/e2e/volume
cd "$tmp" || exit

# More than 64 sectors for every key, and random bytes, but for the start of a primary volume descriptor in block 16.
head -c 210944 /dev/urandom >payload
dd if=/dev/zero of=payload bs=2048 seek=16 count=2 conv=notrunc status=none
printf '\1CD001' | dd of=payload bs=1 seek=$((16 * 2048)) conv=notrunc status=none
random_lines() { # lines characters
	for ((i = 0; i < $1; i++)); do
		base64 -w 0 /dev/urandom 2>/dev/null | head -c "$2"
		echo
	done
}
random_lines 1 43 >k1
random_lines 64 60 >k2
random_lines 65 60 >k3
printf '%s' "$(cat k1)" >pass # without a newline
make_it() {
	"$volume" make loopaes image "$@" <payload >/dev/null 2>err
}
opens() {
	"$volume" open loopaes image "$@" 2>err >opened && cmp -s opened payload
}
commands_of() {
	make_it "$@" && sed -n 's/^command: //p' err
}

if command -v aespipe >/dev/null; then
	for bits in 128 192 256; do
		for secret in key=k1 pass=k1 pass=pass bytes=k1 key=k2 key=k3; do
			file=${secret#*=}
			make_it "$secret" key-size=$bits && aespipe -d -e AES$bits -P "$file" <image | cmp -s - payload
			tap_ok "aespipe opens ours: $bits bits, $secret"
			aespipe -e AES$bits -P "$file" <payload >image && opens "$secret" key-size=$bits
			tap_ok "we open aespipe's: $bits bits, $secret"
		done
		for n in 1 13; do
			make_it key=k1 key-size=$bits iterations=$n &&
				aespipe -d -e AES$bits -C $n -P k1 <image | cmp -s - payload
			tap_ok "aespipe opens ours: $bits bits, iterated $n thousand times"
			aespipe -e AES$bits -C $n -P k1 <payload >image && opens key=k1 key-size=$bits iterations=$n
			tap_ok "we open aespipe's: $bits bits, iterated $n thousand times"
		done
	done
	for file in k1 k2 k3; do
		make_it key=$file skip=77 && aespipe -d -e AES256 -O 77 -P $file <image | cmp -s - payload
		tap_ok "aespipe opens ours: $file, IVs from 77 on"
		aespipe -e AES256 -O 77 -P $file <payload >image && opens key=$file skip=77
		tap_ok "we open aespipe's: $file, IVs from 77 on"
	done
	make_it key=k1 iterations=1 skip=77
	sh -c "$(sed -n 's/^command: \(aespipe\)/\1/p' err)" && cmp decrypted payload
	tap_ok "and by the command that is printed"
	make_it key=k3
	aespipe -d -e AES256 -P k3 <image | cmp -s - payload
	tap_ok "256 bits are the default"
else
	tap_skip "aespipe" "no aespipe"
fi

for change in key=k2 key-size=128 iterations=1; do
	make_it key=k3 key-size=256
	case $change in
	key=*) opens $change key-size=256 ;;
	key-size=*) opens key=k3 $change ;;
	*) make_it key=k1 && opens key=k1 $change ;;
	esac
	tap_is $? 3 "with $change it does not open"
done
head -n 64 k3 >k3_as_v2
make_it key=k3
opens key=k3_as_v2
tap_is $? 3 "version 3 without its last line does not open"

# --- commands ----------------------------------------------------------------------------------
open="cryptsetup open --readonly --type loopaes -c aes -s"
mount=$'\nmount -o ro /dev/mapper/disc /mnt'
tap_is "$(commands_of key=k3 key-size=128)" "$open 128 --key-file k3 image disc$mount" \
	"a key file is given to cryptsetup"
tap_is "$(commands_of key=k3 key-size=128 skip=5)" "$open 128 --skip 5 --key-file k3 image disc$mount" \
	"the first IV is given to cryptsetup"
tap_is "$(commands_of pass=k1)" "(cat k1; echo) | $open 256 --key-file - image disc$mount" \
	"a passphrase gets its newline"
tap_is "$(commands_of key=k1 iterations=5)" \
	"aespipe -d -e AES256 -C 5 -P k1 < image > decrypted"$'\n'"mount -o ro decrypted /mnt" \
	"what is iterated is opened by aespipe"
tap_is "$(sh -c "$(sed -n 's/^command: \(aespipe\)/\1/p' err)" && cmp decrypted payload)" "" \
	"and that command works"

# --- refusals ----------------------------------------------------------------------------------
refused() { # message parameters...
	messages=err tap_refused 2 "$1" "refused: ${*:2}" make_it "${@:2}"
}
head -n 63 k2 >short_file
cat k3 k1 >long_file
head -c 3000 k3 >cut_off
sed 's/$/\r/' k3 >dos
{ head -n 30 k3 && random_lines 1 59 && tail -n 34 k3; } >uneven
random_lines 65 19 >weak
{ head -n 1 k3 | tr "[:upper:]" '\0' && tail -n 64 k3; } >binary
printf -- '-----BEGIN PGP MESSAGE-----\n\nhQEMA\n' >gpg
printf 'nineteen characters' >short_pass
refused "has 63 lines; a loop-AES key file" key=short_file
refused "line 66 has 43 characters, but line 1 has 60" key=long_file
refused "is truncated" key=cut_off
refused "carriage returns" key=dos
refused "line 31 has 59 characters, but line 1 has 60" key=uneven
refused "line 1 has 19 characters; loop-AES needs at least 20" key=weak
refused "NUL byte" key=binary
refused "still encrypted by gpg" key=gpg
refused "is truncated" key=pass
refused "has 19 characters; loop-AES needs at least 20" pass=short_pass
refused "128, 192 or 256 bits, not 512" key=k3 key-size=512
refused "only a single key can be iterated" key=k3 iterations=10
refused "-cipher: does not apply" key=k3 cipher=aes-xts-plain64
tap_done
