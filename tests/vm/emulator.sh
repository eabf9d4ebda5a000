#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The emulated burner against the burn programs that everybody uses: each burns each medium that it
# knows, in each of its write modes, and finds what it burned; each row is one drive, all at once.
. "$(dirname "$0")/../lib/tap.sh" || exit
. "$top_srcdir/tests/lib/burner.sh"
rows=0

head -c 3000000 /dev/urandom >"$tmp/image"
truncate -s 3014656 "$tmp/image" # 1472 blocks: whole ECC blocks of any medium
n_bytes=$(stat -c %s "$tmp/image")
mkdir "$tmp/tree"
cp "$tmp/image" "$tmp/tree/data"

drive() { # command...: with the row's drive, output into the row's file
	LD_PRELOAD=$shim timeout "$patience" "$@" >>"$state/output" 2>&1
}
status_is() { # regex: what xorriso tells of the medium
	LD_PRELOAD=$shim timeout "$patience" xorriso -outdev /dev/sr0 -toc 2>&1 | tee -a "$state/output" |
		grep -Eq "^Media status : $1"
}
same() {
	cmp -n "$n_bytes" "$tmp/image" "$state/image" >>"$state/output" 2>&1
}
nothing() { # was written
	[ ! -s "$state/image" ] && grep -q '^test write: nothing was written' "$state/log"
}
row() { # medium, what, test of the medium..., --, command...
	local number name program check=()
	rows=$((rows + 1))
	number=$(printf %03d $rows) name="$1: $2"
	export MMCEMU_MEDIUM=$1 MMCEMU_STATE=$tmp/$number
	state=$MMCEMU_STATE
	shift 2
	while [ "$1" != -- ]; do check+=("$1"); shift; done
	shift
	program=$1
	[ "$program" != sessions ] || program=xorriso
	mkdir "$state"
	if ! command -v "$program" >/dev/null || ! command -v xorriso >/dev/null; then
		echo "ok - $name # SKIP $program, or xorriso, is not installed" >"$tmp/$number.result"
		return
	fi
	{
		if drive_it "$@" && "${check[0]}" && status_is "${check[1]}"; then
			echo "ok - $name"
		else
			echo "not ok - $name"
			tail -5 "$state/output"
			grep -E 'sense=|fault|refused' "$state/log" | tail -5
		fi >"$tmp/$number.result"
		rm -rf "$state"
	} &
	while [ "$(jobs -rp | wc -l)" -ge 24 ]; do wait -n; done
}
drive_it() { # command...
	case $1 in
	growisofs) # a kernel takes notice of a new medium before a program does
		drive xorriso -outdev /dev/sr0
		drive "$@" # its status tells of a last look through the kernel, which there is none
		grep -q 'flushing cache' "$state/output"
		;;
	sessions) sessions ;;
	*) drive "$@" ;;
	esac
}
sessions() { # three ISO sessions, the last one seen with the others' files
	drive xorriso -outdev /dev/sr0 -blank as_needed -map "$tmp/tree" /one -commit &&
		drive xorriso -dev /dev/sr0 -map "$tmp/tree" /two -commit &&
		drive xorriso -dev /dev/sr0 -map "$tmp/tree" /three -close on -commit &&
		LD_PRELOAD=$shim xorriso -indev /dev/sr0 -find / -type f 2>>"$state/output" >"$state/files" &&
		[ "$(LC_ALL=C sort "$state/files" | tr -d "'" | tr '\n' ' ')" = "/one/data /three/data /two/data " ]
}
any() { :; }

closed='is written , is closed' open='is written , is appendable' blank='is blank'
over='is (overwriteable|written)'
burn=(cdrskin -v dev=/dev/sr0 padsize=300k)
for m in cd-r cd-rw dvd-r dvd-rw dvd+r dvd+r-dl bd-r; do
	row $m cdrskin same "$closed" -- "${burn[@]}" "$tmp/image"
	row $m "cdrskin, left open" same "$open" -- "${burn[@]}" -multi -tao "$tmp/image"
done
row dvd-r-dl cdrskin same "$closed" -- "${burn[@]}" "$tmp/image"
for m in cd-r cd-rw dvd-r dvd-rw dvd-r-dl; do
	row $m "cdrskin, at once" same "$closed" -- "${burn[@]}" -sao "$tmp/image"
	row $m "cdrskin, at once, simulated" nothing "$blank" -- "${burn[@]}" -dummy -sao "$tmp/image"
done
for m in cd-r dvd-r dvd-rw; do
	row $m "cdrskin, track by track, simulated" nothing "$blank" -- "${burn[@]}" -dummy -tao "$tmp/image"
done
for m in dvd+rw dvd-ram bd-re; do
	row $m cdrskin same "$over" -- "${burn[@]}" blank=as_needed "$tmp/image"
done
row dvd-rw "cdrskin, formatted" same "$over" -- "${burn[@]}" blank=format_overwrite_full "$tmp/image"
row dvd-rw "cdrskin, formatted in no time" same "$over" -- "${burn[@]}" blank=format_overwrite_quickest "$tmp/image"
for m in cd-r cd-rw; do
	row $m "wodim, track at once" same "$closed" -- wodim fs=2m dev=/dev/sr0 -tao -pad gracetime=2 "$tmp/image"
	row $m "wodim, session at once" same "$closed" -- wodim fs=2m dev=/dev/sr0 -sao padsize=150s gracetime=2 "$tmp/image"
	row $m "wodim, simulated" nothing "$blank" -- wodim fs=2m dev=/dev/sr0 -dummy -tao -pad gracetime=2 "$tmp/image"
done
for m in dvd-r dvd-r-dl dvd+r dvd+r-dl bd-r; do
	row $m growisofs same "($open|$closed)" -- growisofs -Z "/dev/sr0=$tmp/image"
done
for m in dvd-rw dvd+rw bd-re; do # a DVD-RAM it writes through the kernel
	row $m growisofs same "is " -- growisofs -Z "/dev/sr0=$tmp/image"
done
for m in cd-r cd-rw dvd-r dvd-rw dvd+r dvd+r-dl bd-r; do
	row $m "xorriso, three sessions" any "$closed" -- sessions
done
for m in dvd+rw dvd-ram bd-re; do
	row $m "xorriso, three sessions" any "$over" -- sessions
done
wait

for result in "$tmp"/*.result; do
	while IFS= read -r line; do
		tap_relay "$line"
	done <"$result"
done
# the table of faults in README.md is the one that the emulator has
diff <("$top_builddir/tests/vm/mmcemu" -F | cut -d' ' -f1 | sort) \
	<(sed -n 's/^| `\([a-z-]*\)` |.*/\1/p' "$top_srcdir/tests/vm/README.md" | sort)
tap_ok "README.md has each fault"
tap_done
