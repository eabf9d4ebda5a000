#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Runs sandbox_test, which can't remove its folder itself any more.
folder=$(mktemp -d "${TMPDIR:-/tmp}/xburncrypt-test.XXXXXX") || exit
trap 'rm -rf "$folder"' EXIT
"$top_builddir/tests/unit/util/sandbox_test" "$folder"
