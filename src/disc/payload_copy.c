/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disc/payload_copy.h"

#include <stdlib.h>
#include <string.h>

#include "disc/payload_reader.h"
#include "disc/sessions.h"
#include "iso/descriptors.h"
#include "iso/session_record.h"
#include "util/io.h"
#include "util/number.h"
#include "util/sector.h"
#include "util/signals.h"

enum {
	COPY_BYTES = 1024 * 1024,
	COPY_BLOCKS = COPY_BYTES / BLOCK_BYTES,
	N_PROBES = 64,
	HEAD_BLOCKS = 1 + DESCRIPTORS_BYTES / BLOCK_BYTES,
	BLOCK_SECTORS = BLOCK_BYTES / SECTOR_BYTES,
};

/* One copy in progress. */
struct work {
	struct payload_copy *copy;
	struct block_reader *blocks;
	uint64_t first;       /* the payload's first block on the medium */
	uint64_t n_announced; /* where the run-out may begin; 0: there is none */
	const char *name;     /* of what is written */
	uint8_t *buf;
	bool is_over; /* nothing but run-out follows */
	const struct sessions *sessions;
	/* what stands in the place of the disc's first descriptors: blocks from head_first on */
	uint8_t head[HEAD_BLOCKS * BLOCK_BYTES];
	uint32_t head_first, n_head;
};

/* Where the file system ends, in blocks; 0 where it doesn't say. */
static uint64_t find_announced(struct disc *d)
{
	struct recognised v = descriptors_look(disc_blocks(d));
	uint64_t end = sessions_end(disc_sessions(d));

	if (end)
		return end;
	return v.is_iso9660 && !v.is_udf && !v.may_be_udf ? v.iso_bytes / BLOCK_BYTES : 0;
}

/* Where the partitions of an MBR end, or the backup of a GPT (UEFI, 5.2 and 5.3), in blocks; 0
 * where there are none. An image that boots from a USB stick has some that reach beyond its file
 * system.
 */
static uint64_t find_partitions_end(struct disc *d)
{
	uint8_t block[BLOCK_BYTES];
	const uint8_t *gpt = block + SECTOR_BYTES;
	uint64_t end = 0, n;

	if (block_reader_read(disc_blocks(d), 0, 1, block, NULL) || block[510] != 0x55 ||
		block[511] != 0xaa)
		return 0;
	for (const uint8_t *entry = block + 446; entry < block + 510; entry += 16) {
		n = (uint64_t)number_le32(entry + 8) + number_le32(entry + 12);
		if (entry[4] && n > end)
			end = n;
	}
	n = (uint64_t)number_le32(gpt + 36) << 32 | number_le32(gpt + 32);
	if (memcmp(gpt, "EFI PART", 8) == 0 && n < UINT64_MAX - BLOCK_SECTORS && n + 1 > end)
		end = n + 1;
	return (end + BLOCK_SECTORS - 1) / BLOCK_SECTORS;
}

uint64_t payload_copy_recorded_end(struct disc *d)
{
	uint64_t n_files = find_announced(d), n_partitions = n_files ? find_partitions_end(d) : 0;
	uint64_t n = disc_blocks(d)->n_blocks;

	n_partitions = n_partitions < n ? n_partitions : n;
	return n_partitions > n_files ? n_partitions : n_files;
}

/* The one that is read. */
static const struct session *find_session(struct disc *d)
{
	const struct sessions *all = disc_sessions(d);
	uint64_t start = disc_session(d);
	size_t i = all->n - 1;

	while (i > 0 && all->list[i].start != start)
		i--;
	return &all->list[i];
}

/* Where the copy ends, in blocks. Behind the file system a medium may go on for gigabytes, of which
 * decrypting makes noise; in the clear there may be more sessions. */
