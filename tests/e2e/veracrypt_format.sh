#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# VeraCrypt volumes: headers read by cryptsetup, data decrypted by openssl under the key that
# cryptsetup finds; damaged, cut and foreign volumes; what is refused. (That VeraCrypt itself or
# other systems open them is not tried here.)
. "$top_srcdir/tests/lib/tap.sh"
. "$top_srcdir/tests/e2e/lib.sh"
volume=$top_builddir/tests/e2e/volume
cd "$tmp" || exit

head -c 299008 /dev/urandom >payload
printf 'twenty characters and more\n' >pass
printf 'twenty characters and less\n' >other
printf 'short\n' >short
printf 'bytes\nwith a newline\n\n' >bytes
head -c 100 /dev/urandom >key
make_it() {
	"$volume" make veracrypt image "$@" <payload >/dev/null 2>err
}
opens() {
	"$volume" open veracrypt image "$@" 2>err >opened && cmp -s opened payload
}
command_of() {
	make_it "$@" && sed -n 's/^command: \(.*cryptsetup\)/\1/p' err
}

make_it pim=1 pass=pass && opens pim=1 pass=pass
tap_ok "there and back"
tap_is "$(stat -c %s image)" $((299008 + 262144)) "two header areas surround the data"
opens pim=1 pass=other
tap_is $? 3 "not with another passphrase"
opens pim=2 pass=pass
tap_is $? 3 "not with another PIM"

# --- cryptsetup, in user space -----------------------------------------------------------------
checked() { # cryptsetup's arguments; standard input: the passphrase
	cryptsetup open --test-passphrase --type tcrypt --veracrypt "$@" image 2>/dev/null
}
# "xx xx xx" of the lines behind "MK dump:", without blanks
volume_key() {
	cryptsetup -q tcryptDump --dump-master-key --veracrypt --veracrypt-pim 1 image <pass 2>/dev/null |
		sed -n '/^MK dump:/,$p' | sed 's/^MK dump://' | tr -d ' \t\n'
}
if ! command -v cryptsetup >/dev/null; then
	tap_skip "cryptsetup" "no cryptsetup"
