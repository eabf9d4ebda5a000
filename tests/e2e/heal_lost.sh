#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Where the digests of a disc are lost beyond healing: commands hand out what they read, and say that nothing proves it.
. "$top_srcdir/tests/lib/tap.sh" || exit
. "$top_srcdir/tests/e2e/lib.sh"
. "$top_srcdir/tests/e2e/append_lib.sh"
need jq
mkdir "$tmp/dir"
head -c 6000000 /dev/urandom >"$tmp/dir/file"
: "${top_builddir:=$top_srcdir}"
shim=$top_builddir/tests/lib/bad_blocks-preload.so
export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}verify_asan_link_order=0
img=$tmp/img damaged=$tmp/damaged

noise() { # first-block n-blocks: of the damaged image
	dd if=/dev/urandom of="$damaged" bs=2048 seek="$1" count="$2" conv=notrunc status=none
}
# status pattern what: of the last command, which said that once
said() {
	tap_is "$? $(grep -c "$2" "$tmp/stderr") $(grep -c 'lost$' "$tmp/stderr")" "$1 1 1" "$3" || told
}
lost='^xburncrypt: [^ ]*damaged: [0-9]* blocks could not be checked: their digests are lost$'

choose_format luks2
run -quiet -heal on -o "$img" -force "${as[@]}" "$tmp/dir"
run info "$img" -json
data=$(jq .healing.data_blocks "$tmp/stdout")
cp "$img" "$damaged"
noise $((data - 700)) 1200
for command in "extract -to $tmp/back" "decrypt -o $tmp/plain"; do
	# shellcheck disable=SC2086 # several words
	run $command "$damaged" "${reading[@]}"
	said 5 "$lost" "${command%% *}"
done
tap_is "$(stat -c %s "$tmp/back/file")" 6000000 'extract: all bytes are there'
run decrypt "$img" "${reading[@]}" -o "$tmp/undamaged"
tap_is "$(stat -c %s "$tmp/plain")" "$(stat -c %s "$tmp/undamaged")" 'decrypt: all bytes are there'
run cat "$damaged" "${reading[@]}" /file
said 5 "$lost" cat
tap_is "$(stat -c %s "$tmp/stdout")" 6000000 'cat: all bytes are there'
run list "$damaged" "${reading[@]}"
said 0 'warning: .* blocks could not be checked: their digests are lost$' list
run extract "$damaged" "${reading[@]}" -no-heal -to "$tmp/plainly"
tap_is "$? $(cat "$tmp/stderr")" '0 ' 'not with -no-heal, where nobody looks' || told
if [ -c /dev/fuse ] && command -v fusermount3 >/dev/null; then
	mkdir "$tmp/mnt"
	run mount "$damaged" "$tmp/mnt" "${reading[@]}"
	tap_is "$? $(grep -c 'warning: .*: digests are lost: not all that is read can be checked$' "$tmp/stderr")" '0 1' \
		'mount warns before it leaves the terminal' || told
	run unmount "$tmp/mnt"
	run mount "$img" "$tmp/mnt" "${reading[@]}"
	tap_is "$? $(cat "$tmp/stderr")" '0 ' 'mount: not of one that is whole' || told
	run unmount "$tmp/mnt"
else
	tap_skip mount 'no FUSE here'
fi

# all records that have the root
cp "$img" "$damaged"
for record in $(LC_ALL=C grep -abo 'xburncrypt-heal 1' "$img" | cut -d: -f1); do
	dd if="$img" bs=2048 skip=$((record / 2048)) count=1 status=none | grep -qa '^root [0-9a-f]' && noise $((record / 2048)) 1
done
rm -rf "$tmp/back"
run extract "$damaged" "${reading[@]}" -to "$tmp/back"
tap_is "$? $(grep -c 'records of the root' "$tmp/stderr") $(grep -c "$lost" "$tmp/stderr")" '5 1 1' 'without the root' || told
diff -r "$tmp/dir" "$tmp/back"
tap_ok 'without the root: all bytes are there'
run verify "$damaged" "${reading[@]}"
tap_is $? 3 'without the root: verify' || told
run info "$damaged" -json
tap_is "$? $(jq -r '.healing | has("root")' "$tmp/stdout")" '0 false' 'without the root: JSON has none' || told

