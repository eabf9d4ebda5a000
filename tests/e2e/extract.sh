#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Reading back: list, cat and extract, of discs in each format.
. "$top_srcdir/tests/lib/tap.sh" || exit
. "$top_srcdir/tests/e2e/lib.sh"

compare() { bash "$top_srcdir/tests/e2e/compare-trees.sh" "$@" >"$tmp/diff"; }
read_back() { # verb image argument...
	"$XBURNCRYPT" "$1" "$2" "${secret[@]}" "${@:3}" >"$tmp/stdout" 2>"$tmp/stderr" </dev/null
}

read_back_of_nothing() { # verb argument...
	if [ "${2-}" = FILE ]; then set -- "$1" "$tmp/no-such.img" file; else set -- "$@" "$tmp/no-such.img"; fi
	"$XBURNCRYPT" "$@" "${secret[@]}" >"$tmp/stdout" 2>"$messages" </dev/null
}

printf '%s\n' "$passphrase" >"$tmp/pass"
chmod 600 "$tmp/pass"
head -c 64 /dev/urandom >"$tmp/key"
make_tree "$tmp/tree"
touch "$tmp/tree/new
line" "$tmp/tree/$(printf '\377\001\033[31m')" "$tmp/tree/ blank " "$tmp/tree/-dash"
: >"$tmp/tree/nothing2"
mkfifo "$tmp/tree/fifo"
ln -s /etc/passwd "$tmp/tree/absolute"
ln -s nowhere/../.. "$tmp/tree/dangling"
# two names of one file, each deeper than directories are kept open
far=deep/$(printf 'far/%.0s' {1..60})
near=deep/$(printf 'near/%.0s' {1..60})
mkdir -p "$tmp/tree/$far" "$tmp/tree/$near"
echo linked >"$tmp/tree/$far/file"
ln "$tmp/tree/$far/file" "$tmp/tree/$near/link"
truncate -s 3M "$tmp/tree/holes"
printf 'end' >>"$tmp/tree/holes"
chmod 555 "$tmp/tree/empty"
touch -hd '1980-01-02 03:04:06 UTC' "$tmp/tree/dangling" "$tmp/tree/empty" "$tmp/tree"

# round NAME -- OPTION...: the options that burning and reading share; $cost are for burning alone
round() {
	local name=$1
	secret=("${@:2}")
	"$XBURNCRYPT" -quiet -o "$tmp/img" "${cost[@]}" "${secret[@]}" "$tmp/tree" >"$tmp/stdout" 2>"$tmp/stderr"
	tap_ok "$name: burned" || tap_note "$(cat "$tmp/stderr")"
	read_back extract "$tmp/img" -to "$tmp/out"
	tap_is $? 0 "$name: extracted" || tap_note "$(cat "$tmp/stderr")"
	compare "$tmp/tree" "$tmp/out"
	tap_ok "$name: equal" || tap_note "$(cat "$tmp/diff")"
	chmod -R u+rwx "$tmp/out"
	rm -rf "$tmp/out" "$tmp/img"
}
"$XBURNCRYPT" keyfile -v3 "$tmp/lines" >/dev/null
head -n 1 "$tmp/lines" >"$tmp/line"
chmod 600 "$tmp/lines" "$tmp/line"
cost=(-format luks1 -pbkdf-weak -pbkdf-iterations 1000)
round luks1 -pass-file "$tmp/pass"
cost=()
round new -encstyle new -pass-file "$tmp/pass"
round xts -format plain -cipher aes-xts-plain64 -key-size 512 -sector-size 2048 -key-file "$tmp/key"
round loopaes -format loopaes -key-file "$tmp/lines"
round 'iterated loopaes' -format loopaes -iterations 1 -key-file "$tmp/line"
round veracrypt -format veracrypt -pim 1 -pass-file "$tmp/pass"
round 'veracrypt as a file' -format veracrypt -pim 1 -pass-file "$tmp/pass" -as-file vault.hc
round none -format none

cost=("${cheap[@]}")
round luks2 -pass-file "$tmp/pass"
round 'luks2 as a file' -pass-file "$tmp/pass" -as-file vault.luks
secret=(-pass-file "$tmp/pass")
"$XBURNCRYPT" -quiet -o "$tmp/img" "${cost[@]}" "${secret[@]}" "$tmp/tree" >/dev/null 2>&1

