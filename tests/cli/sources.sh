#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Kinds of SOURCE: where things land on the disc, and what is refused before anything is touched.
. "$top_srcdir/tests/lib/tap.sh"
. "$top_srcdir/tests/e2e/lib.sh"
need xorriso

mkdir -p "$tmp/a/sub" "$tmp/b/sub" "$tmp/c"
echo a >"$tmp/a/one"
echo a >"$tmp/a/sub/x"
echo b >"$tmp/b/two"
echo b >"$tmp/b/sub/y"
echo c >"$tmp/c/one"
echo f >"$tmp/file"
ln -s a "$tmp/linked"
img=$tmp/out.img
burn() { # arguments...: a clear image, whose names go to $tmp/names
	rm -f "$img"
	"$XBURNCRYPT" -o "$img" -format none "$@" >"$tmp/stdout" 2>"$tmp/stderr" </dev/null || return
	xorriso -indev "$img" -find / -exec lsdl -- 2>/dev/null | sed "s/.*'\\(\/.*\\)'\$/\\1/" | sort >"$tmp/names"
}
names_are() { # name wanted...
	local name=$1
	shift
	tap_is "$(tr '\n' ' ' <"$tmp/names")" "$* " "$name"
}
refused() { # status words name arguments...
	tap_refused "$1" "$2" "$3" burn "${@:4}"
	[ ! -e "$img" ]
	tap_ok "$3: nothing is left behind"
}

# what a pipe or a device holds would not be on the disc
mkfifo "$tmp/pipe"
refused 2 "$tmp/pipe: is a pipe, not a file" 'a pipe' "$tmp/pipe"
tap_like "$(cat "$tmp/stderr")" "hint: use -image $tmp/pipe" 'a pipe: how its contents are burned'
refused 2 '/dev/fd/7: is a pipe' 'a pipe of the shell, among others' "$tmp/a" /dev/fd/7 7< <(echo)
refused 2 '/dev/zero: is a device' 'a device' "$tmp/a" /dev/zero
refused 2 "$tmp/pipe: is a pipe" 'a pipe with a name for the disc' "$tmp/a" -graft "x=$tmp/pipe"
burn "$tmp/a"
names_are "a directory's contents go to the root" / /one /sub /sub/x
burn "$tmp/a/"
names_are 'a trailing slash makes no difference' / /one /sub /sub/x
burn "$tmp/linked"
names_are 'a link that is named is followed' / /one /sub /sub/x
burn "$tmp/a" "$tmp/b"
names_are 'several directories are merged' / /one /sub /sub/x /sub/y /two
burn "$tmp/file" "$tmp/a"
names_are 'a file goes to the root' / /file /one /sub /sub/x
burn -graft "/deep/er=$tmp/a" -graft "name\\=x=$tmp/file" "$tmp/b"
names_are 'grafts go anywhere' / /deep /deep/er /deep/er/one /deep/er/sub /deep/er/sub/x /name=x /sub /sub/y /two
burn -graft "only=$tmp/file"
names_are 'a graft alone is enough' / /only
burn -exclude one "$tmp/a"
names_are 'a glob without a slash is a name' / /sub /sub/x
burn -exclude 'sub/*' "$tmp/a" "$tmp/b"
names_are 'a glob with a slash is a path' / /one /sub /two
burn -exclude sub -exclude 't*' "$tmp/a" "$tmp/b"
names_are 'an excluded directory is not entered; -exclude repeats' / /one
burn "$tmp/a" "$tmp/b"
tap_is "$(grep merged "$tmp/stderr")" "xburncrypt: the contents of the directories are merged; use -graft a=$tmp/a -graft b=$tmp/b to keep them apart" \
	'several directories: that they are merged is told, and what keeps them apart'
