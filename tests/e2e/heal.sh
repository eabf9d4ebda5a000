#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# heal, verify -no-key and repair, as a user runs them: on images of each format, with damage, killed, cut, full; and
# stock programs open what comes of it. Each kind of damage is for unit/heal/damage.sh.
. "$top_srcdir/tests/lib/tap.sh" || exit
. "$top_srcdir/tests/e2e/lib.sh"
. "$top_srcdir/tests/e2e/append_lib.sh"
need jq
mkdir "$tmp/dir"
head -c 6000000 /dev/urandom >"$tmp/dir/file"
echo 'what a disc is for' >"$tmp/dir/text"
make_older "$tmp/dir"
img=$tmp/img

noise() { # file first-block n-blocks
	dd if=/dev/urandom of="$1" bs=2048 seek="$2" count="$3" conv=notrunc status=none
}
same_start() { # image original: the volume is as it was
	cmp -s -n "$(stat -c %s "$2")" "$1" "$2"
}
opens() { # image what
	rm -rf "$tmp/back"
	run extract "$1" "${reading[@]}" -to "$tmp/back"
	tap_is "$? $(diff -r "$tmp/dir" "$tmp/back" 2>&1)" '0 ' "$2" || told
}
for format in luks2 luks1 new loopaes none; do
	choose_format $format
	run -quiet -o "$img" -force "${as[@]}" "$tmp/dir"
	tap_ok "$format: an image" || told
	cp "$img" "$tmp/original"
	run heal -o "$tmp/healing" -force "$img"
	tap_is "$? $(cmp "$img" "$tmp/original")" '0 ' "$format: healing data in a copy" || told
	same_start "$tmp/healing" "$tmp/original"
	tap_ok "$format: the volume is as it was"
	opens "$tmp/healing" "$format: it opens as before"
	run verify "$tmp/healing" -no-key
	tap_is "$? $(tail -1 "$tmp/stdout")" '0 no damage; without the key nothing proves that nobody changed the disc' \
		"$format: nothing is damaged" || told
	cp "$tmp/healing" "$tmp/damaged"
	noise "$tmp/damaged" 0 150
	run verify -no-key "$tmp/damaged"
	tap_is "$? $(sed -n "s/^[0-9]* blocks: [0-9]* right, \(.*differ\).*/\1/p; s/;.*//p" "$tmp/stdout" | tr '\n' ',')" \
		"3 0 can't be read, 150 differ,all of them can be healed," "$format: the first 150 blocks are noise" || told
	run repair -o "$tmp/whole" -force "$tmp/damaged"
	tap_is "$? $(cmp "$tmp/whole" "$tmp/healing")" '0 ' "$format: repair brings all back" || told
	opens "$tmp/whole" "$format: and that opens"
done

# by others
choose_format luks2
run -quiet -o "$img" -force "${as[@]}" "$tmp/dir"
cp "$img" "$tmp/original"
run heal -in-place "$img"
tap_is $? 0 'in place' || told
root=$(sed -n 's/^root: //p' "$tmp/stdout")
same_start "$img" "$tmp/original"
tap_ok 'in place: the volume is as it was'
if command -v veritysetup >/dev/null; then
	strings -n 20 "$img" | tail -30 | sed -n 's/^ *veritysetup open DISC whole DISC //p' | tail -1 >"$tmp/line"
	read -r by_text options <"$tmp/line"
	tap_is "$by_text" "$root" 'the text on the disc has the root that was printed'
	# shellcheck disable=SC2086 # several options
	veritysetup verify "$img" "$img" "$root" $options >"$tmp/said" 2>&1
	tap_is $? 0 'veritysetup takes the options of that text' || tap_note "$(cat "$tmp/said")"
else
	tap_skip 'by veritysetup' 'not installed'
