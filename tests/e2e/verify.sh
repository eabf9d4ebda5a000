#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# verify: what is read, checked and compared, and each way in which it can fail.
. "$top_srcdir/tests/lib/tap.sh" || exit
. "$top_srcdir/tests/e2e/lib.sh"

verify() { # argument...: the status and the last line
	local status
	"$XBURNCRYPT" verify "$@" -pass-file "$tmp/pass" >"$tmp/stdout" 2>"$tmp/stderr" </dev/null
	status=$?
	# on a slow machine, how long it took stands there too
	echo "$status $(tail -n 1 "$tmp/stdout" | sed -E 's| in [0-9:]+, [0-9.]+ MB/s||')"
}
told() { grep -c -- "$1" "$tmp/stderr"; }

declare -A costs=([luks2]="${cheap[*]}" [veracrypt]="")
printf '%s\n' "$passphrase" >"$tmp/pass"
chmod 600 "$tmp/pass"
make_tree "$tmp/tree"
printf 'x\n' >"$tmp/tree/new
line"
printf 'y\n' >"$tmp/tree/back\\slash"
(cd "$tmp/tree" && find . -type f ! -name SHA256SUMS -exec sha256sum {} + >SHA256SUMS)
"$XBURNCRYPT" -quiet -o "$tmp/img" "${cheap[@]}" -pass-file "$tmp/pass" "$tmp/tree" >/dev/null 2>&1
"$XBURNCRYPT" decrypt -quiet -o "$tmp/iso" "$tmp/img" -pass-file "$tmp/pass" >/dev/null 2>&1
n=$(($(stat -c %s "$tmp/iso") / 2048))
n_files=$(wc -l <"$tmp/tree/SHA256SUMS")
n_all=$(cd "$tmp/tree" && find . -mindepth 1 -printf x | wc -c)

tap_is "$(verify "$tmp/img")" "0 $n sectors read, 0 unreadable, $n_files files checked, 0 differ" \
	'digests that sha256sum made are checked, each sector is read once'
tap_is "$(verify "$tmp/img" -against "$tmp/tree")" \
	"0 $n sectors read, 0 unreadable, $n_files files checked by digest, 0 differ; $n_all with the directory, 0 differ" \
	'against the tree: equal'
tap_is "$(verify "$tmp/img" -against "$tmp/iso")" \
	"0 $n sectors read, 0 unreadable, $n_files files checked, 0 differ" 'against the image: equal'
tap_like "$(cat "$tmp/stdout")" '^0 blocks differ from the image' 'it says so'

# digests that burning adds, of what goes out
rm -rf "$tmp/plain" "$tmp/summed"
cp -a "$tmp/tree" "$tmp/plain"
rm "$tmp/plain/SHA256SUMS"
"$XBURNCRYPT" -quiet -checksums -o "$tmp/summed.img" "${cheap[@]}" -pass-file "$tmp/pass" "$tmp/plain" >/dev/null 2>&1
tap_ok 'burned with -checksums'
"$XBURNCRYPT" cat "$tmp/summed.img" SHA256SUMS -pass-file "$tmp/pass" 2>/dev/null | LC_ALL=C sort >"$tmp/sums"
(cd "$tmp/plain" && find . -type f -printf '%P\0' | xargs -0 sha256sum -- | LC_ALL=C sort) | cmp -s - "$tmp/sums"
tap_ok 'SHA256SUMS is what sha256sum writes, odd names and hard links too' || tap_note "$(cat "$tmp/sums")"
tap_like "$(verify "$tmp/summed.img" -against "$tmp/plain")" "^0 .* $n_files files checked by digest, 0 differ; $((n_all - 1)) with the directory, 0 differ\$" \
	'verify: all are checked, and the added file is no difference'
"$XBURNCRYPT" extract "$tmp/summed.img" -to "$tmp/summed" -pass-file "$tmp/pass" >/dev/null 2>&1
(cd "$tmp/summed" && sha256sum --strict --quiet -c SHA256SUMS)
tap_ok 'sha256sum -c finds all of them right'
"$XBURNCRYPT" -quiet -checksums -o "$tmp/again.img" "${cheap[@]}" -pass-file "$tmp/pass" "$tmp/tree" >/dev/null 2>"$tmp/stderr"
tap_is "$? $(told 'SHA256SUMS: is already in the tree')" '2 1' 'a SHA256SUMS in the tree is in the way'

