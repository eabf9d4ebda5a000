#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Trees become encrypted images and come back: xburncrypt writes, aespipe, xorriso and bsdtar, which we did
# not write, read. (What is said of Joliet, and bsdtar's view, by src/tree alone: make_iso.)
. "$top_srcdir/tests/lib/tap.sh"
. "$top_srcdir/tests/e2e/lib.sh"
need aespipe xorriso bsdtar
printf '%s\n' "$passphrase" >"$tmp/pass"
chmod 600 "$tmp/pass"
make_iso=$top_builddir/tests/unit/tree/make_iso
compare=$top_srcdir/tests/e2e/compare-trees.sh
umask 022

mine=()
[ "$(id -u)" = 0 ] || mine=(--no-devices) # extracting a device needs root

extract() { # image directory
	rm -rf "$2"
	xorriso -abort_on NEVER -hardlinks on -osirrox on:device_files -indev "$1" \
		-extract / "$2" >"$tmp/xorriso.log" 2>&1
}
comes_back() { # name source-directory
	local name=$1 dir=$2
	rm -f "$tmp/image.img"
	"$XBURNCRYPT" -o "$tmp/image.img" -encstyle new -pass-file "$tmp/pass" "$dir" >/dev/null 2>"$tmp/messages"
	tap_ok "$name: an image is made" || tap_note "$(cat -v "$tmp/messages")"
	decrypt_aespipe "$tmp/image.img" "$tmp/pass" sha256 "$tmp/image.iso"
	touch -r "$dir" "$tmp/time"
	rm -f "$dir/socket" # which is left out
	touch -r "$tmp/time" "$dir"
	extract "$tmp/image.iso" "$tmp/back"
	# xorriso does not restore the attributes of links; bsdtar does, see below
	bash "$compare" --no-link-attributes "${mine[@]}" "$dir" "$tmp/back" >"$tmp/differences"
	tap_ok "$name: comes back equal" || tap_note "$(head -20 "$tmp/differences")"
	rm -rf "$tmp/back"
}

# A target that takes several fields. xorriso 1.5.8 and later ones lose the slash between two of them, in its own images,
# too.
long_target=$(printf 'abcdefg/%.0s' {1..127})end
reads_long_targets() {
	mkdir "$tmp/long" && ln -s "$long_target" "$tmp/long/link" &&
		xorriso -as mkisofs -quiet -R -o "$tmp/long.iso" "$tmp/long" 2>/dev/null && extract "$tmp/long.iso" "$tmp/long.back" &&
		[ "$(readlink "$tmp/long.back/link")" = "$long_target" ]
}

# every byte that a name can have, alone, at the start, inside and at the end
bytes() {
	local i c
	mkdir "$tmp/bytes" && cd "$tmp/bytes" || return 1
	for i in $(seq 1 255); do
		[ $i = 47 ] && continue
		printf -v c "\\x$(printf %02x $i)"
		# "." is what it is
		[ $i = 46 ] || echo $i >"$c"
		echo "$i first" >"${c}x"
		echo "$i inside" >"x${c}x"
		echo "$i last" >"x$c"
		mkdir "d${c}d"
		ln -s "to${c}there" "l${c}l"
	done
	# UTF-8: Latin, Chinese, an emoji beyond UCS-2, a cut sequence, an overlong one
	touch $'\xc3\xa4\xc3\xb6' $'\xe4\xbd\xa0' $'\xf0\x9f\x98\x80' $'ab\xf0\x9f\x98' $'\xc0\xaf'
	mkdir $'\xf0\x9f'
	touch $'\xf0\x9f/inside'
	touch -- -n --help ... ..a 'a b' $'two\nlines'
}
(LC_ALL=C bytes)
for locale in C C.UTF-8; do
	export LC_ALL=$locale
	comes_back "any byte in a name, LC_ALL=$locale" "$tmp/bytes"
done
export LC_ALL=C.UTF-8
rm -rf "$tmp/bytes"

