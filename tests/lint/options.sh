#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Every option that --help lists has its entry in the manual page and at least one test; the manual
# page, the README and the examples name no option that isn't there.
. "$top_srcdir/tests/tap.sh"
cd "$top_srcdir" || exit

list_help() {
	"$XBURNCRYPT" --help | sed -nE 's/^  -([A-Za-z][A-Za-z0-9-]*).*/\1/p' | sort -u
}
# Names of the .It Fl entries; ".It Fl a Ar x , Fl b Ar y" has two.
list_manual() {
	sed -n '/^\.It .*Fl /p' doc/xburncrypt.1 | grep -oE 'Fl -?[A-Za-z][A-Za-z0-9-]*' |
		sed -E 's/^Fl -?//' | sort -u
}
# Option-like words behind the program's name in the examples of a text.
list_examples() {
	sed -E 's/ #.*//; s/\|.*xburncrypt/xburncrypt/' "$@" | grep -oE '(^|[ $])xburncrypt .*' |
		sed 's/ |.*//' | grep -oE ' --?[A-Za-z][A-Za-z0-9-]*' | sed -E 's/^ --?//' | sort -u
}

list_help >"$tmp/help"
list_manual >"$tmp/manual"
[ "$(wc -l <"$tmp/help")" -ge 20 ]
tap_ok "options were found in --help ($(wc -l <"$tmp/help"))"
tap_is "$(comm -23 "$tmp/help" "$tmp/manual")" "" "each option of --help is in the manual page"
tap_is "$(comm -13 "$tmp/help" "$tmp/manual")" "" "each option of the manual page is in --help"

find tests/unit tests/cli tests/e2e tests/vm -type f \( -name '*.sh' -o -name '*.c' \) >"$tmp/tests"
while read -r option; do
	xargs grep -qE -e "(^|[^A-Za-z0-9-])--?$option([^A-Za-z0-9-]|\$)" <"$tmp/tests" || echo "$option"
done <"$tmp/help" >"$tmp/untested"
tap_is "$(cat "$tmp/untested")" "" "each option is used in a test"

for text in README.md doc/xburncrypt.1; do
	list_examples "$text" >"$tmp/examples"
	[ -s "$tmp/examples" ]
	tap_ok "$text has examples"
	tap_is "$(comm -23 "$tmp/examples" "$tmp/help")" "" "$text uses options that exist"
done
tap_done
