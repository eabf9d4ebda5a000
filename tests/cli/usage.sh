#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Options: how they are written, what is refused, with which status and words.
. "$top_srcdir/tests/lib/tap.sh"

mkdir "$tmp/dir"
echo data >"$tmp/dir/file"
printf 'a passphrase of some length\n' >"$tmp/pass"
chmod 600 "$tmp/pass"
cheap=(-pbkdf-weak -pbkdf-memory 64 -pbkdf-iterations 4 -pbkdf-parallel 1)

run() { "$XBURNCRYPT" "$@" >"$tmp/stdout" 2>"$tmp/stderr" </dev/null; }
refused() { # status words-in-the-message name arguments...
	rm -f "$tmp/out.img"
	tap_refused "$1" "^xburncrypt: .*$2" "$3" run "${@:4}"
	[ ! -e "$tmp/out.img" ]
	tap_ok "$3: nothing is left behind"
}
made() { # name arguments...
	local name=$1
	shift
	rm -f "$tmp/out.img"
	"$XBURNCRYPT" "$@" >"$tmp/stdout" 2>"$tmp/stderr" </dev/null && [ -s "$tmp/out.img" ]
	tap_ok "$name" || tap_note "$(cat "$tmp/stderr")"
}
img=$tmp/out.img pass=$tmp/pass dir=$tmp/dir

"$XBURNCRYPT" >"$tmp/stdout" 2>"$tmp/stderr"
tap_is $? 2 'no arguments: status 2'
tap_like "$(cat "$tmp/stderr")" '^usage: ' 'no arguments: usage goes to stderr'
[ ! -s "$tmp/stdout" ]
tap_ok 'no arguments: nothing goes to stdout'
tap_is "$(grep -cE '^  (extract|mount|help) ' "$tmp/stderr") $(grep -c '^  xburncrypt ' "$tmp/stderr")" '3 2' \
	'no arguments: the commands, and two examples'
for help in --help -help -h help -help-all 'burn --help' 'burn -h' 'help burn' 'help -all burn' 'ls -h' 'help ls' \
	'-o x -speed fast -help' 'burn -nosuch -h' '-o x -o y --help' 'list -max-memory 1 -help-all' 'decrypt -o -h -h'; do
	# shellcheck disable=SC2086
	out=$("$XBURNCRYPT" $help 2>"$tmp/stderr")
	tap_is $? 0 "$help: status 0"
	tap_like "$out" '^usage: xburncrypt' "$help: goes to stdout"
	[ ! -s "$tmp/stderr" ]
	tap_ok "$help: nothing goes to stderr"
done
tap_is "$("$XBURNCRYPT" list --help)" "$("$XBURNCRYPT" help ls)" 'help list is list --help'
tap_is "$("$XBURNCRYPT" list --help-all)" "$("$XBURNCRYPT" help list -all)" 'help -all list is list --help-all'
tap_is "$(comm -23 <("$XBURNCRYPT" burn -h | sort) <("$XBURNCRYPT" burn -help-all | sort) | grep '^  -')" '' \
	'the short help is a part of the long one'
n=$("$XBURNCRYPT" burn -h | grep -c '^  -')
[ "$n" -ge 5 ] && [ "$n" -le 12 ] && [ "$("$XBURNCRYPT" burn -help-all | grep -c '^  -')" -ge $((3 * n)) ]
tap_ok "the short help has few options ($n)"
while read -r verb; do
	for all in '' -all; do
		"$XBURNCRYPT" help $all "$verb" >"$tmp/stdout"
		tap_is "$? $(awk 'length > 80 || / $/' "$tmp/stdout")" '0 ' "help $all $verb: at most 80 columns"
	done
done < <("$XBURNCRYPT" --help | sed -nE '/^Commands:/,/^$/s/^  ([a-z]+) .*/\1/p')
tap_is "$({ "$XBURNCRYPT"; "$XBURNCRYPT" -h; } 2>&1 | awk 'length > 80 || / $/')" '' 'the general help: at most 80 columns'
run help lsit
tap_is "$? $(cat "$tmp/stderr")" $'2 xburncrypt: lsit: no such command\nhint: did you mean list?' 'help for what is no command'
run help list cat
tap_is $? 2 'help for two commands: status 2'
tap_is "$("$XBURNCRYPT" version)" "$("$XBURNCRYPT" --version)" 'version is --version'
run umount "$dir"
tap_is "$?" "$(run unmount "$dir"; echo $?)" 'umount is unmount'
tap_like "$(cat "$tmp/stderr")" 'dir: ' 'umount takes a directory'
run help -json
tap_is $? 2 "help with another command's option: status 2"
out=$("$XBURNCRYPT" --version)
tap_like "$out" '^xburncrypt [0-9.]+' '--version: the version'
tap_like "$out" 'libburn [0-9.]+, libisofs [0-9.]+, OpenSSL [0-9.]+.*, libcryptsetup [0-9.]+, libsodium [0-9.]+' \
	"--version: the libraries' versions"
