#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A mounted disc, used by programs that know nothing of it: find, rsync, sha256sum, many at once; hard
# links, attributes; unmounted in all ways; a medium that goes away; discs that can't be mounted.
. "$top_srcdir/tests/lib/tap.sh" || exit
. "$top_srcdir/tests/e2e/lib.sh"
need rsync fusermount3 xorriso setfattr flock
cd "$tmp" || exit

make_tree tree
mkdir tree/many
for i in $(seq 1500); do echo "$i" >"tree/many/file $i"; done
head -c 30000000 /dev/urandom >tree/large
setfattr -n user.note -v 'as it was' tree/hello.txt 2>/dev/null
printf '%s\n' "$passphrase" >pass
echo 'another passphrase' >wrong
chmod 600 pass wrong
xorriso -acl on -xattr on -as mkisofs -quiet -R -o plain.iso tree 2>/dev/null
"$XBURNCRYPT" -quiet -o luks2.img -pass-file pass "${cheap[@]}" plain.iso 2>/dev/null
"$XBURNCRYPT" -quiet -o new.img -encstyle new -pass-file pass plain.iso 2>/dev/null
tap_ok 'images to mount'
mkdir mnt

mount_it() { timeout "$patience" "$XBURNCRYPT" mount "$tmp/$1" "${@:2}" -pass-file pass >log 2>&1; }
is_mounted() { grep -qF "$tmp/mnt fuse.xburncrypt" /proc/mounts; }
is_unmounted() { ! is_mounted; }
# what is unmounted from outside, or by a signal, is so in a moment
is_gone() { wait_until is_unmounted; }
# the mounted image's processes: the one that reads, and the one that mounts
processes_of() { pgrep -f "xburncrypt mount $tmp/$1 "; }
server_of() { processes_of "$1" | while read -r p; do
	[ "$(awk '/^Seccomp:/ { print $2 }' "/proc/$p/status")" = 2 ] && echo "$p"
done; }
is_ended() { ! kill -0 "$1" 2>/dev/null; }
is_dead() { ! ls mnt >/dev/null 2>&1; }
leave() {
	grep -o "$tmp/mnt[^ ]* fuse.xburncrypt" /proc/mounts | tac | while read -r dir _; do
		fusermount3 -u -z "$dir"
	done
}
trap 'leave; chmod -R u+rwx "$tmp" 2>/dev/null; rm -rf "$tmp"' EXIT

if ! mount_it luks2.img mnt; then
	grep -q "mounting failed" log || tap_bail "no image can be mounted: $(cat log)"
	tap_skip 'mounting' "no FUSE here: $(head -n 1 log)"
	tap_done
fi
options=$(grep -F "$tmp/mnt" /proc/mounts)
for option in ro nosuid nodev; do
	tap_like "$options" "[ ,]${option}[ ,]" "it is mounted $option"
done
! touch mnt/new 2>/dev/null
tap_ok 'nothing can be made in it'
tap_is "$(cd mnt && find . | sort)" "$(cd tree && find . | sort)" 'find sees all names'
tap_is "$(stat -c '%i %h' mnt/sub/random.bin)" "$(stat -c '%i %h' mnt/sub/deeper/the-same.bin)" \
	'hard links are one inode'
tap_is "$(readlink mnt/sub/link)" ../hello.txt 'a symbolic link'
tap_is "$(stat -c '%a %Y %s' mnt/hello.txt)" "$(stat -c '%a %Y %s' tree/hello.txt)" 'mode, time and size'
if getfattr -n user.note tree/hello.txt >/dev/null 2>&1; then
	tap_is "$(getfattr --only-values -n user.note mnt/hello.txt 2>/dev/null)" 'as it was' 'an extended attribute'
else
	tap_skip 'an extended attribute' 'none can be set here'
fi
rsync -aH mnt/ copy/ && bash "$top_srcdir/tests/e2e/compare-trees.sh" tree copy >differ
tap_ok 'rsync -aH brings back the tree' || tap_note "$(head differ)"
(cd tree && find . -type f -exec sha256sum {} +) >sums
for i in $(seq 8); do
	(cd mnt && shuf ../sums | sha256sum --quiet -c - >"../check$i" 2>&1 && echo good >"../check$i") &
