#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Compares two directory trees, whatever bytes their names have: types, modes, owners, sizes, times
# to the second, link targets, device numbers, which names are hard links of each other, contents.
#
#     compare-trees.sh [OPTION…] A B
#
#   --no-owner      owners may differ (extracted without root)
#   --no-mode       modes may differ
#   --no-mtime      times may differ
#   --no-link-attributes
#                   owners and times of symbolic links may differ (xorriso doesn't restore them)
#   --no-hardlinks  which names share an inode may differ (mounted by the kernel's isofs)
#   --no-devices    device nodes of A may be missing (extracted without root)
#   --no-root       the attributes of A and B themselves may differ
#
# Sockets of A are not expected in B. Status 0: equal; 1: they differ, the differences go to stdout;
# 2: usage, or a tree that can't be read.
# shellcheck disable=SC2317 # the functions are called by a loop over their names
set -u -o pipefail
export LC_ALL=C

owner=' %U:%G' mode=' %m' mtime=' %T@' links=1 hardlinks=1 root=() devices=()
while [ $# -gt 2 ]; do
	case $1 in
	--no-owner) owner='' ;;
	--no-mode) mode='' ;;
	--no-mtime) mtime='' ;;
	--no-link-attributes) links='' ;;
	--no-hardlinks) hardlinks='' ;;
	--no-devices) devices=(! -type b ! -type c) ;;
	--no-root) root=(-mindepth 1) ;;
	*) break ;;
	esac
	shift
done
if [ $# != 2 ] || [ ! -d "$1" ] || [ ! -d "$2" ]; then
	echo "usage: compare-trees.sh [--no-owner|--no-mode|--no-mtime|--no-link-attributes|--no-hardlinks|--no-devices|--no-root]… A B" >&2
	exit 2
fi
scratch=$(mktemp -d "${TMPDIR:-/tmp}/compare-trees.XXXXXX") || exit 2
trap 'rm -rf "$scratch"' EXIT

entries() { # one record an entry: path, newline, type and attributes
	# A link's mode is the file system's own business, its size that of its target.
	find . "${root[@]}" ! -type s "${devices[@]}" \( \
		-type l -printf "%P\\n%y${links:+$owner$mtime} -> %l\\0" -o \
		-type f -printf "%P\\n%y$mode$owner %s$mtime\\0" -o \
		-printf "%P\\n%y$mode$owner$mtime\\0" \) |
		sed -z 's/\.[0-9]\{10\}\( -> \|$\)/\1/' | sort -z
}
devices() { # device numbers, which find can't print
	find . -type b "${devices[@]}" -print0 -o -type c "${devices[@]}" -print0 | sort -z |
		xargs -0 -r stat --printf='%n\n%t:%T\0'
}
families() { # each name that shares its inode: the first such name, newline, the name
	[ "$hardlinks" ] || return 0
	find . ! -type d ! -type s "${devices[@]}" -links +1 -printf '%i %P\0' | sort -z -k1,1n -k2 |
		while IFS=' ' read -r -d '' inode name; do
			[ "$inode" = "${last-}" ] || first=$name
			last=$inode
			printf '%s\n%s\0' "$first" "$name"
		done | sort -z
}
contents() {
	find . -type f -print0 | sort -z | xargs -0 -r sha256sum -z
}

status=0
for what in entries devices families contents; do
	for side in a b; do
		(cd "$([ $side = a ] && echo "$1" || echo "$2")" && $what) >"$scratch/$side" || {
			echo "the $what of one tree can't be read"
			exit 2
		}
	done
	cmp -s "$scratch/a" "$scratch/b" && continue
	status=1
	echo "the $what differ (-: only in $1, +: only in $2):"
	diff -u0 <(tr '\n\0' '\t\n' <"$scratch/a") <(tr '\n\0' '\t\n' <"$scratch/b") |
		sed 1,2d | grep '^[-+]' | head -n 40 | cat -v
done
exit $status
