/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "iso/udf_partitions.h"

#include <stdlib.h>

#include "util/sector.h"

/* n_bytes from a block of the disc on; what no LBA reaches lies beyond the end of any medium. */
static bool lies_at(
	const struct udf_partitions *p, uint64_t block, uint64_t n_bytes, struct disc_extent *part)
{
	uint64_t at = block * p->block_bytes, lba = at / BLOCK_BYTES;

	*part = (struct disc_extent){
		.lba = lba < DISC_HOLE ? (uint32_t)lba : DISC_HOLE - 1,
		.n_bytes = (uint32_t)n_bytes,
		.skip = at % BLOCK_BYTES,
	};
	return true;
}

static bool find_virtual(const struct udf_partitions *p, const struct udf_partition *v,
	uint32_t block, uint32_t n_bytes, struct disc_extent *part)
{
	if (block >= v->n_places || v->places[block] == UINT32_MAX)
		return false;
	if (n_bytes > p->block_bytes)
		n_bytes = p->block_bytes;
	return lies_at(p, v->first + v->places[block], n_bytes, part);
}

/* The packets that are elsewhere are in order. */
static const struct udf_spare *find_spare(const struct udf_partition *s, uint32_t packet)
{
	size_t low = 0, high = s->n_spares;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (s->spares[mid].from == packet)
			return &s->spares[mid];
		if (s->spares[mid].from < packet)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}

static bool find_sparable(const struct udf_partitions *p, const struct udf_partition *s,
	uint32_t block, uint32_t n_bytes, struct disc_extent *part)
{
	const struct udf_spare *spare;
	uint32_t within;
	uint64_t rest;

	/* how long a packet is may not be known yet */
	if (s->n_spares == 0)
		return lies_at(p, s->first + block, n_bytes, part);
	within = block % s->packet_blocks;
	rest = (uint64_t)(s->packet_blocks - within) * p->block_bytes;
	spare = find_spare(s, block - within);
	if (n_bytes < rest)
		rest = n_bytes;
	return lies_at(p, spare ? (uint64_t)spare->to + within : s->first + block, rest, part);
}

static bool find_metadata(const struct udf_partitions *p, const struct udf_partition *m,
	uint32_t block, uint32_t n_bytes, struct disc_extent *part)
{
	uint64_t offset = (uint64_t)block * p->block_bytes, at;
	uint32_t low = 0, high = m->contents.n;
	const struct disc_extent *e;

	if (offset >= m->contents.n_bytes)
		return false;
	/* the last extent that begins there or before; the first one begins with 0 */
	while (high - low > 1) {
		uint32_t mid = low + (high - low) / 2;

		if (m->starts[mid] <= offset)
			low = mid;
		else
			high = mid;
	}
	e = &m->contents.at[low];
	offset -= m->starts[low];
	at = (uint64_t)e->lba * BLOCK_BYTES + e->skip + offset;
	if (n_bytes > e->n_bytes - offset)
		n_bytes = (uint32_t)(e->n_bytes - offset);
	return e->lba != DISC_HOLE && lies_at(p, at / p->block_bytes, n_bytes, part);
}

int udf_partitions_take_metadata(struct udf_partition *p, struct disc_extents *contents,
	struct disc_memory *memory, struct fail *f)
{
	uint64_t start = 0;

	p->contents = *contents;
	*contents = (struct disc_extents){ 0 };
	if (disc_memory_spend(memory, p->contents.n * sizeof *p->starts, f))
		return -1;
	p->starts = malloc(p->contents.n * sizeof *p->starts + 1);
	if (!p->starts)
		return fail_memory(f);
	for (uint32_t i = 0; i < p->contents.n; start += p->contents.at[i++].n_bytes)
		p->starts[i] = start;
	return 0;
}

bool udf_partitions_find(const struct udf_partitions *p, unsigned partition, uint32_t block,
	uint32_t n_bytes, struct disc_extent *part)
{
	const struct udf_partition *at;

	if (partition >= p->n)
		return false;
	at = &p->at[partition];
	switch (at->kind) {
	case UDF_VIRTUAL:
		return find_virtual(p, at, block, n_bytes, part);
	case UDF_SPARABLE:
		return find_sparable(p, at, block, n_bytes, part);
	case UDF_METADATA:
		return find_metadata(p, at, block, n_bytes, part);
	default:
		return lies_at(p, at->first + block, n_bytes, part);
	}
}

void udf_partitions_clear(struct udf_partitions *p)
{
	for (unsigned i = 0; i < p->n; i++) {
		free(p->at[i].places);
		free(p->at[i].spares);
		free(p->at[i].starts);
		disc_extents_clear(&p->at[i].contents);
	}
	udf_mirror_clear(&p->mirror);
	p->n = 0;
}
