/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disc/free_name.h"

#include <stdio.h>
#include <string.h>

/* other names that are tried for one */
enum { NUMBER_MAX = 1000 };

enum restore_result free_name_make(const struct free_name *n, const char *name,
	enum restore_result result, char other[OTHER_NAME_BYTES], struct fail *problem)
{
	char plain[OTHER_NAME_BYTES];
	unsigned first = 2;

	snprintf(plain, sizeof plain, "%s", name);
	if (result == RESTORE_UNNAMEABLE) {
		other_name_make_portable(plain, name);
		first = strcmp(plain, name) ? 1 : NUMBER_MAX;
	}
	for (unsigned i = first; i < NUMBER_MAX; i++) {
		if (i == 1)
			snprintf(other, OTHER_NAME_BYTES, "%s", plain);
		else
			other_name_number(other, plain, i, n->has_ending);
		/* it is for another, which may come later */
		if (old_names_is_on_disc(n->old, n->directory, other))
			continue;
		*problem = (struct fail){ 0 };
		if (old_names_has_more(n->old, n->directory, other) &&
			n->is_there(n->ctx, other, problem)) {
			old_names_take_more(n->old, n->directory, other);
			return RESTORE_DONE;
		}
		result = n->make(n->ctx, other, problem);
		if (result != RESTORE_TAKEN)
			break;
	}
	if (result > RESTORE_HURT)
		other[0] = '\0';
	return result;
}
