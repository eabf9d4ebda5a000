/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "job/heal_repairing.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "drive/drive.h"
#include "heal/rescue.h"
#include "job/lost_files.h"
#include "job/open_disc.h"
#include "job/repair_state.h"
#include "util/io.h"
#include "util/new_file.h"
#include "util/sandbox.h"

enum {
	DVD_UNIT = 16,
	CD_MOST = 460000,   /* blocks: 99 minutes */
	DVD_MOST = 4200000, /* blocks: two layers */
};

struct repair {
	const struct heal_request *request;
	struct healing *h; /* whose healed are the states as they are */
	const struct voice *voice;
	struct block_reader *reader;
	struct disc *disc; /* the same, unlocked; NULL: nobody has asked for names of files */
	struct new_file *file;
	struct rescue rescue;
	bool is_resumed, is_saved; /* with a file of states */
};

static int output_descriptor(const struct repair *p)
{
	return new_file_descriptor(p->file);
}

static int keep(void *ctx, uint64_t block, uint32_t n, const uint8_t *bytes, struct fail *f)
{
	struct repair *p = ctx;

	if (io_pwrite_full(
		    output_descriptor(p), bytes, (size_t)n * BLOCK_BYTES, block * BLOCK_BYTES))
		return fail_errno(f, FAIL_FAILED, p->request->output, "can't be written");
	return 0;
}

/* What the file says was read has to be on the disk before that. */
static int save(void *ctx, struct fail *f)
{
	struct repair *p = ctx;

	if (!p->request->state)
		return 0;
	if (fdatasync(output_descriptor(p)))
		return fail_errno(
			f, FAIL_FAILED, p->request->output, "can't be flushed to the disk");
	if (repair_state_save(p->request->state, &p->h->record, p->h->healed, p->rescue.next, f))
		return -1;
	p->is_saved = true;
	return 0;
}

/* What a drive reads at once, or not at all: an ECC block of a DVD or BD. What is in the drive says
 * its size; a BD that has no more than a DVD is read in halves of its own. Else blocks may be
 * readable alone. */
static void choose_unit(struct rescue *r, const char *path)
{
	uint64_t n_blocks = r->reader->n_blocks;
	bool is_drive = drive_is_one(path);

	r->unit_blocks = is_drive && n_blocks <= DVD_MOST ? DVD_UNIT : RESCUE_UNIT_MAX;
	r->splits = !is_drive || n_blocks <= CD_MOST;
}

/* The image that is made is as long from the start on, so that what was not read is zeros. */
static int open_output(struct repair *p, struct fail *f)
{
	const struct heal_request *r = p->request;
	uint64_t n_bytes = p->h->record.layout.end * BLOCK_BYTES;

	if (!r->state)
		p->file = new_file_open(r->output, r->replace, 0666, n_bytes, f);
	else
		p->file =
			new_file_open_part(r->output, r->replace, 0666, p->is_resumed, n_bytes, f);
	if (!p->file && r->state && !f->field)
		fail_hint(f,
			p->is_resumed ? "remove %s to begin anew"
				      : "name the file of its state, not %s, or remove it",
			r->state);
	if (!p->file)
		return -1;
	if (ftruncate(output_descriptor(p), (off_t)n_bytes))
		return fail_errno(f, FAIL_FAILED, r->output, "can't be written");
	return 0;
}

/* Room for the states, and what is known already. */
static int start(struct repair *p, struct fail *f)
{
	struct healing *h = p->h;
	uint64_t end = h->record.layout.end;

	memset(h->states, BLOCK_UNREAD, end);
	if (p->is_resumed &&
		repair_state_load(p->request->state, &h->record, h->states, &p->rescue.next, f))
		return -1;
	h->healed = malloc(end);
	if (!h->healed)
		return fail_memory(f);
	memcpy(h->healed, h->states, end);
	p->rescue.layout = &h->record.layout;
	p->rescue.states = h->healed;
	p->rescue.needs_all = !h->record.has_root;
	p->rescue.sink = (struct rescue_sink){ keep, save, p };
	p->rescue.watch = &p->voice->watch;
	return open_output(p, f) || save(p, f) ? -1 : 0;
}

/* What a rescue has found, beside what was found before. */
static void note_found(struct healing *h)
{
	for (uint64_t i = 0; i < h->record.layout.end; i++)
		if (h->healed[i] == BLOCK_UNCHECKED || h->healed[i] == BLOCK_UNREADABLE)
			h->states[i] = h->healed[i];
}

/* What stands behind the volume is made anew, and is not to be trusted if that does not end: it is
 * read again then. */
