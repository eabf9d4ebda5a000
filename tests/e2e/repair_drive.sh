#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# repair on a drive that can't read parts of its disc: how often it is made to try, what comes of it, how a repair goes
# on after a kill or with another copy of the disc, and the map of it.
. "$top_srcdir/tests/lib/tap.sh" || exit
. "$top_srcdir/tests/e2e/lib.sh"
. "$top_srcdir/tests/lib/burner.sh"
. "$top_srcdir/tests/e2e/append_lib.sh"
need jq

head -c 24000000 /dev/urandom >"$tmp/img"
run heal -in-place "$tmp/img"
tap_ok 'an image with healing data' || told
end=$(($(stat -c %s "$tmp/img") / 2048))
data=$((24000000 / 2048 + 1))
front=$(($(LC_ALL=C grep -abo 'xburncrypt-heal 1' "$tmp/img" | head -1 | cut -d: -f1) / 2048))
load dvd+r
with_drive "$XBURNCRYPT" -quiet -no-verify -format none -unknown-contents -o /dev/sr0 -image "$tmp/img" 2>"$tmp/stderr"
tap_ok 'it is burned' || tap_note "$(cat "$tmp/stderr")"

# runner and faults are for run and with_drive
# shellcheck disable=SC2034
runner=(with_drive)
bad() { # line...: what can't be read from now on
	printf '%s\n' "$@" >"$tmp/bad"
	# shellcheck disable=SC2034
	faults=bad-blocks=$tmp/bad${tells:+,told-bad-block}
	: >"$tmp/st/log"
}
n_failed() { grep -c '^fault bad-blocks\|fault bad-blocks$' "$tmp/st/log"; }
n_read() { grep -c '^28 ' "$tmp/st/log"; }
repair() { # option...
	rm -f "$tmp/new"
	run repair -heal-at "$front" -o "$tmp/new" "$@" /dev/sr0
}
is_back() { # what most-failures
	local failed
	repair
	tap_is "$? $(cmp "$tmp/new" "$tmp/img" 2>&1)" '0 ' "$1: all is back" || told
	failed=$(n_failed)
	[ "$failed" -gt 0 ] && [ "$failed" -le "$2" ]
	tap_ok "$1: $2 failed READs at most ($failed)"
}
tell_runs() { # the blocks of "lost blocks:", one a line
	sed -n 's/^lost blocks: //p' "$tmp/stdout" | tr ',' '\n' | awk -F- '{ for (i = $1; i <= $NF; i++) print i + 0 }'
}

for tells in '' yes; do
	bad "$((end - end / 20)) $end"
	is_back "5 % at the end${tells:+, told}" 63
	tap_like "$(cat "$tmp/stdout")" '^[0-9]+ blocks were not read, since what was read suffices$' 'and the rest is not called unreadable'
done
tells=
bad "0 $((end / 20))"
repair -map "$tmp/map.svg"
tap_is "$? $(cmp "$tmp/new" "$tmp/img" 2>&1)" '0 ' '5 % at the start: all is back' || told
[ "$(n_failed)" -lt 64 ]
tap_ok "with less than 64 failed READs ($(n_failed))"
mapfile -t clusters < <(awk -v end="$end" 'BEGIN { srand(3); for (i = 64; i < end; i += 16) if (rand() < .02) print i, 16 }')
bad "${clusters[@]}"
is_back '2 % in clusters' "${#clusters[@]}"
tap_is "$(grep '^28 .* 00 10 00 out' "$tmp/st/log" | cut -d' ' -f3-6 | sort | uniq -d)" '' 'and no unit is read twice'

# the map
head -c 5 "$tmp/map.svg" >"$tmp/head"
tap_is "$(cat "$tmp/head")" '<svg ' 'a map of it was drawn'
if command -v xmllint >/dev/null; then
	xmllint --noout "$tmp/map.svg" 2>"$tmp/said"
	tap_ok 'xmllint takes it' || tap_note "$(cat "$tmp/said")"
	tap_is "$(xmllint --xpath 'count(//*[local-name()="path"]/*[local-name()="title"])' "$tmp/map.svg")" \
		"$(xmllint --xpath 'count(//*[local-name()="path"])' "$tmp/map.svg")" 'each path of it has a title'
else
	tap_skip 'xmllint takes the map' 'not installed'
