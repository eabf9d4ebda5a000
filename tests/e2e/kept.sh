#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What a disc keeps of links, times and attributes; what it does not is told, and verify -against knows it.
. "$top_srcdir/tests/lib/tap.sh" || exit
. "$top_srcdir/tests/e2e/lib.sh"

burn() { # tree option...: messages go to $tmp/said
	rm -f "$tmp/img"
	"$XBURNCRYPT" -format none -o "$tmp/img" "${@:2}" "$1" >/dev/null 2>"$tmp/said"
}
against() { # tree: status and last line; messages go to $tmp/stderr
	local out
	out=$("$XBURNCRYPT" verify "$tmp/img" -against "$1" 2>"$tmp/stderr")
	echo "$? ${out##*, }"
}
extracted() { # option...
	rm -rf "$tmp/out"
	"$XBURNCRYPT" extract "$tmp/img" -to "$tmp/out" "$@" >/dev/null 2>"$tmp/stderr"
}

# targets of links: slashes, and the components that Rock Ridge has a form of their own for
mkdir "$tmp/links"
for target in / // /// a//b //a .// ..//.. a// a/// ./ ../ a/ a/b/ /a/ . .. ./. a/./b; do
	ln -s "$target" "$tmp/links/t${target//\//+}"
done
burn "$tmp/links"
tap_is "$(against "$tmp/links")" '0 0 differ' 'links with slashes: nothing differs' || tap_note "$(cat "$tmp/stderr")"
extracted
n_cut=0
for link in "$tmp/links"/*; do
	to=$(readlink "$link") back=$(readlink "$tmp/out/${link##*/}")
	# older libisofs, which can't store it
	if [[ $to == *[!/]/ && $back = "${to%/}" ]]; then
		n_cut=$((n_cut + 1))
	else
		tap_is "$back" "$to" "the target $to"
	fi
done
tap_is "$(grep -c 'and 4 other links: the slash at the end of the target is not stored' "$tmp/said") $n_cut" "$((n_cut > 0)) $((n_cut > 0 ? 5 : 0))" \
	"$n_cut lose a slash: that is told" || tap_note "$(cat "$tmp/said")"
ln -sfn a/c "$tmp/links/ta+b+"
ln -sfn a/ "$tmp/links/ta++"
tap_is "$(against "$tmp/links")" '3 2 differ' 'other targets differ' || tap_note "$(cat "$tmp/stderr")"

# times beyond the short form
mkdir "$tmp/times"
touch -d '2200-01-01 UTC' "$tmp/times/late"
if takes_late_times && [ "$(stat -c %Y "$tmp/times/late")" = 7258118400 ]; then
	burn "$tmp/times"
	tap_is "$(against "$tmp/times")" '0 0 differ' 'a late time: nothing differs'
	extracted
	got=$(stat -c %Y "$tmp/out/late")
	[ "$got" = 7258118400 ] || [ "$got" = 5869583999 ]
	tap_ok 'a late time, or the last one that the short form has' || tap_note "$got"
	tap_is "$(grep -c '1 file has a time before 1900 or after 2155; the nearest time' "$tmp/said")" "$((got == 5869583999))" \
		'what is told is what is stored' || tap_note "$(cat "$tmp/said")"
else
	tap_skip 'late times' 'the file system, or a time_t of 32 bits, has none'
fi

# attributes that only root may set
capability() { # file: what it has
	getfattr -e hex --only-values -n security.capability "$1" 2>/dev/null | od -An -tx1 | tr -d ' \n'
}
mkdir "$tmp/privileged"
echo data >"$tmp/privileged/ping"
echo data >"$tmp/privileged/plain"
if [ "$(id -u)" = 0 ] && command -v setfattr getfattr >/dev/null && chown 1234 "$tmp/privileged/ping" &&
	setfattr -n security.capability -v 0x0100000200200000000000000000000000000000 "$tmp/privileged/ping" 2>/dev/null &&
	setfattr -n user.mine -v 1 "$tmp/privileged/plain" 2>/dev/null; then
	has=$(capability "$tmp/privileged/ping")
	tap_is "${#has}" 40 'a file has capabilities'
	burn "$tmp/privileged"
	tap_like "$(cat "$tmp/said")" "1 file has extended attributes that are not stored, such as security.[a-z]* of .*/ping; -privileged stores them" \
		'attributes that are not stored are told'
	tap_is "$(against "$tmp/privileged") $(grep -c 'does not record extended attributes such as security' "$tmp/stderr")" '0 0 differ 1' \
		'verify -against tells them' || tap_note "$(cat "$tmp/stderr")"
	burn "$tmp/privileged" -privileged
	tap_is "$(grep -c 'not stored' "$tmp/said")" 0 '-privileged: nothing is told'
	tap_is "$(against "$tmp/privileged") $(grep -c 'not record' "$tmp/stderr")" '0 0 differ 0' '-privileged: nothing differs' ||
		tap_note "$(cat "$tmp/stderr")"
	extracted -privileged
	tap_is "$? $(capability "$tmp/out/ping")" "0 $has" 'extract -privileged: capabilities come back' || tap_note "$(cat "$tmp/stderr")"
	extracted
	tap_is "$? $(capability "$tmp/out/ping") $(grep -c 'security.capability is set only with -privileged' "$tmp/stderr")" '5  1' \
		'extract without it: they are not set, and that is told' || tap_note "$(cat "$tmp/stderr")"
	if command -v xorriso >/dev/null && rm -rf "$tmp/out" &&
		xorriso -xattr any -indev "$tmp/img" -osirrox on -extract / "$tmp/out" >/dev/null 2>&1; then
		tap_is "$(capability "$tmp/out/ping")" "$has" 'xorriso brings them back, too'
	else
		tap_skip 'xorriso brings them back, too' 'it is not there, or too old'
	fi
	# what any user may set never comes back as what only root may set
	setfattr -n user.security.capability -v 0x0100000200200000000000000000000000000000 "$tmp/privileged/plain"
	burn "$tmp/privileged" -privileged
	tap_is "$(grep -c '1 file has .* not stored, such as user.security.capability of .*/plain$' "$tmp/said")" 1 \
		'user.security.capability: is not stored, which is told' || tap_note "$(cat "$tmp/said")"
	extracted -privileged
	tap_is "$? $(capability "$tmp/out/plain") $(capability "$tmp/out/ping")" "0  $has" 'and gives no rights' ||
		tap_note "$(getfattr -d -m - "$tmp/out/plain" 2>&1)"
	setfattr -x user.security.capability "$tmp/privileged/plain"
	burn "$tmp/privileged" -privileged
	setfattr -x security.capability "$tmp/privileged/ping"
	tap_is "$(against "$tmp/privileged") $(grep -c 'ping: extended attributes differ' "$tmp/stderr")" '3 1 differ 1' 'one that is gone differs'
else
	tap_skip 'attributes that only root may set' 'no root, no setfattr, or a file system without them'
fi
tap_done
