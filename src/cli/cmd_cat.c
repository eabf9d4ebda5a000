/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The verb cat: one file of a disc to stdout. */
#include <stdlib.h>
#include <unistd.h>

#include "cli/verbs.h"
#include "iso/disc_pattern.h"
#include "job/open_disc.h"
#include "util/io.h"
#include "util/sector.h"
#include "util/signals.h"

enum { READ_BYTES = 1024 * 1024 };

/* Reads from at on: at once, or block by block where something can't be read, so that all that is
 * good before it is had. */
static int read_on(const struct disc_files *files, const struct disc_node *node, uint64_t at,
	size_t *step, uint8_t *buf, size_t *n, struct fail *cause)
{
	if (at % READ_BYTES == 0)
		*step = READ_BYTES;
	if (disc_files_read(files, node, at, *step, buf, n, NULL) == 0)
		return 0;
	*step = BLOCK_BYTES;
	return disc_files_read(files, node, at, *step, buf, n, cause);
}

static int copy(const struct disc_files *files, const struct disc_node *node, const char *path,
	struct fail *f)
{
	uint8_t *buf = malloc(READ_BYTES);
	struct fail cause = { 0 };
	size_t n = 1, step = READ_BYTES;
	int result = -1;

	if (!buf)
		return fail_memory(f);
	for (uint64_t at = 0; n; at += n) {
		if (signals_caught()) {
			fail_set(f, FAIL_FAILED, "", "interrupted");
			goto out;
		}
		if (read_on(files, node, at, &step, buf, &n, &cause)) {
			fail_set(f, FAIL_INCOMPLETE, path, "can't be read at byte %llu (%s%s%s)",
				(unsigned long long)at, cause.object, *cause.object ? " " : "",
				cause.what);
			fail_hint(f, "use xburncrypt extract, which skips what can't be read");
			goto out;
		}
		if (n && io_write_full(STDOUT_FILENO, buf, n)) {
			if (signals_caught())
				fail_set(f, FAIL_FAILED, "", "interrupted");
			else
				printer_fail_stdout(f);
			goto out;
		}
	}
	result = 0;
out:
	free(buf);
	return result;
}

static int cat_node(const struct disc_files *files, const struct disc_node *node, const char *path,
	struct fail *f)
{
	if (S_ISLNK(node->mode))
		return fail_set(f, FAIL_FAILED, path, "is a symbolic link to %s",
			node->target ? node->target : "a damaged target");
	if (!S_ISREG(node->mode))
		return fail_set(f, FAIL_FAILED, path, "is not a regular file");
	if (disc_node_is_lost(node, disc_files_n_blocks_there(files)))
		return fail_set(f, FAIL_FAILED, path, "%s", node->damage);
	return copy(files, node, path, f);
}

struct matching {
	size_t n_damaged;
	const struct messages *messages;
};

/* Takes what is wrong with something on the disc. */
static void warn(void *ctx, const char *path, const char *what)
{
	struct matching *m = ctx;

	m->n_damaged++;
	message_warn(m->messages, "%s: %s", *path ? path : "/", what);
}

/* All regular files that a pattern matches, and those below directories, one after the other. */
static int cat_matching(const struct disc_files *files, const char *pattern,
	const struct messages *messages, struct fail *f)
{
	struct matching m = { .messages = messages };
	struct disc_walk walk;
	struct disc_walk_step step;
	int next = -1;

	if (disc_walk_open(&walk, files, warn, &m, f))
		return -1;
	if (disc_pattern_add(&walk, pattern, f))
		goto out;
	while ((next = disc_walk_next(&walk, &step, f)) > 0)
		for (size_t i = 0; i < step.listing->n_nodes; i++) {
			const struct disc_node *node = step.listing->nodes[i];
			const char *path = disc_walk_path(&walk, step.directory, node->name);

			if (!S_ISREG(node->mode) || (step.only && step.only != node))
				continue;
			next = cat_node(files, node, path, f);
			if (next)
				goto out;
		}
	if (next == 0 && (m.n_damaged || disc_files_damage(files)))
		next = fail_set(f, FAIL_INCOMPLETE, pattern,
			"may match more files than were read: the disc is damaged");
out:
	disc_walk_close(&walk);
	return next;
}

static int cat(const struct disc_files *files, const char *path, const struct messages *messages,
	struct fail *f)
{
	struct disc_listing *holder;
	struct fail missing = { 0 };
	const struct disc_node *node = disc_files_find(files, path, &holder, &missing);
	int result = -1;

	if (node)
		result = cat_node(files, node, path, f);
	else if (disc_pattern_is_one(path))
		result = cat_matching(files, path, messages, f);
	else
		*f = missing;
	disc_listing_free(holder);
	return result;
}

int cmd_cat(struct settings *s, struct printer *p, struct fail *f)
{
	struct open_files o;
	int result = -1;

	if (settings_read(s, settings_operand(s, 0), f))
		return -1;
	if (open_disc_files(&o, &s->read, &p->voice, f) == 0)
		result = cat(o.files, settings_operand(s, 1), &p->voice.messages, f);
	if (result == 0)
		result = open_disc_check(&o, f);
	open_disc_close(&o);
	return result;
}
