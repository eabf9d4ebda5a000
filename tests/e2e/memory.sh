#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Where secrets stay in memory: no passphrase once the keys are set up, no key once the program is done.
. "$top_srcdir/tests/lib/tap.sh"
. "$top_srcdir/tests/e2e/lib.sh"
need cryptsetup sha256sum
search=$top_builddir/tests/e2e/search_memory
stops=$top_builddir/tests/e2e/xburncrypt-stops
if grep -q __asan_init "$XBURNCRYPT"; then
	tap_skip memory 'the address sanitizer maps terabytes, which nobody searches'
	tap_done
fi
[ "$(id -u)" = 0 ] || { tap_skip memory "needs root to look at the memory of a process that forbids it"; tap_done; }

printf '%s' "$passphrase" >"$tmp/pass"
printf '%s' "$passphrase" | sha256sum | cut -d' ' -f1 | sed 's/../\\x&/g' | xargs -0 printf '%b' | head -c 32 >"$tmp/hashed"
head -c 32 /dev/urandom >"$tmp/key"
head -c 64 /dev/urandom >"$tmp/key64"
head -c 32 "$tmp/key64" >"$tmp/key64.1"
tail -c 32 "$tmp/key64" >"$tmp/key64.2"
for _ in $(seq 65); do head -c 45 /dev/urandom | base64 -w 0 && echo; done >"$tmp/v3"
sed -n 7p "$tmp/v3" | tr -d '\n' >"$tmp/line"
# the key of the seventh line (aespipe's -H sha256 -k: the first half of SHA-512 for 256 bits)
sha512sum <"$tmp/line" | cut -c 1-64 | sed 's/../\\x&/g' | xargs -0 printf '%b' | head -c 32 >"$tmp/line.key"
chmod 600 "$tmp"/*
head -c 200000 /dev/urandom >"$tmp/data"
mkfifo "$tmp/slow"

# the search itself finds what is there: a shell that holds the passphrase
(held=$passphrase; kill -STOP $BASHPID; : "$held") &
pid=$!
wait_until is_stopped $pid
"$search" $pid "$tmp/pass" >"$tmp/log"
tap_is $? 1 'the search finds a passphrase where there is one'
kill -CONT $pid
wait $pid

running() { # name files-to-look-for... -- options...
	local name=$1 files=()
	shift
	while [ "$1" != -- ]; do files+=("$1"); shift; done
	shift
	"$XBURNCRYPT" -o "$tmp/x.img" -unknown-contents -force "$@" - <"$tmp/slow" >/dev/null 2>"$tmp/err" &
	pid=$!
	exec 9>"$tmp/slow"
	head -c 8000000 /dev/zero >&9
	# the keys are set up once data comes out, behind a header of 1 MiB
	wait_until has_written $pid 3000000
	"$search" $pid "${files[@]}" >"$tmp/log" 2>&1
	tap_is $? 0 "running, $name" || tap_note "$(cat "$tmp/log" "$tmp/err")"
	exec 9>&-
	wait $pid
}
running 'new, -pass-file: no passphrase' "$tmp/pass" -- -encstyle new -pass-file "$tmp/pass"
running 'new, -encpass=: no passphrase' "$tmp/pass" -- -encstyle new "-encpass=$passphrase"
running 'luks2, -pass-file: no passphrase' "$tmp/pass" -- -pass-file "$tmp/pass" "${cheap[@]}"
running 'luks2, -key-file: no key file' "$tmp/key" -- -key-file "$tmp/key" "${cheap[@]}"
running 'luks2, -encpass-file: no bytes' "$tmp/key" -- -encpass-file "$tmp/key" "${cheap[@]}"
running 'luks2, -encpass-hex: no bytes' "$tmp/key" -- -encpass-hex "$(od -An -v -tx1 "$tmp/key" | tr -d ' \n')" "${cheap[@]}"
running 'loopaes, -key-file: no line' "$tmp/line" -- -format loopaes -key-file "$tmp/v3"

finished() { # name files-to-look-for... -- options...
	local name=$1 files=()
	shift
	while [ "$1" != -- ]; do files+=("$1"); shift; done
	shift
	XBURNCRYPT_TEST_STOP=before-exit "$stops" -o "$tmp/x.img" -unknown-contents -force "$@" -image "$tmp/data" \
		>/dev/null 2>"$tmp/err" &
	pid=$!
	wait_until is_stopped $pid
	tap_ok "finished, $name: stops before it exits" || tap_note "$(cat "$tmp/err")"
	if [ "${files[0]}" = volume-key ]; then
		cryptsetup luksDump -q --dump-volume-key --volume-key-file "$tmp/volume-key" --key-file "$tmp/pass" \
			"$tmp/x.img" >/dev/null 2>&1
		head -c 32 "$tmp/volume-key" >"$tmp/half1"
		tail -c 32 "$tmp/volume-key" >"$tmp/half2"
		files=("$tmp/half1" "$tmp/half2" "$tmp/pass")
	fi
	"$search" $pid "${files[@]}" >"$tmp/log" 2>&1
	tap_is $? 0 "finished, $name" || tap_note "$(cat "$tmp/log")"
	kill -CONT $pid
	wait $pid
	tap_is $? 0 "finished, $name: status 0"
}
finished 'new: neither passphrase nor key' "$tmp/pass" "$tmp/hashed" -- -encstyle new -pass-file "$tmp/pass"
finished 'new, a key file: no key' "$tmp/key" -- -encstyle new -key-file "$tmp/key"
finished 'old: no passphrase, which is its key' "$tmp/pass" -- -encstyle old -pass-file "$tmp/pass"
finished 'xts, a key file: neither key' "$tmp/key64.1" "$tmp/key64.2" -- -format plain -cipher aes-xts-plain64 \
	-key-size 512 -key-file "$tmp/key64"
finished 'loopaes: neither line nor key' "$tmp/line" "$tmp/line.key" -- -format loopaes -key-size 256 -key-file "$tmp/v3"
finished 'luks1: no passphrase' "$tmp/pass" -- -format luks1 -pbkdf-weak -pbkdf-iterations 1000 -pass-file "$tmp/pass"
finished 'veracrypt: no passphrase' "$tmp/pass" -- -format veracrypt -pim 1 -pass-file "$tmp/pass"
finished 'luks2: neither passphrase nor volume key' volume-key -- -pass-file "$tmp/pass" "${cheap[@]}"

# words that are shown and typed in; script(1) would stop itself with its own child, so that one is a shell
if command -v script >/dev/null; then
	{
		wait_until grep -qs 'then type it' "$tmp/tty"
		sed -n 's/.*New passphrase for [^ ]*: \([^\r]*\).*/\1/p' "$tmp/tty" | tee "$tmp/shown"
	} | timeout "$patience" script -qec "sh -c 'echo \$\$ >$tmp/pid; XBURNCRYPT_TEST_STOP=before-exit exec $stops -o $tmp/x.img -quiet \
		-unknown-contents -force -generate ${cheap[*]} -image $tmp/data'; echo status=\$?" /dev/null >"$tmp/tty" 2>&1 &
	terminal=$!
	wait_until [ -s "$tmp/pid" ]
	pid=$(cat "$tmp/pid")
	wait_until is_stopped "$pid"
	tr -d '\n' <"$tmp/shown" >"$tmp/words"
	tap_like "$(wc -w <"$tmp/words")" '^6$' 'finished, -generate: six words were shown' || tap_note "$(cat "$tmp/tty")"
	"$search" "$pid" "$tmp/words" >"$tmp/log" 2>&1
	tap_is $? 0 'finished, -generate: no words' || tap_note "$(cat "$tmp/log")"
	kill -CONT "$pid"
	wait $terminal
	tap_like "$(cat "$tmp/tty")" 'status=0' 'finished, -generate: status 0'
