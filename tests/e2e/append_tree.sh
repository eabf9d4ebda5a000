#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Later sessions of a tree, by src/tree alone (make_iso): xorriso, which did not write them, finds each file
# where it is, and bsdtar reads it.
. "$top_srcdir/tests/lib/tap.sh" || exit
. "$top_srcdir/tests/e2e/lib.sh"
need xorriso bsdtar strace genisoimage
make_iso=$top_builddir/tests/unit/tree/make_iso
compare=$top_srcdir/tests/e2e/compare-trees.sh
image=$tmp/image
src=$tmp/src
umask 022

make() { "$make_iso" "$@" -o "$image" >"$tmp/stdout" 2>"$tmp/stderr"; }
lbas() { # start: "LBA BLOCKS PATH" of each file, by xorriso
	xorriso -load sbsector "$1" -indev "stdio:$image" -find / -type f -exec report_lba 2>"$tmp/xorriso.log" |
		sed -n "s/^File data lba: *[0-9]* , *\([0-9]*\) , *\([0-9]*\) , *[0-9]* , '\(.*\)'$/\1 \2 \3/p" | LC_ALL=C sort -k 3
}
lba_of() { lbas "$1" | sed -n "s:^\([0-9]*\) [0-9]* /$2\$:\1:p"; } # start path
unpack() { # start: into back, by bsdtar, which has to be shown the descriptors first
	rm -rf "$tmp/back" && mkdir "$tmp/back"
	cp "$image" "$tmp/view"
	dd if="$image" of="$tmp/view" bs=2048 skip=$(($1 + 16)) seek=16 count=3 conv=notrunc status=none
	bsdtar -xpf "$tmp/view" -C "$tmp/back"
}
comes_back() { # name start tree
	rm -rf "$tmp/back"
	xorriso -abort_on NEVER -load sbsector "$2" -hardlinks on -osirrox on:device_files -indev "stdio:$image" \
		-extract / "$tmp/back" >"$tmp/xorriso.log" 2>&1
	rm -f "$tmp/back/SHA256SUMS"
	bash "$compare" --no-root --no-link-attributes "$3" "$tmp/back" >"$tmp/differences"
	tap_ok "$1" || tap_note "$(head "$tmp/differences")"
}
# what was changed just now may be written again in the same second: it would count as changed
past() { touch -h -d 2020-01-01 "$@" && sleep 3.1; }

make_tree "$src"
mkdir "$src/old" && echo kept >"$src/old/kept" && ln "$src/old/kept" "$src/old/kept-too"
find "$src" -exec touch -h -d 2020-01-01 {} + && sleep 3.1
make -sums "$src"
tap_ok 'a disc' || tap_note "$(cat "$tmp/stderr")"
lbas 0 >"$tmp/1"
# what is new, and what has changed
echo new >"$src/new"
echo changed >"$src/hello.txt"
past "$src/new" "$src/hello.txt"
# LeakSanitizer fails under strace
env ASAN_OPTIONS=detect_leaks=0 strace -f -e trace=open,openat -o "$tmp/trace" "$make_iso" -sums -append 0 1024 -o "$image" "$src" >"$tmp/stdout" 2>"$tmp/stderr"
tap_is "$? $(cat "$tmp/stdout")" '0 new 1 changed 1 gone 0 kept 7' 'a session: what is new, changed and kept is counted' ||
	tap_note "$(cat "$tmp/stderr")"
tap_is "$(grep -cE '"(random.bin|kept|kept-too|the-same.bin|nothing)"' "$tmp/trace") $(grep -c '"new"' "$tmp/trace" | sed 's/[^0].*/some/')" '0 some' \
	'no file that is unchanged is opened'
