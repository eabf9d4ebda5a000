/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tree/session_source.h"

#include <stdlib.h>
#include <string.h>

#include "burn/stage.h"
#include "iso/descriptors.h"
#include "iso/directory_record.h"
#include "util/number.h"
#include "util/size.h"

/* ECMA-119, 8.4 and 9.1. */
enum {
	SPACE_SIZE_AT = 80,
	ROOT_RECORD_AT = 156,
	RECORD_BYTES = 33,
	EXTENT_AT = 2,
	TYPE_PRIMARY = 1,
	TYPE_SUPPLEMENTARY = 2,
	TYPE_TERMINATOR = 255,
};

struct session_source {
	struct stage stage; /* first */
	struct session_parts parts;
	uint64_t n_saved, n_image, n_put; /* blocks: of both parts, and of all that went out */
	uint8_t *is_directory;            /* a bit for each block of the head */
	bool has_ended;                   /* the descriptors */
};

/* A number of both byte orders (7.3.3). */
static void put_both(uint8_t *at, uint32_t n)
{
	number_put_le32(at, n);
	number_put_be32(at + 4, n);
}

/* Remembers where a directory lies that a record tells of. */
static void mark(struct session_source *s, const struct directory_record *r)
{
	uint64_t at = (uint64_t)r->lba - s->parts.record->here.start;
	uint64_t end = at + size_round_up(r->n_bytes, BLOCK_BYTES) / BLOCK_BYTES;

	for (; at < end && at < s->parts.n_head_blocks; at++)
		s->is_directory[at / 8] |= (uint8_t)(1 << at % 8);
}

static int fail_layout(struct session_source *s, uint32_t lba)
{
	return fail_set(&s->stage.fail, FAIL_FAILED, s->stage.name,
		"was not laid out as expected: block %lu belongs to no file", (unsigned long)lba);
}

/* Gives a file its true place. */
static int correct(struct session_source *s, uint8_t *record, const struct directory_record *r)
{
	uint64_t kept = (uint64_t)s->parts.record->here.start + s->n_image;
	uint32_t lba;

	if (r->lba < kept || r->n_bytes == 0)
		return 0;
	if (!extent_map_find(s->parts.kept, r->lba - kept, &lba))
		return fail_layout(s, r->lba);
	put_both(record + EXTENT_AT, lba);
	return 0;
}

static int correct_directory(struct session_source *s, uint8_t *block)
{
	struct directory_record r;

	for (size_t at = 0; at + RECORD_BYTES < BLOCK_BYTES; at += r.n_record) {
		int ret = directory_record_parse(&r, block + at, BLOCK_BYTES - at);

		if (ret < 0)
			return fail_set(&s->stage.fail, FAIL_FAILED, s->stage.name,
				"has a directory that can't be read");
		if (ret == 0)
			return 0;
		if (r.is_directory)
			mark(s, &r);
		else if (correct(s, block + at, &r))
			return -1;
	}
	return 0;
}

static void correct_descriptor(struct session_source *s, uint8_t *block)
{
	struct directory_record root;

	s->has_ended = block[0] == TYPE_TERMINATOR;
	if (block[0] != TYPE_PRIMARY && block[0] != TYPE_SUPPLEMENTARY)
		return;
	put_both(block + SPACE_SIZE_AT, s->parts.record->here.end);
	directory_record_place(&root, block + ROOT_RECORD_AT);
	mark(s, &root);
}

/* The block of the image at number at. */
static int correct_block(struct session_source *s, uint64_t at, uint8_t *block)
{
	struct session_head *head = s->parts.head;

	if (at >= s->parts.n_head_blocks)
		return 0;
	if (at == SESSION_RECORD_BLOCK)
		session_record_encode(s->parts.record, SESSION_RECORD_START, block);
	else if (at > SESSION_RECORD_BLOCK && !s->has_ended)
		correct_descriptor(s, block);
	else
		return s->is_directory[at / 8] >> at % 8 & 1 ? correct_directory(s, block) : 0;
	if (head->n_blocks == sizeof head->blocks / sizeof *head->blocks)
		return fail_layout(s, s->parts.record->here.start + (uint32_t)at);
	memcpy(head->blocks[head->n_blocks++], block, BLOCK_BYTES);
	return 0;
}

/* The next blocks of the image, n bytes at most. */
static ssize_t take_image(struct session_source *s, uint8_t *buf, size_t n)
{
	uint64_t at = s->n_put - s->n_saved;
	ssize_t got = stage_take(&s->stage, buf, n);

	for (ssize_t i = 0; i < got; i += BLOCK_BYTES, at++)
		if (correct_block(s, at, buf + i))
			return -1;
	return got;
}

static ssize_t fill(struct stage *stage, uint8_t *buf, size_t n)
{
	struct session_source *s = (struct session_source *)stage;
	ssize_t got = 0;

	if (s->n_put < s->n_saved) {
		uint64_t left = (s->n_saved - s->n_put) * BLOCK_BYTES;

		got = (ssize_t)(left < n ? left : n);
		memcpy(buf, s->parts.saved + s->n_put * BLOCK_BYTES, (size_t)got);
	} else if (s->n_put < s->n_saved + s->n_image) {
		got = take_image(s, buf, n);
	} else if (s->n_put == s->n_saved + s->n_image) {
		session_record_encode(s->parts.record, SESSION_RECORD_END, buf);
		got = BLOCK_BYTES;
	}
	if (got > 0)
		s->n_put += (uint64_t)got / BLOCK_BYTES;
	return got;
}

static void free_parts(struct stage *stage)
{
	free(((struct session_source *)stage)->is_directory);
}

struct burn_source *session_source_new(
	struct burn_source *upstream, const struct session_parts *parts, struct fail *f)
{
	struct session_source *s = stage_alloc(sizeof *s, f);

	if (!s)
		return NULL;
	s->parts = *parts;
	s->n_saved = parts->saved ? SESSION_SAVED_BLOCKS : 0;
	s->n_image = stage_size(upstream) / BLOCK_BYTES;
	s->stage = (struct stage){ .name = "session",
		.upstream = upstream,
		.announced = s->n_image * BLOCK_BYTES,
		.size = (s->n_saved + s->n_image + 1) * BLOCK_BYTES,
		.fill = fill,
		.free = free_parts };
	parts->head->n_blocks = 0;
	s->is_directory = calloc(parts->n_head_blocks / 8 + 1, 1);
	if (!s->is_directory) {
		fail_memory(f);
		free(s);
		return NULL;
	}
	return stage_new(&s->stage, f);
}
