#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The verbs that need no drive, and the options of the formats.
. "$top_srcdir/tests/lib/tap.sh"
. "$top_srcdir/tests/e2e/lib.sh"
need cryptsetup xorriso

mkdir "$tmp/dir"
echo data >"$tmp/dir/file"
printf '%s\n' "$passphrase" >"$tmp/pass"
printf '%s' "$passphrase" >"$tmp/bytes"
printf 'a second passphrase\n' >"$tmp/pass2"
printf 'a second passphrase' >"$tmp/bytes2"
head -c 64 /dev/urandom >"$tmp/key"
chmod 600 "$tmp"/pass* "$tmp/key"
img=$tmp/out.img
burn() {
	rm -f "$img"
	"$XBURNCRYPT" -o "$img" "$@" "$tmp/dir" >"$tmp/stdout" 2>"$tmp/stderr" </dev/null
}
opens() { cryptsetup open --test-passphrase --disable-locks --key-file "$1" "${@:2}" "$img" 2>/dev/null; }

for verb in burn drives info decrypt blank format formats keyfile; do
	out=$("$XBURNCRYPT" $verb --help)
	tap_is $? 0 "$verb --help: status 0"
	tap_like "$out" "^usage: xburncrypt .*$verb" "$verb --help: says how"
done

out=$("$XBURNCRYPT" formats)
for format in luks2 luks1 plain loopaes veracrypt truecrypt none; do
	tap_like "$out" "^$format" "formats: has $format"
	opens=$(sed -n "/^${format}[:,]/,/opens with/s/.*opens with: //p" <<<"$out")
	tap_like "$opens" '^(cryptsetup open|mount) ' "formats: what opens $format"
done
"$XBURNCRYPT" formats extra >/dev/null 2>&1
tap_is $? 2 'formats with an operand: status 2'
"$XBURNCRYPT" drives extra >/dev/null 2>&1
tap_is $? 2 'drives with an operand: status 2'
"$XBURNCRYPT" info one two >/dev/null 2>&1
tap_is $? 2 'info with two operands: status 2'

"$XBURNCRYPT" keyfile "$tmp/new" >/dev/null
tap_is "$(stat -c '%s %a' "$tmp/new")" '32 600' 'keyfile: 32 bytes, for the owner alone'
burn -encstyle new -key-file "$tmp/new"
tap_is $? 0 'keyfile: the key fits the style new' || tap_note "$(cat "$tmp/stderr")"
"$XBURNCRYPT" keyfile -bytes 64 "$tmp/new64" >/dev/null
tap_is "$(stat -c %s "$tmp/new64")" 64 'keyfile -bytes'
"$XBURNCRYPT" keyfile -v3 "$tmp/v3" >/dev/null
tap_is "$(wc -l <"$tmp/v3")" 65 'keyfile -v3: 65 lines'
tap_is "$(awk '{print length($0)}' "$tmp/v3" | sort -u | wc -l)" 1 'keyfile -v3: all of one length'
tap_is "$(sort -u "$tmp/v3" | wc -l)" 65 'keyfile -v3: no line twice'
cp "$tmp/new" "$tmp/before"
"$XBURNCRYPT" keyfile "$tmp/new" >/dev/null 2>"$tmp/stderr"
tap_is $? 2 'keyfile: one that exists: refused'
tap_like "$(cat "$tmp/stderr")" '^hint: choose another name; an existing key is never replaced' 'keyfile: says what to do'
cmp -s "$tmp/new" "$tmp/before"
tap_ok 'keyfile: it is left alone'
! grep -q -- -force "$tmp/stderr"
tap_ok 'keyfile: no word of -force, which it does not take'
"$XBURNCRYPT" keyfile >/dev/null 2>&1
tap_is $? 2 'keyfile without a name: status 2'
"$XBURNCRYPT" keyfile -v3 -bytes 32 "$tmp/x" >/dev/null 2>&1
tap_is $? 2 'keyfile -v3 -bytes: status 2'

