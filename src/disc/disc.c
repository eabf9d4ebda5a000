/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disc/disc.h"

#include <stdlib.h>
#include <string.h>

#include "crypto/format/contents_probe.h"
#include "disc/guess.h"
#include "disc/inner_volume.h"
#include "disc/payload_reader.h"
#include "iso/descriptors.h"
#include "util/sector.h"

struct disc {
	struct block_reader *outer;  /* the disc that the medium is a file of; NULL: of none */
	struct block_reader *medium; /* that the volume is */
	uint64_t first;              /* block of the outer one that the medium begins with */
	struct block_reader *header; /* of a detached header; NULL: none */
	struct volume *volume;
	struct block_reader *payload;
	const struct contents *contents;
	size_t memory;
};

struct disc *disc_open(const char *path, const char *header_path, size_t memory, struct fail *f)
{
	struct disc *d = calloc(1, sizeof *d);

	if (!d) {
		fail_memory(f);
		return NULL;
	}
	d->memory = memory;
	d->medium = block_reader_open_file(path, f);
	if (d->medium && header_path)
		d->header = block_reader_open_file(header_path, f);
	if (!d->medium || (header_path && !d->header)) {
		disc_close(d);
		return NULL;
	}
	return d;
}

void disc_set_session(struct disc *d, uint64_t lba)
{
	d->medium->session_lba = lba;
}

uint64_t disc_session(struct disc *d)
{
	return descriptors_start(d->payload);
}

int disc_enter_file(struct disc *d, const char *path, struct fail *f)
{
	struct block_reader *volume = inner_volume_open(d->medium, d->memory, path, &d->first, f);

	if (!volume)
		return -1;
	d->outer = d->medium;
	d->medium = volume;
	return 0;
}

const struct format *disc_recognise(struct disc *d, uint64_t offset)
{
	struct block_reader *rest = block_reader_rest(d->medium, offset * SECTOR_BYTES, NULL);
	const struct format *format = NULL;

	if (d->header || rest)
		format = format_recognise(d->header ? d->header : rest);
	block_reader_free(rest);
	return format;
}

static int fail_locked(const struct disc_key *key, struct fail *f)
{
	fail_set(f, FAIL_MISMATCH, "", "format not recognised, and %s does not open the disc%s",
		key->credential->kind == CREDENTIAL_PASSPHRASE ? "this passphrase" : "this key",
		key->guess ? " as any of the common formats"
			   : " as a VeraCrypt or TrueCrypt volume");
	if (key->guess)
		fail_hint(f, "check the secret, or name a rare format with -format plain, -cipher, "
			     "-key-size and -hash");
	else
		fail_hint(f,
			"check the secret, name the format with -format or -encstyle or the file "
			"of a detached header with -header, or try -guess");
	return -1;
}

/* A volume that shows nothing: TrueCrypt's, which takes no time, and VeraCrypt's by trial, the
 * others where that was asked for. */
static struct volume *try_formats(struct block_reader *reader, const struct disc_key *key,
	const struct messages *m, struct fail *f)
{
	static const char *const names[] = { "truecrypt", "veracrypt" };
	struct fail guessed = { 0 };
	struct volume *v = NULL;

	if (key->guess)
		v = guess_open(reader, key->params.offset, key->credential, m, &guessed);
	for (size_t i = 0; i < sizeof names / sizeof *names && !v; i++) {
		struct fail tried = { 0 };

		v = format_open(
			format_find(names[i]), reader, &key->params, key->credential, m, &tried);
		if (!v && fail_is_set(&tried) && tried.code != FAIL_MISMATCH &&
			tried.code != FAIL_USAGE && !fail_is_set(f))
			*f = tried;
	}
	if (v)
		*f = (struct fail){ 0 };
	else if (fail_is_set(&guessed))
		*f = guessed;
	else if (!fail_is_set(f))
		fail_locked(key, f);
	return v;
}

static struct volume *open_from(struct disc *d, struct block_reader *reader,
	const struct disc_key *key, const struct messages *m, struct fail *f)
{
	const struct format *format =
		key->format ? key->format : disc_recognise(d, key->params.offset);
	struct format_params params = key->params;

	params.header_reader = d->header;
	if (!format && d->header) {
		fail_set(f, FAIL_MISMATCH, params.header_path, "is not a LUKS header");
		return NULL;
	}
	if (!format && !key->credential) {
		fail_set(f, FAIL_MISMATCH, "", "format not recognised");
		return NULL;
	}
	if (!format)
		return try_formats(reader, key, m, f);
	return format_open(
		format, reader, &params, format->needs_secret ? key->credential : NULL, m, f);
}

/* Opens the volume, which begins where the key says. */
static struct volume *open_volume(
	struct disc *d, const struct disc_key *key, const struct messages *m, struct fail *f)
{
	uint64_t offset = key->params.offset * SECTOR_BYTES;
	struct block_reader *reader = block_reader_rest(d->medium, offset, f);
	struct volume *v = NULL;

	if (!reader)
		return NULL;
	if (offset && reader->n_blocks == 0)
		fail_set(f, FAIL_MISMATCH, "", "the medium ends before -offset %llu",
			(unsigned long long)key->params.offset);
	else
		v = open_from(d, reader, key, m, f);
	block_reader_free(reader);
	if (!v)
		return NULL;
	v->offset = key->params.offset;
	v->payload_offset += offset;
	return v;
}

int disc_unlock(
	struct disc *d, const struct disc_key *key, const struct messages *m, struct fail *f)
{
	const struct volume *v = d->volume = open_volume(d, key, m, f);
	struct fail unread = { 0 };

	if (!v)
		return -1;
	d->payload = payload_reader_new(d->medium, v, true, f);
	if (!d->payload)
		return -1;
	/* the key is right, even where the blocks that tell the contents are damaged */
	contents_probe(d->payload, disc_session(d), NULL, &d->contents, &unread);
	return 0;
}

struct block_reader *disc_blocks(struct disc *d)
{
	return d->payload;
}

struct block_reader *disc_medium(struct disc *d)
{
	return d->medium;
}

uint64_t disc_payload_lba(const struct disc *d)
{
	return d->first + d->volume->payload_offset / BLOCK_BYTES;
}

const struct volume *disc_volume(const struct disc *d)
{
	return d->volume;
}

const struct contents *disc_contents(const struct disc *d)
{
	return d->contents;
}

size_t disc_memory(const struct disc *d)
{
	return d->memory;
}

void disc_close(struct disc *d)
{
	if (!d)
		return;
	block_reader_free(d->payload);
	volume_free(d->volume);
	block_reader_free(d->header);
	block_reader_free(d->medium);
	block_reader_free(d->outer);
	free(d);
}