static uint64_t find_end(const struct payload_copy *c, struct disc *d)
{
	uint64_t n = disc_blocks(d)->n_blocks, n_files;
	const struct session *s = find_session(d);

	if (c->is_session && s->end)
		return s->end < n ? s->end : n;
	if (c->is_whole || disc_volume(d)->payload_bytes || !disc_volume(d)->cipher)
		return n;
	n_files = payload_copy_recorded_end(d);
	return n_files && n_files < n ? n_files : n;
}

uint64_t payload_copy_bytes(const struct payload_copy *c, struct disc *d)
{
	return find_end(c, d) * BLOCK_BYTES;
}

static void add_unreadable(struct payload_copy *c, uint64_t lba)
{
	struct payload_extent *last = c->n_extents ? &c->extents[c->n_extents - 1] : NULL;

	c->n_unreadable++;
	if (last && last->lba + last->n_blocks == lba)
		last->n_blocks++;
	else if (c->n_extents < PAYLOAD_EXTENTS_MAX)
		c->extents[c->n_extents++] = (struct payload_extent){ lba, 1 };
}

/* True where nothing can be read from lba on, as far as some blocks up to the end tell: the end of
 * a CD's track and its padding, and what was never written of a rewritable, are like that. */
static bool is_end(struct work *w, uint64_t lba)
{
	uint64_t n = w->blocks->n_blocks - lba;
	uint8_t block[BLOCK_BYTES];

	if (!w->n_announced || lba < w->n_announced ||
		(n > PAYLOAD_RUN_OUT_BLOCKS && lba != w->n_announced))
		return false;
	for (unsigned i = 1; i <= N_PROBES && !signals_caught(); i++) {
		if (block_reader_read(w->blocks, lba + (n - 1) * i / N_PROBES, 1, block, NULL) == 0)
			return false;
	}
	return true;
}

/* Blocks one by one, after they could not be read at once. Writes the number that is there to *n.
 */
static int read_singly(struct work *w, uint64_t lba, uint32_t *n, struct fail *f)
{
	for (uint32_t i = 0; i < *n; i++) {
		uint8_t *block = w->buf + (size_t)i * BLOCK_BYTES;
		struct fail unread = { 0 };

		if (block_reader_read(w->blocks, lba + i, 1, block, &unread) == 0)
			continue;
		if (signals_caught())
			return fail_set(f, FAIL_FAILED, "", "interrupted");
		if (is_end(w, lba + i)) {
			w->copy->n_left_out = w->blocks->n_blocks - lba - i;
			w->is_over = true;
			*n = i;
			return 0;
		}
		if (!w->copy->skip_unreadable) {
			*f = unread;
			fail_hint(f, "try another drive, or let -skip-unreadable write zeros "
				     "in place of unreadable blocks");
			return -1;
		}
		memset(block, 0, BLOCK_BYTES);
		add_unreadable(w->copy, w->first + lba + i);
	}
	return 0;
}

/* The descriptors of the session at start, and the record before them where it has one: like this
 * they stand on a medium that is overwritten in place. */
static int read_head(struct work *w, const struct session *s, struct fail *f)
{
	enum { TERMINATOR = 255 };
	uint32_t n = s->has_record || s->number == 1 ? 0 : 1;

	if (s->start == 0)
		return 0;
	w->head_first = SESSION_RECORD_BLOCK + n;
	for (bool is_last = false; !is_last && w->n_head < HEAD_BLOCKS - n;) {
		uint8_t *block = w->head + (size_t)w->n_head * BLOCK_BYTES;
		uint64_t lba = s->start + w->head_first + w->n_head;

		if (block_reader_read(w->blocks, lba, 1, block, f))
			return -1;
		w->n_head++;
		is_last = block[0] == TERMINATOR && memcmp(block + 1, "CD001", 5) == 0;
	}
	return 0;
}

/* Puts it over what the n blocks from lba on have in its place. */
static void put_head(struct work *w, uint64_t lba, uint32_t n)
{
	for (uint32_t i = 0; i < w->n_head; i++) {
		uint64_t at = w->head_first + i;

		if (at >= lba && at - lba < n)
			memcpy(w->buf + (size_t)(at - lba) * BLOCK_BYTES,
				w->head + (size_t)i * BLOCK_BYTES, BLOCK_BYTES);
	}
}