burn -pass-file "$tmp/pass" "${cheap[@]}" -add-pass-file "$tmp/pass2" -add-key-file "$tmp/key"
tap_is $? 0 'three secrets for one disc' || tap_note "$(cat "$tmp/stderr")"
opens "$tmp/bytes" && opens "$tmp/bytes2" && opens "$tmp/key"
tap_ok 'each of them opens it'
many=()
for _ in $(seq 40); do many+=(-add-key-file "$tmp/key"); done
burn -pass-file "$tmp/pass" "${cheap[@]}" "${many[@]}"
tap_is $? 2 'more secrets than fit the header: status 2'
[ ! -e "$img" ]
tap_ok 'more secrets than fit the header: nothing is made'
burn -encstyle new -pass-file "$tmp/pass" -add-pass-file "$tmp/pass2"
tap_is $? 2 'plain with two secrets: status 2'

burn -pass-file "$tmp/pass" "${cheap[@]}" -header "$tmp/header"
tap_is $? 0 '-header'
opens "$tmp/bytes" --header "$tmp/header"
tap_ok '-header: the two together open' || tap_note "$(cat "$tmp/stdout")"
! opens "$tmp/bytes"
tap_ok '-header: the image alone does not'
grep -q -- "--header $tmp/header" "$tmp/stdout"
tap_ok '-header: the printed command names it'
tap_like "$("$XBURNCRYPT" info "$img" -header "$tmp/header" </dev/null 2>&1)" 'contents: luks2' '-header: info needs no key'
tap_like "$("$XBURNCRYPT" info "$img" -header "$img" 2>&1)" 'img: is not a LUKS header' '-header: what is none is refused by info'
(cd "$tmp" && "$XBURNCRYPT" -o same -pass-file pass "${cheap[@]}" -header ./same dir) >/dev/null 2>"$tmp/stderr"
tap_is $? 2 '-header and -o are one file: status 2'
tap_like "$(cat "$tmp/stderr")" 'both the output and its detached header' '-header and -o are one file: says so'
cp "$tmp/header" "$tmp/before"
burn -pass-file "$tmp/pass" "${cheap[@]}" -header "$tmp/header" -force
tap_is $? 2 '-header: one that exists is never replaced'
cmp -s "$tmp/header" "$tmp/before" && [ ! -e "$img" ]
tap_ok '-header: it is left alone, and nothing is made'
burn -encstyle new -pass-file "$tmp/pass" -header "$tmp/header2"
tap_is $? 2 'plain with -header: status 2'
[ ! -e "$tmp/header2" ]
tap_ok 'plain with -header: nothing is left behind'

burn -pass-file "$tmp/pass" "${cheap[@]}" -as-file vault.luks
tap_is $? 0 '-as-file with luks2' || tap_note "$(cat "$tmp/stderr")"
tap_like "$(cat "$tmp/stdout")" 'mount -o ro .* /media' '-as-file: the printed commands mount the disc first'
mkdir "$tmp/inside" && xorriso -indev "$img" -osirrox on -extract / "$tmp/inside" >"$tmp/log" 2>&1
cryptsetup open --test-passphrase --disable-locks --key-file "$tmp/bytes" "$tmp/inside/vault.luks" 2>"$tmp/log"
tap_ok '-as-file: the file inside is the volume' || tap_note "$(ls -l "$tmp/inside")" "$(cat "$tmp/log")"
if cryptsetup_takes_files; then
	chmod u+w "$tmp/inside/vault.luks" # cryptsetup decrypts it in place
	decrypt_luks2 "$tmp/inside/vault.luks" "$tmp/bytes" "$tmp/vault.iso" &&
		same_tree "$tmp/dir" "$tmp/vault.iso" >"$tmp/diff"
	tap_ok '-as-file: and the tree in it is equal' || tap_note "$(cat "$tmp/diff")"
else
	tap_skip '-as-file: and the tree in it is equal' 'cryptsetup is older than 2.5'
fi
grep -q 'cryptsetup open --readonly /media/vault.luks' "$tmp"/inside/README*
tap_ok '-as-file: the readme tells how to open it'
! grep -q "$tmp" "$tmp"/inside/README*
tap_ok '-as-file: and no path of this machine'
burn -format veracrypt -pim 1 -pass-file "$tmp/pass" -as-file vault.hc
tap_is $? 0 '-as-file with veracrypt' || tap_note "$(cat "$tmp/stderr")"
rm -f "$img"
head -c 200000 /dev/urandom | timeout "$patience" "$XBURNCRYPT" -o "$img" -pass-file "$tmp/pass" "${cheap[@]}" -as-file vault \
	-size 204800 - >/dev/null 2>"$tmp/stderr"
