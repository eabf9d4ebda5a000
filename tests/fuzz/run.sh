#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Fuzzes with clang's libFuzzer: run.sh [SECONDS [FUZZER...]], 60 seconds each. Needs a configured
# and built tree ($top_builddir or the current directory). What breaks is left as crash-* in the current
# directory.
set -eu
seconds=${1:-60}
shift || true
[ $# -gt 0 ] || set -- loopaes_keys veracrypt_header contents luks1_header luks2_header luks2_token \
	descriptors disc_files extraction heal_reader heal_record heal_state minisign opening sessions udf
here=$(cd "$(dirname "$0")" && pwd)
src=$here/../../src
export XBURNCRYPT=${XBURNCRYPT:-$(realpath "${top_builddir:-.}/src/xburncrypt")}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

read -ra libs < <(pkg-config --cflags --libs libcrypto libsodium libcryptsetup json-c zlib)
# what reads files back, and needs no libisofs
reading=("$src"/iso/*.c "$src"/disc/*.c "$src"/heal/*.c)
if grep -q '^#define HAVE_ISAL 1' "${top_builddir:-.}/config.h"; then libs+=(-lisal); fi
for fuzzer; do
	# what recognises a payload
	more=("$src"/iso/{descriptors,directory_record,session_record}.c)
	case $fuzzer in
	disc_files | extraction) more=("${reading[@]}" "$here/plain_disc.c" "$here/check_disc.c") ;;
	udf) more=("${reading[@]}" "$here/check_disc.c" "$here/../lib/udf_image.c") ;;
	opening | sessions) more=("${reading[@]}") ;;
	heal_state) more+=("$src"/heal/{rescue_state,heal_record,heal_layout,block_tree}.c) ;;
	heal_reader) more+=("$src"/heal/*.c) ;;
	heal_record) more+=("$src"/heal/{heal_record,heal_layout,block_tree}.c) ;;
	esac
	mkdir "$work/$fuzzer"
	bash "$here/corpus.sh" "$fuzzer" "$work/$fuzzer"
	clang -std=gnu17 -D_GNU_SOURCE -g -O1 -fsanitize=fuzzer,address,undefined \
		-fno-sanitize-recover=undefined -I"$src" -I"$here/.." -I"${top_builddir:-.}" -I"${top_builddir:-.}/src" \
		"$here/$fuzzer.c" \
		"$src"/crypto/*.c "$src"/crypto/format/*.c "$src"/util/*.c "${more[@]}" \
		-o "$work/$fuzzer.bin" "${libs[@]}" -pthread
	"$work/$fuzzer.bin" -max_total_time="$seconds" -max_len=140000 -print_final_stats=1 \
		"$work/$fuzzer"
done