# other trees
cp -a "$tmp/tree" "$tmp/other"
echo HELLO >"$tmp/other/hello.txt"
touch -r "$tmp/tree/hello.txt" "$tmp/other/hello.txt"
chmod 700 "$tmp/other/sub"
rm "$tmp/other/empty/../nothing"
ln -sfn elsewhere "$tmp/other/sub/link"
touch "$tmp/other/sub/deeper/more"
touch -d 2001-02-03 "$tmp/other/name with blanks and 'quotes'"
out=$(verify "$tmp/img" -against "$tmp/other")
tap_like "$out" '^3 .* by digest, 0 differ; .* with the directory, 6 differ$' 'against another tree: status 3, and how many'
for what in 'hello.txt: contents differ' 'sub: permissions differ' 'nothing: exists only on the disc' \
	'sub/link: link target differs' 'sub/deeper/more: exists only in the directory' 'quotes.: modification time differs'; do
	tap_is "$(told "$what")" 1 "told: $what"
done

# which names are one file
clear() { # image argument...: of a clear disc
	local status
	"$XBURNCRYPT" verify "$@" >"$tmp/stdout" 2>"$tmp/stderr" </dev/null
	status=$?
	echo "$status $(tail -n 1 "$tmp/stdout")"
}
burn() { # image tree option...
	"$XBURNCRYPT" -quiet -format none -o "$1" "${@:3}" "$2" >/dev/null 2>&1
}
mkdir -p "$tmp/links/in" "$tmp/outside"
echo one >"$tmp/links/a"
ln "$tmp/links/a" "$tmp/links/b"
ln "$tmp/links/a" "$tmp/links/in/c"
echo two >"$tmp/links/d"
echo two >"$tmp/links/e"
touch -r "$tmp/links/d" "$tmp/links/e"
: >"$tmp/links/empty"
ln "$tmp/links/empty" "$tmp/links/empty2"
ln "$tmp/links/d" "$tmp/outside/d"
ln -s nowhere "$tmp/links/link"
ln "$tmp/links/link" "$tmp/links/link2"
burn "$tmp/links.img" "$tmp/links"
tap_like "$(clear "$tmp/links.img" -against "$tmp/links")" '^0 .* 10 files checked, 0 differ$' 'hard links, some from outside: equal' ||
	tap_note "$(cat "$tmp/stderr")"
cp -a "$tmp/links" "$tmp/apart"
rm "$tmp/apart/b" "$tmp/apart/empty2" "$tmp/apart/e"
cp -p "$tmp/apart/a" "$tmp/apart/b"
cp -p "$tmp/apart/empty" "$tmp/apart/empty2"
ln "$tmp/apart/d" "$tmp/apart/e"
touch -r "$tmp/links/d" "$tmp/apart/d"
tap_like "$(clear "$tmp/links.img" -against "$tmp/apart")" '^3 .* 10 files checked, 3 differ$' 'other hard links: each file once' ||
	tap_note "$(cat "$tmp/stderr")"
for what in 'b: is hard-linked only on the disc' 'empty2: is hard-linked only on the disc' \
	'e: is hard-linked only in the directory'; do
	tap_is "$(told "$what")" 1 "told: $what"
done
rm "$tmp/links/b"
tap_like "$(clear "$tmp/links.img" -against "$tmp/links")" '^3 .* 1 differ$' 'a name is missing: no other difference'

# owners, and discs that have none
mkdir "$tmp/owners" "$tmp/owners/sub"
echo data >"$tmp/owners/file"
ln -s file "$tmp/owners/link"
chmod 640 "$tmp/owners/file"
echo data >"$tmp/owners/sub/late"
! takes_late_times || touch -d '2200-01-01' "$tmp/owners/sub/late"
burn "$tmp/owners.img" "$tmp/owners"
tap_like "$(clear "$tmp/owners.img" -against "$tmp/owners")" '^0 .* 0 differ$' 'a time that no disc can hold is no difference'
burn "$tmp/portable.img" "$tmp/owners" -portable
tap_is "$(clear "$tmp/portable.img" -against "$tmp/owners" | sed 's/.*, //') $(told 'records no owners or permissions')" '0 differ 1' \
	'-portable: what it made up is not compared, and that is told' || tap_note "$(cat "$tmp/stderr")"
