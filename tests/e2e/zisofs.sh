#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Files compressed by mkzftree and by xorriso are read uncompressed, clear and encrypted; damage in them is told.
. "$top_srcdir/tests/lib/tap.sh" || exit
. "$top_srcdir/tests/e2e/lib.sh"
need genisoimage mkzftree xorriso

mkdir -p "$tmp/tree/sub"
seq 100000 >"$tmp/tree/text"
{ seq 20000; head -c 200000 /dev/zero; head -c 70000 /dev/urandom; } >"$tmp/tree/sub/mixed"
head -c 5000000 /dev/zero >"$tmp/tree/zeros"
seq 7000 | head -c 32768 >"$tmp/tree/one-block"
seq 14000 | head -c 65537 >"$tmp/tree/two-blocks-and-a-byte"
head -c 40000 /dev/urandom >"$tmp/tree/noise"
echo short >"$tmp/tree/short"
: >"$tmp/tree/empty"
cp -a "$tmp/tree" "$tmp/stored"
(umask 077 && printf '%s' "$passphrase" >"$tmp/pass")

read_all() { # name image options...
	local name=$1 image=$2
	shift 2
	rm -rf "$tmp/out"
	"$XBURNCRYPT" extract "$image" -to "$tmp/out" "$@" >"$tmp/stdout" 2>"$tmp/stderr"
	tap_is "$? $(diff -r "$tmp/tree" "$tmp/out" 2>&1)" '0 ' "$name: extract" || tap_note "$(head -3 "$tmp/stderr")"
	tap_is "$("$XBURNCRYPT" cat "$image" sub/mixed "$@" 2>&1 | cmp - "$tmp/tree/sub/mixed" 2>&1)" '' "$name: cat"
	tap_is "$("$XBURNCRYPT" list -l "$image" text "$@" 2>&1 | grep -c '[ ,]588,895 \|[ ]588895 ')" 1 "$name: list -l has the size without compression" ||
		tap_note "$("$XBURNCRYPT" list -l "$image" "$@" 2>&1)"
	"$XBURNCRYPT" verify "$image" -against "$tmp/tree" "$@" >"$tmp/stdout" 2>"$tmp/stderr"
	tap_is $? 0 "$name: verify against the tree" || tap_note "$(head -3 "$tmp/stderr")"
}
mkzftree "$tmp/stored" "$tmp/packed" && genisoimage -quiet -R -z -o "$tmp/z.iso" "$tmp/packed" 2>"$tmp/log"
tap_ok 'genisoimage makes an image with compressed files' || tap_note "$(tail -3 "$tmp/log")"
[ "$(stat -c %s "$tmp/z.iso")" -lt 2000000 ]
tap_ok 'which is smaller than they are'
read_all mkzftree "$tmp/z.iso"
for level in 15 17; do
	rm -f "$tmp/x.iso"
	xorriso -outdev "$tmp/x.iso" -zisofs level=9:block_size=$((1 << (level - 10)))k -map "$tmp/tree" / \
		-find / -type f -exec set_filter --zisofs -- -commit >"$tmp/log" 2>&1
	tap_ok "xorriso makes one with blocks of 2^$level bytes" || tap_note "$(tail -3 "$tmp/log")"
	read_all "xorriso, 2^$level" "$tmp/x.iso"
done
"$XBURNCRYPT" -quiet -o "$tmp/enc.img" -encstyle new -pass-file "$tmp/pass" "$tmp/z.iso" >"$tmp/log" 2>&1
read_all encrypted "$tmp/enc.img" -encstyle new -pass-file "$tmp/pass"

# zeros are small: they are no reason to call the disc damaged
mkdir "$tmp/small" && head -c 20000000 /dev/zero >"$tmp/small/zeros"
digest=$(sha256sum <"$tmp/small/zeros")
mkzftree "$tmp/small" "$tmp/small-packed" && echo "${digest%% *}  zeros" >"$tmp/small-packed/SHA256SUMS" &&
	genisoimage -quiet -R -z -o "$tmp/small.iso" "$tmp/small-packed" 2>"$tmp/log"
