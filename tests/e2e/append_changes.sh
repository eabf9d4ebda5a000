#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What counts as new, changed, gone and kept when a session is added; which files are opened for that.
# shellcheck disable=SC2034 # runner and faults are for run and with_drive
. "$top_srcdir/tests/lib/tap.sh" || exit
. "$top_srcdir/tests/e2e/lib.sh"
. "$top_srcdir/tests/e2e/append_lib.sh"
need jq
cd "$tmp" || exit
choose_format none


work() { # fresh: a tree, burned
	rm -rf work img
	mkdir work work/sub
	head -c 200000 /dev/urandom >work/big
	echo one >work/one
	echo two >work/sub/two
	ln -s one work/link
	make_older work
	run -o img "${as[@]}" "$@" work
	tap_ok "burned${*:+ with $*}" || told
	next_second
}
add() { # what the counts are to be, name, options and sources...
	run append -o img "${reading[@]}" "${@:3}"
	tap_is "$? $(counts)" "0 $1" "$2" || told
}
nothing() { # name, options and sources...
	local before
	before=$(sha256sum <img)
	run append -o img "${reading[@]}" "${@:2}"
	tap_is "$? $(cat stdout stderr | grep -c 'nothing is new: no session was written')" '0 1' "$1: nothing is new" || told
	tap_is "$(sha256sum <img)" "$before" "$1: the file is as it was"
}
names() { run list img "${reading[@]}" "$@" && grep -v '/.' stdout | tr -d / | tr '\n' ' '; }
cat_file() { run cat img "$@" "${reading[@]}" && cat stdout; }

# --- by time ----------------------------------------------------------------------------------------
work
nothing 'the same tree' work
nothing 'it is named, but for one' work -exclude one
nothing 'a part of it' -graft /sub=work/sub
nothing 'mirrored' -mirror work
nothing 'mirrored, a part of it' -mirror -graft /sub=work/sub
echo 'ONE' >work/one
touch -d '2020-02-02 02:02:02 UTC' work/one
settle
add '0 1 0 3' 'other bytes of the same size and time of writing: the time of change tells' work
tap_is "$(cat_file one) $(cat_file one -session 1)" 'ONE one' 'each session has its own'
nothing 'then again' work
next_second
chmod 600 work/one
settle
add '0 1 0 3' 'another mode' work
tap_like "$(run list -l img "${reading[@]}" && cat stdout)" '^-rw------- .* one$' 'is the new one'
next_second
rm work/link && ln -s sub/two work/link
add '0 1 0 3' 'a link to elsewhere' work
chmod 700 work/sub
run append -o img "${reading[@]}" work
tap_is "$? $(run list -l img "${reading[@]}" && grep -c '^drwx------ .* sub/$' stdout)" '0 1' 'another mode of a directory is a change' || told
rm work/one && mkdir work/one && echo inner >work/one/inner
run append -o img "${reading[@]}" work
tap_is "$? $(cat_file one/inner) $(cat_file one -session 1)" '0 inner one' 'a directory where a file was' || told
rm -r work/one && echo file >work/one
run append -o img "${reading[@]}" work
tap_is "$? $(cat_file one)" '0 file' 'a file where a directory was' || told
settle
run append -o img "${reading[@]}" work
mv work/big work/bigger
settle
add '1 0 0 4' 'a new name is new; the old one stays' work
tap_is "$(names)" 'big bigger link one sub ' 'both are there'
add '0 0 1 4' 'until it is mirrored' -mirror work
tap_is "$(names) $(names -session 1)" 'bigger link one sub  big link one sub ' 'which older sessions do not feel'

# what was written to in the second of the burn, or later, may be written to in that second again
mkdir other && echo other >other/other
for past in '' @1580608922; do
	rm -rf young img && mkdir young
	next_second # all within one
	echo AAAA >young/young
	[ -z "$past" ] || touch -d "$past" young/young
	run -o img "${as[@]}" young
	echo BBBB >young/young
	[ -z "$past" ] || touch -d "$past" young/young
	settle
	run append -o img "${reading[@]}" other
	tap_is $? 0 "a session of another source${past:+ $past}" || told
	add '0 1 0 1' "a file is taken for changed that was younger than two seconds when its session was made${past:+ $past}" young
	tap_is "$(cat_file young)" BBBB "with what it has now${past:+ $past}"
	nothing "once more${past:+ $past}" young
done
touch -d '+1 hour' young/young
settle
add '0 1 0 1' 'so is one with a new time, be it in the future' young
nothing 'which is no reason to store it again' young

