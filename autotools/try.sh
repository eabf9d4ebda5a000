#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Shows in one go that xburncrypt does what it says: builds it, makes an encrypted image of a
# folder, opens the image again with programs that are not xburncrypt, and compares. Prints each
# command, so that it can be done again by hand. Neither root nor a drive is needed, once the
# packages are installed.
#
#   sh autotools/try.sh [DIR]            without DIR: the project's own doc/ and src/
set -eu

top=$(cd "$(dirname "$0")/.." && pwd)
scratch=

say() { printf '\n# %s\n' "$*"; }
die() {
	echo "try.sh: $*" >&2
	exit 1
}
# Prints a command, with quotes where a shell needs them.
show() {
	line='$'
	for word; do
		case $word in
		'' | *[!A-Za-z0-9_./:=@%+,-]*) line="$line '$(printf %s "$word" | sed "s/'/'\\\\''/g")'" ;;
		*) line="$line $word" ;;
		esac
	done
	printf '%s\n' "$line"
}
run() {
	show "$@"
	"$@"
}
# Runs a command whose output is of interest only when it fails.
run_quietly() {
	show "$@"
	"$@" >"$scratch/log" 2>&1 || {
		tail -n 40 "$scratch/log" >&2
		die "that failed: $*"
	}
}
clean_up() {
	status=$?
	if [ -n "$scratch" ]; then
		chmod -R u+rwX "$scratch" 2>/dev/null || :
		rm -rf "$scratch"
	fi
	[ $status = 0 ] || echo "try.sh: FAILED" >&2
	exit $status
}

build() {
	[ ! -e "$top/config.status" ] ||
		die "$top was configured in place: run 'make distclean' there first"
	[ -x "$top/configure" ] || run_quietly autoreconf -fi "$top"
	run mkdir -p "$top/build-try"
	run cd "$top/build-try"
	[ -e Makefile ] || run_quietly ../configure
	run_quietly make -j"$(nproc)"
	cd "$OLDPWD"
}

# The folder that is burned: DIR, or a copy of what comes with the project.
pick_tree() {
	if [ $# = 1 ]; then
		[ -d "$1" ] || die "$1: no such folder"
		tree=$(cd "$1" && pwd)
	else
		tree=$scratch/tree
		run mkdir "$tree"
		run cp -R "$top/doc" "$top/src" "$tree"
	fi
}

[ $# -le 1 ] || {
	echo "usage: sh autotools/try.sh [DIR]" >&2
	exit 2
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
umask 077
scratch=$(mktemp -d "${TMPDIR:-/tmp}/xburncrypt-try.XXXXXX")

say "1. what is needed, and the build (in $top/build-try)"
run sh "$top/autotools/deps.sh" try
build
pick_tree "$@"

say "2. an encrypted image of $tree"
echo "$ echo 'correct horse battery staple' >$scratch/pass"
echo 'correct horse battery staple' >"$scratch/pass"
run "$top/build-try/src/xburncrypt" -o "$scratch/disc.img" -pass-file "$scratch/pass" "$tree"
run ls -l "$scratch/disc.img"

say "3. opened by others: cryptsetup decrypts it in place, xorriso takes the files out"
if ! command -v cryptsetup >/dev/null; then # Debian keeps it where only root's PATH leads
	echo "$ PATH=\$PATH:/usr/sbin:/sbin"
	PATH=$PATH:/usr/sbin:/sbin
fi
echo "$ cryptsetup luksDump $scratch/disc.img"
cryptsetup luksDump "$scratch/disc.img" | sed -n '/^Data segments/,/^Tokens/{ /^Tokens/!p; }'
if grep -aq 'correct horse' "$scratch/disc.img"; then
	die "the passphrase stands in the image"
fi
echo "$ cryptsetup -q reencrypt --decrypt --force-offline-reencrypt --disable-locks" \
	"--header $scratch/header $scratch/disc.img <$scratch/pass"
cryptsetup -q reencrypt --decrypt --force-offline-reencrypt --disable-locks \
	--header "$scratch/header" "$scratch/disc.img" <"$scratch/pass" >"$scratch/log" 2>&1 || {
	cat "$scratch/log" >&2
	die "cryptsetup did not decrypt the image (it can since version 2.5; here: $(cryptsetup --version))"
}
run_quietly xorriso -osirrox on -indev "$scratch/disc.img" -extract / "$scratch/out"

say "4. what came out, against what went in"
[ -n "$(ls -A "$scratch/out")" ] || [ -z "$(ls -A "$tree")" ] || die "nothing came out"
run diff -r --no-dereference "$tree" "$scratch/out" || die "the trees differ"
find "$scratch/out" -type f | wc -l | sed 's/^ */# equal: /; s/$/ files/'
