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
	[ $name != detached ] || rm -f "$tmp/header"
	run -heal on -o "$img" "${as[@]}" "$tmp/dir"
	tap_is "$? $(sed -n 's/^proof: //p' "$tmp/stdout")" "0 the disc's key" "$name: a burn with a MAC" || told
	same_mac $name "$img" "$name: a burn"
	run heal -in-place "${reading[@]}" "$img"
	tap_is "$? $(sed -n 's/^proof: //p' "$tmp/stdout")" "0 the disc's key" "$name: other healing data with a MAC" || told
	same_mac $name "$img" "$name: other healing data"
done
choose luks2
run -quiet -o "$tmp/img" "${as[@]}" "$tmp/dir"
run heal -in-place -pass-file "$tmp/pass" "$tmp/img"
tap_is "$? $(read_record "$tmp/img" && line_of mac | wc -c)" '0 65' 'an image without healing data gets them with a MAC' || told
run verify -require-mac -pass-file "$tmp/pass" "$tmp/img"
tap_is $? 0 'which is right' || told
choose none
run -quiet -o "$tmp/none.img" "${as[@]}" "$tmp/dir"
run heal -in-place -format none "$tmp/none.img"
tap_is "$? $(read_record "$tmp/none.img" && line_of mac)" '0 ' 'none: nothing to make a MAC with' || told
cp "$tmp/luks2.img" "$tmp/img"
choose luks2
run heal -in-place "$tmp/img"
tap_is "$? $(read_record "$tmp/img" && line_of mac)" '0 ' 'luks2: no MAC without the key' || told
(umask 077 && echo another >"$tmp/wrong")
cp "$tmp/img" "$tmp/before"
run heal -in-place -pass-file "$tmp/wrong" "$tmp/img"
tap_is "$? $(cmp "$tmp/img" "$tmp/before")" '3 ' 'a wrong key is refused, and the image as it was' || told

# image sed-script: changes the text of each record that has a root, and makes its sum right
edit_records() {
	local offset
	for offset in $(LC_ALL=C grep -abo 'xburncrypt-heal 1' "$1" | cut -d: -f1); do
		dd if="$1" bs=2048 skip=$((offset / 2048)) count=1 status=none | tr -d '\0' >"$tmp/text"
		! grep -q '^root -$' "$tmp/text" || continue
		put_record "$1" $((offset / 2048)) "$2"
	done
}
put_record() { # image block sed-script: changes the record there, and makes its sum right
	dd if="$1" bs=2048 skip="$2" count=1 status=none | tr -d '\0' | sed '/^sum /d' | sed "$3" >"$tmp/text"
	printf 'sum %s\n' "$(sha256sum <"$tmp/text" | cut -d' ' -f1)" >>"$tmp/text"
	truncate -s 2048 "$tmp/text"
	dd if="$tmp/text" of="$1" bs=2048 seek="$2" conv=notrunc status=none
}

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

# reading: what is proven, and what is told as wrong. In each format first.
for name in luks2 luks1 detached as-file veracrypt new old loopaes loopaes3; do
	img=$tmp/$name.img
	choose $name
	run verify -require-mac "${reading[@]}" "$img"
	tap_is "$? $(grep '^authentic' "$tmp/stdout")" "0 authentic: by the disc's key" "$name: authentic" || told
	cp "$img" "$tmp/changed"
	edit_records "$tmp/changed" 's/^mac .\(.*\)/mac \10/'
	run list "${reading[@]}" "$tmp/changed"
	tap_is "$? $(grep -c "not made with this disc's key" "$tmp/stderr") $(cat "$tmp/stdout")" '3 1 ' \
		"$name: another MAC is refused before anything is shown" || told
	run list -no-heal "${reading[@]}" "$tmp/changed"
	tap_is "$? $(wc -l <"$tmp/stdout")" '0 2' "$name: without a demand for proof, it is read" || told
done

# told DISC is said of it
is_refused() { # status words what command arguments...
	run "${@:4}"
	tap_is "$? $(grep -c -- "$2" "$tmp/stderr")" "$1 1" "$3" || told
}
tampered="not made with this disc's key: tampered with, or mixed up"
unproven='nothing proves that nobody changed'
choose luks2
good=$tmp/luks2.img
root=$(read_record "$good" && line_of root)
n_data=$(line_of data)
front=$(($(line_of tree | cut -d' ' -f1) - 3))

# swapped: another disc's records; another disc as a whole; and what is in order
run -quiet -heal on -o "$tmp/other" "${as[@]}" "$tmp/dir"
cp "$good" "$tmp/swapped"
for offset in $(LC_ALL=C grep -abo 'xburncrypt-heal 1' "$good" | cut -d: -f1); do
	dd if="$tmp/other" of="$tmp/swapped" bs=2048 skip=$((offset / 2048)) seek=$((offset / 2048)) count=1 conv=notrunc status=none
