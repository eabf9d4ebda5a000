#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What configure adds to a builder's flags: it fortifies where nobody else does, and where somebody does it leaves that
# alone. Read from the compiler itself, with the flags of the Makefile.
. "$top_srcdir/tests/lib/tap.sh" || exit

if [ -e "$top_srcdir/config.status" ]; then
	tap_skip 'configure' 'the sources are configured in place'
	tap_done
fi

fortified_to() { # configure's arguments: the value of _FORTIFY_SOURCE
	rm -rf "$tmp/build" && mkdir "$tmp/build" && cd "$tmp/build" || return
	"$top_srcdir/configure" "$@" >"$tmp/log" 2>&1 || { tail -n 5 "$tmp/log"; return; }
	# shellcheck disable=SC2016 # make's variables
	printf 'include Makefile\nshow:\n\t@echo _FORTIFY_SOURCE | %s\n' \
		'$(CC) $(AM_CPPFLAGS) $(CPPFLAGS) $(AM_CFLAGS) $(CFLAGS) -E -P - 2>&1 | tail -n 1' >show.mk
	MAKEFLAGS= MAKELEVEL= make -s -f show.mk show
}
tap_is "$(fortified_to CFLAGS=-O2 CPPFLAGS='-Werror -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3')" 3 \
	"a builder's _FORTIFY_SOURCE stays"
tap_is "$(fortified_to CFLAGS=-O2 CPPFLAGS=-U_FORTIFY_SOURCE)" 2 'without one there is ours'
tap_is "$(fortified_to CFLAGS=-O0 CPPFLAGS='-Werror -U_FORTIFY_SOURCE')" _FORTIFY_SOURCE \
	'and none where nothing is optimized'
tap_done
