/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The verb extract: files of a disc into a directory. */
#include "cli/command.h"

#include <stdio.h>

#include "disc/extract.h"
#include "cli/files_input.h"
#include "cli/new_dir.h"
#include "cli/print.h"
#include "cli/meter.h"
#include "util/size.h"

static void print_summary(const struct extract_result *r)
{
	char size[64];

	printf("brought back: %llu file%s of %s, %llu director%s, %llu other%s\n",
		(unsigned long long)r->n_files, r->n_files == 1 ? "" : "s",
		size_format(size, sizeof size, r->n_bytes), (unsigned long long)r->n_directories,
		r->n_directories == 1 ? "y" : "ies", (unsigned long long)r->n_others,
		r->n_others == 1 ? "" : "s");
}

/* Whether all came back; -1 with f filled where not. */
static int judge(
	const struct extract_result *r, const struct extract *x, const char *source, struct fail *f)
{
	if (r->n_hurt && r->n_files + r->n_directories + r->n_others == 0)
		return fail_set(
			f, FAIL_FAILED, source, "nothing could be brought back to %s", x->to);
	if (r->n_hurt)
		return fail_set(f, FAIL_INCOMPLETE, source,
			"%llu file%s could not be brought back as %s",
			(unsigned long long)r->n_hurt, r->n_hurt == 1 ? "" : "s",
			r->n_hurt == 1 ? "it was" : "they were");
	if (disc_files_damage(x->files))
		return fail_set(f, FAIL_INCOMPLETE, source,
			"is damaged: there may be more than was brought back");
	return 0;
}

static int extract_to(
	const struct new_dir *dir, struct options *o, enum meter_mode mode, struct fail *f)
{
	struct extract x = { .to = o->values[OPTION_TO],
		.force = options_has(o, OPTION_FORCE),
		.privileged = options_has(o, OPTION_PRIVILEGED),
		.messages = print_messages() };
	struct extract_result r = { 0 };
	struct files_input in;
	int result = -1;

	if (files_input_open(&in, o, x.to, f))
		return -1;
	x.files = in.files;
	x.is_target_new = dir->is_new;
	x.paths = o->operands.items + 1;
	x.n_paths = o->operands.n - 1;
	x.watch = meter_start(mode, NULL);
	result = extract_files(&x, &r, f);
	meter_end();
	if (result == 0 && !options_has(o, OPTION_QUIET)) {
		print_summary(&r);
		print_flush_summary();
	}
	if (result == 0)
		result = judge(&r, &x, o->operands.items[0], f);
	files_input_close(&in);
	return result;
}

static void extract(struct options *o, enum meter_mode mode, struct fail *f)
{
	struct new_dir dir;
	int result;

	if (new_dir_make(&dir, o->values[OPTION_TO], o->argument_secret, f))
		return;
	result = extract_to(&dir, o, mode, f);
	new_dir_close(&dir, result == 0);
}

int cmd_extract(struct options *o)
{
	enum meter_mode mode = METER_AUTO;
	struct fail f = { 0 };

	if (meter_mode_get(o, &mode, &f) == 0) {
		print_set_mode(
			mode == METER_JSON ? PRINT_JSON : PRINT_TEXT, options_has(o, OPTION_QUIET));
		if (o->operands.n == 0)
			fail_set(&f, FAIL_USAGE, "", "name a drive, a device or an image");
		else if (!options_has(o, OPTION_TO))
			fail_set(&f, FAIL_USAGE, "-to", "is missing: name a directory");
		else
			extract(o, mode, &f);
	}
	if (fail_is_set(&f))
		print_fail(&f);
	print_done((int)f.code);
	return (int)f.code;
}