done
is_refused 3 "$tampered" 'swapped records' verify "${reading[@]}" "$tmp/swapped"
is_refused 3 'has another root' 'another disc in its place' list -root "$root" "${reading[@]}" "$tmp/other"
is_refused 3 'has another root' 'and without the key' verify -no-key -root "$root" "$tmp/other"
is_refused 3 'has another root' 'and repairing' repair -root "$root" -o "$tmp/x" "$tmp/other"
run verify -root "${root^^}" "${reading[@]}" "$good"
tap_is "$? $(grep '^authentic' "$tmp/stdout")" "0 authentic: by the disc's key, by its root" 'the disc itself' || told

# replayed: older records of the same disc, all of its older healing data, all of it
cp "$good" "$tmp/newer"
run heal -in-place "${reading[@]}" "$tmp/newer"
cp "$tmp/newer" "$tmp/replayed"
for block in $front $(($(stat -c %s "$good") / 2048 - 2)) "$(sed -n 's/^upper //p' "$tmp/record" | awk '{ print int(($1 + $2 + 31) / 32) * 32 }')"; do
	dd if="$good" of="$tmp/replayed" bs=2048 skip="$block" seek="$block" count=1 conv=notrunc status=none
done
run verify "${reading[@]}" "$tmp/replayed"
tap_is "$? $(grep -c '^authentic' "$tmp/stdout") $(grep -c 'digests of .* are lost: nothing proves' "$tmp/stdout")" '3 0 1' \
	'replayed records, which are right but for another tree' || told
is_refused 3 'are lost, so nothing proves it' 'which are not proof' cat -require-mac "${reading[@]}" "$tmp/replayed" /text
run verify "${reading[@]}" -require-mac "$good"
tap_is $? 0 'an older state of the disc is right by its key' || told
newer_root=$(read_record "$tmp/newer" && line_of root)
is_refused 3 'has another root' 'but not by the root of the newer one' list "${reading[@]}" -root "$newer_root" "$good"

# stripped
cp "$good" "$tmp/stripped"
edit_records "$tmp/stripped" '/^mac /d'
run verify "${reading[@]}" "$tmp/stripped"
tap_is "$? $(grep -c "warning: .*$unproven" "$tmp/stderr") $(grep -c '^authentic' "$tmp/stdout")" '0 1 0' 'without a MAC: verify warns' || told
is_refused 3 "$unproven" 'and refuses where one is required' verify -require-mac "${reading[@]}" "$tmp/stripped"
cp "$tmp/stripped" "$tmp/none-of-it"
cp "$good" "$tmp/stripped"
put_record "$tmp/stripped" $(($(stat -c %s "$good") / 2048 - 2)) '/^mac /d'
run verify -require-mac "${reading[@]}" "$tmp/stripped"
tap_is $? 0 'one record without it: others have it' || told
dd if="$good" of="$tmp/bare" bs=2048 count="$n_data" status=none
for option in -require-mac "-root $root" "-trust $public"; do
	# shellcheck disable=SC2086 # an option and its value
	is_refused 3 'has no healing data that could prove' "no healing data: ${option%% *}" list $option "${reading[@]}" "$tmp/bare"
done
is_refused 3 'is not encrypted, so no key can prove' 'not encrypted' list -require-mac -format none "$tmp/none.img"

# forged: a block is changed, and all else made to fit, without the key
cp "$good" "$tmp/forged"
dd if=/dev/urandom of="$tmp/forged" bs=2048 seek=600 count=1 conv=notrunc status=none
run verify -no-key "$tmp/forged"
tap_is $? 3 'a changed block is told as damage' || told
truncate -s $((n_data * 2048)) "$tmp/forged" # heal refuses to make digests of what is damaged
run heal -in-place "$tmp/forged"
run verify -no-key "$tmp/forged"
tap_is "$? $(tail -1 "$tmp/stdout")" '0 no damage; without the key nothing proves that nobody changed the disc' 'unless the digests are, too' || told
is_refused 3 "$unproven" 'forged, without a MAC' list -require-mac "${reading[@]}" "$tmp/forged"
read_record "$good"
edit_records "$tmp/forged" "/^end /amac $(line_of mac)"
is_refused 3 "$tampered" 'forged, with the MAC of the true one' list "${reading[@]}" "$tmp/forged"
is_refused 3 "$tampered" 'forged, and to be made authentic' heal -in-place "${reading[@]}" "$tmp/forged"
cp "$tmp/other" "$tmp/forged"
last=$(($(stat -c %s "$good") / 2048 - 2))
put_record "$tmp/forged" $last "s/^root .*/root $root/"
is_refused 3 "$tampered" 'one forged record, that is found first' list "${reading[@]}" "$tmp/forged"
cp "$tmp/other" "$tmp/forged"
put_record "$tmp/forged" $front "s/^root .*/root $root/"
run verify -require-mac "${reading[@]}" "$tmp/forged"
tap_is $? 0 'one that is not used does not matter' || told

