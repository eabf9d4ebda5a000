#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# -generate: a new passphrase of six words, shown on the terminal and typed in there.
. "$top_srcdir/tests/lib/tap.sh"
. "$top_srcdir/tests/e2e/lib.sh"
need cryptsetup script genisoimage

cheap=(-pbkdf-weak -pbkdf pbkdf2 -pbkdf-iterations 1000)
mkdir "$tmp/tree"
echo hello >"$tmp/tree/hello"
genisoimage -quiet -o "$tmp/clear.iso" "$tmp/tree" 2>/dev/null
sed '/^#/d' "$top_srcdir/src/util/words.txt" | sort >"$tmp/list"

words() { # what the terminal shows of them
	sed -n 's/.*New passphrase for [^ ]*: \([^\r]*\).*/\1/p' "$tmp/tty"
}
prompts() { # number: that many were shown
	[ "$(grep -aoE '(then type it|type it again): ' "$tmp/tty" | wc -l)" -ge "$1" ]
}
# On a terminal; the answers are typed, one at each prompt. "WORDS" stands for the words that are shown.
generate() { # "options" answer...
	local options=$1 n=0 answer
	shift
	rm -f "$tmp/x.img" "$tmp/tty"
	for answer; do
		n=$((n + 1))
		wait_until prompts $n && printf '%s' "${answer/WORDS/$(words)}"
	done | timeout "$patience" script -qec "trap : INT; env --default-signal=INT '$XBURNCRYPT' -o '$tmp/x.img' $options -generate -image '$tmp/clear.iso' \
		2>&1 >'$tmp/summary'; echo status=\$?" /dev/null >"$tmp/tty" 2>&1
}
ended_with() { # status
	grep -aq "status=$1" "$tmp/tty"
}
opens() { # with the words that were shown
	words | tr -d '\n' >"$tmp/words"
	cryptsetup open --test-passphrase --disable-locks --key-file "$tmp/words" "$tmp/x.img" 2>"$tmp/err"
}

generate "${cheap[*]}" $'WORDS\n'
ended_with 0 && opens
tap_ok 'cryptsetup opens the disc with the words' || tap_note "$(cat "$tmp/tty" "$tmp/err")"
tap_is "$(words | grep -cE '^[a-z-]+( [a-z-]+){5}$')" 1 'there are six, and they are shown once' || tap_note "$(cat "$tmp/tty")"
tap_is "$(words | tr ' ' '\n' | sort -u | comm -23 - "$tmp/list")" '' 'all are words of the list'
tap_like "$(cat "$tmp/tty")" 'whoever loses the passphrase loses the disc' 'it says what they are worth'
! grep -qF "$(words)" "$tmp/summary"
tap_ok 'they are in no message'
! grep -q -- -generate "$tmp/summary"
tap_ok 'what opens the disc is told without the option'
first=$(words)

generate "-quiet ${cheap[*]}" $'something else\n' $'WORDS\n'
ended_with 0 && prompts 2 && opens
tap_ok 'what is mistyped is asked for again; -quiet too shows the words' || tap_note "$(cat "$tmp/tty" "$tmp/err")"
[ -n "$(words)" ] && [ "$(words)" != "$first" ]
tap_ok 'they are others each time'
! grep -aq 'something else' "$tmp/tty" && [ "$(grep -aoF "$(words)" "$tmp/tty" | wc -l)" = 1 ]
tap_ok 'what is typed is not shown' || tap_note "$(cat "$tmp/tty")"

generate "${cheap[*]}" $'one\n' $'WORDS \n' $'\n'
ended_with 2 && [ ! -e "$tmp/x.img" ]
tap_ok 'three mistakes: nothing is made, status 2' || tap_note "$(cat "$tmp/tty")"
tap_like "$(cat "$tmp/tty")" 'what was typed is not the new passphrase' 'it says so'
generate "${cheap[*]}" $'\003'
ended_with 130 && [ ! -e "$tmp/x.img" ]
tap_ok 'Ctrl-C ends it' || tap_note "$(cat "$tmp/tty")"

# the other formats that hash a passphrase, and one with a key file beside it
printf 'a file that is a part of the secret' >"$tmp/key"
printf 'a passphrase in a file' >"$tmp/pass"
chmod 600 "$tmp/key" "$tmp/pass"
# shellcheck disable=SC2086
while IFS=: read -r making opening; do
	generate "$making" $'WORDS\n'
	ended_with 0 && words | tr -d '\n' >"$tmp/words" && chmod 600 "$tmp/words" &&
		"$XBURNCRYPT" decrypt -quiet -pass-file "$tmp/words" $opening -o - "$tmp/x.img" 2>"$tmp/err" | cmp - "$tmp/clear.iso"
	tap_ok "$making: the words open it" || tap_note "$(cat "$tmp/tty" "$tmp/err")"
done <<-END
	-encstyle new:-encstyle new
	-format luks1 -pbkdf-weak -pbkdf-iterations 1000:
	-format loopaes:-format loopaes
	-format veracrypt -pim 1:-pim 1
	-format veracrypt -pim 1 -key-file $tmp/key:-pim 1 -key-file $tmp/key
END

refused() { # status words name options...
	messages=$tmp/err tap_refused "$1" "$2" "$3" burn "${@:4}"
	[ ! -e "$tmp/x.img" ]
	tap_ok "$3: nothing is made"
}
burn() {
	rm -f "$tmp/x.img"
	setsid "$XBURNCRYPT" -o "$tmp/x.img" "$@" -image "$tmp/clear.iso" </dev/null >/dev/null 2>"$tmp/err"
}
refused 2 'no terminal' 'no terminal' -generate
refused 2 '^xburncrypt: -generate: a passphrase of 6 words may be longer than the key' 'the style old' -encstyle old -generate
refused 2 'may be longer than the key' 'no hash' -format plain -cipher aes-cbc-plain -key-size 256 -hash plain -generate
refused 2 'only one secret' 'another secret' -pass-file "$tmp/pass" -generate
refused 2 'only one secret' 'another secret after it' -generate -encpass-file "$tmp/pass"
refused 2 'the format luks2 takes only one secret' 'a key file' -format luks2 -generate -key-file "$tmp/pass"
refused 2 'pass: the format luks2 takes only one secret' 'a key file, and the default format' -generate -key-file "$tmp/pass"
refused 2 'the format plain takes only one secret' 'a second passphrase for plain' -encstyle new -add-pass-file "$tmp/pass"
refused 2 'takes no secret' 'no encryption' -format none -generate
tap_is "$("$XBURNCRYPT" info -generate "$tmp/clear.iso" >/dev/null 2>&1; echo $?)" 2 'only for burning'
tap_done
