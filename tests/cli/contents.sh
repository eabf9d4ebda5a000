#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Contents of all kinds where nothing but they shows that a key is right: archives and disk images come back, unknown
# ones by an option, and a wrong key or header is never taken for the right one.
. "$top_srcdir/tests/lib/tap.sh" || exit
. "$top_srcdir/tests/e2e/lib.sh"
cd "$tmp" || exit

mkdir tree && head -c 30000 /dev/urandom >tree/file
printf '%s\n' "$passphrase" >pass
echo 'another passphrase altogether' >wrong
chmod 600 pass wrong
"$XBURNCRYPT" keyfile -v3 v3 >/dev/null

# --- what is recognised ------------------------------------------------------------------------------
tar cf t.tar tree
tar czf t.tar.gz tree
tar cjf t.tar.bz2 tree
tar cJf t.tar.xz tree
(find tree | cpio -o >t.bin.cpio && find tree | cpio -o -H newc >t.newc.cpio) 2>log || tap_note "$(cat log)"
truncate -s 2M t.ext4 && mke2fs -q -t ext4 t.ext4 2>/dev/null || rm t.ext4
qemu-img create -q -f qcow2 t.qcow2 10M 2>/dev/null
truncate -s 100K t.mbr && printf '\200\0\1\0\203\0\0\0\1\0\0\0\100\0\0\0' | dd of=t.mbr bs=1 seek=446 conv=notrunc status=none &&
	printf '\125\252' | dd of=t.mbr bs=1 seek=510 conv=notrunc status=none
export GNUPGHOME=$tmp/gnupg
mkdir -m 700 "$GNUPGHOME"
gpg --batch --quiet --pinentry-mode loopback --passphrase-file wrong --symmetric -o t.gpg t.tar 2>log || tap_note "$(cat log)"
gpg --batch --quiet --pinentry-mode loopback --passphrase-file wrong --symmetric --armor -o t.asc t.tar 2>>log
# Btrfs and HFS, as far as their superblocks show them
truncate -s 200K t.btrfs && printf _BHRfS_M | dd of=t.btrfs bs=1 seek=$((0x10040)) conv=notrunc status=none
truncate -s 200K t.hfsplus && printf 'H+\0\4' | dd of=t.hfsplus bs=1 seek=1024 conv=notrunc status=none

i=0
for file in t.*; do
	i=$((i + 1))
	as=(-encstyle new -pass-file pass) by=(aespipe -d -e aes256 -H sha256 -P pass)
	[ $((i % 2)) = 0 ] || as=(-format loopaes -key-file v3) by=(aespipe -d -e aes256 -P v3)
	"$XBURNCRYPT" -quiet -o disc.img -force "${as[@]}" -image "$file" 2>err
	tap_ok "$file: burned, ${as[1]}" || tap_note "$(cat err)"
	rm -f out
	"$XBURNCRYPT" decrypt disc.img -o out "${as[@]}" >told 2>err && cmp -s -n "$(stat -c %s "$file")" out "$file"
	tap_ok "$file: given back" || tap_note "$(cat err)"
	! grep -q 'unknown contents' told
	tap_ok "$file: and named" || tap_note "$(cat told)"
	if command -v aespipe >/dev/null; then
		"${by[@]}" <disc.img 2>/dev/null | cmp -s -n "$(stat -c %s "$file")" - "$file"
		tap_ok "$file: aespipe gives back the same"
	fi
	as[3]=wrong
	[ "${as[1]}" = new ] || as[2]=-pass-file
	"$XBURNCRYPT" decrypt disc.img -o no "${as[@]}" >told 2>err
	tap_is "$? $(grep -c 'gives nothing recognisable: wrong key or wrong format, or contents' err)" '3 1' "$file: not with a wrong key"
done
[ $i -ge 11 ]
tap_ok "there were files of many kinds ($i)"

# --- what is not -------------------------------------------------------------------------------------
head -c 100000 /dev/urandom >noise
burn() { # options...
	"$XBURNCRYPT" -o disc.img -pass-file pass "$@" >told 2>err
}
burn_stream() { # options...
	burn "$@" - < <(cat noise)
}
for as in '-encstyle new' '-format loopaes' "-header head.img ${cheap[*]}"; do
	rm -f disc.img head.img out
	# shellcheck disable=SC2086
	{
		messages=err tap_refused 2 'noise: its contents are unknown' "$as" burn $as -image noise
		messages=err tap_refused 2 'stdin: its contents are unknown' "$as, stdin" burn_stream $as
		tap_like "$(cat err)" '^hint: .*-unknown-contents' "$as: what takes them"
		tap_is "$(ls disc.img head.img 2>/dev/null)" '' "$as: nothing is made"
		burn_stream $as -unknown-contents
		tap_is "$? $(grep -c 'only with -unknown-contents are they read back' err)" '0 1' "$as: burned by the option, which is told"
		[[ $as != -header* ]] || as='-header head.img'
		for verb in 'decrypt -o out' verify; do
			"$XBURNCRYPT" $verb disc.img $as -pass-file pass >told 2>err
			tap_is "$? $(grep -c 'contents that xburncrypt does not know' err) $(grep -c -- '-unknown-contents' err)" '3 1 1' \
				"$as: ${verb%% *} without it names both causes, and the option"
		done
		[ ! -e out ]
		tap_ok "$as: nothing is written"
		"$XBURNCRYPT" decrypt disc.img -o out $as -pass-file pass -unknown-contents >told 2>err && cmp -s -n 100000 out noise
		tap_ok "$as: given back by the option" || tap_note "$(cat err)"
		"$XBURNCRYPT" verify disc.img $as -pass-file pass -unknown-contents -against noise >told 2>err
		tap_is "$? $(grep -c '^0 blocks differ' told)" '0 1' "$as: verified by the option" || tap_note "$(cat err)"
	}
