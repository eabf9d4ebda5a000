/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The verb append. */
#include "cli/verbs.h"
#include "job/appending.h"

int cmd_append(struct settings *s, struct printer *p, struct fail *f)
{
	if (settings_append_session(s, &p->voice.messages, f))
		return -1;
	return appending_run(&s->append, &p->voice, f);
}
