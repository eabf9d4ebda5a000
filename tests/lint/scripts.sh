#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# All scripts go through shellcheck, and the ones for sh once more through dash's parser.
. "$top_srcdir/tests/lib/tap.sh" || exit
cd "$top_srcdir" || exit

mapfile -t scripts < <(find .ci autotools doc/completion/xburncrypt tests -type f ! -path '*/.vm/*' ! -path '*/build-aux/*' \
	\( -name '*.sh' -o -path 'doc/*' -o -exec grep -qE '^#!.*/(env )?(ba)?sh$' {} \; \) -print | sort)

if command -v shellcheck >/dev/null; then
	# SC1007: "a= b=" is fine; SC1091: sourced by a variable's path; SC2154: top_srcdir and its like
	# come from make; SC2187: busybox' ash
	for s in "${scripts[@]}"; do
		tap_is "$(shellcheck -f gcc -S warning -e SC1007,SC1091,SC2154,SC2187 "$s" 2>&1)" "" "shellcheck: $s"
	done
else
	tap_skip "shellcheck" "not installed"
fi
if command -v dash >/dev/null; then
	for s in "${scripts[@]}"; do
		head -n 1 "$s" | grep -qE '^#!.*/sh$' || continue
		tap_is "$(dash -n "$s" 2>&1)" "" "dash: $s"
	done
else
	tap_skip "dash" "not installed"
fi
tap_done
