#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A later session takes no more memory than the burn of all its files: what the disc has already costs less than what
# goes onto it.
. "$top_srcdir/tests/lib/tap.sh" || exit
. "$top_srcdir/tests/e2e/lib.sh"
. "$top_srcdir/tests/e2e/append_lib.sh"
if grep -q __asan_init "$XBURNCRYPT"; then
	tap_skip 'memory of append' 'the address sanitizer keeps what is freed'
	tap_done
fi
choose_format new
bench=$top_builddir/tests/bench

peak() { # KiB of the program with these arguments; "" where it fails
	rm -f "$tmp/took"
	"$bench/measure" "$tmp/took" "$XBURNCRYPT" "$@" >"$tmp/out" 2>"$tmp/err" || return
	cut -d' ' -f3 "$tmp/took"
}
within() { # what, options of the burn -- options of append
	local what=$1 burn append options=()
	shift
	while [ "$1" != -- ]; do
		options+=("$1")
		shift
	done
	shift
	run -force -o "$tmp/img" "${as[@]}" "${options[@]}" "$tmp/work"
	tap_ok "$what: a first burn" || told
	echo new >"$tmp/work/new"
	echo changed >"$tmp/work/d00000/changed"
	burn=$(peak -o /dev/null "${as[@]}" "${options[@]}" "$tmp/work")
	append=$(peak append -o "$tmp/img" "${reading[@]}" -mirror "$@" "$tmp/work")
	rm "$tmp/work/new" "$tmp/work/d00000/changed"
	tap_note "KiB: the burn $burn, append $append"
	[ "${append:-999999}" -le "${burn:-0}" ]
	tap_ok "$what: append takes no more memory than the burn" || tap_note "$(cat "$tmp/err")"
}

"$bench/make_trees" small 20000 100 "$tmp/work" && make_older "$tmp/work" && next_second
within times --
within digests -checksums -- -compare digest
tap_done