fi
tap_like "$(cat "$tmp/map.svg")" '>healed: [1-9][0-9]* ' 'the legend counts what was healed'
tap_like "$(cat "$tmp/map.svg")" '<title>blocks 0 to [0-9]+: (healed|not read)<' 'and the first blocks are said to be'
if command -v rsvg-convert >/dev/null; then
	rsvg-convert -o "$tmp/map.png" "$tmp/map.svg" 2>"$tmp/said" && [ -s "$tmp/map.png" ]
	tap_ok 'rsvg-convert draws it' || tap_note "$(cat "$tmp/said")"
else
	tap_skip 'rsvg-convert draws the map' 'not installed'
fi
cp "$tmp/map.svg" "$tmp/map.was"
repair -map "$tmp/map.svg"
tap_is "$? $(cmp "$tmp/map.svg" "$tmp/map.was") $(n_failed | grep -c .)" '1  1' 'a map that is there stays' || told
[ ! -e "$tmp/new" ]
tap_ok 'and nothing is made before that is said'
bad "$((end / 2)) $((end / 20))"
run verify -no-key -heal-at "$front" -map - /dev/sr0
tap_is "$? $(grep -cE '^ *[0-9]+  [.hX ]{64}$' "$tmp/stdout") $(grep -c '^all of them can be healed' "$tmp/stdout")" '3 16 1' \
	'verify -no-key draws it as text' || told
tap_is "$(sed -n 's/^ *[0-9]*  \([.hX ]\{64\}\)$/\1/p' "$tmp/stdout" | tr -d '\n' | tr -s . | tr -s h)" '.h.' 'one part is damaged'
run verify -no-key -heal-at "$front" -map "$tmp/map.svg" -force /dev/sr0
tap_is "$? $(grep -c '>can be healed: [1-9]' "$tmp/map.svg")" '3 1' 'or as a picture, in place of one that is there' || told
repair -force -map "$tmp/new"
tap_is $? 2 'the map is not written over the image' || told

# a disc that was burned with healing data is found by its anchors
choose_format luks2
mkdir "$tmp/dir"
head -c 9000000 /dev/urandom >"$tmp/dir/file"
load dvd+r
run -o /dev/sr0 -heal on -quiet -no-verify -no-checksums "${as[@]}" "$tmp/dir"
tap_ok 'a disc is burned with healing data' || told
run repair -o "$tmp/burned" /dev/sr0
tap_ok 'its image' || told
end_burned=$(($(stat -c %s "$tmp/burned") / 2048))
bad "$((end_burned - end_burned / 20)) $end"
run repair -o "$tmp/again" /dev/sr0
tap_is "$? $(cmp "$tmp/again" "$tmp/burned" 2>&1)" '0 ' 'and all of it is back without its last 5 %' || told
[ "$(n_failed)" -gt 0 ] && [ "$(n_failed)" -lt 64 ]
tap_ok "with less than 64 failed READs ($(n_failed))"
# the files that lost blocks lie in
bad "$((end_burned / 4)) $((end_burned / 5))"
run repair -o "$tmp/again" -force "${reading[@]}" /dev/sr0
tap_is "$? $(grep -cE '^xburncrypt: warning: LBA [0-9]+-[0-9]+( and [0-9]+ more runs? of blocks)? lost: in /file$' "$tmp/stderr")" '5 1' \
	'with the secret, files are named that are lost in part' || told
run repair -o "$tmp/again" -force -format luks2 -key-file "$tmp/bad" /dev/sr0
tap_is $? 3 'a wrong secret is told' || told
bad "0 600"
run repair -o "$tmp/again" -force "${reading[@]}" /dev/sr0
tap_is "$? $(cmp "$tmp/again" "$tmp/burned" 2>&1)" '0 ' 'with it a disc without its header is repaired, too' || told
load dvd+r
with_drive "$XBURNCRYPT" -quiet -no-verify -format none -unknown-contents -o /dev/sr0 -image "$tmp/img" 2>"$tmp/stderr"
tap_ok 'the first disc again'

# more than can be healed
bad "$((data / 2)) $((end / 5))"
repair -progress json
tap_is "$? $(cmp -n 1000000 "$tmp/new" "$tmp/img")" '5 ' '20 %: some of it is lost' || told
tell_runs | sort >"$tmp/lost"
jq -r 'select(.event == "health") | .lost_blocks[]' "$tmp/stderr" | awk -F- '{ for (i = $1; i <= $NF; i++) print i + 0 }' | sort >"$tmp/lost_json"
cmp -l -n $((data * 2048 - 2048)) "$tmp/new" "$tmp/img" |
	awk '{ b = int(($1 - 1) / 2048) } b != last || NR == 1 { print b; last = b }' | sort >"$tmp/wrong"
