#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What proves who made a disc with healing data: the MAC by its key, in each format, and minisign's signatures. Both are
# computed again by programs that we did not write.
. "$top_srcdir/tests/lib/tap.sh" || exit
. "$top_srcdir/tests/e2e/lib.sh"
. "$top_srcdir/tests/e2e/append_lib.sh"
need openssl xxd
openssl kdf -help >/dev/null 2>&1 || { tap_skip "$(basename "$0")" 'openssl has no kdf' && tap_done; }
mkdir "$tmp/dir"
head -c 700000 /dev/urandom >"$tmp/dir/file"
echo 'what a disc is for' >"$tmp/dir/text"
(umask 077 && "$XBURNCRYPT" keyfile -v3 "$tmp/keys")

# name: sets as (options of the burn) and reading (of all that comes later)
choose() {
	choose_format "$1"
	case $1 in
	loopaes3)
		as=(-format loopaes -key-file "$tmp/keys")
		reading=("${as[@]}")
		;;
	veracrypt)
		as=(-format veracrypt -pim 1 -pass-file "$tmp/pass")
		reading=("${as[@]}")
		;;
	detached)
		as=("${cheap[@]}" -header "$tmp/header" -pass-file "$tmp/pass")
		reading=(-header "$tmp/header" -pass-file "$tmp/pass")
		rm -f "$tmp/header"
		;;
	as-file)
		as=("${cheap[@]}" -as-file volume -pass-file "$tmp/pass")
		reading=(-as-file volume -pass-file "$tmp/pass")
		;;
	esac
}
first_bytes() { # hash n-bytes: in hex, of standard input's digest
	openssl dgst "-$1" -binary | head -c "$2" | xxd -p -c 99
}
luks_key() { # header
	cryptsetup luksDump -q --disable-locks --dump-volume-key --volume-key-file "$tmp/volume.key" \
		--key-file "$tmp/pass.bytes" "$1" >"$tmp/said" 2>&1 &&
		xxd -p -c 99 "$tmp/volume.key"
	rm -f "$tmp/volume.key"
}
# name image: the volume's key in hex, without our code
volume_key() {
	case $1 in
	luks2 | luks1) luks_key "$2" ;;
	detached) luks_key "$tmp/header" ;;
	as-file)
		xorriso -osirrox on -indev "stdio:$2" -extract /volume "$tmp/volume" >"$tmp/said" 2>&1
		luks_key "$tmp/volume"
		rm -f "$tmp/volume"
		;;
	new) first_bytes sha256 32 <"$tmp/pass.bytes" ;;
	old) { cat "$tmp/pass.bytes" && head -c 32 /dev/zero; } | head -c 32 | xxd -p -c 99 ;;
	loopaes) first_bytes sha512 32 <"$tmp/pass.bytes" ;;
	loopaes3)
		while read -r line; do
			key=$(printf %s "$line" | first_bytes sha512 32)
			printf '%02x%s' $((16#${key:0:2} ^ 0xf4)) "${key:2}"
		done <"$tmp/keys"
		;;
	veracrypt)
		cryptsetup tcryptDump -q --veracrypt --veracrypt-pim 1 --dump-volume-key "$2" <"$tmp/pass" 2>"$tmp/said" |
			sed -n '/MK dump:/,$p' | sed 's/^MK dump://' | tr -d ' \t\n'
		;;
	esac
}
# image: its last record's text, and what the facts of it are
read_record() {
	tail -c 4096 "$1" | head -c 2048 | tr -d '\0' >"$tmp/record"
	sed '/^end /q' "$tmp/record" >"$tmp/facts"
}
line_of() { sed -n "s/^$1 //p" "$tmp/record"; }
mac_by_openssl() { # key
	local key
	key=$(openssl kdf -keylen 32 -kdfopt digest:SHA256 -kdfopt "hexkey:$1" -kdfopt "hexsalt:$(line_of salt)" \
		-kdfopt 'info:xburncrypt heal mac 1' HKDF | tr -d ':\n')
	openssl mac -digest SHA256 -macopt "hexkey:$key" -in "$tmp/facts" HMAC | tr 'A-F' 'a-f'
}
has_means() { # name: to find its key
	case $1 in
	luks* | detached | veracrypt) command -v cryptsetup ;;
	as-file) command -v cryptsetup && command -v xorriso ;;
	esac >/dev/null
}

