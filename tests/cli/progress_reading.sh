#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What extract, verify and decrypt tell while they work, and at the end: the file, on terminals of several widths
# and whatever its name is; how long it took.
. "$top_srcdir/tests/lib/tap.sh" || exit
cd "$tmp" || exit

image() { # a tree with one file of a path, and its image
	rm -rf tree img
	mkdir tree
	(
		cd tree || exit
		while [[ $1 == */* ]]; do
			mkdir "${1%%/*}"
			cd "${1%%/*}" || exit
			set -- "${1#*/}"
		done
		head -c 100000 /dev/urandom >"$1"
	)
	"$XBURNCRYPT" -quiet -format none -o img tree 2>log || tap_note "$(cat log)"
}
extract() { # columns
	rm -rf out
	on_terminal terminal "stty cols $1; '$XBURNCRYPT' extract -to out img"
	tr '\r' '\n' <terminal | sed -n $'s/\033\\[K.*//p' | grep '^extracting' >lines
}
check() { # what path [the path as it is shown, in full]
	image "$2"
	for columns in 40 80 200; do
		extract "$columns"
		tap_is "$(grep -c ', reading ' lines) $(($(wc -L <lines) < columns))" '1 1' "$1, $columns columns: the file, and no line is wider" ||
			tap_note "$(cat -v terminal)"
		tap_is "$(sed $'s/\033\\[K//g' terminal | LC_ALL=C tr -d '\r\n\t\40-\176\200-\377' | wc -c)" 0 "$1, $columns columns: nothing drives the terminal"
	done
	[ $# = 2 ] || tap_is "$(sed 's/.*, reading //' lines)" "$3" "$1: as it is shown"
}

check 'a plain path' 'photos/a file' 'photos/a file'
check 'escape sequences' $'\e]0;title\a/\e[2J\e[31mred' '\x1B]0;title\x07/\x1B[2J\x1B[31mred'
check 'UTF-8 cut in the middle' $'caf\303' 'caf\xC3'
check 'a character of two columns' 'dir/日本語' 'dir/日本語'
long=$(printf 'd%.0s' {1..200})
deep=$(printf "$long/%.0s" {1..18})
check 'a path of 3,600 bytes' "${deep}the end"
tap_like "$(cat lines)" ', reading \.\.\.d+/the end$' 'its end is shown'
control=$(printf '\001%.0s' {1..200})
check 'a path of 3,600 control characters' "$(printf "$control/%.0s" {1..18})the end"
tap_like "$(cat lines)" ', reading \.\.\.[01x\\]+/the end$' 'escaped, its end is shown, too'

"$XBURNCRYPT" extract -quiet -to quiet img 2>stderr
tap_is "$(cat stderr)" '' 'without a terminal nothing is drawn'

# A full pipe as stderr: where the program first tells of its progress, it waits until somebody reads.
slowly() { # pause xburncrypt's arguments...
	local pid
	rm -f pipe
	mkfifo pipe
	exec 7<>pipe
	dd if=/dev/zero of=pipe bs=4096 oflag=nonblock 2>/dev/null
	"$XBURNCRYPT" "${@:2}" >stdout 2>pipe 7>&- &
	pid=$!
	sleep "$1"
	cat pipe >told 7>&- &
	wait "$pid"
	exec 7>&-
	wait
	tr -d '\0' <told >stderr
}
took='in 0:[0-9]{2}, [0-9.]+ MB/s'
check_time() { # name regex file xburncrypt's arguments...
	local pause
	# on a busy machine, the program may start late
	for pause in 1.5 10 60; do
		rm -rf out
		slowly "$pause" "${@:4}"
		grep -qE "$took" "$3" && break
	done
	tap_like "$(cat "$3")" "$2" "$1: at the end, how long it took"
}
burn() { # tree options...
	"$XBURNCRYPT" -quiet -format none -force -o img "${@:2}" "$1" 2>log
}
rm -rf tree
mkdir tree
head -c 300000 /dev/urandom >tree/file
burn tree -checksums
check_time extract "^extracted: 2 files of .* $took, 0 directories, 0 others\$" stdout extract -progress plain -to out img
check_time verify "^[0-9]+ sectors read $took, 0 unreadable, 1 file checked, 0 differ\$" stdout verify -progress plain img
tap_like "$(cat stderr)" '^reading: +[0-9]+ %, .*, file$' 'verify: the file, while digests are checked'
check_time decrypt "^out: .* $took: an ISO 9660" stdout decrypt -progress plain -o out img
burn tree
check_time 'verify -against' "^[0-9]+ sectors read $took, 0 unreadable" stdout verify -progress plain -against tree img
tap_like "$(cat stderr)" '^reading: +[0-9]+ %, .*, file$' 'verify -against: the file'

# what is there already, and equal, counts as done
cp -a tree more
head -c 300000 /dev/urandom >more/another
burn more
rm -rf out
"$XBURNCRYPT" extract -quiet -to out img
rm out/another
slowly 0.1 extract -progress plain -to out img
tap_is "$(sed 's/:.*//' stderr | sort -u | tr '\n' ' ')" 'extracting ' 'equal files: one phase, with one time' || tap_note "$(cat stderr)"

if command -v jq >/dev/null; then
	json() { # filter xburncrypt's arguments...
		"$XBURNCRYPT" "${@:2}" -progress json 2>events >stdout
		jq -c "$1" events
	}
	rm -rf out
	image $'caf\303'
	tap_is "$(json 'select(.event == "progress").file_hex' extract -to out img)" '"636166c3"' 'JSON: a name that is not UTF-8'
	last='select(.event == "done") | [.status, .written_bytes, .read_bytes, (.seconds | type)]'
	rm -rf out
	tap_is "$(json "$last" extract -quiet -to out img)" '[0,100000,null,"number"]' 'JSON: extract, at the end'
	tap_is "$(json "$last" verify -quiet img)" "[0,null,$(stat -c %s img),\"number\"]" 'JSON: verify, at the end'
	tap_is "$(json "$last" decrypt -o decrypted img)" "[0,$(stat -c %s img),null,\"number\"]" 'JSON: decrypt, at the end'
	tap_is "$(json "$last" decrypt -o decrypted img)" '[2,null,null,"null"]' 'JSON: nothing of what failed'
else
	tap_skip JSON 'jq is not installed'
fi
tap_done