if [ "$(id -u)" = 0 ]; then
	chown 1234 "$tmp/owners/file"
	chown -h :5678 "$tmp/owners/link"
	chown 12:34 "$tmp/owners/sub"
	tap_like "$(clear "$tmp/owners.img" -against "$tmp/owners")" '^3 .* 3 differ$' 'other owners: as many differ'
	tap_is "$(told '^xburncrypt: warning: \(file\|link\|sub\): owner or group differs$')" 3 'each is told'
	tap_like "$(clear "$tmp/portable.img" -against "$tmp/owners")" '^0 .* 0 differ$' '-portable: owners are not compared'
	if command -v setpriv >/dev/null && chmod 755 "$tmp" && chmod -R a+rX "$tmp/owners"* &&
		setpriv --reuid 65534 --regid 65534 --clear-groups test -x "$XBURNCRYPT"; then
		burn "$tmp/nobody.img" "$tmp/owners"
		chmod 644 "$tmp/nobody.img"
		chown 1 "$tmp/owners/file"
		out=$(setpriv --reuid 65534 --regid 65534 --clear-groups "$XBURNCRYPT" verify "$tmp/nobody.img" -against "$tmp/owners" 2>&1)
		tap_like "$? $out" '^0 .* 0 differ$' 'not as root: owners are not compared'
	else
		tap_skip 'verify as nobody' 'nobody may not run the program'
	fi
else
	tap_skip 'owners' 'only root gives files away'
fi
if command -v genisoimage >/dev/null; then
	rm "$tmp/owners/link"
	genisoimage -quiet -J -joliet-long -o "$tmp/joliet.iso" "$tmp/owners" 2>/dev/null
	tap_like "$(clear "$tmp/joliet.iso" -against "$tmp/owners")" '^[03] .* [01] differ$' 'Joliet alone: no more than the time differs' ||
		tap_note "$(cat "$tmp/stderr")"
else
	tap_skip 'Joliet alone' 'genisoimage is not installed'
fi

# what can't be read in the directory is no difference
mkdir -p "$tmp/closed/shut/below" "$tmp/closed/unlisted"
for name in hidden open shut/one shut/below/two unlisted/three; do echo "$name" >"$tmp/closed/$name"; done
burn "$tmp/closed.img" "$tmp/closed" -portable
chmod 000 "$tmp/closed/hidden" "$tmp/closed/shut"
chmod 311 "$tmp/closed/unlisted"
as_user=()
if [ "$(id -u)" = 0 ]; then
	as_user=(setpriv --reuid 65534 --regid 65534 --clear-groups)
	chmod 755 "$tmp" "$tmp/closed"
	chmod 644 "$tmp/closed.img" "$tmp/closed/open"
fi
if "${as_user[@]}" test -x "$XBURNCRYPT" 2>/dev/null; then
	"${as_user[@]}" "$XBURNCRYPT" verify "$tmp/closed.img" -against "$tmp/closed" >"$tmp/stdout" 2>"$tmp/stderr"
	tap_is "$? $(sed -n 's/.*unreadable, //p' "$tmp/stdout")" "5 2 files checked, 0 differ, 6 can't be read there" \
		'against a directory that can be read in part: status 5, and nothing differs' || tap_note "$(cat "$tmp/stderr")"
	for name in hidden shut unlisted; do
		tap_is "$(told "warning: $name: can't be read in the directory, and was not compared: Permission denied")" 1 "told: $name"
	done
	tap_is "$(told warning:)" 3 'and nothing below'
	chmod 755 "$tmp/closed"
	echo more >"$tmp/closed/more"
	"${as_user[@]}" "$XBURNCRYPT" verify "$tmp/closed.img" -against "$tmp/closed" >"$tmp/stdout" 2>"$tmp/stderr"
	tap_is "$? $(sed -n 's/.*unreadable, //p' "$tmp/stdout")" "3 2 files checked, 1 differ, 6 can't be read there" 'a difference comes first'