# a block is changed, and its digest destroyed: what can't be proven is not handed out where proof is required
cp "$good" "$tmp/forged"
dd if=/dev/urandom of="$tmp/forged" bs=2048 seek=530 count=1 conv=notrunc status=none
dd if=/dev/urandom of="$tmp/forged" bs=2048 seek=$((front + 3)) count=$((last - front - 40)) conv=notrunc status=none
read_record "$good"
late=$(sed -n 's/^upper //p' "$tmp/record" | awk '{ print int(($1 + $2 + 31) / 32) * 32 }')
dd if="$good" of="$tmp/forged" bs=2048 skip="$late" seek="$late" count=2 conv=notrunc status=none
is_refused 3 'are lost, so nothing proves it' 'a changed block whose digest is lost' verify -require-mac "${reading[@]}" "$tmp/forged"
run verify "${reading[@]}" "$tmp/forged"
tap_is "$? $(grep -c '^authentic' "$tmp/stdout")" '3 0' 'is not called authentic' || told
# the copy of the header, where the first one is beyond healing
cp "$good" "$tmp/forged"
dd if=/dev/urandom of="$tmp/forged" bs=2048 count=510 conv=notrunc status=none
run list -require-mac "${reading[@]}" "$tmp/forged"
tap_is "$?" 0 'a header that is lost' || told

# and what the codes need, too: its copy is proven by the digests, or by nothing
rows=$(line_of rows | cut -d' ' -f1)
kernel=$(line_of kernel | cut -d' ' -f1)
copy=$(line_of header | cut -d' ' -f1)
dd if=/dev/urandom of="$tmp/forged" bs=2048 seek="$kernel" count=$((rows - kernel + 1280)) conv=notrunc status=none
run list -require-mac "${reading[@]}" "$tmp/forged"
tap_is $? 0 'a header of which only the copy is left' || told
printf 'x' | dd of="$tmp/forged" bs=1 seek=$(((copy + 100) * 2048)) conv=notrunc status=none
is_refused 1 'can.t be read, and is part of the LUKS header' 'but not where that was changed' list "${reading[@]}" "$tmp/forged"
cp "$good" "$tmp/forged"
dd if=/dev/urandom of="$tmp/forged" bs=2048 count=510 conv=notrunc status=none
dd if=/dev/urandom of="$tmp/forged" bs=2048 seek=$((front + 3)) count=$((late - front - 3)) conv=notrunc status=none
run list "${reading[@]}" "$tmp/forged"
tap_is "$? $(grep -c "its copy at block $copy is used" "$tmp/stderr")" '0 1' 'a copy that no digest proves' || told
is_refused 3 'lost, so nothing proves it' 'is no proof' list -require-mac "${reading[@]}" "$tmp/forged"

# signed
is_refused 3 'has no signature' 'no signature' list -trust "$public" "${reading[@]}" "$good"
img=$tmp/signed
printf 'untrusted comment: a key\n%s\n' "$public" >"$tmp/a.pub"
run verify -trust "$tmp/a.pub" "${reading[@]}" "$img"
tap_is "$? $(grep '^authentic' "$tmp/stdout")" "0 authentic: by the disc's key, by a trusted signature" 'signed' || told
run verify -no-key -trust "$public" "$img" -progress json
tap_is "$? $(sed -n 's/.*"mac":"\([a-z]*\)","signature":"\([a-z_]*\)".*/\1 \2/p' "$tmp/stderr") $(tail -1 "$tmp/stdout")" \
	'0 unchecked right no damage; authentic: by a trusted signature' 'signed, without the key' || told
run repair -trust "$public" -o "$tmp/repaired" "$img"
tap_is "$? $(cmp "$tmp/repaired" "$img")" '0 ' 'signed, and repaired' || told
another=RWTkj0zsjhAw0y0Pqubs9Zx8COSgRAifUYvdNPkg0y7MXUgxxBskcNqU
for command in 'list' 'verify' 'verify -no-key' "repair -o $tmp/x"; do
	given=("${reading[@]}")
	[[ $command != *' '* ]] || given=()
	# shellcheck disable=SC2086 # a command and its options
	is_refused 3 'is signed with another key' "signed by somebody else: $command" $command -trust $another "${given[@]}" "$img"
