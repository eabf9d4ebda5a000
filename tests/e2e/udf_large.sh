#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Files of 4 GiB and more on discs with ISO 9660 and UDF: genisoimage -allow-limited-size puts their sizes modulo
# 4 GiB into the ISO 9660 side.
. "$top_srcdir/tests/lib/tap.sh" || exit
. "$top_srcdir/tests/e2e/lib.sh"

need genisoimage
mkdir "$tmp/tree"
for name in rest:4352374763 none:4294967296; do
	truncate -s "${name#*:}" "$tmp/tree/${name%:*}"
	printf 'the end' | dd of="$tmp/tree/${name%:*}" bs=1 seek=$((${name#*:} - 7)) conv=notrunc status=none
done
echo small >"$tmp/tree/small"
for options in -R ''; do
	# shellcheck disable=SC2086 # none or one
	genisoimage -quiet -udf -allow-limited-size $options "$tmp/tree" 2>/dev/null | dd of="$tmp/iso" bs=1M conv=sparse status=none
	for name in rest none; do
		tap_is "$("$XBURNCRYPT" list -l "$tmp/iso" 2>&1 | awk -v name=$name '$NF == name { print $5 }')" \
			"$(stat -c %s "$tmp/tree/$name")" "${options:-without}: $name has its size"
		tap_is "$("$XBURNCRYPT" cat "$tmp/iso" $name 2>&1 | tail -c 7)" "the end" "${options:-without}: $name is whole"
	done
	tap_is "$("$XBURNCRYPT" cat "$tmp/iso" small 2>&1)" small "${options:-without}: the other file is its own"
	rm "$tmp/iso"
done
tap_done