# a volume that is a file of a clear disc
"$XBURNCRYPT" -quiet -force -o "$tmp/img" "${cost[@]}" "${secret[@]}" -as-file vault.luks "$tmp/tree" >/dev/null 2>&1
read_back extract "$tmp/img" -as-file vault.luks -to "$tmp/out"
compare "$tmp/tree" "$tmp/out"
tap_ok '-as-file: extracted, and equal' || tap_note "$(cat "$tmp/stderr" "$tmp/diff")"
chmod -R u+rwx "$tmp/out"
rm -rf "$tmp/out"
read_back verify "$tmp/img" -as-file vault.luks
tap_is "$?" 0 '-as-file: verified' || tap_note "$(cat "$tmp/stderr")"
read_back info "$tmp/img" -as-file vault.luks
tap_like "$(cat "$tmp/stdout")" 'contents: luks2' '-as-file: info tells of the volume'
tap_like "$(cat "$tmp/stdout")" 'cryptsetup open --readonly /media/vault.luks disc' '-as-file: and the commands that open it'
read_back list "$tmp/img"
tap_is "$? $(LC_ALL=C sort "$tmp/stdout" | tr '\n' ' ')" '0 README.TXT vault.luks ' '-as-file: the clear disc itself'
tap_like "$(cat "$tmp/stderr")" 'name that file' 'and what to do is told'
read_back list "$tmp/img" -as-file nothing
tap_is "$? $(grep -c "nothing: can't be found on the disc" "$tmp/stderr")" '1 1' '-as-file: no such file'
read_back list "$tmp/img" -as-file README.TXT
tap_is "$? $(grep -c 'README.TXT: is not a file that can contain a volume' "$tmp/stderr")" '3 1' '-as-file: too small a file'
"$XBURNCRYPT" -quiet -force -o "$tmp/img" "${cost[@]}" "${secret[@]}" "$tmp/tree" >/dev/null 2>&1

# list, against find
(cd "$tmp/tree" && find . -mindepth 1 \( -type d -printf '%P/\n' \) -o -printf '%P\n') | LC_ALL=C sort >"$tmp/wanted"
read_back list "$tmp/img"
tap_is "$?" 0 'list: status 0'
LC_ALL=C sort "$tmp/stdout" | cmp -s - "$tmp/wanted"
tap_ok 'list: every file, by its bytes' || tap_note "$(diff "$tmp/wanted" <(LC_ALL=C sort "$tmp/stdout"))"
read_back list "$tmp/img" -l sub hello.txt
tap_like "$(cat "$tmp/stdout")" '^-rw-r----- +1 +[0-9]+ +[0-9]+ +6 2001-02-03 04:05:06 hello.txt$' 'list -l: a file'
tap_like "$(cat "$tmp/stdout")" '^lrwxrwxrwx .* sub/link -> ../hello.txt$' 'list -l: a link'
tap_like "$(cat "$tmp/stdout")" '^-rw.* 2 .* 300001 .* sub/deeper/the-same.bin$' 'list -l: a hard link'
tap_is "$(wc -l <"$tmp/stdout")" 5 'list: only what was named'
read_back list "$tmp/img" no/such
tap_is "$? $(grep -c 'no/such: can.t be found on the disc' "$tmp/stderr")" '1 1' 'list: no such file'
if command -v script >/dev/null; then
	script -qec "'$XBURNCRYPT' list '$tmp/img' -pass-file '$tmp/pass'" /dev/null </dev/null >"$tmp/stdout" 2>&1
	tap_like "$(cat "$tmp/stdout")" '\\xFF\\x01\\x1B\[31m' 'list: a terminal gets names escaped'
else
	tap_skip 'list on a terminal' 'script is not installed'
fi

# cat
read_back cat "$tmp/img" sub/random.bin
tap_is $? 0 'cat: status 0'
cmp -s "$tmp/stdout" "$tmp/tree/sub/random.bin"
tap_ok 'cat: the bytes'
read_back cat "$tmp/img" sub
tap_is "$? $(grep -c 'sub: is not a regular file' "$tmp/stderr")" '1 1' 'cat: a directory'
read_back cat "$tmp/img" sub/link
tap_like "$(cat "$tmp/stderr")" 'is a symbolic link to ../hello.txt' 'cat: a link is not followed'
read_back cat "$tmp/img"
tap_is $? 2 'cat without a path: status 2'
read_back extract "$tmp/no-such.img" -to "$tmp/never"
status=$?
[ ! -e "$tmp/never" ]
tap_is "$status $?" '2 0' 'extract of nothing: the directory is not made'
for command in list 'cat FILE' info verify "verify $tmp/img -against" 'decrypt -o x'; do
	# shellcheck disable=SC2086 # words
	tap_refused 2 'no-such.img: can.t be opened: No such file' "$command: a disc that is not there, as when burning" \
		read_back_of_nothing $command
