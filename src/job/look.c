/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "job/look.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/format/contents_probe.h"
#include "crypto/format/format.h"
#include "crypto/libraries.h"
#include "iso/descriptors.h"
#include "job/heal_opening.h"
#include "job/open_disc.h"
#include "job/opening_commands.h"
#include "job/secrets.h"
#include "util/sandbox.h"
#include "util/sector.h"

uint64_t look_capacity(const struct look *l)
{
	const struct drive_facts *d = &l->facts;

	if (d->n_blocks_empty)
		return d->n_blocks_empty;
	if (d->state == MEDIUM_BLANK || d->state == MEDIUM_APPENDABLE)
		return d->n_blocks_used + d->n_blocks_free;
	return 0;
}

/* What the drive tells, which is let go then: nothing of what libburn needs is left in the sandbox.
 */
static int look_at_drive(struct look *l, const struct voice *voice, struct fail *f)
{
	struct drive *drive = drive_open(l->path, &voice->messages, f);

	if (!drive)
		return -1;
	l->facts = drive_facts(drive);
	l->details = drive_details(drive);
	drive_close(drive, false);
	return 0;
}

/* The file systems, if they are there to be seen. */
static void look_at_sides(struct look *l, const struct read_request *r)
{
	struct block_reader *blocks = l->disc ? disc_blocks(l->disc) : l->reader;
	struct fail unused = { 0 };
	struct disc_files *files;

	files = disc_files_open(blocks, l->disc ? disc_memory(l->disc) : r->max_memory, &unused);
	if (files)
		l->sides = disc_files_sides(files);
	disc_files_close(files);
}

/* What the commands are for. The kernel takes the first of two file systems that it finds. */
static const struct contents *find_use(const struct look *l)
{
	static const struct contents iso9660 = { .name = "an ISO 9660 file system",
		.commands = "mount -t iso9660 -o ro @ /mnt\n" };
	static const struct contents udf = { .name = "a UDF file system",
		.commands = "mount -t udf -o ro @ /mnt\n" };

	if (!l->sides.has_udf)
		return l->contents;
	return l->sides.is_udf_shown ? &udf : &iso9660;
}

const struct sessions *look_sessions(const struct look *l)
{
	if (l->disc)
		return disc_sessions(l->disc);
	return l->found.n ? &l->found : NULL;
}

/* Which session the commands mount. A drive's kernel finds the last one of a disc in the clear; of
 * one that is locked, the last track is mostly the newest session. */
static uint64_t find_sbsector(const struct look *l)
{
	const struct sessions *s = look_sessions(l);
	uint64_t first = l->volume->payload_offset / BLOCK_BYTES;
	const struct session *newest;

	if (!s)
		return l->n_tracks > 1 && l->tracks[l->n_tracks - 1] > first
			       ? l->tracks[l->n_tracks - 1] - first
			       : 0;
	newest = &s->list[s->n - 1];
	if (l->session_lba == newest->start &&
		(s->starts_newest || (l->is_drive && !l->volume->cipher && !newest->has_record)))
		return 0;
	return l->session_lba;
}

/* What volume lies where, and the commands that open it. */
static int describe(struct look *l, const struct read_request *r, struct fail *f)
{
	struct credential c = secrets_described(r->volume);

	/* without the key they are not known: mostly a file system */
	bool is_locked = !l->disc && l->volume->format->needs_secret;

	if (!is_locked)
		look_at_sides(l, r);
	l->commands =
		opening_commands(l->volume, &c, is_locked ? &contents_file_system : find_use(l),
			l->path, r->volume->as_file, r->volume->as_file ? 0 : find_sbsector(l));
	return l->commands ? 0 : fail_memory(f);
}

/* True where it starts with nothing but zeros, as what is formatted, or made with truncate(1),
 * does: ciphertext never looks like that. Some file systems leave the first 64 KiB alone. */
static bool is_empty(struct block_reader *reader)
{
	enum { N_BLOCKS = 64 };
	uint64_t n = reader->n_blocks < N_BLOCKS ? reader->n_blocks : N_BLOCKS;
	uint8_t bytes[N_BLOCKS * BLOCK_BYTES];

	if (n == 0 || block_reader_read(reader, 0, (uint32_t)n, bytes, NULL))
		return false;
	return bytes[0] == 0 && memcmp(bytes, bytes + 1, (size_t)n * BLOCK_BYTES - 1) == 0;
}

/* The newest whole one is shown. */
static int find_sessions(struct look *l, const struct voice *voice, struct fail *f)
{
	struct session_search how = { .blocks = l->reader,
		.track_lbas = l->tracks,
		.n_tracks = l->n_tracks,
		.may_scan = true,
		.m = &voice->messages };

	if (sessions_find(&l->found, &how, f))
		return -1;
	l->reader->session_lba = l->found.list[l->found.n - 1].start;
	l->session_lba = descriptors_start(l->reader);
	return 0;
}

