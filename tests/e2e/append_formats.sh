#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# append.sh with the formats that it leaves out.
formats='luks1 old loopaes none' exec bash "$top_srcdir/tests/e2e/append.sh"
