#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Commands that read a damaged image with healing data: in each format, silently damaged or unreadable, they give what was
# burned; what is damaged beyond that is named, and no wrong byte comes with status 0.
. "$top_srcdir/tests/lib/tap.sh" || exit
. "$top_srcdir/tests/e2e/lib.sh"
. "$top_srcdir/tests/e2e/append_lib.sh"
need jq
: "${top_builddir:=$top_srcdir}"
shim=$top_builddir/tests/lib/bad_blocks-preload.so
export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}verify_asan_link_order=0
mkdir "$tmp/dir"
head -c 6000000 /dev/urandom >"$tmp/dir/file"
echo 'what a disc is for' >"$tmp/dir/text"
img=$tmp/img damaged=$tmp/damaged

noise() { # first-block n-blocks: of the damaged image
	dd if=/dev/urandom of="$damaged" bs=2048 seek="$1" count="$2" conv=notrunc status=none
}
# Damages a copy of the image: silently, or so that it can't be read.
damage() { # silent|unreadable "first count"...
	local how=$1 run
	cp "$img" "$damaged"
	runner=()
	shift
	if [ "$how" = silent ]; then
		for run; do
			# shellcheck disable=SC2086 # two numbers
			noise $run
		done
		return
	fi
	printf '%s\n' "$@" >"$tmp/bad"
	runner=(env LD_PRELOAD="$shim" BAD_BLOCKS_OF="$damaged" BAD_BLOCKS="$tmp/bad")
}
healed() { # what, after a command
	tap_is "$? $(grep -c 'blocks were damaged and healed on the way; use xburncrypt repair' "$tmp/stderr")" '0 1' "$1" || told
}
same() { # what
	diff -r "$tmp/dir" "$tmp/back"
	tap_ok "$1"
}
kinds=silent
[ ! -e "$shim" ] || kinds='silent unreadable'

for format in luks2 luks1 new loopaes none; do
	choose_format $format
	run -quiet -checksums -o "$img" -force "${as[@]}" "$tmp/dir"
	tap_ok "$format: an image" || told
	run decrypt "$img" "${reading[@]}" -o "$tmp/plain" -force
	run heal -in-place "$img"
	tap_ok "$format: with healing data" || told
	rm -rf "$tmp/back"
	run extract "$img" "${reading[@]}" -to "$tmp/back"
	tap_is "$? $(cat "$tmp/stderr")" '0 ' "$format: undamaged" || told
	rm -f "$tmp/back/SHA256SUMS"
	same "$format: undamaged: the same files"
	for kind in $kinds; do
		damage $kind '0 120' "$((lead + 500)) 30" "$((lead + 2000)) 1" "$((lead + 2100)) 1"
		is="$format, $kind"
		rm -rf "$tmp/back"
		run extract "$damaged" "${reading[@]}" -to "$tmp/back" -progress json
		tap_is "$? $(jq -r 'select(.event == "done") | .healed_blocks > 30' "$tmp/stderr")" '0 true' "$is: extract" || told
		rm -f "$tmp/back/SHA256SUMS"
		same "$is: the same files"
		run list "$damaged" "${reading[@]}"
		healed "$is: list"
		run cat "$damaged" "${reading[@]}" /file
		healed "$is: cat"
		cmp -s "$tmp/stdout" "$tmp/dir/file"
		tap_ok "$is: cat has the same bytes"
		run decrypt "$damaged" "${reading[@]}" -o "$tmp/plain2" -force
		healed "$is: decrypt"
		cmp -s "$tmp/plain" "$tmp/plain2"
		tap_ok "$is: decrypt gives what it gave before there were healing data"
		run verify "$damaged" "${reading[@]}"
		tap_is "$? $(tail -1 "$tmp/stdout" | sed 's/^\(up to \)\{0,1\}[0-9]*//') $(grep -c '^xburncrypt: .*: is damaged; all of it can be healed$' "$tmp/stderr")" \
			'3  blocks are damaged; all of them can be healed 1' "$is: verify" || told
		run verify "$damaged" "${reading[@]}" -against "$tmp/dir"
		tap_like "$(cat "$tmp/stdout")" ' 0 unreadable, .* 0 differ' "$is: verify finds the same bytes"
		run info "$damaged"
		tap_ok "$is: info" || told
		run verify "$damaged" "${reading[@]}" -no-heal
		tap_is "$(grep -c healed "$tmp/stdout" "$tmp/stderr" | cut -d: -f2 | paste -sd' ')" '0 0' "$is: not with -no-heal"
	done
	runner=()
done

