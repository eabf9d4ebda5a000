#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What becomes of an old tree: whose SHA256SUMS stays, what counts as a change, and a tree without files.
. "$top_srcdir/tests/lib/tap.sh" || exit
. "$top_srcdir/tests/e2e/lib.sh"
cd "$tmp" || exit
mkdir mine new more none
echo one >mine/one
echo two >mine/two
(cd mine && sha256sum one >SHA256SUMS && echo '# my own' >>SHA256SUMS)
echo new >new/new
echo more >more/more
touch -d '2001-02-03 04:05:06 UTC' mine/* new/* more/*

burn() { "$XBURNCRYPT" -quiet -format none -force -o disc.img "$@" 2>stderr || tap_bail "$(cat stderr)"; }
append() { "$XBURNCRYPT" append -quiet -format none -o disc.img "$@" >stdout 2>stderr </dev/null; }
sums() { "$XBURNCRYPT" cat disc.img SHA256SUMS 2>/dev/null; }
names() { "$XBURNCRYPT" list disc.img 2>/dev/null | tr '\n' ' '; }

burn mine
append new
tap_is "$? $(sums)" "0 $(cat mine/SHA256SUMS)" 'a list of digests that the user made is kept' || tap_note "$(cat stderr)"
append -no-checksums more
tap_is "$? $(sums)" "0 $(cat mine/SHA256SUMS)" 'also where no digests are wanted' || tap_note "$(cat stderr)"
mkdir again && echo again >again/again
append -checksums again
tap_is "$? $(sums | sed 's/^.* //' | tr '\n' ' ')" '0 again one ' 'and is replaced where they are' || tap_note "$(cat stderr)"
mkdir last && echo last >last/last
append last
tap_is "$? $(sums | sed 's/^.* //' | tr '\n' ' ')" '0 again last one ' 'a list that a burn made is renewed' || tap_note "$(cat stderr)"
append -no-checksums -graft /there=last
tap_is "$? $(sums)" '0 ' 'and left out where no digests are wanted' || tap_note "$(cat stderr)"

burn -checksums mine -exclude SHA256SUMS
chmod 640 mine/one
append -compare digest mine -exclude SHA256SUMS
tap_is "$? $("$XBURNCRYPT" list -l disc.img 2>/dev/null | sed -n 's/^\(-[^ ]*\).* one$/\1/p')" '0 -rw-r-----' \
	'another mode alone makes a session, also where bytes are compared' || tap_note "$(cat stderr)"
cp disc.img before.img
append -compare digest mine -exclude SHA256SUMS
cmp disc.img before.img
tap_ok 'and once it has it, nothing is new'

append -mirror none
tap_is "$? $(names)" '0 ' 'sources without files, mirrored' || tap_note "$(cat stderr)"
tap_like "$(cat stderr)" 'warning: disc.img: the sources have no files' 'a warning says so'
append mine
tap_is "$? $(names)" '0 SHA256SUMS one two ' 'a tree without files can grow again' || tap_note "$(cat stderr)"
tap_done
