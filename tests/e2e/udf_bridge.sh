#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Discs with ISO 9660 and UDF, as genisoimage makes them: which side is shown, and what the other one adds.
. "$top_srcdir/tests/lib/tap.sh" || exit
. "$top_srcdir/tests/e2e/lib.sh"

need genisoimage
mkdir -p "$tmp/tree/A directory/of it"
seq 100000 >"$tmp/tree/A directory/numbers"
printf x >"$tmp/tree/häß ~ 日本"
printf secret >"$tmp/tree/aside.bin"
: >"$tmp/tree/Nothing"
for i in {1..150}; do echo "$i" >"$tmp/tree/A directory/of it/a file with quite a long name, number $i"; done
touch -d '1999-12-31 23:59:58 UTC' "$tmp/tree/aside.bin"
chmod 751 "$tmp/tree/aside.bin"
make() { genisoimage -quiet -input-charset utf-8 -udf -o "$tmp/$1.iso" "${@:2}" "$tmp/tree" 2>"$tmp/stderr"; }
# shellcheck disable=SC2034 # for tap_refused
messages=$tmp/stderr
run() { "$XBURNCRYPT" "$@" >"$tmp/stdout" 2>"$tmp/stderr"; }

# an ISO 9660 side with a part of the files only, as discs made by Windows have it
make udf -hide aside.bin
run list -l "$tmp/udf.iso"
tap_is $? 0 "without Rock Ridge: listed" || tap_note "$(cat "$tmp/stderr")"
tap_like "$(<"$tmp/stdout")" " 6 1999-12-31 23:59:58 aside.bin" "what ISO 9660 lacks is shown, with its time"
tap_like "$(<"$tmp/stdout")" "häß ~ 日本" "the name is whole"
run extract "$tmp/udf.iso" -to "$tmp/out"
tap_is $? 0 "extracted" || tap_note "$(cat "$tmp/stderr")"
tap_is "$(diff -r "$tmp/tree" "$tmp/out" 2>&1)" "" "all files are as they were"
run verify "$tmp/udf.iso" -against "$tmp/tree"
tap_is $? 0 "verified against the directory" || tap_note "$(cat "$tmp/stderr")"

make joliet -J
run list "$tmp/joliet.iso"
tap_like "$(<"$tmp/stdout")" "a long name, number 150" "UDF comes before Joliet"

ln -s aside.bin "$tmp/tree/link"
make rock_ridge -R
run list -l "$tmp/rock_ridge.iso"
tap_like "$(<"$tmp/stdout")" "link -> aside.bin" "Rock Ridge, which has more, comes before UDF"
tap_like "$(<"$tmp/stdout")" "rwxr-x--x .* aside.bin" "with its permissions"

# the volume descriptors, twice
for side in udf rock_ridge; do
	dd if=/dev/zero of="$tmp/$side.iso" bs=2048 seek=32 count=32 conv=notrunc status=none
	tap_refused 5 "only its ISO 9660 side is shown, and may be cut: the UDF" \
		"a damaged UDF side of $side is told" run list "$tmp/$side.iso"
done
tap_done
