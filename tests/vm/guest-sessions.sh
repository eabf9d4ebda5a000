#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# run-vm: -m 2048
# Discs and files that grow: a burn, a session, one that mirrors, on each medium and in each format. The very commands
# that were printed for each mount it; the kernel mounts the older ones from where info says they are. Trees are compared
# with modes, owners, times and links, and the kernel finds no fault with Rock Ridge. guest-broken.sh has sessions that
# are broken off.
. /kit/tap.sh
. /kit/lib.sh
cd "$tmp" || exit 1
make_key key

burned() { # number, name: the session that was added last; its commands and its tree are kept
	made "$2, session $1: written" || return
	describe work >"state$1"
	printed_commands summary >"commands$1"
	[ $is_shown = later ] || shown "$1" "$2"
	return 0
}
shown() { # number, name: by the printed commands
	[ "$output" != $d ] || reload >/dev/null
	opens "commands$1" "state$1" "$2, session $1"
}
table=()
row() { # medium or "file", what, options of the first burn -- options of the later ones
	local medium=$1 what="$1, $2" first=() n at failed=$tap_failed is_shown=now
	# where the commands of a session stay as they are, the tray is reloaded once
	[ -z "$(multi "$1")" ] || [ "$2" = none ] || is_shown=later
	shift 2
	while [ "$1" != -- ]; do
		first+=("$1")
		shift
	done
	shift
	output=$d
	if [ "$medium" = file ]; then output=disc.img && rm -f disc.img; else insert "$medium"; fi
	make_work
	# shellcheck disable=SC2046
	xburncrypt -o $output -no-checksums "${first[@]}" $(multi "$medium") work >summary 2>err
	burned 1 "$what" || return
	second
	xburncrypt append -o $output -no-checksums "$@" work -graft /graft=graft >summary 2>err
	touch -r work root && cp -a graft work/graft && touch -r root work
	burned 2 "$what" || return
	rm -r work/graft
	third
	xburncrypt append -o $output -no-checksums "$@" -mirror work >summary 2>err
	burned 3 "$what" || return
	[ $is_shown = now ] || for n in 1 2 3; do shown $n "$what"; done
	list_sessions $output "$@"
	tap_is "$(wc -l <list)" 3 "$what: info lists three" || tap_note "$(cat info err)"
	while read -r n at; do
		mounting_at "$at" commands3 >older
		# what the printed commands have just mounted is not mounted again
		cmp -s older "commands$n" || opens older "state$n" "$what, session $n from block $at"
	done <list
	table+=("$(printf '%-9s %-8s %s' "$medium" "${what#*, }" "$([ "$failed" = "$tap_failed" ] && echo equal || echo FAILED)")")
}
pass=(-pass-file key)
rows() { # medium, format
	case $2 in
	luks2) row "$1" luks2 "${pass[@]}" "${weak[@]}" -- "${pass[@]}" ;;
	luks1) row "$1" luks1 "${pass[@]}" -format luks1 -pbkdf-weak -pbkdf-iterations 1000 -- "${pass[@]}" ;;
	new | old) row "$1" "$2" "${pass[@]}" -encstyle "$2" -- "${pass[@]}" -encstyle "$2" ;;
	loopaes) row "$1" loopaes "${pass[@]}" -format loopaes -- "${pass[@]}" -format loopaes ;;
	none) row "$1" none -format none -- -format none ;;
	esac
}
for format in luks2 luks1 new old loopaes none; do
	rows file $format
done
for medium in bd-re dvd-ram dvd+rw bd-r dvd+r dvd-rw dvd-r cd-rw cd-r; do
	rows $medium luks2
done
for format in luks1 new old loopaes none; do
	rows dvd+r $format
done
tap_note "${table[@]}"
tap_done
