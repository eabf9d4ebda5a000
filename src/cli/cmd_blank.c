/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The verbs blank and format: one medium is emptied, or made ready for overwriting. */
#include <stdio.h>

#include "cli/verbs.h"
#include "drive/blank.h"
#include "drive/drive.h"
#include "drive/medium.h"
#include "util/signals.h"

/* What destroys data has to be named, even where there is only one drive. */
static int run(struct settings *s, struct printer *p, bool is_format, struct fail *f)
{
	const char *path = settings_operand(s, 0), *done = is_format ? "formatted" : "blank";
	const struct messages *m = &p->voice.messages;
	struct drive *d = drive_open(path, m, f);
	int result;

	if (!d)
		return -1;
	result = is_format ? medium_format(d, &p->voice.watch, m, f)
			   : blank_medium(d, s->all, &p->voice.watch, m, f);
	progress_end(&p->voice.watch);
	if (result == 0 && !s->is_quiet) {
		printf("%s: the %s is %s\n", path, drive_facts(d).medium, done);
		result = printer_flush(f);
	}
	/* the drive does not stop in the middle */
	if (result == 0 && signals_caught())
		result = fail_set(f, FAIL_FAILED, path, "interrupted by %s, but the medium is %s",
			signals_caught_name(), done);
	drive_close(d, s->burn.ejects);
	return result;
}

int cmd_blank(struct settings *s, struct printer *p, struct fail *f)
{
	if (s->given[OPTION_ALL] && s->given[OPTION_FAST])
		return settings_fail(s, OPTION_FAST, f, "contradicts -all");
	return run(s, p, false, f);
}

int cmd_format(struct settings *s, struct printer *p, struct fail *f)
{
	return run(s, p, true, f);
}
