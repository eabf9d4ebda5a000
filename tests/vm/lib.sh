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
digest() { # folder: one digest of all names, links and contents
	(cd "$1" && find . ! -type d | LC_ALL=C sort | while IFS= read -r f; do
		echo "$f $(readlink "$f") $(sha256sum <"$f")"
	done) | sha256sum
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