else
	tap_skip 'a directory that can be read in part' 'nobody may not run the program'
fi
chmod -R u+rwx "$tmp/closed"

# extended attributes and ACLs
attribute() { setfattr -n "$2" -v "$3" "$1"; }
mkdir -p "$tmp/attributes/sub"
echo data >"$tmp/attributes/file"
echo data >"$tmp/attributes/acl"
echo data >"$tmp/attributes/other"
burn "$tmp/bare.img" "$tmp/attributes"
if command -v setfattr setfacl >/dev/null && attribute "$tmp/attributes/file" user.one 1 2>/dev/null &&
	attribute "$tmp/attributes/file" user.empty '' && attribute "$tmp/attributes/sub" user.two 2 &&
	setfacl -m u:1234:rw,u:77:r,g:5678:r "$tmp/attributes/acl" && setfacl -d -m u:1234:rx "$tmp/attributes/sub"; then
	# an order of users that setfacl never makes
	setfattr -n system.posix_acl_access -v "0x02000000$(printf %s 01000600ffffffff 02000700f4010000 020004001e000000 \
		04000400ffffffff 10000700ffffffff 20000400ffffffff)" "$tmp/attributes/other"
	tap_ok 'an ACL out of order'
	burn "$tmp/attributes.img" "$tmp/attributes"
	tap_like "$(clear "$tmp/attributes.img" -against "$tmp/attributes")" '^0 .* 4 files checked, 0 differ$' 'with attributes: equal' ||
		tap_note "$(cat "$tmp/stderr")"
	[ "$(id -u)" = 0 ] && attribute "$tmp/attributes/other" trusted.mine 1 2>/dev/null
	tap_like "$(clear "$tmp/attributes.img" -against "$tmp/attributes")" '^0 .* 0 differ$' 'what burning does not record is not compared' ||
		tap_note "$(cat "$tmp/stderr")"
	tap_is "$(clear "$tmp/bare.img" -against "$tmp/attributes" | sed 's/.*, //') $(told 'no extended attributes or ACLs, which')" \
		"2 differ 1" 'a disc without any: that is told once, and only other modes differ' || tap_note "$(cat "$tmp/stderr")"
	burn "$tmp/portable-attributes.img" "$tmp/attributes" -portable
	tap_like "$(clear "$tmp/portable-attributes.img" -against "$tmp/attributes")" '^0 .* 0 differ$' '-portable leaves ACLs out: no difference' ||
		tap_note "$(cat "$tmp/stderr")"
	attribute "$tmp/attributes/file" user.one 2
	attribute "$tmp/attributes/sub" user.more 1
	# the same mask, so that the mode stays
	setfacl -m u:1235:r "$tmp/attributes/acl"
	setfattr -x system.posix_acl_access "$tmp/attributes/other"
	chmod 674 "$tmp/attributes/other"
	tap_like "$(clear "$tmp/attributes.img" -against "$tmp/attributes")" '^3 .* 4 files checked, 4 differ$' 'other attributes: as many differ' ||
		tap_note "$(cat "$tmp/stderr")"
	for what in 'file: extended attributes differ' 'sub: extended attributes differ' 'acl: ACL differs' 'other: ACL differs'; do
		tap_is "$(told "$what")" 1 "told: $what"
	done
	setfattr -x user.more "$tmp/attributes/sub"
	setfacl -k "$tmp/attributes/sub"
	clear "$tmp/attributes.img" -against "$tmp/attributes" >/dev/null
	tap_is "$(told 'sub: ACL differs')" 1 'told: a default ACL that is gone'
else
	tap_skip 'extended attributes and ACLs' 'no programs for them, or the file system has none'
fi

# other blocks
cp "$tmp/iso" "$tmp/other.iso"
lba=$(xorriso -indev "$tmp/iso" -find /sub/random.bin -exec report_lba 2>/dev/null | awk -F, '/File data/ { print $2 + 0 }')
printf X | dd of="$tmp/other.iso" bs=1 seek=$((lba * 2048 + 5000)) conv=notrunc status=none
verify "$tmp/img" -against "$tmp/other.iso" >"$tmp/last"
tap_like "$(cat "$tmp/last" "$tmp/stdout")" '^1 block differs from the image' 'against another image: the block is counted'
tap_like "$(cat "$tmp/last")" '^3 ' 'and the status is 3'

