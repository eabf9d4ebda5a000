/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "burn/crypt_source.h"

#include <stdlib.h>
#include <string.h>

#include "burn/stage.h"
#include "crypto/sector_cipher.h"
#include "util/request_field.h"
#include "util/sector.h"

struct crypt_source {
	struct stage stage; /* first */
	const struct volume *volume;
	struct sector_cipher *cipher;           /* NULL: unencrypted */
	uint64_t n_header, n_cipher, n_trailer; /* bytes handed out of each part */
	bool has_ended;                         /* the payload */
};

/* Copies what comes next of header or trailer; counts it in *done. */
static size_t copy_part(
	uint8_t *buf, size_t n_room, const uint8_t *part, uint64_t part_bytes, uint64_t *done)
{
	size_t n = part_bytes - *done < n_room ? (size_t)(part_bytes - *done) : n_room;

	if (n)
		memcpy(buf, part + *done, n);
	*done += n;
	return n;
}

/* Takes up to a chunk of the payload and encrypts it where it lies, while it is in the cache. */
static ssize_t fill_cipher(struct crypt_source *c, uint8_t *buf, size_t n_room)
{
	ssize_t got = stage_take(&c->stage, buf, n_room);
	size_t n = (size_t)got;

	if (got <= 0)
		return got;
	if (c->cipher) {
		/* only the last one ends within a block */
		n = (n + BLOCK_BYTES - 1) / BLOCK_BYTES * BLOCK_BYTES;
		memset(buf + got, 0, n - (size_t)got);
		if (sector_cipher_encrypt(c->cipher, c->n_cipher, buf, n, &c->stage.fail))
			return -1;
	}
	c->n_cipher += n;
	return (ssize_t)n;
}

static ssize_t fill(struct stage *s, uint8_t *buf, size_t n_room)
{
	struct crypt_source *c = (struct crypt_source *)s;
	const struct volume *v = c->volume;
	/* together, so that chunks behind a header of any length are whole ones */
	size_t n = copy_part(buf, n_room, v->header, v->header_bytes, &c->n_header);
	size_t n_payload = (n_room - n) / BLOCK_BYTES * BLOCK_BYTES;

	if (n_payload && !c->has_ended) {
		ssize_t got = fill_cipher(c, buf + n, n_payload);

		if (got < 0)
			return -1;
		c->has_ended = (size_t)got < n_payload;
		n += (size_t)got;
	}
	if (c->has_ended)
		n += copy_part(buf + n, n_room - n, v->trailer, v->trailer_bytes, &c->n_trailer);
	return (ssize_t)n;
}

static void free_cipher(struct stage *s)
{
	struct crypt_source *c = (struct crypt_source *)s;

	sector_cipher_free(c->cipher);
}

/* What the stage will hand out; 0: unknown. */
static uint64_t total_bytes(const struct volume *v, uint64_t payload_bytes)
{
	if (payload_bytes == 0)
		return 0;
	if (v->cipher)
		payload_bytes = (payload_bytes + BLOCK_BYTES - 1) / BLOCK_BYTES * BLOCK_BYTES;
	return v->header_bytes + payload_bytes + v->trailer_bytes;
}

/* Takes over upstream, and the parts of the volume that c says. */
static struct burn_source *start(
	struct crypt_source *c, struct burn_source *upstream, struct fail *f)
{
	const struct volume *v = c->volume;

	c->stage.name = "encryption";
	c->stage.upstream = upstream;
	c->stage.fill = fill;
	c->stage.free = free_cipher;
	/* a context of its own: the stage may run in another thread than the volume's owner */
	if (v->cipher && !(c->cipher = sector_cipher_clone(v->cipher, f))) {
		free(c);
		return NULL;
	}
	return stage_new(&c->stage, f);
}

struct burn_source *crypt_source_new(
	struct burn_source *upstream, const struct volume *volume, struct fail *f)
{
	uint64_t payload_bytes = stage_size(upstream);
	struct crypt_source *c;

	if (payload_bytes == 0 && volume->trailer_bytes) {
		fail_set(f, FAIL_USAGE, "",
			"the format needs to know the size of the image in advance");
		fail_field(f, REQUEST_BYTES);
		return NULL;
	}
	c = stage_alloc(sizeof *c, f);
	if (!c)
		return NULL;
	c->volume = volume;
	c->stage.size = total_bytes(volume, payload_bytes);
	return start(c, upstream, f);
}

struct burn_source *crypt_source_new_part(struct burn_source *upstream, const struct volume *volume,
	uint64_t first_byte, struct fail *f)
{
	struct crypt_source *c = stage_alloc(sizeof *c, f);

	if (!c)
		return NULL;
	c->volume = volume;
	c->n_header = volume->header_bytes;
	c->n_trailer = volume->trailer_bytes;
	c->n_cipher = first_byte;
	c->stage.size = stage_size(upstream);
	return start(c, upstream, f);
}
