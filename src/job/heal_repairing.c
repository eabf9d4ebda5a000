/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "job/heal_repairing.h"

#include <limits.h>
#include <stdlib.h>

#include "heal/tree_check.h"
#include "util/io.h"
#include "util/new_file.h"
#include "util/sandbox.h"

enum { COPY_BLOCKS = 512 };

/* Copies all that can be read; what can't is zeros, and told by the states. */
static int salvage(const struct heal_request *r, struct block_reader *reader, int fd,
	struct healing *h, const struct voice *voice, struct fail *f)
{
	struct tree_check c = { .reader = reader, .states = h->states, .watch = &voice->watch };
	uint64_t end = h->record.layout.end;
	uint8_t *buf = malloc((size_t)COPY_BLOCKS * BLOCK_BYTES);
	int result = buf ? 0 : fail_memory(f);

	for (uint64_t at = 0; result == 0 && at < end; at += COPY_BLOCKS) {
		uint32_t n = end - at < COPY_BLOCKS ? (uint32_t)(end - at) : COPY_BLOCKS;

		result = tree_check_read(&c, at, n, buf, f);
		if (result == 0 &&
			io_pwrite_full(fd, buf, (size_t)n * BLOCK_BYTES, at * BLOCK_BYTES))
			result = fail_errno(f, FAIL_FAILED, r->output, "can't be written");
	}
	free(buf);
	return result;
}

static int repair(const struct heal_request *r, struct block_reader *reader, int fd,
	struct healing *h, const struct voice *voice, struct fail *f)
{
	struct healing_tools t = { 0 };
	const struct heal_file file = { fd, r->output, &t.hash, &voice->watch };
	int result = -1;

	if (healing_tools_open(&t, &h->record, f) == 0 && salvage(r, reader, fd, h, voice, f) == 0)
		result = healer_run(&file, &h->record, h->states, &h->outcome, f);
	if (healing_tools_close(&t, f))
		result = -1;
	return result;
}

int heal_repairing_run(
	const struct heal_request *r, struct healing *h, const struct voice *voice, struct fail *f)
{
	struct block_reader *reader = block_reader_open_file(r->source, f);
	struct sandbox_needs needs = { 0 };
	struct new_file *file = NULL;
	char folder[PATH_MAX];
	int result = -1;

	*h = (struct healing){ 0 };
	if (!reader || new_file_check(r->output, r->replace, 0, f))
		goto out;
	if (new_file_directory(r->output, folder)) {
		fail_errno(f, FAIL_FAILED, r->output, "can't be created");
		goto out;
	}
	needs.writable_dir = folder;
	if (sandbox_enter(&needs, &voice->messages, f) || healing_find(r, reader, h, f))
		goto out;
	file = new_file_open(r->output, r->replace, 0666, h->record.layout.end * BLOCK_BYTES, f);
	if (!file || repair(r, reader, new_file_descriptor(file), h, voice, f) ||
		new_file_commit(file, f))
		goto out;
	result = h->outcome.n_lost ? fail_set(f, FAIL_INCOMPLETE, r->output,
					     "%llu block%s could not be healed",
					     (unsigned long long)h->outcome.n_lost,
					     h->outcome.n_lost == 1 ? "" : "s")
				   : 0;
out:
	progress_end(&voice->watch);
	new_file_close(file);
	block_reader_free(reader);
	return result;
}
