#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Headers are short contracts: a comment at the top, a guard, a comment before each prototype or
# group of prototypes. None is needed where the name alone tells (x_free, x_close, a plain x_new, and
# what only reads one x or asks it a question), or where the top tells all: of two, or of one block.
. "$top_srcdir/tests/lib/tap.sh" || exit
cd "$top_srcdir" || exit

mapfile -t headers < <(find src -name '*.h' | sort)

# Prototypes that no comment precedes; a group ends with a blank line.
uncommented() {
	awk '
		function finish() {
			if (n > 2 && !(n == n_found && n_blocks == 1))
				printf "%s", found
			n = n_found = n_blocks = 0
			found = ""
		}
		END { finish() }
		FNR == 1 { finish(); covered = 0; in_comment = 0; in_prototype = 0; in_braces = 0 }
		in_comment { if (/\*\//) { in_comment = 0; covered = 1 } next }
		in_braces { if (/^}/) in_braces = 0; next }
		in_prototype { if (/;/) in_prototype = 0; next }
		/^[[:space:]]*\/\*/ { if (/\*\//) covered = 1; else in_comment = 1; next }
		/^$/ { covered = in_block = 0; next }
		/^(struct|enum|union)[^(]*\{/ && !/\}/ { in_braces = 1; covered = 0; next }
		/^[a-z].*\(/ && !/^(static|typedef)/ {
			if (!in_block)
				n_blocks++
			in_block = 1
			if (!covered)
				n_found++
			if (!covered && !/_(free|close)\(|_new\(struct fail \*f\);|\(const struct [a-z_]+ \*[a-z_]+\);|^bool [a-z_]+_(is|has)[a-z_]*\(/)
				found = found FILENAME ":" FNR ": " $0 "\n"
			n++
			if (!/;/) in_prototype = 1
		}' "$@"
}

# enumerators don't count: they are tables
tap_is "$(awk '!/^\t[A-Z0-9_]+,/ { n[FILENAME]++ } END { for (f in n) if (n[f] > 130) print f ": " n[f] }' \
	"${headers[@]}")" "" "no header has more than 130 lines"
long=$(wc -l "${headers[@]}" | awk '$2 != "total" && $1 > 80' | wc -l)
[ $((long * 4)) -le ${#headers[@]} ]
tap_ok "most headers have at most 80 lines ($long of ${#headers[@]} have more)"
tap_is "$(for h in "${headers[@]}"; do
	sed -n 2p "$h" | grep -q '^/\* .' || echo "$h"
done)" "" "each header begins with its contract"
tap_is "$(for h in "${headers[@]}"; do
	guard=$(tr 'a-z./' 'A-Z__' <<<"${h#src/}")
	grep -q "^#ifndef $guard\$" "$h" && grep -q "^#define $guard\$" "$h" || echo "$h: $guard"
done)" "" "each header is guarded by its path"
tap_is "$(uncommented "${headers[@]}")" "" "each prototype stands under a comment"
tap_is "$(grep -nE '^[[:space:]]*typedef[[:space:]]+(struct|enum|union)' "${headers[@]}")" "" \
	"no typedef hides a struct"
tap_done
