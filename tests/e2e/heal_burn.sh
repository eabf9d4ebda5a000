#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Burning with healing data: to files and stdout in each format, checked, damaged, repaired, and opened by others;
# and what is refused. Discs in drives are for heal_drive.sh.
# shellcheck disable=SC2034 # runner is for run
. "$top_srcdir/tests/lib/tap.sh" || exit
. "$top_srcdir/tests/e2e/lib.sh"
. "$top_srcdir/tests/e2e/append_lib.sh"
need jq
mkdir "$tmp/dir"
head -c 6000000 /dev/urandom >"$tmp/dir/file"
echo 'what a disc is for' >"$tmp/dir/text"
img=$tmp/img

noise() { # file first-block n-blocks
	dd if=/dev/urandom of="$1" bs=2048 seek="$2" count="$3" conv=notrunc status=none
}
# format: sets as, reading, and where anchors are to be found
choose() {
	choose_format "$1"
	case $1 in
	luks2) anchors='448 480' ;;
	luks1) anchors=1016 ;;
	none) anchors=15 ;;
	veracrypt)
		as=(-format veracrypt -pim 1 -pass-file "$tmp/pass") reading=("${as[@]}") anchors='16 48'
		;;
	as-file)
		as=("${cheap[@]}" -pass-file "$tmp/pass" -as-file volume.img)
		reading=(-as-file volume.img -pass-file "$tmp/pass") anchors=15
		;;
	header)
		as=("${cheap[@]}" -pass-file "$tmp/pass" -header "$tmp/header") anchors=
		reading=(-header "$tmp/header" -pass-file "$tmp/pass")
		;;
	*) anchors= ;;
	esac
}
records() { # image: the blocks that are records
	LC_ALL=C grep -abo 'xburncrypt-heal 1' "$1" | while IFS=: read -r at _; do echo $((at / 2048)); done
}
checked() { # image what
	run verify -no-key "$1"
	tap_is "$? $(tail -1 "$tmp/stdout")" '0 no damage; without the key nothing proves that nobody changed the disc' \
		"$2: nothing is damaged" || told
}
opens() { # image what
	rm -rf "$tmp/back"
	run extract "$1" "${reading[@]}" -to "$tmp/back"
	tap_is "$? $(diff -r "$tmp/dir" "$tmp/back" 2>&1)" '0 ' "$2" || told
}
repaired() { # image damaged what
	run repair -o "$tmp/whole" -force "$2"
	tap_is "$? $(cmp "$tmp/whole" "$1")" '0 ' "$3" || told
}

for format in luks2 luks1 veracrypt new loopaes none as-file header; do
	choose $format
	rm -f "$tmp/header"
	run -heal on -o "$img" -force "${as[@]}" "$tmp/dir"
	tap_ok "$format: an image" || told
	size=$(stat -c %s "$img")
	tap_is "$(sed -n 's/^healing data: .* of it; any \(.*\) in one piece, or scattered by chance, may be lost/\1/p' "$tmp/stdout") $(($(sed -n \
		's/^.*: wrote \([0-9,]*\) bytes.*/\1/p' "$tmp/stdout" | tr -d ,) - size))" '5 % 0' "$format: it says what they are worth"
	tap_is "$(records "$img" | head -n "$(wc -w <<<"$anchors")" | tr '\n' ' ')" "${anchors:+$anchors }" "$format: anchors"
	checked "$img" "$format"
	opens "$img" "$format: it opens"
	cp "$img" "$tmp/damaged"
	noise "$tmp/damaged" 0 150
	repaired "$img" "$tmp/damaged" "$format: repair brings the first 150 blocks back"
	cp "$img" "$tmp/moved"
	truncate -s +4M "$tmp/moved"
	run verify -no-key "$tmp/moved"
	tap_is $? "$([ "$anchors" ] && echo 0 || echo 3)" "$format: on a medium that is longer, found by anchors only" || told
	rm -f "$tmp/header"
	run -heal 20% -heal-kernel 0 -o - "${as[@]}" "$tmp/dir"
	cp "$tmp/stdout" "$tmp/stream"
	grep -q '^healing data: ' "$tmp/stderr"
	tap_ok "$format: to stdout" || told
	checked "$tmp/stream" "$format, stdout"
	cp "$tmp/stream" "$tmp/damaged"
	noise "$tmp/damaged" 1000 200
	repaired "$tmp/stream" "$tmp/damaged" "$format, stdout: repair brings a run of 200 blocks back"
done

# the same as heal adds to what was burned without, but for anchors, id and salt
choose new
run -format none -o "$tmp/plain" "$tmp/dir"
run -o "$img" -force "${as[@]}" "$tmp/plain"
size=$(stat -c %s "$img")
run heal -in-place "$img"
healed=$(stat -c %s "$img")
run -heal on -o "$tmp/once" "${as[@]}" "$tmp/plain"
tap_is "$(stat -c %s "$tmp/once")" "$healed" 'heal adds as much as a burn'
cmp -s -n "$size" "$tmp/once" "$img"
tap_ok 'and the volume is the same'

