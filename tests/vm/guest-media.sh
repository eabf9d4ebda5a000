#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# run-vm: -m 1536
# Every medium in every mode, through the kernel's driver: a directory in LUKS2 and in a plain style is burned and
# verified, the tray reloaded, the printed commands open and mount it, the trees are compared.
. /kit/tap.sh
. /kit/lib.sh
cd "$tmp" || exit 1

make_tree tree 1500000
wanted=$(digest tree)
make_key key

table=()
row() { # medium what options...: burned, opened, compared
	local medium=$1 what=$2 result=failed
	shift 2
	if xburncrypt -o /dev/sr0 -pass-file key -no-checksums "$@" tree >summary 2>err &&
		grep -q '^verified: ' summary && reload >/dev/null; then
		printed_commands summary >commands
		bash -e commands >opened 2>&1 && [ "$(digest /mnt)" = "$wanted" ] && result=equal
	else
		: >commands
	fi
	[ $result = equal ]
	tap_ok "$medium, $what: burned, verified, opened by the printed commands, equal" || tap_note \
		"$(tr '\r' '\n' <err | tail -5)" "$(cat commands opened 2>/dev/null)" "$(grep sense= /tmp/mmcemu.log | tail -3)"
	table+=("$(printf '%-9s %-32s %s' "$medium" "$what" "$result")")
	close_all
}
for medium in cd-r cd-rw dvd-r dvd-rw dvd-r-dl dvd+r dvd+r-dl dvd+rw dvd-ram bd-r bd-re; do
	insert $medium
	row $medium luks2 "${weak[@]}"
	insert $medium
	row $medium 'plain new' -encstyle new
done
for medium in cd-r cd-rw; do
	insert $medium
	row $medium 'tao, left open' "${weak[@]}" -write-type tao -multi
	insert $medium
	row $medium 'sao' "${weak[@]}" -write-type sao
done
for medium in dvd-r dvd-rw; do
	insert $medium
	row $medium 'incremental, left open' "${weak[@]}" -write-type incremental -multi
	insert $medium
	row $medium 'dao' "${weak[@]}" -write-type dao
done
for medium in dvd+r bd-r; do
	insert $medium
	row $medium 'left open' "${weak[@]}" -multi
done
insert dvd-rw
xburncrypt format -quiet /dev/sr0 2>err
row dvd-rw 'restricted overwrite' "${weak[@]}"
insert dvd-rw
xburncrypt format -quiet /dev/sr0 2>err
row dvd-rw 'restricted overwrite, plain new' -encstyle new
insert cd-rw
xburncrypt -quiet -o /dev/sr0 -pass-file key -encstyle new tree 2>/dev/null
row cd-rw 'blanked by -blank auto' "${weak[@]}" -blank auto -yes
printf '# %s\n' "${table[@]}"
tap_done
