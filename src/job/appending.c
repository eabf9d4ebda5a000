/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "job/appending.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "disc/payload_reader.h"
#include "drive/append.h"
#include "drive/drive.h"
#include "iso/descriptors.h"
#include "job/burning.h"
#include "job/chain.h"
#include "job/opening_commands.h"
#include "job/read_back.h"
#include "job/secrets.h"
#include "job/session_base.h"
#include "job/source.h"
#include "job/target.h"
#include "job/transfer.h"
#include "tree/old_sums.h"
#include "util/sector.h"
#include "util/signals.h"

struct appending {
	struct append_request *request;
	const struct voice *voice;
	struct target target;
	struct session_base base;
	struct source source;
	struct layout layout;
	struct sink_needs needs;
	struct session_plan plan;
	struct volume grown; /* the volume, borrowed, with the length that it will have */
	struct transfer transfer;
	struct burn_result result;
	size_t n_incomplete;
	bool is_renamed; /* the disc gets another volume id */
	bool is_done;    /* the disc leads to the new session */
};

static const struct messages *messages_of(const struct appending *a)
{
	return &a->voice->messages;
}

static const char *path_of(const struct appending *a)
{
	return a->target.output.path;
}

/* Whatever can be refused before the output is opened. */
static int check(struct appending *a, struct fail *f)
{
	struct burn_request *r = a->request->burn;

	r->session.appends = true;
	r->session.multi = !a->request->closes;
	r->output.replace = true;
	if (target_classify(&a->target, r, f)) {
		if (f->field == REQUEST_OVERWRITE)
			f->field = REQUEST_GROW;
		return -1;
	}
	if (a->target.output.kind == OUTPUT_STREAM)
		return fail_set(f, FAIL_USAGE, output_name(&a->target.output),
			"can't be read: a session is added to a drive's medium, a device or an "
			"image file");
	return source_check_apart(r, &a->target.output, f) ||
			       secrets_check_apart(r->volume, &a->target.output, f)
		       ? -1
		       : 0;
}

/* Digests that a burn made. */
static bool has_sums(const struct disc_files *files)
{
	struct disc_listing *holder;
	const struct disc_node *sums = disc_files_find(files, OLD_SUMS_NAME, &holder, NULL);
	bool has = sums && old_sums_are_made(sums);

	disc_listing_free(holder);
	return has;
}

static int open_target(struct appending *a, struct fail *f)
{
	if (target_open(&a->target, a->request->burn, a->voice, f) == 0)
		return 0;
	if (f->sys_errno == ENOENT)
		fail_hint(f, "make it first: a session is added to an image that exists");
	return -1;
}

/* What is overwritten in place always takes another session. */
static int check_closing(const struct appending *a, struct fail *f)
{
	const struct drive *d = a->target.drive;

	if (!a->request->closes || (d && drive_facts(d).state != MEDIUM_OVERWRITABLE))
		return 0;
	fail_set(f, FAIL_USAGE, "",
		"only media that are written once can be closed; %s takes sessions as long as "
		"there is room",
		path_of(a));
	return fail_field(f, REQUEST_CLOSES);
}

/* Spaces at the end are not told from those that fill the field. */
static bool is_other_label(const char *id, const char *label)
{
	size_t n = strlen(id);

	while (n > 0 && id[n - 1] == ' ')
		n--;
	return n != strlen(label) || memcmp(id, label, n) != 0;
}