else
	tap_skip 'finished, -generate' 'script(1) is not installed'
fi

# a mounted disc: the process that reads it has the key, neither it nor the mounter the passphrase
mkdir "$tmp/mnt" "$tmp/tree"
"$XBURNCRYPT" -quiet -o "$tmp/m.img" -force -encstyle new -pass-file "$tmp/pass" "$tmp/tree" 2>/dev/null
trap 'fusermount3 -q -u -z "$tmp/mnt"; rm -rf "$tmp"' EXIT
mounted_or_ended() { grep -qF "$tmp/mnt fuse.xburncrypt" /proc/mounts || ! kill -0 $pid 2>/dev/null; }
mounted() { # name options...
	"$XBURNCRYPT" mount "$tmp/m.img" "$tmp/mnt" -encstyle new "${@:2}" >/dev/null 2>"$tmp/err" &
	pid=$!
	wait_until mounted_or_ended
	[ "$2" = -foreground ] || wait $pid
	if grep -q "mounting failed" "$tmp/err"; then
		tap_skip "mounted, $1" "no FUSE here"
		return
	fi
	ls "$tmp/mnt" >"$tmp/log" # it answers: all is set up
	pids=$(pgrep -f "xburncrypt mount $tmp/m.img ")
	tap_is "$(wc -w <<<"$pids")" 2 "mounted, $1: two processes" || tap_note "$(cat "$tmp/err")"
	for p in $pids; do
		"$search" "$p" "$tmp/pass" >"$tmp/log" 2>&1
		tap_is $? 0 "mounted, $1: no passphrase in either" || tap_note "$(cat "$tmp/log")"
	done
	"$XBURNCRYPT" unmount "$tmp/mnt"
	[ "$2" != -foreground ] || wait $pid
}
mounted foreground -foreground "-encpass=$passphrase"
mounted background "-encpass=$passphrase"
mounted hexadecimal -encpass-hex "$(printf '%s' "$passphrase" | od -An -v -tx1 | tr -d ' \n')"

# another process of the same user can't attach, and no core is dumped
"$XBURNCRYPT" -o "$tmp/x.img" -unknown-contents -force -encstyle new -pass-file "$tmp/pass" - <"$tmp/slow" >/dev/null 2>&1 &
pid=$!
exec 9>"$tmp/slow"
head -c 100000 "$tmp/data" >&9
wait_until has_read $pid 100000
tap_is "$(awk '/Max core file size/{print $5}' "/proc/$pid/limits")" 0 'the core limit is 0'
tap_is "$(stat -c %u "/proc/$pid/mem")" 0 'the process is not dumpable: its memory belongs to root'
exec 9>&-
wait $pid
tap_done