burn -graft "a=$tmp/a" -graft "b=$tmp/b"
names_are 'which does so' / /a /a/one /a/sub /a/sub/x /b /b/sub /b/sub/y /b/two
mkdir -p "$tmp/x/m 1" "$tmp/x/it's"
burn "$tmp/x/m 1" "$tmp/b"
tap_is "$(grep merged "$tmp/stderr" | sed 's/.*use //; s/ to keep.*//')" "-graft 'm 1=$tmp/x/m 1' -graft b=$tmp/b" 'the advice is quoted for a shell'
burn "$tmp/x/it's" "$tmp/b"
tap_is "$(grep -c 'are merged; use -graft NAME=DIR for each' "$tmp/stderr")" 1 'what a message would show otherwise is not in it'
"$XBURNCRYPT" -o "$tmp/empty.img" -format none -files-from - </dev/null 2>"$tmp/stderr"
tap_like "$(cat "$tmp/stderr")" '^xburncrypt: stdin: the list names no file' 'a list on stdin is called so'
mkdir -p "$tmp/other/a"
burn "$tmp/a" "$tmp/other/a/" "$tmp/file"
tap_is "$(grep -c 'are merged; use -graft NAME=DIR for each' "$tmp/stderr")" 1 'two of one name: told, too'
burn "$tmp/a" "$tmp/file"
tap_is "$(grep -c merged "$tmp/stderr")" 0 'a directory and a file: nothing is told'
refused 2 'one' 'two files for one place' "$tmp/a" "$tmp/c"
refused 2 'missing' 'a source that is not there' "$tmp/missing"
refused 2 'TARGET=PATH' 'a graft without a target' -graft "$tmp/file"
refused 2 'stdin' 'stdin among several sources' "$tmp/a" -
refused 2 'unexpected source' '-image and a source' -image "$tmp/file" "$tmp/a"
refused 2 'applies to a tree of files' '-exclude with an image' -exclude x -image "$tmp/file"
refused 2 'applies to an image' '-size with a tree' -size 5m "$tmp/a"

ln -s ../file "$tmp/a/link"
burn -follow-links "$tmp/a"
xorriso -indev "$img" -find /link -exec lsdl -- 2>/dev/null | grep -q '^-'
tap_ok '-follow-links stores what a link points to'
burn "$tmp/a"
xorriso -indev "$img" -find /link -exec lsdl -- 2>/dev/null | grep -q '^l'
tap_ok 'without it, the link is stored'
rm "$tmp/a/link"
chmod 700 "$tmp/a/one"
burn -portable "$tmp/a"
xorriso -indev "$img" -find /one -exec lsdl -- 2>/dev/null | grep -Eq '^-r-xr-xr-x.* 0 +0 '
tap_ok '-portable: readable for all, owned by root' ||
	tap_note "$(xorriso -indev "$img" -find /one -exec lsdl -- 2>/dev/null)"
burn -V MY_DISC "$tmp/a"
tap_like "$(xorriso -indev "$img" -pvd_info 2>/dev/null)" 'Volume Id +: MY_DISC' '-V is the volume id'

# a list of files
(
	cd "$tmp" || exit
	chmod 750 a
	printf '%s\n' a/one ./b/sub '' b//two a/one b "$tmp/file" >list
	burn -files-from list
	names_are 'a list: each at its path, once; a directory with what is in it' \
		/ /a /a/one /b /b/sub /b/sub/y /b/two "$(p=; for d in ${tmp//\// }; do p+=/$d; printf '%s ' "$p"; done)/${tmp#/}/file"
	tap_like "$("$XBURNCRYPT" list -l "$img")" '^drwxr-x---.* a/$' 'a list: directories on the way have their attributes'
	find b -print0 | "$XBURNCRYPT" -quiet -o "$img" -force -format none -files-from - 2>/dev/null
	tap_is "$? $("$XBURNCRYPT" list "$img" | tr '\n' ' ')" '0 b/ b/sub/ b/two b/sub/y ' 'a list on stdin, with NUL bytes'
	mkdir 'two
lines'
	printf 'two\nlines\0b/\0b/two\0./a/sub/x' >nul
	burn -exclude 'sub' -files-from nul -graft g="$tmp/file"
	rm -rf out && "$XBURNCRYPT" extract "$img" -to out >/dev/null 2>&1
	tap_is "$(cd out && find . -print0 | sort -z | tr '\0\n' ' +')" '. ./a ./b ./b/two ./g ./two+lines ' \
		'names may have newlines then; -exclude and -graft apply'
	rm -rf out
	rmdir two*
	echo . >list
	(cd b && burn -files-from ../list)
	names_are 'a list may name the current directory' / /sub /sub/y /two
	printf '%s\n' a/one a/gone b/gone >list
	tap_refused 1 'list:2: a/gone: can.t be found' 'what is not there' burn -files-from list
	tap_like "$(cat "$tmp/stderr")" 'list:3: b/gone' 'each is named'
	burn -files-from list -skip-unreadable
	tap_is "$? $("$XBURNCRYPT" list "$img" | tr '\n' ' ')" '5 a/ a/one ' '-skip-unreadable: the rest is there'
	printf '%s\n' a/one a/../b >list
	tap_refused 2 'list:2: a/../b: a name with "\.\." has no place' 'a path with ..' burn -files-from list
	printf '%s\n' a/one "/$tmp/a/one" b/two >list
	burn -files-from list && [ "$(grep -c one "$tmp/names")" = 2 ]
	tap_ok 'a path from the root goes to its own place'
	ln -s sub a/lnk
	for lines in 'a/lnk/x a/lnk' 'a/lnk/x a'; do
		printf '%s\n' $lines >list
		tap_refused 2 'list:2: a/lnk: is a link, but what lies behind it is stored' "$lines: a link that is no directory too" burn -files-from list
		burn -follow-links -files-from list
		tap_is "$? $(grep -x /a/lnk/x "$tmp/names")" '0 /a/lnk/x' "$lines: unless links are followed"
	done
	printf '%s\n' a/lnk a/lnk/x >list
	tap_refused 2 "list:2: a/lnk/x: can't be a path on the disc" 'nor in the other order' burn -files-from list
	rm a/lnk
	: >list
	tap_refused 2 'list: the list names no file' 'an empty list' burn -files-from list
	tap_refused 2 'nolist: the list can.t be opened' 'no list' burn -files-from nolist
	tap_refused 2 'is a finished image' 'a list and an image' burn -files-from list -image "$tmp/file"
	echo a/one | "$XBURNCRYPT" -quiet -o x.img -pass-fd 0 -files-from - >/dev/null 2>"$tmp/stderr"
	tap_is "$? $(grep -c stdin "$tmp/stderr")" '2 1' 'stdin is no list and a passphrase' || tap_note "$(cat "$tmp/stderr")"
	echo "$tap_n $tap_failed" >counts
)
read -r tap_n tap_failed <"$tmp/counts"

