#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Installs what is missing, builds in every way that matters, and runs every test. The last line is
# "N passed, N failed, N skipped"; the exit status is 0 when something passed and nothing failed.
#
#   sh autotools/check.sh [PART]     with a part's name: that part alone, without the counts
#
# On an idle machine with two cores all parts together take less than 30 minutes. A part may take as long as the whole
# has left: on a machine that others use, too, nothing fails only because it is slow. A part that has not ended by then
# counts as failed. Logs stay in build-check/.
set -u
PATH=$PATH:/usr/sbin:/sbin # cryptsetup's place

limit=5000 # seconds for all parts
# The virtual machine runs beside the parts that follow it, many of which mostly wait.
parts="deps build vm check distcheck ordinary clang valgrind"
# deps        installs the packages
# build       gcc, warnings are errors
# vm          make check-vm, beside the others
# check       make check-all
# distcheck   the tarball: it holds every tracked file, and passes "make check" with ASan and UBSan
# ordinary    the tarball: an ordinary user gets through try.sh and "make check"
# clang       clang, warnings are errors, without ISA-L: only the tests that this concerns are run
# valgrind    one image, end to end
# and, only when it is named:
# sanitizers  make check-all with ASan and UBSan, from the source tree

top=$(cd "$(dirname "$0")/.." && pwd) || exit
out=$top/build-check
jobs=$(nproc)

# Configures the folder build-checkX, once, and builds all that tests need.
build_in() {
	mkdir -p "$1" && cd "$1" || return
	shift
	[ -e Makefile ] || ../configure --enable-werror "$@" || return
	make -j"$jobs" all && make -j"$jobs" check TESTS=
}

part_deps() {
	sh "$top/autotools/deps.sh" test
}
part_build() {
	if [ -e "$top/config.status" ]; then
		echo "$top was configured in place: run 'make distclean' there first"
		return 1
	fi
	[ -x "$top/configure" ] || (cd "$top" && autoreconf -fi) || return
	build_in "$out"
}
part_vm() {
	make -C "$out" check-vm TEST_SUITE_LOG=check-vm-suite.log
}
part_check() {
	make -C "$out" -j"$jobs" -k check-all
}
# Runs a command as a user with no rights, and with the environment that Debian gives such a user.
as_ordinary_user() {
	if [ "$(id -u)" = 0 ]; then
		setpriv --reuid="$(id -u nobody)" --regid="$(id -g nobody)" --clear-groups \
			env -u TMPDIR HOME="$scratch" USER=nobody LOGNAME=nobody \
			PATH=/usr/local/bin:/usr/bin:/bin:/usr/local/games:/usr/games "$@"
	else
		"$@"
	fi
}
part_distcheck() {
	rm -f "$out"/xburncrypt-*.tar.xz
	make -C "$out" -j"$jobs" distcheck DISTCHECK_CONFIGURE_FLAGS=--enable-sanitizers || return
	top_srcdir=$top top_builddir=$out TARBALL=$(echo "$out"/xburncrypt-*.tar.xz)
	export top_srcdir top_builddir TARBALL
	bash "$top/tests/lint/tarball.sh"
}
part_ordinary() {
	TARBALL=$(echo "$out"/xburncrypt-*.tar.xz)
	# where every user gets to, wherever the sources are
	scratch=$(mktemp -d /tmp/xburncrypt-check.XXXXXX) || return
	trap 'chmod -R u+w "$scratch" && rm -rf "$scratch"' EXIT
	tar -C "$scratch" -xf "$TARBALL" && cd "$scratch"/xburncrypt-* || return
	[ "$(id -u)" != 0 ] || chown -R nobody "$scratch" || return
	as_ordinary_user sh autotools/try.sh || return
	as_ordinary_user make -C build-try -j"$jobs" check TESTS= &&
		as_ordinary_user make -C build-try -j"$jobs" -k check || {
		cp -R . "$out/xburncrypt-ordinary"
		return 1
	}
}
part_sanitizers() {
	build_in "$out-sanitizers" --enable-sanitizers && make -j"$jobs" -k check-all
}
part_clang() {
	build_in "$out-clang" CC=clang --without-isal &&
		make check TESTS="tests/unit/heal/galois_test tests/unit/heal/rs_code_test tests/unit/heal/parity.sh"
}
part_valgrind() {
	scratch=$(mktemp -d "${TMPDIR:-/tmp}/xburncrypt-check.XXXXXX") || return
	trap 'rm -rf "$scratch"' EXIT
	echo 'correct horse battery staple' >"$scratch/pass" && chmod 600 "$scratch/pass" &&
		valgrind -q --error-exitcode=9 --leak-check=full --errors-for-leak-kinds=definite \
			--track-fds=no "$out/src/xburncrypt" -o "$scratch/disc.img" \
			-pass-file "$scratch/pass" -pbkdf pbkdf2 -pbkdf-iterations 1000 -pbkdf-weak \
			"$top/doc" &&
		cryptsetup open --test-passphrase --disable-locks "$scratch/disc.img" <"$scratch/pass"
}

