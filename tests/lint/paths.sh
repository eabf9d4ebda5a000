#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# No file names a place that exists on one machine only: an absolute path starts with a folder that
# every system has, or that the text itself makes up as an example.
. "$top_srcdir/tests/tap.sh"
cd "$top_srcdir" || exit

places='bin|boot|dev|etc|lib|lib64|media|mnt|proc|run|sbin|srv|sys|tmp|usr|var'
guest='kit|out|nowhere|init|lower|upper' # in the guest of tests/vm, and in tests of absent things
found=$(grep -rnoE "(^|[[:space:]=(<>:,])[\"']?/[a-zA-Z0-9_-][a-zA-Z0-9_.-]*/[a-zA-Z0-9_.-]+" \
	src tests autotools doc .ci ./*.md STYLE configure.ac Makefile.am \
	--include='*.[ch]' --include='*.sh' --include='*.md' --include='*.1' --include='Makefile*' \
	--include=STYLE --include=run --include=configure.ac --exclude-dir=.vm --exclude-dir=build-aux |
	grep -vE "[\"'=(<>:,[:space:]]/($places|$guest)/" | grep -vE ":/($places|$guest)/")
tap_is "$found" "" "no absolute path of one machine"
tap_done
