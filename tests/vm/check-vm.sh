#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Runs guest-*.sh in the virtual machine, with xburncrypt as the kit, and passes their TAP on as
# one. The second line of a guest script may hold options of run-vm.sh: "# run-vm: -m 2048".
#
#   check-vm.sh [GUEST-SCRIPT...]      (make check-vm runs all)
. "$(dirname "$0")/../lib/tap.sh" || exit
: "${top_builddir:=$top_srcdir}"
here=$top_srcdir/tests/vm
[ $# -gt 0 ] || set -- "$here"/guest-*.sh

kit=$tmp/kit
mkdir "$kit"
cp "$XBURNCRYPT" "$top_srcdir/tests/lib/tap.sh" "$here/lib.sh" "$kit/"

# Takes a guest's output: test lines get this run's numbers and the script's name.
relay() { # name status output
	local line before=$tap_n failed_before=$tap_failed n plan=
	while IFS= read -r line; do
		case $line in
		1..*) plan=${line#1..} ;;
		*) tap_relay "$line" "$1: " ;;
		esac
	done <"$3"
	n=$((tap_n - before))
	[ "$plan" = $n ] && [ $(($2 != 0)) = $((tap_failed > failed_before)) ]
	tap_ok "$1: ran to its end" || tap_note "status $2, $n tests of ${plan:-an unknown number}"
}

for script; do
	name=$(basename "$script" .sh)
	read -ra options < <(sed -n 's/^# run-vm: //p;3q' "$script")
	top_builddir=$top_builddir "$here/run-vm.sh" "${options[@]}" "$script" "$kit" >"$tmp/out" 2>"$tmp/err"
	status=$?
	if [ $status = 77 ]; then
		tap_skip "$name" "$(tail -1 "$tmp/err")"
		continue
	fi
	sed 's/^/# /' "$tmp/err"
	relay "${name#guest-}" $status "$tmp/out"
done
tap_done
