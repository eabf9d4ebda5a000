#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Where the digests of a disc are lost beyond healing: commands hand out what they read, and say that nothing proves it.
. "$top_srcdir/tests/lib/tap.sh" || exit
. "$top_srcdir/tests/e2e/lib.sh"
. "$top_srcdir/tests/e2e/append_lib.sh"
need jq
mkdir "$tmp/dir"
head -c 6000000 /dev/urandom >"$tmp/dir/file"
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
tap_done
