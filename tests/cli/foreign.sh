#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Discs that others made: cryptsetup, qemu-img and aespipe around images of genisoimage, xorriso and
# mksquashfs. They are opened, listed and extracted; what holds no ISO 9660 is decrypted.
. "$top_srcdir/tests/lib/tap.sh" || exit
. "$top_srcdir/tests/e2e/lib.sh"
need cryptsetup genisoimage xorriso jq
cd "$tmp" || exit

make_tree tree
printf '%s' "$passphrase" >bytes
printf '%s\n' "$passphrase" >pass
"$XBURNCRYPT" keyfile -v3 v3 >/dev/null
chmod 600 bytes pass
genisoimage -quiet -R -J -o genisoimage.iso tree 2>/dev/null
xorriso -as mkisofs -quiet -R -o xorriso.iso tree 2>/dev/null

clear_back() { # what came out of a disc may be read-only
	[ ! -e back ] || chmod -R u+w back && rm -rf back
}
# name iso options: the image gives back the iso from its start on, its names and its tree
opens() {
	local iso=$2
	"$XBURNCRYPT" decrypt "$1" -o - -quiet "${@:3}" 2>err | cmp -n "$(stat -c %s "$iso")" - "$iso"
	tap_ok "$1: decrypted" || tap_note "$(cat err)"
	"$XBURNCRYPT" list "$1" "${@:3}" 2>err | grep -qx 'hello.txt'
	tap_ok "$1: listed" || tap_note "$(cat err)"
	clear_back && mkdir back && "$XBURNCRYPT" extract "$1" -to back "${@:3}" >/dev/null 2>err &&
		diff -r --no-dereference tree back >differ
	tap_ok "$1: extracted" || tap_note "$(cat err differ)"
}

# cryptsetup encrypts a file in place, without device-mapper: the payload moves back by half of what
# is added to the file
by_cryptsetup() { # image iso options
	cp "$2" "$1" && truncate -s %4096 "$1" && truncate -s +32M "$1" &&
		cryptsetup -q reencrypt --encrypt --type luks2 --force-offline-reencrypt --disable-locks \
			--reduce-device-size 32M --key-file bytes "${@:3}" "$1" >log 2>&1
	tap_ok "cryptsetup makes $1" || tap_note "$(cat log)"
}
if cryptsetup_takes_files; then
	by_cryptsetup luks2-512.img genisoimage.iso --sector-size 512 --pbkdf pbkdf2 --pbkdf-force-iterations 1000
	opens luks2-512.img genisoimage.iso -pass-file pass
	by_cryptsetup luks2-2048.img xorriso.iso --sector-size 2048 --pbkdf argon2id --pbkdf-force-iterations 4 \
		--pbkdf-memory 32768 --pbkdf-parallel 2
	opens luks2-2048.img xorriso.iso -key-file bytes
	by_cryptsetup luks2-cbc.img xorriso.iso --cipher aes-cbc-essiv:sha256 --key-size 256 --sector-size 512 \
		--pbkdf pbkdf2 --pbkdf-force-iterations 1000
	opens luks2-cbc.img xorriso.iso -pass-file pass
else
	tap_skip 'discs by cryptsetup' 'cryptsetup is older than 2.5'
fi

if command -v qemu-img >/dev/null; then
	by_qemu() { # image iso options
		# its benchmark of PBKDF2 sometimes gives up on a busy machine
		for _ in $(seq 20); do
			qemu-img convert -f raw -O luks --object secret,id=key,file=bytes -o "key-secret=key,iter-time=10$3" \
				"$2" "$1" >log 2>&1 && break
			grep -q 'accurate CPU usage' log || break
		done
		[ -s "$1" ]
		tap_ok "qemu-img makes $1" || tap_note "$(cat log)"
	}
	by_qemu luks1-xts.img genisoimage.iso ''
	opens luks1-xts.img genisoimage.iso -pass-file pass
	by_qemu luks1-cbc.img xorriso.iso ',cipher-alg=aes-128,cipher-mode=cbc,ivgen-alg=essiv,ivgen-hash-alg=sha256'
	opens luks1-cbc.img xorriso.iso -pass-file pass
