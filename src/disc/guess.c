/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disc/guess.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "crypto/format/contents_probe.h"
#include "crypto/format/format.h"
#include "util/sector.h"

/* Ciphers with the key sizes that are, or were, some program's default: cdrecord's patches,
 * losetup, cryptsetup (1.0 to 2.7), TrueCrypt's successors by hand. */
static const struct scheme {
	const char *cipher;
	unsigned key_bits;
	bool has_large_sectors; /* sectors over 512 bytes are in use with it */
} schemes[] = {
	{ "aes-cbc-plain", 256, false },
	{ "aes-cbc-plain", 128, false },
	{ "aes-xts-plain64", 512, true },
	{ "aes-xts-plain64", 256, true },
	{ "aes-cbc-essiv:sha256", 256, true },
	{ "aes-cbc-essiv:sha256", 128, false },
	{ "aes-cbc-plain64", 256, true },
	{ "aes-cbc-plain", 192, false },
	{ "camellia-cbc-plain", 256, false },
	{ "camellia-cbc-essiv:sha256", 256, false },
};
static const char *const hashes[] = { "sha256", "plain", "ripemd160", "sha512", "sha1" };
static const unsigned sector_sizes[] = { 512, 2048, 1024, 4096 };

enum { N_SCHEMES = sizeof schemes / sizeof *schemes, N_HASHES = sizeof hashes / sizeof *hashes };
enum { N_SIZES = sizeof sector_sizes / sizeof *sector_sizes };

/* The blocks that tell, read once however many formats are tried. */
struct start {
	struct block_reader reader, *medium;
	bool is_read[CONTENTS_BLOCKS], is_bad[CONTENTS_BLOCKS];
	struct fail unread; /* of the first bad one */
	uint8_t bytes[CONTENTS_BLOCKS][BLOCK_BYTES];
};

static int read_start(void *ctx, uint64_t lba, uint32_t n, uint8_t *buf, struct fail *f)
{
	struct start *s = ctx;

	for (uint64_t b = lba; b < lba + n; b++, buf += BLOCK_BYTES) {
		if (!s->is_read[b])
			s->is_bad[b] =
				block_reader_read(s->medium, b, 1, s->bytes[b], &s->unread) != 0;
		s->is_read[b] = true;
		if (s->is_bad[b])
			return fail_set(f, FAIL_FAILED, "", "can't be read");
		memcpy(buf, s->bytes[b], BLOCK_BYTES);
	}
	return 0;
}

/* Larger sectors begin as those of one block do: what comes second, behind the first descriptor,
 * tells. */
static bool is_certain(const struct start *s, const struct volume *v)
{
	return v->sector_bytes < BLOCK_BYTES || v->large_ivs || !s->is_bad[CONTENTS_SECOND];
}

/* NULL where it doesn't fit, with whatever reason. */
static struct volume *try_one(struct start *s, const char *format,
	const struct format_params *params, const struct credential *credential)
{
	struct fail ignored = { 0 };
	struct volume *v =
		format_open(format_find(format), &s->reader, params, credential, NULL, &ignored);

	if (!v || is_certain(s, v))
		return v;
	volume_free(v);
	return NULL;
}

/* Those that fit: the best of them, and another that is as good. */
struct fits {
	struct volume *best, *other;
};

/* Until 2^32 sectors plain and plain64 are the same. */
static bool is_same(const struct volume *a, const struct volume *b)
{
	const char *a64 = strstr(a->cipher_name, "plain64"),
		   *b64 = strstr(b->cipher_name, "plain64");
	int a_n = a64 ? (int)(a64 - a->cipher_name) + 5 : (int)strlen(a->cipher_name);
	int b_n = b64 ? (int)(b64 - b->cipher_name) + 5 : (int)strlen(b->cipher_name);

	return a_n == b_n && strncmp(a->cipher_name, b->cipher_name, (size_t)a_n) == 0 &&
	       a->key_bits == b->key_bits && a->sector_bytes == b->sector_bytes &&
	       a->large_ivs == b->large_ivs;
}

/* Takes v, which may be NULL. */
static void add_fit(struct fits *fits, struct volume *v)
{
	struct volume **to = &fits->other;

	if (!v)
		return;
	if (!fits->best || v->is_sector_certain > fits->best->is_sector_certain) {
		volume_free(fits->other);
		volume_free(fits->best);
		*fits = (struct fits){ .best = v };
		return;
	}
	if (*to || v->is_sector_certain < fits->best->is_sector_certain || is_same(fits->best, v))
		volume_free(v);
	else
		*to = v;
}

