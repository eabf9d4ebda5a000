#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The tarball holds every tracked file, all of them text, and besides them only what autoreconf makes. Looks at what
# "make distdir" gathers, or at a finished tarball named by $TARBALL.
. "$top_srcdir/tests/lib/tap.sh" || exit

# a clone may belong to another user, and git may know nobody here
export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=safe.directory GIT_CONFIG_VALUE_0='*'

list_dist() {
	if [ -n "${TARBALL-}" ]; then
		tar -tf "$TARBALL" | sed -n 's,^[^/]*/,,; /\/$/d; /./p'
	else
		make -s -C "$top_builddir" distdir distdir="$tmp/dist" >"$tmp/log" 2>&1 &&
			(cd "$tmp/dist" && find . -type f -o -type l) | sed 's,^\./,,'
	fi
}

if ! git -C "$top_srcdir" ls-files --error-unmatch configure.ac >/dev/null 2>&1; then
	tap_skip "the tarball holds what is tracked" "no git checkout"
	tap_done
fi
git -C "$top_srcdir" ls-files | LC_ALL=C sort >"$tmp/tracked"
list_dist | LC_ALL=C sort >"$tmp/packed"
[ -s "$tmp/packed" ]
tap_ok "something is packed" || tap_note "$(cat "$tmp/log")"
tap_is "$(LC_ALL=C comm -23 "$tmp/tracked" "$tmp/packed")" "" "every tracked file is in the tarball"
made='^(aclocal\.m4|configure|config\.h\.in|Makefile\.in|autotools/(build-aux|m4)/[a-z0-9.-]+)$'
tap_is "$(LC_ALL=C comm -13 "$tmp/tracked" "$tmp/packed" | grep -vE "$made")" "" \
	"besides them only what autoreconf makes"
tap_is "$(cd "$top_srcdir" && git ls-files -z | xargs -0 grep -LI '' -- | while read -r f; do
	[ ! -s "$f" ] || echo "$f"
done)" "" "nothing tracked is binary"
tap_done
