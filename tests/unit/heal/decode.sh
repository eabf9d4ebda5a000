#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What doc/FORMAT.md tells of healing data is enough to bring a damaged image back: decode.py, written from it alone, does.
. "$top_srcdir/tests/lib/tap.sh" || exit
. "$top_srcdir/tests/e2e/lib.sh"
need python3
decode=$top_srcdir/tests/unit/heal/decode.py
cd "$tmp" || exit

make_image() { # file options of heal...
	"$XBURNCRYPT" heal -quiet -force -o image "$@" >said 2>&1
	tap_ok "healing data: $*" || tap_note "$(cat said)"
	field() { tail -c 4096 image | tr -d '\0' | sed -n "s/^$1 //p" | cut -d' ' -f"$2"; }
	data=$(field data 1) end=$(field end 1) tree=$(field tree 1) late=$(($(field header 1) - 32))
}
comes_back() { # what, then pairs of first block, number of blocks
	local what=$1
	shift
	cp image damaged
	while [ $# -gt 0 ]; do
		dd if=/dev/urandom of=damaged bs=2048 seek="$1" count="$2" conv=notrunc status=none
		shift 2
	done
	rm -f whole
	python3 "$decode" damaged whole >said 2>&1
	tap_is "$? $(cmp whole image 2>&1)" '0 ' "$what: all is back" || tap_note "$(tail -5 said)"
}
scattered() { # per mille, cluster: pairs
	awk -v p="$1" -v n="$2" -v end="$((end - 4))" 'BEGIN { srand(7); for (i = 0; i < end - n; i += n) if (rand() * 1000 < p) print i, n }'
}
(umask 077 && echo "$passphrase" >pass)
mkdir dir
head -c 3000000 /dev/urandom >dir/file
"$XBURNCRYPT" -quiet -o luks2 "${cheap[@]}" -pass-file pass dir
tap_ok 'a volume, with a header'
for kibibytes in 100 1000 1500; do head -c ${kibibytes}k /dev/urandom >$kibibytes; done
# shellcheck disable=SC2046 # pairs of words
{
	make_image luks2
	comes_back nothing
	comes_back 'the first MiB' 0 512
	comes_back '4 % of all blocks' $(scattered 40 1)
	comes_back '4 % in clusters of 16' $(scattered 40 16)
	comes_back 'a run of 5 %' $((data / 2)) $((end / 20))
	comes_back 'records lost but the first' $late 2 $((end - 2)) 2
	comes_back 'records lost but the second' $((tree - 3)) 3 $((end - 2)) 2
	comes_back 'records lost but the last, and the first MiB' $((tree - 3)) 3 $late 2 0 512
	make_image 1000 -heal 30% -heal-kernel 16
	comes_back '4 % of all blocks' $(scattered 40 1)
	comes_back 'a run of 5 % across data, tree and parity' $((tree - end / 40)) $((end / 20))
}
make_image 1500 -heal-kernel 0
comes_back 'a run of 5 %' 100 $((end / 20))
make_image 100
comes_back 'half of the volume' 10 25
dd if=/dev/urandom of=image bs=2048 seek=1 count=$((end - 3)) conv=notrunc status=none
rm -f whole
python3 "$decode" image whole >said 2>&1
tap_is "$? $(ls whole 2>/dev/null)" '1 ' 'where too much is lost, it says so' || tap_note "$(cat said)"
tap_done