/* Blocks from lba on, *n of them at most, as they are to be written: what lies between two sessions
 * is zeros, and may not be readable. */
static int read_run(struct work *w, uint64_t lba, uint32_t *n, struct fail *f)
{
	bool is_gap;
	uint64_t n_run = sessions_run(w->sessions, lba, &is_gap);

	if (n_run < *n)
		*n = (uint32_t)n_run;
	if (is_gap)
		memset(w->buf, 0, (size_t)*n * BLOCK_BYTES);
	else if (block_reader_read(w->blocks, lba, *n, w->buf, NULL) && read_singly(w, lba, n, f))
		return -1;
	put_head(w, lba, *n);
	return 0;
}

static int copy_all(struct work *w, int fd, const struct progress_watch *watch, struct fail *f)
{
	uint64_t n_blocks = w->blocks->n_blocks - w->copy->n_behind;

	for (uint64_t lba = 0; lba < n_blocks && !w->is_over;) {
		uint32_t n = n_blocks - lba < COPY_BLOCKS ? (uint32_t)(n_blocks - lba)
							  : (uint32_t)COPY_BLOCKS;

		if (signals_caught())
			return fail_set(f, FAIL_FAILED, "", "interrupted");
		if (read_run(w, lba, &n, f))
			return -1;
		if (io_write_full(fd, w->buf, (size_t)n * BLOCK_BYTES))
			return signals_caught()
				       ? fail_set(f, FAIL_FAILED, "", "interrupted")
				       : fail_errno(f, FAIL_FAILED, w->name, "can't be written");
		lba += n;
		w->copy->n_bytes = lba * BLOCK_BYTES;
		progress_tick(watch, "decrypting", w->copy->n_bytes, n_blocks * BLOCK_BYTES);
	}
	return 0;
}

/* Bytes that the payload has behind its last whole block, where encryption sectors are smaller than
 * one. */
static uint32_t count_tail(struct disc *d)
{
	const struct volume *v = disc_volume(d);
	const struct block_reader *medium = disc_medium(d);
	uint64_t there = medium->n_blocks * BLOCK_BYTES + medium->n_tail_bytes;
	uint64_t n = v->payload_bytes, whole = disc_blocks(d)->n_blocks * BLOCK_BYTES;

	if (!n && there > v->payload_offset)
		n = there - v->payload_offset;
	if (v->sector_bytes)
		n -= n % v->sector_bytes;
	return n > whole && n - whole < BLOCK_BYTES ? (uint32_t)(n - whole) : 0;
}

int payload_copy_run(struct payload_copy *c, struct disc *d, int fd, const char *name,
	const struct progress_watch *watch, struct fail *f)
{
	struct work w = { .copy = c,
		.blocks = disc_blocks(d),
		.first = disc_payload_lba(d),
		.name = name,
		.buf = malloc(COPY_BYTES),
		.sessions = disc_sessions(d) };
	uint64_t n_recorded = disc_volume(d)->payload_bytes / BLOCK_BYTES;
	uint64_t n_files, n_wanted;
	int result;

	if (!w.buf)
		return fail_memory(f);
	n_files = find_announced(d);
	n_wanted = n_recorded > n_files ? n_recorded : n_files;
	if (!n_recorded)
		w.n_announced = payload_copy_recorded_end(d);
	if (n_wanted > w.blocks->n_blocks)
		c->n_missing = n_wanted - w.blocks->n_blocks;
	c->n_behind = w.blocks->n_blocks - find_end(c, d);
	c->n_tail_bytes = count_tail(d);
	c->is_tail_behind = n_files && n_files <= w.blocks->n_blocks;
	result = c->is_session ? read_head(&w, find_session(d), f) : 0;
	if (result == 0)
		result = copy_all(&w, fd, watch, f);
	free(w.buf);
	return result;
}
