#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# On each kind of medium: a source file that can't be read, shrinks, grows or vanishes. What can be known
# beforehand leaves the medium alone; what changes in mid-burn is named, and the disc is whole all the same.
. "$top_srcdir/tests/lib/tap.sh"
. "$top_srcdir/tests/lib/burner.sh"
n_faults=0
# the programs may stand where another user may not go
chmod 755 "$tmp"
mkdir "$tmp/kit" && cp "$XBURNCRYPT" "$shim" "$tmp/kit/" && chmod 755 "$tmp/kit"

prepare() { # a tree, and a FIFO for the secret, which holds the program between the walk and the reading
	mkdir -p "$state/drive" "$state/tree"
	chmod 777 "$state" "$state/drive"
	head -c 100000 /dev/urandom >"$state/tree/file"
	echo still >"$state/tree/other"
	(umask 077 && mkfifo "$state/secret")
}
burn() { # command-before...: starts xburncrypt
	LD_PRELOAD=$tmp/kit/mmcemu-preload.so MMCEMU_STATE=$state/drive \
		timeout "$patience" "$@" "$tmp/kit/xburncrypt" -o /dev/sr0 -encstyle new -pass-file "$state/secret" \
		-progress none "$state/tree" >"$out" 2>&1 &
}
names() { # regex
	case_like "tree/file.*($1)" "the file is named: $1"
	[ "$(grep -c 'tree/file' "$out")" = 1 ]
	case_ok "once"
}
is_left_open() { # nothing was written
	[ ! -s "$state/drive/image" ]
	case_ok "nothing was written"
}
changes() { # regex command...: while the program waits for its secret
	local regex=$1 status
	shift
	prepare
	burn
	exec 9>"$state/secret"
	(cd "$state/tree" && "$@")
	echo 'correct horse battery staple' >&9
	exec 9>&-
	wait $!
	status=$?
	case_is $status 5 "status 5"
	names "$regex"
	case_like '^verified: every block' "the disc is verified"
	case_like '1 file is incomplete' "and said to be incomplete"
}
can_not_be_read() {
	local status who=()
	[ "$(id -u)" != 0 ] || who=(setpriv --reuid 65534 --regid 65534 --clear-groups)
	prepare
	chmod 000 "$state/tree/file"
	chmod 755 "$state/tree"
	burn "${who[@]}"
	wait $!
	status=$?
	case_is $status 1 "status 1"
	names 'Permission denied'
	is_left_open
}
fault() { # medium name function...
	n_faults=$((n_faults + 1))
	run_case "$@"
}
for m in $media; do
	fault "$m" "unreadable file" can_not_be_read
	fault "$m" "file shrinks" changes 'short|shr[aiu]nk' truncate -s 50000 file
	fault "$m" "file grows" changes 'grew' truncate -s 200000 file
	fault "$m" "file vanishes" changes 'No such file' rm file
done
cases_done
tap_note "$n_faults faults of sources were tried on $(wc -w <<<"$media") media"
tap_done
