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
append() { "$XBURNCRYPT" append -progress none -format none -o disc.img "$@" >stdout 2>stderr </dev/null; }
sums() { "$XBURNCRYPT" cat disc.img SHA256SUMS 2>/dev/null; }
listed() { sums | sed 's/^.* //' | tr '\n' ' '; }
names() { "$XBURNCRYPT" list disc.img 2>/dev/null | tr '\n' ' '; }

burn mine
append new
tap_is "$? $(sums)" "0 $(cat mine/SHA256SUMS)" 'a list of digests that the user made is kept' || tap_note "$(cat stderr)"
append -no-checksums more
tap_is "$? $(sums)" "0 $(cat mine/SHA256SUMS)" 'also where no digests are wanted' || tap_note "$(cat stderr)"
mkdir again && echo again >again/again
append -checksums again
tap_is "$? $(listed)" '0 again ' 'and is replaced where they are, without the digests that no burn made' || tap_note "$(cat stderr)"
tap_like "$(cat stderr)" 'SHA256SUMS: the new session replaces the one that the disc has, which was not made by the burn' 'which is told'
mkdir last && echo last >last/last
append last
tap_is "$? $(listed)" '0 again last ' 'a list that a burn made is renewed' || tap_note "$(cat stderr)"
append -no-checksums -graft /there=last
tap_is "$? $(sums)" '0 ' 'and left out where no digests are wanted' || tap_note "$(cat stderr)"
tap_like "$(cat stdout stderr)" ' 1 gone' 'it counts as gone'
tap_like "$(cat stderr)" 'SHA256SUMS: the new session leaves out the one that the disc has$' 'which is told'

# one of the user's that looks like a burn's
mkdir nat && echo a >nat/a && (cd nat && sha256sum a >SHA256SUMS) && chmod 444 nat/SHA256SUMS
touch -d '2001-02-03 04:05:06 UTC' nat nat/SHA256SUMS
burn nat
append -no-checksums more
tap_is "$? $(sums)" "0 $(cat nat/SHA256SUMS)" 'a list of the user with the times and the mode of a burned one is kept' || tap_note "$(cat stderr)"
# one that tells of other bytes
echo wrong >nat/a
burn nat
echo a >nat/a
append -compare digest nat
tap_is "$? $(grep -c '^xburncrypt: SHA256SUMS: was not made by the burn' stderr)" '2 1' 'digests that no burn made are not compared with' || tap_note "$(cat stderr)"
append -checksums -compare time -exclude SHA256SUMS nat
tap_is "$? $(listed)" '0 a ' 'a list that a burn made' || tap_note "$(cat stderr)"
# nor is it the burn's where a disc is the source
mkdir mnt
if command -v fusermount3 >/dev/null && "$XBURNCRYPT" mount disc.img mnt >stdout 2>stderr; then
	rm nat/* && echo b >nat/b
	"$XBURNCRYPT" -quiet -format none -o second.img mnt -graft /b=nat/b 2>stderr
	fusermount3 -u mnt && mv second.img disc.img
	append -compare digest nat
	tap_is "$? $(grep -c '^xburncrypt: SHA256SUMS: was not made by the burn' stderr)" '2 1' "a burned disc's list, burned again, is a file" || tap_note "$(cat stderr)"
	list=$(sums)
	append -no-checksums more
	tap_is "$? $(sums)" "0 $list" 'and is kept' || tap_note "$(cat stderr)"
else
	tap_skip 'a disc as the source' 'no FUSE'
fi

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