done
cp "$img" "$tmp/changed"
edit_records "$tmp/changed" 's/^trusted comment: x/trusted comment: y/'
is_refused 3 'its signature is wrong' 'a signature that is wrong' verify -no-key -trust "$public" "$tmp/changed"
cp "$tmp/changed" "$tmp/broken"
cp "$good" "$tmp/changed"
read_record "$img"
sed -n '/^untrusted comment: /,/^check-root /p' "$tmp/record" | sed '$d;s/\\/\\\\/g;$!s/$/\\/' >"$tmp/lines"
edit_records "$tmp/changed" "/^mac /a$(cat "$tmp/lines")"
is_refused 3 'its signature is wrong' "another disc's signature" verify -no-key -trust "$public" "$tmp/changed"

# by minisign itself, whose signature somebody adds
run info -heal-text "$tmp/text.facts" "$good"
if command -v minisign >/dev/null; then
	minisign -S -s "$tmp/a.key" -m "$tmp/text.facts" -x "$tmp/theirs" >"$tmp/said" 2>&1
	tap_ok 'minisign signs the facts' || tap_note "$(cat "$tmp/said")"
	for kind in '' -l; do
		# shellcheck disable=SC2086 # an option, or none
		minisign -S $kind -s "$tmp/a.key" -m "$tmp/text.facts" -x "$tmp/theirs" >"$tmp/said" 2>&1
		cp "$good" "$tmp/changed"
		edit_records "$tmp/changed" "/^mac /a$(sed 's/\\/\\\\/g;$!s/$/\\/' "$tmp/theirs")"
		run verify -trust "$public" "${reading[@]}" "$tmp/changed"
		tap_is "$? $(grep '^authentic' "$tmp/stdout")" "0 authentic: by the disc's key, by a trusted signature" \
			"which is taken ($kind)" || told
	done
else
	tap_skip 'a signature by minisign itself' 'not installed'
fi

# what info says, and what it does not claim
info_says() { # mac signature what options...
	run info "${@:4}"
	tap_is "$? $(sed -nE 's/^(MAC|signature): ([a-z]*).*/\2/p' "$tmp/stdout" | tr '\n' ' ')" "0 $1 $2 " "info: $3" || told
}
info_says there none 'without the key' "$good"
info_says right none 'with it' "${reading[@]}" "$good"
info_says there there 'a signature' "$tmp/signed"
info_says there right 'a signature that is trusted' -trust "$public" "$tmp/signed"
info_says none none 'neither' "$tmp/none.img"
edit_records "$tmp/changed" 's/^mac .\(.*\)/mac \10/'
info_says there there 'a wrong MAC, without the key' "$tmp/changed"
is_refused 3 "$tampered" 'info: a wrong MAC' info "${reading[@]}" "$tmp/changed"
is_refused 3 "$tampered" 'decrypt: a wrong MAC' decrypt -o "$tmp/x" "${reading[@]}" "$tmp/changed"
is_refused 3 "$tampered" 'extract: a wrong MAC' extract -to "$tmp/y" "${reading[@]}" "$tmp/changed"
[ ! -e "$tmp/x" ] && [ ! -e "$tmp/y" ]
tap_ok 'and nothing is left of it'

# the same in JSON
json_says() { # status words what arguments...
	run verify -progress json "${@:4}"
	tap_is "$? $(sed -nE '/"event":"health"/{s/.*"mac":"([a-z]+)"(,"signature":"([a-z_]+)")?.*/\1 \3/p}' "$tmp/stderr")" "$1 $2" "JSON: $3" || told
}
json_says 3 'wrong ' 'a wrong MAC' "${reading[@]}" "$tmp/changed"
json_says 0 'right absent' 'a right one' "${reading[@]}" "$good"
json_says 0 'absent absent' 'none' "${reading[@]}" "$tmp/none-of-it"
json_says 3 'unchecked other_key' 'a signature with another key' -no-key -trust $another "$tmp/signed"
json_says 3 'unchecked wrong' 'a wrong one' -no-key -trust "$public" "$tmp/broken"
json_says 3 'unchecked absent' 'no signature' -no-key -trust "$public" "$good"

# refused
for options in '-require-mac -no-heal' '-trust x -no-heal' "-root $root -no-heal" '-root 12' '-trust /nothing' "-root ${root}0"; do
	# shellcheck disable=SC2086 # several options
	run list $options "${reading[@]}" "$good"
	tap_is "$?" 2 "refused: ${options%% *}" || told
done
run verify -no-key -require-mac "$good"
tap_is $? 2 'refused: a MAC without the key' || told
tap_done