tap_like "$out" '^Copyright \(C\) 2026 the xburncrypt authors$' '--version: the copyright holders'
"$XBURNCRYPT" --help >/dev/full 2>/dev/null
tap_is $? 1 '--help to a full device: status 1'

made 'one dash, a blank' -o "$img" -pass-file "$pass" "${cheap[@]}" "$dir"
made 'two dashes, an equals sign' "--o=$img" "--pass-file=$pass" "${cheap[@]}" "$dir"
made 'options behind operands' "$dir" -o "$img" -pass-file "$pass" "${cheap[@]}"
made 'the verb burn' burn -o "$img" -pass-file "$pass" "${cheap[@]}" "$dir"
made 'operands behind --' -o "$img" -pass-file "$pass" "${cheap[@]}" -- "$dir"
(cd "$tmp" && mkdir burn && made 'a directory called like a verb, as ./burn' -o "$img" -pass-file "$pass" "${cheap[@]}" ./burn) >"$tmp/sub"
grep -q '^ok' "$tmp/sub"
tap_ok 'a directory called like a verb, as ./burn'
made '-encrypt is accepted' -encrypt -o "$img" -pass-file "$pass" "${cheap[@]}" "$dir"
made '-dev= is -o' "-dev=$img" -pass-file "$pass" "${cheap[@]}" "$dir"
made '--output is -o' --output "$img" -pass-file "$pass" "${cheap[@]}" "$dir"
made 'a value that looks like -help' -o "$img" -pass-file "$pass" "${cheap[@]}" -V -help "$dir"
(cd "$tmp" && mkdir ./-help && echo x >./-help/file && made 'a directory -help behind --' -o "$img" -pass-file "$pass" "${cheap[@]}" -- -help) >"$tmp/sub"
grep -q '^ok' "$tmp/sub"
tap_ok 'a directory -help behind --'
made '-speed and -eject mean nothing to a file, so that the dry run takes them' \
	-o "$img" -pass-file "$pass" "${cheap[@]}" -speed 4 -eject "$dir"
made '-quiet' -quiet -o "$img" -pass-file "$pass" "${cheap[@]}" "$dir"
[ ! -s "$tmp/stdout" ] && [ ! -s "$tmp/stderr" ]
tap_ok '-quiet: nothing is said'
chmod 644 "$pass"
made '-quiet with a warning' -quiet -o "$img" -pass-file "$pass" "${cheap[@]}" "$dir"
tap_like "$(cat "$tmp/stderr")" 'warning: .*other users can read' '-quiet hides no warning'
chmod 600 "$pass"

refused 2 'no such option' 'an unknown option' -o "$img" -pas-file "$pass" "$dir"
refused 2 'not an option of this command' "another verb's option" list -against x "$dir"
refused 2 'neither a command nor an existing file' 'a mistyped verb' lsit "$img"
tap_like "$("$XBURNCRYPT" -pas-file x 2>&1)" 'did you mean -pass-file' 'an unknown option: the nearest one is offered'
refused 2 'is given twice' 'an option given twice' -o "$img" -o "$img" -pass-file "$pass" "$dir"
refused 2 'means the same as -o' '-output and -o' -o "$img" -output="$img" -pass-file "$pass" "$dir"
refused 2 'means the same as -o' '-dev and -o' -o "$img" -dev="$img" -pass-file "$pass" "$dir"
refused 2 'takes no value' 'a flag with a value' -o "$img" -force=yes -pass-file "$pass" "$dir"
refused 2 'needs a value' 'an option without its value' "$dir" -pass-file "$pass" -o
refused 2 '-o OUTPUT is required' 'no output' -pass-file "$pass" "$dir"
refused 2 'no source given' 'no source' -o "$img" -pass-file "$pass"
refused 2 'is not a whole number' 'a number that is none' -o "$img" -pass-file "$pass" -key-size many "$dir"
refused 2 '"much" is not a size' 'a size that is none' list "$img" -max-memory much
for verb in decrypt info; do
	refused 2 '"1m" is less than 67,108,864 bytes' "$verb takes it too, for the directories in which -as-file looks" "$verb" "$img" -max-memory 1m
done
refused 2 '"1m" is less than 67,108,864 bytes' 'less memory than is granted anyway' list "$img" -max-memory 1m
refused 2 'is not one of: ' 'a progress mode that is none' -o "$img" -pass-file "$pass" -progress fast "$dir"
refused 2 'is not a speed' 'a speed that is none' -o "$img" -pass-file "$pass" -speed fast "$dir"
refused 2 '"luks9" is not one of: luks2, luks1' 'an unknown format' -o "$img" -pass-file "$pass" -format luks9 "$dir"
refused 2 'style of the plain format' '-encstyle with another format' -o "$img" -pass-file "$pass" -format luks2 -encstyle new "$dir"
refused 2 'is not one of: ' 'an unknown style' -o "$img" -pass-file "$pass" -encstyle newer "$dir"
refused 2 '-dummy: only a drive can simulate' '-dummy with a file' -o "$img" -pass-file "$pass" -dummy "$dir"
refused 2 'contradicts' '-encrypt with -format none' -o "$img" -format none -encrypt "$dir"
for option in '-cipher aes-cbc-plain' '-key-size 256' '-hash sha256' '-label x' '-pbkdf pbkdf2'; do
	# shellcheck disable=SC2086
	refused 2 "${option%% *}" "-format none with $option" -o "$img" -format none $option "$dir"