# --- mirrors and grafts -------------------------------------------------------------------------------
work
mkdir mail mail/new && echo 1 >mail/new/1 && echo 2 >mail/2 && make_older mail
add '2 0 0 4' 'a graft is added' -graft /box/mail=mail
rm mail/new/1
add '0 0 1 5' 'only the graft is mirrored' -mirror -graft /box/mail=mail
tap_is "$(names)" 'big box link one sub ' 'what is beside it stays'
in_box() { run list img "${reading[@]}" box/mail && tr '\n' ' ' <stdout; }
tap_is "$(in_box)" 'box/mail/2 box/mail/new/ ' 'what is in it is what the source has'
rm -r mail/new
run append -o img "${reading[@]}" -mirror -graft /box/mail=mail
tap_is "$? $(in_box)" '0 box/mail/2 ' 'an empty directory goes too' || told
add '0 0 1 4' 'what a source has replaces all, grafts of before too' -mirror work
tap_is "$(names)" 'big link one sub ' 'a directory that was made up for a graft is not kept by that'
rm work/one
add '0 0 2 2' 'what is excluded is not in the source' -mirror work -exclude big
tap_is "$(names)" 'link sub ' 'and goes, as what is gone'
if [ "$(id -u)" != 0 ]; then
	echo secret >work/unreadable && chmod 0 work/unreadable
	run append -o img "${reading[@]}" work
	tap_is "$? $(grep -q unreadable stderr && echo named)" '1 named' 'what cannot be read ends it' || told
	run append -o img "${reading[@]}" -mirror -skip-unreadable work
	tap_is $? 5 'or is left out' || told
fi

# --- hard links ---------------------------------------------------------------------------------------
if command -v xorriso >/dev/null; then
	work
	ln work/big work/sub/same
	add '1 1 0 3' 'a second name changes the time of the first' work
	session_is img 0 work
	tap_ok 'both are one file' || tap_note "$(cat diff)"
	rm work/big
	run append -o img "${reading[@]}" work
	n=$(by_xorriso img 0 -find / -type f -exec report_lba -- | grep -Ec "'/(big|sub/same)'$")
	tap_is "$? $n $(cat_file big | cmp - work/sub/same)" '0 2 ' 'one is gone, one stays: both have the bytes' || told
fi

# --- by digest ----------------------------------------------------------------------------------------
work
run append -o img "${reading[@]}" -compare digest work
tap_is "$? $(grep -c 'SHA256SUMS' stderr)" '2 1' 'without SHA256SUMS on the disc nothing can be compared' || told
work -checksums
cp -p work/one work/one.new && mv work/one.new work/one
add '0 0 0 4' 'another inode with the same bytes, compared by digest: its time of change is new' -compare digest work
nothing 'which is stored then' -compare digest work
touch work/one
run append -o img "${reading[@]}" -compare digest -progress json work
tap_like "$(cat stderr)" '"phase":"comparing","bytes":[1-9].*"file":"work/' 'what is read to be compared is told'
touch work/one
run append -o img "${reading[@]}" -compare digest work
[ $? = 0 ] && ! grep -q 'changed without' stderr && [ "$(cat_file one)" = one ]
tap_ok 'a new time with the same bytes' || told
work -checksums
echo three >work/three && make_older work/three
run append -o img "${reading[@]}" -checksums work
tap_is "$? $(cat_file SHA256SUMS | sed 's/.*  //' | tr '\n' ' ')" '0 big one sub/two three ' 'SHA256SUMS has what stays, and what is new' ||
	tap_note "$(cat_file SHA256SUMS)"
rm -rf out
run extract img "${reading[@]}" -to out && (cd out && sha256sum -c --quiet SHA256SUMS)
tap_ok 'and sha256sum agrees' || told
nothing 'with SHA256SUMS on the disc' work
# a disk that gives other bytes: its times are the old ones, which a copy of the disc's own can show
if [ "$(id -u)" = 0 ] && command -v debugfs mke2fs >/dev/null; then
	rm -rf img fs mnt
	mkdir mnt
	truncate -s 8M fs && mke2fs -q -t ext2 fs && mount -o loop fs mnt 2>/dev/null