/* The new tree: what is there, with the sources. */
static int make_tree(struct appending *a, struct fail *f)
{
	const struct append_request *r = a->request;
	struct tree_old old = { .files = a->base.files,
		.start = (uint32_t)a->base.start,
		.earlier = &a->base.earlier,
		.sessions = a->base.sessions,
		.n_sessions = a->base.n_sessions,
		.saved = a->base.saved,
		.mirrors = r->mirrors,
		.watch = &a->voice->watch,
		.by_digest = r->by_digest,
		.takes_silent = r->takes_silent };
	struct burn_request *b = r->burn;
	char label[DESCRIPTORS_LABEL_BYTES];
	int result;

	descriptors_label(disc_blocks(a->base.disc), label);
	a->is_renamed = b->source.tree.volume_id && is_other_label(b->source.tree.volume_id, label);
	if (!b->source.tree.volume_id && label[0])
		b->source.tree.volume_id = label;
	if (b->source.sums_as_usual)
		b->source.tree.sums = has_sums(old.files) ? SUMS_IF_FREE : SUMS_NOT;
	b->source.tree.old = &old;
	result = source_open(&a->source, b, messages_of(a), f);
	progress_end(&a->voice->watch);
	b->source.tree.old = NULL;
	if (b->source.tree.volume_id == label)
		b->source.tree.volume_id = NULL;
	session_base_forget_files(&a->base);
	if (f->field == REQUEST_IMAGE)
		f->field = REQUEST_ADDED;
	if (result && !f->object[0] && !f->field)
		snprintf(f->object, sizeof f->object, "%s", path_of(a));
	return result;
}

static int lay_out(struct appending *a, struct fail *f)
{
	struct session_plan *p = &a->plan;
	uint64_t n = a->source.n_bytes, first = a->base.start;

	if (a->base.saved)
		first -= SESSION_SAVED_BLOCKS;
	if (first + n / BLOCK_BYTES > UINT32_MAX)
		return fail_set(f, FAIL_FAILED, path_of(a),
			"would end behind the 8 TiB that an ISO 9660 file system can hold");
	a->target.session.start_lba = first + a->base.lead;
	layout_make_part(&a->layout, n);
	if (a->target.sink->needs(a->target.sink, n, &a->needs, f))
		return -1;
	layout_place(&a->layout, &a->needs);
	if (a->layout.start_lba != first + a->base.lead)
		return fail_set(f, FAIL_DRIVE, path_of(a),
			"would be written at LBA %llu, not at %llu as planned",
			(unsigned long long)a->layout.start_lba,
			(unsigned long long)(first + a->base.lead));
	*p = (struct session_plan){ .path = path_of(a),
		.number = a->base.earlier.number,
		.sbsector = a->base.start,
		.changes = tree_changes(a->source.tree),
		.n_bytes = n,
		.n_head_bytes = tree_head_bytes(a->source.tree, f),
		.n_bytes_free = a->needs.capacity_bytes,
		.starts_newest = a->base.is_in_place,
		.stays_open = a->target.session.multi };
	a->grown = *disc_volume(a->base.disc);
	a->grown.payload_bytes = first * BLOCK_BYTES + n;
	if (a->target.drive && !a->base.is_in_place)
		snprintf(p->medium, sizeof p->medium, "%s", drive_facts(a->target.drive).medium);
	return 0;
}

/* It may be that the disk with the sources is not there. */
static void tell_emptied(const struct appending *a)
{
	const struct tree_changes *c = &a->plan.changes;

	if (c->n_gone > 0 && c->n_new + c->n_changed + c->n_kept == 0)
		message_warn(messages_of(a),
			"%s: the sources have no files, so the session has none; the earlier "
			"sessions keep theirs",
			path_of(a));
}

/* Tells what will be written, and what cannot be undone. */
static int announce(const struct appending *a, struct fail *f)
{
	struct burn_plan plan = { .format = disc_volume(a->base.disc)->format->name,
		.n_bytes = layout_bytes(&a->layout),
		.capacity_bytes = a->needs.capacity_bytes,
		.session = a->plan.number };

	if (a->voice->session)
		a->voice->session(a->voice->ctx, &a->plan);
	tell_emptied(a);
	tree_tell_joliet(a->source.tree, messages_of(a));
	return target_announce(&a->target, &plan, a->voice, f);
}

static int transfer(struct appending *a, struct fail *f)
{
	uint64_t first = a->layout.start_lba - a->base.lead;

	a->transfer = (struct transfer){ .target = &a->target,
		.layout = &a->layout,
		.voice = a->voice,
		.plan = { .source = &a->source,
			.volume = disc_volume(a->base.disc),
			.is_part = true,
			.first_byte = first * BLOCK_BYTES,
			.layout = &a->layout,
			.needs = &a->needs,
			.is_for_drive = a->target.drive != NULL } };
	return transfer_run(&a->transfer, f);
}

