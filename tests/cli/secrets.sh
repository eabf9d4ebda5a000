#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Kinds of secret: where they come from, what they become, what is refused.
. "$top_srcdir/tests/lib/tap.sh"
. "$top_srcdir/tests/e2e/lib.sh"
need aespipe sha256sum openssl genisoimage

head -c 65536 /dev/zero >"$tmp/zero"
zero_key() { # image: which key turned the zeros of the first sector into this (IV 0)? none is guessed: compare
	dd if="$1" bs=512 count=1 status=none
}
expect() { # key-in-hex: the first sector of zeros under this key
	head -c 512 /dev/zero | openssl enc -aes-256-cbc -nopad -K "$1" -iv 00000000000000000000000000000000
}
hex_of() { od -An -v -tx1 | tr -d ' \n'; }
pad() { printf '%s' "$1$(printf '%0128d' 0)" | cut -c1-64; }
burn() { # options...: plain from the zeros
	rm -f "$tmp/out.img"
	"$XBURNCRYPT" -o "$tmp/out.img" "$@" -unknown-contents -image "$tmp/zero" >"$tmp/summary" 2>"$tmp/err"
}
key_is() { # key-in-hex name
	zero_key "$tmp/out.img" | cmp -s - <(expect "$1")
	tap_ok "$2" || tap_note "$(cat "$tmp/err")"
}
refused() { # status words name options...
	messages=$tmp/err tap_refused "$1" "$2" "$3" burn "${@:4}" </dev/null
	[ ! -e "$tmp/out.img" ]
	tap_ok "$3: nothing is left behind"
}

