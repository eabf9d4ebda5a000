#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Runs guest-*.sh in virtual machines, two at a time, with xburncrypt as the kit, and passes their TAP on as one, in the
# order in which they were started. The second line of a guest script may hold options of run-vm.sh: "# run-vm: -m 2048".
#
#   check-vm.sh [GUEST-SCRIPT...]      (make check-vm runs all)
#
# What each says as it runs is in tests/vm/.vm/guest-*.out and .err of the build folder.
. "$(dirname "$0")/../lib/tap.sh" || exit
: "${top_builddir:=$top_srcdir}"
here=$top_srcdir/tests/vm
if [ $# = 0 ]; then # those that take longest first, so that the machines end at about the same time
	set -- "$here"/guest-{sessions,formats,media}.sh
	for script in "$here"/guest-*.sh; do
		[[ " $* " == *" $script "* ]] || set -- "$@" "$script"
	done
fi

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

# Each keeps one processor busy: no wait takes time in a guest (see run-vm.sh).
slots=2

start() { # script; its output, and its status at last, go to files
	local name options
	name=$(basename "$1" .sh)
	read -ra options < <(sed -n 's/^# run-vm: //p;3q' "$1")
	rm -f "$said/$name".{out,err,status}
	{
		# a job in the background would ignore Ctrl-C
		top_builddir=$top_builddir env --default-signal=INT,QUIT "$here/run-vm.sh" "${options[@]}" "$1" "$kit" \
			>"$said/$name.out" 2>"$said/$name.err"
		echo $? >"$said/$name.status"
	} &
}
pass_on() { # script
	local name status
	name=$(basename "$1" .sh)
	status=$(cat "$said/$name.status")
	if [ "$status" = 77 ]; then
		tap_skip "$name" "$(tail -1 "$said/$name.err")"
		return
	fi
	sed 's/^/# /' "$said/$name.err"
	relay "${name#guest-}" "$status" "$said/$name.out"
}

said=$top_builddir/tests/vm/.vm
mkdir -p "$said" || exit
for script; do
	while [ "$(jobs -rp | wc -l)" -ge $slots ]; do
		wait -n
	done
	start "$script"
done
wait
for script; do
	pass_on "$script"
done
tap_done
