# SPDX-License-Identifier: GPL-3.0-or-later
# What the end-to-end tests share: trees to burn, and ways back that use no code of ours.
# Sourced after tests/lib/tap.sh.
# shellcheck shell=bash

# KDF costs that don't slow the tests down; one test uses the defaults
# shellcheck disable=SC2034
cheap=(-pbkdf-weak -pbkdf-memory 64 -pbkdf-iterations 4 -pbkdf-parallel 1)
# long enough for aespipe, which wants 20 characters
passphrase='correct horse battery staple'

need() { # program...: skips the whole test where one is missing
	local p
	for p; do
		command -v "$p" >/dev/null || {
			tap_skip "$(basename "$0")" "$p is not installed"
			tap_done
		}
	done
}

# With a time_t of 32 bits, files of times after 2038 are refused. (The fifth byte of an ELF file is 2 with 64 bits.)
takes_late_times() {
	[ $(($(od -An -tu1 -j 4 -N 1 "$XBURNCRYPT"))) = 2 ]
}

make_tree() { # folder: a small tree with a bit of everything
	mkdir -p "$1/sub/deeper" "$1/empty"
	printf 'hello\n' >"$1/hello.txt"
	: >"$1/nothing"
	head -c 300001 /dev/urandom >"$1/sub/random.bin"
	ln "$1/sub/random.bin" "$1/sub/deeper/the-same.bin"
	ln -s ../hello.txt "$1/sub/link"
	printf 'x' >"$1/name with blanks and 'quotes'"
	chmod 640 "$1/hello.txt"
	chmod 750 "$1/sub"
	touch -d '2001-02-03 04:05:06 UTC' "$1/hello.txt" "$1/sub/deeper"
}

same_tree() { # tree iso: the ISO's files, brought out by xorriso, equal the tree
	rm -rf "$tmp/out" # xorriso gives the root its attributes only where it makes it
	xorriso -hardlinks on -indev "$2" -osirrox on -extract / "$tmp/out" >"$tmp/xorriso.log" 2>&1 &&
		bash "$top_srcdir/tests/e2e/compare-trees.sh" --no-link-attributes "$1" "$tmp/out"
}

# cryptsetup encrypts and decrypts files, without device-mapper (2.5 and later)
cryptsetup_takes_files() {
	grep -q -- --force-offline-reencrypt <<<"$(cryptsetup --help)"
}

# image key-file-with-the-exact-bytes out: in userspace, by cryptsetup alone, which shifts the data to the start
# and leaves the file as long as it was
decrypt_luks2() {
	cp "$1" "$3.work" &&
		cryptsetup -q reencrypt --decrypt --force-offline-reencrypt --disable-locks \
			--header "$3.header" --key-file "$2" "$3.work" >"$3.log" 2>&1 &&
		truncate -s $(($(stat -c %s "$1") - 1048576)) "$3.work" &&
		mv "$3.work" "$3" && rm -f "$3.header"
}

decrypt_aespipe() { # image passphrase-file hash out
	aespipe -d -e aes256 -H "$3" -P "$2" <"$1" >"$4"
}

# image sector key-in-hex: one 512-byte sector of AES-256-CBC with the plain IV, by openssl
decrypt_sector() {
	local iv
	iv=$(printf '%08x' "$2" | sed 's/\(..\)\(..\)\(..\)\(..\)/\4\3\2\1/')000000000000000000000000
	dd if="$1" bs=512 skip="$2" count=1 status=none |
		openssl enc -d -aes-256-cbc -nopad -K "$3" -iv "$iv"
}

ecb() { # -d or -e, key, block; all in hex
	xxd -r -p <<<"$3" | openssl enc "$1" -aes-256-ecb -nopad -K "$2" | xxd -p -c 16
}
xor_hex() { # two blocks
	local i
	for i in 0 8 16 24; do
		printf '%08x' $((16#${1:i:8} ^ 16#${2:i:8}))
	done
}
# image byte unit key: the 16 bytes that a data unit begins with, decrypted as XTS says (IEEE 1619, 5.4), in hex
xts_block() {
	local k1=${4:0:64} k2=${4:64:64} unit tweak cipher
	unit=$(printf '%02x%02x%02x00000000000000000000000000' $(($3 & 255)) $(($3 >> 8 & 255)) $(($3 >> 16)))
	tweak=$(ecb -e "$k2" "$unit")
	cipher=$(dd if="$1" bs=16 skip=$(($2 / 16)) count=1 status=none | xxd -p)
	xor_hex "$(ecb -d "$k1" "$(xor_hex "$cipher" "$tweak")")" "$tweak"
}

printed_commands() { # summary: the opening commands alone, for root
	sed -n '/^open it/,/^[^ ]/s/^    \(sudo \)\{0,1\}//p' "$1"
}

# --- tests of src/crypto through tests/e2e/volume, whose facts and commands stand in IMAGE.facts ---------
fact() { # image name
	sed -n "s/^$2: //p" "$1.facts"
}
# The printed command, asked only whether the secret fits.
try_command() { # image
	local line
	line=$(fact "$1" command | head -1)
	line=${line/open --readonly/open --test-passphrase --disable-locks}
	eval "${line/ disc/}"
}

is_stopped() { # process
	grep -q '^State:.T' "/proc/$1/status"
}
# How far a program has come, for wait_until (Linux: proc_pid_io(5), proc_pid_stat(5)). Only root may see what
# xburncrypt has read and written.
has_read() { # process bytes
	awk -v n="$2" '/^rchar:/ { is_so = $2 >= n } END { exit !is_so }' "/proc/$1/io" 2>/dev/null
}
has_written() { # process bytes
	awk -v n="$2" '/^wchar:/ { is_so = $2 >= n } END { exit !is_so }' "/proc/$1/io" 2>/dev/null
}
has_computed() { # process seconds
	awk -v n="$2" -v hertz="$(getconf CLK_TCK)" '{ sub(/.*\) /, ""); exit !($12 >= n * hertz) }' "/proc/$1/stat" 2>/dev/null
}

# arguments...: "2" where xburncrypt has a system call filter on when it ends (Linux: proc_pid_status(5))
filter_of() {
	local pid
	XBURNCRYPT_TEST_STOP=before-exit "$top_builddir/tests/e2e/xburncrypt-stops" "$@" >"$tmp/stopped" 2>&1 &
	pid=$!
	wait_until is_stopped $pid
	awk '/^Seccomp:/ { print $2 }' /proc/$pid/status
	kill -CONT $pid
	wait $pid
}