static int finish(struct repair *p, const struct heal_file *file, struct fail *f)
{
	const struct heal_layout *l = &p->h->record.layout;

	if (p->request->state) {
		memset(p->h->healed + l->choice.n_data, BLOCK_UNREAD, l->end - l->choice.n_data);
		p->rescue.next = l->choice.n_data;
		if (save(p, f))
			return -1;
	}
	if (healer_finish(file, &p->h->record, f))
		return -1;
	memset(p->h->healed, BLOCK_RIGHT, l->end);
	return 0;
}

/* Reads as much as is needed to heal all, as far as there is so much. */
static int rescue_and_heal(struct repair *p, const struct heal_file *file, struct fail *f)
{
	struct healer_outcome *o = &p->h->outcome;

	do {
		uint64_t n_healed = o->n_healed;

		if (rescue_run(&p->rescue, f))
			return -1;
		note_found(p->h);
		progress_end(&p->voice->watch);
		if (healer_run(file, &p->h->record, p->h->healed, p->h->states, o, f))
			return -1;
		o->n_healed += n_healed;
	} while (o->n_lost && !p->rescue.is_at_end);
	return o->n_lost ? 0 : finish(p, file, f);
}

static int repair(struct repair *p, struct fail *f)
{
	struct healing_tools t = { 0 };
	const struct heal_file file = { output_descriptor(p), p->request->output, &t.hash,
		&p->voice->watch };
	int result = -1;

	if (healing_tools_open(&t, &p->h->record, f) == 0)
		result = rescue_and_heal(p, &file, f);
	if (result && f && !f->object[0])
		snprintf(f->object, sizeof f->object, "%s", p->request->source);
	if (healing_tools_close(&t, f))
		result = -1;
	return result;
}

/* A whole image gets its name. One that is not keeps that of a part, where it can go on. */
static int conclude(struct repair *p, struct fail *f)
{
	const struct heal_request *r = p->request;
	uint64_t n_lost = p->h->outcome.n_lost;

	if (n_lost && r->state)
		save(p, f);
	else if (new_file_commit(p->file, f))
		return -1;
	if (!n_lost) {
		if (r->state && unlink(r->state))
			return fail_errno(f, FAIL_FAILED, r->state, "can't be removed");
		return 0;
	}
	if (p->disc)
		lost_files_tell(output_descriptor(p), p->h, p->disc, &p->voice->messages);
	fail_set(f, FAIL_INCOMPLETE, r->source,
		"%llu block%s could not be healed; %s%s has the rest", (unsigned long long)n_lost,
		n_lost == 1 ? "" : "s", r->output, r->state ? ".part" : "");
	if (r->state)
		fail_hint(f, "repeat the command with another copy of the disc, or in another "
			     "drive: it goes on from there");
	return -1;
}

static int enter(struct repair *p, struct fail *f)
{
	const struct heal_request *r = p->request;
	char folders[3][PATH_MAX];
	struct sandbox_needs needs = { 0 };

	if (healing_folder(r->output, folders[0], &needs.writable_dir, f) ||
		healing_folder(r->state, folders[1], &needs.also_writable[0], f) ||
		healing_folder(r->map, folders[2], &needs.also_writable[1], f))
		return -1;
	if (!r->volume)
		return sandbox_enter(&needs, &p->voice->messages, f);
	r->volume->writable_dir = needs.writable_dir;
	for (int i = 0; i < 2; i++)
		r->volume->also_writable[i] = needs.also_writable[i];
	p->disc = open_disc(r->volume, p->voice, f);
	return p->disc ? 0 : -1;
}

int heal_repairing_run(
	const struct heal_request *r, struct healing *h, const struct voice *voice, struct fail *f)
{
	struct repair p = { .request = r, .h = h, .voice = voice };
	int result = -1;

	*h = (struct healing){ 0 };
	p.is_resumed = r->state && !access(r->state, F_OK);
	p.reader = p.rescue.reader = block_reader_open_once(r->source, f);
	if (!p.reader || new_file_check(r->output, r->replace, 0, f))
		goto out;
	choose_unit(&p.rescue, r->source);
	if (enter(&p, f) || healing_find(r, p.reader, h, f) || start(&p, f))
		goto out;
	if (repair(&p, f) == 0)
		result = conclude(&p, f);
	else
		save(&p, NULL);
	healing_count(h);
out:
	if (p.is_saved && result && f->code != FAIL_INCOMPLETE)
		message_note(&voice->messages,
			"%s.part has what was read; the same command goes on from there",
			r->output);
	progress_end(&voice->watch);
	rescue_clear(&p.rescue);
	new_file_close(p.file);
	disc_close(p.disc);
	block_reader_free(p.reader);
	return result;
}
