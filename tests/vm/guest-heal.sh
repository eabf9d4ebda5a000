#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# run-vm: -m 1536
# Healing data, read by a stock kernel. Images of each format open as without them, and through dm-verity by the very
# lines that stand on the disc, where the kernel heals as many blocks in a row as its parity is for. So do burned discs;
# where blocks can't be read, the kernel heals data, and xburncrypt also the tree.
. /kit/tap.sh
. /kit/lib.sh
cd "$tmp" || exit
umask 077
for m in dm-crypt dm-verity xts essiv loop; do
	modprobe $m 2>/dev/null
done
d=/dev/sr0
make_tree tree 700000
make_key key
wanted=$(digest tree)
mkdir -p /media

block() { # file number
	dd if="$1" bs=2048 skip="$2" count=1 status=none | tr -d '\0'
}
# What a record tells, and the text behind the last one of its disc.
look() { # file block
	local lines
	lines=$(block "$1" "$2")
	field() { sed -n "s/^$1 //p" <<<"$lines" | cut -d' ' -f"$2"; }
	data=$(field data 1) tree=$(field tree 1) end=$(field end 1)
	run=$(($(field kernel 2) * $(field kernel 3))) # heals in a row
	block "$1" $((end - 1)) >text
}
noise() { # file first n
	dd if=/dev/urandom of="$1" bs=2048 seek="$2" count="$3" conv=notrunc status=none
}
# The text's command for dm-verity, with another name in place of DISC.
by_text() { # disc with|without (the kernel's parity) [no-superblock]
	local line
	line=$(sed -n 's/^ *\(veritysetup open DISC .*\)/\1/p' text)
	[ -z "${3-}" ] || line="${line%% --hash-offset=*} $(sed -n 's/^ *\(--no-superblock .*\)/\1/p' text)"
	[ "$2" = without ] || line+=" $(sed -n 's/^ *\(--fec-device=DISC .*\)/\1/p' text)"
	echo "${line//DISC/$1}"
}
opened() { # file with commands: they mount the tree, and it is right; sets why
	why='is not opened'
	bash -e "$1" >said 2>&1 || return
	why='is not mounted'
	grep -q ' /mnt iso9660 ' /proc/mounts || return
	why='differs'
	[ "$(digest /mnt 2>&1)" = "$wanted" ]
}
close_it() {
	umount /mnt 2>/dev/null
	[ ! -e /dev/mapper/disc ] || cryptsetup close disc
	umount /media 2>/dev/null
	[ ! -e /dev/mapper/whole ] || veritysetup close whole
	[ -z "${loop-}" ] || losetup -d "$loop"
	loop=
}
checked() { # name, after opened
	tap_ok "$1" || tap_note "$why" "$(cat said)" "$(dmesg | tail -3)"
	close_it
}
through_verity() { # image with|without [no-superblock]: commands that open it so
	loop=$(losetup -f)
	losetup -r "$loop" "$1"
	by_text "$loop" "${@:2}"
	sed 's#\(^\| \)image #\1/dev/mapper/whole #' commands
}

format() { # name options...
	local name=$1
	shift
	xburncrypt -o image -force "$@" tree >summary 2>err && xburncrypt heal -in-place image >said 2>>err
	tap_ok "$name: an image with healing data" || {
		tap_note "$(cat summary said err)"
		return
	}
	printed_commands summary >commands
	look image $(($(stat -c %s image) / 2048 - 2))
	opened commands
	checked "$name: opens as without them"
	through_verity image without >through
	opened through
	checked "$name: and through dm-verity, without parity"
	cp image damaged
	noise damaged 0 "$run"
	through_verity damaged with >through
	opened through
	checked "$name: its first $run blocks are noise: the kernel heals them"
}
header_copy() { # name: of the last format
	cp image damaged
	noise damaged 0 512
	sed -n 's/^ *\(dd if=DISC of=header .*\)/\1/p' text | sed 's/DISC/damaged/' >through
	sed 's# image # --header header damaged #' commands >>through
	opened through
	checked "$1: without its first MiB, by the copy of the header"
}
format 'luks2' -pass-file key "${weak[@]}"
header_copy 'luks2'
cp image damaged
noise damaged $((data * 7 / 10)) "$run"
noise damaged $((tree - 1)) 1
through_verity damaged with no-superblock >through
opened through
checked "luks2: $run blocks of a file, and the superblock"
cp image damaged
noise damaged $((data * 6 / 10)) $((run + 10))
through_verity damaged without >through
! opened through
tap_ok 'luks2: blocks that are noise are no data without parity'
n_same=$(cd tree && find . -type f | while read -r f; do cmp -s "$f" "/mnt/$f" && echo; done | wc -l)
n_wrong=$(cd tree && find . -type f | while read -r f; do LC_ALL=C cmp "$f" "/mnt/$f" 2>/dev/null; done | grep -c differ)
[ "$n_same" -ge 19 ] && [ "$n_wrong" = 0 ]
tap_ok "luks2: but $n_same of 21 files are right, and none is wrong"
close_it
format 'luks1' -format luks1 -pbkdf-weak -pbkdf-iterations 1000 -pass-file key
header_copy 'luks1'
format 'plain' -encstyle new -pass-file key
format 'veracrypt' -format veracrypt -pim 1 -pass-file key
format 'none' -format none
format 'a volume as a file' -as-file vault.img -pass-file key "${weak[@]}"
format 'a detached header' -header detached -pass-file key "${weak[@]}"

# --- burned ----------------------------------------------------------------------------------------------------------
burned() { # medium
	insert "$1"
	xburncrypt -o $d -no-checksums -heal on -progress none -pass-file key "${weak[@]}" tree >summary 2>err
	tap_ok "$1: burned with healing data" || tap_note "$(tail -5 err)"
	reload >/dev/null
	printed_commands summary >commands
	xburncrypt verify -no-key $d >said 2>&1
	tap_is "$? $(grep -c '^no damage' said)" '0 1' "$1: they are found, and right" || tap_note "$(cat said)"
	why=
	opened commands
	checked "$1: mounted"
	look $d 448
}
for medium in cd-r dvd-ram bd-r bd-re dvd+r; do
	burned $medium
done
by_text $d with >through
sed "s#$d#/dev/mapper/whole#" commands >>through
bad() { # "first count"...: blocks that can't be read
	fault none
	printf '%s\n' "$@" >/tmp/bad
	fault bad-blocks=/tmp/bad
	blockdev --flushbufs $d
	echo 3 >/proc/sys/vm/drop_caches
}
bad '2 1' "$((data * 6 / 10)) 4"
opened through
checked 'dvd+r: data that can not be read is healed by the kernel'
bad "$tree 1" "$((data * 7 / 10)) 16"
xburncrypt verify -no-key $d >said 2>&1
tap_is "$? $(grep -c '^all of them can be healed' said)" '3 1' 'dvd+r: the top of the tree, and data: can be healed' || tap_note "$(cat said)"
xburncrypt repair -o whole.img $d >said 2>&1
tap_is $? 0 'dvd+r: repair makes an image of it' || tap_note "$(cat said)"
sed "s#$d#whole.img#" commands >through
opened through
checked 'dvd+r: which opens'
rm -rf back
xburncrypt extract $d -to back -pass-file key >said 2>&1
tap_is "$? $(digest back)" "0 $wanted" 'dvd+r: extract brings all files back' || tap_note "$(tail -5 said)"
tap_done
