# SPDX-License-Identifier: GPL-3.0-or-later
# The Test Anything Protocol for the tests in bash, and a scratch folder ($tmp) that goes away.
# Sourced: . "$top_srcdir/tests/lib/tap.sh"; ends with tap_done.
# shellcheck shell=bash
set -u
: "${top_srcdir:=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)}"
: "${XBURNCRYPT:=$top_srcdir/src/xburncrypt}"
tmp=$(mktemp -d "${TMPDIR:-/tmp}/xburncrypt-test.XXXXXX")
trap 'chmod -R u+rwx "$tmp" 2>/dev/null; rm -rf "$tmp"' EXIT
tap_n=0 tap_failed=0

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
	tap_ok "$3" || tap_note "got: $1" "wanted: $2"
}
tap_like() { # text extended-regex name
	grep -Eq -- "$2" <<<"$1"
	tap_ok "$3" || tap_note "no match for: $2" "in: $1"
}
tap_skip() { # name reason
	tap_n=$((tap_n + 1))
	echo "ok $tap_n - $1 # SKIP $2"
}
tap_slow() { # what this script does; skips all of it in a quick run (autotools/check.sh)
	[ -z "${XBURNCRYPT_TEST_QUICK-}" ] && return
	tap_skip "$1" "too slow for a quick run"
	tap_done
}
tap_done() {
	echo "1..$tap_n"
	[ $tap_failed = 0 ]
	exit
}