# another file system on a directory, which only a mount namespace of our own sees
burn_mounted() { # command argument...: runs it where a/sub has another file system
	# shellcheck disable=SC2016
	unshare "${as_root[@]}" -m sh -ec 'mount -t tmpfs none "$0/a/sub"; mkdir "$0/a/sub/in"; echo >"$0/a/sub/in/side"; "$@"' "$tmp" "$@"
}
as_root=()
[ "$(id -u)" = 0 ] || as_root=(-r)
if burn_mounted true 2>/dev/null; then
	ln -s sub "$tmp/a/to-sub"
	rm -f "$img"
	burn_mounted "$XBURNCRYPT" -quiet -o "$img" -format none "$tmp/a" 2>"$tmp/stderr"
	tap_is "$("$XBURNCRYPT" list "$img" | tr '\n' ' ')" 'one sub/ to-sub sub/in/ sub/in/side ' 'a mounted file system is stored'
	rm -f "$img"
	burn_mounted "$XBURNCRYPT" -o "$img" -format none -one-file-system "$tmp/a" >/dev/null 2>"$tmp/stderr"
	tap_is "$("$XBURNCRYPT" list "$img" | tr '\n' ' ')" 'one sub/ to-sub ' '-one-file-system: only its directory is'
	tap_is "$(grep -c "^xburncrypt: $tmp/a/sub: its contents, on another file system, are left out\$" "$tmp/stderr")" 1 \
		'-one-file-system: and that is told' || tap_note "$(cat "$tmp/stderr")"
	rm -f "$img"
	burn_mounted "$XBURNCRYPT" -o "$img" -format none -one-file-system -follow-links "$tmp/a" >/dev/null 2>"$tmp/stderr"
	tap_is "$("$XBURNCRYPT" list "$img" | tr '\n' ' ') $(grep -c 'a/sub and 1 other directory' "$tmp/stderr")" 'one sub/ to-sub/  1' \
		'-one-file-system: nor by a link that is followed'
	rm -f "$img"
	burn_mounted "$XBURNCRYPT" -quiet -o "$img" -format none -one-file-system "$tmp/a/sub" 2>"$tmp/stderr"
	tap_is "$("$XBURNCRYPT" list "$img" | tr '\n' ' ')" 'in/ in/side ' '-one-file-system: the source itself may be mounted'
	rm "$tmp/a/to-sub"
	for lines in 'a a/sub' 'a/sub a'; do
		rm -f "$img"
		# shellcheck disable=SC2086
		(cd "$tmp" && printf '%s\n' $lines >list && burn_mounted "$XBURNCRYPT" -o "$img" -format none -one-file-system -files-from list) \
			>/dev/null 2>"$tmp/stderr"
		tap_is "$("$XBURNCRYPT" list "$img" | tr '\n' ' ') $(grep -c 'left out' "$tmp/stderr")" 'a/ a/one a/sub/ a/sub/in/ a/sub/in/side  0' \
			"-one-file-system: a list may name what is mounted: $lines" || tap_note "$(cat "$tmp/stderr")"
	done
