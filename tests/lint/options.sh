#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Every option that the help lists has its entry in the manual page and at least one test; the manual
# pages, the README, the examples and the hints of messages name no option or verb that isn't there.
. "$top_srcdir/tests/lib/tap.sh" || exit
cd "$top_srcdir" || exit

list_help() {
	while read -r verb; do
		"$XBURNCRYPT" "$verb" --help-all
	done <"$tmp/verbs" | sed -nE 's/^  -([A-Za-z][A-Za-z0-9-]*).*/\1/p' | sort -u
}
# Names of the .It Fl entries; ".It Fl a Ar x , Fl b Ar y" has two.
list_manual() {
	sed -n '/^\.It Fl /p' doc/xburncrypt.1 doc/xburncrypt.5 | grep -oE 'Fl -?[A-Za-z][A-Za-z0-9-]*' |
		sed -E 's/^Fl -?//' | sort -u
}
# Option-like words behind the program's name in the examples of a text.
list_examples() {
	sed -E 's/ #.*//; s/\|.*xburncrypt/xburncrypt/' "$@" | grep -oE '(^|[ $])xburncrypt .*' |
		sed 's/ |.*//' | grep -oE ' --?[A-Za-z][A-Za-z0-9-]*' | sed -E 's/^ --?//' | sort -u
}

# The text of all hints in the code, one a line.
list_hints() {
	find src -name '*.c' -exec awk '/fail_hint\(/ { open = 1; text = "" }
		open { text = text " " $0 }
		open && /;$/ { open = 0; gsub(/"[[:space:]]+"/, "", text); print text }' {} +
}

"$XBURNCRYPT" --help | sed -nE '/^Commands:/,/^$/s/^  ([a-z]+) .*/\1/p' >"$tmp/verbs"
list_help >"$tmp/help"
list_manual >"$tmp/manual"
[ "$(wc -l <"$tmp/help")" -ge 20 ]
tap_ok "options were found in the help ($(wc -l <"$tmp/help"))"
tap_is "$(comm -23 "$tmp/help" "$tmp/manual")" "" "each option of --help is in the manual"
tap_is "$(comm -13 "$tmp/help" "$tmp/manual")" "" "each option of the manual is in --help"

find tests/unit tests/cli tests/e2e tests/vm -type f \( -name '*.sh' -o -name '*.c' \) >"$tmp/tests"
while read -r option; do
	xargs grep -qE -e "(^|[^A-Za-z0-9-])--?$option([^A-Za-z0-9-]|\$)" <"$tmp/tests" || echo "$option"
done <"$tmp/help" >"$tmp/untested"
tap_is "$(cat "$tmp/untested")" "" "each option is used in a test"

list_hints >"$tmp/hints"
[ "$(wc -l <"$tmp/hints")" -ge 20 ]
tap_ok "hints were found ($(wc -l <"$tmp/hints"))"
tap_is "$(grep -oE '["( ]-[a-z][a-z-]{2,}' "$tmp/hints" | sed 's/^.-//' | sort -u |
	comm -23 - "$tmp/help")" "" "hints name options that exist"
tap_is "$(grep -oE '(^|[^.a-z])xburncrypt [a-z]+' "$tmp/hints" | sort -u | while read -r _ verb; do
	grep -qx "$verb" "$tmp/verbs" || echo "$verb"
done)" "" "hints name verbs that exist"
tap_is "$(while read -r verb; do
	grep -A1 '^\.Nm xburncrypt$' doc/xburncrypt.1 | grep -qE "^\.(Op )?Cm $verb( |\$)" || echo "$verb: SYNOPSIS"
	[ "$verb" = burn ] || grep -qE "^\.It Cm ([a-z]+ , )*$verb( ,|\$)" doc/xburncrypt.1 || echo "$verb: DESCRIPTION"
done <"$tmp/verbs")" "" "each verb is in the manual page"
tap_is "$("$XBURNCRYPT" formats | sed -nE 's/^([a-z0-9]+)(, [^:]*)?: .*/\1/p' | while read -r format; do
	grep -qx "\.It Cm $format" doc/xburncrypt.1 || echo "$format: manual page"
	grep -qE "^## $format(\$|,)" doc/FORMAT.md || echo "$format: FORMAT.md"
done)" "" "each format is in the manual page and in FORMAT.md"

for text in README.md doc/xburncrypt.1 doc/xburncrypt.7; do
	list_examples "$text" >"$tmp/examples"
	[ -s "$tmp/examples" ]
	tap_ok "$text has examples"
	tap_is "$(comm -23 "$tmp/examples" "$tmp/help")" "" "$text uses options that exist"
done
tap_done
