#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What append takes and refuses before it opens a disc, and how little it says where nothing is new.
. "$top_srcdir/tests/lib/tap.sh" || exit
. "$top_srcdir/tests/e2e/lib.sh"
cd "$tmp" || exit
mkdir dir
echo one >dir/one
touch -d '2001-02-03 04:05:06 UTC' dir/one
sleep 3.1 # what changed just now would count as changed again
"$XBURNCRYPT" -quiet -format none -o clear.img dir 2>stderr || tap_bail "$(cat stderr)"
cp clear.img before.img

append() { "$XBURNCRYPT" append "$@" >stdout 2>stderr </dev/null; }
refused() { # status words name arguments...
	messages=stderr tap_refused "$1" "$2" "$3" append "${@:4}"
}
"$XBURNCRYPT" help -all append >help
tap_is "$(grep -E 'burning|stdout|replace existing|overwrite|keep the header|extract' help)" '' 'the help has nothing of other commands'
tap_is "$(grep -cE '^  -(o OUTPUT|format NAME|force|privileged|V VOLUME_ID) ' help)" 5 'and each option once'
refused 2 '-o OUTPUT is required' 'no output' dir
refused 2 'no source given' 'no source' -o clear.img -format none -close
hinted() { tap_is "$(grep '^hint: ' stderr)" "hint: $1" "$2: what to do"; } # hint name
hinted 'name files or directories to add' 'no source'
refused 2 "-: stdin is an image; it can't be added" 'an image on stdin' -o clear.img -format none -
hinted 'name files or directories to add' 'an image on stdin'
mkfifo pipe
refused 2 'pipe: is a pipe' 'a pipe' -o clear.img -format none pipe
hinted 'name files or directories to add' 'a pipe'
refused 2 'stdout: can.t be read' 'standard output' -o - dir
refused 1 'missing.img: can.t be opened' 'no such image' -o missing.img dir
tap_like "$(cat stderr)" 'hint: make it first' 'no such image: what to do'
refused 2 '"other" is not one of: time, digest' 'another way to compare' -o clear.img -compare other dir
refused 2 '-force: applies to -compare digest' '-force alone' -o clear.img -force dir
refused 2 '-multi: not an option of this command' 'an option of a first burn' -o clear.img -multi dir
refused 2 'clear.img: is not encrypted' 'a disc in the clear that was not named as one' -o clear.img -mirror dir
refused 2 'is also the output' 'the disc as its own source' -o clear.img -format none clear.img
append -o clear.img -format none -mirror dir
tap_is "$? $(grep -c 'nothing is new' stderr)" '0 1' 'nothing is new' || tap_note "$(cat stderr)"
refused 2 '-close: only media that are written once can be closed' '-close of a file' -o clear.img -format none -close dir
hinted 'leave -close out' '-close of a file'
cmp clear.img before.img
tap_ok 'the image is as it was'
label() { dd if=clear.img bs=1 skip=$((16 * 2048 + 40)) count=32 status=none | sed 's/ *$//'; }
append -o clear.img -format none -V "$(label) " dir
tap_is "$? $(grep -c 'nothing is new' stderr)" '0 1' 'the volume id that it has' || tap_note "$(cat stderr)"
append -o clear.img -format none -V 'another' dir
tap_is "$? $(label) $(grep -c 'session 2: 0 new, 0 changed, 0 gone, 1 stay' stderr)" '0 another 1' 'another volume id is a session' || tap_note "$(cat stderr)"
tap_done
