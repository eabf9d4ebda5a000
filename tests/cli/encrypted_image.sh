#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# An image that was encrypted before is burned as it is, without a passphrase; a second layer has to be asked for.
. "$top_srcdir/tests/lib/tap.sh" || exit
. "$top_srcdir/tests/e2e/lib.sh"
cd "$tmp" || exit

mkdir tree && echo data >tree/file
printf '%s\n' "$passphrase" >pass
chmod 600 pass
burn() { # options...: without a terminal to ask on
	setsid -w "$XBURNCRYPT" "$@" >told 2>err </dev/null
}
for made in luks2 luks1 as-file veracrypt-as-file; do
	case $made in
	luks2) as=("${cheap[@]}") ;;
	luks1) as=(-format luks1 -pbkdf-weak -pbkdf-iterations 1000) ;;
	as-file) as=("${cheap[@]}" -as-file volume) ;;
	veracrypt-as-file) as=(-format veracrypt -pim 1 -as-file volume) ;;
	esac
	burn -o $made.img -pass-file pass "${as[@]}" tree
	tap_ok "$made: made" || tap_note "$(cat err)"
	for way in "$made.img" "-image $made.img"; do
		rm -f out.img
		# shellcheck disable=SC2086
		burn -o out.img -verify $way && cmp -s $made.img out.img
		tap_ok "$way: burned as it is" || tap_note "$(cat err)"
		tap_is "$(grep -c "$made.img: encrypted already" err) $(grep -c 'is not encrypted' err) $(grep -cx "format: the image's own" told)" '1 0 1' \
			"$way: and that is told"
		[ -n "$(printed_commands told)" ] && ! printed_commands told | grep -qx 'mount -o ro out.img /mnt'
		tap_ok "$way: the commands are the volume's" || tap_note "$(cat told)"
	done
	case $made in
	*as-file) more=(-as-file volume) ;;
	*) more=() ;;
	esac
	[ $made != veracrypt-as-file ] || more+=(-pim 1)
	tap_is "$("$XBURNCRYPT" cat out.img file -pass-file pass "${more[@]}" 2>err)" data "$made: its secret opens it" || tap_note "$(cat err)"
	for option in '-pass-file pass' '-label x' '-as-file other'; do
		rm -f out.img
		# shellcheck disable=SC2086
		messages=err tap_refused 2 'encrypted already .*, and burned as it is: it takes no secret' "$made with $option" burn -o out.img $option $made.img
		tap_is "$(grep -c '^hint: .*-format' err) $(ls out.img 2>/dev/null)" '1 ' "$made with $option: the way to a second layer, and nothing is made"
	done
done
setsid -w "$XBURNCRYPT" -o out.img -force - >told 2>err < <(cat luks2.img) && cmp -s luks2.img out.img
tap_ok 'from a stream too' || tap_note "$(cat err)"
burn -o out.img -force -format luks2 "${cheap[@]}" -pass-file pass luks2.img && "$XBURNCRYPT" decrypt out.img -o inner.img -pass-file pass >told 2>err &&
	cmp -s inner.img luks2.img
tap_ok 'a format that is named is a second layer' || tap_note "$(cat err)"
tap_like "$(cat told)" 'a LUKS volume' 'and what is in it is told'
burn -o out.img -force -format none luks2.img
tap_is "$? $(grep -c 'is not encrypted' err)" '0 0' 'the format none is no warning then'
# a header alone has no payload: what it is among is to be encrypted
for kind in luks2 luks1; do
	[ $kind = luks2 ] && as=("${cheap[@]}") || as=(-format luks1 -pbkdf-weak -pbkdf-iterations 1000)
	burn -o out.img -force -header $kind.header "${as[@]}" -pass-file pass tree
	tap_ok "$kind: a header of its own" || tap_note "$(cat err)"
	for way in $kind.header "-image $kind.header"; do
		# shellcheck disable=SC2086
		burn -o out.img -force "${cheap[@]}" -pass-file pass $way
		tap_is "$? $("$XBURNCRYPT" info -json out.img | jq -r .format)" '0 luks2' "$way: burned encrypted" || tap_note "$(cat err)"
	done
done
# other discs of two files are not taken for ours: they would be burned in the clear
mkdir two && echo 'The file volume on this disc is mine' >two/README.TXT && echo secret >two/volume
"$XBURNCRYPT" -quiet -o two.iso -format none -V ENCRYPTED two 2>err
burn -o out.img -force "${cheap[@]}" -pass-file pass two.iso
tap_is "$? $("$XBURNCRYPT" info -json out.img | jq -r .format)" '0 luks2' 'a disc that only looks like ours is encrypted' || tap_note "$(cat err)"
cp -r two three && printf 'The file volume on this disc is an encrypted volume (x)\n' >three/README.TXT && echo more >three/more
"$XBURNCRYPT" -quiet -o three.iso -format none three 2>err
burn -o out.img -force "${cheap[@]}" -pass-file pass three.iso
tap_is "$? $("$XBURNCRYPT" info -json out.img | jq -r .format)" '0 luks2' 'so is one with more files'
tap_done
