#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Kinds of OUTPUT: what is made of each, what is refused, and what is left behind.
. "$top_srcdir/tests/lib/tap.sh"
. "$top_srcdir/tests/e2e/lib.sh"

mkdir "$tmp/dir" "$tmp/o"
head -c 3000000 /dev/urandom >"$tmp/dir/file"
printf '%s\n' "$passphrase" >"$tmp/pass"
chmod 600 "$tmp/pass"
options=(-encstyle new -pass-file "$tmp/pass")
run() { "$XBURNCRYPT" "${options[@]}" "$@" >"$tmp/stdout" 2>"$tmp/stderr" </dev/null; }
refused() { # status words name arguments...
	tap_refused "$1" "$2" "$3" run "${@:4}"
}
# the bytes every way has to give; a finished image is the same each time
"$XBURNCRYPT" -o "$tmp/clear.iso" -format none "$tmp/dir" >/dev/null 2>&1
run -o "$tmp/wanted.img" "$tmp/clear.iso"
tap_ok 'a new regular file is made' || tap_note "$(cat "$tmp/stderr")"
wanted=$tmp/wanted.img

# regular files
umask 022
run -o "$tmp/o/new.img" "$tmp/clear.iso"
tap_is "$(stat -c %a "$tmp/o/new.img")" 644 'a new file has the mode of the umask'
refused 2 'already exists' 'an existing file' -o "$tmp/o/new.img" "$tmp/clear.iso"
tap_like "$(cat "$tmp/stderr")" 'use -force to replace it' 'an existing file: the way out is told'
cmp -s "$tmp/o/new.img" "$wanted"
tap_ok 'an existing file: left as it was'
echo old >"$tmp/o/new.img"
chmod 600 "$tmp/o/new.img"
run -o "$tmp/o/new.img" -force "$tmp/clear.iso" && cmp -s "$tmp/o/new.img" "$wanted"
tap_ok '-force replaces it'
tap_is "$(stat -c %a "$tmp/o/new.img")" 600 '-force: the mode stays'
ln -s target.img "$tmp/o/link.img"
run -o "$tmp/o/link.img" "$tmp/clear.iso" && [ -L "$tmp/o/link.img" ] && cmp -s "$tmp/o/target.img" "$wanted"
tap_ok 'a link to nothing yet: its target is made'
run -o "$tmp/o/link.img" -force "$tmp/clear.iso" && [ -L "$tmp/o/link.img" ] && cmp -s "$tmp/o/target.img" "$wanted"
tap_ok 'a link to a file: its target is replaced'
refused 2 'is a directory' 'a directory' -o "$tmp/o" "$tmp/clear.iso"
refused 1 'No such file|not there|not exist' 'a folder that is not there' -o "$tmp/nowhere/x.img" "$tmp/clear.iso"
refused 2 'empty' 'an empty name' -o '' "$tmp/clear.iso"
run -o /dev/null "$tmp/clear.iso"
tap_like "$(cat "$tmp/stdout")" 'once it is a disc or a file disc.img' 'a device that keeps nothing: no command is told to open it'
"$XBURNCRYPT" -o /dev/null -encstyle new -encpass-hex 00ff "$tmp/clear.iso" >"$tmp/stdout" 2>/dev/null
tap_like "$(cat "$tmp/stdout")" '^open it, once it is a disc or a file disc.img, with \(the secret.s hexadecimal digits go to standard input' \
	'digits that the commands take are told of'
refused 4 'no such drive' 'a path under /dev that does not exist' -o /dev/sr77 "$tmp/clear.iso"
ln -s /dev/xburncrypt-none "$tmp/dl"
ln -s /dev "$tmp/dev"
for path in "$tmp/dl" "$tmp/dev/xburncrypt-none" /dev/../dev/xburncrypt-none //dev/xburncrypt-none /dev/./xburncrypt-none; do
	refused 4 'no such drive' "a path that leads to /dev ($(basename "$path"))" -o "$path" "$tmp/clear.iso"
done
(cd /dev && run -o xburncrypt-none "$tmp/clear.iso")
tap_is "$? $(ls /dev/xburncrypt-none 2>/dev/null)" '4 ' 'a name in /dev, from there: status 4, and nothing is made'
refused 2 'ends in a slash' 'a directory that is not there' -o "$tmp/o/new/" "$tmp/clear.iso"
if [ -d /dev/shm ] && shm=$(mktemp -u /dev/shm/xburncrypt-test.XXXXXX); then
	run -o "$shm" "$tmp/clear.iso" && cmp -s "$shm" "$wanted"
	tap_ok 'a path in /dev/shm that does not exist: a file' || tap_note "$(cat "$tmp/stderr")"
	rm -f "$shm"
