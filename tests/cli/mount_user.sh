#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Mounting by an ordinary user, which fusermount3 does: what he sees, what others see, and unmounting. Needs
# root, for a mount namespace in which /dev/fuse is open to all, as it is on other systems.
. "$top_srcdir/tests/lib/tap.sh" || exit
. "$top_srcdir/tests/e2e/lib.sh"
need unshare setpriv fusermount3 getent

skip() {
	tap_skip 'mounting by an ordinary user' "$1"
	tap_done
}
if [ -z "${in_namespace-}" ]; then
	[ "$(id -u)" = 0 ] || skip 'needs root'
	[ -u "$(command -v fusermount3)" ] || skip 'fusermount3 has no set-user-id bit'
	getent passwd 65534 >/dev/null || skip 'fusermount3 needs a user with a name'
	unshare -m --propagation private true || skip 'no mount namespace can be made'
	in_namespace=1 unshare -m --propagation private bash "$0"
	exit
fi

cd "$tmp" || exit
leave() {
	grep -o "$tmp/[^ ]* fuse.xburncrypt" /proc/mounts | while read -r dir _; do umount -l "$dir"; done
	umount -l "$tmp/dev" 2>/dev/null
}
trap 'leave; rm -rf "$tmp"' EXIT
chmod 755 .
mkdir dev
{ mount -t tmpfs -o mode=755 tmpfs dev && mknod -m 666 dev/fuse c 10 229 && mount --bind dev/fuse /dev/fuse; } 2>/dev/null ||
	skip "/dev/fuse can't be replaced"
cp "$XBURNCRYPT" xburncrypt
as() { setpriv --reuid "$1" --regid "$1" --clear-groups "${@:2}"; } # user program...
as 65534 test -x xburncrypt || skip "nobody can't run the program"

make_tree tree
mkdir tree/private
echo secret >tree/private/file
chmod 600 tree/private/file
chmod 700 tree/private
chown -R 1234:5678 tree/sub
mkdir -m 755 his
mkdir -m 700 his/mnt others
printf '%s\n' "$passphrase" >his/pass
chmod 600 his/pass
"$XBURNCRYPT" -quiet -o disc.img -pass-file his/pass "${cheap[@]}" tree 2>/dev/null
chmod 644 disc.img
mount_as() { as "$1" timeout "$patience" ./xburncrypt mount "$tmp/disc.img" "$2" -pass-file his/pass >log 2>&1; } # user directory
mount_as 0 his/mnt && ./xburncrypt unmount his/mnt || skip "no FUSE here: $(head -n 1 log)"
chown -R 65534:65534 his
is_mounted() { grep -qF "$tmp/his/mnt fuse.xburncrypt" /proc/mounts; }
have_ended() { [ -z "$(processes)" ]; }
processes() { pgrep -f "^./xburncrypt mount $tmp/disc.img "; }
holders() { find /proc/[0-9]*/fd -lname "$tmp/disc.img" 2>/dev/null | wc -l; } # of the image

mount_as 65534 his/mnt
tap_is $? 0 'nobody mounts it' || tap_note "$(cat log)"
tap_like "$(grep -F "$tmp/his/mnt" /proc/mounts)" ' ro,nosuid,nodev,.*user_id=65534' 'read-only, without set-user-ids and devices, as his'
facts() { (cd "$1" && find . -mindepth 1 -printf '%P %m %U:%G %l %Ts\n' | LC_ALL=C sort); }
tap_is "$(as 65534 bash -c "$(declare -f facts); facts his/mnt")" "$(facts tree)" 'he sees all names, modes, owners and times'
(cd tree && find . -type f -exec sha256sum {} +) >sums
as 65534 env -C his/mnt sha256sum --quiet -c "$tmp/sums" >log 2>&1
tap_ok 'he reads all files, whatever their modes are' || tap_note "$(cat log)"
! as 65534 touch his/mnt/new 2>/dev/null
tap_ok 'he makes none'

for user in 54321 0; do
	as $user ls his/mnt >log 2>&1 || as $user cat his/mnt/hello.txt >log 2>&1
	tap_like "$(cat log)" 'Permission denied' "user $user sees nothing"
	mount_as $user his/mnt
	tap_is $? 2 "user $user can't mount over it"
done
as 54321 ./xburncrypt unmount his/mnt >log 2>&1
tap_is "$? $(grep -c "his/mnt: can't be unmounted" log)" '1 1' 'another user does not unmount it'
is_mounted
tap_ok 'and it stays'

tap_is "$(holders)" 1 'one process has the image open'
as 65534 ./xburncrypt unmount his/mnt
tap_is "$? $(holders)" '0 0' 'he unmounts it, and it is no longer open'
! is_mounted
tap_ok 'it is unmounted'
mount_as 65534 his/mnt && ./xburncrypt unmount his/mnt
tap_is "$? $(holders)" '0 0' 'so does root'

mount_as 65534 his/mnt
# shellcheck disable=SC2046 # two of them
kill -TERM $(processes)
wait_until have_ended
! is_mounted
tap_ok 'a signal: his is unmounted, too'

mkdir -m 300 his/dark
chown 65534:65534 his/dark
mount_as 65534 his/dark && timeout "$patience" setpriv --reuid 65534 --regid 65534 --clear-groups ./xburncrypt unmount his/dark
tap_is $? 0 "a directory that he can't read: unmounted, too" || tap_note "$(cat log)"

mount_as 65534 others
tap_is "$? $(grep -c "^xburncrypt: others: mounting failed" log) $(grep -c '^xburncrypt' log)" '1 1 1' \
	"a directory that isn't his: told once" || tap_note "$(cat log)"
tap_done
