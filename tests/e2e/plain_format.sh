#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The plain format against programs that we did not write: aespipe and openssl; both directions; how
# each kind of secret is used, which command is printed for it, and what is refused.
. "$top_srcdir/tests/lib/tap.sh"
volume=$top_builddir/tests/e2e/volume
cd "$tmp" || exit

# A payload that is known to be one: random bytes, but for the start of a primary volume descriptor in block 16.
head -c 299008 /dev/urandom >payload
dd if=/dev/zero of=payload bs=2048 seek=16 count=2 conv=notrunc status=none
printf '\1CD001' | dd of=payload bs=1 seek=$((16 * 2048)) conv=notrunc status=none
printf 'a passphrase of 31 characters..\n' >pass
printf 'too short' >short
printf 'two\nlines\0and more' >bytes
head -c 32 /dev/urandom >key32
head -c 16 /dev/urandom >key16
head -c 64 /dev/urandom >key64

make_it() { # parameters
	"$volume" make plain image "$@" <payload >/dev/null 2>err
}
opens() { # parameters; true where the image gives the payload back
	"$volume" open plain image "$@" 2>err >opened && cmp -s opened payload
}
command_of() { # parameters; the command that is printed
	make_it "$@" && sed -n 's/^command: \(.*cryptsetup\)/\1/p' err
}

# --- aespipe -----------------------------------------------------------------------------------
against_aespipe() { # aespipe's hash, secret file, our parameters
	local hash=$1 file=$2
	shift 2
	make_it "$@" && aespipe -d -e aes256 -H "$hash" -P "$file" <image | cmp -s - payload
	tap_ok "aespipe -H $hash opens ours: $*"
	aespipe -e aes256 -H "$hash" -P "$file" <payload >image && opens "$@"
	tap_ok "we open aespipe's: $*"
}
if command -v aespipe >/dev/null; then
	against_aespipe sha256 pass style=new pass=pass
	against_aespipe sha256 pass style=aes256-cbc-sha256 pass=pass
	against_aespipe unhashed2 short style=old pass=short
	against_aespipe unhashed2 pass style=aes256-cbc-plain pass=pass
	against_aespipe rmd160 pass cipher=aes-cbc-plain key-size=256 hash=ripemd160 pass=pass
	against_aespipe sha512 pass cipher=aes-cbc-plain key-size=256 hash=sha512 pass=pass
else
	tap_skip "aespipe" "no aespipe"
fi

# --- openssl, sector by sector -----------------------------------------------------------------
hex() { od -An -v -tx1 | tr -d ' \n'; }
little() { # number bytes; its little-endian hex
	local i out=
	for ((i = 0; i < $2; i++)); do
		out+=$(printf %02x $((($1 >> (8 * i)) & 255)))
	done
	echo "$out"
}
iv_of() { # iv-mode essiv-cipher key-hex unit
	case $1 in
	plain) echo "$(little "$4" 4)000000000000000000000000" ;;
	plain64) echo "$(little "$4" 8)0000000000000000" ;;
	essiv)
		little "$4" 8 | sed 's/$/0000000000000000/' | xxd -r -p |
			openssl enc "-$2-256-ecb" -nopad -K "$(xxd -r -p <<<"$3" |
				openssl dgst -sha256 -binary | hex)" | hex
		;;
	esac
}
against_openssl() { # cipher bits iv-mode sector first-unit units-a-sector key-file parameters
	local cipher=$1 bits=$2 mode=$3 size=$4 unit=$5 step=$6 key i
	key=$(hex <"$7")
	shift 7
	make_it "$@" || return
	for i in 0 1 5 72; do
		dd if=image bs="$size" skip=$i count=1 status=none |
			openssl enc -d "-$cipher-$bits-cbc" -nopad -K "$key" \
				-iv "$(iv_of "$mode" "$cipher" "$key" $((unit + i * step)))" |
			cmp -s - <(dd if=payload bs="$size" skip=$i count=1 status=none) || return
	done
}
row() { # the same, with its name
	against_openssl "$@"
	tap_ok "openssl opens sectors of ours: ${*:8}"
}
row aes 256 plain 512 0 1 key32 style=new key=key32
row aes 128 plain 512 0 1 key16 cipher=aes-cbc-plain key-size=128 key=key16
row aes 128 plain64 2048 0 4 key16 cipher=aes-cbc-plain64 key-size=128 sector-size=2048 key=key16
row aes 256 plain64 2048 0 1 key32 cipher=aes-cbc-plain64 key-size=256 sector-size=2048 \
	iv-large-sectors key=key32
