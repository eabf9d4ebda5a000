# SPDX-License-Identifier: GPL-3.0-or-later
# The Test Anything Protocol for the tests in bash, and a scratch folder ($tmp) that goes away.
# Sourced: . "$top_srcdir/tests/lib/tap.sh"; ends with tap_done.
# shellcheck shell=bash
set -u
: "${top_srcdir:=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)}"
: "${XBURNCRYPT:=$top_srcdir/src/xburncrypt}"
tmp=$(mktemp -d "${TMPDIR:-/tmp}/xburncrypt-test.XXXXXX")
PATH=$PATH:/usr/sbin:/sbin # cryptsetup's place, for who runs a test by hand as an ordinary user
trap 'chmod -R u+rwx "$tmp" 2>/dev/null; rm -rf "$tmp"' EXIT
tap_n=0 tap_failed=0
# Seconds after which something hangs, for timeout(1) and wait_until: far more than it takes on a busy machine.
patience=600
# where the program's messages go
messages=$tmp/stderr

tap_note() { printf '%s\n' "$@" | sed 's/^/# /'; }
tap_ok() { # name; after a command: its status decides
	local status=$?
	tap_n=$((tap_n + 1))
	if [ $status = 0 ]; then
		echo "ok $tap_n - $1"
	else
		echo "not ok $tap_n - $1"
		tap_failed=$((tap_failed + 1))
	fi
	return $status
}
tap_is() { # got wanted name
	[ "$1" = "$2" ]
	tap_ok "$3" && return
	tap_note "got: $1" "wanted: $2"
	return 1
}
tap_like() { # text extended-regex name
	grep -Eq -- "$2" <<<"$1"
	tap_ok "$3" && return
	tap_note "no match for: $2" "in: $1"
	return 1
}
tap_refused() { # status words name command...: it ends with the status, and the words are in $messages
	[[ ${2#^*: .\*} =~ [[:alnum:]]{3} ]] || tap_bail "$3: \"$2\" is not what a message says"
	"${@:4}"
	tap_is $? "$1" "$3: status $1"
	tap_like "$(cat "$messages")" "$2" "$3: says so"
}
tap_relay() { # line prefix: a line that another script wrote, as a result or a note of this one
	local passed=1
	case $1 in
	'ok '*) passed=0 ;;
	'not ok '*) ;;
	*)
		tap_note "${1#\# }"
		return
		;;
	esac
	[ $passed = 0 ]
	tap_ok "${2-}${1#*ok *- }"
}
tap_skip() { # name reason
	tap_n=$((tap_n + 1))
	echo "ok $tap_n - $1 # SKIP $2"
}
tap_bail() { # reason: the test itself is wrong, or can't go on
	echo "Bail out! $1"
	exit 1
}
tap_done() {
	echo "1..$tap_n"
	[ $tap_failed = 0 ]
	exit
}

wait_until() { # command...: until it succeeds, however long the machine takes; fails only where something hangs
	local end=$((SECONDS + patience))
	until "$@"; do
		[ $SECONDS -lt $end ] || { tap_note "waited in vain: $*" >&2; return 1; }
		sleep 0.05
	done
}
# Runs a command on a terminal of its own, where somebody waits for each prompt and types a text. What is to be
# seen there goes to the file.
on_terminal() { # file command [prompt text]...
	local file=$1 command=$2
	shift 2
	rm -f "$file"
	while [ $# -ge 2 ] && wait_until grep -Eqs -- "$1" "$file"; do
		printf '%s' "$2"
		shift 2
	done | timeout "$patience" script -qec "$command" /dev/null >"$file" 2>&1
}
