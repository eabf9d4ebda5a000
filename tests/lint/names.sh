#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# foo.c exports foo_* (and foo, or foos for its table) only, cmd_foo.c verbs; prefixes that belong to libraries are
# never ours. Read from the objects, so that no macro hides a name.
. "$top_srcdir/tests/lib/tap.sh" || exit
cd "$top_builddir" || exit

# "MODULE SYMBOL" of each definition that other files can see, compilers' own (__x) left out.
exported() {
	nm -A --defined-only --extern-only "$@" 2>/dev/null |
		sed -nE 's/^([^:]*:)?([^:]*\/)?([^:\/]*)\.o:[^ ]* *[0-9a-f]* [A-Za-z] (.*)$/\3 \4/p' |
		sed -E 's/^([a-z0-9_]*_)?(libroom_a|xburncrypt)-//' | grep -v ' __'
}

check() { # name, archives or objects
	local name=$1
	shift
	exported "$@" >"$tmp/exported"
	[ -s "$tmp/exported" ]
	tap_ok "$name: exports something"
	tap_is "$(awk '{ m = $1; s = $2 } s != m && s != m "s" && index(s, m "_") != 1 &&
		!(m ~ /^cmd_/ && s ~ /^cmd_/) { print m ".c: " s }' \
		"$tmp/exported" | grep -v '^main\.c: main$')" "" "$name: each file exports its own names only"
	tap_is "$(awk '{ print $2 }' "$tmp/exported" | grep -E '^(burn|iso|crypto|sodium|EVP)_')" "" \
		"$name: no name with a library's prefix"
}

if ! command -v nm >/dev/null; then
	tap_skip "names" "no nm"
elif ! ls src/*/libroom.a >/dev/null 2>&1; then
	tap_skip "names" "nothing is built here"
else
	for archive in src/*/libroom.a; do
		check "$(dirname "$archive")" "$archive"
	done
	check src src/main.o
fi
tap_done
