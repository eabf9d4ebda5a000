/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "job/healing.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "util/new_file.h"
#include "util/number.h"
#include "crypto/format/format.h"
#include "job/heal_authenticity.h"
#include "util/request_field.h"

enum {
	/* of the headers that xburncrypt makes: what stands before a payload (doc/FORMAT.md) */
	LUKS1_BLOCKS = 1024,
	LUKS2_BLOCKS = 512,
};

unsigned healing_header_blocks(const uint8_t first[BLOCK_BYTES], uint64_t n_data)
{
	static const char magic[] = { 'L', 'U', 'K', 'S', '\xba', '\xbe' };
	unsigned n = 0;

	if (memcmp(first, magic, sizeof magic) == 0)
		n = number_be16(first + sizeof magic) == 1 ? LUKS1_BLOCKS : LUKS2_BLOCKS;
	return n < n_data ? n : 0;
}

int healing_identify(struct heal_record *r, struct fail *f)
{
	if (getrandom(r->id, sizeof r->id, 0) == (ssize_t)sizeof r->id &&
		getrandom(r->salt, sizeof r->salt, 0) == (ssize_t)sizeof r->salt)
		return 0;
	return fail_errno(f, FAIL_FAILED, "", "the kernel gives no random numbers");
}

void healing_clear(struct healing *h)
{
	free(h->states);
	free(h->healed);
	*h = (struct healing){ 0 };
}

int healing_tools_open(struct healing_tools *t, const struct heal_record *r, struct fail *f)
{
	t->digest = salted_digest_new(r->salt, sizeof r->salt, f);
	t->hash = (struct block_tree_hash){ salted_digest_of, t->digest, salted_digest_of_run };
	return t->digest ? 0 : -1;
}

int healing_tools_close(struct healing_tools *t, struct fail *f)
{
	int result = t->digest ? salted_digest_check(t->digest, f) : -1;

	salted_digest_free(t->digest);
	return result;
}

void healing_count(struct healing *h)
{
	const struct heal_area all = { 0, h->record.layout.end };
	uint64_t counts[BLOCK_STATES];

	block_states_count(h->states, all, counts);
	h->n_right = counts[BLOCK_RIGHT];
	h->n_unreadable = counts[BLOCK_UNREADABLE];
	h->n_differ = counts[BLOCK_DIFFERS];
	h->n_unknown = counts[BLOCK_UNKNOWN];
	h->n_unread = counts[BLOCK_UNREAD];
}

int healing_folder(const char *path, char folder[PATH_MAX], const char **name, struct fail *f)
{
	if (!path)
		return 0;
	if (new_file_directory(path, folder))
		return fail_errno(f, FAIL_FAILED, path, "can't be created");
	*name = folder;
	return 0;
}

int healing_fail_none(struct block_reader *reader, uint64_t at, const char *path, struct fail *f)
{
	if (heal_finder_is_stray(reader, at)) {
		fail_set(f, FAIL_MISMATCH, path, "block %llu has no record that belongs there",
			(unsigned long long)at);
		fail_hint(f, "it may be that of a file on the disc: extract that to repair it");
		return -1;
	}
	fail_set(f, FAIL_MISMATCH, path, "has no healing data, or they can't be found");
	return fail_field(f, REQUEST_HEALING);
}

int healing_check_age(
	struct healed_medium *h, struct block_reader *medium, bool *is_old, struct fail *f)
{
	bool fits = true;

	/* what shows no format is damaged */
	*is_old = false;
	if (!format_recognise(medium))
		return 0;
	if (healed_medium_fits(h, &fits, f))
		return -1;
	*is_old = !fits;
	return 0;
}

static int check_age(const struct heal_request *r, struct block_reader *reader,
	const struct heal_record *record, struct fail *f)
{
	struct healed_medium *h;
	bool is_old = false;
	int result;

	if (r->search.at != UINT64_MAX || !record->has_root)
		return 0;
	h = healed_medium_new(reader, record, false, f);
	result = h ? healing_check_age(h, reader, &is_old, f) : -1;
	healed_medium_free(h);
	if (result || !is_old)
		return result;
	fail_set(f, FAIL_MISMATCH, r->source,
		"has healing data of what was there before, with a record at block %llu",
		(unsigned long long)record->layout.last.first);
	return fail_field(f, REQUEST_OLD);
}

int healing_find(const struct heal_request *r, struct block_reader *reader, struct healing *h,
	struct fail *f)
{
	int found = heal_finder_run(&r->search, reader, &h->record, f);

	if (found <= 0)
		return found ? -1 : healing_fail_none(reader, r->search.at, r->source, f);
	heal_authenticity_give_root(&r->trust, &h->record);
	if (check_age(r, reader, &h->record, f) ||
		heal_authenticity_check(&r->trust, &h->record, r->source, f))
		return -1;
	h->states = calloc(1, h->record.layout.end);
	return h->states ? 0 : fail_memory(f);
}
