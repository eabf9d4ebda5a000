#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# run-vm: -m 2048
# A directory becomes an encrypted disc: burned through the kernel's driver, reloaded, opened by
# the very commands that xburncrypt printed, mounted, compared.
. /kit/tap.sh
. /kit/lib.sh

make_full_tree() { # folder
	mkdir -p "$1/sub/deeper" "$1/empty"
	head -c 20000000 /dev/urandom >"$1/big"
	for i in $(seq 200); do echo "file $i" >"$1/sub/file $i.txt"; done
	: >"$1/sub/nothing"
	ln "$1/sub/file 1.txt" "$1/sub/deeper/hard link"
	ln -s "../file 2.txt" "$1/sub/deeper/soft link"
	mkfifo "$1/sub/fifo"
	chmod 640 "$1/sub/file 3.txt"
	chmod 755 "$1/sub/file 4.txt"
	chown 1000:1001 "$1/sub/file 5.txt"
	TZ=UTC touch -d '2001-02-03 04:05:06' "$1/sub/file 6.txt"
}
burn() { # medium options...
	local medium=$1 what
	shift
	what="$medium ${*:-luks2}"
	insert "$medium"
	xburncrypt -o /dev/sr0 -pass-file "$tmp/key" -no-checksums "$@" "$tmp/tree" >"$tmp/summary" 2>"$tmp/progress"
	tap_ok "$what: burned" || {
		tap_note "$(tail -c 2000 "$tmp/progress" | tr '\r' '\n' | tail -20)"
		tap_note "$(grep sense= /tmp/mmcemu.log | tail -5)"
		return
	}
	reload >/dev/null
	printed_commands "$tmp/summary" >"$tmp/commands"
	(cd "$tmp" && bash -e "$tmp/commands") >"$tmp/opened" 2>&1
	tap_ok "$what: the printed commands open it" || {
		tap_note "$(cat "$tmp/commands" "$tmp/opened")" "$(dmesg | tail -3)"
		close_all
		return
	}
	grep -q ' /mnt iso9660 ' /proc/mounts
	tap_ok "$what: and mount it"
	tap_is "$(describe /mnt | sha256sum)" "$(cat "$tmp/wanted")" "$what: the trees are equal" ||
		tap_note "$(diff <(describe "$tmp/tree") <(describe /mnt) | head -20)"
	close_all
}

make_full_tree "$tmp/tree"
describe "$tmp/tree" | sha256sum >"$tmp/wanted"
(umask 077 && echo "a passphrase of 32 characters ..." >"$tmp/key")
for medium in dvd+r cd-r; do
	# the default costs once: without hardware support they take a while
	case $medium in dvd+r) burn $medium ;; *) burn $medium "${weak[@]}" ;; esac
	burn $medium -encstyle new
	(umask 077 && echo "at most 31 for the old style" >"$tmp/key")
	burn $medium -encstyle old
done

# the digests that a disc gets by default, checked by another program through the kernel
insert dvd+rw
xburncrypt -o /dev/sr0 -pass-file "$tmp/key" "${weak[@]}" "$tmp/tree" >"$tmp/summary" 2>"$tmp/progress"
reload >/dev/null
printed_commands "$tmp/summary" >"$tmp/commands"
(cd "$tmp" && bash -e "$tmp/commands") >"$tmp/opened" 2>&1
(cd /mnt && sha256sum -c --quiet SHA256SUMS) >"$tmp/checked" 2>&1
tap_ok "dvd+rw: sha256sum -c agrees" || tap_note "$(cat "$tmp/progress" "$tmp/opened" "$tmp/checked")"
close_all
tap_done
