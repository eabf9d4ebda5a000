#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# run-vm: -m 1536 -a setpriv
# Burned discs read back from the drive through the kernel: listed, extracted, decrypted, mounted; as
# an unprivileged user too; with a block that can't be read, without a medium, and with one that is
# taken out.
. /kit/tap.sh
. /kit/lib.sh
make_tree "$tmp/tree" 20000000
make_key "$tmp/key"
chmod 755 "$tmp"
d=/dev/sr0
out=$tmp/out
secret=(-pass-file "$tmp/key")

burn() { # medium options
	insert "$1"
	xburncrypt -quiet -o $d -no-checksums "${@:2}" "${secret[@]}" -progress none "$tmp/tree" >"$out" 2>&1
	tap_ok "burned: $*" || tap_note "$(cat "$out")"
	reload >/dev/null
}
ok() { tap_ok "$1" || tap_note "$(tail -n 5 "$out")"; }
back() { # options: the tree comes back
	rm -rf "$tmp/back" && mkdir "$tmp/back"
	xburncrypt extract $d -to "$tmp/back" "${secret[@]}" "$@" >"$out" 2>&1
	[ "$(digest "$tmp/tree")" = "$(digest "$tmp/back")" ]
	ok "extracted: ${*:-by what it is}"
}

burn dvd+r "${weak[@]}"
xburncrypt list $d "${secret[@]}" >"$out" 2>&1 && grep -qx data "$out"
ok 'listed'
back
xburncrypt info $d "${secret[@]}" >"$out" 2>&1 && grep -q 'inside: an ISO 9660' "$out"
ok 'info looks inside'
chmod 644 $d
chown 65534 "$tmp/key"
setpriv --reuid 65534 --regid 65534 --clear-groups xburncrypt list $d "${secret[@]}" >"$out" 2>&1 &&
	grep -qx data "$out"
ok 'listed by an unprivileged user'
chown 0 "$tmp/key"
xburncrypt decrypt $d -o "$tmp/plain.iso" "${secret[@]}" >"$out" 2>&1 &&
	mount -o ro,loop "$tmp/plain.iso" /mnt && [ "$(digest "$tmp/tree")" = "$(digest /mnt)" ]
ok 'decrypted, and the kernel mounts that'
umount /mnt 2>/dev/null
rm -f "$tmp/plain.iso"

# mounted, and the medium taken away
mkdir -p "$tmp/mnt"
modprobe fuse
if [ -c /dev/fuse ] && command -v fusermount3 >/dev/null; then
	xburncrypt mount $d "$tmp/mnt" "${secret[@]}" >"$out" 2>&1
	ok 'mounted'
	[ "$(digest "$tmp/tree")" = "$(digest "$tmp/mnt")" ]
	ok 'all files are right'
	xburncrypt unmount "$tmp/mnt" >"$out" 2>&1
	ok 'unmounted'
	eject $d 2>"$out" && eject -t $d 2>>"$out"
	ok 'and can be ejected at once'
	xburncrypt mount $d "$tmp/mnt" "${secret[@]}" >"$out" 2>&1
	insert dvd+r 0 no-medium
	echo 3 >/proc/sys/vm/drop_caches
	timeout "$patience" cat "$tmp/mnt/data" >/dev/null 2>"$out"
	[ $? = 1 ] && grep -q "Input/output error" "$out"
	ok 'the medium is gone: an error'
	xburncrypt unmount "$tmp/mnt" >"$out" 2>&1
	ok 'and unmounted all the same'
else
	insert dvd+r 0 no-medium
	tap_skip 'mounting' 'the guest has no FUSE'
fi
xburncrypt list $d "${secret[@]}" >"$out" 2>&1
[ $? = 4 ] && grep -q 'no medium' "$out"
ok 'no medium: status 4'

burn cd-r -encstyle new
back -encstyle new
back -guess
xburncrypt decrypt $d -o "$tmp/plain.iso" -encstyle new "${secret[@]}" >"$out" 2>&1
ok 'decrypted from a CD, whose end can not be read'

# one bad block
burn dvd+r "${weak[@]}"
fault read-error=2000
echo 3 >/proc/sys/vm/drop_caches
xburncrypt decrypt $d -o "$tmp/bad.iso" "${secret[@]}" >"$out" 2>&1
[ $? = 1 ] && grep -q 'LBA 2000: can.t be read' "$out" && [ ! -e "$tmp/bad.iso" ]
ok 'a bad block: decrypt names it, status 1'
xburncrypt decrypt $d -o "$tmp/bad.iso" -skip-unreadable "${secret[@]}" >"$out" 2>&1
[ $? = 5 ] && grep -q 'LBA 2000-2000 can.t be read' "$out"
ok 'with -skip-unreadable the rest is there, status 5'
rm -rf "$tmp/back" && mkdir "$tmp/back"
xburncrypt extract $d -to "$tmp/back" "${secret[@]}" >"$out" 2>&1
[ $? = 5 ] && grep -q 'data' "$out"
ok 'extract names the file, and goes on: status 5'
cmp -s "$tmp/tree/sub/a file 20" "$tmp/back/sub/a file 20"
ok 'the other files are there'
tap_done