# Joliet: extracted without Rock Ridge, what is told is what is so
joliet_is_told() { # name source-directory
	"$make_iso" -o "$tmp/image.iso" "$2" 2>"$tmp/messages"
	rm -rf "$tmp/back" && mkdir "$tmp/back"
	LC_ALL=C.UTF-8 bsdtar -xf "$tmp/image.iso" -C "$tmp/back" --options 'iso9660:!rockridge' 2>"$tmp/bsdtar.log"
	for d in "$2" "$tmp/back"; do
		(cd "$d" && find . -mindepth 1 -printf '%f\0' | LC_ALL=C sort -z) >"$tmp/names.${d##*/}"
	done
	altered=$(LC_ALL=C comm -z -13 "$tmp/names.${2##*/}" "$tmp/names.back" | tr -dc '\0' | wc -c)
	gone=$(($(tr -dc '\0' <"$tmp/names.${2##*/}" | wc -c) - $(tr -dc '\0' <"$tmp/names.back" | wc -c)))
	tap_like "$(cat "$tmp/messages")" "note: the Joliet tree, .* $altered names shortened.* lacks $gone link" "$1"
	rm -rf "$tmp/back"
}

# long names, many of which are equal in their first 31, 64 and 103 characters
mkdir "$tmp/long"
printf -v x255 '%0255d' 0
printf -v x240 '%0240d' 0
echo 255 >"$tmp/long/$x255"
for i in $(seq 100 160); do
	echo "$i" >"$tmp/long/$x240$i"
	mkdir "$tmp/long/d${x240:1}$i"
	echo "$i" >"$tmp/long/${x240:0:99}.$i"
done
echo umlaut >"$tmp/long/$(printf '\xc3\xa4%.0s' $(seq 127))a"
comes_back "names of 255 bytes" "$tmp/long"
ln -s nowhere "$tmp/long/link"
ln -s nowhere "$tmp/long/other-link"
mkdir "$tmp/long/"$'\xf0\x9f'
touch "$tmp/long/a:b" "$tmp/long/"$'\xff.ext' "$tmp/long/"$'\xf0\x9f/lost' "$tmp/long/"$'kept \xf0\x9f\x98\x80'
joliet_is_told "what Joliet shortens and leaves out is told" "$tmp/long"
rm -rf "$tmp/long"

# What is below a directory whose name Joliet can't hold is in both trees, once in each.
mkdir -p "$tmp/alike/$x240"{1,2}/sub
echo 1 >"$tmp/alike/${x240}1/sub/$x240.one"
echo 2 >"$tmp/alike/${x240}2/sub/$x240.two"
echo 3 >"$tmp/alike/a:b"
echo 4 >"$tmp/alike/a?b"
echo 5 >"$tmp/alike/a_b"
ln "$tmp/alike/a:b" "$tmp/alike/a*b"
comes_back "names that are alike in Joliet" "$tmp/alike"
"$make_iso" -o "$tmp/image.iso" "$tmp/alike" 2>"$tmp/messages"
tap_is "$(cat "$tmp/messages")" \
	"note: the Joliet tree, for Windows, has 7 names shortened or altered; the Rock Ridge tree is complete" \
	"what is altered is counted once"
mkdir "$tmp/back"
bsdtar -xf "$tmp/image.iso" -C "$tmp/back" --options 'iso9660:!rockridge'
x99=${x240:0:99}
tap_is "$(cd "$tmp/back" && find . -type f -printf '%p ' -exec cat {} \; | LC_ALL=C sort)" \
	"./$x99${x240:0:4}/sub/$x99.one 1
./$x99${x240:0:2}~1/sub/$x99.two 2
./a_b 5
./a_b~2 3
./a_b~3 3
./a_b~4 4" "they differ there, and have what belongs to them"
rm -rf "$tmp/back" "$tmp/alike"

# Very many of them take no more time than others: by pairs it would be hours.
mkdir "$tmp/many"
seq -f "$tmp/many/$x240%05.0f" 40000 | xargs touch
timeout "$patience" "$make_iso" -o "$tmp/image.iso" "$tmp/many" 2>"$tmp/messages"
tap_is $? 0 "40,000 names that are alike"
tap_is "$(bsdtar -tf "$tmp/image.iso" --options 'iso9660:!rockridge' | sort -u | wc -l)" 40001 "all of them differ"
rm -rf "$tmp/many"

# hundreds of long names: continuation areas of several blocks, for which libisofs plans too much
mkdir "$tmp/hundreds"
for n in 110 150 170 200 255; do
	mkdir -p "$tmp/hundreds/d$n/sub"
	seq -f "$tmp/hundreds/d$n/%0${n}.0f" 300 | xargs touch
	echo "behind $n" >"$tmp/hundreds/d$n/sub/file"