done
"$XBURNCRYPT" decrypt disc.img -o out -force -guess -unknown-contents -pass-file pass >told 2>err
tap_is "$? $(grep -c -- '-guess: only known contents' err)" '2 1' 'nothing is guessed by contents that are unknown'
# a stream longer than what is looked at, and one shorter than a block: neither loses a byte
for n in 69632 69633 1000000 1; do
	head -c $n /dev/urandom >some
	"$XBURNCRYPT" -quiet -o disc.img -force -encstyle new -pass-file pass -unknown-contents - < <(cat some) 2>err &&
		"$XBURNCRYPT" decrypt disc.img -o out -force -encstyle new -pass-file pass -unknown-contents >told 2>err && cmp -s -n $n out some
	tap_ok "a stream of $n bytes" || tap_note "$(cat err)"
done

# --- what more than one choice fits ---------------------------------------------------------------------
head -c 32 /dev/urandom >key && chmod 600 key
opens_as() { # file
	"$XBURNCRYPT" decrypt disc.img -o out -force -guess -key-file key >told 2>err && cmp -s -n "$(stat -c %s "$1")" out "$1"
}
for cipher in aes-xts-plain64 aes-cbc-essiv:sha256 aes-cbc-plain64; do
	for size in 512 1024 2048 4096; do
		as=(-format plain -cipher "$cipher" -key-size 256 -key-file key)
		"$XBURNCRYPT" -quiet -o disc.img -force "${as[@]}" -sector-size $size -image t.tar 2>err
		opens_as t.tar || grep -q 'fits .* as well as' err
		tap_ok "$cipher, sectors of $size bytes: tar is guessed right, or not at all" || tap_note "$(cat told err)"
		"$XBURNCRYPT" -quiet -o disc.img -force "${as[@]}" -sector-size $size -image t.tar.gz 2>err
		"$XBURNCRYPT" decrypt disc.img -o out -force -guess -key-file key >told 2>err
		tap_is "$? $(grep -c 'fits .* in sectors of .* as well as' err)" '3 1' "$cipher, sectors of $size bytes: gzip is not guessed" || tap_note "$(cat told err)"
	done
done
"$XBURNCRYPT" decrypt disc.img -o out -force "${as[@]}" >told 2>err
tap_like "$(cat err)" 'warning: gzip.* does not show whether encryption sectors of 512 bytes are right' 'a size that was not given: a warning'
"$XBURNCRYPT" -quiet -o disc.img -force -format plain -cipher aes-cbc-essiv:sha256 -key-size 256 -hash sha256 -pass-file pass -image t.tar 2>err
"$XBURNCRYPT" decrypt disc.img -o out -force -encstyle new -pass-file pass >told 2>err
tap_is "$? $(grep -c 'gives nothing recognisable' err)" '3 1' 'other IVs of CBC do not open it'
if [ -e t.ext4 ]; then
	"$XBURNCRYPT" -quiet -o disc.img -force -format plain -cipher aes-cbc-essiv:sha256 -key-size 256 -hash sha256 -pass-file pass -image t.ext4 2>err
	"$XBURNCRYPT" decrypt disc.img -o out -force -encstyle new -pass-file pass >told 2>err
	tap_is $? 3 'nor ext4'
fi

# --- a header of another disc ------------------------------------------------------------------------
for which in one two; do
	"$XBURNCRYPT" -quiet -o $which.img -header $which.header "${cheap[@]}" -pass-file pass tree 2>err
	tap_ok "$which: burned with a header of its own" || tap_note "$(cat err)"
done
for verb in 'decrypt -o noise.out' verify list info; do
	# shellcheck disable=SC2086
	"$XBURNCRYPT" $verb one.img -header two.header -pass-file pass >told 2>err
	tap_is "$? $(grep -c 'two.header: opens, but gives nothing recognisable: the header of another disc' err)" '3 1' \
		"${verb%% *} with the header of another disc" || tap_note "$(cat err)"
