#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The C files are formatted by .clang-format. Versions of clang-format differ in details; 14 is the
# one that counts.
. "$top_srcdir/tests/lib/tap.sh" || exit
cd "$top_srcdir" || exit

clang_format=$(command -v clang-format-14 || command -v clang-format)
if [ -z "$clang_format" ]; then
	tap_skip "clang-format" "not installed"
elif ! "$clang_format" --version | grep -q 'version 14\.'; then
	tap_skip "clang-format" "needs version 14, here is $("$clang_format" --version)"
else
	find src tests -name '*.[ch]' ! -path '*/.vm/*' -exec "$clang_format" --dry-run {} + 2>"$tmp/unformatted"
	tap_is "$? $(sed -n 's/: warning: .*//p' "$tmp/unformatted")" "0 " "each file is as clang-format leaves it"
fi
tap_is "$(grep -rnE '[[:space:]]+$' src tests autotools doc ./*.md --exclude-dir=.vm --include='*.[ch]' --include='*.sh' \
	--include='*.md' --include='*.[17]' --include='Makefile.inc' -l)" "" "no blanks at the ends of lines"
tap_done
