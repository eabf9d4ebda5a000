/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "job/session_base.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "disc/sessions.h"
#include "heal/heal_finder.h"
#include "drive/append.h"
#include "drive/drive.h"
#include "drive/drive_details.h"
#include "drive/drive_reader.h"
#include "iso/descriptors.h"
#include "iso/disc_end.h"
#include "iso/disc_walk.h"
#include "job/encrypted_image.h"
#include "job/open_disc.h"
#include "job/session_tail.h"
#include "util/sector.h"
#include "util/size.h"

enum { START_BLOCKS = 32 }; /* whole write units of all media that are overwritten in place */

/* Where the tracks of the medium begin, as a heap list: the kernel may not know yet. */
static uint64_t *list_tracks(const struct drive *drive, size_t *n)
{
	struct drive_details details = drive_details(drive);
	uint64_t *lbas = calloc(details.n_tracks + 1, sizeof *lbas);

	*n = 0;
	for (size_t i = 0; lbas && i < details.n_tracks; i++)
		if (details.tracks[i].is_data)
			lbas[(*n)++] = details.tracks[i].lba;
	drive_details_free(&details);
	return lbas;
}

/* Opens the volume on the medium, which libburn reads where it is in a drive. */
static struct disc *open_volume(
	const struct target *t, struct read_request *r, const struct voice *voice, struct fail *f)
{
	size_t n_tracks = 0;
	uint64_t *tracks = t->drive ? list_tracks(t->drive, &n_tracks) : NULL;
	struct block_reader *medium = t->drive ? drive_reader_new(t->drive, f)
					       : block_reader_open_file(t->output.path, f);
	struct disc *d = NULL;

	if (medium && t->drive && !tracks)
		block_reader_free(medium);
	else if (medium)
		d = open_disc_on(medium, tracks, n_tracks, r, voice, f);
	if (t->drive && !tracks)
		fail_memory(f);
	free(tracks);
	return d;
}

/* Files for a disc that turns out not to be encrypted would be there for all to read. */
static int check_encrypted(const struct volume *v, const struct read_request *r,
	const struct messages *m, struct fail *f)
{
	if (v->format->needs_secret)
		return 0;
	if (r->volume->format) {
		message_warn(m, "this disc is not encrypted: anyone who has it can read it");
		return 0;
	}
	fail_set(f, FAIL_USAGE, r->path, "is not encrypted, and what is added would not be either");
	return fail_field(f, REQUEST_CLEAR);
}

/* What the volume is, once it is open. */
static int check_volume(struct session_base *b, const struct read_request *r,
	const struct messages *m, struct fail *f)
{
	const struct volume *v = disc_volume(b->disc);
	const char *path = r->path;

	if (check_encrypted(v, r, m, f))
		return -1;
	if (v->format->sizes.trailer_bytes) {
		fail_set(f, FAIL_MISMATCH, path,
			"holds a %s volume, which has a fixed size: nothing can be added to it",
			v->format->name);
		fail_hint(f, "burn another disc, or choose the format luks2 for one that grows");
		return -1;
	}
	if (v->cipher && sector_cipher_sector_bytes(v->cipher) > BLOCK_BYTES)
		return fail_set(f, FAIL_MISMATCH, path,
			"is encrypted in sectors of %u bytes: a session may begin within one",
			v->sector_bytes);
	if (v->payload_offset % BLOCK_BYTES)
		return fail_set(f, FAIL_MISMATCH, path,
			"holds a volume whose payload begins within a block of the medium");
	b->lead = v->payload_offset / BLOCK_BYTES;
	return 0;
}

/* Healing data would take the session for damage. Without anchors, they are looked for behind the
 * volume; a drive is not asked for its last blocks, each of which may take it seconds. */
static int check_healing(
	const struct session_base *b, bool is_drive, const char *path, struct fail *f)
{
	uint64_t end = b->lead + b->sessions[b->n_sessions - 1].end;
	struct heal_search search = { .at = heal_layout_front(end), .skips_end = is_drive };
	struct heal_record r;
	int found = heal_finder_run(&search, disc_medium(b->disc), &r, f);

	if (found <= 0)
		return found;
	fail_set(f, FAIL_MISMATCH, path, "has healing data, which would undo the session");
	if (is_drive)
		fail_hint(f, "burn another disc: one with healing data can't grow");
	else
		fail_hint(f,
			"cut an image to %llu bytes to remove them, and add new ones afterwards",
			(unsigned long long)r.layout.choice.n_data * BLOCK_BYTES);
	return -1;
}

/* Damage that the walk finds. */
struct damage {
	unsigned long n;
	char path[1024];
};

static void note_damage(void *ctx, const char *path, const char *what)
{
	struct damage *d = ctx;

	(void)what;
	if (d->n++ == 0)
		snprintf(d->path, sizeof d->path, "%s", path);
}

