/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/device_operand.h"

#include <stdlib.h>
#include <string.h>

#include "drive/drive_list.h"

/* The only drive there is. */
static const char *only_drive(char buf[DEVICE_OPERAND_MAX], struct fail *f)
{
	struct drive_entry *entries = NULL;
	size_t n = 0;

	if (drive_list(&entries, &n, f))
		return NULL;
	if (n == 1)
		snprintf(buf, DEVICE_OPERAND_MAX, "%s", entries[0].path);
	else if (n == 0)
		fail_set(f, FAIL_DRIVE, "", "this machine has no optical drive");
	else {
		fail_set(f, FAIL_USAGE, "", "there are %zu drives: name the one that is meant", n);
		fail_hint(f, "\"xburncrypt drives\" lists them");
	}
	free(entries);
	return n == 1 ? buf : NULL;
}

const char *device_operand_get(
	const struct options *o, char buf[DEVICE_OPERAND_MAX], struct fail *f)
{
	if (o->operands.n > 1) {
		fail_set(f, FAIL_USAGE, o->operands.items[1], "is one operand too many");
		return NULL;
	}
	return o->operands.n == 1 ? o->operands.items[0] : only_drive(buf, f);
}
