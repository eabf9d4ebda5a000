#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Ways to end before the end: signals, a full file system, a limit. Nothing is left behind, and the cause shows.
. "$top_srcdir/tests/lib/tap.sh"
. "$top_srcdir/tests/e2e/lib.sh"

printf '%s\n' "$passphrase" >"$tmp/pass"
chmod 600 "$tmp/pass"
mkdir "$tmp/o" "$tmp/dir"
head -c 8000000 /dev/urandom >"$tmp/dir/file"
mkfifo "$tmp/slow"
left() { find "$tmp/o" -mindepth 1 | wc -l; }

start() { # options...: a burn from a pipe that stays open behind its first megabyte; sets pid
	# the shell has its background commands ignore SIGINT, nohup has all ignore SIGHUP
	env --default-signal=INT,HUP "$XBURNCRYPT" -o "$tmp/o/x.img" -unknown-contents -encstyle new -pass-file "$tmp/pass" "$@" - \
		<"$tmp/slow" >"$tmp/stdout" 2>"$tmp/stderr" &
	pid=$!
	exec 9>"$tmp/slow"
	head -c 1000000 /dev/zero >&9 # when it's through, all has been read but what a pipe holds
}
for signal in INT TERM HUP; do
	start
	kill -s $signal "$pid"
	wait "$pid"
	status=$?
	exec 9>&-
	tap_is $((status - 128)) "$(kill -l $signal)" "SIG$signal: the parent sees the signal"
	tap_is "$(left)" 0 "SIG$signal: no file is left"
	tap_like "$(cat "$tmp/stderr")" 'interrupted' "SIG$signal: says so"
done
start
kill -s KILL "$pid"
wait "$pid" 2>/dev/null
exec 9>&-
[ ! -e "$tmp/o/x.img" ]
tap_ok 'SIGKILL: nothing stands under the final name'
tap_is "$(left)" 0 'SIGKILL: no temporary file is left either'
echo precious >"$tmp/o/x.img"
start -force
kill -s KILL "$pid"
wait "$pid" 2>/dev/null
exec 9>&-
tap_is "$(cat "$tmp/o/x.img")" precious 'SIGKILL with -force: the old file is untouched'
rm -f "$tmp"/o/.*.xburncrypt-* "$tmp/o/x.img"
start
kill -s INT "$pid"
wait "$pid"
exec 9>&-

(ulimit -f 2000 && "$XBURNCRYPT" -o "$tmp/o/x.img" -encstyle new -pass-file "$tmp/pass" "$tmp/dir" \
	>/dev/null 2>"$tmp/stderr")
tap_is $? 1 'a file size limit: status 1'
tap_like "$(cat "$tmp/stderr")" 'x.img: .*(File too large|limit)' 'a file size limit: says so'
tap_is "$(left)" 0 'a file size limit: no file is left'

if [ "$(id -u)" = 0 ] && mount -t tmpfs -o size=4m tmpfs "$tmp/o" 2>/dev/null; then
	"$XBURNCRYPT" -o "$tmp/o/x.img" -encstyle new -pass-file "$tmp/pass" "$tmp/dir" >/dev/null 2>"$tmp/stderr"
	tap_is $? 1 'a full file system: status 1'
	tap_like "$(cat "$tmp/stderr")" 'x.img: .*[Nn]o space|needs' 'a full file system: says so'
	tap_is "$(left)" 0 'a full file system: no file is left'
	# the size is not known beforehand
	"$XBURNCRYPT" -o "$tmp/o/x.img" -unknown-contents -encstyle new -pass-file "$tmp/pass" - < <(cat "$tmp/dir/file") \
		>/dev/null 2>"$tmp/stderr"
	tap_is $? 1 'a file system that runs full: status 1'
	tap_like "$(cat "$tmp/stderr")" 'x.img: .*No space left' 'a file system that runs full: says so'
	tap_is "$(left)" 0 'a file system that runs full: no file is left'
	umount "$tmp/o"
else
	tap_skip 'a full file system' 'needs root and a tmpfs'
fi

# a file that shrinks, grows or vanishes between the walk and the reading: the secret's FIFO holds the program there
change() { # name words command...: run while the program waits for its secret
	local name=$1 words=$2
	shift 2
	rm -rf "$tmp/moving" "$tmp/o/x.img"
	mkdir "$tmp/moving"
	head -c 100000 /dev/urandom >"$tmp/moving/file"
	echo still >"$tmp/moving/other"
	mkfifo "$tmp/secret.$name"
	"$XBURNCRYPT" -o "$tmp/o/x.img" -encstyle new -pass-file "$tmp/secret.$name" "$tmp/moving" \
		>"$tmp/stdout" 2>"$tmp/stderr" &
	pid=$!
	exec 9>"$tmp/secret.$name"
	"$@"
	printf '%s\n' "$passphrase" >&9
	exec 9>&-
	wait "$pid"
	tap_is $? 5 "a file that $name: status 5"
	tap_like "$(cat "$tmp/stderr")" "moving/file.*$words" "a file that $name: is named"
	[ -s "$tmp/o/x.img" ]
	tap_ok "a file that $name: the image is made all the same"
}
change shrinks 'short|shr[aiu]nk|zero' truncate -s 50000 "$tmp/moving/file"
change grows 'grew' truncate -s 200000 "$tmp/moving/file"
change vanishes 'No such file|vanish|gone|read' rm "$tmp/moving/file"
tap_done