fi
if cryptsetup_takes_files; then
	cp "$img" "$tmp/damaged"
	noise "$tmp/damaged" 0 100
	dd_line=$(strings -n 20 "$img" | tail -30 | sed -n 's/^ *dd if=DISC of=header //p' | tail -1)
	# shellcheck disable=SC2086 # several options
	dd if="$tmp/damaged" of="$tmp/header" $dd_line status=none
	cryptsetup open --test-passphrase --disable-locks --header "$tmp/header" "$tmp/damaged" \
		<"$tmp/pass.bytes" >"$tmp/said" 2>&1
	tap_is $? 0 'cryptsetup opens a disc without its first blocks by the copy of the header' || tap_note "$(cat "$tmp/said")"
fi
cp "$img" "$tmp/once"
run heal -in-place -heal 40% -heal-kernel 8 "$img"
tap_is $? 0 'other healing data replace those that are there' || told
same_start "$img" "$tmp/original"
tap_ok 'and the volume is still as it was'
run heal -in-place "$img"
tap_is "$? $(stat -c %s "$img")" "0 $(stat -c %s "$tmp/once")" 'the first ones again take as much as before'
end=$(($(stat -c %s "$img") / 2048))

# damage would become what has to be there
cp "$img" "$tmp/damaged"
noise "$tmp/damaged" 1000 3
cp "$tmp/damaged" "$tmp/before"
run heal -in-place "$tmp/damaged"
tap_is "$? $(cmp "$tmp/damaged" "$tmp/before")" '3 ' 'a damaged image does not get other healing data' || told
cut=$(sed -n 's/^hint: .*: truncate/truncate/p' "$tmp/stderr")
run heal -o "$tmp/x" "$tmp/damaged"
tap_is "$? $(ls "$tmp/x" 2>/dev/null)" '3 ' 'nor does its copy' || told
bash -c "$cut" && run heal -in-place "$tmp/damaged"
tap_is "$? $(stat -c %s "$tmp/damaged")" "0 $((end * 2048))" 'but one that was changed on purpose, once it has none' || told
run -quiet -heal on -o "$tmp/damaged" -force "${as[@]}" "$tmp/dir"
for record in $(LC_ALL=C grep -abo "xburncrypt-heal 1" "$tmp/damaged" | cut -d: -f1 | tail -n +3); do
	noise "$tmp/damaged" $((record / 2048)) 1
done
run heal -in-place "$tmp/damaged"
tap_is $? 3 'nor does one whose digests are not known' || told
run -quiet -heal on -o "$tmp/damaged" -force "${as[@]}" "$tmp/dir"
end_of_data=$(LC_ALL=C grep -a -m 1 '^data [0-9]*$' "$tmp/damaged" | cut -d' ' -f2)
cp "$tmp/damaged" "$tmp/behind"
echo 'more' >>"$tmp/behind"
truncate -s %2048 "$tmp/behind"
cp "$tmp/behind" "$tmp/before"
run heal -in-place "$tmp/behind"
tap_is "$? $(cmp "$tmp/behind" "$tmp/before")" '3 ' 'what stands behind healing data is not cut off' || told
truncate -s $(((end_of_data - 5) * 2048)) "$tmp/damaged"
run heal -in-place "$tmp/damaged"
tap_is $? 3 'an image that lacks a part of its volume gets none' || told
run -quiet -heal on -o "$tmp/damaged" -force "${as[@]}" "$tmp/dir"
run append -o "$tmp/damaged" "${reading[@]}" "$tmp/dir"
cut=$(sed -n 's/^hint: cut an image to \([0-9]*\) bytes.*/\1/p' "$tmp/stderr")
truncate -s "$cut" "$tmp/damaged"
echo more >"$tmp/dir/more"
run append -o "$tmp/damaged" "${reading[@]}" "$tmp/dir"
tap_is $? 0 'an image whose healing data were cut off as append says takes a session' || told
rm "$tmp/dir/more"

