/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disc/compare.h"

#include <stdlib.h>
#include <string.h>

#include "util/sector.h"
#include "util/signals.h"
#include "util/size.h"

enum { GROUP_BLOCKS = DIGEST_GROUP_BYTES / BLOCK_BYTES, MAX_UNREADABLE = 256 };

struct check {
	struct block_reader *reader;
	struct digest_list *sent;
	struct compare_result *result;
	uint8_t *buf;          /* one group */
	unsigned n_unreadable; /* groups: after many a drive is not tortured further */
};

static void add_bad(struct compare_result *r, uint64_t lba, uint64_t n, bool is_unreadable)
{
	struct compare_extent *last = r->n_extents ? &r->extents[r->n_extents - 1] : NULL;

	r->n_bad_blocks += n;
	if (last && last->lba + last->n_blocks == lba && last->is_unreadable == is_unreadable) {
		last->n_blocks += n;
		return;
	}
	if (r->n_extents == COMPARE_EXTENTS_MAX) {
		r->has_more = true;
		return;
	}
	r->extents[r->n_extents++] = (struct compare_extent){
		.lba = lba, .n_blocks = n, .is_unreadable = is_unreadable
	};
}

/* Reads the blocks of a group one by one, and finds those that can't be read; false where there are
 * any. A weak block may come at a second try. */
static bool read_singly(struct check *c, uint64_t lba, uint32_t n)
{
	bool is_whole = true;

	for (uint32_t i = 0; i < n; i++) {
		uint8_t *block = c->buf + (size_t)i * BLOCK_BYTES;

		if (block_reader_read(c->reader, lba + i, 1, block, NULL) == 0)
			continue;
		add_bad(c->result, lba + i, 1, true);
		is_whole = false;
	}
	c->n_unreadable += !is_whole;
	return is_whole;
}

static void check_group(struct check *c, uint64_t group, size_t n_bytes)
{
	uint64_t lba = group * GROUP_BLOCKS;
	uint32_t n = (uint32_t)(size_round_up(n_bytes, BLOCK_BYTES) / BLOCK_BYTES);

	if (block_reader_read(c->reader, lba, n, c->buf, NULL) && !read_singly(c, lba, n))
		return;
	if (!digest_list_matches(c->sent, group, c->buf, n_bytes))
		add_bad(c->result, lba, n, false);
}

static int check_all(
	struct check *c, uint64_t n_bytes, const struct progress_watch *watch, struct fail *f)
{
	uint64_t done = 0;

	for (uint64_t group = 0; done < n_bytes; group++) {
		size_t n = n_bytes - done < DIGEST_GROUP_BYTES ? (size_t)(n_bytes - done)
							       : DIGEST_GROUP_BYTES;

		if (signals_caught())
			return fail_set(f, FAIL_FAILED, "", "interrupted while reading back");
		check_group(c, group, n);
		done += n;
		progress_tick(watch, "verifying", done, n_bytes);
		if (c->n_unreadable == MAX_UNREADABLE) {
			c->result->has_more = true;
			return 0;
		}
	}
	return 0;
}

int compare_blocks(struct block_reader *reader, struct digest_list *sent, uint64_t n_bytes,
	const struct progress_watch *watch, struct compare_result *result, struct fail *f)
{
	struct check c = { .reader = reader, .sent = sent, .result = result };
	int ret = -1;

	memset(result, 0, sizeof *result);
	if (!digest_list_is_whole(sent))
		return fail_set(
			f, FAIL_FAILED, "", "can't compare: not enough memory for the digests");
	c.buf = malloc(DIGEST_GROUP_BYTES);
	if (!c.buf)
		return fail_memory(f);
	if (check_all(&c, n_bytes, watch, f))
		goto out;
	if (result->n_bad_blocks) {
		fail_set(f, FAIL_MISMATCH, "", "%llu%s of %llu blocks differ from what was written",
			(unsigned long long)result->n_bad_blocks,
			result->has_more ? " or more" : "",
			(unsigned long long)(size_round_up(n_bytes, BLOCK_BYTES) / BLOCK_BYTES));
		goto out;
	}
	ret = 0;
out:
	free(c.buf);
	return ret;
}
