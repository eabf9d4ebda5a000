/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The verb extract: files of a disc into a directory. */
#include "command.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

#include "disc/extract.h"
#include "files_input.h"
#include "print.h"
#include "progress.h"
#include "util/size.h"

/* The directory has to be there before it is all that can be written to. */
static int make_target(const char *to, struct fail *f)
{
	struct stat st;

	if (mkdir(to, 0777) == 0)
		return 0;
	if (errno != EEXIST)
		return fail_errno(f, FAIL_FAILED, to, "the directory can't be made");
	if (stat(to, &st) == 0 && S_ISDIR(st.st_mode))
		return 0;
	return fail_set(f, FAIL_USAGE, to, "is no directory");
}

static void print_summary(const struct extract_result *r)
{
	char size[64];

	printf("brought back: %llu file%s of %s, %llu director%s, %llu other%s\n",
		(unsigned long long)r->n_files, r->n_files == 1 ? "" : "s",
		size_format(size, sizeof size, r->n_bytes), (unsigned long long)r->n_directories,
		r->n_directories == 1 ? "y" : "ies", (unsigned long long)r->n_others,
		r->n_others == 1 ? "" : "s");
}

static int extract(struct options *o, enum progress_mode mode, struct fail *f)
{
	struct extract x = { .to = o->values[OPTION_TO],
		.force = options_has(o, OPTION_FORCE),
		.privileged = options_has(o, OPTION_PRIVILEGED),
		.messages = print_messages() };
	struct extract_result r = { 0 };
	struct files_input in;
	int result = -1;

	if (make_target(x.to, f) || files_input_open(&in, o, x.to, f))
		return -1;
	x.files = in.files;
	x.paths = o->operands.items + 1;
	x.n_paths = o->operands.n - 1;
	x.watch = progress_start(mode, NULL);
	result = extract_files(&x, &r, f);
	progress_end();
	if (result == 0 && !options_has(o, OPTION_QUIET))
		print_summary(&r);
	if (result == 0 && (r.n_hurt || disc_files_damage(in.files)))
		result = fail_set(f, FAIL_INCOMPLETE, o->operands.items[0],
			"%llu files could not be brought back as they were",
			(unsigned long long)r.n_hurt);
	files_input_close(&in);
	return result;
}

int cmd_extract(struct options *o)
{
	enum progress_mode mode = PROGRESS_AUTO;
	struct fail f = { 0 };

	if (progress_mode_get(o, &mode, &f) == 0) {
		print_set_mode(mode == PROGRESS_JSON ? PRINT_JSON : PRINT_TEXT,
			options_has(o, OPTION_QUIET));
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