# Each test program leaves a .trs file (make distcheck leaves them only when something failed); each other part is one
# result.
count() { # kinds of result, as an extended regular expression
	find "$out" -name '*.trs' -exec cat {} + 2>/dev/null |
		grep -cE "^:test-result: ($1)( |\$)"
}
show_failures() {
	find "$out" -name '*.trs' -exec grep -lE '^:test-result: (FAIL|XPASS|ERROR)' {} + 2>/dev/null |
		while read -r trs; do
			echo "--- ${trs%.trs}.log"
			grep -E -A 12 '^(not ok|ERROR|FAIL|XPASS|Bail)' "${trs%.trs}.log" | head -n 120
		done
}

started=$(date +%s)
pid=
beside= # the job of the part that runs beside others

# Runs one part within what is left of the limit.
run_part() {
	seconds=$((limit - $(date +%s) + started))
	if [ "$seconds" -le 0 ]; then
		echo "check.sh: $1: no time left"
		return 1
	fi
	before=$(date +%s)
	# a job in the background would ignore SIGINT, and so would the programs under test
	env --default-signal=INT,QUIT timeout -k 15 "$seconds" sh "$0" "$1" \
		>"$out/check-$1.out" 2>&1 </dev/null &
	pid=$!
	wait "$pid"
	status=$?
	pid=
	took=$(($(date +%s) - before))
	case $status in
	0) echo "check.sh: $1: ok, $took s" ;;
	124 | 137) echo "check.sh: $1: FAILED: it had not ended after $took s, when all parts had used their $limit s" ;;
	*) echo "check.sh: $1: FAILED with status $status after $took s" ;;
	esac
	[ $status = 0 ] || tail -n 30 "$out/check-$1.out"
	return $status
}
stop() {
	# shellcheck disable=SC2086 # two words, or none
	kill $pid $beside 2>/dev/null
	echo "check.sh: stopped"
	exit "$1"
}
run_all() {
	trap 'stop 130' INT
	trap 'stop 143' TERM
	mkdir -p "$out" || exit
	# what an earlier run may have left
	find "$out" -name '*.trs' -exec rm -f {} + 2>/dev/null
	chmod -R u+w "$out"/xburncrypt-*/ 2>/dev/null
	rm -rf "$out"/xburncrypt-*/

	n_passed=0 n_failed=0
	for part in $parts; do
		if [ "$part" = vm ]; then
			(
				trap 'kill "$pid" 2>/dev/null; exit 143' TERM
				run_part vm
			) >"$out/check-vm.said" &
			beside=$!
			continue
		fi
		failed_before=$(count 'FAIL|XPASS|ERROR')
		if run_part "$part"; then
			n_passed=$((n_passed + 1))
		elif [ "$(count 'FAIL|XPASS|ERROR')" = "$failed_before" ]; then
			n_failed=$((n_failed + 1)) # otherwise its tests tell
		fi
		case $part:$n_failed in deps:1 | build:1) break ;; esac
	done
	if [ -n "$beside" ]; then
		if wait "$beside"; then
			n_passed=$((n_passed + 1))
		elif ! grep -qE '^:test-result: (FAIL|ERROR)' "$out/tests/vm/check-vm.trs" 2>/dev/null; then
			n_failed=$((n_failed + 1))
		fi
		beside=
		cat "$out/check-vm.said"
	fi
	echo "check.sh: all parts: $(($(date +%s) - started)) s"
	show_failures
	[ "$(count 'PASS|FAIL')" -gt 0 ] || n_failed=$((n_failed + 1))
	n_passed=$((n_passed + $(count 'PASS|XFAIL')))
	n_failed=$((n_failed + $(count 'FAIL|XPASS|ERROR')))
	echo "$n_passed passed, $n_failed failed, $(count SKIP) skipped"
	[ $n_failed = 0 ] && [ $n_passed -gt 0 ]
}

is_part() {
	for part in $parts sanitizers; do
		[ "$1" != "$part" ] || return 0
	done
	return 1
}

if [ $# = 0 ]; then
	run_all
elif [ $# = 1 ] && is_part "$1"; then
	"part_$1"
else
	echo "usage: sh autotools/check.sh [PART]; parts: $parts sanitizers" >&2
	exit 2
fi