# burned with them, and other places of a volume
format_options() { # case: sets as and reading
	choose_format luks2
	case $1 in
	veracrypt)
		as=(-format veracrypt -pim 1 -pass-file "$tmp/pass")
		reading=(-format veracrypt -pim 1 -pass-file "$tmp/pass")
		;;
	as-file)
		as+=(-as-file SECRET)
		reading+=(-as-file SECRET)
		;;
	detached)
		rm -f "$tmp/detached"
		as+=(-header "$tmp/detached")
		reading+=(-header "$tmp/detached")
		;;
	esac
}
for case in luks2 veracrypt as-file detached; do
	format_options $case
	run -quiet -heal on -o "$img" -force "${as[@]}" "$tmp/dir"
	tap_ok "$case: burned with healing data" || told
	run decrypt "$img" "${reading[@]}" -whole -o "$tmp/plain" -force
	tap_is "$? $(cat "$tmp/stderr")" '0 ' "$case: undamaged" || told
	for kind in $kinds; do
		damage $kind '0 20' '600 20' '2000 20'
		run decrypt "$damaged" "${reading[@]}" -whole -o "$tmp/plain2" -force
		healed "$case, $kind: decrypt"
		cmp -s "$tmp/plain" "$tmp/plain2"
		tap_ok "$case, $kind: the same bytes"
		rm -rf "$tmp/back"
		run extract "$damaged" "${reading[@]}" -to "$tmp/back"
		healed "$case, $kind: extract"
		same "$case, $kind: the same files"
	done
	runner=()
done

# the header
for format in luks2 luks1; do
	choose_format $format
	run -quiet -o "$img" -force "${as[@]}" "$tmp/dir"
	run heal -in-place "$img"
	cp "$img" "$damaged"
	noise 0 $lead
	for heals in '' -no-heal; do
		rm -rf "$tmp/back"
		# shellcheck disable=SC2086 # or nothing
		run extract "$damaged" "${reading[@]}" -to "$tmp/back" $heals
		tap_is "$? $(sed -n "s/^xburncrypt: warning: .*: the header can't be read; its copy at block [0-9]* is used$/copy/p" \
			"$tmp/stderr")" "0 ${heals:+copy}" "$format: no header${heals:+, and $heals}" || told
		same "$format: no header${heals:+, and $heals}: the same files"
	done
	run info "$damaged" -no-heal
	tap_like "$(cat "$tmp/stdout")" "^contents: $format," "$format: info shows the copy" || told
done

# a run of units
choose_format luks2
head -c 40000000 /dev/urandom >"$tmp/small-dir-file"
mkdir "$tmp/larger"
mv "$tmp/small-dir-file" "$tmp/larger/file"
run -quiet -o "$img" -force "${as[@]}" "$tmp/larger"
run heal -in-place "$img"
cp "$img" "$damaged"
for ((i = 1000; i < 19000; i += 200)); do noise $i 1; done
run decrypt "$damaged" "${reading[@]}" -o "$tmp/plain" -force
tap_is "$? $(grep -c '^xburncrypt: much of this disc is damaged; xburncrypt repair is faster$' "$tmp/stderr")" '0 1' \
	'much damage: said once, while it is read' || told

# too much
choose_format luks2
run -quiet -o "$img" -force "${as[@]}" "$tmp/dir"
run heal -in-place "$img"
for kind in $kinds; do
	damage $kind '1200 1500'
	rm -rf "$tmp/back"
	run extract "$damaged" "${reading[@]}" -to "$tmp/back"
	tap_is "$? $(grep -c "blocks could not be healed$" "$tmp/stderr") $(grep -c '^xburncrypt: warning: /\?file: ' "$tmp/stderr")" '5 1 1' \
		"$kind: more than can be healed: extract names the file" || told
	cmp -s "$tmp/back/text" "$tmp/dir/text"
	tap_ok "$kind: and has the other one"
	run cat "$damaged" "${reading[@]}" /file
	tap_is $? 5 "$kind: cat ends" || told
	cmp -s -n "$(stat -c %s "$tmp/stdout")" "$tmp/stdout" "$tmp/dir/file"
	tap_ok "$kind: cat gives no wrong byte"
	run verify "$damaged" "${reading[@]}"
	tap_is "$? $(tail -1 "$tmp/stdout" | sed 's/^up to //; s/[0-9][0-9]*/N/g')" "3 N blocks are damaged; N of them can't be healed" "$kind: verify" || told
done
runner=()