done
wait
tap_is "$(cat check?)" "$(for _ in $(seq 8); do echo good; done)" 'eight readers at once, each sum right'
server=$(server_of luks2.img)
tap_like "$server" '^[0-9]+$' 'what reads the disc is in the sandbox'
if grep -q __asan_init "$XBURNCRYPT"; then
	tap_skip 'in less than 64 MiB' 'the address sanitizer takes more'
else
	[ "$(awk '/^VmHWM:/ { print $2 }' "/proc/$server/status")" -lt 65536 ]
	tap_ok 'in less than 64 MiB' || tap_note "$(grep Vm "/proc/$server/status")"
fi
ln -s mnt 'a link'
for dir in mnt ./mnt/ "$tmp/mnt" 'a link'; do
	timeout "$patience" "$XBURNCRYPT" mount luks2.img "$dir" </dev/null >log 2>&1
	tap_is "$? $(grep -cF "$dir: already has a disc mounted on it" log) $(grep -cF "$tmp/mnt" /proc/mounts)" '2 1 1' \
		"mount on $dir, where a disc is: status 2" || tap_note "$(cat log)"
done
tap_like "$(cat log)" "unmount it first: xburncrypt unmount 'a link'" 'and what to do is told'
exec 9<mnt/hello.txt
"$XBURNCRYPT" unmount mnt 2>log
tap_is "$? $(grep -c "mnt: can't be unmounted" log) $(cat mnt/nothing)" '1 1 ' 'while a file is open: status 1, and it stays'
exec 9<&-
"$XBURNCRYPT" unmount mnt && ! is_mounted
tap_ok 'unmount'
is_ended "$server"
tap_ok 'what read the disc has ended then'
[ -z "$(ls mnt)" ]
tap_ok 'the directory is empty again'
"$XBURNCRYPT" unmount mnt >log 2>&1
tap_is "$? $(grep -c 'mnt: has no disc mounted on it' log)" '2 1' 'unmount of what is not mounted: status 2'
"$XBURNCRYPT" unmount missing >log 2>&1
tap_is "$? $(grep -c "missing: can't be unmounted: No such file or directory" log)" '2 1' 'unmount of what is not there: status 2'
# that is not ours to unmount
if mount -t tmpfs none mnt 2>/dev/null; then
	"$XBURNCRYPT" unmount mnt >log 2>&1
	tap_is "$? $(grep -c 'mnt: has no disc mounted on it' log) $(stat -f -c %T mnt)" '2 1 tmpfs' 'another file system stays: status 2'
	umount mnt
else
	tap_skip 'another file system stays' 'no mounting here'
fi

# ended by a signal, in the foreground
timeout "$patience" "$XBURNCRYPT" mount -foreground new.img mnt -encstyle new -pass-file pass >log 2>&1 &
pid=$!
wait_until is_mounted
cmp mnt/sub/random.bin tree/sub/random.bin
tap_ok '-foreground' || tap_note "$(cat log)"
kill -TERM $pid
wait $pid
tap_is $? 143 'SIGTERM: raised again'
is_gone
tap_ok 'and unmounted'
mount_it luks2.img mnt
kill -TERM "$(server_of luks2.img)"
is_gone
tap_ok 'SIGTERM to what serves in the background: unmounted'

# both processes are killed: what stays is told, and taken away
mount_it luks2.img mnt
# shellcheck disable=SC2046 # two of them
kill -KILL $(processes_of luks2.img)
wait_until is_dead
mount_it luks2.img mnt
tap_is "$? $(grep -c 'mnt: already has a disc mounted on it' log)" '2 1' 'mount where one has died: status 2' ||
	tap_note "$(cat log)"
"$XBURNCRYPT" unmount mnt && mount_it luks2.img mnt && "$XBURNCRYPT" unmount mnt
tap_ok 'unmounted, it can be used again'

# a disc on a disc: the outer one is busy until the inner one's image is closed
mkdir nested mnt2
"$XBURNCRYPT" -quiet -o nested/inner.img -pass-file pass "${cheap[@]}" tree/sub 2>/dev/null
"$XBURNCRYPT" -quiet -o outer.img -format none nested 2>/dev/null
n=0
for _ in $(seq 5); do
	mount_it outer.img mnt && mount_it mnt/inner.img mnt2 && cmp mnt2/random.bin tree/sub/random.bin || break
	"$XBURNCRYPT" unmount mnt2 && "$XBURNCRYPT" unmount mnt && n=$((n + 1))