done
comes_back "hundreds of long names" "$tmp/hundreds"
rm -rf "$tmp/hundreds"

# deep paths: more than 8 levels, more than 240 and 1024 bytes
mkdir "$tmp/deep"
(
	cd "$tmp/deep" || exit
	for i in $(seq 40); do
		mkdir "level-$i-of-a-rather-deep-tree" "beside-$i"
		echo "$i" >"file $i"
		touch -d "2001-02-03 04:05:$((i + 10))" "file $i"
		cd "level-$i-of-a-rather-deep-tree" || exit
	done
	echo bottom >bottom
)
comes_back "deep paths" "$tmp/deep"
rm -rf "$tmp/deep"

# kinds of files, attributes
mkdir "$tmp/kinds"
(
	cd "$tmp/kinds" || exit
	mkdir dir empty-dir dir/sub
	echo one >one
	ln one "one again"
	ln one dir/sub/another-one
	ln one ../one-outside
	echo one >equal-but-no-link
	: >empty
	: >empty2
	ln empty2 empty2-link
	mkfifo fifo
	perl -MIO::Socket::UNIX -e 'IO::Socket::UNIX->new(Local => "socket", Listen => 1) or die'
	ln -s one link
	ln -s /nowhere/that/is/there absolute
	ln -s ../.././//x/./y strange
	ln -s . dot
	ln -s / slash
	ln -s "$(printf 'x%.0s' $(seq 255))" long-name
	if reads_long_targets; then
		ln -s "$long_target" long-target
	fi
	for n in 2047 2048 2049 1000001; do
		head -c $n /dev/urandom >"bytes-$n"
	done
	i=0
	for mode in 0000 0400 0444 0600 0640 0755 4755 2755 1777 6711 7777 0200; do
		echo $mode >mode-$mode
		chmod $mode mode-$mode
		mkdir dmode-$mode
		chmod $mode dmode-$mode
		i=$((i + 1))
	done
	[ "$(id -u)" = 0 ] || rm -rf mode-0[02]* dmode-0[0246]* # the user can't read them
	touch -d '1970-01-01 00:00:00 UTC' epoch
	touch -d '1999-12-31 23:59:59 UTC' old
	if takes_late_times; then
		touch -d '2038-01-19 03:14:08 UTC' after-32-bits
		touch -d '2106-02-07 06:28:16 UTC' after-unsigned
		touch -d '2155-12-31 23:59:59 UTC' last
	fi
	touch -d '1901-01-01 00:00:00 UTC' first
	touch -h -d '2011-11-11 11:11:11 UTC' link
	if [ "$(id -u)" = 0 ]; then
		mknod null c 1 3
		mknod big c 300 70000
		mknod block b 8 17
		echo owned >owned
		chown 12345:54321 owned
		echo large-id >large-id
		chown 4000000000:3000000000 large-id
		chown -h 1000:1000 link
	fi
	touch -d '2002-02-02 02:02:02 UTC' dir
	touch -d '2003-03-03 03:03:03 UTC' .
)
[ -L "$tmp/kinds/long-target" ] || tap_skip 'a target in several fields' 'this xorriso misreads its own'
chmod 0751 "$tmp/kinds"
[ -S "$tmp/kinds/socket" ]
tap_ok "there is a socket"
comes_back "kinds of files" "$tmp/kinds"
grep -q 'kinds/socket: .*left out' "$tmp/messages"
tap_ok "the socket is said to be left out" || tap_note "$(cat "$tmp/messages")"
TZ=Asia/Kathmandu comes_back "kinds of files, another time zone" "$tmp/kinds"
# once more by another reader, which restores the attributes of links, but joins the records of a
# long target without the slash between them
rm -rf "$tmp/back" && mkdir "$tmp/back"
rm "$tmp/kinds/long-target"
touch -d '2003-03-03 03:03:03 UTC' "$tmp/kinds"
"$make_iso" -o "$tmp/image.iso" "$tmp/kinds" 2>/dev/null
bsdtar -xpf "$tmp/image.iso" -C "$tmp/back" 2>"$tmp/bsdtar.log"
bash "$compare" --no-hardlinks --no-root "${mine[@]}" "$tmp/kinds" "$tmp/back" >"$tmp/differences"
tap_ok "kinds of files: bsdtar agrees" || tap_note "$(head -20 "$tmp/differences")"
rm -rf "$tmp/back"

tap_done
