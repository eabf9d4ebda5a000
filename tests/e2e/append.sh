#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Image files that grow, in each format: a first burn, a session behind it, one that mirrors. Each session is what
# the sources were: proven by xorriso, bsdtar and isoinfo on what other programs decrypt. Files that stay are where
# they were.
. "$top_srcdir/tests/lib/tap.sh" || exit
. "$top_srcdir/tests/e2e/lib.sh"
. "$top_srcdir/tests/e2e/append_lib.sh"
need xorriso jq
cd "$tmp" || exit # where cryptsetup may write

owners=()
[ "$(id -u)" = 0 ] || owners=(--no-owner)
# The three states of a tree, in folders of their own; the graft is only in the second.
mkdir "$tmp/graft"
echo grafted >"$tmp/graft/in it"
make_older "$tmp/graft"
first_state() {
	rm -rf "$tmp/work" "$tmp"/state[123]
	make_work "$tmp/work"
	cp -a "$tmp/work" "$tmp/state1"
}
second_state() {
	change_once "$tmp/work"
	cp -a "$tmp/work" "$tmp/state2"
	cp -a "$tmp/graft" "$tmp/state2/graft"
	touch -r "$tmp/work" "$tmp/state2"
}
third_state() {
	change_again "$tmp/work"
	cp -a "$tmp/work" "$tmp/state3"
}

grows() { # format
	local format=$1 n list img=$tmp/$1.img
	choose_format "$format"
	first_state
	run -o "$img" "${as[@]}" "$tmp/work"
	tap_ok "$format: a first burn" || told
	head -c 40000 "$img" >"$tmp/head"
	second_state
	run append -o "$img" "${reading[@]}" "$tmp/work" -graft "/graft=$tmp/graft"
	tap_is "$? $(counts)" '0 3 2 0 14' "$format: a session is added" || told
	grep -q '^verified: ' "$tmp/stdout" || run verify "$img" "${reading[@]}"
	tap_ok "$format: and read back" || told
	third_state
	run append -o "$img" "${reading[@]}" -mirror "$tmp/work"
	tap_is "$? $(counts)" '0 1 1 3 15' "$format: one that mirrors" || told
	[ "$format" = none ] || { cmp -s -n 32768 "$tmp/head" "$img" && tap_ok "$format: the header is as it was"; }

	list=$(sessions "$img" "${reading[@]}")
	tap_is "$(awk '{ print $1 }' <<<"$list" | tr '\n' ' ')" '1 2 3 ' "$format: info lists three" || told
	decrypt_as "$format" "$img" "$tmp/whole"
	tap_ok "$format: another program decrypts the image" || tap_note "$(cat "$tmp/whole.log" 2>/dev/null)"
	for n in 1 2 3; do
		session_is "$tmp/whole" "$(sbsector $n)" "$tmp/state$n"
		tap_ok "$format: session $n by xorriso, from where info says" || tap_note "$(cat "$tmp/diff" "$tmp/xorriso.log" | head -12)"
		tap_is "$(($(od -An -tu4 -j $((($(sbsector $n) + 16) * 2048 + 80)) -N 4 "$tmp/whole") - (n > 1 ? $(sbsector $n) : 0)))" \
			"$(awk -v n=$n '$1 == n { print $3 }' <<<"$list")" "$format: session $n has the blocks that info tells"
		places "$tmp/whole" "$(sbsector $n)" >"$tmp/places$n"
		alone "$format" $n
	done
	session_is "$tmp/whole" 0 "$tmp/state3"
	tap_ok "$format: without being told where, it is the newest" || tap_note "$(head -5 "$tmp/diff")"
	[ -s "$tmp/places1" ] && tap_is "$(comm -12 "$tmp/places1" "$tmp/places3" | wc -l)" \
		"$(kept_files | grep -cv 'many/file 5$')" "$format: files that stay are where they were" || tap_note "$(diff "$tmp/places1" "$tmp/places3")"
	rm -f "$img" "$tmp"/whole* "$tmp"/plain*
}
kept_files() { # names (of those with contents) in the first and third session, with the same contents
	(cd "$tmp/state1" && find . -type f -size +0 -exec sha256sum {} + | LC_ALL=C sort) >"$tmp/sums1"
	(cd "$tmp/state3" && find . -type f -size +0 -exec sha256sum {} + | LC_ALL=C sort) >"$tmp/sums3"
	comm -12 "$tmp/sums1" "$tmp/sums3"
}
# format number: what decrypt makes of a session is an image that shows it as it is
alone() {
	local iso=$tmp/plain$2
	rm -f "$iso"
	run decrypt "$tmp/$1.img" "${reading[@]}" -session "$2" -o "$iso"
	tap_ok "$1: decrypt -session $2" || told
	session_is "$iso" 0 "$tmp/state$2"
	tap_ok "$1: session $2 by xorriso, from the start" || tap_note "$(head -5 "$tmp/diff")"
	(cd "$tmp/state$2" && find . ! -name . | LC_ALL=C sort) >"$tmp/wanted"
	! command -v bsdtar >/dev/null ||
		{ bsdtar -tf "$iso" | sed 's,^\(\./\)*,./,; s,/$,,' | grep -vx '\.*/*\.*' | LC_ALL=C sort | diff - "$tmp/wanted" >"$tmp/diff"; }
	tap_ok "$1: bsdtar lists session $2 alike" || tap_note "$(head -5 "$tmp/diff")"
	! command -v isoinfo >/dev/null ||
		{ isoinfo -R -f -i "$iso" 2>/dev/null | sed 's/^/./' | LC_ALL=C sort | diff - "$tmp/wanted" >"$tmp/diff"; }
	tap_ok "$1: isoinfo lists session $2 alike" || tap_note "$(head -5 "$tmp/diff")"
	rm -rf "$tmp/back"
	run extract "$tmp/$1.img" "${reading[@]}" -session "$2" -to "$tmp/back"
	bash "$top_srcdir/tests/e2e/compare-trees.sh" "${owners[@]}" "$tmp/state$2" "$tmp/back" >"$tmp/diff"
	tap_ok "$1: extract -session $2" || { told && tap_note "$(head -5 "$tmp/diff")"; }
}
for format in ${formats:-luks2 new}; do
	if has_decryptor $format; then
		grows $format
	else
		tap_skip "$format" 'nothing else here decrypts it'
	fi