else
	tap_skip '-one-file-system' 'nothing can be mounted'
fi

# finished images
burn "$tmp/a" && cp "$img" "$tmp/some.iso"
burn "$tmp/some.iso" && cmp -s "$img" "$tmp/some.iso"
tap_ok 'a sole ISO is burned as it is'
tap_like "$(cat "$tmp/stderr")" 'finished image' 'a sole ISO: a line says so'
burn "$tmp/some.iso" "$tmp/file"
names_are 'an ISO among others is a file' / /file /some.iso
head -c 5000 /dev/urandom >"$tmp/raw"
burn -image "$tmp/raw" && cmp -s -n 5000 "$img" "$tmp/raw" && [ "$(stat -c %s "$img")" = 6144 ] &&
	[ "$(tail -c 1144 "$img" | tr -d '\0' | wc -c)" = 0 ]
tap_ok '-image: any kind; zero-padded to whole blocks'
tap_like "$(cat "$tmp/stdout")" 'padded with 1,?144 zero bytes' '-image: the padding is told'
"$XBURNCRYPT" -o "$tmp/piped.img" -format none - <"$tmp/some.iso" >/dev/null 2>&1 && cmp -s "$tmp/piped.img" "$tmp/some.iso"
tap_ok '- is an image on stdin'
(cat "$tmp/some.iso") | "$XBURNCRYPT" -o "$tmp/piped2.img" -format none -image - >/dev/null 2>&1 &&
	cmp -s "$tmp/piped2.img" "$tmp/some.iso"
tap_ok '-image - likewise, from a pipe'
size=$(stat -c %s "$tmp/some.iso")
piped() { # bytes options...: so many bytes of the ISO through a pipe
	local n=$1
	shift
	rm -f "$img"
	head -c "$n" "$tmp/some.iso" | "$XBURNCRYPT" -o "$img" -format none "$@" - >"$tmp/stdout" 2>"$tmp/stderr"
}
piped "$size" -size $((size / 2048))s && cmp -s "$img" "$tmp/some.iso"
tap_ok '-size in sectors'
piped "$size" -size $((size / 1024))k && cmp -s "$img" "$tmp/some.iso"
tap_ok '-size in KiB'
piped $((size - 2048)) -size "$size"
tap_is $? 1 'less on stdin than -size said: status 1'
tap_like "$(tr -d , <"$tmp/stderr")" "ended after $((size - 2048)) bytes .*of $size bytes" 'less than -size said: both numbers are told'
piped "$size" -size $((size - 2048))
tap_is $? 1 'more on stdin than -size said: status 1'
[ ! -e "$img" ]
tap_ok 'another length than -size said: nothing is left behind'
piped $((size - 4096))
tap_is $? 1 'an ISO on stdin that ends early: status 1'
tap_like "$(cat "$tmp/stderr")" "the file system is truncated: it records" 'an ISO that ends early: says so'
[ ! -e "$img" ]
tap_ok 'an ISO that ends early: nothing is left behind'
for bad in 0 -1 5x m 99999999999999999999 ''; do
	"$XBURNCRYPT" -o "$img" -format none -size "$bad" - <"$tmp/some.iso" >/dev/null 2>&1
	tap_is $? 2 "-size \"$bad\": status 2"
done

# what no medium holds, and what would wrap
for bad in 18446744073709551615 18446744073709549568 9000000000000g 1125899906842625; do
	"$XBURNCRYPT" -o "$img" -format none -size $bad - </dev/null >/dev/null 2>"$tmp/stderr"
	tap_is "$? $(grep -c 'size' "$tmp/stderr")" '2 1' "-size $bad: status 2"
