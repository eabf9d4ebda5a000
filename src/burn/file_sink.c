/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "burn/file_sink.h"

#include <stdlib.h>

#include "burn/fd_sink.h"
#include "util/new_file.h"

struct file_sink {
	struct fd_sink base; /* first */
	bool replace;
	struct file_sink_ending ending;
	struct new_file *file;
};

static int check(struct sink *sink, uint64_t n_bytes, struct sink_needs *needs, struct fail *f)
{
	const struct file_sink *s = (struct file_sink *)sink;

	*needs = (struct sink_needs){ .unit_bytes = 1 };
	return new_file_check(s->base.name, s->replace, n_bytes, f);
}

static int open_file(struct fd_sink *base, uint64_t n_bytes, struct fail *f)
{
	struct file_sink *s = (struct file_sink *)base;

	s->file = new_file_open(base->name, s->replace, 0666, n_bytes, f);
	if (!s->file)
		return -1;
	base->fd = new_file_descriptor(s->file);
	return 0;
}

static int commit(struct fd_sink *base, struct fail *f)
{
	const struct file_sink *s = (struct file_sink *)base;

	if (s->ending.run && s->ending.run(s->ending.ctx, base->fd, f))
		return -1;
	return new_file_commit(s->file, f);
}

static int close_file(struct fd_sink *base, struct fail *f)
{
	(void)f;
	new_file_close(((struct file_sink *)base)->file);
	return 0;
}

struct sink *file_sink_new(const char *path, bool replace, struct fail *f)
{
	struct file_sink *s = calloc(1, sizeof *s);

	if (!s) {
		fail_memory(f);
		return NULL;
	}
	s->base = (struct fd_sink){ .sink = { .needs = check, .reader = fd_sink_read_back },
		.name = path,
		.is_all_or_nothing = true,
		.open = open_file,
		.commit = commit,
		.close = close_file };
	s->replace = replace;
	return fd_sink_new(&s->base);
}

void file_sink_end_with(struct sink *sink, const struct file_sink_ending *ending)
{
	((struct file_sink *)sink)->ending = *ending;
}