done

[ -z "${formats-}" ] || tap_done

# Joliet is the second tree: it has the same names, and the same places
choose_format none
first_state
run -o "$tmp/j.img" "${as[@]}" "$tmp/work" && second_state && run append -o "$tmp/j.img" "${reading[@]}" "$tmp/work"
tap_ok 'Joliet: a session' || told
if command -v isoinfo >/dev/null; then
	tap_is "$(isoinfo -J -f -i "$tmp/j.img" 2>/dev/null | sed 's/;1$//' | LC_ALL=C sort)" \
		"$(cd "$tmp/work" && find . ! -name . ! -type l ! -type p | sed 's/^.//' | LC_ALL=C sort)" 'Joliet: the names' ||
		tap_note "$(isoinfo -J -f -i "$tmp/j.img" 2>&1)"
	for f in /new /sub/random.bin '/many/file 3'; do
		isoinfo -J -i "$tmp/j.img" -x "$f;1" 2>/dev/null | cmp -s - "$tmp/work$f"
		tap_ok "Joliet: $f"
	done
fi

# a disc that others made: mkisofs and cryptsetup alone
if cryptsetup_takes_files; then
	first_state
	rm "$tmp/work/fifo" "$tmp/state1/fifo"
	xorriso -as mkisofs -quiet -R -J -o "$tmp/theirs.img" "$tmp/work" 2>"$tmp/xorriso.log"
	truncate -s %4096 "$tmp/theirs.img" && truncate -s +32M "$tmp/theirs.img" &&
		cryptsetup -q reencrypt --encrypt --type luks2 --force-offline-reencrypt --disable-locks --reduce-device-size 32M \
			--key-file "$tmp/pass.bytes" --sector-size 2048 --pbkdf pbkdf2 --pbkdf-force-iterations 1000 "$tmp/theirs.img" >"$tmp/log" 2>&1
	tap_ok 'a disc by mkisofs and cryptsetup' || tap_note "$(cat "$tmp/log")"
	choose_format luks2
	second_state
	run append -o "$tmp/theirs.img" "${reading[@]}" "$tmp/work" -graft "/graft=$tmp/graft"
	tap_is "$?" 0 'it takes a session' || told
	list=$(sessions "$tmp/theirs.img" "${reading[@]}")
	rm "$tmp/state1/sub/deeper/the-same.bin" "$tmp/state1/many/hard link" # mkisofs makes files of links
	cp -p "$tmp/state1/sub/random.bin" "$tmp/state1/sub/deeper/the-same.bin"
	cp -p "$tmp/state1/many/file 1" "$tmp/state1/many/hard link"
	for d in sub/deeper many; do touch -r "$tmp/work/empty" "$tmp/state1/$d"; done
	for n in 1 2; do
		rm -f "$tmp/plain$n"
		run decrypt "$tmp/theirs.img" "${reading[@]}" -session $n -o "$tmp/plain$n" && session_is "$tmp/plain$n" 0 "$tmp/state$n"
		tap_ok "its session $n is whole" || tap_note "$(head -5 "$tmp/diff" "$tmp/stderr")"
	done
	places "$tmp/plain2" "$(sbsector 1)" >"$tmp/places1"
	places "$tmp/plain2" 0 >"$tmp/places2"
	[ "$(comm -12 "$tmp/places1" "$tmp/places2" | wc -l)" -ge 7 ]
	tap_ok 'its files are where they were' || tap_note "$(diff "$tmp/places1" "$tmp/places2")"
fi
tap_done
