/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "crypto/format/contents_probe.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "iso/descriptors.h"
#include "util/sector.h"

/* Noise has some 221 different values among 512 bytes, with a standard deviation of 5; text, zeros,
 * records and the like have far fewer. The last 512 bytes of a block are noise after any wrong
 * encryption sector of at most a block. */
static bool ends_in_noise(const uint8_t block[BLOCK_BYTES])
{
	enum { N_LAST = 512, N_VALUES_NOISE = 193 };
	bool is_seen[256] = { false };
	unsigned n_values = 0;

	for (size_t i = BLOCK_BYTES - N_LAST; i < BLOCK_BYTES; i++) {
		n_values += !is_seen[block[i]];
		is_seen[block[i]] = true;
	}
	return n_values >= N_VALUES_NOISE;
}

/* With the right key but the wrong encryption sector only the start of each sector comes out right;
 * the rest is noise, in all blocks. A payload in sectors of two blocks begins as one in sectors of
 * one does, and the other way round: there the odd blocks tell. What a descriptor has in its unused
 * parts is free, and may be noise itself, so that one block that is none will do. */
static bool is_right_sector(
	const uint8_t *buf, const bool *is_there, uint64_t n_blocks, size_t sector_bytes)
{
	bool can_tell = false;

	for (uint64_t i = 0; i < n_blocks; i++) {
		if (!is_there[i] || (sector_bytes >= BLOCK_BYTES && i % 2 == 0))
			continue;
		can_tell = true;
		if (!ends_in_noise(buf + i * BLOCK_BYTES))
			return true;
	}
	return !can_tell;
}

/* CBC spoils no more than 16 bytes where a sector begins, or seems to: text, numbers and zeros are
 * none of 11 values and more of which one is 128 or over. */
static bool starts_in_noise(const uint8_t *bytes)
{
	unsigned n_values = 0;
	bool has_high = false;

	for (size_t i = 0; i < 16; i++) {
		n_values += memchr(bytes, bytes[i], i) == NULL;
		has_high |= bytes[i] >= 128;
	}
	return n_values > 10 && has_high;
}

/* True if a block is in the clear at each place that sectors of another size would spoil. */
static bool is_certain_sector(
	const uint8_t *buf, const bool *is_there, uint64_t n_blocks, size_t sector_bytes)
{
	for (uint64_t i = 0; i < n_blocks; i++) {
		const uint8_t *block = buf + i * BLOCK_BYTES;

		if (is_there[i] && (sector_bytes < BLOCK_BYTES || i % 2) && !ends_in_noise(block) &&
			!starts_in_noise(block) && !starts_in_noise(block + 1024) &&
			!starts_in_noise(block + 1536))
			return true;
	}
	return false;
}

/* True for the blocks without which nothing may be known; those behind them only help. */
static bool must_be_there(uint64_t block, const struct sector_cipher *cipher)
{
	if (block == CONTENTS_SECOND)
		return cipher && sector_cipher_sector_bytes(cipher) >= BLOCK_BYTES;
	return block == 0 || block == DESCRIPTORS_FIRST;
}

/* Reads the first block and the descriptors into buf, and says which are there; f: of the first of
 * those that must be and isn't. */
static void read_start(struct block_reader *reader, uint64_t first_block, uint64_t n_blocks,
	const struct sector_cipher *cipher, uint8_t *buf, bool is_there[CONTENTS_BLOCKS],
	struct fail *f)
{
	bool goes_on = true;

	memset(buf, 0, n_blocks * BLOCK_BYTES);
	for (uint64_t i = 0; i < n_blocks; i++) {
		bool is_wanted = i < 2 || (i >= DESCRIPTORS_FIRST && goes_on);

		is_there[i] = is_wanted &&
			      block_reader_read(reader, first_block + i, 1, buf + i * BLOCK_BYTES,
				      must_be_there(i, cipher) ? f : NULL) == 0;
		/* a scratch takes long to read: it is not followed */
		if (i > CONTENTS_SECOND && !is_there[i])
			goes_on = false;
		if (!is_there[i])
			memset(buf + i * BLOCK_BYTES, 0, BLOCK_BYTES);
	}
}