fi
if mountpoint -q mnt 2>/dev/null; then
	head -c 5000 /dev/urandom >mnt/rotten && echo good >mnt/good && make_older mnt
	run -o img "${as[@]}" -checksums mnt/rotten mnt/good
	cp mnt/rotten before
	block=$(umount mnt && debugfs -R 'blocks /rotten' fs 2>/dev/null | awk '{ print $1 }')
	size=$(dumpe2fs -h fs 2>/dev/null | sed -n 's/^Block size: *//p')
	printf 'ROT' | dd of=fs bs=1 seek=$((block * size + 100)) conv=notrunc status=none
	mount -o loop fs mnt
	! cmp -s mnt/rotten before
	tap_ok 'a disk gives other bytes'
	nothing 'by time, that is not seen' mnt/rotten mnt/good
	run append -o img "${reading[@]}" -compare digest mnt/rotten mnt/good
	tap_is "$? $(grep -c 'rotten: has changed without a new time: the disk may be at fault' stderr)" '0 1' 'by digest it is, and told' || told
	cat_file rotten | cmp -s - before
	tap_ok 'the disc keeps what it has'
	run append -o img "${reading[@]}" -compare digest -force mnt/rotten mnt/good
	tap_is $? 0 'with -force it is stored' || told
	cat_file rotten | cmp -s - mnt/rotten && run cat img rotten "${reading[@]}" -session 1 && cmp -s stdout before
	tap_ok 'and the first session has what it had' || told
	umount mnt
else
	tap_skip 'a disk that gives other bytes' 'no root, no debugfs, or no loop device'
fi

# --- what is stored beside contents ------------------------------------------------------------------
stored() { # name, command: one session, which has it
	local by
	for by in digest time; do
		rm -rf work img && mkdir work work/sub
		echo one >work/one && ln work/one work/two && echo three >work/sub/three
		ln -s one work/link
		setfacl -m u:1234:rwx,m:rwx work/sub
		setfattr -n user.a -v b work/sub/three
		make_older work
		run -o img "${as[@]}" -checksums work
		next_second
		(cd work && eval "$2") || tap_bail "$2"
		[ $by = digest ] || settle
		run append -o img "${reading[@]}" -compare $by work
		tap_is "$? $(grep -c 'nothing is new' stderr)" '0 0' "$1, compared by $by: a session" || told
		run verify img "${reading[@]}" -against work
		tap_is $? 0 "$1, by $by: it has it" || tap_note "$(tail -3 stdout)"
		nothing "$1, by $by, then" -compare $by work
	done
}
if command -v setfacl setfattr >/dev/null; then
	stored "a file's time" 'touch -d 2021-01-01 one'
	stored "a directory's time" 'touch -d 2021-01-01 sub'
	stored "the root's time" 'touch -d 2021-01-01 .'
	stored 'another attribute' 'setfattr -n user.a -v c sub/three'
	stored 'one attribute less' 'setfattr -x user.a sub/three'
	stored 'an entry of an ACL' 'setfacl -m u:1234:---,m:rwx sub'
	stored 'no ACL' 'setfacl -b sub'
	stored 'a hard link less' 'cp -p one new && mv new one'
	stored 'a hard link more' 'cp -p one other && ln one third'
	[ "$(id -u)" != 0 ] || stored "a link's owner" 'chown -h 1234:1234 link'
	# no change: what is read only, and what libisofs doesn't store
	ln -s /etc/ work/slash && make_older work
	run -force -o img "${as[@]}" work
	next_second
	cat work/one work/sub/three >/dev/null && ls -R work >/dev/null
	nothing 'the time of reading, and the slash at the end of a target' work
else
	tap_skip 'what is stored beside contents' 'no setfacl, or no setfattr'
fi

# --- files that are not opened ------------------------------------------------------------------------
# (only root sees the names, as the program's memory is its own)
if [ "$(id -u)" = 0 ] && command -v strace >/dev/null; then
	work
	echo new >work/new && make_older work/new
	runner=(env ASAN_OPTIONS=detect_leaks=0 strace -f -qq -o trace -e "trace=open,openat,openat2")
	run append -o img "${reading[@]}" work
	tap_is "$?" 0 'under strace' || told
	runner=()
	tap_is "$(grep '"new"' trace | head -1 | wc -l) $(grep -cE '"(big|one|two)"' trace)" '1 0' 'only what is new is opened' ||
		tap_note "$(grep -E '"(new|big|one|two)"' trace)"
else
	tap_skip 'files that stay are not opened' 'no root, or no strace'
fi

# --- what is told -------------------------------------------------------------------------------------
work
echo new >work/new && rm work/one
run append -o img "${reading[@]}" -progress json -mirror work
tap_is "$(jq -c 'select(.event == "session") | [.number, .new, .changed, .gone, .kept]' stderr)" '[2,1,0,1,3]' \
	'the event of a session' || told
run info -json img "${reading[@]}"
tap_is "$(jq -c '[.. | .inside_sessions? // empty | .[] | [.number, (.blocks > 10), (.made | type)]]' stdout)" \
	'[[1,true,"number"],[2,true,"number"]]' 'info -json lists them' || tap_note "$(cat stdout)"
run info img "${reading[@]}"
tap_is $? 0 'and info' || told
run list img "${reading[@]}" -session 3
tap_is "$? $(grep -c '^xburncrypt: .*session' stderr)" '2 1' 'a session that is not there' || told
tap_done