row aes 256 essiv 1024 0 2 key32 cipher=aes-cbc-essiv:sha256 key-size=256 sector-size=1024 key=key32
row aes 128 essiv 512 40 1 key16 cipher=aes-cbc-essiv:sha256 key-size=128 skip=40 key=key16
row camellia 256 plain 512 0 1 key32 cipher=camellia-cbc-plain key-size=256 key=key32
row camellia 128 essiv 2048 8 4 key16 cipher=camellia-cbc-essiv:sha256 key-size=128 \
	sector-size=2048 skip=8 key=key16
printf 'a passphrase of 31 characters..' | openssl dgst -sha256 -binary >hashed
row aes 256 plain64 512 0 1 hashed cipher=aes-cbc-plain64 key-size=256 hash=sha256 pass=pass
openssl dgst -sha256 -binary <bytes >hashed
row aes 256 plain 512 0 1 hashed style=new bytes=bytes
openssl dgst -sha512 -binary <bytes | head -c 16 >hashed
head -c 16 /dev/zero >>hashed
row aes 256 plain 512 0 1 hashed cipher=aes-cbc-plain key-size=256 hash=sha512:16 bytes=bytes

# --- ours, all modes; a wrong key --------------------------------------------------------------
for cipher in aes-cbc-plain aes-cbc-plain64 aes-cbc-essiv:sha256 camellia-cbc-plain64 \
	aes-xts-plain aes-xts-plain64; do
	for size in 512 1024 2048; do
		for bits in 256 512; do
			case $cipher-$bits in *-cbc-*-512) continue ;; esac
			as=("cipher=$cipher" "key-size=$bits" "sector-size=$size" hash=sha512)
			make_it "${as[@]}" pass=pass && opens "${as[@]}" pass=pass
			tap_ok "$cipher, $bits bits, $size bytes: there and back"
			opens "${as[@]}" pass=short
			tap_is $? 3 "and not with another passphrase"
		done
	done
done
make_it style=new pass=pass
"$volume" open plain image style=new pass=short >/dev/null 2>err
tap_is $? 3 "a wrong passphrase has status 3"
tap_like "$(cat err)" "wrong key or wrong format" "and says that key or format are wrong"
"$volume" open plain image cipher=aes-cbc-plain64 key-size=256 hash=sha1 pass=pass >/dev/null 2>&1
tap_is $? 3 "so has another hash"

# --- which command is printed ------------------------------------------------------------------
open="cryptsetup open --readonly --type plain"
cbc="-c aes-cbc-plain -s 256"
tap_is "$(command_of style=new pass=pass)" "$open $cbc -h sha256 image disc < pass" \
	"a passphrase file is read from standard input"
tap_is "$(command_of style=old pass=short)" "$open $cbc -h plain image disc < short" \
	"also when it isn't hashed"
tap_is "$(command_of style=new bytes=bytes)" "$open $cbc -h sha256 --key-file - image disc < bytes" \
	"bytes keep their newlines"
tap_is "$(command_of style=old bytes=bytes)" \
	"(cat bytes; head -c 32 /dev/zero) | $open $cbc -h plain --key-file - image disc" \
	"few bytes, unhashed, are filled up"
tap_is "$(command_of style=old bytes=key32)" "$open $cbc -h plain --key-file - image disc < key32" \
	"32 bytes are the key"
tap_is "$(command_of style=new hex=00ff10)" \
	"xxd -r -p | $open $cbc -h sha256 --key-file - image disc" "hex digits are typed in"
