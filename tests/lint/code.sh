#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Rules about the code that a program can check: lengths, who prints, what is left undone, licences.
. "$top_srcdir/tests/lib/tap.sh" || exit
cd "$top_srcdir" || exit

mapfile -t sources < <(find src -name '*.c' | sort)
mapfile -t tests_c < <(find tests -name '*.[ch]' ! -path '*/.vm/*' | sort)
mapfile -t scripts < <(find tests autotools -name '*.sh' ! -path '*/.vm/*' ! -path '*/build-aux/*' | sort)

# "LINES FILE:LINE" of each function's body; tables end in "};" and don't count.
function_lengths() {
	awk '
		FNR == 1 { start = 0 }
		/^\{$/ { start = FNR }
		/^\}$/ && start { print FNR - start - 1, FILENAME ":" start; start = 0 }' "$@"
}

function_lengths "${sources[@]}" | sort -n >"$tmp/lengths"
n=$(wc -l <"$tmp/lengths")
[ "$n" -gt 20 ]
tap_ok "functions were found ($n)"
tap_is "$(awk '$1 > 100' "$tmp/lengths")" "" "no function has more than 100 lines"
[ "$(sed -n "$((n / 2 + 1))p" "$tmp/lengths" | cut -d' ' -f1)" -le 20 ]
tap_ok "half of the functions have at most 20 lines"
tap_is "$(awk '$1 > 70' "$tmp/lengths" | awk -v n="$n" 'END { if (NR * 50 > n) print NR " of " n }')" "" \
	"few have more than 70"

tap_is "$(find src -name '*.[ch]' -exec wc -l {} + | awk '$2 != "total" && $1 > 500')" "" "no file has more than 500 lines"

says='\b(v?printf|v?fprintf|v?dprintf|puts|fputs|putchar|putc|fputc|perror|v?syslog|warnx?|errx?)\('
mapfile -t below < <(find src -mindepth 2 -name '*.[ch]' ! -path 'src/cli/*' | sort)
tap_is "$(grep -nE "$says" "${below[@]}")" "" "nothing prints but cli"
tap_is "$(grep -nE '\b(exit|_exit|_Exit|quick_exit|abort)\(' "${below[@]}" |
	grep -vE '^src/(util/signals|job/gpg_key)\.c:')" "" "nothing exits but cli (a signal's default action, a child that finds no gpg)"
tap_is "$(grep -nE '"([^"]*[ (])?-[a-z-]{3,}' src/{burn,job,mount,tree}/*.[ch] | grep -v "^src/job/gpg_key")" "" "burn, job, mount and tree name no option: whoever asks may have others"
tap_is "$(grep -nwE 'strcpy|strcat|sprintf|gets|system|popen|tmpnam|mktemp|atoi|alloca' "${sources[@]}" |
	grep -vE 'strcpy\([a-z_]+, "[^"]*"\)' | # a literal's length is known
	grep -E '\b(strcpy|strcat|sprintf|gets|system|popen|tmpnam|mktemp|atoi|alloca)\(')" "" \
	"no unsafe or lazy function"

# brackets, so that this file does not find itself
undone='\b(TOD[O]|FIXM[E]|XX[X]|HAC[K])\b|not implemente[d]|\bstu[b]s?\b'
tap_is "$(grep -nEi "$undone" "${sources[@]}" "${below[@]}" src/cli/*.h autotools/*.sh doc/*.md ./*.md)" "" \
	"nothing says that it is unfinished"

tap_is "$(for f in "${sources[@]}" "${below[@]}" src/cli/*.h "${tests_c[@]}" "${scripts[@]}"; do
	[ ! -e "$f" ] || head -n 2 "$f" | grep -q 'SPDX-License-Identifier: GPL-3.0-or-later' || echo "$f"
done)" "" "each file names its licence"
tap_done