static bool is_sparse(const struct contents *c)
{
	return c && (c->kind == CONTENTS_SPARSE || c->kind == CONTENTS_READABLE);
}

/* What the first n_blocks are; buf has room for them. */
static int probe(struct block_reader *reader, uint64_t first_block, uint64_t n_blocks,
	struct sector_cipher *cipher, uint8_t *buf, const struct contents **contents,
	bool *is_certain, struct fail *f)
{
	bool is_there[CONTENTS_BLOCKS];
	struct fail unread = { 0 };
	size_t n_bytes = n_blocks * BLOCK_BYTES;

	read_start(reader, first_block, n_blocks, cipher, buf, is_there, &unread);
	/* half an encryption sector at the end can't be decrypted */
	if (cipher)
		n_bytes -= n_bytes % sector_cipher_sector_bytes(cipher);
	if (cipher && sector_cipher_decrypt(cipher, 0, buf, n_bytes, f))
		return -1;
	/* out of zeros came noise */
	for (uint64_t i = 0; i < n_blocks; i++)
		if (!is_there[i])
			memset(buf + i * BLOCK_BYTES, 0, BLOCK_BYTES);
	*contents = contents_recognise(buf, n_bytes);
	if (cipher && *contents && (*contents)->kind == CONTENTS_DOUBTFUL)
		*contents = NULL;
	if (is_sparse(*contents) && cipher &&
		!is_right_sector(
			buf, is_there, n_bytes / BLOCK_BYTES, sector_cipher_sector_bytes(cipher)))
		*contents = NULL;
	*is_certain = cipher && is_certain_sector(buf, is_there, n_bytes / BLOCK_BYTES,
					sector_cipher_sector_bytes(cipher));
	if (*contents || !fail_is_set(&unread))
		return 0;
	if (f)
		*f = unread;
	return -1;
}

/* Nero's images begin with the pregap of the track, 150 blocks, of which the disc has no trace
 * (nrg2iso: 307,200 bytes). */
static const struct contents *probe_behind_pregap(struct block_reader *reader, uint64_t first_block)
{
	enum { PREGAP_BLOCKS = 150 };
	static const struct contents nero = {
		"an ISO 9660 file system behind a pregap, as in .nrg images",
		"nrg2iso @ converted.iso\n", CONTENTS_FOREIGN
	};
	uint8_t block[BLOCK_BYTES];

	if (block_reader_read(
		    reader, first_block + PREGAP_BLOCKS + DESCRIPTORS_FIRST, 1, block, NULL))
		return NULL;
	return descriptors_recognise(block, sizeof block).is_iso9660 ? &nero : NULL;
}

static int probe_at(struct block_reader *reader, uint64_t first_block, struct sector_cipher *cipher,
	const struct contents **contents, bool *is_certain, struct fail *f)
{
	uint64_t n_blocks = first_block < reader->n_blocks ? reader->n_blocks - first_block : 0;
	uint8_t *buf;
	int result;

	*contents = NULL;
	if (n_blocks > CONTENTS_BLOCKS)
		n_blocks = CONTENTS_BLOCKS;
	buf = malloc(n_blocks * BLOCK_BYTES + 1);
	if (!buf)
		return fail_memory(f);
	result = probe(reader, first_block, n_blocks, cipher, buf, contents, is_certain, f);
	free(buf);
	if (result == 0 && !*contents && !cipher)
		*contents = probe_behind_pregap(reader, first_block);
	return result;
}

int contents_probe(struct block_reader *reader, uint64_t first_block, struct sector_cipher *cipher,
	const struct contents **contents, struct fail *f)
{
	bool is_certain;

	return probe_at(reader, first_block, cipher, contents, &is_certain, f);
}

int contents_probe_sector(struct block_reader *reader, struct sector_cipher *cipher,
	const struct contents **contents, bool *is_certain, struct fail *f)
{
	return probe_at(reader, 0, cipher, contents, is_certain, f);
}
