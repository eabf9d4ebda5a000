#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# LUKS2, proven by cryptsetup: dump, passphrase by the printed command, decryption in userspace.
. "$top_srcdir/tests/lib/tap.sh"
. "$top_srcdir/tests/e2e/lib.sh"
need cryptsetup xorriso

make_tree "$tmp/tree"
printf '%s\n' "$passphrase" >"$tmp/pass"
printf '%s' "$passphrase" >"$tmp/pass.bytes"
head -c 100 /dev/urandom >"$tmp/key"
chmod 600 "$tmp"/pass* "$tmp/key"

# The printed "cryptsetup open" line, run with --test-passphrase: no device-mapper is needed for that.
printed_command_opens() { # summary
	local line
	line=$(printed_commands "$1" | grep -m1 '^cryptsetup ') || return 1
	line=${line/cryptsetup open /cryptsetup open --test-passphrase --disable-locks }
	line=${line/--readonly /}
	(cd "$tmp" && bash -c "$line") >"$tmp/open.log" 2>&1
}

proof() { # name exact-bytes-of-the-secret xburncrypt-options...
	local name=$1 bytes=$2 img=$tmp/$1.img
	shift 2
	"$XBURNCRYPT" -o "$img" "$@" "$tmp/tree" >"$tmp/$name.summary" 2>"$tmp/err"
	tap_ok "$name: is made" || tap_note "$(cat "$tmp/err")"
	printed_command_opens "$tmp/$name.summary"
	tap_ok "$name: the printed command opens it" ||
		tap_note "$(cat "$tmp/$name.summary" "$tmp/open.log")"
	cryptsetup_takes_files || return
	decrypt_luks2 "$img" "$bytes" "$tmp/$name.iso" && same_tree "$tmp/tree" "$tmp/$name.iso" >"$tmp/diff"
	tap_ok "$name: cryptsetup decrypts it, the trees are equal" ||
		tap_note "$(cat "$tmp/$name.iso.log" "$tmp/diff" 2>/dev/null)"
	xorriso -indev "$tmp/$name.iso" -check_media -- >"$tmp/log" 2>&1
	tap_ok "$name: xorriso -check_media is content with the ISO"
	rm -f "$tmp/$name.iso"
}

# the defaults once, with their true costs
proof default "$tmp/pass.bytes" -pass-file "$tmp/pass"
cryptsetup luksDump "$tmp/default.img" >"$tmp/dump" 2>&1
for fact in 'cipher: aes-xts-plain64' 'sector: 2048' 'offset: 1048576' 'Cipher key: 512 bits' \
	'PBKDF:[[:space:]]+argon2id' 'Time cost:[[:space:]]+4' 'Memory:[[:space:]]+262144' 'Label:[[:space:]]+\(no label\)'; do
	tap_like "$(cat "$tmp/dump")" "$fact" "luksDump says: $fact"
done
threads=$(sed -n 's/.*Threads: *//p' "$tmp/dump")
tap_like "$(cat "$tmp/default.summary")" "argon2id, 262144 KiB of memory, 4 passes, $threads threads" \
	"the summary has the header's costs"

proof pbkdf2 "$tmp/pass.bytes" -pass-file "$tmp/pass" -pbkdf pbkdf2 -pbkdf-iterations 1000 -pbkdf-weak
proof key-file "$tmp/key" -key-file "$tmp/key" "${cheap[@]}"
proof bytes "$tmp/key" -encpass-file "$tmp/key" "${cheap[@]}"
proof label "$tmp/pass.bytes" -pass-file "$tmp/pass" "${cheap[@]}" -label 'holiday pictures' \
	-uuid 12345678-1234-4234-8234-123456789abc
cryptsetup luksDump "$tmp/label.img" >"$tmp/dump" 2>&1
tap_like "$(cat "$tmp/dump")" 'Label:[[:space:]]+holiday pictures' 'the label can be read without the key'
tap_like "$(cat "$tmp/dump")" 'UUID:[[:space:]]+12345678-1234-4234-8234-123456789abc' 'the UUID is the one asked for'

printf 'wrong' | cryptsetup open --test-passphrase --disable-locks --key-file - "$tmp/label.img" x 2>/dev/null
[ $? = 2 ]
tap_ok 'a wrong passphrase does not open it'

for n in 1 2; do
	"$XBURNCRYPT" -o "$tmp/twice$n.img" -pass-file "$tmp/pass" "${cheap[@]}" "$tmp/tree" >/dev/null 2>&1
done
! cmp -s "$tmp/twice1.img" "$tmp/twice2.img" &&
	[ "$(dd if="$tmp/twice1.img" bs=1M skip=1 status=none | sha256sum)" != \
		"$(dd if="$tmp/twice2.img" bs=1M skip=1 status=none | sha256sum)" ]
tap_ok 'two discs with one passphrase share no key'

cryptsetup_takes_files || {
	tap_skip 'cryptsetup decrypts' 'cryptsetup is older than 2.5'
	tap_done
}
# one flipped bit of cipher text is one block of plain text, and no error: there is no integrity here
cp "$tmp/label.img" "$tmp/flip.img"
at=$((1048576 + 200000))
byte=$(od -An -tu1 -j $at -N 1 "$tmp/flip.img")
printf '%b' "\\x$(printf %02x $((byte ^ 1)))" | dd of="$tmp/flip.img" bs=1 seek=$at conv=notrunc status=none
decrypt_luks2 "$tmp/flip.img" "$tmp/pass.bytes" "$tmp/flip.iso" &&
	decrypt_luks2 "$tmp/label.img" "$tmp/pass.bytes" "$tmp/label.iso" &&
	n=$(cmp -l "$tmp/flip.iso" "$tmp/label.iso" | wc -l) && [ "$n" -ge 1 ] && [ "$n" -le 16 ]
tap_ok 'a flipped bit stays within its 16 bytes'
tap_done
