/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The verbs blank and format: one medium is emptied, or made ready for overwriting. */
#include "cli/command.h"

#include <stdbool.h>
#include <stdio.h>

#include "drive/drive.h"
#include "drive/medium.h"
#include "cli/print.h"
#include "cli/meter.h"
#include "util/signals.h"

struct work {
	bool is_format;
	bool all; /* of blank */
};

static int run(const struct options *o, const struct work *w, const char *path, struct fail *f)
{
	enum meter_mode mode;
	const struct progress_watch *watch;
	struct drive *d;
	int result;

	if (meter_mode_get(o, &mode, f))
		return -1;
	print_set_mode(mode == METER_JSON ? PRINT_JSON : PRINT_TEXT, options_has(o, OPTION_QUIET));
	d = drive_open(path, print_messages(), f);
	if (!d)
		return -1;
	watch = meter_start(mode, NULL);
	result = w->is_format ? medium_format(d, watch, print_messages(), f)
			      : medium_blank(d, w->all, watch, print_messages(), f);
	meter_end();
	if (result == 0 && !options_has(o, OPTION_QUIET)) {
		printf("%s: the %s in it is %s\n", path, drive_facts(d).medium,
			w->is_format ? "formatted" : "blank");
		result = print_flush(f);
	}
	/* the drive does not stop in the middle */
	if (result == 0 && signals_caught())
		result = fail_set(f, FAIL_FAILED, path, "interrupted by %s; it is %s all the same",
			signals_caught_name(), w->is_format ? "formatted" : "blank");
	drive_close(d, options_has(o, OPTION_EJECT));
	return result;
}

static int run_verb(const struct options *o, const struct work *w)
{
	struct fail f = { 0 };

	if (options_has(o, OPTION_ALL) && options_has(o, OPTION_FAST))
		fail_set(&f, FAIL_USAGE, "-fast", "contradicts -all");
	/* what destroys data has to be named, even where there is only one drive */
	else if (o->operands.n != 1)
		fail_set(&f, FAIL_USAGE, "", "name one drive, such as /dev/sr0");
	else
		run(o, w, o->operands.items[0], &f);
	if (fail_is_set(&f))
		print_fail(&f);
	print_done((int)f.code);
	return (int)f.code;
}

int cmd_blank(struct options *o)
{
	struct work w = { .all = options_has(o, OPTION_ALL) };

	return run_verb(o, &w);
}

int cmd_format(struct options *o)
{
	struct work w = { .is_format = true };

	return run_verb(o, &w);
}
