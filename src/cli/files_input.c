/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/files_input.h"

#include <stdio.h>
#include <string.h>

#include "cli/disc_input.h"
#include "cli/print.h"

/* What is there in the place of a file system that is read here. */
static void tell_contents(const struct disc *d, struct fail *f)
{
	const char *contents = disc_contents(d);

	if (!contents)
		fail_hint(f, "xburncrypt decrypt gets out what it holds");
	else if (!strstr(contents, "ISO 9660"))
		fail_hint(f, "it holds %s: xburncrypt decrypt gets it out", contents);
}

int files_input_open(
	struct files_input *in, struct options *o, const char *writable_dir, struct fail *f)
{
	struct disc_input_rights rights = { .writable_dir = writable_dir };
	const char *path = o->operands.items[0];
	struct fail cause = { 0 };

	*in = (struct files_input){ 0 };
	in->disc = disc_input_open(o, path, &rights, f);
	if (!in->disc)
		return -1;
	in->files = disc_files_open(disc_blocks(in->disc), disc_memory(in->disc), &cause);
	if (!in->files) {
		if (!cause.object[0])
			snprintf(cause.object, sizeof cause.object, "%s", path);
		tell_contents(in->disc, &cause);
		*f = cause;
		files_input_close(in);
		return -1;
	}
	if (disc_files_damage(in->files))
		message_warn(print_messages(), "%s: %s", path, disc_files_damage(in->files));
	return 0;
}

void files_input_warn(void *ctx, const char *path, const char *what)
{
	++*(size_t *)ctx;
	message_warn(print_messages(), "%s: %s", *path ? path : "/", what);
}

void files_input_close(struct files_input *in)
{
	disc_files_close(in->files);
	disc_close(in->disc);
	*in = (struct files_input){ 0 };
}