static int put_healing(
	struct look *l, const struct read_request *r, const struct voice *voice, struct fail *f)
{
	const struct heal_opening o = { .request = r,
		.medium = l->medium,
		.tracks = l->tracks,
		.n_tracks = l->n_tracks,
		.messages = &voice->messages };

	if (heal_opening_run(&o, &l->healed, f))
		return -1;
	if (l->healed)
		l->reader = healed_medium_blocks(l->healed);
	return 0;
}

static int look_at_contents(
	struct look *l, const struct read_request *r, const struct voice *voice, struct fail *f)
{
	struct format_params params = { .header_path = r->volume->params.header_path };
	const struct sandbox_needs needs = { .writable_dir = r->writable_dir };
	const struct format *format;

	if (params.header_path) {
		params.header_reader = l->header = block_reader_open_file(params.header_path, f);
		if (!l->header)
			return -1;
	}
	libraries_start();
	if (sandbox_enter(&needs, &voice->messages, f) || put_healing(l, r, voice, f))
		return -1;
	format = format_recognise(l->header ? l->header : l->reader);
	if (l->header && !(format && format->takes & TAKES_HEADER))
		return fail_set(f, FAIL_MISMATCH, params.header_path, "is not a LUKS header");
	if (!format) {
		l->is_empty = !l->header && is_empty(l->reader);
		return 0;
	}
	if (!format->needs_secret && find_sessions(l, voice, f))
		return -1;
	l->volume = l->inspected = format_inspect(format, l->reader, &params, &voice->messages, f);
	if (l->volume && !format->needs_secret)
		contents_probe(l->reader, l->session_lba, NULL, &l->contents, NULL);
	if (l->volume)
		return describe(l, r, f);
	if (!f->object[0])
		snprintf(f->object, sizeof f->object, "%s", l->path);
	return -1;
}

static int look_inside(
	struct look *l, struct read_request *r, const struct voice *voice, struct fail *f)
{
	l->disc = open_disc(r, voice, f);
	if (!l->disc)
		return -1;
	l->is_readable = true;
	l->session_lba = disc_session(l->disc);
	l->volume = disc_volume(l->disc);
	l->contents = disc_contents(l->disc);
	return describe(l, r, f);
}

/* Through the kernel, as the reading verbs do it. It learns the size of a medium that was just
 * written when that is loaded, which a burn without verifying doesn't do. */
static int open_medium(struct look *l, struct fail *f)
{
	l->reader = l->medium = block_reader_open_file(l->path, f);
	if (!l->reader)
		return -1;
	l->n_tracks = drive_tracks(l->path, l->tracks, DRIVE_TRACKS_MAX);
	l->reader->session_lba = l->n_tracks > 1 ? l->tracks[l->n_tracks - 1] : 0;
	l->is_readable = !l->is_drive || l->reader->n_blocks >= l->facts.n_blocks_used;
	if (l->is_drive)
		l->n_bytes = l->facts.n_blocks_used * BLOCK_BYTES;
	else
		l->n_bytes = l->reader->n_blocks * BLOCK_BYTES + l->reader->n_tail_bytes;
	return 0;
}

/* A volume that is not open has no key to check anything with. */
static int look_at_proof(struct look *l, const struct read_request *r, struct fail *f)
{
	const struct healed_medium *h = look_healed(l);

	return h ? heal_authenticity_find(
			   &l->proof, &r->heal, healed_medium_record(h), l->volume, f)
		 : 0;
}

int look_at(struct look *l, struct read_request *r, bool opens, const struct voice *voice,
	struct fail *f)
{
	*l = (struct look){ .path = r->path, .is_drive = drive_is_one(r->path) };
	if (l->is_drive && look_at_drive(l, voice, f))
		return -1;
	if (l->is_drive && (l->facts.state == MEDIUM_NONE || l->facts.n_blocks_used == 0))
		return 0;
	if (open_medium(l, f))
		return -1;
	if (opens) {
		block_reader_free(l->medium);
		l->reader = l->medium = NULL;
		return look_inside(l, r, voice, f) || look_at_proof(l, r, f) ? -1 : 0;
	}
	if (l->is_readable)
		return look_at_contents(l, r, voice, f) || look_at_proof(l, r, f) ? -1 : 0;
	message_warn(&voice->messages,
		"%s: the kernel does not know the size of the medium yet, so its contents can't be "
		"read; eject the medium and insert it again",
		l->path);
	return 0;
}

struct healed_medium *look_healed(const struct look *l)
{
	return l->disc ? disc_healed(l->disc) : l->healed;
}

void look_close(struct look *l)
{
	sessions_free(&l->found);
	free(l->commands);
	disc_close(l->disc);
	volume_free(l->inspected);
	block_reader_free(l->header);
	healed_medium_free(l->healed);
	block_reader_free(l->medium);
	drive_details_free(&l->details);
}