/* Opens the session that begins at a block of the payload, as a reader will find it. */
static int check_session(
	const struct appending *a, struct block_reader *medium, uint64_t start, struct fail *f)
{
	struct block_reader *payload = payload_reader_new(medium, &a->grown, false, f);
	struct disc_files *files;
	int result = -1;

	if (!payload)
		return -1;
	payload->session_lba = start;
	files = disc_files_open(payload, disc_memory(a->base.disc), f);
	if (files && disc_files_start(files) != start)
		fail_set(f, FAIL_MISMATCH, path_of(a), "the session is not found where it begins");
	else if (files && disc_files_damage(files))
		fail_set(f, FAIL_MISMATCH, path_of(a), "%s", disc_files_damage(files));
	else if (files)
		result = 0;
	disc_files_close(files);
	block_reader_free(payload);
	return result;
}

/* What was sent is on the medium, and opens. */
static int read_back(struct appending *a, struct fail *f)
{
	struct read_back r = { .layout = &a->layout,
		.volume = &a->grown,
		.is_part = true,
		.session = a->base.start,
		.sent = a->transfer.digests,
		.n_bytes = a->transfer.n_bytes };
	struct sink *sink = a->target.sink;
	int result = -1;

	if (sink->reader(sink, &r.reader, f))
		return -1;
	if (read_back_check(&r, path_of(a), &a->voice->watch, messages_of(a), f) == 0)
		result = check_session(a, r.reader, a->base.start, f);
	progress_end(&a->voice->watch);
	block_reader_free(r.reader);
	a->result.was_compared = result == 0 && r.sent;
	return result;
}

/* The first descriptors lead to the new session: from now on the disc shows it. */
static int lead_to_session(struct appending *a, struct fail *f)
{
	const struct volume *v = disc_volume(a->base.disc);
	struct sink *sink = a->target.sink;
	size_t n_blocks;
	const uint8_t *head = tree_session_head(a->source.tree, &n_blocks);
	uint8_t *blocks = malloc(n_blocks * BLOCK_BYTES);
	int result;

	if (!blocks)
		return fail_memory(f);
	memcpy(blocks, head, n_blocks * BLOCK_BYTES);
	result = v->cipher ? sector_cipher_encrypt(v->cipher,
				     (uint64_t)SESSION_RECORD_BLOCK * BLOCK_BYTES, blocks,
				     n_blocks * BLOCK_BYTES, f)
			   : 0;
	if (result == 0)
		result = sink->rewrite(
			sink, a->base.lead + SESSION_RECORD_BLOCK, (uint32_t)n_blocks, blocks, f);
	free(blocks);
	return result;
}

static int write_session(struct appending *a, struct fail *f)
{
	int result = announce(a, f) ? -1 : transfer(a, f);

	a->n_incomplete = source_n_incomplete(&a->source, messages_of(a));
	if (result || read_back(a, f))
		return -1;
	if (a->base.is_in_place) {
		if (signals_caught())
			return fail_set(f, FAIL_FAILED, path_of(a), "interrupted");
		signals_settle();
		if (lead_to_session(a, f))
			return -1;
	}
	a->is_done = true;
	if (a->n_incomplete == 0)
		return 0;
	return fail_set(f, FAIL_INCOMPLETE, path_of(a),
		"the session was added, but %zu file%s incomplete or left out", a->n_incomplete,
		a->n_incomplete == 1 ? " is" : "s are");
}

/* Nothing is new. */
static int write_nothing(struct appending *a, struct fail *f)
{
	const struct messages *m = messages_of(a);

	a->n_incomplete = source_n_incomplete(&a->source, m);
	message_note(m, "%s: nothing is new: no session was written", path_of(a));
	if (a->request->closes) {
		if (append_close(a->target.drive, m, f))
			return -1;
		message_note(m, "%s: the medium is closed", path_of(a));
	}
	if (a->n_incomplete == 0)
		return 0;
	return fail_set(f, FAIL_INCOMPLETE, path_of(a), "%zu file%s left out", a->n_incomplete,
		a->n_incomplete == 1 ? " was" : "s were");
}

