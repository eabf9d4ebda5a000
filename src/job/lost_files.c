/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "job/lost_files.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "disc/payload_reader.h"
#include "iso/block_owners.h"
#include "util/io.h"
#include "util/sector.h"

/* What is told of a path, once all its runs are known: they come one after the other. */
struct telling {
	const struct messages *m;
	uint64_t payload; /* the block of the image that it begins with */
	char *path;       /* heap; NULL: none yet */
	uint64_t first, last;
	unsigned n_runs;
};

static int read_image(void *ctx, uint64_t lba, uint32_t n, uint8_t *buf, struct fail *f)
{
	const int *fd = ctx;
	ssize_t got = io_pread_full(*fd, buf, (size_t)n * BLOCK_BYTES, lba * BLOCK_BYTES);

	return got == (ssize_t)n * BLOCK_BYTES ? 0
					       : fail_errno(f, FAIL_FAILED, "", "can't be read");
}

/* The runs of lost blocks as a heap array, from the payload's first block on; those before it are
 * counted in *n_before. NULL with *n 0, also without memory. */
static struct block_range *find_lost(
	const struct healing *h, uint64_t payload, size_t *n, uint64_t *n_before)
{
	const struct heal_area data = { 0, h->record.layout.choice.n_data };
	struct block_range *ranges = NULL;
	uint64_t at = 0, count;
	size_t room = 0;

	*n = 0;
	*n_before = 0;
	for (; (count = block_states_next_wrong(h->healed, data, at, &at)) > 0; at += count) {
		uint64_t first = at > payload ? at : payload, end = at + count;

		*n_before += at < payload ? (end < payload ? end : payload) - at : 0;
		if (end <= payload)
			continue;
		if (*n == room) {
			struct block_range *more;

			room = 2 * room + 64;
			more = realloc(ranges, room * sizeof *ranges);
			if (!more)
				break;
			ranges = more;
		}
		ranges[(*n)++] =
			(struct block_range){ .lba = first - payload, .n_blocks = end - first };
	}
	return ranges;
}

static void tell(struct telling *t, const char *what)
{
	char more[64] = "";

	if (t->n_runs > 1)
		snprintf(more, sizeof more, " and %u more run%s of blocks", t->n_runs - 1,
			t->n_runs == 2 ? "" : "s");
	message_warn(t->m, "LBA %llu-%llu%s lost: in %s", (unsigned long long)t->first,
		(unsigned long long)t->last, more, what);
	t->n_runs = 0;
}

static void tell_last(struct telling *t)
{
	if (t->path)
		tell(t, t->path);
	free(t->path);
	t->path = NULL;
}

static void add_run(struct telling *t, const struct block_range *range)
{
	if (t->n_runs++ > 0)
		return;
	t->first = t->payload + range->lba;
	t->last = t->first + range->n_blocks - 1;
}

static void take_path(void *ctx, const struct block_range *range, const char *path)
{
	struct telling *t = ctx;

	if (!t->path || strcmp(t->path, path) != 0) {
		tell_last(t);
		t->path = strdup(path);
	}
	add_run(t, range);
}

/* The payload, as the disc that was opened has it, out of the image. */
static bool find_owners(struct block_reader *image, struct disc *disc, struct telling *t,
	struct block_range *ranges, size_t n)
{
	const struct volume *volume = disc_volume(disc);
	uint64_t first = disc_payload_lba(disc) - volume->payload_offset / BLOCK_BYTES;
	struct block_reader *inner, *plain = NULL;
	struct fail unread = { 0 };
	bool is_found;

	inner = block_reader_window(image, first, image->n_blocks - first, NULL);
	if (inner)
		plain = payload_reader_new(inner, volume, false, NULL);
	if (plain)
		plain->session_lba = disc_session(disc);
	is_found = plain && block_owners_find(plain, disc_memory(disc), ranges, n, take_path, t,
				    &unread) == 0;
	tell_last(t);
	block_reader_free(plain);
	block_reader_free(inner);
	return is_found;
}

/* What lies there besides files. */
static void tell_rest(struct telling *t, const struct block_range *ranges, size_t n, bool has_files)
{
	for (int has_structure = 0; has_structure < 2; has_structure++) {
		t->n_runs = 0;
		for (size_t i = 0; i < n; i++)
			if (ranges[i].n_files + ranges[i].n_directories == 0 &&
				ranges[i].has_structure == (bool)has_structure)
				add_run(t, &ranges[i]);
		if (t->n_runs)
			tell(t, !has_files      ? "the payload; its file system can't be read to "
						  "name the file"
				: has_structure ? "the file system's own structures"
						: "no file");
	}
}

void lost_files_tell(int fd, const struct healing *h, struct disc *disc, const struct messages *m)
{
	struct telling t = { .m = m, .payload = disc_payload_lba(disc) };
	struct block_reader image = {
		.read = read_image, .ctx = &fd, .n_blocks = h->record.layout.choice.n_data
	};
	struct block_range *ranges;
	uint64_t n_before;
	bool has_files;
	size_t n;

	ranges = find_lost(h, t.payload, &n, &n_before);
	if (n_before)
		message_warn(m, "%llu lost block%s: before the payload, where the header is",
			(unsigned long long)n_before, n_before == 1 ? "" : "s");
	if (n) {
		has_files = find_owners(&image, disc, &t, ranges, n);
		tell_rest(&t, ranges, n, has_files);
	}
	free(ranges);
}
