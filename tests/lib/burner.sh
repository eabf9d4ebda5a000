# SPDX-License-Identifier: GPL-3.0-or-later
# For tests that burn with the emulated burner as a library, one burn after the other, or many cases at a
# time. Sourced behind tap.sh; skips the whole test where there is no such library.
# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034 # names come from tap.sh and make, and go to the tests
: "${top_builddir:=$top_srcdir}"
shim=$top_builddir/tests/vm/mmcemu-preload.so
[ -e "$shim" ] || { tap_skip "$(basename "$0")" "mmcemu-preload.so was not built"; tap_done; }
export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}verify_asan_link_order=0

# --- one drive ---------------------------------------------------------------------------------------
load() { # medium: a new one in a new drive
	rm -rf "$tmp/st"
	mkdir "$tmp/st"
	medium=$1 faults= pace=
}
use_drive() { # in a subshell: that drive is /dev/sr0
	export MMCEMU_STATE=$tmp/st MMCEMU_MEDIUM=$medium MMCEMU_FAULTS=$faults LD_PRELOAD=$shim
	if [ -n "$pace" ]; then export MMCEMU_PACE=$pace; fi
}
with_drive() { # command...
	(use_drive && exec "$@")
}
said() { tap_like "$(cat "$tmp/stdout" "$tmp/stderr")" "$1" "$2"; } # regex name

# --- cases, each with a drive of its own --------------------------------------------------------------
burn_image=$top_builddir/tests/unit/drive/burn_image
n_cases=0 n_at_once=64
media="cd-r cd-rw dvd-r dvd-rw dvd-r-dl dvd+r dvd+r-dl dvd+rw dvd-ram bd-r bd-re"

drive() { # options of burn_image...; in a case: with its drive, output to $out, status in $status
	LD_PRELOAD=$shim MMCEMU_STATE=$state timeout "$patience" "$burn_image" "$@" \
		>"$out" 2>&1
	status=$?
}
case_ok() { # name; after a command: its status decides
	local ok=$?
	if [ $ok = 0 ]; then
		echo "ok - $case: $1"
	else
		echo "not ok - $case: $1"
		sed 's/^/# /' "$out"
		grep -E 'sense=|fault' "$state/log" | tail -5 | sed 's/^/# /'
	fi
	return $ok
}
case_is() { # got wanted name
	[ "$1" = "$2" ]
	case_ok "$3" || printf '# got: %s\n# wanted: %s\n' "$1" "$2"
}
case_like() { # extended-regex name: in the last output
	grep -Eq -- "$1" "$out"
	case_ok "$2" || echo "# no match for: $1"
}
run_case() { # medium name function arguments...
	local medium=$1 name=$2 number
	shift 2
	n_cases=$((n_cases + 1))
	number=$(printf %05d $n_cases)
	while [ "$(jobs -rp | wc -l)" -ge $n_at_once ]; do
		wait -n
	done
	(
		trap - EXIT
		export MMCEMU_MEDIUM=$medium
		state=$tmp/$number out=$tmp/$number.out
		case="$medium, $name"
		mkdir "$state"
		"$@" >"$tmp/$number.tap" 2>&1
		rm -rf "$state"
	) &
}
cases_done() { # waits, and tells all results in order
	local line file
	wait
	for file in "$tmp"/[0-9]*.tap; do
		grep -Eq '^(not )?ok ' "$file" || echo "not ok - $file: the case said nothing"
		cat "$file"
	done >"$tmp/all"
	while IFS= read -r line; do
		tap_relay "$line"
	done <"$tmp/all"
}
# The blocks that a payload takes on a medium, padding included.
padded() { # blocks medium
	case $2 in
	cd*) echo $(($1 + 150)) ;;
	dvd*) echo $((($1 + 15) / 16 * 16)) ;;
	bd*) echo $((($1 + 31) / 32 * 32)) ;;
	esac
}
is_rewritable() { # medium
	case $1 in cd-rw | dvd-rw | dvd+rw | dvd-ram | bd-re) true ;; *) false ;; esac
}
is_overwritable() { # medium
	case $1 in dvd+rw | dvd-ram | bd-re) true ;; *) false ;; esac
}
is_unlocked() { # the tray, after the last program
	[ "$(grep -E '^1E ' "$state/log" | tail -1 | cut -c1-17)" = "1E 00 00 00 00 00" ]
}
