#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The plain styles, proven by aespipe and openssl; a finished ISO gives the same bytes every way.
. "$top_srcdir/tests/lib/tap.sh"
. "$top_srcdir/tests/e2e/lib.sh"
need aespipe openssl xorriso sha256sum

make_tree "$tmp/tree"
printf '%s\n' "$passphrase" >"$tmp/pass"
chmod 600 "$tmp/pass"
xorriso -as mkisofs -quiet -R -J -o "$tmp/plain.iso" "$tmp/tree" 2>/dev/null
size=$(stat -c %s "$tmp/plain.iso")

sectors_match() { # image key: some sectors decrypt to the ISO's, among them the first, the last and ISO's 64
	local n last=$((size / 512 - 1))
	for n in 0 1 63 64 65 100 257 1000 $((last / 2)) $((last - 1)) $last; do
		decrypt_sector "$1" "$n" "$2" | cmp -s - <(dd if="$tmp/plain.iso" bs=512 skip="$n" count=1 status=none) ||
			return 1
	done
}

for style in new old; do
	case $style in
	new) hash=sha256 key=$(printf %s "$passphrase" | sha256sum | cut -d' ' -f1) ;;
	old) hash=unhashed2
		key=$(printf %s "$passphrase" | od -An -v -tx1 | tr -d ' \n')
		while [ ${#key} -lt 64 ]; do key+=0; done ;;
	esac
	"$XBURNCRYPT" -o "$tmp/$style.img" -encstyle $style -pass-file "$tmp/pass" "$tmp/plain.iso" \
		>"$tmp/summary" 2>"$tmp/err"
	tap_ok "$style: a finished ISO becomes an image" || tap_note "$(cat "$tmp/err")"
	tap_is "$(stat -c %s "$tmp/$style.img")" "$size" "$style: as long as the ISO"
	decrypt_aespipe "$tmp/$style.img" "$tmp/pass" $hash "$tmp/back.iso" && cmp -s "$tmp/back.iso" "$tmp/plain.iso"
	tap_ok "$style: aespipe -H $hash brings the ISO back"
	sectors_match "$tmp/$style.img" "$key"
	tap_ok "$style: openssl decrypts single sectors with the key and IV of the format"
	grep -q 'no salt and no iterations' "$tmp/err"
	tap_ok "$style: says what the style does not protect"

	"$XBURNCRYPT" -o - -encstyle $style -pass-file "$tmp/pass" "$tmp/plain.iso" 2>/dev/null |
		cmp -s - "$tmp/$style.img"
	tap_ok "$style: stdout gets the same bytes"
	"$XBURNCRYPT" -o "$tmp/stdin.img" -encstyle $style -pass-file "$tmp/pass" - \
		<"$tmp/plain.iso" >/dev/null 2>&1 && cmp -s "$tmp/stdin.img" "$tmp/$style.img"
	tap_ok "$style: from stdin come the same bytes"
	rm -f "$tmp/stdin.img"
	"$XBURNCRYPT" -o "$tmp/stdin.img" -encstyle $style -pass-file "$tmp/pass" -size "${size}" - \
		< <(cat "$tmp/plain.iso") >/dev/null 2>&1 && cmp -s "$tmp/stdin.img" "$tmp/$style.img"
	tap_ok "$style: from a pipe with -size likewise"
	rm -f "$tmp/stdin.img" "$tmp/tree.img"

	"$XBURNCRYPT" -o "$tmp/tree.img" -encstyle $style -pass-file "$tmp/pass" "$tmp/tree" \
		>/dev/null 2>&1 && decrypt_aespipe "$tmp/tree.img" "$tmp/pass" $hash "$tmp/back.iso" &&
		same_tree "$tmp/tree" "$tmp/back.iso" >"$tmp/diff"
	tap_ok "$style: a directory comes back equal" || tap_note "$(cat "$tmp/diff")"
done

"$XBURNCRYPT" -o "$tmp/alias.img" -encrypt -encstyle=aes256-cbc-sha256 "-encpass=$passphrase" \
	"$tmp/plain.iso" >/dev/null 2>&1 && cmp -s "$tmp/alias.img" "$tmp/new.img"
tap_ok 'aes256-cbc-sha256 is new, and -encpass= gives the same key'
hex=$(printf %s "$passphrase" | od -An -v -tx1 | tr -d ' \n')
"$XBURNCRYPT" -dev="$tmp/alias2.img" -encstyle aes256-cbc-plain -encpass-hex "$hex" \
	"$tmp/plain.iso" >/dev/null 2>&1 && cmp -s "$tmp/alias2.img" "$tmp/old.img"
tap_ok 'aes256-cbc-plain is old, -dev= is -o, and -encpass-hex gives the same key'

"$XBURNCRYPT" -o "$tmp/clear.img" -format none "$tmp/plain.iso" >"$tmp/summary" 2>&1 &&
	cmp -s "$tmp/clear.img" "$tmp/plain.iso"
tap_ok 'none: the ISO as it is'
: >"$tmp/empty"
"$XBURNCRYPT" -o "$tmp/clear2.img" -format none -encpass-file "$tmp/empty" "$tmp/tree" \
	>"$tmp/summary" 2>&1 && same_tree "$tmp/tree" "$tmp/clear2.img" >"$tmp/diff"
tap_ok 'none: a directory, with an empty -encpass-file' || tap_note "$(cat "$tmp/summary" "$tmp/diff")"
xorriso -indev "$tmp/clear2.img" -check_media -- >"$tmp/log" 2>&1
tap_ok 'none: xorriso -check_media is content'
tap_done