# by others
choose luks2
run -heal on -progress json -verify -o "$img" -force "${as[@]}" "$tmp/dir"
tap_is "$(jq -r 'select(.event == "done") | "\(.verified) \(.healing_bytes > 2000000)"' "$tmp/stderr")" 'true true' \
	'JSON has the healing data, which are compared, too' || told
root=$(jq -r 'select(.event == "done") | .root' "$tmp/stderr")
if command -v veritysetup >/dev/null; then
	strings -n 20 "$img" | tail -30 | sed -n 's/^ *veritysetup open DISC whole DISC //p' | tail -1 >"$tmp/line"
	read -r by_text options <"$tmp/line"
	tap_is "$by_text" "$root" 'the text on the disc has the root that was told'
	# shellcheck disable=SC2086 # several options
	veritysetup verify "$img" "$img" "$root" $options >"$tmp/said" 2>&1
	tap_is $? 0 'veritysetup verifies it' || tap_note "$(cat "$tmp/said")"
else
	tap_skip 'by veritysetup' 'not installed'
fi
cryptsetup luksDump "$img" >"$tmp/said" 2>&1
tap_is "$? $(sed -n 's/^Keyslots area:[^0-9]*\([0-9]*\).*/\1/p' "$tmp/said")" '0 774144' 'cryptsetup: key slots end before the anchors'
if cryptsetup_takes_files; then
	cryptsetup open --test-passphrase --disable-locks "$img" <"$tmp/pass.bytes" >"$tmp/said" 2>&1
	tap_is $? 0 'cryptsetup opens it' || tap_note "$(cat "$tmp/said")"
fi
echo 'the second secret of this disc' >"$tmp/pass2"
echo 'and the third secret of this disc' >"$tmp/pass3"
chmod 600 "$tmp"/pass?
run -heal on -o "$img" -force "${as[@]}" -add-pass-file "$tmp/pass2" -add-pass-file "$tmp/pass3" "$tmp/dir"
tap_is $? 0 'three key slots fit beside anchors' || told
reading=(-pass-file "$tmp/pass3")
opens "$img" 'and the third one opens it'

# images
choose luks2
run -o "$tmp/volume" -force "${as[@]}" "$tmp/dir"
run -heal on -o "$img" -force "$tmp/volume"
tap_is $? 0 'a volume that exists is burned with healing data' || told
cmp -s -n "$(stat -c %s "$tmp/volume")" "$img" "$tmp/volume"
tap_ok 'and no anchor is put into it'
checked "$img" 'a volume that exists'
cp "$img" "$tmp/damaged"
noise "$tmp/damaged" 0 100
repaired "$img" "$tmp/damaged" 'a volume that exists: its header comes back'
run -o "$tmp/again" -force "$img"
tap_is "$? $(cmp "$tmp/again" "$img")" '0 ' 'an image that has healing data is burned as it is' || told
tap_refused 2 'img: has healing data already' 'an image that has healing data, with more' run -heal on -o "$tmp/again" -force "$img"
head -c 3000000 /dev/urandom >"$tmp/stranger"
run -heal on -o "$img" -force -format none -image "$tmp/stranger" -unknown-contents
tap_is "$? $(cmp -n 3000000 "$img" "$tmp/stranger")" '0 ' 'an image of unknown contents stays as it is' || told

# in little memory
mkdir "$tmp/spool"
spooled() { # what arguments...
	run -heal on -heal-memory 1500k -spool "$tmp/spool" -checksums -o "$img" -force "${@:2}"
	tap_is "$? $(grep -c 'by reading all of it 2 times, and take .* in .*/spool meanwhile' "$tmp/stderr") $(ls "$tmp/spool")" '0 1 ' \
		"in passes, $1" || told
	checked "$img" "in passes, $1"
	cp "$img" "$tmp/damaged"
	noise "$tmp/damaged" 0 150
	repaired "$img" "$tmp/damaged" "in passes, $1: repair brings the first 150 blocks back"
}
for format in luks2 none as-file; do
	choose $format
	spooled $format "${as[@]}" "$tmp/dir"
	run verify "$img" "${reading[@]}" -against "$tmp/dir"
	tap_is $? 0 "in passes, $format: files and digests are right" || told
