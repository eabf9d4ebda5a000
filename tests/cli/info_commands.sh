#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# With the same secret, info prints the very commands that were printed when the image was made (which
# other tests run).
. "$top_srcdir/tests/lib/tap.sh"
. "$top_srcdir/tests/e2e/lib.sh"

mkdir "$tmp/dir"
echo data >"$tmp/dir/file"
cd "$tmp" || exit
umask 077
printf 'at most 31, at least 20\n' >pass
printf 'twenty-four bytes here\n\n' >bytes
head -c 32 /dev/urandom >key32
head -c 500 /dev/urandom >keys
for _ in $(seq 65); do head -c 45 /dev/urandom | base64 -w 0 && echo; done >v3

same() { # name "what only burning takes" options...
	local name=$1 burn_only=$2 input=/dev/null
	shift 2
	[[ " $* " != *" -key-fd 0 "* ]] || input=key32
	[[ " $* " != *" -pass-fd 0 "* ]] || input=pass
	rm -f img
	# shellcheck disable=SC2086
	"$XBURNCRYPT" -o img $burn_only "$@" dir >summary 2>err <$input &&
		"$XBURNCRYPT" info "$@" img >told 2>>err <$input
	tap_ok "$name: made, and looked at" || tap_note "$(cat err)"
	printed_commands summary >made
	[ -s made ]
	tap_ok "$name: commands are printed"
	tap_is "$(printed_commands told)" "$(cat made)" "$name: the same by info"
	local wanted=0
	[[ " $* " != *" -encpass-hex "* ]] || wanted=2
	tap_is "$(cat summary told | grep -c "^open it with (the secret's hexadecimal digits go to standard input; Ctrl-D ends them):\$")" \
		$wanted "$name: where digits are to be typed, that is said"
}
weak='-pbkdf-weak -pbkdf pbkdf2 -pbkdf-iterations 1000'
for secret in '-pass-file pass' '-encpass-file bytes' '-key-file keys' '-encpass-hex 00ff0d0a0102030405060708090a0b0c0d0e0f10' '-pass-fd 0' '-key-fd 0'; do
	# shellcheck disable=SC2086
	{
		same "luks2 $secret" "$weak" $secret
		same "veracrypt $secret" '' -format veracrypt -pim 1 $secret
	}
done
same 'luks1 -key-file' "$weak -format luks1" -key-file keys
for secret in '-pass-file pass' '-key-file key32' '-key-fd 0' '-pass-fd 0' '-encpass-hex 00ff0d'; do
	# shellcheck disable=SC2086
	{
		same "new $secret" '' -encstyle new $secret
		same "old $secret" '' -encstyle old $secret
	}
done
same 'plain xts' '' -format plain -cipher aes-xts-plain64 -key-size 256 -sector-size 2048 -key-file key32
for secret in '-pass-file pass' '-key-file v3' '-pass-fd 0' '-encpass-hex 4142434445464748494a4b4c4d4e4f5051525354550a'; do
	# shellcheck disable=SC2086
	same "loopaes $secret" '' -format loopaes $secret
done
same 'loopaes, iterated' '' -format loopaes -iterations 1 -pass-file pass
"$XBURNCRYPT" -o clear -format none dir >summary 2>/dev/null
"$XBURNCRYPT" info clear >told
tap_is "$(printed_commands told)" "$(printed_commands summary)" 'none: the same by info'
# sudo where root is needed; a pipe as a whole, so that sudo neither closes what it reads nor reads what it is fed
sudo_line() { "$XBURNCRYPT" -o img -force "$@" dir 2>err | sed -n 's/^    \(sudo .*cryptsetup\) .*/\1/p'; }
tap_is "$(sudo_line -encstyle new -pass-file pass)" 'sudo cryptsetup' 'sudo cryptsetup'
tap_is "$(sudo_line -encstyle new -encpass-hex 00ff0d)" "sudo sh -c 'xxd -r -p | cryptsetup" 'a pipe: all of it'
tap_is "$("$XBURNCRYPT" info -json clear | jq -c .commands)" '["mount -o ro clear /mnt"]' 'JSON: for a program that is root'

# what needs no root, with the options that it takes; info prints the same
has_fuse=$([ -r /dev/fuse ] && command -v fusermount3)
[ "$has_fuse" ] || tap_skip 'the printed line mounts the disc' 'no /dev/fuse, or fusermount3 is not installed'
leave() { [ ! "$has_fuse" ] || fusermount3 -q -u -z "$tmp/mnt"; }
trap 'leave; rm -rf "$tmp"' EXIT
own_commands() { sed -n '/^or without root/,$s/^    //p' "$1"; }
reads_back() { # name options-that-are-printed options...
	local name=$1 printed=$2
	shift 2
	"$XBURNCRYPT" -o img -force "$@" dir 2>err >summary
	own_commands summary >own
	tap_is "$(cat own)" "$(printf '%s\n' "xburncrypt list$printed img" "xburncrypt extract -to copy$printed img" \
		"mkdir -p mnt && xburncrypt mount$printed img mnt")" "$name: the commands without root" || tap_note "$(cat err)"
	# shellcheck disable=SC2086
	"$XBURNCRYPT" info$printed img >told 2>err
	tap_is "$(own_commands told)" "$(cat own)" "$name: the same by info" || tap_note "$(cat err)"
	[ "$has_fuse" ] || sed -i '/ mount /d' own
	rm -rf copy
	(
		xburncrypt() { timeout "$patience" "$XBURNCRYPT" "$@"; }
		. ./own
	) >log 2>&1 && diff -r dir copy >>log
	tap_ok "$name: they read the disc" || tap_note "$(cat log)"
	[ "$has_fuse" ] || return
	diff -r dir mnt >>log && "$XBURNCRYPT" unmount mnt 2>>log
	tap_ok "$name: the printed line mounts the disc" || tap_note "$(cat log)"
	leave
}
# shellcheck disable=SC2086
reads_back 'luks2' ' -pass-file pass' $weak -pass-file pass -cipher aes-xts-plain64 -key-size 512 -label x -progress plain
# shellcheck disable=SC2086
reads_back 'luks2 in a file' ' -as-file vault.luks -pass-file pass' $weak -as-file vault.luks -pass-file pass
# shellcheck disable=SC2086
reads_back 'a part of a key file' ' -key-file keys -keyfile-offset 10 -keyfile-size 20' $weak -key-file keys -keyfile-offset 10 -keyfile-size 20
reads_back 'new' ' -encstyle new -key-file key32' -encstyle new -key-file key32
reads_back 'plain' ' -format plain -cipher aes-xts-plain64 -key-size 256 -sector-size 2048 -key-file key32' \
	-format plain -cipher aes-xts-plain64 -key-size 256 -sector-size 2048 -key-file key32
reads_back 'loopaes' ' -format loopaes -key-file v3' -format loopaes -key-file v3
reads_back 'veracrypt' ' -format veracrypt -pim 1 -pass-file pass' -format veracrypt -pim 1 -pass-file pass
reads_back 'none' '' -format none
# shellcheck disable=SC2086
reads_back 'a detached header' ' -header detached -pass-file pass' $weak -header detached -pass-file pass
# a volume that begins behind others' data, a costly key derivation, one of the formats that are tried
"$XBURNCRYPT" -o img -force -encstyle new -pass-file pass dir >/dev/null 2>err
{ head -c 5120 /dev/zero && cat img; } >behind
"$XBURNCRYPT" info -encstyle new -offset 10 -pass-file pass -max-memory 100m behind >told
tap_is "$(own_commands told | tail -n 1)" 'mkdir -p mnt && xburncrypt mount -encstyle new -offset 10 -pass-file pass -max-memory 100m behind mnt' 'info: an offset'
"$XBURNCRYPT" info -guess -pass-file pass img 2>err >told
tap_is "$(own_commands told | head -n 1)" 'xburncrypt list -guess -pass-file pass img' 'info: a format that was guessed'
# shellcheck disable=SC2086
"$XBURNCRYPT" -o img -force $weak -pass-file pass dir >/dev/null 2>err
"$XBURNCRYPT" info -allow-costly-kdf img >told
tap_is "$(own_commands told | head -n 1)" 'xburncrypt list -allow-costly-kdf img' 'info: without a secret, what the format does not say'
head -c 4000 /dev/zero >zeros
"$XBURNCRYPT" -o img -force -format none -image zeros -unknown-contents >/dev/null 2>err
"$XBURNCRYPT" info img >told
tap_is "$(own_commands told)" '' 'info: nothing reads what is neither encrypted nor files'
tap_like "$("$XBURNCRYPT" -o img -force -encstyle new -encpass-hex 00ff0d dir 2>err)" '^    xburncrypt list -encstyle new -encpass-hex HEX img$' \
	'no secret is printed'
head -c 5000 /dev/urandom >noise
"$XBURNCRYPT" -o img -force -encstyle new -pass-file pass -unknown-contents -image noise >summary 2>err
tap_like "$(cat summary)" '^    xburncrypt decrypt -o copy -encstyle new -pass-file pass -unknown-contents img$' \
	'no file system: decrypt'

# shellcheck disable=SC2086
"$XBURNCRYPT" -o img -force $weak -header head -pass-file pass -unknown-contents -image noise >summary 2>err
tap_like "$(cat summary)" '^    xburncrypt decrypt -o copy -header head -pass-file pass -unknown-contents img$' \
	'a detached header: unknown contents are to be named again'
"$XBURNCRYPT" decrypt -o opened -force -header head -pass-file pass -unknown-contents img >log 2>&1 && cmp -n 5000 opened noise
tap_ok 'and it is read' || tap_note "$(cat log)"

# Joliet: only where names are lost, and once the secret is there
ln -s nowhere dir/link
"$XBURNCRYPT" -o img -force -format none dir >summary 2>err
tap_is "$(grep -c Joliet err)" 0 'links that Joliet lacks are no news'
touch "dir/a:b"
on_terminal terminal "'$XBURNCRYPT' -o img -force -encstyle new dir" 'Passphrase' $'a passphrase of some length\n' 'again|Repeat' $'a passphrase of some length\n'
tap_is "$(grep -oE 'Passphrase|Joliet' terminal | tail -n 1)" Joliet 'names that Joliet shortens are told behind the prompt' || tap_note "$(cat terminal)"
rm -f dir/link "dir/a:b"

# strangers' bytes are parsed in the sandbox, without a secret too (luks2's by libcryptsetup)
# shellcheck disable=SC2086
"$XBURNCRYPT" -o luks2 $weak -pass-file pass dir >/dev/null 2>&1
for image in clear luks2; do
	tap_is "$(filter_of info $image)" "$(filter_of list $image -pass-file pass)" "info $image: in the sandbox, as list is"
done
printf abc >short
for verb in info list; do
	"$XBURNCRYPT" $verb short >summary 2>err
	tap_is "$? $(grep -c 'short: is too short for a disc, an image or a header' err)" '3 1' "$verb: three bytes are no image"
done
# no whole number of blocks
{ cat clear; printf abc; } >longer
n=$(stat -c %s longer)
tap_like "$("$XBURNCRYPT" info longer | tr -d ,)" "^image: longer $n bytes" 'an image that ends within a block: its exact size'
tap_is "$("$XBURNCRYPT" info -json longer | jq .readable_bytes)" "$n" 'and in JSON'
# names that a terminal, or JSON, can't have as they are
odd=$'a\'\n\033\\b.img'
cp clear "$odd"
eval "set -- $("$XBURNCRYPT" info "$odd" | sed -n 's/^    sudo //p')"
tap_is "$#-$4" "5-$odd" 'a name with control characters: one line, which a shell reads back'
tap_is "$("$XBURNCRYPT" info -json "$odd" | jq -r '.commands | length')" 1 'and JSON has it'
odd=$'a\377.img'
cp clear "$odd"
tap_is "$("$XBURNCRYPT" info -json "$odd" | jq -r '.path_hex' | xxd -r -p)" "$odd" \
	'a name that is no UTF-8: in hexadecimal digits, under another key'
eval "set -- $("$XBURNCRYPT" info -json "$odd" | jq -r '.commands[0]')"
tap_is "$#-$4" "5-$odd" 'its command is text, which a shell reads back'
tap_done