# another length
for n in 0 2047 70000; do
	head -c $n "$tmp/iso" >"$tmp/part.iso"
	verify "$tmp/img" -against "$tmp/part.iso" >"$tmp/last"
	tap_like "$(cat "$tmp/last")" '^3 ' "against the first $n bytes of the image: status 3"
done
{ cat "$tmp/iso"; head -c 3000 /dev/zero; } >"$tmp/more.iso"
verify "$tmp/img" -against "$tmp/more.iso" >"$tmp/last"
tap_like "$(cat "$tmp/last" "$tmp/stdout")" '^2 blocks differ from the image' 'against a longer image: the rest is counted'
# what a drive pads is no difference, where nothing records the length
"$XBURNCRYPT" -quiet -o "$tmp/padded.img" -encstyle new -pass-file "$tmp/pass" -image "$tmp/iso" >/dev/null 2>&1
head -c 307200 /dev/zero >>"$tmp/padded.img"
verify "$tmp/padded.img" -encstyle new -against "$tmp/iso" >"$tmp/last"
tap_like "$(cat "$tmp/last")" '^0 ' 'against the image, with padding behind it: status 0' || tap_note "$(cat "$tmp/stderr")"
tap_is "$(told '150 blocks of the disc after the image are assumed to be padding')" 1 'and the padding is told'
head -c 5001 "$tmp/iso" >"$tmp/odd"
"$XBURNCRYPT" -quiet -o "$tmp/odd.img" "${cheap[@]}" -pass-file "$tmp/pass" -image "$tmp/odd" >/dev/null 2>&1
tap_like "$(verify "$tmp/odd.img" -against "$tmp/odd" 2>&1 && cat "$tmp/stdout")" '^0 blocks differ from the image' 'an image that ends within a block'

# damage: a clear image, so that one byte is one byte
out=$("$XBURNCRYPT" verify "$tmp/other.iso" 2>"$tmp/stderr")
tap_is "$? $(told 'sub/random.bin: does not match its digest') $(told 'the-same.bin: does not match its digest')" '3 1 1' \
	'a changed byte: both names of the file differ'
tap_like "$out" ' 0 unreadable, .* 2 differ$' 'the last line counts them'
head -c $((lba * 2048 + 10000)) "$tmp/iso" >"$tmp/cut.iso"
out=$("$XBURNCRYPT" verify "$tmp/cut.iso" 2>"$tmp/stderr")
tap_is "$? $(told 'the file system is truncated') $(told 'sub/random.bin: lies beyond the end')" '3 1 1' 'a cut image'
"$XBURNCRYPT" extract "$tmp/cut.iso" -to "$tmp/rescued" >"$tmp/stdout" 2>"$tmp/stderr"
tap_is "$? $(head -c 8000 "$tmp/tree/sub/random.bin" | cmp -n 8000 - "$tmp/rescued/sub/random.bin" && stat -c %s "$tmp/rescued/sub/random.bin")" \
	'5 300001' 'extract brings back what is left of it'