# what cannot be healed, and how it can be
quoted="'$tmp/is damaged'" named="$tmp/is damaged"
cp "$img" "$damaged"
noise 1000 2
mv "$damaged" "$named"
run cat "$named" "${reading[@]}" /file
hint="use xburncrypt repair -o OUTPUT $quoted to make a healed image of it"
tap_is "$(sed -n 's/.*on the way; //p' "$tmp/stderr")" "$hint" 'how it is healed, behind a warning' || told
cmp -s "$tmp/stdout" "$tmp/dir/file"
tap_ok 'cat heals it'
run verify "$named" "${reading[@]}"
tap_is "$? $(sed -n 's/^hint: //p' "$tmp/stderr")" "3 $hint" 'behind a failure' || told
truncate -s +3M "$named"
run verify -no-key -search "$named"
tap_is "$? $(sed -n 's/^hint: //p' "$tmp/stderr")" "3 ${hint/OUTPUT/OUTPUT -search}" 'with -search, where that was needed' || told
hint=${hint/OUTPUT/OUTPUT -search}
command=${hint#use } command=${command% to make*} command=${command/OUTPUT/\"$tmp/whole\"}
eval "${command/xburncrypt/\"$XBURNCRYPT\"}" >"$tmp/said" 2>&1
tap_is "$? $(cmp "$tmp/whole" "$img")" '0 ' 'and that command makes a whole image' || tap_note "$(cat "$tmp/said")"

# repair: what it is about, and the last line of JSON
cp "$img" "$damaged"
noise $((data - 700)) 1200
run repair -o "$tmp/rest" "$damaged" -progress json
tap_is "$? $(jq -r 'select(.event == "done") | "\(.path) \(.failure.name)"' "$tmp/stderr")" "5 $tmp/rest $damaged" \
	'repair names the source that has lost blocks' || told
run repair -o "$tmp/whole" -force "$img" -progress json
tap_is "$? $(jq -r 'select(.event == "done") | "\(.path) \(.written_bytes) \(.root | length) \(.healing_bytes)"' "$tmp/stderr")" \
	"0 $tmp/whole $(stat -c %s "$img") 64 $(($(stat -c %s "$img") - data * 2048))" 'repair: JSON' || told
cp "$img" "$damaged"
noise "$data" $(($(stat -c %s "$img") / 2048 - data))
run repair -o "$tmp/none" "$damaged" -search
tap_is "$? $(grep -c "^xburncrypt: $damaged: " "$tmp/stderr")" '1 1' 'and that has lost its root' || told

# heal: JSON; proofs that go
cp "$img" "$damaged"
run heal -in-place "$damaged" -progress json
size=$(stat -c %s "$damaged")
tap_is "$? $(jq -r 'select(.event == "done") | "\(.path) \(.written_bytes) \(.root | length) \(.healing_bytes)"' "$tmp/stderr")" \
	"0 $damaged $((size - data * 2048)) 64 $((size - data * 2048))" 'heal: JSON' || told
tap_is "$(jq -r 'select(.event == "warning") | .text' "$tmp/stderr")" \
	"$damaged: its healing data had a MAC, and the new ones have none; give the secret to make one" 'heal: a MAC that goes is told'
cp "$img" "$damaged"
run heal -in-place "$damaged" "${reading[@]}"
tap_is "$? $(cat "$tmp/stderr")" '0 ' 'but not one that is made anew' || told
for command in 'heal -in-place' 'verify -no-key' "repair -o $tmp/none"; do
	# shellcheck disable=SC2086 # several words
	run $command -
	tap_is "$? $(grep -c '^xburncrypt: -: is a pipe; ' "$tmp/stderr")" '2 1' "$command: no pipe" || told
done
if command -v minisign >/dev/null; then
	minisign -G -W -p "$tmp/key.pub" -s "$tmp/key.sec" >"$tmp/said" 2>&1
	run heal -in-place "$damaged" "${reading[@]}" -sign "$tmp/key.sec"
	tap_is $? 0 'signed' || told
	run heal -in-place "$damaged" "${reading[@]}"
	tap_is "$? $(cat "$tmp/stderr")" \
		"0 xburncrypt: warning: $damaged: its healing data were signed, and the new ones are not; use -sign to sign them" \
		'heal: a signature that goes is told' || told
else
	tap_skip 'a signature' 'minisign is not installed'
fi

# neighbours of one block that can't be read
if [ -e "$shim" ]; then
	cp "$img" "$damaged"
	echo '1000 1' >"$tmp/bad"
	runner=(env LD_PRELOAD="$shim" BAD_BLOCKS_OF="$damaged" BAD_BLOCKS="$tmp/bad")
	run verify "$damaged" "${reading[@]}"
	tap_is "$? $(sed -n '/damaged;/s/[0-9][0-9]*/N/p' "$tmp/stdout")" '3 up to N blocks are damaged; all of them can be healed' \
		'blocks that were not tried are not called damaged' || told
	# shellcheck disable=SC2034 # for run
	runner=()
fi
cp "$img" "$damaged"
noise 1000 1
run verify "$damaged" "${reading[@]}"
tap_is "$? $(grep 'damaged;' "$tmp/stdout")" '3 1 block is damaged; it can be healed' 'one that differs is counted alone' || told
tap_done