done

# a directory that was made for nothing goes again, one that was there stays
echo 'another passphrase' >"$tmp/wrong"
chmod 600 "$tmp/wrong"
printf 'hsqs%04092d' 0 >"$tmp/squash"
"$XBURNCRYPT" -quiet -o "$tmp/squash.img" "${cost[@]}" "${secret[@]}" -image "$tmp/squash" >/dev/null 2>&1
extract() { "$XBURNCRYPT" extract "$1" -to "$tmp/never" "${@:2}" >"$tmp/stdout" 2>"$tmp/stderr" </dev/null; }
refuses() { # status words name image argument...
	tap_refused "$1" "$2" "$3" extract "${@:4}"
	[ ! -e "$tmp/never" ]
	tap_ok "$3: no directory"
}
refuses 3 'no key slot opens' 'a wrong passphrase' "$tmp/img" -pass-file "$tmp/wrong"
refuses 3 'no key slot opens' 'a wrong passphrase as an argument' "$tmp/img" -encpass=wrong-passphrase
refuses 1 'missing: .*No such file' 'no file with a passphrase' "$tmp/img" -pass-file "$tmp/missing"
refuses 1 'no/such' 'no such file on the disc' "$tmp/img" "${secret[@]}" no/such
refuses 1 'squashfs' 'no file system' "$tmp/squash.img" "${secret[@]}"
mkdir "$tmp/there"
"$XBURNCRYPT" extract "$tmp/img" -pass-file "$tmp/wrong" -to "$tmp/there" >"$tmp/stdout" 2>"$tmp/stderr"
tap_is "$? $(find "$tmp/there" | wc -l)" '3 1' 'a wrong passphrase: a directory that was there stays'
mkdir "$tmp/nothing.dir"
"$XBURNCRYPT" -quiet -o "$tmp/nothing.img" -format none "$tmp/nothing.dir" >/dev/null 2>&1
"$XBURNCRYPT" extract "$tmp/nothing.img" -to "$tmp/nothing.out" >"$tmp/stdout" 2>"$tmp/stderr"
tap_is "$? $(find "$tmp/nothing.out" | wc -l)" '0 1' 'extract of an empty disc: an empty directory'
if command -v script >/dev/null; then
	on_terminal "$tmp/typed" "'$XBURNCRYPT' extract '$tmp/img' -to '$tmp/never'" Passphrase $'\003'
	[ ! -e "$tmp/never" ]
	tap_ok 'Ctrl-C instead of a passphrase: no directory' || tap_note "$(cat "$tmp/typed")"
else
	tap_skip 'Ctrl-C instead of a passphrase' 'script is not installed'
fi

# parts, and what is there already
read_back extract "$tmp/img" -to "$tmp/part" sub/deeper hello.txt
tap_is "$? $(cd "$tmp/part" && find . | LC_ALL=C sort | tr '\n' ' ')" \
	'0 . ./hello.txt ./sub ./sub/deeper ./sub/deeper/the-same.bin ' 'extract: only what was named'
echo mine >"$tmp/part/hello.txt"
echo mine >"$tmp/part/sub/deeper/the-same.bin"
read_back extract "$tmp/img" -to "$tmp/part"
tap_is "$? $(cat "$tmp/part/hello.txt" "$tmp/part/sub/deeper/the-same.bin" | tr '\n' ' ')" '5 mine mine ' \
	'extract: what is there stays as it is'
tap_is "$(grep -c 'already exists; -force replaces it' "$tmp/stderr")" 2 'extract: and is named'
for name in sub/random.bin sub/deeper/the-same.bin; do
	rm "$tmp/part/sub/random.bin" "$tmp/part/sub/deeper/the-same.bin"
	echo mine >"$tmp/part/$name"
	read_back extract "$tmp/img" -to "$tmp/part" sub
	tap_is "$? $(grep -c "$name: already exists" "$tmp/stderr") $(grep -c 'shares blocks' "$tmp/stderr")" '5 1 0' \
		"extract: $name is there already, and its link is no damage" || tap_note "$(cat "$tmp/stderr")"
done
read_back extract "$tmp/img" -force -to "$tmp/part"
tap_is "$?" 0 'extract -force: status 0'
compare --no-root "$tmp/tree" "$tmp/part"
tap_ok 'extract -force: equal' || tap_note "$(cat "$tmp/diff")"
chmod -R u+rwx "$tmp/part"
echo mine >"$tmp/part/hello.txt"
read_back extract "$tmp/img" hello.txt -rename -to "$tmp/part"
tap_is "$? $(cat "$tmp/part/hello.txt" "$tmp/part/hello (2).txt" | tr '\n' ' ')" '0 mine hello ' \
	'extract -rename: both are there'