fi
tap_is "$(find "$tmp/o" -name '.*' -type f | wc -l)" 0 'no temporary file is left'
if [ "$(id -u)" = 0 ]; then
	mkdir -m 1777 "$tmp/sticky"
	echo mine >"$tmp/mine"
	ln -s "$tmp/mine" "$tmp/sticky/x.img"
	chown -h 65534 "$tmp/sticky/x.img"
	run -o "$tmp/sticky/x.img" -force "$tmp/clear.iso"
	tap_is "$? $(cat "$tmp/mine")" '1 mine' "another user's link in a directory for all is not followed" || tap_note "$(cat "$tmp/stderr")"
	ln -s "$tmp/mine" "$tmp/sticky/y.img"
	run -o "$tmp/sticky/y.img" -force "$tmp/clear.iso" && cmp -s "$tmp/mine" "$wanted"
	tap_ok 'an own link there is' || tap_note "$(cat "$tmp/stderr")"
	rm "$tmp/mine"
else
	tap_skip "another user's link" 'needs root'
fi
if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null; then
	mkdir "$tmp/locked"
	chmod 755 "$tmp" "$tmp/locked"
	chmod 644 "$tmp/pass"
	setpriv --reuid 65534 --regid 65534 --clear-groups "$XBURNCRYPT" "${options[@]}" -o "$tmp/locked/x.img" \
		"$tmp/clear.iso" >/dev/null 2>"$tmp/stderr"
	tap_is $? 1 'a folder without permission: status 1'
	tap_like "$(cat "$tmp/stderr")" 'Permission denied' 'a folder without permission: says so'
	chmod 600 "$tmp/pass"
else
	tap_skip 'a folder without permission' 'needs root and setpriv'
fi

# streams
"$XBURNCRYPT" "${options[@]}" -o - "$tmp/clear.iso" 2>"$tmp/stderr" | cmp -s - "$wanted"
tap_ok 'stdout gets the bytes'
tap_like "$(cat "$tmp/stderr")" 'open it' 'stdout: the summary goes to stderr'
"$XBURNCRYPT" "${options[@]}" -o /dev/stdout "$tmp/clear.iso" 2>/dev/null | cmp -s - "$wanted"
tap_ok '/dev/stdout is stdout'
mkfifo "$tmp/fifo"
cat "$tmp/fifo" >"$tmp/from-fifo" &
run -o "$tmp/fifo" "$tmp/clear.iso"
wait $!
cmp -s "$tmp/from-fifo" "$wanted"
tap_ok 'a FIFO gets the bytes'
run -o /dev/null "$tmp/clear.iso"
tap_ok 'a character device is written straight'
refused 1 'No space left' 'a full device' -o /dev/full "$tmp/clear.iso"
"$XBURNCRYPT" "${options[@]}" -o - "$tmp/clear.iso" 2>"$tmp/stderr" | head -c 1000 >/dev/null
tap_is "${PIPESTATUS[0]}" 1 'a pipe that is closed: status 1'
tap_like "$(cat "$tmp/stderr")" 'stdout: .*Broken pipe' 'a pipe that is closed: says so'
tap_is "$(wc -l <"$tmp/stderr")" "$(grep -c . "$tmp/stderr")" 'a pipe that is closed: no empty lines'
"$XBURNCRYPT" "${options[@]}" -o - "$tmp/clear.iso" >&- 2>"$tmp/stderr"
[ $? != 0 ] || grep -q 'stdout' "$tmp/stderr"
tap_ok 'a stdout that is not open'
# an output that is read, too
cp "$tmp/clear.iso" "$tmp/o/in.iso"
ln -s in.iso "$tmp/o/in-link.iso"
ln "$tmp/o/in.iso" "$tmp/o/in-hard.iso"
for source in in.iso in-link.iso in-hard.iso; do
	refused 2 'in.*iso: is also the output' "$source onto itself" -o "$tmp/o/in.iso" -force "$tmp/o/$source"
done
refused 2 'in.iso: is also the output' '-image onto itself' -o "$tmp/o/in.iso" -force -image "$tmp/o/in.iso"
refused 2 'in.iso: is also the output' 'a graft onto itself' -o "$tmp/o/in.iso" -force -graft "/x=$tmp/o/in.iso"
refused 2 'in.iso: is also the output' 'one of several sources onto itself' -o "$tmp/o/in.iso" -force "$tmp/dir" "$tmp/o/in.iso"
"$XBURNCRYPT" "${options[@]}" -o "$tmp/o/in.iso" -force - >/dev/null 2>"$tmp/stderr" <"$tmp/o/in.iso"
tap_is "$? $(grep -c 'stdin: is also the output' "$tmp/stderr")" '2 1' 'stdin onto itself: status 2'
cmp -s "$tmp/o/in.iso" "$tmp/clear.iso"
tap_ok 'the sources are as they were'
refused 2 'pass: is also the output' 'the passphrase file as the output' -o "$tmp/pass" -force "$tmp/dir"
head -c 64 /dev/urandom >"$tmp/more"
cp "$tmp/more" "$tmp/more2"
for option in -key-file -encpass-file -add-key-file -add-pass-file -gpg-key; do
	main=()
	[[ $option == -add* ]] && main=(-pass-file "$tmp/pass")
	"$XBURNCRYPT" -o "$tmp/more" -force "${main[@]}" $option "$tmp/more" "$tmp/dir" >/dev/null 2>"$tmp/stderr"
	tap_is "$? $(grep -c 'more: is also the output' "$tmp/stderr")" '2 1' "the file of $option as the output: status 2"
