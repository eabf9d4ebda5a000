#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What a disc is, and the way back to its payload: every format, found and named; wrong keys; what
# can't be read; the sandbox.
. "$top_srcdir/tests/lib/tap.sh" || exit
. "$top_srcdir/tests/e2e/lib.sh"

mkdir "$tmp/dir"
echo data >"$tmp/dir/file"
head -c 3000000 /dev/urandom >"$tmp/dir/random"
printf '%s\n' "$passphrase" >"$tmp/pass"
echo 'another passphrase altogether' >"$tmp/wrong"
head -c 32 /dev/urandom >"$tmp/key32"
head -c 64 /dev/urandom >"$tmp/key64"
chmod 600 "$tmp"/pass "$tmp/wrong" "$tmp"/key*
"$XBURNCRYPT" keyfile -v3 "$tmp/v3" >/dev/null
head -n 64 "$tmp/v3" >"$tmp/v2" && chmod 600 "$tmp/v2"
plain=$tmp/plain.iso
"$XBURNCRYPT" -quiet -o "$plain" -format none "$tmp/dir" 2>/dev/null
tap_ok 'an image in the clear'
size=$(stat -c %s "$plain")

make() { # name options: the image in a format
	rm -f "$tmp/$1.img"
	"$XBURNCRYPT" -quiet -o "$tmp/$1.img" "${@:2}" -size "$size" - <"$plain" >"$tmp/log" 2>&1
	tap_ok "made: $1" || tap_note "$(cat "$tmp/log")"
}
decrypt() { # image options; the status
	rm -f "$tmp/out"
	"$XBURNCRYPT" decrypt "$tmp/$1.img" -o "$tmp/out" "${@:2}" >"$tmp/stdout" 2>"$tmp/stderr" </dev/null
}
gives_back() { # image options
	decrypt "$@" && cmp "$tmp/out" "$plain" >>"$tmp/stderr" 2>&1
	tap_ok "decrypted: ${*//"$tmp"/.}" || tap_note "$(cat "$tmp/stderr")"
}
refuses() { # status text image options
	decrypt "${@:3}"
	tap_is $? "$1" "status $1: ${*:3}"
	tap_like "$(cat "$tmp/stderr")" "$2" "and says why: $2"
	tap_like "$(cat "$tmp/stderr")" '^hint: [a-z]' 'and what may help'
	[ ! -e "$tmp/out" ]
	tap_ok 'and makes nothing'
}
pass=(-pass-file "$tmp/pass")
xts=(-format plain -cipher aes-xts-plain64 -key-size 512 -hash sha512)

make luks2 "${pass[@]}" "${cheap[@]}"
make luks1 -format luks1 "${pass[@]}" -pbkdf-weak -pbkdf-iterations 1000
make header "${pass[@]}" "${cheap[@]}" -header "$tmp/header"
make new -encstyle new "${pass[@]}"
make old -encstyle old "${pass[@]}"
make xts2048 "${xts[@]}" -sector-size 2048 "${pass[@]}"
make large "${xts[@]}" -sector-size 1024 -iv-large-sectors "${pass[@]}"
make key -format plain -cipher aes-cbc-essiv:sha256 -key-size 256 -key-file "$tmp/key32"
make loop -format loopaes "${pass[@]}"
make loop2 -format loopaes -key-size 128 -key-file "$tmp/v2"
make loop3 -format loopaes -key-file "$tmp/v3"
make veracrypt -format veracrypt -pim 1 "${pass[@]}"
cp "$plain" "$tmp/none.img"
# one copy of the header is enough, but its loss is told
for at in 2 1500 5000 16386 20000; do
	cp "$tmp/luks2.img" "$tmp/hurt.img"
	printf '\377\377\377' | dd of="$tmp/hurt.img" bs=1 seek=$at conv=notrunc status=none
	decrypt hurt "${pass[@]}"
	tap_is "$? $(grep -c 'one of the two copies of the LUKS2 header is damaged' "$tmp/stderr")" '0 1' \
		"a header damaged at byte $at: it opens, and that is told"
	cmp -s "$tmp/out" "$plain"
	tap_ok 'and nothing is lost'
done
# what is cut comes out as far as it goes, and is no success
for name in none new luks2 luks1 veracrypt; do
	options=("${pass[@]}")
	case $name in
	none) options=() ;;
	new) options+=(-encstyle new) ;;
	veracrypt) options+=(-pim 1) ;;
	esac
	head -c $(($(stat -c %s "$tmp/$name.img") - 500000)) "$tmp/$name.img" >"$tmp/cut.img"
	decrypt cut "${options[@]}"
	tap_is "$? $(grep -c 'is truncated: the last [0-9]* of [0-9]* blocks are missing' "$tmp/stderr")" '5 1' "cut: $name"
	cmp -s -n "$(stat -c %s "$tmp/out")" "$tmp/out" "$plain" && [ "$(stat -c %s "$tmp/out")" -gt 2000000 ]
	tap_ok 'and what is there is right'
