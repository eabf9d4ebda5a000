# SPDX-License-Identifier: GPL-3.0-or-later
# What the benchmarks share: to be sourced.
# shellcheck shell=bash

# Keeps free memory from going back to a virtual machine's host (tests/bench/hold_memory.c tells why), until
# release_memory. $1: a scratch folder. Nothing where the kernel gives none back.
holder=''
hold_memory() {
	local available
	[ -e /sys/module/page_reporting ] || return 0
	if [ ! -x "$top_builddir/tests/bench/hold_memory" ]; then
		echo "bench: wall seconds may jump: make tests/bench/hold_memory" >&2
		return 0
	fi
	available=$(sed -n 's/^MemAvailable: *\([0-9]*\).*/\1/p' /proc/meminfo)
	"$top_builddir/tests/bench/hold_memory" $((available / 1024 * 6 / 10)) >"$1/held" &
	holder=$!
	until grep -q ready "$1/held"; do sleep 0.2; done
	echo 'free memory is kept from going back to the host'
}
release_memory() {
	[ -z "$holder" ] || kill "$holder"
}
