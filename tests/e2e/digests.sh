#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# verify takes files of digests as "sha256sum -c" and its sisters do, of each maker.
. "$top_srcdir/tests/lib/tap.sh" || exit
. "$top_srcdir/tests/e2e/lib.sh"
need sha256sum md5sum

mkdir -p "$tmp/tree/sub/deeper"
echo hello >"$tmp/tree/a"
printf x >"$tmp/tree/b) = c"
printf y >"$tmp/tree/back\\slash"
printf z >"$tmp/tree/new
line"
echo deep >"$tmp/tree/sub/deeper/file"
ln -s sub "$tmp/tree/link"
ln -s deeper/../../a "$tmp/tree/sub/up"
ln -s loop "$tmp/tree/loop"
ln -s /etc/passwd "$tmp/tree/out"
ln -s ../a "$tmp/tree/above"
cd "$tmp/tree" || exit
a=$(sha256sum <a | cut -c -64)
tagged=$(sha256sum <'b) = c' | cut -c -64)
slash=$(sha256sum <'back\slash' | cut -c -64)
line=$(sha256sum <'new
line' | cut -c -64)
deep=$(sha256sum <sub/deeper/file | cut -c -64)
zeros=${a//?/0}

verify() { # the digests are in the tree: the status, how many were checked, how many differ
	"$XBURNCRYPT" -quiet -force -format none -o "$tmp/img" "$tmp/tree" >/dev/null 2>&1 || tap_bail 'no image is made'
	"$XBURNCRYPT" verify "$tmp/img" >"$tmp/stdout" 2>"$tmp/stderr"
	echo "$? $(sed -nE 's/.*, ([0-9]+) files? checked, ([0-9]+) differ/\1 \2/p' "$tmp/stdout")"
}
as_sha256sum() { # format text...: one file of digests; both come to the same result
	local status wanted
	# shellcheck disable=SC2059
	printf "$@" >SHA256SUMS
	sha256sum --strict -c SHA256SUMS >"$tmp/theirs" 2>"$tmp/warnings"
	status=$?
	wanted="$(grep -c ': \(OK\|FAILED\)' "$tmp/theirs") $(grep -c ': FAILED' "$tmp/theirs")"
	if grep -q ': FAILED\|no properly' "$tmp/theirs" "$tmp/warnings"; then
		wanted="3 $wanted"
	elif [ $status != 0 ]; then
		wanted="5 $wanted"
	else
		wanted="0 $wanted"
	fi
	tap_is "$(verify)" "$wanted" "as sha256sum: $(printf %q "$(sed -E 's/[0-9a-fA-F]{64}/DIGEST/g' SHA256SUMS)")" ||
		tap_note "$(cat "$tmp/theirs" "$tmp/warnings" "$tmp/stderr")"
}
as_sha256sum '%s  a\n' "$a"
as_sha256sum '%s  a' "$a"
# coreutils 9 takes lines that end in CR LF; before, the CR is part of a name
if printf '%s  a\r\n' "$a" | sha256sum -c >/dev/null 2>&1; then
	as_sha256sum '%s *a\r\n%s  ./sub/deeper/file\r\n' "$a" "$deep"
	as_sha256sum '# a comment\n\n\r\n%s  a\n' "$a"
	as_sha256sum 'SHA256(a)= %s\r\nSHA256 (a) = %s\n' "${a^^}" "$zeros"
else
	tap_skip 'as sha256sum: CR LF' 'coreutils is older than 9'
fi
as_sha256sum '%s  a\n' "${a^^}"
as_sha256sum '%s  a\n' "$zeros"
as_sha256sum '%s  missing\n' "$a"
as_sha256sum 'nothing\n%s  a\n' "$a"
as_sha256sum 'nothing\n'
as_sha256sum ''
as_sha256sum '# a comment\n\n'
as_sha256sum '%s0  a\n%s  a\n' "$a" "$a"
as_sha256sum ' \t%s  a\n' "$a"
as_sha256sum '%s\ta\n' "$a"
as_sha256sum '%s a\n%s a\n' "$a" "$a"
as_sha256sum '%s a\n%s  a\n' "$a" "$a"
as_sha256sum '%s  a\n%s a\n' "$a" "$a"
as_sha256sum '%s   a\n' "$a"
as_sha256sum 'SHA256 (b) = c) = %s\n' "$tagged"
as_sha256sum 'SHA256  (a) = %s\n%s  a\n' "$a" "$a"
as_sha256sum 'SHA256 (a) = %s \n%s  a\n' "$a" "$a"
as_sha256sum 'MD5 (a) = %s\n%s  a\n' "${a:0:32}" "$a"
as_sha256sum '\\%s  back\\\\slash\n\\%s  new\\nline\n' "$slash" "$line"
as_sha256sum '%s  back\\slash\n' "$slash"
as_sha256sum '\\SHA256 (new\\nline) = %s\n' "$line"
as_sha256sum '\\%s  a\\x\n%s  a\n' "$a" "$a"
as_sha256sum '%s  link/deeper/file\n%s  link/up\n' "$deep" "$a"
as_sha256sum '%s  sub/../a\n%s  sub/./deeper//file\n' "$a" "$deep"
as_sha256sum '%s  loop\n%s  a/b\n%s  sub\n' "$a" "$a" "$a"

printf '%s  out\n%s  above\n%s  ../tree/a\n' "$zeros" "$a" "$a" >SHA256SUMS
tap_is "$(verify) $(grep -c 'has a digest but does not exist' "$tmp/stderr")" '3 3 3 3' 'links and names that lead out of the disc lead nowhere'
# each name is a search of its directory: links of many names must not take hours
long=$(printf 'sub/../%.0s' {1..100})
ln -s "${long}a" "$tmp/tree/far1"
for i in 2 3 4 5; do
	ln -s "${long}far$((i - 1))" "$tmp/tree/far$i"
done
printf '%s  far2\n%s  far5\n' "$a" "$a" >SHA256SUMS
tap_is "$(verify) $(grep -c 'far5: has a digest but does not exist' "$tmp/stderr")" '3 2 1 1' 'a path and its links have 256 names at the most'
rm far?
printf -- '-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n%s  a\n-----BEGIN PGP SIGNATURE-----\n\niQ==\n-----END PGP SIGNATURE-----\n' "$a" >SHA256SUMS
tap_is "$(verify)" '0 1 0' 'a signed file: what gpg puts around it is no line'
sed -i "s/$a/$zeros/; s/\$/\r/" SHA256SUMS
tap_is "$(verify)" '3 1 1' 'a signed file with CR LF: a file that differs'
sed -i "s/$zeros/$a/; s/^\r/ \t\r/" SHA256SUMS
tap_is "$(verify)" '0 1 0' 'a signed file with CR LF, and blanks in the empty line'
sed -i '/END PGP/d' SHA256SUMS
tap_is "$(verify) $(grep -c 'SHA256SUMS: ends within a PGP signature' "$tmp/stderr")" '3 1 0 1' 'a signature without its end is damage'
printf -- '-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n%s  a\n' "$zeros" >SHA256SUMS
tap_is "$(verify) $(grep -c 'SHA256SUMS: ends within a PGP signature' "$tmp/stderr")" '3 0 0 1' 'a header without its end too'
rm SHA256SUMS
mkdir -p "$tmp/folders/folder"
"$XBURNCRYPT" -quiet -force -format none -checksums -o "$tmp/img" "$tmp/folders" >/dev/null 2>&1
"$XBURNCRYPT" verify "$tmp/img" >"$tmp/stdout" 2>"$tmp/stderr"
tap_is "$? $("$XBURNCRYPT" list "$tmp/img")" '0 folder/' 'directories without files have no SHA256SUMS' || tap_note "$(cat "$tmp/stderr")"

# each maker's name, which "-c" of the same kind finds right, and wrong once a file changed
for kind in md5 sha1 sha224 sha256 sha384 sha512; do
	for name in "${kind^^}SUMS" "${kind}sum.txt" "${kind^^}SUM"; do
		find . -type f -exec "${kind}sum" {} + >"$tmp/digests"
		mv "$tmp/digests" "$name"
		tap_is "$(verify)" '0 5 0' "$name"
		echo HELLO >a
		tap_is "$(verify) $(grep -c 'a: does not match its digest' "$tmp/stderr")" '3 5 1 1' "$name: a file that differs"
		echo hello >a
		"${kind}sum" --tag a >"$name"
		tap_is "$(verify)" '0 1 0' "$name: with tags"
		rm "$name"
	done
done
md5sum a >md5sum.txt
sha256sum sub/deeper/file >SHA256SUMS
tap_is "$(verify)" '0 2 0' 'two of them: both are checked'
rm md5sum.txt SHA256SUMS
tap_is "$(verify)" '0 0 0' 'none: nothing is checked'
tap_like "$(cat "$tmp/stdout")" '^no SHA256SUMS, or the like, on the disc' 'and that is told'
if command -v genisoimage >/dev/null; then
	md5sum a >md5sum.txt
	genisoimage -quiet -o "$tmp/plain.iso" -graft-points A.=a MD5SUM.TXT=md5sum.txt 2>/dev/null
	"$XBURNCRYPT" verify "$tmp/plain.iso" >"$tmp/stdout" 2>"$tmp/stderr"
	tap_is "$? $(grep -c ': has a digest but' "$tmp/stderr")" '3 1' 'a disc with capitals only: the file of digests is found' ||
		tap_note "$(cat "$tmp/stdout" "$tmp/stderr")"
	rm md5sum.txt
else
	tap_skip 'a disc with capitals only' 'genisoimage is not installed'
fi

# a file of digests that lies behind the end is damage, and no file that differs
"$XBURNCRYPT" -quiet -force -format none -checksums -o "$tmp/img" "$tmp/tree" >/dev/null 2>&1
at=$(LC_ALL=C grep -abo "$a  a" "$tmp/img" | cut -d: -f1)
truncate -s "$((at / 2048 * 2048))" "$tmp/img"
"$XBURNCRYPT" verify "$tmp/img" >"$tmp/stdout" 2>"$tmp/stderr"
tap_like "$? $(tail -n 1 "$tmp/stdout")" '^3 .* 0 files checked, 0 differ$' 'a cut disc: nothing was checked, nothing differs'
tap_is "$(grep -c "SHA256SUMS: can't be read completely" "$tmp/stderr") $(grep -c 'img: is damaged$' "$tmp/stderr")" '1 1' 'what is damaged is told' ||
	tap_note "$(cat "$tmp/stderr")"
tap_done