done
refused 2 '-label' 'plain with a label' -o "$img" -pass-file "$pass" -encstyle new -label x "$dir"
refused 2 '-hash' 'luks2 with a hash' -o "$img" -pass-file "$pass" -hash sha256 "$dir"
refused 2 '4096' 'sectors of 4096 bytes' -o "$img" -pass-file "$pass" -sector-size 4096 "$dir"
refused 2 '-cipher' 'plain without a style and a cipher' -o "$img" -pass-file "$pass" -format plain "$dir"
refused 2 '-pbkdf-memory' 'KDF costs below the floor' -o "$img" -pass-file "$pass" -pbkdf-memory 64 "$dir"

json=$("$XBURNCRYPT" -o "$img" -progress json -pass-file "$pass" "${cheap[@]}" "$tmp/missing" 2>&1 >/dev/null)
tap_like "$(tail -n 1 <<<"$json")" '^\{"event":"done","status":2,"failure":\{.*\}\}$' 'json: the last line has the status'
tap_like "$json" '"event":"error","name":"[^"]*missing"' 'json: an error names its object'
(ulimit -n 20; "$XBURNCRYPT" formats >/dev/null 2>"$tmp/stderr")
tap_is "$? $(grep -c 'too low: 64 are needed' "$tmp/stderr")" '1 1' 'too few descriptors: status 1, before anything is read'
(ulimit -Sn 20; "$XBURNCRYPT" formats >/dev/null 2>"$tmp/stderr")
tap_is $? 0 'too few descriptors by the soft limit: it is raised'
head -c 100000 /dev/zero >"$tmp/zeros"
tap_like "$("$XBURNCRYPT" info "$tmp/zeros")" '^contents: only zeros' 'info of zeros'
tap_like "$("$XBURNCRYPT" info -json "$tmp/zeros")" '"zeros":true' 'info -json of zeros'
out=$("$XBURNCRYPT" -o "$img" -pass-file "$pass" -V 'Grün' "$dir" 2>&1)
tap_like "$? $out" '^2 .*printable ASCII' 'a volume id that is not ASCII: status 2, with the reason'
name=$(printf '%s/bad\xff' "$tmp")
json=$("$XBURNCRYPT" -o "$img" -progress json -pass-file "$pass" "${cheap[@]}" "$name" 2>&1 >/dev/null)
tap_like "$json" '"name_hex":"[0-9a-f]*626164ff"' 'json: a name that is no UTF-8 comes in hex'
for wrong in '-nosuch' '-o x -o y' '-speed'; do
	# shellcheck disable=SC2086
	json=$("$XBURNCRYPT" -progress json $wrong "$dir" 2>&1 >/dev/null)
	grep -vq '^{"event":"[a-z]*".*}$' <<<"$json"
	[ $? = 1 ] && tail -n 1 <<<"$json" | grep -q '^{"event":"done","status":2,'
	tap_ok "json: wrong options too ($wrong)" || tap_note "$json"
done
out=$("$XBURNCRYPT" -o "$img" -pass-file "$pass" "$(printf '%s/e\033[31mvil' "$tmp")" 2>&1)
[[ $out != *$'\033'* ]] && [[ $out == *'\x1B'* ]]
tap_ok 'control characters in a name are escaped'
rm -f "$img"
json=$("$XBURNCRYPT" -o "$img" -progress json -pass-file "$pass" "${cheap[@]}" "$dir" 2>&1 >/dev/null)
tap_like "$(tail -n 1 <<<"$json")" '^\{"event":"done","status":0,"path":".*\}$' 'json: done, with status 0'
grep -vq '^{"event":"[a-z]*".*}$' <<<"$json"
[ $? = 1 ]
tap_ok 'json: each line of stderr is an object'
tap_is "$(grep -c '"event":"progress"' <<<"$json") $(grep -cE 'queue_percent|drive_buffer' <<<"$json")" '3 0' \
	'json: the progress of a file has no queue and no drive' || tap_note "$json"
# a wrong choice is told before the sources are looked at: here are none
refused 2 'unknown cipher' 'a cipher that is none' -o "$tmp/out.img" -format plain -cipher rot13-cbc-plain -key-size 256 -hash sha256 "$tmp/missing"
refused 2 '-hash: required by the format plain' 'no hash' -o "$tmp/out.img" -format plain -cipher aes-cbc-plain -key-size 256 "$tmp/missing"
refused 2 '-label: does not apply to the format veracrypt' 'an option of another format' -o "$tmp/out.img" -format veracrypt -label x "$tmp/missing"
tap_done