# more names of one file than a medium has bytes for, and paths longer than what is read at once
mkdir "$tmp/many"
{ echo 'many names'; head -c 200000 /dev/urandom; } >"$tmp/many/0"
for i in {1..40}; do ln "$tmp/many/0" "$tmp/many/$i"; done
name=$(printf 'd%.0s' {1..250})
(cd "$tmp/many" && for _ in {1..300}; do mkdir "$name" && cd "$name" || exit; done && echo deep >file && echo escaped >'back\slash')
"$XBURNCRYPT" -quiet -o "$tmp/many.iso" -format none -checksums "$tmp/many" 2>"$tmp/stderr"
tap_ok '40 links to one file, and a path of 75,000 bytes: burned' || tap_note "$(cut -c 1-300 "$tmp/stderr")"
out=$("$XBURNCRYPT" verify "$tmp/many.iso" 2>"$tmp/stderr")
tap_like "$? $out" '^0 .* 43 files checked, 0 differ$' 'and verified' || tap_note "$(cut -c 1-300 "$tmp/stderr")"
"$XBURNCRYPT" extract "$tmp/many.iso" -to "$tmp/many.out" >"$tmp/stdout" 2>"$tmp/stderr"
tap_is "$? $(stat -c %h "$tmp/many.out/40")" '0 41' 'and extracted' || tap_note "$(cut -c 1-300 "$tmp/stderr")"
at=$(LC_ALL=C grep -abo 'many names' "$tmp/many.iso" | head -n 1 | cut -d: -f1)
printf X | dd of="$tmp/many.iso" bs=1 seek=$((at + 5000)) conv=notrunc status=none
out=$("$XBURNCRYPT" verify "$tmp/many.iso" 2>"$tmp/stderr")
tap_like "$? $out" '^3 .* 43 files checked, 41 differ$' 'one byte changed: all its names differ'
rm -rf "$tmp/many" "$tmp/many.out" "$tmp/many.iso"
"$XBURNCRYPT" -quiet -o "$tmp/small.iso" -format none "$tmp/tree/sub"
chmod 711 "$tmp/tree/sub"
out=$("$XBURNCRYPT" verify "$tmp/small.iso" -against "$tmp/tree/sub" 2>"$tmp/stderr")
tap_is "$? $(told "the directory itself and the disc's root: permissions differ")" '0 1' "the root's own attributes are told, not counted"
# what is missing or damaged without any file being hurt
payload=$(($(stat -c %s "$tmp/img") - $(stat -c %s "$tmp/iso")))
{ cat "$tmp/iso"; head -c 2000000 /dev/urandom; } >"$tmp/behind.iso"
head -c 3000000 /dev/urandom >"$tmp/noise"
for what in behind.iso noise; do
	for format in luks2 veracrypt; do
		# shellcheck disable=SC2086
		"$XBURNCRYPT" -quiet -force -o "$tmp/cut.img" -format $format ${costs[$format]} \
			-pass-file "$tmp/pass" -image "$tmp/$what" 2>/dev/null
		truncate -s -1M "$tmp/cut.img"
		tap_like "$(verify "$tmp/cut.img")" '^3 ' "$format with $what, cut: status 3" || tap_note "$(cat "$tmp/stderr")"
		tap_is "$(told 'the last [0-9]* of [0-9]* blocks are missing')" 1 "$format with $what, cut: told"
	done
done
for block in 16 17; do
	cp "$tmp/img" "$tmp/damaged.img"
	printf X | dd of="$tmp/damaged.img" bs=1 seek=$((payload + block * 2048 + 3)) conv=notrunc status=none
	tap_like "$(verify "$tmp/damaged.img")" '^3 ' "block $block damaged: status 3" || tap_note "$(cat "$tmp/stderr")"
done
cp "$tmp/img" "$tmp/damaged.img"
printf X | dd of="$tmp/damaged.img" bs=1 seek=$((16384 + 600)) conv=notrunc status=none
tap_like "$(verify "$tmp/damaged.img")" '^3 ' 'a copy of the header damaged: status 3' || tap_note "$(cat "$tmp/stderr")"
rm -f "$tmp"/{cut,damaged}.img "$tmp/behind.iso" "$tmp/noise"

# a SHA256SUMS of the directory's own
"$XBURNCRYPT" -quiet -o "$tmp/own.iso" -format none "$tmp/tree" 2>/dev/null
tap_like "$("$XBURNCRYPT" verify "$tmp/own.iso" -against "$tmp/tree" 2>/dev/null; echo $?)" '^0$' 'a SHA256SUMS of the directory itself: equal'
echo >>"$tmp/tree/SHA256SUMS"
"$XBURNCRYPT" verify "$tmp/own.iso" -against "$tmp/tree" >/dev/null 2>"$tmp/stderr"
tap_is "$? $(told 'SHA256SUMS: .*differ.*not counted')" '0 1' 'and one that differs is told, not counted'
! "$XBURNCRYPT" verify "$tmp/tree/hello.txt" >/dev/null 2>&1
tap_ok 'what is no disc is none'
"$XBURNCRYPT" verify >/dev/null 2>&1
tap_is $? 2 'no operand: status 2'
tap_done