# damage that is too much
cp "$img" "$tmp/damaged"
noise "$tmp/damaged" 1000 $((end / 4))
run verify -no-key "$tmp/damaged" -progress json
tap_is "$? $(jq -r 'select(.event == "health") | "\(.healable) \(.unreadable) \(.lost > 0)"' "$tmp/stderr")" '3 false 0 true' \
	'too much is damaged: JSON says so' || told
run repair -o "$tmp/rest" "$tmp/damaged"
tap_is "$? $(grep -c '^lost blocks: [0-9]' "$tmp/stdout")" '5 1' 'what is lost is named, with status 5' || told
sed -n 's/^lost blocks: //p' "$tmp/stdout" | tr ',' '\n' | awk -F- '{ for (i = $1; i <= $NF; i++) print i + 0 }' | sort >"$tmp/lost"
cmp -l -n "$(stat -c %s "$tmp/original")" "$tmp/rest" "$tmp/original" |
	awk '{ b = int(($1 - 1) / 2048) } b != last || NR == 1 { print b; last = b }' | sort >"$tmp/wrong"
tap_is "$(comm -13 "$tmp/lost" "$tmp/wrong" | head -3)" '' 'and nothing else is wrong'
run repair -o "$tmp/rest" "$tmp/damaged"
tap_is "$? $(sed -n 's/^hint: //p' "$tmp/stderr")" '2 use -force to replace it' 'an image that is there stays'

# cut, and moved
cp "$img" "$tmp/damaged"
truncate -s $(((end - end / 25) * 2048)) "$tmp/damaged"
front=$(LC_ALL=C grep -abo 'xburncrypt-heal 1' "$img" | head -1 | cut -d: -f1)
run repair -heal-at $((front / 2048)) -o "$tmp/whole" -force "$tmp/damaged"
tap_is "$? $(cmp "$tmp/whole" "$img")" '0 ' 'an image that lacks its end, by a block that is named' || told
run repair -search -o "$tmp/whole" -force "$tmp/damaged"
tap_is "$? $(cmp "$tmp/whole" "$img")" '0 ' 'and by a search' || told
cp "$img" "$tmp/damaged"
for record in $(LC_ALL=C grep -abo 'xburncrypt-heal 1' "$img" | cut -d: -f1 | tail -2); do
	noise "$tmp/damaged" $((record / 2048)) 2
done
run verify -no-key -search "$tmp/damaged"
tap_is "$? $(grep -c 'are unknown: what they depend on is damaged$' "$tmp/stdout")" '3 1' 'without the records behind the parity, it is unknown' || told
run repair -search -o "$tmp/whole" -force "$tmp/damaged"
tap_is "$? $(cmp "$tmp/whole" "$img")" '0 ' 'and made anew' || told
cp "$img" "$tmp/moved"
truncate -s +3M "$tmp/moved"
run verify -no-key "$tmp/moved"
tap_is "$? $(sed -n 's/^hint: .*\(-search\).*/\1/p' "$tmp/stderr")" '3 -search' 'far from the end they are not found' || told
run verify -no-key -search "$tmp/moved"
tap_is $? 0 'but by a search' || told

# what no digest is of: dm-verity's superblock, the copy of the header, the last record, zeros
choose_format luks2
run -quiet -heal on -o "$tmp/burned" -force "${as[@]}" "$tmp/dir"
end_of() { echo $(($(stat -c %s "$1") / 2048)); }
superblock=$(($(LC_ALL=C grep -abo 'verity' "$tmp/burned" | grep -a ':verity$' | cut -d: -f1 | while read -r at; do
	[ $((at % 2048)) = 0 ] && echo $((at / 2048))
done | head -1)))
for block in $superblock $(($(end_of "$tmp/burned") - 100)) $(($(end_of "$tmp/burned") - 2)) $(($(end_of "$tmp/burned") - 10)); do
	cp "$tmp/burned" "$tmp/damaged"
	noise "$tmp/damaged" "$block" 1
	run verify -no-key "$tmp/damaged"
	tap_is "$? $(sed -n "s/^[0-9]* blocks: [0-9]* right, //p" "$tmp/stdout")" "3 0 can't be read, 1 differ" "noise in block $block is found" || told
