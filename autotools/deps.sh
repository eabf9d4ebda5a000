#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Installs the packages that building and testing need and that are missing (Debian 12 and later, Ubuntu
# 22.04 and later). Prints nothing when all are installed.
#
#   sh autotools/deps.sh [build|try|check|test]...     without a word: build
set -eu

build="gcc libc6-dev make autoconf automake pkg-config xz-utils
	libburn-dev libisofs-dev libssl-dev libsodium-dev libcryptsetup-dev libjson-c-dev zlib1g-dev libfuse3-dev libisal-dev"

# an independent program that opens what was made, and one that reads the ISO inside
try="cryptsetup-bin xorriso diffutils"

# make check. completion: zsh fish; formats: aespipe openssl qemu-utils; file systems: genisoimage libarchive-tools; other programs that burn,
# for the emulated burner: cdrskin, wodim, dvd+rw-tools
check="bash binutils findutils procps util-linux attr acl
	aespipe openssl qemu-utils grub-common genisoimage libarchive-tools jq strace xxd fuse3 rsync
	bzip2 cpio e2fsprogs squashfs-tools gnupg libxml2-utils librsvg2-bin minisign zsh fish cdrskin wodim dvd+rw-tools"

# what only check.sh runs. lint: git clang clang-format shellcheck mandoc; the guest with a burner: qemu-system-x86 and
# below
test="git shellcheck mandoc clang clang-format valgrind python3
	qemu-system-x86 busybox-static kmod dmsetup sg3-utils eject"

say() { echo "deps.sh: $*" >&2; }

is_installed() {
	case $(dpkg-query -W -f='${Status}' "$1" 2>/dev/null) in
	"install ok installed") return 0 ;;
	*) return 1 ;;
	esac
}

# Prints those of its arguments that are not installed.
list_missing() {
	for package; do
		is_installed "$package" || printf '%s ' "$package"
	done
}

as_root() {
	if [ "$(id -u)" = 0 ]; then
		"$@"
	else
		sudo "$@"
	fi
}

refuse_other_system() {
	say "only Debian and Ubuntu are supported here. Install these with your package manager:"
	cat >&2 <<-END
		to build: a C17 compiler, make, autoconf 2.69, automake 1.16, pkg-config, xz, and with their headers
		  libburn 1.5.4, libisofs 1.5.4, OpenSSL (libcrypto) 3.0, libsodium 1.0.18, libcryptsetup 2.4,
		  json-c 0.15, zlib 1.2.11, libfuse 3.10, ISA-L 2.30 (or: ./configure --without-isal)
		for try.sh: cryptsetup 2.5, xorriso
		for make check: bash aespipe openssl qemu-img genisoimage mkzftree bsdtar jq strace xxd fusermount3 rsync mksquashfs gpg minisign zsh fish
		  cdrskin wodim growisofs
		for check.sh: git shellcheck mandoc clang clang-format valgrind python3 qemu-system-x86 busybox (static) kmod cpio
		then: autoreconf -fi && ./configure && make && make check
	END
	exit 1
}

wanted=
for set in "${@:-build}"; do
	case $set in
	build) wanted="$wanted $build" ;;
	try) wanted="$wanted $build $try" ;;
	check) wanted="$wanted $build $try $check" ;;
	test) wanted="$wanted $build $try $check $test" ;;
	*)
		say "usage: sh autotools/deps.sh [build|try|check|test]..."
		exit 2
		;;
	esac
done

if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
	refuse_other_system
fi

# shellcheck disable=SC2086 # a list of words
missing=$(list_missing $wanted)
[ -n "$missing" ] || exit 0
if [ "$(id -u)" != 0 ] && ! command -v sudo >/dev/null; then
	say "missing: $missing"
	say "run as root: apt-get install --no-install-recommends $missing"
	exit 1
fi

say "installing: $missing"
install="env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends"
# The package lists may be old enough to name files that are gone: only then are they fetched anew.
# shellcheck disable=SC2086 # lists of words
as_root $install $missing >/dev/null 2>&1 || {
	as_root apt-get update -q
	as_root $install $missing
}
