#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The manual page: valid mdoc, not too long, with the sections that users look for.
. "$top_srcdir/tests/lib/tap.sh" || exit
page=$top_srcdir/doc/xburncrypt.1

if command -v mandoc >/dev/null; then
	# a referenced page need not be installed here
	tap_is "$(mandoc -T lint -W warning "$page" 2>&1)" "" "mandoc finds nothing"
else
	tap_skip "mandoc" "not installed"
fi
n=$(wc -l <"$page")
[ "$n" -ge 200 ] && [ "$n" -le 700 ]
tap_ok "it has 200 to 700 lines ($n)"
for section in DESCRIPTION "EXIT STATUS" EXAMPLES CAVEATS MEDIA; do
	grep -qx "\.Sh $section" "$page"
	tap_ok "section $section"
done
for status in 0 1 2 3 4 5; do
	sed -n '/^\.Sh EXIT STATUS/,/^\.El/p' "$page" | grep -qx "\.It $status"
	tap_ok "exit status $status"
done

# the keys that the code writes, against those that the page tells
sed -n '/^\.Sh JSON/,/^\.Sh MEDIA/p' "$page" | tr ' ' '\n' >"$tmp/told"
for key in $(cat "$top_srcdir"/src/cli/*.c | grep -oE 'json_[a-z_]+\([^()"]*"[a-z_]+"' | cut -d'"' -f2 | sort -u); do
	grep -qx "$key" "$tmp/told"
	tap_ok "the key $key is told"
done
tap_done