done
# names of one file: read by the other where one goes, and all of them named
mkfifo "$tmp/late"
mkdir "$tmp/moving"
between() { # command: burns $tmp/moving, and runs it between the walk and the burn
	head -c 100000 /dev/urandom >"$tmp/moving/file"
	ln -f "$tmp/moving/file" "$tmp/moving/hard"
	rm -f "$img"
	"$XBURNCRYPT" -quiet -o "$img" -encstyle new -pass-file "$tmp/late" "$tmp/moving" >"$tmp/stdout" 2>"$tmp/stderr" </dev/null &
	local pid=$!
	exec 6>"$tmp/late"
	(cd "$tmp/moving" && eval "$1")
	echo 'correct horse battery staple' >&6
	exec 6>&-
	wait $pid
}
read_hard() { "$XBURNCRYPT" cat "$img" hard -encstyle new -pass-fd 0 2>/dev/null <<<'correct horse battery staple'; }
for what in 'rm file' 'mv file other' 'cp file new; mv new file'; do
	between "$what"
	tap_is "$? $(read_hard | cmp - "$tmp/moving/hard" 2>&1)" '0 ' "$what: it is read by its other name" || tap_note "$(cat "$tmp/stderr")"
	rm -f "$tmp/moving"/*
done
between 'rm file hard'
tap_is "$? $(grep -c 'could not be read' "$tmp/stderr") $(grep -c '2 files are incomplete' "$tmp/stderr")" '5 2 1' 'both are gone: both are named'
between 'truncate -s 7 file'
tap_is "$? $(grep -cE '(file|hard): shrank' "$tmp/stderr")" '5 2' 'it shrinks: both are named'
rm -rf "$tmp/moving"

# names that are none, and nothing left
refused 2 '"": empty name' 'an empty name' "$tmp/a" ''
refused 2 '-exclude: needs a value' 'an empty -exclude' -exclude '' "$tmp/a"
refused 2 'hi/x: can.t be a path on the disc: .*/file, stored as "hi", is not a directory' 'a graft below a file' -graft /hi="$tmp/file" -graft hi/x="$tmp/file"
for option in -add-pass-file -add-key-file; do
	refused 2 'an unencrypted disc takes no secret' "$option with a clear disc" $option nope "$tmp/a"
done
refused 2 '-header: needs a value, not an empty one' 'an empty -header' -header= "$tmp/a"
for speed in 1e1 0x10 . 4x; do
	refused 2 'is not a speed' "-speed $speed" -speed $speed "$tmp/a"
done
refused 2 '-exclude: excludes everything' '-exclude that matches all' -exclude '*' "$tmp/a"
refused 2 '-exclude: excludes everything' '-exclude of the only file' -exclude file "$tmp/file" "$tmp/file"
mkdir "$tmp/nothing"
burn -exclude '*.o' "$tmp/nothing"
names_are 'an empty directory is no mistake' /
if [ -r /proc/self/status ]; then
	refused 1 'status: reports a size of 0 but has contents' 'a file that the kernel makes up' -graft /x=/proc/self/status
	burn -graft /x=/proc/self/status -graft /file="$tmp/file" -skip-unreadable
	tap_is $? 5 'and with -skip-unreadable: status 5'
fi

# what can't be read, or changes
if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null; then
	as_nobody() { setpriv --reuid 65534 --regid 65534 --clear-groups "$@"; }
	mkdir "$tmp/mixed" "$tmp/open"
	chmod 755 "$tmp" "$tmp/mixed"
	chmod 777 "$tmp/open"
	for n in 1 2 3; do echo $n >"$tmp/mixed/$n"; done
	chmod 600 "$tmp/mixed/1" "$tmp/mixed/3"
	as_nobody "$XBURNCRYPT" -o "$tmp/open/x.img" -format none "$tmp/mixed" >/dev/null 2>"$tmp/stderr"
	tap_is $? 1 "files that can't be read: status 1"
	tap_like "$(cat "$tmp/stderr")" 'mixed/1' "files that can't be read: the first is named"
	tap_like "$(cat "$tmp/stderr")" 'mixed/3' "files that can't be read: the other too"
	[ ! -e "$tmp/open/x.img" ]
	tap_ok "files that can't be read: nothing is made"
	as_nobody "$XBURNCRYPT" -o "$tmp/open/x.img" -format none -skip-unreadable "$tmp/mixed" >/dev/null 2>"$tmp/stderr"
	tap_is $? 5 '-skip-unreadable: status 5'
	tap_like "$(cat "$tmp/stderr")" 'mixed/3' '-skip-unreadable: they are named'
	tap_is "$(xorriso -indev "$tmp/open/x.img" -find / 2>/dev/null | tr '\n' ' ')" "'/' '/2' " '-skip-unreadable: the rest is there'
	mkdir -m 711 "$tmp/closed"
	as_nobody "$XBURNCRYPT" -o "$tmp/open/y.img" -format none -skip-unreadable "$tmp/closed" >/dev/null 2>"$tmp/stderr"
	tap_is "$? $(grep -c 'nothing is left to burn' "$tmp/stderr") $(ls "$tmp/open/y.img" 2>/dev/null)" '1 1 ' '-skip-unreadable of all: status 1'
else
	tap_skip "files that can't be read" 'needs root and setpriv'
fi
tap_done
