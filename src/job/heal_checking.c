/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "job/heal_checking.h"

#include <stdlib.h>
#include <string.h>

#include "heal/copies_check.h"
#include "heal/tree_check.h"
#include "util/sandbox.h"

enum { PIECE_BLOCKS = 32 };

/* Only whether it can be read. */
static int read_all(struct tree_check *c, struct heal_area area, struct fail *f)
{
	uint8_t buf[PIECE_BLOCKS * BLOCK_BYTES];

	for (uint64_t at = 0; at < area.n; at += PIECE_BLOCKS) {
		uint64_t left = area.n - at;
		uint32_t n = left < PIECE_BLOCKS ? (uint32_t)left : PIECE_BLOCKS;

		if (tree_check_read(c, area.first + at, n, buf, f))
			return -1;
		for (uint64_t i = area.first + at; i < area.first + at + n; i++)
			if (!block_state_is_missing(c->states[i]))
				c->states[i] = BLOCK_UNKNOWN;
	}
	return 0;
}

/* The parity, whose digests' root only the records behind it have: without them nothing is known of
 * it. */
static int check_parity(struct healing *h, struct tree_check *c, struct fail *f)
{
	const struct heal_layout *l = &h->record.layout;
	const struct heal_area parity = { l->kernel.first, l->check.first - l->kernel.first };

	if (h->record.has_check_root)
		return tree_check_run(c, parity, l->check.first, h->record.check_root, false, f);
	return read_all(c, parity, f) || read_all(c, l->check, f) ? -1 : 0;
}

static int check(const struct heal_request *r, struct block_reader *reader, struct healing *h,
	const struct voice *voice, struct fail *f)
{
	const struct heal_layout *l = &h->record.layout;
	const struct heal_area data = { 0, l->choice.n_data };
	struct healing_tools t = { 0 };
	struct tree_check c = {
		.reader = reader, .states = h->states, .hash = &t.hash, .watch = &voice->watch
	};
	int result = -1;

	if (!h->record.has_root) {
		fail_set(f, FAIL_MISMATCH, r->source,
			"has no record of its digests' root: all were lost, or adding the healing "
			"data was not finished");
		return fail_field(f, REQUEST_ROOT_LOST);
	}
	if (healing_tools_open(&t, &h->record, f) == 0 &&
		tree_check_run(&c, data, l->tree.first, h->record.root, false, f) == 0 &&
		check_parity(h, &c, f) == 0 && copies_check_run(&c, &h->record, f) == 0)
		result = 0;
	if (healing_tools_close(&t, f))
		result = -1;
	return result;
}

int heal_checking_run(
	const struct heal_request *r, struct healing *h, const struct voice *voice, struct fail *f)
{
	struct block_reader *reader = block_reader_open_file(r->source, f);
	struct sandbox_needs needs = { 0 };
	char folder[PATH_MAX];
	int result = -1;

	*h = (struct healing){ 0 };
	if (reader && healing_folder(r->map, folder, &needs.writable_dir, f) == 0 &&
		sandbox_enter(&needs, &voice->messages, f) == 0 &&
		healing_find(r, reader, h, f) == 0)
		result = check(r, reader, h, voice, f);
	progress_end(&voice->watch);
	block_reader_free(reader);
	if (result)
		return -1;
	healing_count(h);
	h->healed = malloc(h->record.layout.end);
	if (!h->healed)
		return fail_memory(f);
	block_states_outlook(&h->outlook, &h->record.layout, h->states, h->healed);
	return 0;
}
