#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The published answers once more with what OpenSSL does on processors without AES, SHA and vector
# instructions (OPENSSL_ia32cap(3)).
. "$top_srcdir/tests/lib/tap.sh"

without='~0x200000200000000:~0x20000020'
plain_speed=$(OPENSSL_ia32cap=$without openssl version -c 2>/dev/null)
case $plain_speed in
*env:*)
	for program in vectors/ciphers vectors/hashes unit/crypto/loopaes_test; do
		OPENSSL_ia32cap=$without "$top_builddir/tests/$program" >"$tmp/out" 2>&1
		tap_ok "$program without AES instructions" || tap_note "$(grep '^not ok' "$tmp/out")"
	done
	;;
*) tap_skip "without AES instructions" "OpenSSL can't be told on this processor" ;;
esac
tap_done