else
	make_it pim=1 pass=pass
	checked --veracrypt-pim 1 <pass
	tap_ok "cryptsetup takes the passphrase"
	checked --veracrypt-pim 1 --tcrypt-backup <pass
	tap_ok "and the header's copy at the end"
	! checked --veracrypt-pim 1 <other
	tap_ok "and no other passphrase"
	dump=$(cryptsetup tcryptDump --veracrypt --veracrypt-pim 1 image <pass)
	tap_like "$dump" "MK offset:[[:space:]]*131072( \\[bytes\\])?$" "cryptsetup finds the data"
	tap_like "$dump" "PBKDF2 hash:[[:space:]]*sha512$" "the hash"
	tap_like "$dump" "Cipher chain:[[:space:]]*aes$" "and the cipher"
	key_hex=$(volume_key)
	tap_is ${#key_hex} 128 "cryptsetup tells the volume's key"
	for sector in 0 1 300 583; do
		tap_is "$(xts_block image $((131072 + sector * 512)) $((256 + sector)) "$key_hex")" \
			"$(dd if=payload bs=16 skip=$((sector * 32)) count=1 status=none | xxd -p)" \
			"openssl decrypts sector $sector with it"
	done
	make_it pim=1 bytes=bytes && checked --veracrypt-pim 1 --key-file - <bytes
	tap_ok "bytes keep their newlines"
	make_it pim=1 key=key && echo | checked --veracrypt-pim 1 --key-file key
	tap_ok "a key file is one of VeraCrypt's, with an empty passphrase"
	opens pim=1 key=key
	tap_ok "which opens the volume here too"
	head -c 1100000 /dev/urandom >large
	make_it pim=1 key=large && echo | checked --veracrypt-pim 1 --key-file large
	tap_ok "of a large key file the first megabyte counts"
	printf '%0128d\n' 7 >long
	make_it pim=1 pass=long && checked --veracrypt-pim 1 <long
	tap_ok "a passphrase of 128 bytes"
	make_it pass=short && checked --veracrypt-pim 485 <short
	tap_ok "500,000 iterations without a PIM"
fi

# --- several key files, by the program -----------------------------------------------------------
printf '%072d\n' 7 >pass72
head -c 70000 /dev/urandom >key2
chmod 600 pass pass72 key key2
genisoimage -quiet -o clear.iso key 2>/dev/null
both=(-key-file key -key-file key2)
for secret in "-pass-file pass" "-pass-file pass72" ""; do
	rm -f keys.img
	# shellcheck disable=SC2086
	"$XBURNCRYPT" -o keys.img -format veracrypt -pim 1 $secret "${both[@]}" -image clear.iso >summary 2>err
	tap_is $? 0 "made with key files${secret:+ and $secret}" || tap_note "$(cat err)"
	# shellcheck disable=SC2086
	"$XBURNCRYPT" list keys.img -pim 1 "${both[@]}" $secret 2>err >list
	tap_is "$? $(grep -c . list)" '0 1' "read with them${secret:+ and $secret}" || tap_note "$(cat err)"
	"$XBURNCRYPT" list keys.img -pim 1 ${secret:--pass-file pass} -key-file key >/dev/null 2>&1
	tap_is $? 3 'not with one less'
	if command -v cryptsetup >/dev/null; then
		command=$(printed_commands summary | grep cryptsetup)
		eval "${command/open --readonly/open --test-passphrase --disable-locks}" 2>err
		tap_ok "and by the printed command" || tap_note "$command" "$(cat err)"
	fi
done
tap_refused 2 'the format luks2 takes only one secret' 'a passphrase and a key file for LUKS' \
	"$XBURNCRYPT" -o new.img -format luks2 -pass-file pass -key-file key -image clear.iso 2>"$messages"
tap_refused 2 'only one secret can be given' 'two passphrases' \
	"$XBURNCRYPT" -o new.img -format veracrypt -pass-file pass -key-file key -encpass xyz -image clear.iso 2>"$messages"
tap_refused 2 'is also the output' 'a key file as the output' \
	"$XBURNCRYPT" -o key2 -force -format veracrypt -pass-file pass "${both[@]}" -image clear.iso 2>"$messages"

# --- damage ------------------------------------------------------------------------------------
make_it pim=1 pass=pass
cp image whole
dd if=/dev/urandom of=image bs=512 count=1 conv=notrunc status=none
opens pim=1 pass=pass
tap_ok "the copy of the header opens it when the header is damaged"
tap_like "$(cat err)" "warning: the header at the start is damaged" "and says so"
for n in 512 1024 1536; do # a volume of as many bytes more, in sectors that nothing uses
	{ head -c 430080 whole && head -c $n /dev/zero && tail -c 131072 whole; } >image
	dd if=/dev/urandom of=image bs=512 count=1 conv=notrunc status=none
	opens pim=1 pass=pass
	tap_ok "the copy is found at the end of a volume that ends $n bytes behind a block" || tap_note "$(cat err)"
done
head -c 200704 whole >image
"$volume" open veracrypt image pim=1 pass=pass >opened 2>err
tap_is "$? $(stat -c %s opened)" "0 69632" "a cut volume gives what there is of it"
tap_like "$(cat err)" "warning: the payload is truncated: the VeraCrypt header records 299,008 bytes .*, but the medium has only 69,632 bytes" \
	"and says so"
head -c 131072 whole >image
opens pim=1 pass=pass
tap_is $? 1 "a volume without data does not open"
head -c 1024 whole >image
opens pim=1 pass=pass
tap_is "$? $(grep -c "too short" err)" "3 1" "half a block is refused"

# --- commands ----------------------------------------------------------------------------------
open="cryptsetup open --readonly --type tcrypt --veracrypt"
tap_is "$(command_of pim=7 pass=pass)" "$open --veracrypt-pim 7 image disc < pass" "a passphrase file"
tap_is "$(command_of pass=short)" "$open --veracrypt-pim 485 image disc < short" "without a PIM"
tap_is "$(command_of pim=7 bytes=bytes)" "$open --veracrypt-pim 7 --key-file - image disc < bytes" "bytes"
tap_is "$(command_of pim=600 hex=00ff)" "xxd -r -p | $open --veracrypt-pim 600 --key-file - image disc" \
	"hex digits"
tap_is "$(command_of pim=7 key=key)" "echo | $open --veracrypt-pim 7 --key-file key image disc" "a key file"

# --- refusals ----------------------------------------------------------------------------------
refused() { # message parameters...
	messages=err tap_refused 2 "$1" "refused: ${*:2}" make_it "${@:2}"
}
printf '%0129d\n' 7 >too_long
refused "has 129 bytes; VeraCrypt takes at most 128" pim=1 pass=too_long
refused "-pim: 2147469 is too large" pim=2147469 pass=pass
refused "-pim: 484 is too small for a passphrase shorter than 20" pim=484 pass=short
refused "needs to know the size of the image in advance" size=unknown pass=pass
refused "-cipher: does not apply" cipher=aes-xts-plain64 pass=pass
refused "-iterations|-pbkdf-iterations" iterations=3 pass=pass
tap_done
