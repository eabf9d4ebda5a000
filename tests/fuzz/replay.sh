#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Each fuzzer once over its corpus (corpus.sh).
. "$top_srcdir/tests/lib/tap.sh"

for fuzzer in loopaes_keys veracrypt_header contents luks1_header luks2_header luks2_token \
	descriptors disc_files extraction heal_reader heal_record heal_state minisign opening sessions udf; do
	mkdir "$tmp/$fuzzer"
	bash "$top_srcdir/tests/fuzz/corpus.sh" $fuzzer "$tmp/$fuzzer" &&
		"$top_builddir/tests/fuzz/$fuzzer" "$tmp/$fuzzer"/* >"$tmp/out" 2>&1
	tap_ok "$fuzzer: its corpus" || tap_note "$(cat "$tmp/out")"
	tap_note "$(tail -n 1 "$tmp/out")"
	[ "$(sed -n 's/ inputs$//p' "$tmp/out")" -gt 100 ]
	tap_ok "$fuzzer: more than 100 inputs came of it"
done
tap_done
