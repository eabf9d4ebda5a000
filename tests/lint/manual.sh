#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The manual pages: valid mdoc, not too long, no wider than a terminal, with the sections that users
# look for, the exit statuses and the JSON keys.
. "$top_srcdir/tests/lib/tap.sh" || exit
export LC_ALL=C.UTF-8

has_section() { # page, section
	grep -qx "\.Sh $2" "$1"
	tap_ok "$(basename "$1"): section $2"
}

is_narrow() { # page, program
	sed $'s/.\b//g' "$tmp/page" >"$tmp/text"
	[ "$(wc -l <"$tmp/text")" -ge 200 ]
	tap_ok "$1: $2 shows it"
	tap_is "$(grep -E '.{81}|^[a-z]*troff:' "$tmp/text")" "" "$1: no line is wider than 80 columns ($2)"
}

for page in "$top_srcdir"/doc/xburncrypt.[157]; do
	name=$(basename "$page")
	if command -v mandoc >/dev/null; then
		# a referenced page need not be installed here
		tap_is "$(mandoc -T lint -W warning "$page" 2>&1)" "" "$name: mandoc finds nothing"
		mandoc -T utf8 -O width=80 "$page" >"$tmp/page"
		is_narrow "$name" mandoc
	else
		tap_skip "mandoc" "not installed"
	fi
	# other programs of that name take other options, or stand in for one that was left out
	if man --version 2>/dev/null | grep -q '^man [0-9]'; then
		MANWIDTH=80 man "$page" >"$tmp/page" 2>&1
		is_narrow "$name" man-db
	else
		tap_skip "man-db" "not installed"
	fi
	n=$(wc -l <"$page")
	[ "$n" -ge 200 ] && [ "$n" -le 700 ]
	tap_ok "$name: it has 200 to 700 lines ($n)"
done

for section in DESCRIPTION COMMANDS OPTIONS ENVIRONMENT FILES "EXIT STATUS" EXAMPLES CAVEATS; do
	has_section "$top_srcdir/doc/xburncrypt.1" "$section"
done
for section in "WHAT A DISC STORES" FORMATS JSON; do
	has_section "$top_srcdir/doc/xburncrypt.5" "$section"
done
for section in SECRETS MEDIA "READING BACK" "DAMAGED DISCS" SCRIPTING EXAMPLES; do
	has_section "$top_srcdir/doc/xburncrypt.7" "$section"
done
for status in 0 1 2 3 4 5; do
	sed -n '/^\.Sh EXIT STATUS/,/^\.El/p' "$top_srcdir/doc/xburncrypt.1" | grep -qx "\.It $status"
	tap_ok "exit status $status"
done

# the keys that the code writes, against those that the page tells
sed -n '/^\.Sh JSON/,/^\.Sh SEE ALSO/p' "$top_srcdir/doc/xburncrypt.5" | tr ' ' '\n' >"$tmp/told"
cat "$top_srcdir"/src/cli/*.c |
	grep -oE 'json_[a-z_]+\([^()"]*"[a-z_]+"' | cut -d'"' -f2 | sort -u >"$tmp/keys"
[ "$(wc -l <"$tmp/keys")" -ge 40 ]
tap_ok "keys were found ($(wc -l <"$tmp/keys"))"
while read -r key; do
	grep -qx "$key" "$tmp/told"
	tap_ok "the key $key is told"
done <"$tmp/keys"
tap_done