tap_is $? 1 '-as-file, less on stdin than announced: status 1'
tap_like "$(cat "$tmp/stderr")" '204,800' '-as-file, less on stdin than announced: says so'
[ ! -e "$img" ]
tap_ok '-as-file, less on stdin than announced: nothing is made'
head -c 2048 /dev/zero | "$XBURNCRYPT" -o "$img" -pass-file "$tmp/pass" "${cheap[@]}" -as-file vault - >/dev/null 2>&1
tap_is $? 2 '-as-file from stdin without -size: status 2'
burn -encstyle new -pass-file "$tmp/pass" -as-file vault
tap_is $? 2 '-as-file with plain: status 2'
burn -pass-file "$tmp/pass" "${cheap[@]}" -as-file a/b
tap_is $? 2 '-as-file with a slash in the name: status 2'
burn -format veracrypt -pim 1 -pass-file "$tmp/pass"
tap_is $? 0 'veracrypt -pim'
tap_like "$(cat "$tmp/stderr")" 'ISO 9660.*Windows' 'veracrypt: warns of an ISO inside'
burn -format veracrypt -pim 0 -pass-file "$tmp/pass"
tap_is $? 2 'veracrypt with a PIM out of range: status 2'
"$XBURNCRYPT" -o "$img" -format veracrypt -pass-file "$tmp/pass" - </dev/null >/dev/null 2>"$tmp/stderr"
tap_is $? 2 'veracrypt from stdin without -size: status 2'
tap_like "$(cat "$tmp/stderr")" '-size' 'veracrypt from stdin without -size: says what to do'
burn -format loopaes -pass-file "$tmp/pass" -iterations 1
tap_is $? 0 'loopaes -iterations' || tap_note "$(cat "$tmp/stderr")"
tap_like "$(cat "$tmp/stdout")" 'aespipe .*-C 1' 'loopaes -iterations: the printed command has them'
burn -format loopaes -key-file "$tmp/v3"
tap_is $? 0 'loopaes with a key file'
head -n 64 "$tmp/v3" | head -c 3000 >"$tmp/cut"
chmod 600 "$tmp/cut"
burn -format loopaes -key-file "$tmp/cut"
tap_is $? 2 'loopaes with a truncated key file: status 2'

if command -v gpg >/dev/null; then
	export GNUPGHOME=$tmp/gnupg
	mkdir -m 700 "$GNUPGHOME"
	printf 'gpg secret\n' >"$tmp/gpgpass"
	gpg --batch --quiet --pinentry-mode loopback --passphrase-file "$tmp/gpgpass" --symmetric --armor \
		-o "$tmp/key.gpg" "$tmp/v3" 2>"$tmp/log"
	printf 'pinentry-mode loopback\npassphrase-file %s\nbatch\n' "$tmp/gpgpass" >"$GNUPGHOME/gpg.conf"
	head -c 65536 /dev/urandom >"$tmp/data"
	from_data() {
		rm -f "$img"
		"$XBURNCRYPT" -unknown-contents -o "$img" "$@" -image "$tmp/data" >"$tmp/stdout" 2>"$tmp/stderr"
	}
	from_data -format loopaes -key-file "$tmp/v3" && cp "$img" "$tmp/wanted"
	from_data -format loopaes -gpg-key "$tmp/key.gpg" && cmp -s "$img" "$tmp/wanted"
	tap_ok '-gpg-key runs gpg and gives the same disc' || tap_note "$(cat "$tmp/stderr" "$tmp/log")"
	gpg --decrypt --quiet "$tmp/key.gpg" 2>/dev/null | "$XBURNCRYPT" -o "$img" -force -format loopaes \
		-unknown-contents -key-fd 0 -image "$tmp/data" >/dev/null 2>&1 && cmp -s "$img" "$tmp/wanted"
	tap_ok '-key-fd 0 behind gpg likewise'
	echo nonsense >"$tmp/bad.gpg"
	burn -format loopaes -gpg-key "$tmp/bad.gpg"
	tap_is $? 1 '-gpg-key with what gpg refuses: status 1'
	[ ! -e "$img" ]
	tap_ok '-gpg-key with what gpg refuses: nothing is made'
	gpgconf --kill all 2>/dev/null
else
	tap_skip '-gpg-key' 'gpg is not installed'
fi
burn -format loopaes -gpg-key "$tmp/missing.gpg"
tap_is $? 1 '-gpg-key with a file that is not there: status 1'
tap_done