same_mac() { # name image what
	read_record "$2"
	if has_means "$1"; then
		tap_is "$(mac_by_openssl "$(volume_key "$1" "$2")")" "$(line_of mac)" "$3: openssl makes the same"
	else
		tap_skip "$3: by openssl" 'no program tells the key'
	fi
}

for name in luks2 luks1 detached as-file veracrypt new old loopaes loopaes3; do
	img=$tmp/$name.img
	choose $name
	run -heal on -o "$img" "${as[@]}" "$tmp/dir"
	tap_is "$? $(sed -n 's/^proof: //p' "$tmp/stdout")" "0 the disc's key" "$name: a burn with a MAC" || told
	same_mac $name "$img" "$name: a burn"
	run heal -in-place "${reading[@]}" "$img"
	tap_is "$? $(sed -n 's/^proof: //p' "$tmp/stdout")" "0 the disc's key" "$name: other healing data with a MAC" || told
	same_mac $name "$img" "$name: other healing data"
done
choose none
run -quiet -o "$tmp/none.img" "${as[@]}" "$tmp/dir"
run heal -in-place -format none "$tmp/none.img"
read_record "$tmp/none.img"
tap_is "$? $(line_of mac)" '0 ' 'none: nothing to make a MAC with' || told
cp "$tmp/luks2.img" "$tmp/img"
choose luks2
run heal -in-place "$tmp/img"
read_record "$tmp/img"
tap_is "$? $(line_of mac)" '0 ' 'luks2: no MAC without the key' || told
(umask 077 && echo another >"$tmp/wrong")
cp "$tmp/img" "$tmp/before"
run heal -in-place -pass-file "$tmp/wrong" "$tmp/img"
tap_is "$? $(cmp "$tmp/img" "$tmp/before")" '3 ' 'a wrong key is refused, and the image as it was' || told

# signatures
umask 077
cat >"$tmp/a.key" <<-'END'
	untrusted comment: minisign encrypted secret key
	RWQAAEIyAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAgd8wZRRTL7lsQ21H3QnPoBAPZUGqv1qW1cDzA6miZYvPnW4c5wEubkB45MHMxOYE8mC/8wjeOjm3wy32bm2vUhCJpCKqMZMBAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=
END
# the same key with the passphrase "secret", and small costs
cat >"$tmp/locked.key" <<-'END'
	untrusted comment: minisign encrypted secret key
	RWRTY0IyAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8AgAAAAAAAAAAAAAEAAAAAX9OkSV28jKAfH8kJwfpkKGgOtdsw1/7jaPwiaaN5iSHb3c7Qe6g5dotklnUeSNhrw+vCkGcktfJPjJ5lZhY1sbRZIBAUpY70RK2nDKwjW9Gxvxw7fjT8EQQMqpiApM+vZjhVNLgZpBs=
