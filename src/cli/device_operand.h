/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The DEVICE or IMAGE operand of verbs that look at one thing. */
#ifndef CLI_DEVICE_OPERAND_H
#define CLI_DEVICE_OPERAND_H

#include "cli/options.h"
#include "util/fail.h"

enum { DEVICE_OPERAND_MAX = 40 };

/* The sole operand, or, where none was given, this machine's only drive, whose path is kept in buf.
 * NULL with f filled: FAIL_USAGE for too many operands or several drives, FAIL_DRIVE for none. */
const char *device_operand_get(
	const struct options *o, char buf[DEVICE_OPERAND_MAX], struct fail *f);

#endif