done
cmp -s "$tmp/more" "$tmp/more2"
tap_ok 'the key is as it was'
"$XBURNCRYPT" -o - "${options[@]}" "$tmp/dir" >"$tmp/dir/self.img" 2>"$tmp/stderr"
tap_is "$? $(grep -c 'self.img: left out: it is the image being written' "$tmp/stderr")" '0 1' \
	'stdout that leads into the tree: what is made is left out'
rm "$tmp/dir/self.img"

if command -v script >/dev/null; then
	script -qec "'$XBURNCRYPT' -encstyle new -pass-file '$tmp/pass' -o - '$tmp/clear.iso'" /dev/null >"$tmp/tty" 2>&1
	tap_is $? 2 'a terminal: status 2'
	tap_like "$(cat "$tmp/tty")" 'is a terminal' 'a terminal: refused'
	script -qec "'$XBURNCRYPT' -encstyle new -pass-file '$tmp/pass' -o /dev/tty '$tmp/clear.iso'" /dev/null >"$tmp/tty" 2>&1
	tap_like "$(cat "$tmp/tty")" 'is a terminal' '/dev/tty: refused'
	for path in /dev/./tty '$(tty)'; do
		script -qec "'$XBURNCRYPT' -encstyle new -pass-file '$tmp/pass' -o $path '$tmp/clear.iso' </dev/null >/dev/null 2>'$tmp/err'" /dev/null >"$tmp/tty" 2>&1
		tap_is "$? $(wc -c <"$tmp/tty") $(grep -c 'is a terminal' "$tmp/err")" '2 0 1' "$path: refused"
	done
else
	tap_skip 'a terminal' 'script(1) is not installed'
fi

# other block devices
size=$(stat -c %s "$wanted")
truncate -s $((size + 4096)) "$tmp/stick"
if loop=$(losetup -f --show "$tmp/stick" 2>/dev/null); then
	refused 4 'not an optical drive' 'a block device without -force-device' -o "$loop" "$tmp/clear.iso"
	refused 4 'not an optical drive' 'a block device with -force' -o "$loop" -force "$tmp/clear.iso"
	"$XBURNCRYPT" append -o "$loop" "$tmp/dir" 2>"$tmp/stderr"
	tap_like "$? $(cat "$tmp/stderr")" '^4 .*' 'append to a block device without -force-device'
	tap_like "$(cat "$tmp/stderr")" 'hint: use -force-device to add' 'append to a block device: the way is told'
	run -o "$loop" -force-device "$tmp/clear.iso" && cmp -s -n "$size" "$loop" "$wanted"
	tap_ok 'a block device with -force-device' || tap_note "$(cat "$tmp/stderr")"
	cp "$tmp/stick" "$tmp/before"
	refused 2 'only a drive can blank all' 'a block device with -blank all' -o "$loop" -force-device -blank all "$tmp/clear.iso"
	cmp -s "$tmp/stick" "$tmp/before"
	tap_ok 'a block device with -blank all: it is as it was'
	losetup -d "$loop"
	truncate -s $((size - 2048)) "$tmp/stick"
	loop=$(losetup -f --show "$tmp/stick")
	refused 4 'needs|small|has' 'a block device that is too small' -o "$loop" -force-device "$tmp/clear.iso"
	losetup -d "$loop"
	mkdir "$tmp/mnt"
	truncate -s 8M "$tmp/stick"
	mke2fs -q -F "$tmp/stick" 2>/dev/null
	loop=$(losetup -f --show "$tmp/stick")
	if mount -t ext4 "$loop" "$tmp/mnt" 2>/dev/null || mount "$loop" "$tmp/mnt" 2>/dev/null; then
		refused 4 'mounted|in use|held' 'a mounted block device with -force-device' -o "$loop" -force-device "$tmp/clear.iso"
		umount "$tmp/mnt"
	else
		tap_skip 'a mounted block device' 'mounting is not possible here'
	fi
	losetup -d "$loop"
else
	tap_skip 'other block devices' 'no loop device can be set up here'
fi
tap_done
