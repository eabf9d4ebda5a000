/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The verb cat: one file of a disc to stdout. */
#include "cli/command.h"

#include <stdlib.h>
#include <unistd.h>

#include "cli/files_input.h"
#include "cli/print.h"
#include "util/io.h"
#include "util/signals.h"

enum { READ_BYTES = 1024 * 1024 };

static int copy(const struct disc_files *files, const struct disc_node *node, const char *path,
	struct fail *f)
{
	uint8_t *buf = malloc(READ_BYTES);
	struct fail cause = { 0 };
	int result = -1;
	size_t n = 1;

	if (!buf) {
		fail_memory(f);
		return -1;
	}
	for (uint64_t at = 0; n; at += n) {
		if (signals_caught()) {
			fail_set(f, FAIL_FAILED, "", "interrupted");
			goto out;
		}
		if (disc_files_read(files, node, at, READ_BYTES, buf, &n, &cause)) {
			fail_set(f, FAIL_INCOMPLETE, path, "can't be read at byte %llu (%s %s)",
				(unsigned long long)at, cause.object, cause.what);
			fail_hint(f, "xburncrypt extract goes on behind what can't be read");
			goto out;
		}
		if (n && io_write_full(STDOUT_FILENO, buf, n)) {
			if (signals_caught())
				fail_set(f, FAIL_FAILED, "", "interrupted");
			else
				fail_errno(f, FAIL_FAILED, "stdout", "can't be written");
			goto out;
		}
	}
	result = 0;
out:
	free(buf);
	return result;
}

static int cat(const struct disc_files *files, const char *path, struct fail *f)
{
	struct disc_listing *holder;
	const struct disc_node *node = disc_files_find(files, path, &holder, f);
	int result = -1;

	if (!node)
		goto out;
	if (S_ISLNK(node->mode))
		fail_set(f, FAIL_FAILED, path, "is a link, to %s",
			node->target ? node->target : "something damaged");
	else if (!S_ISREG(node->mode))
		fail_set(f, FAIL_FAILED, path, "is no regular file");
	else if (node->is_hurt)
		fail_set(f, FAIL_FAILED, path, "%s", node->damage);
	else
		result = copy(files, node, path, f);
out:
	disc_listing_free(holder);
	return result;
}

int cmd_cat(struct options *o)
{
	struct files_input in = { 0 };
	struct fail f = { 0 };

	print_set_mode(PRINT_TEXT, options_has(o, OPTION_QUIET));
	if (o->operands.n != 2)
		fail_set(&f, FAIL_USAGE, "", "name a drive, a device or an image, and one file");
	else if (files_input_open(&in, o, NULL, &f) == 0)
		cat(in.files, o->operands.items[1], &f);
	files_input_close(&in);
	if (fail_is_set(&f))
		print_fail(&f);
	return (int)f.code;
}
