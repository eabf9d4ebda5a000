/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disc/healed_medium.h"

#include <stdlib.h>

#include "crypto/salted_digest.h"
#include "util/sector.h"

struct healed_medium {
	struct heal_record record;
	struct salted_digest *digest;
	struct block_tree_hash hash;
	struct heal_reader *reader;
	struct block_reader *medium;
	struct block_reader blocks;
	bool is_header_copied;
};

static int read_blocks(void *ctx, uint64_t lba, uint32_t n, uint8_t *buf, struct fail *f)
{
	struct healed_medium *h = ctx;
	const struct heal_area *header = &h->record.layout.header;

	if (h->is_header_copied && lba < header->n) {
		uint32_t part = header->n - lba < n ? (uint32_t)(header->n - lba) : n;

		if (block_reader_read(h->medium, header->first + lba, part, buf, f) ||
			heal_reader_compare(h->reader, lba, part, buf, f))
			return -1;
		lba += part;
		n -= part;
		buf += (size_t)part * BLOCK_BYTES;
	}
	return n ? block_reader_read(heal_reader_blocks(h->reader), lba, n, buf, f) : 0;
}

struct healed_medium *healed_medium_new(struct block_reader *medium,
	const struct heal_record *record, bool is_plain, struct fail *f)
{
	struct healed_medium *h = calloc(1, sizeof *h);

	if (!h) {
		fail_memory(f);
		return NULL;
	}
	h->record = *record;
	h->medium = medium;
	h->digest = salted_digest_new(record->salt, sizeof record->salt, f);
	h->hash = (struct block_tree_hash){ salted_digest_of, h->digest, salted_digest_of_run };
	if (h->digest)
		h->reader = heal_reader_new(medium, &h->record, &h->hash, is_plain, f);
	if (!h->reader) {
		healed_medium_free(h);
		return NULL;
	}
	h->blocks = (struct block_reader){ .read = read_blocks,
		.ctx = h,
		.n_blocks = record->layout.choice.n_data,
		.session_lba = medium->session_lba };
	return h;
}

struct block_reader *healed_medium_blocks(struct healed_medium *h)
{
	return &h->blocks;
}

const struct heal_record *healed_medium_record(const struct healed_medium *h)
{
	return &h->record;
}

int healed_medium_fits(struct healed_medium *h, bool *fits, struct fail *f)
{
	return heal_reader_fits(h->reader, fits, f);
}

int healed_medium_lacks_digests(struct healed_medium *h, bool *lacks, struct fail *f)
{
	return heal_reader_lacks_digests(h->reader, lacks, f);
}

void healed_medium_demand_proof(struct healed_medium *h)
{
	heal_reader_demand_proof(h->reader);
}

void healed_medium_copy_header(struct healed_medium *h, bool is_copied)
{
	h->is_header_copied = is_copied;
}

bool healed_medium_is_header_copied(const struct healed_medium *h)
{
	return h->is_header_copied;
}

struct heal_reader_counts healed_medium_counts(const struct healed_medium *h)
{
	return heal_reader_counts(h->reader);
}

void healed_medium_free(struct healed_medium *h)
{
	if (!h)
		return;
	heal_reader_free(h->reader);
	salted_digest_free(h->digest);
	free(h);
}
