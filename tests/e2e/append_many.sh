#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# More sessions than a record has places for: all are listed, and the first and the hundredth come back.
. "$top_srcdir/tests/lib/tap.sh" || exit
. "$top_srcdir/tests/e2e/lib.sh"
. "$top_srcdir/tests/e2e/append_lib.sh"
need jq xorriso
choose_format new
n_sessions=200
mkdir "$tmp/work"
head -c 100000 /dev/urandom >"$tmp/work/kept"
echo 1 >"$tmp/work/file 1"
make_older "$tmp/work"
run -o "$tmp/img" "${as[@]}" "$tmp/work"
tap_ok 'a first burn' || told
failed=
for ((i = 2; i <= n_sessions; i++)); do
	echo $i >"$tmp/work/file $i"
	rm -f "$tmp/work/file $((i - 5))"
	run append -o "$tmp/img" "${reading[@]}" -mirror "$tmp/work" || failed+=" $i"
	[ -z "$failed" ] || break
done
tap_is "$failed" '' "$((n_sessions - 1)) sessions are added" || told
list=$(sessions "$tmp/img" "${reading[@]}")
tap_is "$(cut -d' ' -f1 <<<"$list" | tr '\n' ' ')" "$(seq -s ' ' $n_sessions) " 'info lists all, the oldest first'
tap_is "$(cut -d' ' -f2 <<<"$list" | sort -un | wc -l)" $n_sessions 'each at its own place'
for n in 1 2 100 119 121 $n_sessions; do
	rm -rf "$tmp/back"
	run extract "$tmp/img" "${reading[@]}" -session $n -to "$tmp/back"
	wanted=$(seq $((n > 5 ? n - 4 : 1)) $n | sed 's/^/file /' | LC_ALL=C sort | tr '\n' ' ')
	tap_is "$? $(cd "$tmp/back" && printf '%s ' file*) $(cat "$tmp/back/file $n") $(cmp "$tmp/back/kept" "$tmp/work/kept")" "0 $wanted $n " \
		"session $n" || told
done
if has_decryptor new; then
	decrypt_as new "$tmp/img" "$tmp/whole"
	for n in 1 50 $n_sessions; do
		tap_is "$(by_xorriso "$tmp/whole" "$(sbsector $n)" -find / -name 'file*' | grep -c .)" $((n > 5 ? 5 : n)) "session $n by xorriso"
	done
fi
run verify "$tmp/img" "${reading[@]}" -against "$tmp/work"
tap_is $? 0 'verify' || told
tap_done