static int run(struct appending *a, struct fail *f)
{
	struct append_request *r = a->request;

	if (check(a, f) || open_target(a, f) || check_closing(a, f) ||
		session_base_open(&a->base, &a->target, r->disc, a->voice, f) ||
		session_base_place(&a->base, &a->target, a->voice, f) || make_tree(a, f))
		return -1;
	if (!tree_has_changes(a->source.tree) && !a->is_renamed)
		return write_nothing(a, f);
	return lay_out(a, f) || write_session(a, f) ? -1 : 0;
}

static int tell_result(struct appending *a, struct fail *f)
{
	struct burn_result *r = &a->result;
	struct credential described = secrets_described(a->request->burn->volume);
	const struct volume *v = disc_volume(a->base.disc);
	char *commands = opening_commands(v, v->format->needs_secret ? &described : NULL,
		&contents_file_system, path_of(a), NULL, a->base.is_in_place ? 0 : a->base.start);

	if (!commands)
		return fail_memory(f);
	r->output = &a->target.output;
	r->layout = &a->layout;
	r->volume = &a->grown;
	r->source = &a->source;
	r->session = &a->plan;
	r->commands = commands;
	r->n_bytes = a->transfer.n_bytes;
	r->seconds = a->transfer.seconds;
	r->queue_lowest_percent = a->transfer.queue_lowest_percent;
	if (a->voice->result)
		a->voice->result(a->voice->ctx, r);
	free(commands);
	return 0;
}

/* Is what the disc had still there? It is looked at, not assumed. */
static void tell_old(const struct appending *a)
{
	const struct session_place *newest = &a->base.earlier.earlier[0];
	struct block_reader *medium = NULL;
	struct fail ignored = { 0 };

	if (a->target.sink->reader(a->target.sink, &medium, &ignored) || !medium)
		return;
	if (check_session(a, medium, newest->start, &ignored) == 0)
		message_note(messages_of(a), "%s: the earlier sessions are whole", path_of(a));
	else
		message_warn(messages_of(a), "%s: the earlier sessions can't be read now: %s",
			path_of(a), ignored.what);
	block_reader_free(medium);
}

/* On a medium that is written once, a session is there when its last block is: the drive may have
 * got that before the signal was heard. */
static const char *find_hint(const struct appending *a)
{
	if (!a->transfer.written.was_begun)
		return "nothing was written";
	if (a->target.output.kind == OUTPUT_FILE)
		return "the file is as it was; add it again";
	if (a->base.is_in_place)
		return "what was written of the session is passed over; add it again";
	if (a->transfer.was_completed)
		return "all of the session was written, but it was not compared; run xburncrypt "
		       "verify";
	return "add it again, unless xburncrypt info lists it: it is passed over where a part is "
	       "missing";
}

static void give_up(struct appending *a, struct fail *f)
{
	if (signals_caught()) {
		memset(f, 0, sizeof *f);
		fail_set(f, FAIL_FAILED, path_of(a), "interrupted by %s", signals_caught_name());
		fail_hint(f, "%s", find_hint(a));
	}
	if (a->transfer.written.was_begun)
		tell_old(a);
}

int appending_run(struct append_request *r, const struct voice *voice, struct fail *f)
{
	struct appending a = { .request = r, .voice = voice };
	int result = run(&a, f);

	if (result == 0 || f->code == FAIL_INCOMPLETE)
		signals_settle();
	if (a.is_done && tell_result(&a, result ? NULL : f))
		result = -1;
	if (result && !a.is_done)
		give_up(&a, f);
	if (result && voice->failed)
		voice->failed(voice->ctx, f);
	transfer_clear(&a.transfer);
	source_close(&a.source);
	session_base_close(&a.base);
	target_close(&a.target, r->burn->ejects);
	return result;
}
