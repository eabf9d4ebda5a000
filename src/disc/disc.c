/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disc/disc.h"

#include <stdlib.h>
#include <string.h>

#include "crypto/format/contents_probe.h"
#include "disc/guess.h"
#include "disc/inner_volume.h"
#include "disc/payload_reader.h"
#include "disc/sessions.h"
#include "iso/descriptors.h"
#include "util/sector.h"

struct disc {
	struct block_reader *whole;   /* what was opened */
	struct healed_medium *healed; /* it, read through its healing data; NULL: it has none */
	struct block_reader *inner;   /* the volume that is a file on it; NULL: none is */
	struct block_reader *medium;  /* that the volume is: one of these */
	uint64_t first;               /* block of the whole that it begins with */
	struct block_reader *header;  /* of a detached header; NULL: none */
	struct volume *volume;
	struct block_reader *payload;
	const struct contents *contents;
	size_t memory;
	bool is_one_threads; /* the medium */
	const uint64_t *tracks;
	size_t n_tracks;
	struct sessions sessions;
};

struct disc *disc_open(const char *path, const char *header_path, size_t memory, struct fail *f)
{
	struct disc *d = calloc(1, sizeof *d);

	if (!d) {
		fail_memory(f);
		return NULL;
	}
	d->memory = memory;
	d->medium = d->whole = block_reader_open_file(path, f);
	if (d->whole && header_path)
		d->header = block_reader_open_file(header_path, f);
	if (!d->whole || (header_path && !d->header)) {
		disc_close(d);
		return NULL;
	}
	return d;
}

struct disc *disc_open_on(
	struct block_reader *medium, const char *header_path, size_t memory, struct fail *f)
{
	struct disc *d = calloc(1, sizeof *d);

	if (!d) {
		block_reader_free(medium);
		fail_memory(f);
		return NULL;
	}
	d->memory = memory;
	d->medium = d->whole = medium;
	d->is_one_threads = true;
	if (header_path && !(d->header = block_reader_open_file(header_path, f))) {
		disc_close(d);
		return NULL;
	}
	return d;
}

void disc_set_tracks(struct disc *d, const uint64_t *lbas, size_t n)
{
	d->tracks = lbas;
	d->n_tracks = n;
	/* the volume may be a file on the last session of another program's disc */
	d->medium->session_lba = n > 1 ? lbas[n - 1] : 0;
}

uint64_t disc_session(struct disc *d)
{
	return descriptors_start(d->payload);
}

const struct sessions *disc_sessions(const struct disc *d)
{
	return &d->sessions;
}

int disc_choose_session(struct disc *d, unsigned number, struct fail *f)
{
	const struct sessions *all = &d->sessions;
	const struct session *s = number ? sessions_get(all, number) : &all->list[all->n - 1];
	unsigned n = all->list[all->n - 1].number;

	if (!s && number <= n) {
		fail_set(f, FAIL_MISMATCH, "",
			"has %u sessions, but no record leads to the descriptors of session %u", n,
			number);
		fail_hint(f, "run xburncrypt info, with the secret, for those that can be read");
		return -1;
	}
	if (!s) {
		fail_set(f, FAIL_USAGE, "", "has %u session%s; %u is not one of them", n,
			n == 1 ? "" : "s", number);
		fail_hint(f, "run xburncrypt info, with the secret, for a list");
		return -1;
	}
	d->payload->session_lba = s->start;
	return 0;
}

int disc_enter_file(struct disc *d, const char *path, struct fail *f)
{
	d->inner = inner_volume_open(d->medium, d->memory, path, &d->first, f);
	if (!d->inner)
		return -1;
	d->medium = d->inner;
	return 0;
}

void disc_heal(struct disc *d, struct healed_medium *h)
{
	d->healed = h;
	if (h)
		d->medium = healed_medium_blocks(h);
}

struct healed_medium *disc_healed(const struct disc *d)
{
	return d->healed;
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

/* Without the length that is recorded, and without threads. */
static struct block_reader *open_whole(struct disc *d, struct fail *f)
{
	struct volume whole = *d->volume;

	if (!whole.format->sizes.trailer_bytes)
		whole.payload_bytes = 0;
	return payload_reader_new(d->medium, &whole, false, f);
}

/* What is recorded of the payload's length may be what it had when the volume was made. */
static void take_length(struct volume *v, const struct sessions *s)
{
	const struct session *newest = &s->list[s->n - 1];

	if (newest->number > 1 && v->payload_bytes && v->payload_bytes < newest->end * BLOCK_BYTES)
		v->payload_bytes = newest->end * BLOCK_BYTES;
}

static int find_sessions(struct disc *d, const struct messages *m, struct fail *f)
{
	struct block_reader *whole = open_whole(d, f);
	struct session_search how = { .blocks = whole,
		.lead = disc_payload_lba(d),
		.track_lbas = d->tracks,
		.n_tracks = d->inner ? 0 : d->n_tracks,
		/* what was to be continued records no length */
		.may_scan = !d->inner && !d->volume->payload_bytes,
		.m = m };
	int result = whole ? sessions_find(&d->sessions, &how, f) : -1;

	block_reader_free(whole);
	if (result == 0)
		take_length(d->volume, &d->sessions);
	return result;
}

static int open_payload(struct disc *d, const struct messages *m, struct fail *f)
{
	struct fail unread = { 0 };

	if (find_sessions(d, m, f))
		return -1;
	d->payload = payload_reader_new(d->medium, d->volume, !d->is_one_threads, f);
	if (!d->payload || disc_choose_session(d, 0, f))
		return -1;
	/* the key is right, even where the blocks that tell the contents are damaged */
	contents_probe(d->payload, disc_session(d), NULL, &d->contents, &unread);
	return 0;
}

int disc_unlock(
	struct disc *d, const struct disc_key *key, const struct messages *m, struct fail *f)
{
	d->volume = open_volume(d, key, m, f);
	return d->volume ? open_payload(d, m, f) : -1;
}

int disc_heal_unlocked(
	struct disc *d, struct healed_medium *h, const struct messages *m, struct fail *f)
{
	sessions_free(&d->sessions);
	block_reader_free(d->payload);
	d->payload = NULL;
	d->contents = NULL;
	disc_heal(d, h);
	return open_payload(d, m, f);
}

uint64_t disc_volume_end(const struct disc *d)
{
	const struct volume *v = d->volume;
	uint64_t n = d->sessions.list[d->sessions.n - 1].end;

	if (n < v->payload_bytes / BLOCK_BYTES)
		n = v->payload_bytes / BLOCK_BYTES;
	return n ? disc_payload_lba(d) + n + v->format->sizes.trailer_bytes / BLOCK_BYTES : 0;
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
	sessions_free(&d->sessions);
	block_reader_free(d->payload);
	volume_free(d->volume);
	block_reader_free(d->header);
	block_reader_free(d->inner);
	healed_medium_free(d->healed);
	block_reader_free(d->whole);
	free(d);
}
