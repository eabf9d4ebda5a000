#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Images that can't grow, and outputs that are none: each is refused before anything is written.
# shellcheck disable=SC2034 # runner is for run
. "$top_srcdir/tests/lib/tap.sh" || exit
. "$top_srcdir/tests/e2e/lib.sh"
. "$top_srcdir/tests/e2e/append_lib.sh"
cd "$tmp" || exit
need genisoimage

mkdir work more
echo one >work/one
head -c 300000 /dev/urandom >work/big
echo more >more/more
make_older work
(umask 077 && echo 'some other passphrase of these days' >other)
# status words name options...: of append to img, to which nothing is written
refused() {
	local before
	before=$(sha256sum <img)
	tap_refused "$1" "$2" "$3" run append "${@:4}" more
	tap_is "$(sha256sum <img)" "$before" "$3: nothing is written"
}
hinted() { # words name
	tap_like "$(grep '^hint: ' stderr)" "$1" "$2: what to do"
}
burn() { # options and sources...
	rm -f img
	run -o img "$@"
	tap_ok "burned: ${*//$tmp\//}" || told
}
poke() { dd of=img bs=1 seek="$1" conv=notrunc status=none; }

# --- secrets and formats --------------------------------------------------------------------------------
choose_format luks2
burn "${as[@]}" work
refused 3 'no key slot opens with this passphrase' 'another passphrase' -o img -pass-file other
choose_format new
burn "${as[@]}" work
refused 3 'wrong key or wrong format' 'plain, another passphrase' -o img -encstyle new -pass-file other
refused 3 'wrong key or wrong format' 'plain, another style' -o img -encstyle old -pass-file pass
choose_format none
burn "${as[@]}" work
refused 2 'is not encrypted, and what is added would not be either' 'a disc in the clear that was not named' -o img
hinted 'format none' 'a disc in the clear that was not named'
burn -format veracrypt -pim 1 -pass-file pass work
refused 3 'VeraCrypt|veracrypt' 'VeraCrypt' -o img -format veracrypt -pim 1 -pass-file pass
hinted 'burn another disc' 'VeraCrypt'
burn "${cheap[@]}" -pass-file pass -as-file volume work
refused 3 'holds an encrypted volume as a file, which has a fixed size' 'a volume that is a file' -o img -format none
if cryptsetup_takes_files; then
	truncate -s 0 img && truncate -s 36M img &&
		cryptsetup -q reencrypt --encrypt --type luks2 --force-offline-reencrypt --disable-locks --reduce-device-size 32M \
			--key-file pass.bytes --sector-size 4096 --pbkdf pbkdf2 --pbkdf-force-iterations 1000 img >log 2>&1
	tap_ok 'a disc of sectors of 4096 bytes' || tap_note "$(cat log)"
	refused 3 'sectors of 4096 bytes' 'sectors of 4096 bytes' -o img -pass-file pass
fi

# --- an image that is cut --------------------------------------------------------------------------------
choose_format none
burn "${as[@]}" work
run append -o img "${reading[@]}" more
tap_ok 'a session' || told
truncate -s -4096 img # its end record, and the file before that
refused 3 'is damaged' 'a session that is cut' -o img "${reading[@]}"
run list "${reading[@]}" -session 1 img
tap_is "$(tr '\n' ' ' <stdout)" 'big one ' 'the one before is whole' || told
run verify "${reading[@]}" img
tap_is $? 3 'verify finds it' || told

# --- file systems ---------------------------------------------------------------------------------------
by_genisoimage() { # options...
	genisoimage -quiet -o img "$@" work 2>genisoimage.log
	tap_ok "genisoimage ${*:-without options}" || tap_note "$(cat genisoimage.log)"
}
clear=(-o img -format none)
by_genisoimage -J
refused 3 'no Rock Ridge' 'no Rock Ridge' "${clear[@]}"
by_genisoimage -R
refused 3 'no Joliet' 'no Joliet' "${clear[@]}"
by_genisoimage -R -J -udf
refused 3 'UDF side, which would stay as it is' 'UDF beside it' "${clear[@]}"
hinted 'burn another disc' 'UDF beside it'
head -c 2048 /dev/zero >work/boot
by_genisoimage -R -J -b boot -no-emul-boot
refused 3 'El Torito|descriptors' 'El Torito' "${clear[@]}"
rm work/boot
head -c 1000000 /dev/urandom >img
refused 3 'nothing can be added|no file system' 'noise' "${clear[@]}"
run append -o img -format new -pass-file pass work
tap_is $? 2 'no such format'
: >img
refused 3 'empty|no .*file system|too short|not' 'an empty file' "${clear[@]}"

# a directory that is damaged: that the file is named, and what to do
burn -format none work
at=$(grep -abo 'BIG.;1' img | head -1 | cut -d: -f1)
printf '\377\377\377\177' | poke $((at - 31))
refused 3 'is damaged|damage' 'a damaged directory' "${clear[@]}"
hinted 'verify|burn another' 'a damaged directory'

# --- outputs --------------------------------------------------------------------------------------------
burn -format none work
refused 2 "can't be read: a session is added to" 'standard output' -o - -format none
refused 1 'missing.img: .*No such file' 'a file that is not there' -o missing.img -format none
[ ! -e missing.img ]
tap_ok 'a file that is not there: none is made'
refused 2 '.*work.*(directory|regular file|image file)' 'a directory' -o work -format none
mkfifo pipe
refused 2 'pipe' 'a FIFO' -o pipe -format none
refused 2 '-o OUTPUT is required' 'no output' -format none
exec 8<img && flock -x 8
refused 1 'is in use: another xburncrypt' 'a file that something else appends to' "${clear[@]}"
exec 8<&-
run append "${clear[@]}" img
tap_is $? 2 'the output as a source' || told
chmod 444 img
if [ "$(id -u)" != 0 ]; then
	refused 1 "can't be opened for writing: Permission denied" 'a file that may not be written' "${clear[@]}"
elif command -v setpriv >/dev/null; then
	chmod 755 "$tmp"
	runner=(setpriv --reuid 65534 --regid 65534 --clear-groups)
	chmod -R a+rX more
	if "${runner[@]}" "$XBURNCRYPT" version >log 2>&1; then
		refused 1 "can't be opened for writing: Permission denied" 'a file that may not be written' "${clear[@]}"
	else
		tap_skip 'a file that may not be written' 'another user may not run the program'
	fi
	runner=()
fi
chmod 644 img
for option in '-size 1m' '-image img' -multi '-blank auto' '-write-type tao' '-label x' '-uuid x' '-pbkdf pbkdf2' '-as-file x' -dummy; do
	# shellcheck disable=SC2086
	run append "${clear[@]}" $option more
	tap_is "$? $(grep -c -- "^xburncrypt: ${option%% *}: not an option of this command" stderr)" '2 1' "append does not take $option" || told
done
run append "${clear[@]}" -force more
tap_is "$?" 2 '-force without -compare digest' || told
run append "${clear[@]}"
tap_is $? 2 'no sources' || told
tap_done