done
tap_is "$n" 5 'unmounted one at once after the other'
# what reads a disc may hang: the directory's lock is in its place
exec 9<mnt
flock -s 9
mount_it luks2.img mnt 9<&-
env --default-signal=INT "$XBURNCRYPT" unmount mnt 9<&- &
pid=$!
is_gone
tap_ok 'it is unmounted'
kill -INT $pid
wait $pid
tap_is $? 130 'unmount waits for it, until a signal'
exec 9<&-

# a typed passphrase, and a terminal that is closed afterwards
if command -v script >/dev/null; then
	on_terminal typed "'$XBURNCRYPT' mount luks2.img mnt" Passphrase "$passphrase"$'\n'
	cmp mnt/sub/random.bin tree/sub/random.bin
	tap_ok 'mounted from a terminal, which is closed' || tap_note "$(cat typed)"
	"$XBURNCRYPT" unmount mnt && is_gone
	tap_ok 'and unmounted'
else
	tap_skip 'mounting from a terminal' 'script is not installed'
fi

# the medium goes away under it
cp new.img gone.img
mount_it gone.img mnt -encstyle new
ls mnt >/dev/null
truncate -s 1000000 gone.img
cat mnt/large >/dev/null 2>err
tap_like "$(cat err)" 'Input/output error' 'a medium that goes away: an error'
tap_is "$(stat -c %s mnt/large)" 30000000 'and what is known stays known'
kill -0 "$(server_of gone.img)"
tap_ok 'nothing has crashed'
"$XBURNCRYPT" unmount mnt && is_gone
tap_ok 'unmounted all the same'

# what can't be mounted leaves nothing behind
mount_with() { timeout "$patience" "$XBURNCRYPT" mount "$@" >log 2>&1; }
refuses() { # status words options
	messages=log tap_refused "$1" "$2" "mount ${*:3}" mount_with "${@:3}"
	! is_mounted
	tap_ok 'and nothing is mounted'
}
refuses 3 'no key slot opens' luks2.img mnt -pass-file wrong
refuses 3 'gives nothing recognisable' new.img mnt -encstyle old -pass-file pass
refuses 2 'missing' luks2.img missing -pass-file pass
refuses 2 'pass: ' luks2.img pass -pass-file pass
refuses 2 'DIR|directory|operand' luks2.img
refuses 2 'missing.img' missing.img mnt -pass-file pass
printf 'hsqs%04092d' 0 >squash
"$XBURNCRYPT" -quiet -o squash.img -pass-file pass "${cheap[@]}" -image squash 2>/dev/null
refuses 1 'squashfs' squash.img mnt -pass-file pass
tap_like "$(cat log)" 'decrypt.*squashfs' 'it is told what it is, and what gets it out'
# a reader that can't say that it is ready, and ends
if command -v strace >/dev/null; then
	messages=log tap_refused 1 'the process that reads the disc has ended' 'a reader that ends' \
		env ASAN_OPTIONS=detect_leaks=0 timeout "$patience" strace -f -qq -o trace -e trace=sendto -e inject=sendto:error=EPERM \
		"$XBURNCRYPT" mount luks2.img mnt -pass-file pass 2>log
	! is_mounted
	tap_ok 'and nothing is mounted'
else
	tap_skip 'a reader that ends' 'strace is not installed'
fi
# a terminal that closes as soon as the command has ended
if command -v script >/dev/null; then
	n=0
	for _ in $(seq 12); do
		script -qec "'$XBURNCRYPT' mount new.img mnt -encstyle new -pass-file pass" /dev/null </dev/null >log 2>&1
		[ "$(cat mnt/hello.txt 2>/dev/null)" = hello ] && n=$((n + 1))
		"$XBURNCRYPT" unmount mnt
		is_gone
	done
	tap_is "$n" 12 'the mount stays when the terminal closes at once'
else
	tap_skip 'the mount stays when the terminal closes' 'script is not installed'
fi
tap_done