static int fail_damaged(const char *path, const struct damage *d, struct fail *f)
{
	fail_set(f, FAIL_MISMATCH, path,
		"is damaged in %lu place%s, such as /%s: a session that builds on it would be, too",
		d->n, d->n == 1 ? "" : "s", d->path);
	fail_hint(f, "run xburncrypt verify for their names; extract what there is and burn "
		     "another disc");
	return -1;
}

/* Meets every directory of the newest session: none is damaged or there twice, so that whoever goes
 * through them afterwards comes to an end. */
static int check_tree(const struct session_base *b, const char *path, struct fail *f)
{
	struct damage damage = { 0 };
	struct disc_walk_step step;
	struct disc_walk w;
	int more;

	if (disc_walk_open(&w, b->files, note_damage, &damage, f))
		return -1;
	more = disc_walk_add(&w, "", f) ? -1 : 1;
	while (more > 0)
		more = disc_walk_next(&w, &step, f);
	disc_walk_close(&w);
	if (more < 0)
		return -1;
	return damage.n ? fail_damaged(path, &damage, f) : 0;
}

static int check_file_system(const struct session_base *b, const char *path, struct fail *f)
{
	struct damage whole = { 1, "" };

	disc_end_check(b->files);
	if (disc_files_damage(b->files)) {
		snprintf(whole.path, sizeof whole.path, " (%s)", disc_files_damage(b->files));
		return fail_damaged(path, &whole, f);
	}
	if (encrypted_image_is_container(b->files)) {
		fail_set(f, FAIL_MISMATCH, path,
			"holds an encrypted volume as a file, which has a fixed size: what is "
			"added would lie beside it, in the clear");
		fail_hint(f, "burn another disc, or one that is encrypted as a whole, which grows");
		return -1;
	}
	return check_tree(b, path, f);
}

static int open_files(struct session_base *b, const char *path, struct fail *f)
{
	struct fail why = { 0 };

	b->files = disc_files_open(disc_blocks(b->disc), disc_memory(b->disc), &why);
	if (b->files)
		return check_file_system(b, path, f);
	if (why.code == FAIL_FAILED)
		why.code = FAIL_MISMATCH;
	fail_set(f, why.code, path, "%s: nothing can be added to it", why.what);
	fail_hint(f, "burn another disc");
	return -1;
}

/* The places of all sessions, from the newest on. */
static void fill_record(struct session_base *b)
{
	const struct sessions *s = disc_sessions(b->disc);
	struct session_record *r = &b->earlier;

	r->number = s->list[s->n - 1].number + 1;
	r->is_in_place = b->is_in_place;
	r->saved = (uint32_t)s->saved;
	for (size_t i = s->n; i-- > 0 && r->n_earlier < SESSION_RECORD_EARLIER_MAX;)
		r->earlier[r->n_earlier++] = (struct session_place){
			.start = (uint32_t)s->list[i].start,
			.end = (uint32_t)s->list[i].end,
			.made = s->list[i].made,
		};
}

static int list_sessions(struct session_base *b, struct fail *f)
{
	const struct sessions *s = disc_sessions(b->disc);

	b->sessions = calloc(s->n, sizeof *b->sessions);
	if (!b->sessions)
		return fail_memory(f);
	for (; b->n_sessions < s->n; b->n_sessions++)
		b->sessions[b->n_sessions] = (struct session_place){
			.start = (uint32_t)s->list[b->n_sessions].first,
			.end = (uint32_t)s->list[b->n_sessions].end,
			.made = s->list[b->n_sessions].made,
		};
	return 0;
}

int session_base_open(struct session_base *b, const struct target *t, struct read_request *r,
	const struct voice *voice, struct fail *f)
{
	*b = (struct session_base){ .is_in_place = true };
	if (t->drive) {
		b->is_in_place = drive_facts(t->drive).state == MEDIUM_OVERWRITABLE;
		if (append_check(t->drive, f))
			return -1;
	}
	b->disc = open_volume(t, r, voice, f);
	if (!b->disc || check_volume(b, r, &voice->messages, f) || open_files(b, r->path, f))
		return -1;
	fill_record(b);
	return list_sessions(b, f) || check_healing(b, t->drive != NULL, r->path, f) ? -1 : 0;
}

/* The first descriptors of the disc as they are, which are about to be overwritten. */
static int save_descriptors(struct session_base *b, struct fail *f)
{
	struct block_reader *blocks = disc_blocks(b->disc);
	struct session_place *first = &b->earlier.earlier[b->earlier.n_earlier - 1];

	b->saved = calloc(SESSION_SAVED_BLOCKS, BLOCK_BYTES);
	if (!b->saved)
		return fail_memory(f);
	if (block_reader_read(blocks, DESCRIPTORS_FIRST, SESSION_SAVED_BLOCKS - DESCRIPTORS_FIRST,
		    b->saved + DESCRIPTORS_START, f))
		return -1;
	b->earlier.saved = (uint32_t)(b->start - SESSION_SAVED_BLOCKS);
	/* the table of places may not reach back to it */
	if (b->earlier.n_earlier == b->earlier.number - 1)
		first->start = b->earlier.saved;
	return 0;
}

