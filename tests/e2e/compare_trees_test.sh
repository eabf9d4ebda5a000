#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The comparison that the other tests rely on sees each kind of difference.
. "$top_srcdir/tests/lib/tap.sh"
compare=$top_srcdir/tests/e2e/compare-trees.sh

make() {
	rm -rf "$tmp/a" "$tmp/b"
	mkdir -p "$tmp/a/dir/empty"
	(
		cd "$tmp/a" || exit
		echo one >file
		echo one >other
		ln file dir/link
		echo two >$'odd\n\xffname'
		ln -s file soft
		mkfifo fifo
		[ "$(id -u)" != 0 ] || mknod null c 1 3
	)
	cp -a "$tmp/a" "$tmp/b"
}
equal() { # name [option…]
	local name=$1
	shift
	bash "$compare" "$@" "$tmp/a" "$tmp/b" >"$tmp/out"
	tap_is $? 0 "$name: equal" || tap_note "$(cat "$tmp/out")"
}
differs() { # name command-in-b option-that-forgives-it…
	local name=$1
	make
	(cd "$tmp/b" && eval "$2") || tap_note "$2 failed"
	shift 2
	bash "$compare" "$tmp/a" "$tmp/b" >"$tmp/out"
	tap_is $? 1 "$name: differs"
	[ -s "$tmp/out" ]
	tap_ok "$name: says how"
	[ $# = 0 ] || equal "$name, with $*" "$@"
}

make
equal "a copy"
differs "another content" 'touch -r file t; echo two >file; touch -r t file; rm t; touch -r ../a .'
differs "a missing file" 'rm other; touch -r ../a .'
differs "one more file" 'touch more; touch -r ../a .'
differs "a missing directory" 'rmdir dir/empty; touch -r ../a/dir dir'
differs "a longer file" 'echo >>other; touch -r ../a/other other'
differs "another mode" 'chmod 600 other' --no-mode
differs "another mode of the root" 'chmod 700 .' --no-root
differs "another time" 'touch -d 2001-01-01 other' --no-mtime
differs "another time of a directory" 'touch -d 2001-01-01 dir' --no-mtime
differs "another time of a link" 'touch -h -d 2001-01-01 soft' --no-link-attributes
differs "another target" 'ln -sfn other soft; touch -h -r ../a/soft soft; touch -r ../a .'
differs "a link that became a file" 'cp file x; mv x dir/link; touch -r ../a/dir dir; touch -r ../a/file dir/link; touch -r ../a .' \
	--no-hardlinks
differs "files that became links" 'ln -f file other; touch -r ../a/file file; touch -r ../a .; touch -r file ../a/other' \
	--no-hardlinks
differs "a FIFO that became a file" 'rm fifo; touch -r ../a/fifo fifo; touch -r ../a .'
differs "another odd name" $'mv odd* \'odd\n\xfename\'; touch -r ../a .'
if [ "$(id -u)" = 0 ]; then
	differs "another owner" 'chown 1:1 other' --no-owner
	differs "another device" 'rm null; mknod null c 1 5; touch -r ../a/null null; touch -r ../a .'
	differs "a missing device" 'rm null; touch -r ../a .' --no-devices
else
	tap_skip "owners and devices" "needs root"
fi
bash "$compare" "$tmp/a" "$tmp/nowhere" 2>/dev/null
tap_is $? 2 "a tree that isn't there"
tap_done