tap_is "$(command_of style=old hex=00ff10)" \
	"(xxd -r -p; head -c 32 /dev/zero) | $open $cbc -h plain --key-file - image disc" \
	"also when they are filled up"
tap_is "$(command_of style=new key=key32)" "$open $cbc --key-file key32 image disc" \
	"a key file is never hashed"
tap_is "$(command_of cipher=aes-xts-plain64 key-size=512 hash=sha512:40 sector-size=2048 \
	iv-large-sectors skip=64 pass=pass)" \
	"$open -c aes-xts-plain64 -s 512 -h sha512:40 --sector-size 2048 --iv-large-sectors --skip 64 image disc < pass" \
	"every parameter is in the command"
cp pass "it's a file"
tap_is "$(command_of style=new "pass=it's a file")" \
	"$open $cbc -h sha256 image disc < 'it'\\''s a file'" "odd names are quoted"

# --- refusals ----------------------------------------------------------------------------------
refused() { # message parameters...
	messages=err tap_refused 2 "$1" "refused: ${*:2}" make_it "${@:2}"
}
head -c 33 /dev/urandom >key33
head -c 31 /dev/urandom >key31
head -c 31 pass >pass31
printf '%s' "$(cat pass)" x >pass32
cat key16 key16 >equal
refused "has 32 bytes; without a hash, programs agree on at most 31" style=old pass=pass32
refused "has 33 bytes; without a hash, programs agree on at most 31" style=old bytes=key33
refused "has 32 bytes; this one has 33" style=old key=key33
refused "has 32 bytes; this one has 31" style=new key=key31
refused "has 64 bytes; this one has 32" cipher=aes-xts-plain64 key-size=512 key=key32
refused "unknown style other" style=other pass=pass
refused "style new already sets" style=new cipher=aes-cbc-plain pass=pass
refused "style old already sets" style=old hash=sha256 pass=pass
refused "style new already sets" style=new sector-size=2048 pass=pass
refused "-cipher: required by the format plain" pass=pass
refused "-key-size: required by the format plain" cipher=aes-cbc-plain hash=sha256 pass=pass
refused "-hash: required by the format plain" cipher=aes-cbc-plain key-size=256 pass=pass
refused "unknown hash" cipher=aes-cbc-plain key-size=256 hash=md5 pass=pass
refused "unknown hash" cipher=aes-cbc-plain key-size=256 hash=plain:16 pass=pass
refused "from 1 to 32," cipher=aes-cbc-plain key-size=256 hash=sha256:33 pass=pass
refused "from 1 to 32," cipher=aes-cbc-plain key-size=256 hash=sha256: pass=pass
refused "from 1 to 32," cipher=aes-cbc-plain key-size=256 hash=sha256:-1 pass=pass
refused "second key of aes-xts-plain64 empty" \
	cipher=aes-xts-plain64 key-size=512 hash=plain pass=pass
refused "second key of aes-xts-plain64 empty" \
	cipher=aes-xts-plain64 key-size=512 hash=sha512:32 pass=pass
refused "halves of the key are equal" cipher=aes-xts-plain64 key-size=256 key=equal
refused "can't be mounted" cipher=aes-xts-plain64 key-size=512 sector-size=4096 hash=sha256 pass=pass
refused "128, 192 or 256 bits, not 512" cipher=aes-cbc-plain key-size=512 hash=sha256 pass=pass
refused "unknown cipher" cipher=serpent-xts-plain64 key-size=512 hash=sha256 pass=pass
make_it style=old bytes=key32
tap_ok "32 bytes for the style old are a key"
make_it style=old pass=pass31
tap_ok "a passphrase of 31 bytes for the style old is taken"
cat pass31 pass31 >pass62
make_it cipher=aes-xts-plain64 key-size=512 hash=plain pass=pass62 &&
	opens cipher=aes-xts-plain64 key-size=512 hash=plain pass=pass62
tap_ok "more than half an XTS key's bytes may be a passphrase, unhashed"
make_it style=new pass=pass
tap_like "$(cat err)" "no salt and no iterations" "each plain volume comes with a warning"
tap_done