done

gives_back luks2 "${pass[@]}"
tap_like "$(cat "$tmp/stdout")" 'an ISO 9660 file system' 'it is told what was found'
gives_back luks2 -format luks2 "${pass[@]}"
gives_back luks1 "${pass[@]}"
gives_back header "${pass[@]}" -header "$tmp/header"
gives_back new -encstyle new "${pass[@]}"
gives_back new -cipher aes-cbc-plain -key-size 256 -hash sha256 "${pass[@]}"
gives_back xts2048 "${xts[@]}" -sector-size 2048 "${pass[@]}"
gives_back loop3 -format loopaes -key-file "$tmp/v3"
gives_back veracrypt -pim 1 "${pass[@]}"
gives_back none
gives_back none "${pass[@]}"
tap_like "$(cat "$tmp/stderr")" 'not encrypted' 'a secret that is not needed is told'
for image in new old xts2048 large loop; do
	gives_back $image -guess "${pass[@]}"
	tap_like "$(cat "$tmp/stderr")" 'the format is: -format' 'guessed: the options are told'
	# they have to be the right ones
	read -ra told < <(sed -n 's/.*the format is: //p' "$tmp/stderr")
	gives_back $image "${told[@]}" "${pass[@]}"
done
gives_back key -guess -key-file "$tmp/key32"
gives_back loop2 -guess -key-file "$tmp/v2"
gives_back loop3 -guess -key-file "$tmp/v3"

refuses 3 'no key slot opens' luks2 -pass-file "$tmp/wrong"
refuses 3 'gives nothing recognisable' new -encstyle new -pass-file "$tmp/wrong"
refuses 3 'gives nothing recognisable' new -encstyle old "${pass[@]}"
refuses 3 'gives nothing recognisable' xts2048 "${xts[@]}" "${pass[@]}"
refuses 3 'gives nothing recognisable' xts2048 "${xts[@]}" -sector-size 1024 "${pass[@]}"
refuses 3 'format not recognised' new "${pass[@]}" # and VeraCrypt was tried
refuses 3 'any of the common formats' new -guess -key-file "$tmp/key64"
refuses 3 'is no VeraCrypt volume|wrong|does not' veracrypt -pim 1 -pass-file "$tmp/wrong"
decrypt luks2 -guess -encstyle new "${pass[@]}"
tap_is $? 2 '-guess beside a named format: status 2'
for option in '-pim 1' '-skip 0' '-iterations 1' '-cipher aes-cbc-plain'; do
	# shellcheck disable=SC2086
	refuses 2 "^xburncrypt: ${option% *}: means the format .* nothing to guess" new -guess $option "${pass[@]}"
done
# what can be said without the secret, which nobody is asked for here, comes first
refuses 2 '-cipher: required by the format plain' new -format plain
refuses 2 '-pim: does not apply' new -format luks2 -pim 1
decrypt luks2
tap_is $? 2 'no secret and no terminal: status 2'

# every file but those that can be read at any place is refused in clear words
mkfifo "$tmp/fifo.img"
mkdir "$tmp/folder.img"
for kind in fifo folder; do
	timeout "$patience" "$XBURNCRYPT" decrypt "$tmp/$kind.img" -o "$tmp/out" "${pass[@]}" 2>"$tmp/stderr"
	tap_is $? 2 "a $kind: status 2"
	"$XBURNCRYPT" info "$tmp/$kind.img" >/dev/null 2>"$tmp/stderr"
	tap_is $? 2 "info of a $kind: status 2"
done
for verb in 'decrypt -o -' info; do
	# shellcheck disable=SC2086 # words
	"$XBURNCRYPT" $verb /dev/xburncrypt-missing >/dev/null 2>"$tmp/stderr"
	tap_is $? 4 "${verb%% *} of a drive that isn't there: status 4"
	tap_like "$(cat "$tmp/stderr")" 'no such drive' 'and says so'
done

# with the key, info looks inside
"$XBURNCRYPT" info "$tmp/luks2.img" "${pass[@]}" >"$tmp/stdout" 2>"$tmp/stderr"
tap_is $? 0 'info with a secret' || tap_note "$(cat "$tmp/stderr")"
tap_like "$(cat "$tmp/stdout")" 'inside: an ISO 9660 file system' 'tells what is inside'
"$XBURNCRYPT" info -json -guess "$tmp/xts2048.img" "${pass[@]}" >"$tmp/stdout" 2>"$tmp/stderr"
tap_like "$(cat "$tmp/stdout")" '"format":"plain".*"inside":"an ISO 9660 file system"' 'as JSON, guessed'
"$XBURNCRYPT" info "$tmp/luks2.img" -pass-file "$tmp/wrong" >/dev/null 2>&1
tap_is $? 3 'info with a wrong secret: status 3'

