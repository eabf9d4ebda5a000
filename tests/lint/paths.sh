#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# No file names a place that exists on one machine only: a home, or a folder that the root of this
# machine's file system has beyond what every system has.
. "$top_srcdir/tests/lib/tap.sh" || exit
cd "$top_srcdir" || exit

everywhere='bin|boot|dev|etc|home|lib|lib32|lib64|libx32|lost\+found|media|mnt|opt|proc|root|run|sbin|srv|sys|tmp|usr|var'
places=home$(find / -mindepth 1 -maxdepth 1 -type d -printf '%f\n' | grep -vxE "$everywhere|\\..*" |
	sed 's/[][().*+?^$\\{}|]/\\&/g; s/^/|/' | tr -d '\n')
tap_note "places: $places"
tap_is "$(grep -rnE "(^|[^A-Za-z0-9_.)}*/])/($places)/[A-Za-z0-9]" \
	src tests autotools doc .ci ./*.md STYLE configure.ac Makefile.am \
	--include='*.[ch17]' --include='*.sh' --include='*.md' --include='Makefile*' \
	--include=STYLE --include=run --include='guest-*' --include=configure.ac --include='*.bash' \
	--exclude-dir=.vm --exclude-dir=build-aux --exclude-dir=.deps)" "" "no path of one machine"
tap_done