[ -s "$tmp/lost" ]
tap_is "$? $(comm -13 "$tmp/lost" "$tmp/wrong" | head -3)$(cmp "$tmp/lost" "$tmp/lost_json")" '0 ' 'what is lost is named, and nothing else is wrong'
tap_is "$(jq -r 'select(.event == "health") | "\(.healable) \(.lost) \(.unread)"' "$tmp/stderr")" "false $(wc -l <"$tmp/lost") 0" 'in JSON, too'

# the file of states
rm -f "$tmp/new"
repair -state "$tmp/state"
tap_is "$? $(cmp -n 1000000 "$tmp/new.part" "$tmp/img" 2>&1)" '5 ' 'with -state: the image is kept as a part' || told
tap_like "$(cat "$tmp/stderr")" '^hint: repeat the command with another copy' 'and it is said how to go on'
[ ! -e "$tmp/new" ]
tap_ok 'it does not have its name yet'
cp "$tmp/state" "$tmp/state.was"
# a second copy, whose other half is damaged
bad "0 $((data / 2))" "$((data / 2 + end / 5 + 320)) $((data - data / 2 - end / 5 - 320))"
repair -state "$tmp/state"
tap_is "$? $(cmp "$tmp/new" "$tmp/img" 2>&1)" '0 ' 'a second copy, damaged elsewhere, makes it whole' || told
[ ! -e "$tmp/new.part" ] && [ ! -e "$tmp/state" ]
tap_ok 'and the state is gone'
[ "$(n_read)" -lt $((end / 5 / 16 + 100)) ]
tap_ok "only what was missing was read ($(n_read) READs)"

# states that don't belong there
refused() { # what status
	repair -state "$tmp/state"
	tap_is $? "$2" "refused: $1" || told
	tap_like "$(cat "$tmp/stderr")" "$3" "$1: it is named"
}
: >"$tmp/new.part"
rm -f "$tmp/state"
refused 'a part without its state' 1 'new\.part: already exists'
cp "$tmp/state.was" "$tmp/state"
rm "$tmp/new.part"
refused 'a state without its part' 1 'new\.part: can.t be opened'
: >"$tmp/new.part"
sed 's/^disc ......../disc 00000000/' "$tmp/state.was" >"$tmp/state"
refused "another disc's" 3 'state: is the state of a repair of another disc'
sed '$d' "$tmp/state.was" >"$tmp/state"
refused 'one that was cut' 1 'state: is not the state of a repair: line [0-9]'
echo 'xburncrypt' >"$tmp/state"
refused 'something else' 1 'state: is not the state of a repair'
cp "$tmp/img" "$tmp/state"
refused 'an image' 1 'state: is not the state of a repair'
cmp -s "$tmp/state" "$tmp/img"
tap_ok 'which stays'
rm -f "$tmp/state" "$tmp/new.part"
repair -state "$tmp/new"
tap_is $? 2 'refused: the image as its own state' || told
repair -state "$tmp/new.part"
tap_is $? 2 'refused: the part' || told

# interrupted
if [ "$(id -u)" = 0 ] && command -v strace >/dev/null && strace -o /dev/null true 2>/dev/null; then
	for signal in KILL INT; do
		bad "$((end - end / 20)) $end"
		rm -f "$tmp/new"
		# shellcheck disable=SC2034
		runner=()
		(
			use_drive
			shim=$LD_PRELOAD
			unset LD_PRELOAD
			exec 2>/dev/null
			without_leaks strace -f -qq -o /dev/null -E LD_PRELOAD="$shim" -P "$tmp/new.part" -e inject=pwrite64:signal=$signal:when=700 \
				"$XBURNCRYPT" repair -heal-at "$front" -o "$tmp/new" -state "$tmp/state" /dev/sr0
		) >"$tmp/stdout" 2>"$tmp/stderr"
		status=$?
		[ $status -gt 128 ] && [ ! -e "$tmp/new" ] && [ -e "$tmp/new.part" ] && [ -e "$tmp/state" ]
		tap_ok "$signal: what was read is kept ($status)"
		: >"$tmp/st/log"
		# shellcheck disable=SC2034
		runner=(with_drive)
		repair -state "$tmp/state"
		tap_is "$? $(cmp "$tmp/new" "$tmp/img" 2>&1)" '0 ' "$signal: the same command makes it whole" || told
		[ "$(n_failed)" -lt 64 ]
		tap_ok "$signal: with few failed READs ($(n_failed))"
		[ $signal = KILL ] || [ "$(n_read)" -lt $((end / 16 - 600)) ]
		tap_ok "$signal: what was read is not read again ($(n_read) READs)"
	done
else
	tap_skip interrupted 'no strace, or not root'
fi
tap_done
