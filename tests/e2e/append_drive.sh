#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Discs that grow on the emulated burner; the virtual machine has the kernel's side. What is on the medium is decrypted
# and read by programs that we did not write; the drive's own table of contents agrees.
# shellcheck disable=SC2034 # runner and faults are for run and with_drive
. "$top_srcdir/tests/lib/tap.sh" || exit
. "$top_srcdir/tests/e2e/lib.sh"
. "$top_srcdir/tests/lib/burner.sh"
. "$top_srcdir/tests/e2e/append_lib.sh"
need xorriso jq
cryptsetup_takes_files || need 'cryptsetup 2.5'
runner=(with_drive)
drive=(-o /dev/sr0 -no-checksums)

multi() { # medium: what its first burn needs to stay open
	is_overwritable "$1" || echo -multi
}
grows() { # medium format
	local what="$1, $2" list n
	load "$1"
	choose_format "$2"
	rm -rf "$tmp/work" "$tmp"/state[123]
	make_work "$tmp/work"
	cp -a "$tmp/work" "$tmp/state1"
	# shellcheck disable=SC2046
	run "${drive[@]}" "${as[@]}" $(multi "$1") "$tmp/work"
	tap_ok "$what: a first burn" || told
	[ "$2" != luks2 ] || tap_is "$(payload_bytes)" "$(is_overwritable "$1" && echo known || echo '"unknown"')" "$what: its header's token"
	change_once "$tmp/work"
	cp -a "$tmp/work" "$tmp/state2"
	run append "${drive[@]}" "${reading[@]}" "$tmp/work"
	tap_is "$? $(counts) $(grep -c '^verified: ' "$tmp/stdout")" '0 2 2 0 14 1' "$what: a session is added, and read back" || told
	printed 2 "$1" "$what"
	change_again "$tmp/work"
	cp -a "$tmp/work" "$tmp/state3"
	run append "${drive[@]}" "${reading[@]}" -mirror "$tmp/work"
	tap_is "$? $(counts)" '0 1 1 2 15' "$what: one that mirrors" || told
	printed 3 "$1" "$what"

	list=$(sessions /dev/sr0 "${reading[@]}")
	tap_is "$(awk '{ print $1 }' <<<"$list" | tr '\n' ' ')" '1 2 3 ' "$what: info lists three" || told
	decrypt_medium "$2" "$tmp/whole"
	for n in 1 2 3; do
		session_is "$tmp/whole" "$(sbsector $n)" "$tmp/state$n"
		tap_ok "$what: session $n by xorriso" || tap_note "$(sed 5q "$tmp/diff")" "$(grep -vE '^(xorriso :|$)' "$tmp/xorriso.log" | tail -5)"
		rm -rf "$tmp/back"
		run extract /dev/sr0 "${reading[@]}" -session $n -to "$tmp/back"
		tap_is "$? $(diff -r --no-dereference "$tmp/state$n" "$tmp/back" 2>&1 | grep -v ' is a fifo')" '0 ' "$what: extract -session $n" || told
	done
	run verify /dev/sr0 "${reading[@]}" -against "$tmp/work"
	tap_is $? 0 "$what: verify -against" || told
	with_drive xorriso -outdev /dev/sr0 -toc >"$tmp/toc" 2>&1
	if ! is_overwritable "$1"; then
		tap_is "$(sed -n 's/^\(ISO\|Other\) session *: *\([0-9]*\) , *\([0-9]*\) .*/\3/p' "$tmp/toc" | tr '\n' ' ')" \
			"0 $(($(sbsector 2) + lead)) $(($(sbsector 3) + lead)) " "$what: the drive knows of three, where they are told to be" ||
			tap_note "$(cat "$tmp/toc")"
		change_once "$tmp/work"
		run append "${drive[@]}" "${reading[@]}" -close "$tmp/work"
		tap_is $? 0 "$what: -close" || told
		run append "${drive[@]}" "${reading[@]}" "$tmp/work" -graft "/x=$tmp/state1"
		tap_is "$? $(grep -c 'is closed' "$tmp/stderr")" '4 1' "$what: then it takes nothing more" || told
		list=$(sessions /dev/sr0 "${reading[@]}")
		tap_is "$(wc -l <<<"$list")" 4 "$what: but has four sessions"
	fi
}
payload_bytes() { # of the LUKS2 header's token
	cryptsetup token export --token-id 0 "$tmp/st/image" 2>"$tmp/log" | jq -c '.payload_bytes | if type == "string" and . != "unknown" then "known" elif type == "number" then "known" else . end' |
		sed 's/"known"/known/'
}
printed() { # number medium what: the commands for the session
	local at wanted="mount -o ro,sbsector="
	is_overwritable "$2" && wanted="mount -o ro /dev"
	at=$(printed_commands "$tmp/stdout" | grep -cF "$wanted")
	tap_is "$at" 1 "$3: the printed command mounts session $1" || tap_note "$(cat "$tmp/stdout")"
}
# Of the files that stay nothing is read, on the disc as little as in the sources.
reads_no_file() { # medium
	local first=0 n=0 before n_asked
	load "$1"
	choose_format none
	make_work "$tmp/work"
	head -c 4000000 /dev/urandom >"$tmp/work/large"
	make_older "$tmp/work"
	# shellcheck disable=SC2046
	run "${drive[@]}" "${as[@]}" $(multi "$1") "$tmp/work"
	cp "$tmp/st/image" "$tmp/whole"
	truncate -s %4096 "$tmp/whole"
	read -r first n < <(places "$tmp/whole" 0 | sed -n "s/.*large'* \([0-9]*\) \([0-9]*\) [0-9]*$/\1 \2/p")
	tap_is "$n" 1954 "$1: where the large file lies"
	before=$(($(wc -l <"$tmp/st/log") + 1))
	change_once "$tmp/work"
	run append "${drive[@]}" "${reading[@]}" "$tmp/work"
	tap_is "$? $(counts)" '0 2 2 0 15' "$1: a session is added" || told
	n_asked=$(reads $before | wc -l)
	[ "$n_asked" -gt 5 ]
	tap_ok "$1: the log tells what was read" || tap_note "$n_asked reads"
	tap_is "$(reads $before | awk -v a="$first" -v n="$n" '$1 < a + n && $1 + $2 > a' | wc -l)" 0 "$1: no block of the file that stays" ||
		tap_note "$(reads $before | awk -v a="$first" -v n="$n" '$1 < a + n && $1 + $2 > a' | head -5)" "it is $n blocks at $first"
}
# An image may be longer than the file system that it begins with: what is behind belongs to the first session.
keeps_tail() { # medium
	load "$1"
	choose_format none
	mkdir "$tmp/first" "$tmp/second"
	head -c 500000 /dev/urandom >"$tmp/first/file"
	echo two >"$tmp/second/two"
	xorriso -as mkisofs -quiet -R -J -o "$tmp/long.iso" "$tmp/first" 2>"$tmp/log"
	head -c 1024000 /dev/urandom >>"$tmp/long.iso"
	run -o /dev/sr0 -format none -multi "$tmp/long.iso"
	tap_ok "$1: an image longer than its file system" || told
	run append "${drive[@]}" "${reading[@]}" "$tmp/second"
	tap_ok "$1: a session" || told
	run decrypt /dev/sr0 "${reading[@]}" -whole -o "$tmp/whole"
	cmp -n "$(stat -c %s "$tmp/long.iso")" "$tmp/long.iso" "$tmp/whole"
	tap_ok "$1: decrypt -whole has all of the image" || told
	run decrypt /dev/sr0 "${reading[@]}" -session 1 -o "$tmp/one"
	cmp -n "$(stat -c %s "$tmp/long.iso")" "$tmp/long.iso" "$tmp/one"
	tap_ok "$1: and decrypt -session 1" || told
	run verify /dev/sr0 "${reading[@]}"
	tap_ok "$1: verify reads it" || told
	runner=()
	run list "${reading[@]}" "$tmp/st/image"
	tap_is "$? $(grep -c two "$tmp/stdout")" '0 1' "$1: the session is found in an image of the disc" || told
}
# A medium is closed even if there is nothing to write; a CD can't be, and nothing says that it was.
closes() { # medium
	local before status
	load "$1"
	choose_format none
	make_work "$tmp/work"
	run "${drive[@]}" "${as[@]}" -multi "$tmp/work"
	tap_ok "$1: left open" || told
	before=$(grep -c '^5B ' "$tmp/st/log")
	run append "${drive[@]}" "${reading[@]}" -close "$tmp/work"
	status=$?
	if [[ $1 = cd* ]]; then
		tap_is "$status $(grep -c 'stays open: it is closed only together with a session' "$tmp/stderr")" '4 1' "$1: -close without a session" || told
		tap_is "$(grep -c '^5B ' "$tmp/st/log")" "$before" "$1: and nothing is tried"
		run info -json /dev/sr0
		tap_is "$(jq -r .state "$tmp/stdout")" appendable "$1: it is open"
		return
	fi
	tap_is "$status $(grep -c 'the medium is closed' "$tmp/stderr")" '0 1' "$1: -close without a session" || told
	run info -json /dev/sr0
	tap_is "$(jq -r '.state + " " + (.sessions | tostring)' "$tmp/stdout")" 'closed 1' "$1: it is closed"
	with_drive xorriso -outdev /dev/sr0 -toc >"$tmp/toc" 2>&1
	tap_is "$(grep '^Media status' "$tmp/toc" | sort -u)" 'Media status : is written , is closed' "$1: another program sees that" || tap_note "$(cat "$tmp/toc")"
	run verify /dev/sr0 "${reading[@]}" -against "$tmp/work"
	tap_ok "$1: what it has is whole" || told
}
closes_not() { # medium: the drive can't
	load "$1"
	choose_format none
	make_work "$tmp/work"
	run "${drive[@]}" "${as[@]}" -multi "$tmp/work"
	faults=finalize-error
	run append "${drive[@]}" "${reading[@]}" -close "$tmp/work"
	tap_is "$? $(grep -c "stays open: it can't be closed" "$tmp/stderr")" '4 1' "$1: a drive that can't close it" || told
}
overwritable() { # medium
	load "$1"
	choose_format none
	make_work "$tmp/work"
	run "${drive[@]}" "${as[@]}" "$tmp/work"
	run append "${drive[@]}" "${reading[@]}" -close "$tmp/work"
	tap_is "$? $(grep -c 'only media that are written once can be closed' "$tmp/stderr")" '2 1' "$1: -close is refused" || told
}
for medium in dvd+r bd-r dvd-r cd-r; do
	apart closes $medium
done
apart closes_not dvd+r
apart overwritable dvd+rw
for medium in dvd+r cd-r; do
	apart keeps_tail $medium
done
for medium in dvd+r dvd+rw; do
	apart reads_no_file $medium
done
for medium in cd-r dvd-r dvd+r bd-r dvd+rw bd-re; do
	apart grows $medium luks2
done
for format in new none; do
	! has_decryptor $format || apart grows dvd+r $format
done
apart grows dvd+rw none
cases_done
tap_done