done
cp "$tmp/burned" "$tmp/damaged"
truncate -s $((($(end_of "$tmp/burned") - 20) * 2048)) "$tmp/damaged"
run verify -no-key "$tmp/damaged"
tap_is "$? $(sed -n "s/^[0-9]* blocks: [0-9]* right, //p; s/;.*//p" "$tmp/stdout" | tr '\n' ',')" \
	"3 20 can't be read, 0 differ,all of them can be healed," 'an image that lacks its end is damaged' || told
# all behind the tree's start
truncate -s $(((superblock + 1) * 2048)) "$tmp/damaged"
run verify -no-key "$tmp/damaged" -progress json
tap_is "$? $(jq -r 'select(.event == "health") | .healable' "$tmp/stderr")" '3 false' "without any digest, nothing can be said to be healable" || told

# refused, and failed
cp "$img" "$tmp/healing"
run append -o "$tmp/healing" "${reading[@]}" "$tmp/dir"
tap_is "$? $(cmp "$tmp/healing" "$img") $(grep -c "^hint: cut an image to $(stat -c %s "$tmp/original") bytes" "$tmp/stderr")" '3  1' \
	'append refuses it, and says what to do' || told
run verify -no-key "$tmp/original"
tap_is $? 3 'an image without healing data' || told
refused() { # what arguments...
	run "${@:2}"
	tap_is "$? $(cmp "$img" "$tmp/healing")" '2 ' "refused: $1" || told
}
refused 'neither -o nor -in-place' heal "$img"
refused 'both' heal -in-place -o "$tmp/x" "$img"
refused 'the image as its own output' heal -o "$img" -force "$img"
refused 'more than twice the image' heal -in-place -heal 201% "$img"
refused 'not a share' heal -in-place -heal much "$img"
refused 'roots that some kernels read wrongly' heal -in-place -heal-kernel 6 "$img"
refused 'a device' heal -in-place /dev/null
refused 'a secret that is not needed' verify -no-key "${reading[@]}" "$img"
refused 'an option that needs one' verify -no-key -cipher aes-xts-plain64 "$img"
refused 'a map that nobody draws' verify -map - "${reading[@]}" "$img"
refused 'repair without an output' repair "$img"
head -c 2048 /dev/zero >"$tmp/block"
run heal -in-place "$tmp/block"
tap_is "$? $(stat -c %s "$tmp/block")" '3 2048' 'one block is too short' || told
cp "$tmp/original" "$img"
runner=(prlimit --fsize=$(($(stat -c %s "$img") + 500000)))
run heal -in-place "$img"
tap_is "$? $(cmp "$img" "$tmp/original")" '1 ' 'a full disk: the image is as it was' || told
runner=()
# only root sees which file a call is for, as the program's memory is its own
if [ "$(id -u)" = 0 ] && command -v strace >/dev/null && strace -o /dev/null true 2>/dev/null; then
	# shellcheck disable=SC2034 # for run
	runner=(without_leaks strace -f -qq -o /dev/null -P "$img" -e inject=pwrite64:signal=KILL:when=40)
	run heal -in-place "$img"
	status=$?
	# shellcheck disable=SC2034
	runner=()
	same_start "$img" "$tmp/original"
	tap_is "$status $?" '137 0' 'killed: the volume is as it was' || told
	opens "$img" 'killed: and opens'
	run verify -no-key "$img"
	tap_is $? 3 'killed: the healing data do not count' || told
	run heal -in-place "$img"
	tap_is "$? $(stat -c %s "$img")" "0 $((end * 2048))" 'killed: and are added again' || told
	run verify -no-key "$img"
	tap_is $? 0 'killed: to the right volume' || told
else
	tap_skip killed 'no strace, or not root'
fi
tap_done