# to stdout, and what is there already
"$XBURNCRYPT" decrypt "$tmp/luks2.img" -o - "${pass[@]}" 2>"$tmp/stderr" | cmp - "$plain"
tap_ok 'to stdout'
echo mine >"$tmp/mine"
"$XBURNCRYPT" decrypt "$tmp/luks2.img" -o "$tmp/mine" "${pass[@]}" 2>/dev/null
tap_is "$?$(cat "$tmp/mine")" 2mine 'a file that is there is left alone'
"$XBURNCRYPT" decrypt "$tmp/luks2.img" -o "$tmp/mine" -force "${pass[@]}" >/dev/null 2>&1 && cmp "$tmp/mine" "$plain"
tap_ok 'and replaced with -force'

# cut off in the middle: the end can't be there
head -c $((size / 2)) "$tmp/luks2.img" >"$tmp/cut.img"
decrypt cut "${pass[@]}"
tap_is $? 5 'a cut image: what is there'
tap_like "$(cat "$tmp/stderr")" 'the payload is truncated' 'and a warning'

# a passphrase that is typed: asked for in the sandbox, once, as it turns out that one is needed
type_it() { # passphrase; the status in $status
	rm -f "$tmp/out"
	on_terminal "$tmp/tty" "'$XBURNCRYPT' decrypt '$tmp/luks2.img' -o '$tmp/out'" Passphrase "$1"$'\n'
	status=$?
}
if command -v script >/dev/null; then
	type_it "$passphrase"
	tap_is "$status" 0 'a typed passphrase' || tap_note "$(cat "$tmp/tty")"
	cmp -s "$tmp/out" "$plain"
	tap_ok 'a typed passphrase: decrypted'
	tap_is "$(grep -c 'Passphrase' "$tmp/tty")" 1 'it is asked for once'
	on_terminal "$tmp/tty" "'$XBURNCRYPT' decrypt '$tmp/none.img' -o '$tmp/out' -force"
	tap_is "$(grep -c 'Passphrase' "$tmp/tty")" 0 'for a clear image none is asked'
else
	tap_skip 'a typed passphrase' 'script is not installed'
fi

# a header that asks for hours: 2^32-1 rounds in the first slot of a LUKS1 header, which has no checksum
cp "$tmp/luks1.img" "$tmp/costly.img"
printf '\377\377\377\377' | dd of="$tmp/costly.img" bs=1 seek=212 conv=notrunc status=none
(ulimit -t 60 && decrypt costly "${pass[@]}") # seconds of the processor
tap_is $? 1 'a costly header: status 1, and it costs nothing'
tap_like "$(cat "$tmp/stderr")" '4294967295 rounds' 'it tells the number'
tap_like "$(cat "$tmp/stderr")" '-allow-costly-kdf' 'and what lets it pass'
(ulimit -t 2 && decrypt costly -allow-costly-kdf "${pass[@]}")
tap_is $? 137 '-allow-costly-kdf tries, until its limit ends it'

# a link that leads to nothing yet: into another directory, which the sandbox lets be written
mkdir "$tmp/here" "$tmp/there"
ln -s ../there/made "$tmp/here/leads"
"$XBURNCRYPT" decrypt "$tmp/luks2.img" -o "$tmp/here/leads" "${pass[@]}" >/dev/null 2>"$tmp/stderr" && cmp "$tmp/there/made" "$plain"
tap_ok 'a link to what is not there yet: its target is made' || tap_note "$(cat "$tmp/stderr")"

# what is read is never the output
printf '%s\n' "$passphrase" >"$tmp/pass2"
chmod 600 "$tmp/pass2"
cp "$tmp/luks2.img" "$tmp/before.img"
for output in luks2.img pass2; do
	"$XBURNCRYPT" decrypt "$tmp/luks2.img" -o "$tmp/$output" -force -pass-file "$tmp/pass2" >/dev/null 2>"$tmp/stderr"
	tap_is "$? $(grep -c "$output: is also the output" "$tmp/stderr")" '2 1' "$output as the output: status 2"
done
cmp -s "$tmp/luks2.img" "$tmp/before.img" && [ "$(cat "$tmp/pass2")" = "$passphrase" ]
tap_ok 'they are as they were'

# the sandbox is on while it reads, and an interrupted one leaves nothing
mkfifo "$tmp/slow"
"$XBURNCRYPT" decrypt "$tmp/luks2.img" -o "$tmp/slow" "${pass[@]}" >/dev/null 2>"$tmp/stderr" &
pid=$!
exec 3<"$tmp/slow"
head -c 4096 <&3 >/dev/null
tap_is "$(awk '/^(Seccomp|NoNewPrivs):/ { printf "%s", $2 }' "/proc/$pid/status")" 12 \
	'the sandbox is on while a disc is read'
kill -TERM $pid
wait $pid
tap_is $? 143 'SIGTERM is raised again'
tap_like "$(cat "$tmp/stderr")" 'xburncrypt: interrupted$' 'and that it was is what is told'
exec 3<&-
tap_done
