#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What a rewritable medium held before: files in the clear that lie behind a shorter encrypted burn are told before it,
# and overwritten with -blank all. With the emulated burner as a library.
# shellcheck disable=SC2034 # medium, faults and pace are for with_drive
. "$top_srcdir/tests/lib/tap.sh"
. "$top_srcdir/tests/e2e/lib.sh"
. "$top_srcdir/tests/lib/burner.sh"

printf '%s\n' "$passphrase" >"$tmp/pass"
chmod 600 "$tmp/pass"
luks=(-pass-file "$tmp/pass" "${cheap[@]}" -yes)
mkdir "$tmp/old" "$tmp/new"
yes 'an old file in the clear' | head -c 12000000 >"$tmp/old/file"
echo new >"$tmp/new/file"
export MMCEMU_MIB=20

run() { # arguments...
	with_drive "$XBURNCRYPT" "$@" >"$tmp/stdout" 2>"$tmp/stderr" </dev/null
}
n_old() { # lines of the old file on the medium
	grep -a -c 'an old file in the clear' "$tmp/st/image"
}
for m in dvd+rw dvd-ram bd-re; do
	load "$m"
	run -o /dev/sr0 -format none -no-verify "$tmp/old"
	run -o /dev/sr0 "${luks[@]}" -blank auto "$tmp/new"
	tap_is $? 0 "$m: -blank auto" || tap_note "$(cat "$tmp/stderr")"
	[ "$(n_old)" -gt 100000 ]
	tap_ok "$m: -blank auto leaves old files behind"
	said 'up to [0-9.,]+ .*of old data behind the new data can still be read' "$m: which is told"

	run blank /dev/sr0
	said 'what lies behind it can still be read' "$m: blank, fast: told as well"
	# its start is zeros now, so that it counts as blank
	run -o /dev/sr0 "${luks[@]}" "$tmp/new"
	said 'up to [0-9.,]+ .*of old data behind the new data can still be read' "$m: blanked fast before: told as well"
	run blank /dev/sr0
	run -o /dev/sr0 "${luks[@]}" -blank all "$tmp/new"
	tap_is $? 0 "$m: -blank all" || tap_note "$(cat "$tmp/stderr")"
	tap_is "$(n_old)" 0 "$m: -blank all overwrites them"
	tap_is "$(grep -c 'can still be read' "$tmp/stderr")" 0 "$m: -blank all needs no warning"
	tap_is "$(with_drive "$XBURNCRYPT" cat /dev/sr0 file -pass-file "$tmp/pass")" new "$m: and the new file is there"
	run -o /dev/sr0 "${luks[@]}" "$tmp/new"
	tap_is $? 4 "$m: nothing is overwritten without -blank"
done
for m in cd-rw dvd-rw; do
	load "$m"
	run -o /dev/sr0 -format none -no-verify "$tmp/old"
	run -o /dev/sr0 "${luks[@]}" -blank all "$tmp/new"
	tap_is "$? $(n_old)" "0 0" "$m: -blank all erases old files" || tap_note "$(cat "$tmp/stderr")"
done
# a DVD-RW that is blanked all takes a stream of unknown size; one that is blanked fast does not
load dvd-rw
run -o /dev/sr0 -format none -no-verify "$tmp/old"
with_drive "$XBURNCRYPT" -o /dev/sr0 "${luks[@]}" -blank all - <"$tmp/old/file" >"$tmp/stdout" 2>"$tmp/stderr"
tap_is $? 0 "dvd-rw: -blank all takes a stream" || tap_note "$(cat "$tmp/stderr")"
tap_done