else
	tap_skip 'LUKS1' 'qemu-img is not installed'
fi

if command -v aespipe >/dev/null; then
	aespipe -e aes256 -H sha256 -P pass <genisoimage.iso >aespipe-plain.img
	opens aespipe-plain.img genisoimage.iso -encstyle new -pass-file pass
	opens aespipe-plain.img genisoimage.iso -guess -pass-file pass
	aespipe -e aes128 -P v3 <genisoimage.iso >aespipe-v3.img
	opens aespipe-v3.img genisoimage.iso -format loopaes -key-size 128 -key-file v3
	aespipe -e aes256 -C 1 -P pass <xorriso.iso >aespipe-iterated.img
	opens aespipe-iterated.img xorriso.iso -iterations 1 -pass-file pass

	# aespipe's README, example 3: the key that gpg encrypted stands in the first 8192 bytes of the disc
	if command -v gpg >/dev/null; then
		export GNUPGHOME=$tmp/gnupg
		mkdir -m 700 gnupg bin
		printf '#!/bin/sh\nexec %s --batch --pinentry-mode loopback --passphrase-file %s "$@"\n' \
			"$(command -v gpg)" "$tmp/pass" >bin/gpg && chmod +x bin/gpg
		yes '' | dd of=cd.img bs=512 count=16 status=none
		bin/gpg -a --symmetric -o - v3 2>/dev/null | dd of=cd.img conv=notrunc status=none
		aespipe -e aes128 -P v3 -O 16 <genisoimage.iso >>cd.img
		opens cd.img genisoimage.iso -format loopaes -key-size 128 -key-file v3 -offset 16
		opens cd.img genisoimage.iso -guess -key-file v3 -offset 16
		PATH=$tmp/bin:$PATH opens cd.img genisoimage.iso -format loopaes -key-size 128 -gpg-key cd.img -offset 16 -skip 16
		tap_like "$("$XBURNCRYPT" info cd.img -format loopaes -key-size 128 -key-file v3 -offset 16 2>&1)" \
			'--type loopaes -c aes -s 128 --offset 16 --skip 16 --key-file v3 cd.img' \
			'the printed command says where the volume begins'
	else
		tap_skip 'a key on the disc itself' 'gpg is not installed'
	fi
	# volumes that begin, and end, inside a block
	{ head -c 1536 /dev/zero && cat aespipe-plain.img && echo tail; } >inside.img
	opens inside.img genisoimage.iso -encstyle new -pass-file pass -offset 3
	# of CBC, an IV that is wrong by a small number spoils the first byte of each sector alone
	for n in 1 3 20 119 256; do
		tap_refused 3 'gives nothing recognisable' "IVs that are wrong by $n" \
			"$XBURNCRYPT" decrypt -o wrong inside.img -encstyle new -pass-file pass -offset 3 -skip $n 2>"$messages"
	done
	opens inside.img genisoimage.iso -guess -pass-file pass -offset 3
	tap_like "$("$XBURNCRYPT" info inside.img -encstyle new -pass-file pass -offset 3 2>&1)" \
		'--type plain .* --offset 3 inside.img' 'and for the format plain'
	{ head -c 512 /dev/zero && aespipe -e aes256 -C 1 -P pass <xorriso.iso; } >iterated.img
	"$XBURNCRYPT" info iterated.img -iterations 1 -pass-file pass -offset 1 -skip 0 2>err | grep aespipe >commands
	sh commands && cmp -n "$(stat -c %s xorriso.iso)" decrypted xorriso.iso
	tap_ok 'and the one of aespipe works' || tap_note "$(cat err commands)"
	tap_refused 3 'ends before -offset 100000000' 'an offset behind the end' \
		"$XBURNCRYPT" list inside.img -encstyle new -pass-file pass -offset 100000000 2>"$messages"
	tap_refused 2 'only to a format that is named' 'an offset without a format' \
		"$XBURNCRYPT" list inside.img -pass-file pass -offset 3 2>"$messages"
	tap_refused 2 '-offset: does not apply to the format luks2' 'an offset of a LUKS volume' \
		"$XBURNCRYPT" list luks2-512.img -format luks2 -pass-file pass -offset 3 2>"$messages"