done
choose luks2
burn_watched() { # memory phase output options...: of $tmp/dir, a file of which changes in that phase
	: >"$tmp/stderr"
	timeout "$patience" "$XBURNCRYPT" -heal on -heal-memory "$1" -progress plain -o "$3" "${as[@]}" "${@:4}" "$tmp/dir" \
		>"$tmp/stdout" 2>"$tmp/stderr" </dev/null &
	wait_until grep -q "^$2" "$tmp/stderr"
	printf '%s' "$1" | dd of="$tmp/dir/file" bs=4 seek=1375000 conv=notrunc status=none
}
rm -f "$tmp/x"
# long enough for the change to come before the last of its passes
truncate -s 300M "$tmp/hole"
burn_watched 1m 'computing healing data, pass 2 of' "$tmp/x" -graft "/hole=$tmp/hole"
wait $!
tap_is "$? $(grep -c 'has changed while its healing data were computed: nothing was burned' "$tmp/stderr") $(ls "$tmp/x" 2>/dev/null)" \
	'1 1 ' 'a file changes between passes: refused' || told
# a reader that waits holds the burn back
mkfifo "$tmp/fifo"
exec 5<>"$tmp/fifo"
burn_watched 3m writing "$tmp/fifo"
burn=$!
cat "$tmp/fifo" >"$img" 5>&- &
exec 5>&-
wait $burn
tap_is "$? $(grep -c '^xburncrypt: warning: 1 block changed after the healing data were computed' "$tmp/stderr")" '5 1' \
	'a file changes behind the last pass: status 5' || told
wait
run verify -no-key "$img"
tap_is "$? $(grep -c '1 differ' "$tmp/stdout") $(grep -c '^all of them can be healed' "$tmp/stdout")" '3 1 1' \
	'and it counts as damage that can be healed' || told

# whose size is not known
choose luks2
run -format none -o "$tmp/plain" -force "$tmp/dir"
from_pipe() { # arguments...
	cat "$tmp/plain" | timeout "$patience" "$XBURNCRYPT" "$@" >"$tmp/stdout" 2>"$tmp/stderr"
}
from_pipe -heal on -o "$img" -force "${as[@]}" -
tap_is "$? $(stat -c %s "$img")" "0 $(sed -n 's/^.*: wrote \([0-9,]*\) bytes.*/\1/p' "$tmp/stdout" | tr -d ,)" \
	'an image from a pipe, to a file' || told
tap_is "$(grep -c '^healing data: ' "$tmp/stdout")" 1 'an image from a pipe: it has healing data'
checked "$img" 'an image from a pipe'
opens "$img" 'an image from a pipe: it opens'
tap_refused 2 'size: for healing data, the size of the image must be known in advance' 'an image from a pipe, to stdout' \
	from_pipe -heal on -o - "${as[@]}" -
tap_like "$(cat "$tmp/stderr")" '^hint: give -size' 'an image from a pipe, to stdout: what to do'
from_pipe -heal on -size "$(stat -c %s "$tmp/plain")" -o - "${as[@]}" -
cp "$tmp/stdout" "$tmp/stream"
checked "$tmp/stream" 'an image from a pipe whose size is given'

# refused, and failed
refused() { # words what arguments...
	rm -f "$tmp/x"
	tap_refused 2 "$1" "$2" run -o "$tmp/x" "${as[@]}" "${@:3}" "$tmp/dir"
	[ ! -e "$tmp/x" ]
	tap_ok "$2: nothing is made"
}
refused 'heal: not for a disc that stays open' 'a disc that grows' -heal on -multi
refused 'heal: only a medium whose capacity is known' 'to fill a file' -heal max
refused '"much" is neither on, max or none nor a share' 'not a share' -heal much
refused 'is not one of: 0, 2, 4' 'roots that some kernels read wrongly' -heal on -heal-kernel 6
refused 'heal-kernel: only with -heal' 'roots of nothing' -heal-kernel 4
tap_refused 1 'computing the healing data takes .* but 1,048,576 bytes .* are allowed' 'little memory, for an image from a pipe' \
	from_pipe -heal on -heal-memory 1m -size "$(stat -c %s "$tmp/plain")" -o "$tmp/x" "${as[@]}" -
refused 'heal-memory: only with -heal' 'memory for nothing' -heal none -heal-memory 10m
rm -f "$tmp/x"
tap_refused 1 'computing the healing data takes .* but 10,240 bytes .* are allowed' 'little memory' \
	run -heal on -heal-memory 10k -o "$tmp/x" "${as[@]}" "$tmp/dir"
[ ! -e "$tmp/x" ]
tap_ok 'little memory: nothing is made'
runner=(prlimit --fsize=8000000)
run -heal on -o "$tmp/x" "${as[@]}" "$tmp/dir"
tap_is "$? $(ls "$tmp/x" 2>/dev/null)" '1 ' 'a file that gets too long: no file is made' || told
runner=()
choose none
run -heal none -o "$img" -force "${as[@]}" "$tmp/dir"
tap_is "$? $(records "$img")" '0 ' '-heal none: none are made'
tap_done