/* Whether the first descriptors of the disc have to be saved. */
static bool needs_saving(const struct session_base *b)
{
	const struct sessions *s = disc_sessions(b->disc);

	return !s->starts_newest && !s->saved;
}

/* Behind what ends there, and on whole write units of the medium. */
static uint64_t start_behind(const struct session_base *b, uint64_t end)
{
	return size_round_up(end + b->lead, START_BLOCKS) - b->lead +
	       (needs_saving(b) ? SESSION_SAVED_BLOCKS : 0);
}

/* Where the contents of an image file end. What a broken-off session left is none. */
static uint64_t find_end_of_file(const struct session_base *b, uint64_t end)
{
	const struct block_reader *file = disc_medium(b->disc);
	uint64_t n = file->n_blocks - b->lead + (file->n_tail_bytes != 0);

	if (n <= end || session_tail_is_broken(b->disc, start_behind(b, end), n, b->earlier.number))
		return end;
	return file->n_tail_bytes ? n : session_tail_find(b->disc, end, n);
}

/* Behind all that is there. A device has more than its volume: what that does not record is free.
 */
static int place_behind(struct session_base *b, const struct target *t, struct fail *f)
{
	uint64_t end = session_tail_recorded(b->disc);

	if (t->output.kind == OUTPUT_FILE)
		end = find_end_of_file(b, end);
	b->earlier.earlier[0].end = (uint32_t)end;
	b->start = start_behind(b, end);
	return needs_saving(b) ? save_descriptors(b, f) : 0;
}

/* Where the track ends that the newest session is in. */
static uint64_t find_limit(const struct session_base *b, const struct drive *drive)
{
	const struct sessions *s = disc_sessions(b->disc);
	const struct session *newest = &s->list[s->n - 1];
	struct drive_details details = drive_details(drive);
	uint64_t limit = 0;

	for (size_t i = 0; i < details.n_tracks; i++) {
		const struct drive_track *track = &details.tracks[i];

		if (track->is_data && track->lba <= b->lead + newest->start)
			limit = track->lba + track->n_blocks;
	}
	drive_details_free(&details);
	return limit > b->lead ? limit - b->lead : 0;
}

/* Where the contents of that track end: an image may be longer than its file system. */
static uint64_t find_end_of_track(const struct session_base *b, const struct drive *drive)
{
	const struct sessions *s = disc_sessions(b->disc);
	uint64_t end = s->list[s->n - 1].end;
	uint8_t block[BLOCK_BYTES];

	/* what a drive counts in at the end of a track may be no data */
	if (block_reader_read(disc_medium(b->disc), b->lead + end, 1, block, NULL))
		return end;
	return session_tail_find(b->disc, end, find_limit(b, drive));
}

/* Where the drive goes on. */
static int place_next(
	struct session_base *b, const struct target *t, const struct voice *voice, struct fail *f)
{
	const struct sessions *s = disc_sessions(b->disc);
	uint64_t lba, end;

	if (append_is_broken(t->drive)) {
		message_note(&voice->messages,
			"%s: the last session was broken off; it is closed before another one "
			"begins",
			t->output.path);
		if (append_close_broken(t->drive, &voice->messages, f))
			return -1;
	}
	if (append_next(t->drive, &lba, f))
		return -1;
	if (lba < b->lead + s->list[s->n - 1].end)
		return fail_set(f, FAIL_DRIVE, t->output.path,
			"the drive would write at LBA %llu, over the session that is there",
			(unsigned long long)lba);
	b->start = lba - b->lead;
	end = find_end_of_track(b, t->drive);
	if (end <= b->start)
		b->earlier.earlier[0].end = (uint32_t)end;
	return 0;
}

int session_base_place(
	struct session_base *b, const struct target *t, const struct voice *voice, struct fail *f)
{
	if (b->is_in_place ? place_behind(b, t, f) : place_next(b, t, voice, f))
		return -1;
	if (b->start > UINT32_MAX - (1u << 20))
		return fail_set(f, FAIL_FAILED, t->output.path,
			"is full: block numbers of ISO 9660 end at 8 TiB");
	return 0;
}

void session_base_forget_files(struct session_base *b)
{
	disc_files_close(b->files);
	b->files = NULL;
}

void session_base_close(struct session_base *b)
{
	session_base_forget_files(b);
	disc_close(b->disc);
	free(b->saved);
	free(b->sessions);
	*b = (struct session_base){ 0 };
}