else
	tap_skip 'aespipe' 'not installed'
fi

# a resource fork stands beside its file, under the same name
mkdir forks && echo data >'forks/a file' && echo rsrc >'forks/._a file'
genisoimage -quiet -R -apple --osx-double -o forks.iso forks 2>/dev/null
tap_is "$("$XBURNCRYPT" cat forks.iso 'a file' 2>&1)" data 'Apple extensions: a file, not its resource fork'
tap_is "$("$XBURNCRYPT" list forks.iso 2>&1) $?" 'a file 0' 'Apple extensions: it is listed once'
"$XBURNCRYPT" extract forks.iso -to forked >/dev/null 2>err && tap_is "$(cat 'forked/a file')" data 'Apple extensions: it is extracted' ||
	tap_note "$(cat err)"
"$XBURNCRYPT" verify forks.iso >/dev/null 2>err
tap_is $? 0 'Apple extensions: nothing is damaged' || tap_note "$(cat err)"

# Rock Ridge stands behind the attributes of CD-XA
for option in -xa -XA; do
	genisoimage -quiet -R $option -o xa.iso tree 2>/dev/null
	opens xa.iso xa.iso
done

# a boot record stands before Joliet's descriptor
mkdir joliet && echo boot >joliet/boot && echo long >'joliet/a long name of Joliet'
genisoimage -quiet -J -b boot -no-emul-boot -o joliet.iso joliet 2>/dev/null
dd if=/dev/zero of=joliet.iso bs=2048 seek=17 count=1 conv=notrunc status=none
"$XBURNCRYPT" list joliet.iso >list 2>err
tap_is "$? $(grep -c '^a long name' list)" '5 1' \
	'a bad descriptor does not hide those behind it'
tap_like "$(cat err)" 'block 17 is damaged' 'and it is told' || tap_note "$(cat err)"
"$XBURNCRYPT" extract joliet.iso -to joliet.out >/dev/null 2>err
tap_is "$? $(diff -r -x boot.catalog joliet joliet.out)" '5 ' 'all that it knows of is extracted'
tap_like "$(cat err)" 'joliet.iso: is damaged: there may be more' 'and there may be more'
dd if=/dev/zero of=joliet.iso bs=2048 seek=18 count=1 conv=notrunc status=none
"$XBURNCRYPT" list joliet.iso >list 2>err
tap_is "$? $(grep -c '^A_LONG' list)" '5 1' \
	'without it the plain names are there'

if command -v mksquashfs >/dev/null && cryptsetup_takes_files; then
	mksquashfs tree tree.squashfs -quiet -no-progress >/dev/null 2>&1
	by_cryptsetup squashfs.img tree.squashfs --sector-size 4096 --pbkdf pbkdf2 --pbkdf-force-iterations 1000
	"$XBURNCRYPT" decrypt squashfs.img -o out -pass-file pass >stdout 2>err
	tap_is $? 0 'LUKS2 with sectors of 4096 bytes around squashfs: decrypted' || tap_note "$(cat err)"
	tap_like "$(cat stdout)" 'a squashfs file system' 'it is told what it is'
	cmp -n "$(stat -c %s tree.squashfs)" out tree.squashfs
	tap_ok 'and it is equal'
	clear_back && unsquashfs -quiet -no-progress -d back out >/dev/null 2>&1 && diff -r --no-dereference tree back
	tap_ok 'and unsquashfs opens it'
	"$XBURNCRYPT" list squashfs.img -pass-file pass >/dev/null 2>err
	tap_is $? 1 'listing it: status 1'
	tap_like "$(cat err)" 'squashfs' 'and why'
else
	tap_skip 'squashfs' 'mksquashfs is not installed, or cryptsetup is older than 2.5'
fi
# a payload that begins inside a block
truncate -s 8M odd.img
cryptsetup luksFormat -q --type luks1 --align-payload=4097 --pbkdf-force-iterations 1000 --disable-locks odd.img bytes >log 2>&1
tap_is "$("$XBURNCRYPT" info -json odd.img 2>>log | jq .payload_offset)" $((4097 * 512)) \
	'info -json: where a payload begins, to the byte' || tap_note "$(cat log)"
tap_done
