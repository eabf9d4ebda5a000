/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The verb burn. */
#include "cli/health.h"
#include "cli/verbs.h"
#include "job/burning.h"

int cmd_burn(struct settings *s, struct printer *p, struct fail *f)
{
	if (settings_burn(s, &p->voice.messages, f) || health_burn(s, f))
		return -1;
	return burning_run(&s->burn, &p->voice, f);
}
