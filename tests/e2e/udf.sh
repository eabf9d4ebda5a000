#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Discs with UDF alone, also encrypted: info, list, cat, extract and verify.
. "$top_srcdir/tests/lib/tap.sh" || exit
. "$top_srcdir/tests/e2e/lib.sh"

run() { "$XBURNCRYPT" "$@" >"$tmp/stdout" 2>"$tmp/stderr" </dev/null; }
make() { "$top_builddir/tests/e2e/make_udf" "$@"; }
printf '%s\n' "$passphrase" >"$tmp/pass"
chmod 600 "$tmp/pass"

for kind in physical virtual sparable metadata; do
	make $kind 2048 "$tmp/$kind.img"
	run extract "$tmp/$kind.img" -to "$tmp/$kind"
	# a device node takes root and -privileged
	tap_is $? 5 "$kind: extracted"
	tap_is "$(grep -c ': warning: ' "$tmp/stderr")" 1 "$kind: all but that"
	run verify "$tmp/$kind.img" -against "$tmp/$kind"
	tap_is "$(sed -n 's/.*: warning: //p' "$tmp/stderr" | sort)" \
		"$(printf '%s\n' 'device: exists only on the disc' 'hello: permissions differ')" "$kind: only that, and a setuid bit, differ"
done
tap_is "$(stat -c '%a %s %Y' "$tmp/metadata/two")" "640 2148 981169507" "mode, size and time are restored"
tap_is "$(stat -c %y "$tmp/metadata/two" | cut -c 20-26)" .123456 "so are fractions of a second"
tap_is "$(readlink "$tmp/metadata/symlink")" ../sub/hä "a link"
[ "$tmp/metadata/two" -ef "$tmp/metadata/sub/日本😀" ]
tap_ok "a hard link"
tap_is "$("$XBURNCRYPT" cat "$tmp/sparable.img" hello)" hello "cat"

cp "$tmp/physical.img" "$tmp/destroyed.img"
dd if=/dev/zero of="$tmp/destroyed.img" bs=2048 seek=80 count=40 conv=notrunc status=none
run verify "$tmp/destroyed.img"
tap_is $? 3 "verify: no file can be checked, and that is damage" || tap_note "$(cat "$tmp/stdout" "$tmp/stderr")"
run list "$tmp/destroyed.img"
tap_is "$? $(grep -c '^hint:' "$tmp/stderr")" "1 0" "list names no command that opens it: none does" || tap_note "$(cat "$tmp/stderr")"

# the root's names, then all entries in the first piece of the metadata file
make mirrored 2048 "$tmp/mirrored.img"
"$XBURNCRYPT" list -l "$tmp/mirrored.img" >"$tmp/list"
dd if=/dev/urandom of="$tmp/mirrored.img" bs=2048 seek=310 count=5 conv=notrunc status=none
for verb in "list -l" "extract -to $tmp/mirrored"; do
	read -ra words <<<"$verb"
	run "${words[0]}" "$tmp/mirrored.img" "${words[@]:1}"
	tap_is "$(grep 'from its mirror' "$tmp/stderr")" \
		"xburncrypt: warning: $tmp/mirrored.img: parts of the UDF metadata are damaged or can't be read, and were taken from its mirror" \
		"${words[0]}: the mirror of the metadata is told, once" || tap_note "$(cat "$tmp/stderr")"
	[ "${words[0]}" != list ] || tap_is "$(diff "$tmp/list" "$tmp/stdout")" "" "and nothing is missing"
done
tap_is "$(diff -r --no-dereference "$tmp/metadata" "$tmp/mirrored" 2>&1 | grep -v fifo)" "" "nor in the files"
run verify "$tmp/mirrored.img"
tap_is "$? $(grep -c 'from its mirror' "$tmp/stderr")" "3 1" "verify: the disc is damaged" || tap_note "$(cat "$tmp/stdout" "$tmp/stderr")"
make metadata 2048 "$tmp/single.img"
dd if=/dev/zero of="$tmp/single.img" bs=2048 seek=312 count=1 conv=notrunc status=none
run list "$tmp/single.img"
tap_is "$? $(grep -c 'directory is damaged' "$tmp/stderr")" "5 1" "without a mirror the directory is damaged" || tap_note "$(cat "$tmp/stdout" "$tmp/stderr")"

run info "$tmp/metadata.img"
tap_like "$(<"$tmp/stdout")" "^file system: UDF 2.50$" "info says what it is"
tap_like "$(<"$tmp/stdout")" "mount -t udf -o ro .*/metadata.img /mnt$" "and how to mount it"
run info -json "$tmp/metadata.img"
tap_like "$(<"$tmp/stdout")" '"file_systems":\["udf"\],"file_system_read":"udf"' "info -json too"

run -quiet -pass-file "$tmp/pass" "${cheap[@]}" -image "$tmp/metadata.img" -o "$tmp/luks.img"
tap_is $? 0 "an image is encrypted" || tap_note "$(cat "$tmp/stderr")"
tap_is "$("$XBURNCRYPT" cat -pass-file "$tmp/pass" "$tmp/luks.img" hello 2>&1)" hello "and read inside of it"
run info -pass-file "$tmp/pass" "$tmp/luks.img"
tap_like "$(<"$tmp/stdout")" "mount -t udf -o ro /dev/mapper/.* /mnt$" "info: how to mount what is inside"
run verify -pass-file "$tmp/pass" "$tmp/luks.img" -against "$tmp/metadata.img"
tap_is $? 0 "verified against the image" || tap_note "$(cat "$tmp/stderr")"
tap_done