# what was there before: another volume over the start of one with healing data
choose_format luks2
cp "$img" "$damaged"
mkdir "$tmp/small"
echo new >"$tmp/small/new"
run -quiet -o "$tmp/over" "${as[@]}" "$tmp/small"
dd if="$tmp/over" of="$damaged" conv=notrunc status=none
run list "$damaged" "${reading[@]}"
tap_is "$? $(cat "$tmp/stdout") $(grep -c 'healing data of what was there before, which are not used$' "$tmp/stderr")" '0 new 1' \
	'another volume in its place is not taken for damage' || told

# where they are, and where not
front=$(LC_ALL=C grep -abo 'xburncrypt-heal 1' "$img" | head -1 | cut -d: -f1)
damage silent '0 50'
truncate -s +3M "$damaged"
run list "$damaged" "${reading[@]}" -heal-at $((front / 2048))
healed 'a record that is named by its block'
run list "$damaged" "${reading[@]}" -heal-at 77777777
tap_is $? 3 'a block that has none' || told

# what info says of them, taken by stock programs
line() { # words: of a command that info printed
	sed -n "s/^ *sudo \($1 .*\)/\1/p" "$tmp/stdout"
}
run info "$img" "${reading[@]}"
tap_like "$(cat "$tmp/stdout")" '^codes: 20 rows; 4 roots, by which the kernel alone heals [0-9.]* % in a row$' 'info: the codes' || told
if command -v veritysetup >/dev/null; then
	line 'veritysetup open' >"$tmp/lines"
	tap_is "$(wc -l <"$tmp/lines")" 2 'info: how the kernel opens it, without and with healing'
	while read -r _ _ disc _ _ root options; do
		# shellcheck disable=SC2086 # several options
		veritysetup verify "$disc" "$disc" "$root" $options >"$tmp/said" 2>&1
		tap_is $? 0 "veritysetup takes them: ${options##* }" || tap_note "$(cat "$tmp/said")"
	done <"$tmp/lines"
else
	tap_skip 'by veritysetup' 'not installed'
fi
(cd "$tmp" && bash -c "$(line dd)" 2>/dev/null)
cmp -s -n 1048576 "$tmp/header" "$img"
tap_ok 'info: how the header is taken from its copy'
run info "$img" -json -heal-text "$tmp/facts"
tap_is "$(jq -r '.healing | "\(.root) \(.end) \(.data_blocks) \(.mac) \(.signature)"' "$tmp/stdout")" \
	"$(sed -n 's/^root //p' "$tmp/facts") $(sed -n 's/^end //p' "$tmp/facts") $(sed -n 's/^data //p' "$tmp/facts") absent absent" \
	'info: JSON, and the facts in a file' || told
[ ! -e "$tmp/facts.minisig" ]
tap_ok 'info: no signature'
run info "$img" -heal-text "$tmp/facts"
tap_is "$? $(sed -n 's/^hint: //p' "$tmp/stderr")" '2 use -force to replace it' 'info: a file that is there stays' || told
run info "$img" -heal-text "$img" -force
tap_is "$? $(grep -c 'is the disc itself$' "$tmp/stderr")" '2 1' 'info: the disc is not the file' || told
run info "$tmp/over" -heal-text "$tmp/other"
tap_is "$? $(ls "$tmp/other" 2>/dev/null)" '3 ' 'info: no file without healing data' || told

# mounted
if [ -c /dev/fuse ] && command -v fusermount3 >/dev/null; then
	damage silent '0 100' '1000 50' '2500 1'
	mkdir "$tmp/mnt"
	run mount "$damaged" "$tmp/mnt" "${reading[@]}"
	tap_ok 'mount' || told
	diff -r "$tmp/dir" "$tmp/mnt"
	tap_ok 'mount: the same files'
	run unmount "$tmp/mnt"
	tap_ok 'unmount' || told
else
	tap_skip mount 'no FUSE here'
fi

# what looking for them costs where there are none
if [ -e "$shim" ]; then
	run -quiet -o "$tmp/none" "${as[@]}" "$tmp/dir"
	# shellcheck disable=SC2034 # for run
	runner=(env LD_PRELOAD="$shim" BAD_BLOCKS_OF="$tmp/none" BAD_BLOCKS_COUNT="$tmp/count")
	rm -rf "$tmp/back"
	run extract "$tmp/none" "${reading[@]}" -to "$tmp/back"
	tap_ok 'extract from an image without healing data' || told
	[ "$(cat "$tmp/count")" -le $(($(stat -c %s "$tmp/none") / 2048 + 650)) ]
	tap_ok 'it reads each block once, and 650 more at most' || tap_note "$(cat "$tmp/count")"
fi
tap_done
