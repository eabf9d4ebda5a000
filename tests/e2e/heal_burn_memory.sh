#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Healing data of an image far larger than the memory that they may take: computed in passes, and right.
. "$top_srcdir/tests/lib/tap.sh" || exit
. "$top_srcdir/tests/e2e/lib.sh"
. "$top_srcdir/tests/e2e/append_lib.sh"
if grep -q __asan_init "$XBURNCRYPT"; then
	tap_skip 'memory of healing data' 'the address sanitizer keeps what is freed'
	tap_done
fi
truncate -s 1G "$tmp/source" # zeros, which are noise once they are encrypted
peak() { # KiB of a burn with these arguments; "" where it fails
	rm -f "$tmp/took"
	"$top_builddir/tests/bench/measure" "$tmp/took" "$XBURNCRYPT" -encstyle new -pass-file "$tmp/pass" -unknown-contents \
		-heal on "$@" -image "$tmp/source" >"$tmp/stdout" 2>"$tmp/stderr" </dev/null || return
	cut -d' ' -f3 "$tmp/took"
}
whole=$(peak -heal-memory 1g -o /dev/null) || told
little=$(peak -heal-memory 32m -o "$tmp/img") || told
tap_note "KiB: at once $whole, in passes $little"
said=$(cat "$tmp/stderr")
tap_like "$said" 'by reading all of it [2-9] times' '32 MiB are not enough for one pass'
[ "${whole:-0}" -gt 120000 ]
tap_ok 'at once, all that is added is in memory'
[ "${little:-999999}" -lt $((32 * 1024 + 24 * 1024)) ]
tap_ok 'in passes, it takes little more than it may'
run verify -no-key "$tmp/img"
tap_is "$? $(tail -1 "$tmp/stdout")" '0 no damage; without the key nothing proves that nobody changed the disc' 'the result is right' || told
dd if=/dev/urandom of="$tmp/img" bs=2048 seek=100000 count=20000 conv=notrunc status=none
run verify -no-key "$tmp/img"
tap_like "$(cat "$tmp/stdout")" '^all of them can be healed' 'a run of 40 MB can be healed' || told
tap_done
