#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A BD-R with many sessions, on the emulated burner: all are listed, old and new ones come back, and the last append reads
# no more of the disc than the first.
# shellcheck disable=SC2034 # runner is for run
. "$top_srcdir/tests/lib/tap.sh" || exit
. "$top_srcdir/tests/e2e/lib.sh"
. "$top_srcdir/tests/lib/burner.sh"
. "$top_srcdir/tests/e2e/append_lib.sh"
need jq xorriso
choose_format luks2
runner=(with_drive)
drive=(-o /dev/sr0 -no-checksums)
n_sessions=61
load bd-r
mkdir -p "$tmp/work/sub"
head -c 100000 /dev/urandom >"$tmp/work/kept"
ln -s ../kept "$tmp/work/sub/link"
# number: each state has as many files as any other, under names as long
change() {
	rm -f "$tmp/work/sub/file "*
	echo "$1" >"$tmp/work/sub/file $((100 + $1))"
	touch -r "$tmp/work/kept" "$tmp/work/sub/file "* "$tmp/work/sub"
}
keep_state() { # number
	case $1 in 1 | 31 | "$n_sessions") cp -a "$tmp/work" "$tmp/state$1" ;; esac
}
n_blocks_read() { # line of the drive's log
	reads "$1" | awk '{ n += $2 } END { print n + 0 }'
}
make_older "$tmp/work"
change 1
keep_state 1
run "${drive[@]}" "${as[@]}" -multi "$tmp/work"
tap_ok 'a first burn' || told
failed='' n_first=0
for ((i = 2; i <= n_sessions; i++)); do
	change $i
	keep_state $i
	from=$(($(wc -l <"$tmp/st/log") + 1))
	run append "${drive[@]}" "${reading[@]}" -mirror "$tmp/work" && [ "$(counts)" = '1 0 1 2' ] || failed+=" $i"
	[ -z "$failed" ] || break
	[ $i != 2 ] || n_first=$(n_blocks_read $from)
done
tap_is "$failed" '' "$((n_sessions - 1)) sessions are added" || { told; tap_note "$(counts)"; }
n_last=$(n_blocks_read "$from")
tap_note "blocks that the appends read: $n_first the first, $n_last the last"
[ "$n_first" -gt 50 ]
tap_ok 'the log tells what is read'
[ "$n_last" -le $((n_first + 8)) ]
tap_ok 'the last append reads no more than the first'
list=$(sessions /dev/sr0 "${reading[@]}")
tap_is "$(cut -d' ' -f1 <<<"$list" | tr '\n' ' ')" "$(seq -s ' ' $n_sessions) " 'info lists all, the oldest first'
tap_is "$(cut -d' ' -f2 <<<"$list" | sort -un | wc -l)" $n_sessions 'each at its own place'
for n in 1 31 $n_sessions; do
	rm -rf "$tmp/back"
	run extract /dev/sr0 "${reading[@]}" -session $n -to "$tmp/back"
	tap_is "$? $(bash "$top_srcdir/tests/e2e/compare-trees.sh" --no-owner "$tmp/state$n" "$tmp/back" 2>&1)" '0 ' "extract -session $n" || told
done
if has_decryptor luks2; then
	decrypt_medium luks2 "$tmp/whole"
	for n in 1 31 $n_sessions; do
		session_is "$tmp/whole" "$(sbsector $n)" "$tmp/state$n"
		tap_ok "session $n by xorriso" || tap_note "$(sed 5q "$tmp/diff")"
	done
else
	tap_skip 'sessions by xorriso' 'no cryptsetup that decrypts files'
fi
with_drive xorriso -outdev /dev/sr0 -toc >"$tmp/toc" 2>&1
tap_is "$(sed -n 's/^\(ISO\|Other\) session *: *\([0-9]*\) , *\([0-9]*\) .*/\3/p' "$tmp/toc" | tail -n 1)" \
	$(($(sbsector $n_sessions) + lead)) 'the drive knows of the last, where it is told to be' || tap_note "$(tail -5 "$tmp/toc")"
run verify /dev/sr0 "${reading[@]}" -against "$tmp/work"
tap_is $? 0 'verify -against' || told
tap_done