tap_like "$(cat "$tmp/stderr")" 'hello.txt: extracted as hello \(2\).txt' 'extract -rename: the name is told'
tap_like "$(cat "$tmp/stdout")" '1 file .*; 1 under another name' 'extract -rename: and counted'

rm -rf "$tmp/part"
mkdir -p "$tmp/part/sub" "$tmp/part/$far" "$tmp/part/$near"
for name in hello.txt sub/link "$far/file" "$near/link"; do
	echo mine >"$tmp/part/$name"
done
for time in first second; do
	read_back extract "$tmp/img" -rename -to "$tmp/part"
	tap_is "$? $(find "$tmp/part" -name '* (*)*' | wc -l) $(find "$tmp/part" -type f -exec grep -lx mine {} + | wc -l)" '0 4 4' \
		"extract -rename, the $time time: no other copy is made" || tap_note "$(cat "$tmp/stderr")"
done
tap_like "$(cat "$tmp/stdout")" "extracted: 0 files of 0 bytes" 'what was extracted under other names is there'
echo changed >"$tmp/part/hello (2).txt"
read_back extract "$tmp/img" hello.txt -rename -to "$tmp/part"
tap_is "$? $(cat "$tmp/part"/hello*.txt | LC_ALL=C sort | tr '\n' ' ')" '0 changed hello mine ' 'what is not equal stays beside it'

# another name is none that the disc has
mkdir -p "$tmp/numbered/d" "$tmp/numbered/d (2)" "$tmp/numbered.out"
echo 1 >"$tmp/numbered/x"
echo 2 >"$tmp/numbered/x (2)"
echo 3 >"$tmp/numbered/d/y"
echo 4 >"$tmp/numbered/d (2)/y"
echo mine | tee "$tmp/numbered.out/x" >"$tmp/numbered.out/d"
"$XBURNCRYPT" -quiet -format none -o "$tmp/numbered.img" "$tmp/numbered" >/dev/null 2>&1
for time in first second; do
	"$XBURNCRYPT" extract "$tmp/numbered.img" -rename -to "$tmp/numbered.out" >"$tmp/stdout" 2>"$tmp/stderr"
	tap_is "$? $(cd "$tmp/numbered.out" && grep -r . | LC_ALL=C sort | tr '\n' ' ')" \
		'0 d (2)/y:4 d (3)/y:3 d:mine x (2):2 x (3):1 x:mine ' "another name is none that the disc has, the $time time" ||
		tap_note "$(cat "$tmp/stderr")"
done

# what is there, and equal, is left as it is; what differs in anything is not taken for it
chmod -R u+rwx "$tmp/part"
rm -rf "$tmp/part"
read_back extract "$tmp/img" -to "$tmp/part"
n_names=$(cd "$tmp/tree" && find . -mindepth 1 ! -type d -printf x | wc -c)
find "$tmp/part" ! -type d -printf '%i %P\n' | LC_ALL=C sort -k2 >"$tmp/inodes"
for option in '' -force; do
	# shellcheck disable=SC2086
	read_back extract "$tmp/img" $option -to "$tmp/part"
	tap_like "$? $(cat "$tmp/stdout")" "^0 extracted: 0 files of 0 bytes.* 0 others; $n_names were there already, and equal\$" \
		"extract $option once more: all files are there" || tap_note "$(cat "$tmp/stderr")"
	find "$tmp/part" ! -type d -printf '%i %P\n' | LC_ALL=C sort -k2 | cmp -s - "$tmp/inodes"
	tap_ok "extract $option once more: none is made again"