"$XBURNCRYPT" extract "$tmp/small.iso" -to "$tmp/small-out" >"$tmp/stdout" 2>"$tmp/stderr"
tap_is "$? $(cmp "$tmp/small/zeros" "$tmp/small-out/zeros" 2>&1)" '0 ' 'more than 16 times as long as the medium: extract' ||
	tap_note "$(head -3 "$tmp/stderr")"
"$XBURNCRYPT" verify "$tmp/small.iso" >"$tmp/stdout" 2>"$tmp/stderr"
tap_is "$? $(grep -c '1 file' "$tmp/stdout")" '0 1' 'verify with its digest' || tap_note "$(cat "$tmp/stdout" "$tmp/stderr")"

# damage: in a header, in a pointer, in the data
at=$(LC_ALL=C grep -aboP '\x37\xe4\x53\x96\xc9\xdb\xd6\x07' "$tmp/z.iso" | cut -d: -f1 | head -1)
for place in 0 8 12 13 20 200; do
	cp "$tmp/z.iso" "$tmp/bad.iso"
	printf '\377\377\377' | dd of="$tmp/bad.iso" bs=1 seek=$((at + place)) conv=notrunc status=none
	rm -rf "$tmp/out"
	"$XBURNCRYPT" extract "$tmp/bad.iso" -to "$tmp/out" >"$tmp/stdout" 2>"$tmp/stderr"
	tap_is $? 5 "three bytes changed at $place of a file: extract tells it" || tap_note "$(head -3 "$tmp/stderr")"
	"$XBURNCRYPT" verify "$tmp/bad.iso" >"$tmp/stdout" 2>"$tmp/stderr"
	tap_is $? 3 "three bytes changed at $place of a file: verify alone tells it" || tap_note "$(head -3 "$tmp/stderr")"
	"$XBURNCRYPT" verify "$tmp/bad.iso" -against "$tmp/tree" >"$tmp/stdout" 2>"$tmp/stderr"
	tap_is $? 3 "three bytes changed at $place of a file: verify tells it" || tap_note "$(head -3 "$tmp/stderr")"
done
lost=$(diff -rq "$tmp/tree" "$tmp/out" | sed -n 's/^Files [^ ]*\/tree\/\([^ ]*\) and .*/\1/p')
"$XBURNCRYPT" cat "$tmp/bad.iso" "$lost" >/dev/null 2>"$tmp/stderr"
tap_is "$? $(grep -c '(its compressed data (zisofs) is damaged)' "$tmp/stderr")" '5 1' 'cat says what is wrong' || tap_note "$(cat "$tmp/stderr")"
# the block with the bytes from 327680 on, of "text"
at=$(LC_ALL=C grep -aboP '\x37\xe4\x53\x96\xc9\xdb\xd6\x07\x5f\xfc\x08' "$tmp/z.iso" | cut -d: -f1 | head -1)
cp "$tmp/z.iso" "$tmp/bad.iso"
printf '\377\377\377' | dd of="$tmp/bad.iso" bs=1 seek=$((at + $(od -An -tu4 -j $((at + 16 + 40)) -N 4 "$tmp/z.iso") + 20)) conv=notrunc status=none
"$XBURNCRYPT" cat "$tmp/bad.iso" text >"$tmp/stdout" 2>"$tmp/stderr"
tap_is "$? $(stat -c %s "$tmp/stdout") $(cmp -n 327680 "$tmp/stdout" "$tmp/tree/text" 2>&1)" '5 327680 ' 'cat: what is good before the damage comes first'
tap_is "$(grep -c "text: can't be read at byte 327680 (" "$tmp/stderr")" 1 'cat: where the damage begins' || tap_note "$(cat "$tmp/stderr")"
tap_done