lbas 1024 >"$tmp/2"
kept=' /(nothing|old/.*|sub/.*|name with.*)$'
tap_is "$(grep -E "$kept" "$tmp/2" | grep -v nothing)" "$(grep -E "$kept" "$tmp/1" | grep -v nothing)" "kept files' addresses are the first session's"
tap_is "$(lba_of 1024 new | sed 's/1[0-9]*/behind/') $(lba_of 1024 hello.txt | sed 's/1[0-9]*/behind/')" 'behind behind' 'new ones lie in the session'
comes_back 'the session shows the sources' 1024 "$src"
unpack 1024
tap_is "$(cd "$tmp/back" && sha256sum -c --quiet SHA256SUMS 2>&1) $(wc -l <"$tmp/back/SHA256SUMS")" ' 8' 'its digests are right, and complete'
tap_is "$(od -An -tu4 -j $(((1024 + 16) * 2048 + 80)) -N 4 "$image" | tr -d ' ')" $(($(stat -c %s "$image") / 2048)) \
	'the volume space is counted from the start of the medium'
make -sums -append 1024 2048 "$src"
tap_is "$(cat "$tmp/stdout")" 'new 0 changed 0 gone 0 kept 9: nothing' 'the same sources change nothing'
# what is only on the disc
mkdir "$tmp/other"
echo other >"$tmp/other/other"
past "$tmp/other/other"
truncate -s $((2048 * 2048)) "$image"
make -sums -append 1024 2048 -graft "sub=$tmp/other"
tap_is "$? $(cat "$tmp/stdout")" '0 new 1 changed 0 gone 0 kept 9' 'what the sources lack is kept' || tap_note "$(cat "$tmp/stderr")"
cp -a "$src" "$tmp/all" && cp -a "$tmp/other/other" "$tmp/all/sub" && chmod 755 "$tmp/all/sub" && touch -r "$tmp/other" "$tmp/all/sub"
comes_back 'with all attributes' 2048 "$tmp/all"
unpack 2048
tap_is "$(cd "$tmp/back" && sha256sum -c --quiet SHA256SUMS 2>&1) $(wc -l <"$tmp/back/SHA256SUMS")" ' 9' 'with its digests'
# mirrors
make -sums -append 2048 4096 -mirror -graft "sub=$tmp/other"
tap_is "$? $(cat "$tmp/stdout")" '0 new 0 changed 0 gone 3 kept 7' 'a mirror drops what its directory lacks, and nothing else'
tap_is "$(lbas 4096 | cut -d' ' -f 3- | grep -v name | tr '\n' ' ')" \
	"/SHA256SUMS /hello.txt /new /nothing /old/kept /old/kept-too /sub/other " 'the others stay'
# discs of other makers
other_maker() { # genisoimage's options...
	genisoimage -quiet -R "$@" -o "$image" "$src" 2>"$tmp/stderr"
	truncate -s $((1024 * 2048)) "$image"
}
refused() { # words name
	make -append 0 1024 "$tmp/other"
	tap_is "$?" 3 "$2" && tap_like "$(cat "$tmp/stderr")" "$1" "$2: it is said why"
}
cp -a "$src" "$tmp/geniso" && cp -a "$tmp/other/other" "$tmp/geniso"
other_maker -J
make -append 0 1024 "$tmp/other"
tap_is "$? $(cat "$tmp/stdout")" '0 new 1 changed 0 gone 0 kept 9' "genisoimage's disc takes a session" || tap_note "$(cat "$tmp/stderr")"
comes_back 'and keeps its files' 1024 "$tmp/geniso"
other_maker
refused 'Joliet' 'a disc without Joliet is refused'
other_maker -J -udf
refused 'UDF' 'one with UDF, too'
echo boots >"$src/boot"
other_maker -J -b boot -no-emul-boot
refused 'El Torito' 'and one that boots'
rm "$src/boot"
if command -v mkzftree >/dev/null; then
	rm -rf "$tmp/packed"
	head -c 100000 /dev/zero >"$src/zeros"
	mkzftree "$src" "$tmp/packed"
	genisoimage -quiet -R -J -z -o "$image" "$tmp/packed" 2>"$tmp/stderr"
	truncate -s $((1024 * 2048)) "$image"
	refused '/zeros: is compressed' 'a compressed file that only the disc has is refused'
	make -append 0 1024 "$src"
	tap_is "$(lba_of 1024 zeros | sed 's/1[0-9]*/behind/')" behind 'one that the sources have is stored anew'
fi
tap_done
