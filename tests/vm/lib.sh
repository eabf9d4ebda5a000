# SPDX-License-Identifier: GPL-3.0-or-later
# What the guest scripts share: sourced behind tap.sh, from /kit.
# shellcheck shell=bash
mkdir -p /mnt

# low costs, for all that is not about them
# shellcheck disable=SC2034
weak=(-pbkdf-weak -pbkdf-iterations 4 -pbkdf-memory 64 -pbkdf-parallel 1)

make_key() { # file: a passphrase that every format takes
	(umask 077 && echo 'a passphrase with 31 characters' >"$1")
}
make_tree() { # folder, bytes of its largest file
	mkdir -p "$1/sub"
	head -c "$2" /dev/urandom >"$1/data"
	for i in $(seq 20); do echo "file $i" >"$1/sub/a file $i"; done
	ln -s ../data "$1/sub/link"
}
digest() { # folder: one digest of all names, links and contents; in few processes, as each takes its time in here
	(cd "$1" && {
		find . ! -type d -exec stat -c '%N' {} +
		find . -type f -exec sha256sum {} +
	} | LC_ALL=C sort) | sha256sum
}
# folder: of each name: type, mode, owner, time, a link's target; a file's size, links and digest
describe() {
	(cd "$1" && {
		find . -mindepth 1 -exec stat -c '%N %F %a %u:%g %Y' {} +
		find . -type f -exec stat -c '%n %s %h' {} +
		find . -type f -exec sha256sum {} +
	} | LC_ALL=C sort)
}
printed_commands() { # file with a summary: the commands in it, for root
	sed -n '/^open it/,/^[^ ]/s/^    \(sudo \)\{0,1\}//p' "$1"
}
close_all() { # what printed commands may have opened
	local m
	umount /mnt 2>/dev/null
	for m in /dev/mapper/*; do
		[ "${m##*/}" = control ] || cryptsetup close "${m##*/}"
	done
	umount /media 2>/dev/null
}

# --- discs that grow: guest-sessions.sh, guest-broken.sh; they work in $tmp, on $d ---------------------------
d=/dev/sr0 log=/tmp/mmcemu.log output=/dev/sr0
older() { find "$@" -exec touch -h -d '2020-02-02 02:02:02' {} +; }
make_work() {
	local i
	rm -rf work graft
	mkdir -p work/sub/deeper work/empty graft
	head -c 1000000 /dev/urandom >work/big
	for i in 1 2 3 4 5 6; do echo "file $i" >"work/sub/file $i"; done
	: >work/nothing
	ln "work/sub/file 1" work/sub/deeper/hard
	ln -s '../file 2' work/sub/deeper/soft
	mkfifo work/fifo
	chmod 640 "work/sub/file 3"
	chown 1000:1001 "work/sub/file 5"
	chmod 750 work/sub
	echo grafted >graft/inner
	older work graft
}
second() {
	head -c 300000 /dev/urandom >work/new
	echo changed >"work/sub/file 3"
	ln -s new work/sub/newer
	older work/new "work/sub/file 3"
}
third() {
	rm "work/sub/file 4" work/new
	chmod 4711 "work/sub/file 6"
	ln "work/sub/file 2" work/sub/second
	echo third >work/empty/third
	older work/empty/third
}
multi() { # medium
	case $1 in dvd+rw | dvd-ram | bd-re | file) ;; *) echo -multi ;; esac
}
list_sessions() { # options of info...: number and place of each session go to the file list
	xburncrypt info -json "$@" >info 2>err
	grep -o '"number": *[0-9]*, *"sbsector": *[0-9]*' info | tr -cd '0-9:,\n' | tr ':,' '  ' >list
}
mounting_at() { # block, file with commands: the same for another session
	sed "s/mount -o ro[^ ]*/mount -o ro,sbsector=$1/" "$2"
}
# file with commands, a state, name: they mount it, and it is that
opens() {
	dmesg -c >/dev/null
	bash -e "$1" >opened 2>&1 && grep -q ' /mnt iso9660 ' /proc/mounts && [ "$(describe /mnt)" = "$(cat "$2")" ]
	tap_ok "$3: mounted, and equal" || tap_note "$(cat "$1" opened)" "$(diff "$2" <(describe /mnt) | head -8)" "$(dmesg | tail -3)"
	tap_is "$(dmesg | grep -i 'rock:' | head -3)" '' "$3: the kernel finds no fault with Rock Ridge"
	close_all
}
made() { # name; after a burn to $output
	tap_ok "$1" || {
		tap_note "$(tr '\r' '\n' <err | tail -5)" "$([ "$output" != $d ] || grep sense= $log | tail -3)"
		return 1
	}
}
