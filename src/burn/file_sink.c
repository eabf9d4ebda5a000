/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "burn/file_sink.h"

#include "burn/sink.h"
#include "util/new_file.h"

int file_sink_check(const char *path, bool replace, uint64_t announced_bytes, struct fail *f)
{
	return new_file_check(path, replace, announced_bytes, f);
}

int file_sink_write(struct burn_source *top, const char *path, bool replace,
	uint64_t announced_bytes, const struct progress_watch *watch, uint64_t *n_bytes,
	struct fail *f)
{
	struct new_file *file = new_file_open(path, replace, 0666, announced_bytes, f);
	int result = -1;

	*n_bytes = 0;
	if (!file)
		return -1;
	if (sink_pump(top, new_file_descriptor(file), path, announced_bytes, watch, n_bytes, f))
		goto out;
	progress_tick(watch, "closing", *n_bytes, announced_bytes);
	result = new_file_commit(file, f);
out:
	new_file_close(file);
	return result;
}