/* A scheme with each sector size; both ways of counting IVs where they differ. */
static void try_sectors(struct start *s, const struct scheme *scheme, const char *hash,
	const struct credential *credential, struct fits *fits)
{
	for (size_t i = 0; i < N_SIZES; i++) {
		struct format_params p = { .cipher = scheme->cipher,
			.key_bits = scheme->key_bits,
			.hash = hash,
			.sector_bytes = sector_sizes[i] };

		if (i && !scheme->has_large_sectors)
			break;
		add_fit(fits, try_one(s, "plain", &p, credential));
		p.large_ivs = true;
		if (i)
			add_fit(fits, try_one(s, "plain", &p, credential));
	}
}

static void fail_ambiguous(const struct fits *fits, struct fail *f)
{
	const struct volume *a = fits->best, *b = fits->other;

	fail_set(f, FAIL_MISMATCH, "",
		"fits %s in sectors of %u bytes%s as well as %s in sectors of %u bytes%s",
		a->cipher_name, a->sector_bytes, a->large_ivs ? " (large IVs)" : "", b->cipher_name,
		b->sector_bytes, b->large_ivs ? " (large IVs)" : "");
	fail_hint(f, "name the right one with -format plain -cipher CIPHER -key-size BITS "
		     "-sector-size BYTES");
}

/* All of them are tried: dense contents begin alike in sectors of any size, and CBC leaves most of
 * a sector right after a wrong IV. */
static struct volume *try_plain(
	struct start *s, const struct credential *credential, struct fail *f)
{
	/* a key is not hashed */
	size_t n_hashes = credential->kind == CREDENTIAL_KEY ? 1 : N_HASHES;
	struct fits fits = { NULL, NULL };

	for (size_t i = 0; i < N_SCHEMES; i++)
		for (size_t j = 0; j < n_hashes; j++)
			try_sectors(s, &schemes[i],
				credential->kind == CREDENTIAL_KEY ? NULL : hashes[j], credential,
				&fits);
	if (fits.other) {
		fail_ambiguous(&fits, f);
		volume_free(fits.best);
		fits.best = NULL;
	}
	volume_free(fits.other);
	return fits.best;
}

static struct volume *try_loopaes(
	struct start *s, uint64_t offset, const struct credential *credential)
{
	static const unsigned bits[] = { 256, 128, 192 };
	struct volume *v = NULL;

	for (size_t i = 0; i < sizeof bits / sizeof *bits && !v; i++) {
		struct format_params p = { .key_bits = bits[i], .iv_skip = offset };

		v = try_one(s, "loopaes", &p, credential);
		p.iv_skip = 0;
		if (!v && offset)
			v = try_one(s, "loopaes", &p, credential);
	}
	return v;
}

static void tell(const struct volume *v, uint64_t offset, const struct messages *m)
{
	char more[80] = "", place[80] = "";
	int at = 0;

	if (offset)
		snprintf(place, sizeof place, " -offset %llu -skip %llu",
			(unsigned long long)offset, (unsigned long long)v->iv_skip);

	if (v->hash[0])
		at = snprintf(more, sizeof more, " -hash %s", v->hash);
	if (v->sector_bytes != SECTOR_BYTES)
		snprintf(more + at, sizeof more - (size_t)at, " -sector-size %u%s", v->sector_bytes,
			v->large_ivs ? " -iv-large-sectors" : "");
	if (strcmp(v->format->name, "plain") == 0)
		message_note(m, "the format is: -format plain -cipher %s -key-size %u%s%s",
			v->cipher_name, v->key_bits, more, place);
	else
		message_note(m, "the format is: -format %s -key-size %u%s", v->format->name,
			v->key_bits, place);
}

struct volume *guess_open(struct block_reader *reader, uint64_t offset,
	const struct credential *credential, const struct messages *m, struct fail *f)
{
	uint64_t n = reader->n_blocks < CONTENTS_BLOCKS ? reader->n_blocks : CONTENTS_BLOCKS;
	struct start s = { .reader = { .read = read_start, .n_blocks = n }, .medium = reader };
	struct volume *v;

	s.reader.ctx = &s;
	v = try_plain(&s, credential, f);
	if (!v && !fail_is_set(f))
		v = try_loopaes(&s, offset, credential);
	if (v)
		tell(v, offset, m);
	else if (!fail_is_set(f) && fail_is_set(&s.unread))
		*f = s.unread;
	return v;
}