done
[ ! -e noise.out ]
tap_ok 'and no noise is written'
tap_like "$("$XBURNCRYPT" list one.img -pass-file pass 2>&1)" 'hint: .*-header' 'without any, its option is named'
"$XBURNCRYPT" verify one.img -header one.header -pass-file pass >told 2>err
tap_is $? 0 'with its own it is all right' || tap_note "$(cat err)"

# --- what it is said to be ---------------------------------------------------------------------------
tap_like "$("$XBURNCRYPT" info t.tar)" '^contents: a tar archive, not encrypted' 'info names an archive'
commands() { "$XBURNCRYPT" info "$@" | sed -n 's/^    \(sudo \)\{0,1\}//p'; }
(mkdir -p un && cd un && eval "$(commands ../t.tar)" && cmp -s tree/file ../tree/file)
tap_ok 'and its command unpacks it'
(cd un && eval "$(commands ../t.tar.gz)" && tar xOf contents tree/file | cmp -s - ../tree/file)
tap_ok 'so does the one for compressed data'
(cd un && rm -r tree && eval "$(commands ../t.bin.cpio)" 2>/dev/null && cmp -s tree/file ../tree/file)
tap_ok 'and that for cpio'
tap_is "$("$XBURNCRYPT" info -json t.tar | jq -r '.inside + ", " + .commands[0]')" 'a tar archive, tar -xf t.tar' 'JSON has both'
"$XBURNCRYPT" -o disc.img -force "${cheap[@]}" -pass-file pass -image t.tar >told 2>err
tap_is "$(printed_commands told | tail -1)" 'tar -xf /dev/mapper/disc' 'the summary prints what fits'
tap_like "$(cat told)" '^contents: a finished image of .*: a tar archive' 'and says what was burned'
"$XBURNCRYPT" info disc.img -pass-file pass >told
tap_is "$(printed_commands told | tail -1)" 'tar -xf /dev/mapper/disc' 'so does info with the secret'
"$XBURNCRYPT" -o disc.img -force "${cheap[@]}" -pass-file pass -image noise >told 2>err
tap_is "$(printed_commands told | tail -1)" 'cat /dev/mapper/disc > contents' 'what is unknown is copied'
"$XBURNCRYPT" -o disc.img -force -format loopaes -iterations 1 -pass-file pass -image t.tar >told 2>err
tap_is "$(printed_commands told | tail -1)" 'tar -xf decrypted' 'after aespipe, its output is what is unpacked'
tap_is "$("$XBURNCRYPT" list t.tar.gz 2>&1 </dev/null | grep -c 'gzip-compressed data')" 1 'a verb that needs files says what there is instead'

# --- discs in a form that no drive writes ---------------------------------------------------------------
"$XBURNCRYPT" -quiet -o s.iso -format none tree 2>err
{ head -c 307200 /dev/zero; cat s.iso; printf 'NER5....'; } >nero.nrg
{ printf '\0\377\377\377\377\377\377\377\377\377\377\0\0\2\0\1'; head -c 2336 s.iso; head -c 300000 /dev/urandom; } >raw.bin
gzip -k s.iso
while read -r file what; do
	tap_is "$("$XBURNCRYPT" info "$file" | grep -c "^contents: $what.*, not encrypted")" 1 "info $file: $what"
	[ -n "$(commands "$file")" ]
	tap_ok "info $file: the way out"
	"$XBURNCRYPT" list "$file" >told 2>err </dev/null
	tap_is "$? $(grep -c "^hint: .*$what" err)" '1 1' "list $file asks for no passphrase, and says what it is" || tap_note "$(cat err)"
done <<-END
	raw.bin raw CD sectors
	nero.nrg an ISO 9660 file system behind a pregap
	s.iso.gz gzip-compressed data
END
for file in raw.bin nero.nrg; do
	"$XBURNCRYPT" -quiet -o disc.iso -force -format loopaes -iterations 1 -pass-file pass -image $file 2>err
	[ -z "$(commands disc.iso -format loopaes -iterations 1 -pass-file pass -unknown-contents | awk '$NF == $(NF - 1) || /disc.iso.* disc.iso/')" ]
	tap_ok "$file: no command reads the file that it writes" || tap_note "$(commands disc.iso -format loopaes -iterations 1 -pass-file pass)"
done
"$XBURNCRYPT" -quiet -o disc.img -force "${cheap[@]}" -pass-file pass - < <(cat raw.bin) 2>err
tap_is "$(grep -c "stdin: raw CD sectors.*can't be mounted" err)" 1 'of stdin too, by its name'
"$XBURNCRYPT" -o disc.img -force "${cheap[@]}" -pass-file pass -image raw.bin >told 2>err
tap_is "$? $(grep -c "raw.bin: raw CD sectors.*can't be mounted; convert it to an ISO image first, as by ccd2iso" err)" '0 1' 'burning it: a warning'
tap_done
