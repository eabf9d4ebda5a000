/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sink for an image file: a struct new_file (util/new_file.h), never visible under its final
 * name before it is whole. If it fails it leaves nothing behind. */
#ifndef BURN_FILE_SINK_H
#define BURN_FILE_SINK_H

#include <stdbool.h>

#include "burn/sink.h"

/* replace: path may exist as a regular file. path is borrowed. NULL with f filled. */
struct sink *file_sink_new(const char *path, bool replace, struct fail *f);

/* What is done to the file once all was written, before it gets its name; in the sink's thread. */
struct file_sink_ending {
	int (*run)(void *ctx, int fd, struct fail *f); /* 0, or -1 with f filled: no file is made */
	void *ctx;
};

/* Before it starts. */
void file_sink_end_with(struct sink *sink, const struct file_sink_ending *ending);

#endif
