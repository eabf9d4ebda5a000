/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tree/volume_id.h"

#include <string.h>

enum { VOLUME_ID_MAX = 32 };

int volume_id_check(const char *id, struct fail *f)
{
	for (const char *s = id; *s; s++)
		if (*s < 0x20 || *s > 0x7e)
			return fail_set(f, FAIL_USAGE, id,
				"a volume id can contain only printable ASCII characters");
	if (!*id || strlen(id) > VOLUME_ID_MAX)
		return fail_set(f, FAIL_USAGE, *id ? id : "-V",
			"a volume id has 1 to %d characters, not %zu", VOLUME_ID_MAX, strlen(id));
	return 0;
}