done
other_byte() { printf X | dd of="$1" bs=1 seek=299990 conv=notrunc status=none && touch -r "$tmp/tree/sub/random.bin" "$1"; }
for change in 'other_byte sub/random.bin' 'chmod 600 sub/random.bin' 'touch sub/random.bin' 'truncate -s -1 sub/random.bin' \
	'ln -sfn elsewhere sub/link' 'touch -h sub/link' 'cp --remove-destination -p sub/random.bin sub/deeper/the-same.bin' 'chmod 600 fifo' 'touch fifo'; do
	name=${change##* }
	(cd "$tmp/part" && $change)
	read_back extract "$tmp/img" -to "$tmp/part"
	tap_like "$? $(cat "$tmp/stderr")" "^5 .*warning: (sub/deeper/the-same.bin|$name): already exists; -force replaces it" \
		"$change: not taken for equal"
	read_back extract "$tmp/img" -force -to "$tmp/part"
	compare --no-root "$tmp/tree" "$tmp/part"
	tap_is "$?" 0 "$change: -force repairs it" || tap_note "$(cat "$tmp/diff" "$tmp/stderr")"
done

# an extraction that was interrupted, and goes on
rm -rf "$tmp/part/sub/random.bin" "$tmp/part/hello.txt" "$tmp/part/$far"
: >"$tmp/part/holes"
chmod 700 "$tmp/part/sub"
read_back extract "$tmp/img" -force -to "$tmp/part"
compare --no-root "$tmp/tree" "$tmp/part"
tap_is "$?" 0 'extract -force goes on where another has ended' || tap_note "$(cat "$tmp/diff" "$tmp/stderr")"
tap_like "$(cat "$tmp/stdout")" 'were there already, and equal$' 'and leaves what was whole'

# directories that are there
read_back extract "$tmp/img" -to "$tmp/part"
tap_is "$? $(grep -c 'before, and keep' "$tmp/stderr")" '0 0' 'directories that are equal: nothing is told' || tap_note "$(cat "$tmp/stderr")"
rm "$tmp/part/sub/link"
touch -d '1990-01-01 UTC' "$tmp/part/sub"
read_back extract "$tmp/img" -to "$tmp/part"
tap_is "$? $(grep -c ': 1 directory was there before, and keeps its mode and times; -force' "$tmp/stderr")" '0 1' \
	'a directory that differs is told' || tap_note "$(cat "$tmp/stderr")"
read_back extract "$tmp/img" -force -to "$tmp/part"
rm -f "$tmp/part/sub/deeper/the-same.bin"
touch -r "$tmp/tree/sub/deeper" "$tmp/part/sub/deeper"
read_back extract "$tmp/img" -to "$tmp/part"
status=$?
compare --no-root "$tmp/tree" "$tmp/part"
tap_is "$status $?" '0 0' 'one that is equal stays so when files come into it' || tap_note "$(cat "$tmp/diff" "$tmp/stderr")"

# room, before anything is made
if [ "$(id -u)" = 0 ] && mkdir "$tmp/little" && mount -t tmpfs -o size=200k none "$tmp/little" 2>/dev/null; then
	read_back extract "$tmp/img" -to "$tmp/little/out"
	tap_like "$? $(cat "$tmp/stderr")" '^1 .*little/out: the files need .* \([0-9]+ bytes\), but .* \([0-9]+\) are free' 'no room: both numbers are told'
	[ ! -e "$tmp/little/out" ]
	tap_ok 'no room: nothing was made'
	read_back extract "$tmp/img" hello.txt sub/link -to "$tmp/little/out"
	tap_is $? 0 'what has room is extracted'
	truncate -s 50M "$tmp/zeros"
	"$XBURNCRYPT" -quiet -format none -o "$tmp/zeros.img" "$tmp/zeros" >/dev/null 2>&1
	"$XBURNCRYPT" extract "$tmp/zeros.img" -to "$tmp/little/zeros" >/dev/null 2>&1
	tap_is $? 1 'a file of zeros counts with its size'
	"$XBURNCRYPT" extract "$tmp/zeros.img" -no-space-check -to "$tmp/little/zeros" >/dev/null 2>&1
	tap_is "$? $(stat -c %s "$tmp/little/zeros/zeros")" "0 $((50 << 20))" '-no-space-check: it needs no room'
	umount "$tmp/little"
	rm -f "$tmp/zeros" "$tmp/zeros.img"
	mkdir "$tmp/full"
	mount -t tmpfs -o size=400k none "$tmp/full"
	"$XBURNCRYPT" extract "$tmp/img" "${secret[@]}" hello.txt sub/random.bin -no-space-check -to "$tmp/full" >/dev/null 2>&1
	rm -f "$tmp/full/sub/random.bin"
	head -c 300000 /dev/zero >"$tmp/full/mine"
	read_back extract "$tmp/img" hello.txt sub/random.bin -no-space-check -to "$tmp/full"
	tap_is "$? $(find "$tmp/full" -type f -printf '%f ')" '1 mine hello.txt ' 'no room in the middle: no half file' || tap_note "$(cat "$tmp/stderr")"
	tap_like "$(cat "$tmp/stderr")" 'hint: the same command with -force goes on' 'no room in the middle: how to go on is told'
	umount "$tmp/full"
else
	tap_skip 'room' 'only root mounts a small file system'
fi
chmod -R u+rwx "$tmp/part"

# hard links of what has no bytes, which other programs record
if command -v xorriso >/dev/null; then
	mkdir "$tmp/special"
	ln -s nowhere "$tmp/special/link"
	ln "$tmp/special/link" "$tmp/special/link2"
	ln -s nowhere "$tmp/special/link3"
	mkfifo "$tmp/special/fifo"
	ln "$tmp/special/fifo" "$tmp/special/fifo2"
	mkfifo "$tmp/special/fifo3"
	touch -hd '1980-01-02 03:04:06 UTC' "$tmp/special"/*
	[ "$(id -u)" = 0 ] && mknod "$tmp/special/null" c 1 3 2>/dev/null && ln "$tmp/special/null" "$tmp/special/null2"
	xorriso -as mkisofs -quiet -R --hardlinks -o "$tmp/special.iso" "$tmp/special" >/dev/null 2>&1
	"$XBURNCRYPT" extract "$tmp/special.iso" -privileged -to "$tmp/special.out" >"$tmp/stdout" 2>"$tmp/stderr"
	tap_is $? 0 'extract of linked links and FIFOs: status 0' || tap_note "$(cat "$tmp/stderr")"
	compare "$tmp/special" "$tmp/special.out"
	tap_ok 'they are linked again, and nothing else is' || tap_note "$(cat "$tmp/diff")"
else
	tap_skip 'hard links of links and FIFOs' 'xorriso is not installed'
fi

# a directory that was there keeps its own mode
mkdir -m 700 "$tmp/mine"
read_back extract "$tmp/img" -to "$tmp/mine"
tap_is "$? $(stat -c %a "$tmp/mine")" '0 700' 'extract: a directory that was there keeps its mode'
chmod -R u+rwx "$tmp/mine"

# a closed stdout
for verb in list 'cat hello.txt' 'decrypt -o -' verify; do
	# shellcheck disable=SC2086 # words
	set -- $verb
	"$XBURNCRYPT" "$1" "$tmp/img" "${secret[@]}" "${@:2}" >&- 2>"$tmp/stderr"
	tap_is "$? $(grep -c "can't be written" "$tmp/stderr")" '1 1' "$1 with stdout closed: status 1"
done

# extended attributes and ACLs
touch "$tmp/tree/attributes"
if command -v setfattr setfacl getfattr getfacl >/dev/null && setfattr -n user.test -v value "$tmp/tree/attributes" 2>/dev/null &&
	setfacl -m u:1234:rw,g:5678:r "$tmp/tree/attributes" && setfacl -d -m u:1234:rx "$tmp/tree/sub" &&
	setfattr -n user.big -v "0s$(head -c 3000 /dev/urandom | base64 -w 0)" "$tmp/tree/sub"; then
	chmod 440 "$tmp/tree/attributes"
	"$XBURNCRYPT" -quiet -force -o "$tmp/img" "${cost[@]}" "${secret[@]}" "$tmp/tree" >/dev/null 2>&1
	read_back extract "$tmp/img" -to "$tmp/attributes"
	tap_is $? 0 'extract with attributes: status 0' || tap_note "$(cat "$tmp/stderr")"
	for tree in tree attributes; do
		(cd "$tmp/$tree" && getfacl -nR . && getfattr -dR -e hex . | LC_ALL=C sort) >"$tmp/$tree.attributes"
	done
	[ "$(grep -c '1234\|5678\|user\.' "$tmp/tree.attributes")" -ge 5 ]
	tap_ok 'there are some'
	cmp -s "$tmp/tree.attributes" "$tmp/attributes.attributes"
	tap_ok 'extended attributes and ACLs come back' || tap_note "$(diff "$tmp/tree.attributes" "$tmp/attributes.attributes")"
	compare "$tmp/tree" "$tmp/attributes"
	tap_ok 'and all else is equal too' || tap_note "$(cat "$tmp/diff")"
	chmod -R u+rwx "$tmp/attributes"
	if [ "$(id -u)" = 0 ] && setfattr -n trusted.test -v value "$tmp/tree/attributes" 2>/dev/null; then
		"$XBURNCRYPT" -quiet -force -privileged -o "$tmp/img" "${cost[@]}" "${secret[@]}" "$tmp/tree" >/dev/null 2>&1
		rm -rf "$tmp/attributes"
		for time in first second; do
			read_back extract "$tmp/img" -to "$tmp/attributes"
			tap_is "$? $(grep -c 'attributes: its extended attribute trusted.test is set only with -privileged' "$tmp/stderr")" '5 1' \
				"an attribute that is left out is told the $time time" || tap_note "$(cat "$tmp/stderr")"
		done
		tap_like "$(cat "$tmp/stdout")" '^extracted: 0 files .* were there already' 'though all files are there'
		chmod -R u+rwx "$tmp/attributes"
		setfattr -x trusted.test "$tmp/tree/attributes"
		"$XBURNCRYPT" -quiet -force -o "$tmp/img" "${cost[@]}" "${secret[@]}" "$tmp/tree" >/dev/null 2>&1
	else
		tap_skip 'an attribute that is left out' 'only root sets one'
	fi
else
	tap_skip 'extended attributes and ACLs' 'no programs for them, or the file system has none'
fi

# what stands in the way must not lead out
mkdir -p "$tmp/trap" "$tmp/outside"
ln -s "$tmp/outside" "$tmp/trap/sub"
ln -s "$tmp/outside/made" "$tmp/trap/hello.txt"
read_back extract "$tmp/img" -force -to "$tmp/trap"
tap_is "$? $(find "$tmp/outside" -mindepth 1 | wc -l)" '5 0' 'extract: a link in the way is not followed'
tap_is "$(cat "$tmp/trap/hello.txt")" hello 'extract -force: a link in the place of a file is replaced'
chmod -R u+rwx "$tmp/trap"

# as nobody, who can't see the files of root
if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null && chmod 755 "$tmp" &&
	setpriv --reuid 65534 --regid 65534 --clear-groups test -x "$XBURNCRYPT"; then
	mkdir "$tmp/nobody"
	cp "$tmp/pass" "$tmp/nobody/pass"
	chown -R 65534:65534 "$tmp/nobody"
	chmod 644 "$tmp/img"
	setpriv --reuid 65534 --regid 65534 --clear-groups \
		"$XBURNCRYPT" extract "$tmp/img" -pass-file "$tmp/nobody/pass" -to "$tmp/nobody/out" >"$tmp/stdout" 2>"$tmp/stderr"
	tap_is $? 0 'extract as nobody: status 0' || tap_note "$(cat "$tmp/stderr")"
	compare --no-owner "$tmp/tree" "$tmp/nobody/out"
	tap_ok 'extract as nobody: equal' || tap_note "$(cat "$tmp/diff")"
	mkdir "$tmp/nobody/unlisted"
	echo mine >"$tmp/nobody/unlisted/hello.txt"
	chown -R 65534:65534 "$tmp/nobody/unlisted"
	chmod 300 "$tmp/nobody/unlisted"
	for path in hello.txt 'hello.*'; do
		setpriv --reuid 65534 --regid 65534 --clear-groups "$XBURNCRYPT" extract "$tmp/img" "$path" \
			-pass-file "$tmp/nobody/pass" -to "$tmp/nobody/unlisted" >"$tmp/stdout" 2>"$tmp/stderr"
		tap_is "$(grep -c 'hello.txt: already exists; -force replaces it' "$tmp/stderr")" 1 \
			"$path: what is there is told of a directory that can't be listed" || tap_note "$(cat "$tmp/stderr")"
	done
else
	tap_skip 'extract as nobody' 'not root, or nobody may not run the program'
fi

# paths that are part of each other, or named twice
for paths in 'sub/random.bin sub' 'sub sub/random.bin' 'sub/ ./sub sub/random.bin sub/random.bin' '/ sub sub/random.bin'; do
	rm -rf "$tmp/part"
	# shellcheck disable=SC2086
	read_back extract "$tmp/img" $paths -to "$tmp/part"
	tap_is "$? $(cmp "$tmp/part/sub/random.bin" "$tmp/tree/sub/random.bin" && wc -c <"$tmp/stderr")" '0 0' "extract $paths: each once" ||
		tap_note "$(cat "$tmp/stderr")"
	chmod -R u+rwx "$tmp/part"
	# shellcheck disable=SC2086
	read_back list "$tmp/img" $paths
	tap_is "$? $(sort "$tmp/stdout" | uniq -d)" '0 ' "list $paths: each once"
done
rm -rf "$tmp/part"
# -force replaces files, never a directory
mkdir -p "$tmp/part/sub/random.bin/there"
read_back extract "$tmp/img" sub -force -to "$tmp/part"
tap_is "$? $(grep -c 'sub/random.bin: already exists as a directory' "$tmp/stderr")" '5 1' 'a directory in the place of a file: named'

# without -to: a directory that the volume names
mkdir "$tmp/here"
unnamed() { # options...: in $tmp/here
	(cd "$tmp/here" && "$XBURNCRYPT" extract "$@" >"$tmp/stdout" 2>"$tmp/stderr")
}
"$XBURNCRYPT" -quiet -o "$tmp/named.img" -V 'PHOTOS 2026' "${cost[@]}" "${secret[@]}" "$tmp/tree" >/dev/null 2>&1
unnamed "$tmp/named.img" "${secret[@]}"
tap_is "$? $(ls "$tmp/here")" '0 PHOTOS 2026' 'extract without -to: the volume names the directory' || tap_note "$(cat "$tmp/stderr")"
compare "$tmp/tree" "$tmp/here/PHOTOS 2026"
tap_ok 'and all is in it' || tap_note "$(cat "$tmp/diff")"
unnamed "$tmp/named.img" "${secret[@]}"
tap_is "$? $(ls "$tmp/here")" '2 PHOTOS 2026' 'it exists: status 2, and nothing is left over' || tap_note "$(cat "$tmp/stderr")"
grep -q 'hint: name another with -to' "$tmp/stderr"
tap_ok 'it exists: what to do is told'
chmod -R u+rwx "$tmp/here" && rm -rf "$tmp/here/PHOTOS 2026"
for mask in 022 077; do
	(umask $mask && unnamed "$tmp/named.img" "${secret[@]}" hello.txt)
	tap_is "$? $(stat -c %a "$tmp/here/PHOTOS 2026")" "0 $(printf %o $((0777 & ~$mask)))" "umask $mask: the directory's mode is as usual" ||
		tap_note "$(cat "$tmp/stderr")"
	rm -rf "$tmp/here/PHOTOS 2026"
done
(umask 077 && echo wrong >"$tmp/wrong")
unnamed "$tmp/named.img" -pass-file "$tmp/wrong"
tap_is "$? $(ls "$tmp/here")" '3 ' 'a wrong passphrase: nothing is left over'
for label in '../../evil' '-to' ''; do
	"$XBURNCRYPT" -quiet -force -o "$tmp/named.img" -format none -V "x" "$tmp/tree" >/dev/null 2>&1
	printf '%-32s' "$label" | dd of="$tmp/named.img" bs=1 seek=$((16 * 2048 + 40)) conv=notrunc status=none
	unnamed "$tmp/named.img"
	case $label in
	../../evil) name=_._.._evil ;;
	-to) name=_to ;;
	*) name=disc ;;
	esac
	tap_is "$? $(ls "$tmp/here")" "0 $name" "a volume \"$label\": a name that is harmless" || tap_note "$(cat "$tmp/stderr")"
	chmod -R u+rwx "$tmp/here" && rm -rf "${tmp:?}/here/$name"
done

# only root makes device nodes
if [ "$(id -u)" = 0 ] && mknod "$tmp/tree/null" c 1 3 2>/dev/null && chmod 4711 "$tmp/tree/hello.txt"; then
	"$XBURNCRYPT" -quiet -force -o "$tmp/img" "${cost[@]}" "${secret[@]}" "$tmp/tree" >/dev/null 2>&1
	rm -rf "$tmp/out"
	read_back extract "$tmp/img" -to "$tmp/out"
	tap_is "$? $(stat -c %a "$tmp/out/hello.txt") $(find "$tmp/out" -name null | wc -l)" '5 711 0' \
		'extract: no device node and no setuid bit'
	tap_like "$(cat "$tmp/stderr")" 'null: is a device node; -privileged extracts it' 'the node is named'
	read_back extract "$tmp/img" -to "$tmp/out"
	tap_is "$? $(grep -c 'setuid or setgid bit' "$tmp/stderr")" '5 1' 'extract once more: the setuid bit is told again' ||
		tap_note "$(cat "$tmp/stderr")"
	tap_like "$(cat "$tmp/stdout")" '^extracted: 0 files .* were there already' 'and nothing is made again'
	chmod -R u+rwx "$tmp/out"
	rm -rf "$tmp/out"
	read_back extract "$tmp/img" -privileged -to "$tmp/out"
	tap_is $? 0 'extract -privileged: status 0' || tap_note "$(cat "$tmp/stderr")"
	compare "$tmp/tree" "$tmp/out"
	tap_ok 'extract -privileged: equal, device node and all' || tap_note "$(cat "$tmp/diff")"
else
	tap_skip 'extract -privileged' 'not root, or no device nodes can be made'
fi

tap_done