text='twenty or more letters'
printf '%s\n' "$text" >"$tmp/pass"
printf '%s' "$text" >"$tmp/bytes"
printf '\x00\n\xff' >"$tmp/odd"
head -c 32 /dev/urandom >"$tmp/key32"
head -c 33 /dev/urandom >"$tmp/key33"
: >"$tmp/empty"
chmod 600 "$tmp"/*
hashed=$(printf %s "$text" | sha256sum | cut -d' ' -f1)
raw=$(pad "$(printf %s "$text" | hex_of)")

# the rows of the table, in the hashed style
burn -encstyle new -pass-file "$tmp/pass"; key_is "$hashed" 'new, -pass-file: H(pass), the newline dropped'
burn -encstyle new -pass-fd 5 5<"$tmp/pass"; key_is "$hashed" 'new, -pass-fd: likewise'
burn -encstyle new -pass-fd 0 <"$tmp/pass"; key_is "$hashed" 'new, -pass-fd 0: likewise'
burn -encstyle new -encpass "$text"; key_is "$hashed" 'new, -encpass: H(pass)'
burn -encstyle new -encpass-hex "$(hex_of <"$tmp/odd")"
key_is "$(sha256sum <"$tmp/odd" | cut -d' ' -f1)" 'new, -encpass-hex: H(bytes), all values'
burn -encstyle new -encpass-file "$tmp/pass"
key_is "$(sha256sum <"$tmp/pass" | cut -d' ' -f1)" 'new, -encpass-file: H(bytes), the newline too'
burn -encstyle new -key-file "$tmp/key32"; key_is "$(hex_of <"$tmp/key32")" 'new, -key-file: the key itself'
burn -encstyle new -key-fd 7 7<"$tmp/key32"; key_is "$(hex_of <"$tmp/key32")" 'new, -key-fd: the key itself'
# and in the style that does not hash
burn -encstyle old -pass-file "$tmp/pass"; key_is "$raw" 'old, -pass-file: zero-padded'
burn -encstyle old -encpass-file "$tmp/bytes"; key_is "$raw" 'old, -encpass-file: zero-padded'
burn -encstyle old -encpass-file "$tmp/key32"; key_is "$(hex_of <"$tmp/key32")" 'old, -encpass-file of 32 bytes: the whole key'
burn -encstyle old -encpass-hex 00ff; key_is "$(pad 00ff)" 'old, -encpass-hex: zero-padded'
burn -encstyle old -key-file "$tmp/key32"; key_is "$(hex_of <"$tmp/key32")" 'old, -key-file: the key itself'

# a part of a key file
head -c 100000 /dev/urandom >"$tmp/part"; chmod 600 "$tmp/part"
tail -c +9001 "$tmp/part" | head -c 32 >"$tmp/middle"
burn -encstyle new -key-file "$tmp/part" -keyfile-offset 9000 -keyfile-size 32
key_is "$(hex_of <"$tmp/middle")" 'new, -keyfile-offset and -keyfile-size: that part is the key'
tap_like "$(cat "$tmp/summary")" '--keyfile-offset 9000 --key-file' 'the printed command has the offset'
burn -encstyle new -key-fd 7 -keyfile-offset 9000 -keyfile-size 32 7< <(cat "$tmp/part"); key_is "$(hex_of <"$tmp/middle")" 'from a pipe too'
tail -c 32 "$tmp/part" >"$tmp/end"
burn -encstyle new -key-file "$tmp/part" -keyfile-offset 99968; key_is "$(hex_of <"$tmp/end")" 'new, -keyfile-offset: all from there on'
if command -v cryptsetup >/dev/null; then
	rm -f "$tmp/out.img"
	"$XBURNCRYPT" -o "$tmp/out.img" -pbkdf-weak -pbkdf pbkdf2 -pbkdf-iterations 1000 -key-file "$tmp/part" -keyfile-offset 10 -keyfile-size 20 \
		-image "$tmp/zero" >"$tmp/summary" 2>"$tmp/err"
	command=$(printed_commands "$tmp/summary" | grep cryptsetup)
	tap_like "$command" '--keyfile-offset 10 --keyfile-size 20 ' 'LUKS: the printed command has both'
	eval "${command/open --readonly/open --test-passphrase --disable-locks}" 2>"$tmp/err"
	tap_ok 'and works' || tap_note "$command" "$(cat "$tmp/err")"
	"$XBURNCRYPT" info "$tmp/out.img" -key-file "$tmp/part" -keyfile-offset 10 -keyfile-size 20 >"$tmp/info" 2>&1
	tap_like "$(cat "$tmp/info")" '--keyfile-offset 10 --keyfile-size 20 ' 'and it is read' || tap_note "$(cat "$tmp/info")"
	"$XBURNCRYPT" info "$tmp/out.img" -key-file "$tmp/part" -keyfile-offset 11 -keyfile-size 20 >/dev/null 2>&1
	tap_is $? 3 'not by another part'
	rm -f "$tmp/out.img"
else
	tap_skip 'LUKS: a part of a key file' 'cryptsetup is not installed'
fi
refused 2 'ends before the key begins' 'a part behind the end' -encstyle new -key-file "$tmp/part" -keyfile-offset 100001
refused 2 'has only 31 bytes where the key has 32' 'a part that is too short' -encstyle new -key-file "$tmp/part" -keyfile-offset 99969 -keyfile-size 32
refused 2 'applies only to -key-file' 'a part of a passphrase' -encstyle new -pass-file "$tmp/pass" -keyfile-size 5
refused 2 'keyfile-size: applies only to -key-file' 'a part of what gpg decrypts' -format loopaes -gpg-key "$tmp/part" -keyfile-size 50
refused 2 'keyfile-offset: applies only to -key-file' 'and from an offset' -format luks2 -gpg-key "$tmp/part" -keyfile-offset 5
refused 2 'does not apply to the format loopaes' 'a part for loopaes' -format loopaes -key-file "$tmp/part" -keyfile-size 50

refused 2 'at most 31' 'old, a passphrase of 32 bytes' -encstyle old -encpass 'thirty-two letters are too many!'
refused 2 'key33: .*33 bytes' 'old, 33 bytes of -encpass-file' -encstyle old -encpass-file "$tmp/key33"
refused 2 'key33: .*33' 'new, a key file of 33 bytes' -encstyle new -key-file "$tmp/key33"
refused 2 'bytes: .*22' 'new, a key file of too few bytes' -encstyle new -key-file "$tmp/bytes"
refused 2 'empty' 'an empty -encpass-file' -encstyle new -encpass-file "$tmp/empty"
refused 2 'empty' 'an empty -pass-file' -encstyle new -pass-file "$tmp/empty"
refused 2 'empty' 'an empty -encpass=' -encstyle new -encpass=
refused 2 'only one secret' 'two secrets' -encstyle new -pass-file "$tmp/pass" -key-file "$tmp/key32"
for other in "-pass-file $tmp/pass" '-pass-fd 0' '-encpass=secret' '-encpass-hex 00' "-gpg-key $tmp/key32" -generate "-key-file - -key-file $tmp/key32 -pass-file $tmp/pass"; do
	for name in - /dev/stdin; do
		# shellcheck disable=SC2086
		refused 2 'only one secret' "${other//$tmp\//} and -key-file $name" -format veracrypt $other -key-file $name
	done
done
refused 2 'only one secret' 'two secrets as arguments' -encstyle new -encpass a -encpass-hex 00
refused 2 'hexadecimal' 'an odd number of hex digits' -encstyle new -encpass-hex 123
refused 2 'hexadecimal' 'letters that are no hex digits' -encstyle new -encpass-hex 12xy
refused 2 'is not open' 'a descriptor that is not open' -encstyle new -pass-fd 77
refused 1 'No such file' 'a -pass-file that is not there' -encstyle new -pass-file "$tmp/none"
refused 1 'directory' 'a -key-file that is a directory' -encstyle new -key-file "$tmp"
refused 2 'takes no secret' '-format none with a secret' -format none -pass-file "$tmp/pass"
printf 'one\ntwo\n' >"$tmp/lines"; refused 2 'use -key-file' 'a second line' -encstyle new -pass-file "$tmp/lines"
printf 'one\rtwo\n' >"$tmp/cr"; refused 2 'use -key-file' 'a carriage return' -encstyle new -pass-file "$tmp/cr"
printf '%s\r\n' "$text" >"$tmp/crlf"
refused 2 'ends with a carriage return' 'a line of Windows' -encstyle new -pass-file "$tmp/crlf"
printf '\xef\xbb\xbf%s\n' "$text" >"$tmp/bom"
refused 2 'begins with a byte order mark' 'a byte order mark' -encstyle new -pass-file "$tmp/bom"
refused 2 'begins with a byte order mark' 'a byte order mark in one more' -key-file "$tmp/key32" -add-pass-file "$tmp/bom"
printf '%s\n' "$text" | iconv -t UTF-16 >"$tmp/utf16"
refused 2 'is text in UTF-16' 'UTF-16' -encstyle new -pass-file "$tmp/utf16"
# a disc may have been made with such a file, by its bytes
genisoimage -quiet -o "$tmp/clear.iso" "$tmp/key32" 2>/dev/null
for name in crlf bom; do
	chmod 600 "$tmp/$name"
	rm -f "$tmp/out.img"
	"$XBURNCRYPT" -o "$tmp/out.img" -encstyle new -encpass-hex "$(head -c -1 "$tmp/$name" | hex_of)" -image "$tmp/clear.iso" >/dev/null 2>"$tmp/err"
	"$XBURNCRYPT" list "$tmp/out.img" -encstyle new -pass-file "$tmp/$name" >"$tmp/list" 2>"$tmp/err"
	tap_is "$? $(wc -l <"$tmp/list")" '0 1' "$name: what was made with it is read" || tap_note "$(cat "$tmp/err")"
	tap_like "$(cat "$tmp/err")" "$name: the passphrase (begins with a byte|ends with a carriage)" "$name: with a warning"
done
rm -f "$tmp/out.img"
printf 'a\0b' >"$tmp/nul"; refused 2 'use -key-file' 'a NUL' -encstyle new -pass-file "$tmp/nul"
head -c 513 /dev/zero | tr '\0' x >"$tmp/long"; refused 2 'use -key-file' 'more than 512 bytes' -encstyle new -pass-file "$tmp/long"
head -c 512 /dev/zero | tr '\0' x >"$tmp/long"; chmod 600 "$tmp/long"
burn -encstyle new -pass-file "$tmp/long"; key_is "$(sha256sum <"$tmp/long" | cut -d' ' -f1)" '512 bytes are allowed'

for stdin in '-pass-fd 0' '-key-fd 0' '-pass-file -' '-encpass-file -' '-key-file /dev/stdin' \
	'-pass-file /proc/self/fd/0' '-key-file '"$tmp"'/zero -add-key-file /dev/stdin' '-key-file '"$tmp"'/zero -add-pass-file -'; do
	# shellcheck disable=SC2086
	"$XBURNCRYPT" -o "$tmp/both.img" -encstyle new $stdin - <"$tmp/zero" >/dev/null 2>"$tmp/err"
	tap_is $? 2 "stdin for both source and secret ($stdin): status 2"
done
# by another name of the same pipe, the key would be a part of the image, which the disc would lack
mkfifo "$tmp/pipe"
for two in '-image /dev/stdin -key-file - -keyfile-size 32' '-image /proc/self/fd/0 -key-fd 0 -keyfile-size 32' \
	"-image $tmp/pipe -key-file $tmp/pipe -keyfile-size 32" '-image /dev/fd/7 -key-fd 7 -keyfile-size 32' \
	"$tmp/pass -key-file - -keyfile-size 32 -add-key-file -" "$tmp/pass -key-fd 7 -keyfile-size 32 -add-key-file /dev/fd/7"; do
	cat "$tmp/zero" >"$tmp/pipe" 2>/dev/null &
	format=
	[[ $two = *add* ]] || format="-format plain -cipher aes-xts-plain64 -key-size 256 -unknown-contents"
	# shellcheck disable=SC2086 # lists of words
	cat "$tmp/zero" | "$XBURNCRYPT" -o "$tmp/both.img" $format $two 7< <(cat "$tmp/zero") >/dev/null 2>"$tmp/err"
	tap_is "$? $(grep -cE "can't be (both the image and the secret|two secrets)" "$tmp/err")" '2 1' "one pipe for two ($two): status 2" || tap_note "$(cat "$tmp/err")"
	kill $! 2>/dev/null
	wait $! 2>/dev/null
done
[ ! -e "$tmp/both.img" ]
tap_ok 'stdin for both: nothing is left behind'

printf 'pa\xc3\x9fwort mit Umlaut\n' >"$tmp/utf8"; chmod 600 "$tmp/utf8"
burn -encstyle new -pass-file "$tmp/utf8"
tap_like "$(cat "$tmp/err")" 'not plain ASCII' 'a passphrase that is not ASCII: a warning'
printf 'eleven char\n' >"$tmp/short"; printf 'ababababababababababab\n' >"$tmp/same"; chmod 600 "$tmp/short" "$tmp/same"
burn -encstyle new -pass-file "$tmp/short"
tap_like "$(cat "$tmp/err")" 'is weak: it has only 11 characters' 'a short passphrase: a warning'
burn -encstyle new -pass-file "$tmp/same"
tap_like "$(cat "$tmp/err")" 'is weak: it has only 2 different characters' 'few different characters: a warning'
burn -encstyle new -pass-file "$tmp/pass"
tap_is "$(grep -c weak "$tmp/err")" 0 'a good passphrase: none'
chmod 644 "$tmp/pass"; burn -encstyle new -pass-file "$tmp/pass"
tap_like "$(cat "$tmp/err")" 'other users can read' 'a secret file that others can read: a warning'
burn -encstyle new -encpass "$text"
tap_like "$(cat "$tmp/err")" 'process list' 'a secret as an argument: a warning'
! grep -rq "$text" "$tmp/err" "$tmp/summary"
tap_ok 'a secret is in no message'

# argv is overwritten while the program runs
mkfifo "$tmp/slow"
"$XBURNCRYPT" -o /dev/null -encstyle new -encpass "$text" - <"$tmp/slow" >/dev/null 2>&1 &
pid=$!
exec 9>"$tmp/slow"
wait_until grep -qs xxxxx "/proc/$pid/cmdline"
! tr '\0' '\n' <"/proc/$pid/cmdline" | grep -q "$text" && tr '\0' '\n' <"/proc/$pid/cmdline" | grep -q xxxxx
tap_ok 'the argument is overwritten in the process list'
exec 9>&-
wait "$pid"

# no terminal at all, and none of the options: status 2
setsid "$XBURNCRYPT" -o "$tmp/out2.img" "$tmp/zero" </dev/null >/dev/null 2>"$tmp/err"
tap_is $? 2 'no terminal to ask on: status 2'
tap_like "$(cat "$tmp/err")" 'no terminal' 'no terminal to ask on: says so'

# descriptors and pipes
"$XBURNCRYPT" -o "$tmp/fd.img" -encstyle new -pass-fd 7 -unknown-contents -image "$tmp/zero" 7>"$tmp/sink" >/dev/null 2>"$tmp/err"
tap_is "$? $(grep -c 'descriptor 7 is open for writing' "$tmp/err")" '2 1' 'a descriptor that is not to be read: status 2'
head -c 60000 /dev/urandom >"$tmp/long"
chmod 600 "$tmp/long"
for way in "-key-file $tmp/long" '-key-file /dev/fd/8' '-key-fd 8'; do
	# shellcheck disable=SC2086
	"$XBURNCRYPT" -o "$tmp/fd.img" -force -quiet -format luks2 -pbkdf-weak -pbkdf pbkdf2 -pbkdf-iterations 1000 $way -unknown-contents -image "$tmp/zero" \
		8< <(cat "$tmp/long") >/dev/null 2>"$tmp/err" && cryptsetup open --test-passphrase --key-file "$tmp/long" "$tmp/fd.img" 2>/dev/null
	tap_ok "60000 bytes: ${way/$tmp/}" || tap_note "$(cat "$tmp/err")"
done

# one more from stdin; one that is too long
for kind in pass key; do
	"$XBURNCRYPT" -o "$tmp/fd.img" -force -quiet -format luks2 -pbkdf-weak -pbkdf pbkdf2 -pbkdf-iterations 1000 -key-file "$tmp/long" \
		-add-$kind-file - -unknown-contents -image "$tmp/zero" <<<'another one' >/dev/null 2>"$tmp/err"
	printf 'another one%s' "$([ $kind = key ] && echo x)" | tr x '\n' >"$tmp/added"
	cryptsetup open --test-passphrase --key-file "$tmp/added" "$tmp/fd.img" 2>/dev/null
	tap_ok "-add-$kind-file -: stdin" || tap_note "$(cat "$tmp/err")"
done
"$XBURNCRYPT" -o "$tmp/fd.img" -force -pass-file "$tmp/long" -unknown-contents -image "$tmp/zero" >/dev/null 2>"$tmp/err"
tap_is "$? $(grep -c 'the passphrase is longer than 512 bytes' "$tmp/err")" '2 1' 'a passphrase that is too long: status 2'

# gpg waits for somebody, and a signal ends it
mkdir "$tmp/bin"
printf '#!/bin/sh\n: >"%s/asks"\nexec sleep 600\n' "$tmp" >"$tmp/bin/gpg"
chmod +x "$tmp/bin/gpg"
: >"$tmp/key.gpg"
PATH=$tmp/bin:$PATH env --default-signal=TERM "$XBURNCRYPT" -o "$tmp/gpg.img" -format loopaes -gpg-key "$tmp/key.gpg" -unknown-contents -image "$tmp/zero" \
	>/dev/null 2>"$tmp/err" &
pid=$!
wait_until [ -e "$tmp/asks" ]
gpg=$(pgrep -P $pid)
kill -TERM $pid
wait $pid
tap_is "$? $(grep -c 'interrupted by SIGTERM' "$tmp/err")" '143 1' 'SIGTERM while gpg waits ends it'
[ -n "$gpg" ] && ! kill -0 "$gpg" 2>/dev/null
tap_ok 'and gpg'

# the prompt on a terminal (script(1) makes one)
if command -v script >/dev/null; then
	ask() { # passphrase, and again: the transcript goes to $tmp/tty
		rm -f "$tmp/ask.img"
		on_terminal "$tmp/tty" "stty -a >$tmp/stty1 2>&1; '$XBURNCRYPT' -o '$tmp/ask.img' -encstyle new -unknown-contents -image '$tmp/zero'; echo status=\$?; stty -a >$tmp/stty2 2>&1" \
			Passphrase "$1"$'\n' '[Aa]gain|[Rr]epeat' "$2"$'\n'
	}
	ask "$text" "$text"
	zero_key "$tmp/ask.img" 2>/dev/null | cmp -s - <(expect "$hashed")
	tap_ok 'the prompt: typed twice, it is the passphrase' || tap_note "$(cat "$tmp/tty")"
	! grep -q "$text" "$tmp/tty"
	tap_ok 'the prompt: what is typed is not shown' || tap_note "$(cat "$tmp/tty")"
	cmp -s "$tmp/stty1" "$tmp/stty2"
	tap_ok 'the prompt: the terminal is as it was'
	ask "$text" 'something else'
	grep -q 'status=2' "$tmp/tty" && grep -q 'differ' "$tmp/tty" && [ ! -e "$tmp/ask.img" ]
	tap_ok 'the prompt: two that differ are refused' || tap_note "$(cat "$tmp/tty")"
	on_terminal "$tmp/tty" "trap : INT; env --default-signal=INT '$XBURNCRYPT' -o '$tmp/ask.img' -encstyle new -unknown-contents -image '$tmp/zero'; stty -a >$tmp/stty2 2>&1" \
		Passphrase $'\003'
	grep -qw -- '-echo' "$tmp/stty2"
	[ $? = 1 ]
	tap_ok 'the prompt: Ctrl-C leaves the echo on'
	on_terminal "$tmp/tty" "trap : INT QUIT; env --default-signal=INT,QUIT '$XBURNCRYPT' -o '$tmp/ask.img' -encstyle new -unknown-contents -image '$tmp/zero'; stty -a >$tmp/stty2 2>&1" \
		Passphrase $'\034'
	grep -qw -- '-echo' "$tmp/stty2"
	[ $? = 1 ]
	tap_ok 'the prompt: Ctrl-\\ too'
	# stopped by Ctrl-Z in the middle, and continued by the shell
	shown() { # text times
		[ "$(grep -ao "$1" "$tmp/tty" | wc -l)" -ge "$2" ]
	}
	rm -f "$tmp/ask.img" "$tmp/tty"
	cat >"$tmp/job.sh" <<-END
		set -m
		'$XBURNCRYPT' -o '$tmp/ask.img' -encstyle new -unknown-contents -image '$tmp/zero'
		stty -a >$tmp/stty2 2>&1
		fg
	END
	{
		wait_until shown Passphrase 1 && printf 'half\032'
		wait_until shown Passphrase 2 && printf '%s\n' "$text"
		wait_until shown Repeat 1 && printf '%s\n' "$text"
	} | timeout "$patience" script -qec "env --default-signal=TSTP bash '$tmp/job.sh'" /dev/null >"$tmp/tty" 2>&1
	grep -qw echo "$tmp/stty2" && ! grep -qw -- -echo "$tmp/stty2"
	tap_ok 'the prompt: while Ctrl-Z has stopped it, the echo is on' || tap_note "$(cat "$tmp/stty2")"
	zero_key "$tmp/ask.img" 2>/dev/null | cmp -s - <(expect "$hashed")
	tap_ok 'the prompt: continued, it asks again' || tap_note "$(cat "$tmp/tty")"
	! grep -q "$text" "$tmp/tty"
	tap_ok 'the prompt: and shows nothing that is typed then' || tap_note "$(cat "$tmp/tty")"
	tap_is "$(grep -ac 'whoever loses the passphrase loses the disc' "$tmp/tty")" 1 'the prompt: what a passphrase is worth is said once'

	# three tries, for what is typed
	"$XBURNCRYPT" -o "$tmp/luks.img" -force -quiet -pbkdf-weak -pbkdf pbkdf2 -pbkdf-iterations 1000 -pass-file "$tmp/pass" \
		-image "$tmp/clear.iso" >/dev/null 2>&1
	tries() { # options text...: on the terminal, where each text is typed at a prompt
		local options=$1 n=0 typed
		shift
		rm -f "$tmp/tty"
		for typed; do
			n=$((n + 1))
			wait_until shown Passphrase $n && printf '%s\n' "$typed"
		done | timeout "$patience" script -qec "'$XBURNCRYPT' list $options; echo status=\$?" /dev/null >"$tmp/tty" 2>&1
	}
	tries "$tmp/luks.img" wrong 'still wrong' "$text"
	tap_is "$(grep -ao 'status=.' "$tmp/tty") $(grep -ac 'try again' "$tmp/tty") $(grep -aci 'key32' "$tmp/tty")" 'status=0 2 1' \
		'a wrong passphrase is asked for again, twice' || tap_note "$(cat "$tmp/tty")"
	tries "$tmp/luks.img" wrong 'still wrong' 'once more'
	tap_is "$(grep -ao 'status=.' "$tmp/tty") $(grep -ac 'try again' "$tmp/tty")" 'status=3 2' 'but not a third time' ||
		tap_note "$(cat "$tmp/tty")"
	"$XBURNCRYPT" -o "$tmp/out.img" -force -encstyle new -pass-file "$tmp/pass" -image "$tmp/clear.iso" >/dev/null 2>&1
	tries "$tmp/out.img -encstyle new" wrong "$text"
	tap_is "$(grep -ao 'status=.' "$tmp/tty") $(grep -ac 'try again' "$tmp/tty")" 'status=0 1' \
		'also for a format that is named, whose first try is before the sandbox' || tap_note "$(cat "$tmp/tty")"
	tries "$tmp/out.img -format luks2" wrong
	tap_is "$(grep -ao 'status=.' "$tmp/tty") $(grep -ac 'try again' "$tmp/tty")" 'status=3 0' \
		'but not where the passphrase is not what is wrong' || tap_note "$(cat "$tmp/tty")"
else
	tap_skip 'the prompt' 'script(1) is not installed'
fi
tap_done