END
umask 022
public=RWSB3zBlFFMvuUB45MHMxOYE8mC/8wjeOjm3wy32bm2vUhCJpCKqMZMB
is_signed() { # image what
	read_record "$1"
	sed -n '/^untrusted comment: /,/^check-root /p' "$tmp/record" | sed '$d' >"$tmp/facts.minisig"
	if ! command -v minisign >/dev/null; then
		tap_skip "$2: by minisign" 'not installed'
		return
	fi
	minisign -Vm "$tmp/facts" -P "$public" >"$tmp/said" 2>&1
	tap_is "$? $(sed -n 's/^Trusted comment: //p' "$tmp/said")" "0 xburncrypt disc $(line_of disc)" \
		"$2: minisign accepts the signature" || tap_note "$(cat "$tmp/said")"
}
run heal -in-place -sign "$tmp/a.key" "$tmp/img"
tap_is "$? $(sed -n 's/^proof: //p' "$tmp/stdout")" '0 a signature' 'a signature alone' || told
is_signed "$tmp/img" 'a signature alone'
run heal -in-place -sign "$tmp/a.key" "${reading[@]}" "$tmp/img"
tap_is "$? $(sed -n 's/^proof: //p' "$tmp/stdout")" "0 the disc's key, a signature" 'with a MAC' || told
is_signed "$tmp/img" 'with a MAC'
cp "$tmp/img" "$tmp/before"
if command -v script >/dev/null; then
	on_terminal "$tmp/screen" "$XBURNCRYPT heal -in-place -sign $tmp/locked.key $tmp/img" \
		'Passphrase for .*locked.key' $'wrong\n' 'try again' $'secret\n'
	tap_like "$(cat "$tmp/screen")" '^proof: a signature' 'a key with a passphrase, which is asked for until it is right'
	is_signed "$tmp/img" 'a key with a passphrase'
else
	tap_skip 'a key with a passphrase' 'no script(1)'
fi
choose luks2
run -heal on -sign "$tmp/a.key" -o "$tmp/signed" "${as[@]}" "$tmp/dir"
tap_is "$? $(sed -n 's/^proof: //p' "$tmp/stdout")" "0 the disc's key, a signature" 'a burn that is signed' || told
is_signed "$tmp/signed" 'a burn that is signed'
run info "$tmp/signed" -heal-text "$tmp/by-info"
tap_is "$? $(cmp "$tmp/by-info" "$tmp/facts") $(cmp "$tmp/by-info.minisig" "$tmp/facts.minisig")" '0  ' \
	'info writes the facts and their signature, as minisign takes them' || told
choose none
run -quiet -o "$tmp/iso" "${as[@]}" "$tmp/dir"
choose luks2
"$XBURNCRYPT" -heal on -sign "$tmp/a.key" -o "$tmp/piped" "${as[@]}" - <"$tmp/iso" >"$tmp/stdout" 2>"$tmp/stderr"
tap_is "$? $(sed -n 's/^proof: //p' "$tmp/stdout")" "0 the disc's key, a signature" 'of an image whose size nobody knows' || told
same_mac luks2 "$tmp/piped" 'of an image whose size nobody knows'
is_signed "$tmp/piped" 'of an image whose size nobody knows'
run -sign "$tmp/a.key" -o "$tmp/nothing" "${as[@]}" "$tmp/dir"
tap_is "$? $(find "$tmp/nothing" 2>/dev/null)" '2 ' 'refused: a signature of nothing' || told
run -heal on -sign "$tmp/locked.key" -o "$tmp/nothing" "${as[@]}" "$tmp/dir"
tap_is "$? $(find "$tmp/nothing" 2>/dev/null)" '2 ' 'refused before the burn: a key that nobody opens' || told
run -heal on -sign "$tmp/a.key" -force -o "$tmp/a.key" "${as[@]}" "$tmp/dir"
tap_is "$? $(head -c 9 "$tmp/a.key")" '2 untrusted' 'refused: to burn over the key' || told
cp "$tmp/before" "$tmp/img"
refused_key() { # status what arguments...
	run heal -in-place "${@:3}" "$tmp/img" </dev/null
	tap_is "$? $(cmp "$tmp/img" "$tmp/before")" "$1 " "refused: $2" || told
}
refused_key 2 'a key with a passphrase, and nobody to ask' -sign "$tmp/locked.key"
refused_key 2 'a public key to sign with' -sign "$tmp/pass"
refused_key 1 'a key that is not there' -sign "$tmp/nothing"
run heal -o "$tmp/a.key" -force -sign "$tmp/a.key" "$tmp/img"
tap_is "$? $(head -c 9 "$tmp/a.key")" '2 untrusted' 'refused: the key itself as output' || told
tap_done
