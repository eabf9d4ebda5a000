/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "drive/session.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "burn/queue_source.h"
#include "burn/stage.h"
#include "drive/append.h"
#include "drive/drive.h"
#include "drive/drive_inner.h"
#include "drive/drive_reader.h"
#include "drive/drive_refusal.h"
#include "drive/drive_wait.h"
#include "drive/drive_rewrite.h"
#include "drive/medium.h"
#include "drive/session_check.h"
#include "drive/verdict.h"
#include "util/sector.h"
#include "util/signals.h"

enum { LOOK_MS = 100 };

/* What libburn's thread is at. */
enum session_state { SESSION_FORMATTING, SESSION_BURNING, SESSION_ENDED };

struct session {
	struct sink sink; /* first */
	struct drive *drive;
	const struct session_options *options;
	const struct messages *messages;
	enum session_state state;
	uint64_t n_announced; /* 0: unknown */
	uint64_t next_lba;    /* of a medium that is written once, as told by needs */
	struct burn_source *top, *meter;
	struct drive_wait wait;
	struct burn_disc *disc;
	struct burn_session *session;
	struct burn_track *track;
	struct burn_write_opts *opts;
	bool was_begun;
	struct fail fail; /* between formatting and burning */
};

/* Stands between the chain and libburn: counts what is taken, and cancels when the chain fails or
 * ends early, which libburn would fill with zeros without a word. */
struct meter {
	struct stage stage; /* first */
	struct burn_drive *handle;
	atomic_bool is_ended; /* the chain has no more */
};

static ssize_t meter_fill(struct stage *s, uint8_t *buf, size_t n_room)
{
	struct meter *m = (struct meter *)s;
	ssize_t n = stage_take(s, buf, n_room);

	if (n < 0)
		burn_drive_cancel(m->handle);
	if (n == 0)
		m->is_ended = true;
	return n;
}

/* libburn makes a CD track at least 300 blocks long (MMC-5, 6.33.3) and fills it with zeros: its
 * size is libburn's own. top stays the caller's. */
static struct burn_source *meter_new(
	struct burn_source *top, struct burn_drive *handle, uint64_t n_announced, struct fail *f)
{
	struct meter *m = stage_alloc(sizeof *m, f);
	struct burn_source *source;

	if (!m)
		return NULL;
	m->stage = (struct stage){ .name = "drive",
		.upstream = top,
		.announced = n_announced,
		.size = n_announced,
		.fill = meter_fill };
	m->handle = handle;
	source = stage_new(&m->stage, f);
	if (source)
		top->refcount++;
	return source;
}

/* CD: a session at once gives a track without run-out; DVD-R: disc at once suits the most readers.
 * Both need the size, and a medium that is closed. */
static enum burn_write_types choose_type(const struct session *s)
{
	const struct session_options *o = s->options;
	bool at_once = s->n_announced > 0 && !o->multi && !o->appends;

	switch (o->write_type) {
	case WRITE_TAO:
	case WRITE_INCREMENTAL:
		return BURN_WRITE_TAO;
	case WRITE_SAO:
	case WRITE_DAO:
		return BURN_WRITE_SAO;
	case WRITE_AUTO:
		break;
	}
	if (s->drive->kind->write_types && (at_once || (!s->drive->can_incremental && !o->appends)))
		return BURN_WRITE_SAO;
	return BURN_WRITE_TAO;
}

static int make_disc(struct session *s, struct fail *f)
{
	s->disc = burn_disc_create();
	s->session = burn_session_create();
	s->track = burn_track_create();
	if (!s->disc || !s->session || !s->track ||
		burn_disc_add_session(s->disc, s->session, BURN_POS_END) == 0 ||
		burn_session_add_track(s->session, s->track, BURN_POS_END) == 0)
		return fail_memory(f);
	burn_track_define_data(s->track, 0, 0, 1, BURN_MODE1);
	if (burn_track_set_source(s->track, s->meter) != BURN_SOURCE_OK)
		return fail_set(f, FAIL_FAILED, s->drive->path, "the track can't be set up");
	return 0;
}

static int make_options(struct session *s, struct fail *f)
{
	const struct session_options *o = s->options;
	enum burn_write_types type = choose_type(s);
	char reasons[BURN_REASONS_LEN];

	s->opts = burn_write_opts_new(s->drive->handle);
	if (!s->opts)
		return fail_memory(f);
	burn_write_opts_set_write_type(
		s->opts, type, type == BURN_WRITE_SAO ? BURN_BLOCK_SAO : BURN_BLOCK_MODE1);
	burn_write_opts_set_underrun_proof(s->opts, 1);
	burn_write_opts_set_simulate(s->opts, o->dummy);
	burn_write_opts_set_multi(s->opts, o->multi && !s->drive->kind->is_overwritable);
	burn_write_opts_set_perform_opc(s->opts, 0);
	if (o->appends && s->drive->kind->is_overwritable)
		burn_write_opts_set_start_byte(s->opts, (off_t)(o->start_lba * BLOCK_BYTES));
	if (burn_precheck_write(s->opts, s->disc, reasons, 1) > 0)
		return 0;
	library_collect(&s->wait.complaint, NULL);
	return fail_set(f, FAIL_DRIVE, s->drive->path, "the drive can't burn this medium (%s)",
		reasons[0] ? reasons : s->wait.complaint.text);
}

/* 1x to kB/s, rounded up as libburn.h has it; 0 leaves the choice to the drive. */
static void set_speed(const struct session *s)
{
	double kb = s->options->speed * s->drive->kind->kb_per_second;

	if (kb > 0)
		burn_drive_set_speed(s->drive->handle, 0, (int)(kb + 0.999));
}

/* libburn forgets a cancel that comes before its thread has started, and some media are spoiled by
 * the start alone. */
static int check_signals(const struct drive *d, struct fail *f)
{
	return signals_caught()
		       ? fail_set(f, FAIL_FAILED, d->path, "interrupted before the burn by %s",
				 signals_caught_name())
		       : 0;
}

static void clear(struct session *s)
{
	if (s->opts)
		burn_write_opts_free(s->opts);
	if (s->track)
		burn_track_free(s->track);
	if (s->session)
		burn_session_free(s->session);
	if (s->disc)
		burn_disc_free(s->disc);
	stage_free(s->meter);
	s->opts = NULL;
	s->track = NULL;
	s->session = NULL;
	s->disc = NULL;
	s->meter = NULL;
}

/* Starts libburn's thread. */
static int begin_burning(struct session *s, struct fail *f)
{
	s->wait =
		(struct drive_wait){ .m = s->messages, .n_total = s->n_announced, .top = s->meter };
	/* formatting may have taken long */
	if (make_disc(s, f) || make_options(s, f) || check_signals(s->drive, f))
		return -1;
	set_speed(s);
	library_drop();
	s->state = SESSION_BURNING;
	s->was_begun = true;
	burn_disc_write(s->opts, s->disc);
	return 0;
}

/* What fails so early leaves the medium as it is. */
static int wait_for_data(struct burn_source *top, struct fail *f)
{
	if (queue_source_wait_filled(top) == 0)
		return 0;
	if (!stage_cause(top, f))
		fail_set(f, FAIL_FAILED, "", "the data could not be read");
	return -1;
}

/* What was made for one place can't go to another. */
static int check_place(const struct session *s, struct fail *f)
{
	uint64_t lba;

	if (!s->options->appends || s->drive->kind->is_overwritable)
		return 0;
	/* of a medium that it never saw, libburn may not tell it */
	if (append_next(s->drive, &lba, NULL) == 0 && lba == s->next_lba)
		return 0;
	fail_set(f, FAIL_DRIVE, s->drive->path,
		"the medium was exchanged, or written by another program: nothing was written");
	fail_hint(f, "append again");
	return -1;
}

static int start(struct sink *sink, struct burn_source *top, uint64_t n_bytes, struct fail *f)
{
	struct session *s = (struct session *)sink;
	struct session_options now = *s->options;

	now.after_blank = BLANK_NOTHING;
	s->n_announced = n_bytes;
	s->top = top;
	s->was_begun = false;
	if (wait_for_data(top, f) || check_signals(s->drive, f) ||
		session_check(s->drive, n_bytes, &now, f) || check_place(s, f))
		return -1;
	s->meter = meter_new(top, s->drive->handle, n_bytes, f);
	if (!s->meter)
		return -1;
	s->wait = (struct drive_wait){ .m = s->messages };
	if (medium_format_begin(s->drive, &s->wait)) {
		s->state = SESSION_FORMATTING;
		return 0;
	}
	if (begin_burning(s, f) == 0)
		return 0;
	clear(s);
	return -1;
}

static bool poll_drive(struct sink *sink, unsigned timeout_ms, struct progress *p)
{
	struct session *s = (struct session *)sink;

	if (s->state == SESSION_ENDED || drive_wait_step(s->drive, &s->wait, timeout_ms, p))
		return s->state != SESSION_ENDED;
	if (s->state == SESSION_FORMATTING &&
		medium_format_end(s->drive, &s->wait, &s->fail) == 0 &&
		begin_burning(s, &s->fail) == 0)
		return true;
	s->state = SESSION_ENDED;
	return false;
}

static bool has_all(const struct session *s, uint64_t n_taken)
{
	const struct meter *m = s->meter->data;

	return s->n_announced ? n_taken == s->n_announced : m->is_ended;
}

static int judge(const struct session *s, uint64_t n_taken, struct fail *f)
{
	struct burn_outcome o = { .drive = s->drive,
		.options = s->options,
		.messages = s->messages,
		.complaint = &s->wait.complaint,
		.n_announced = s->n_announced,
		.n_taken = n_taken,
		.has_all = has_all(s, n_taken),
		.has_input_failed = stage_has_failed(s->meter) };
	off_t taken = 0, written = 0;

	if (!signals_caught() && stage_cause(s->top, f))
		return -1;
	burn_track_get_counters(s->track, &taken, &written);
	o.n_written = (uint64_t)written;
	return verdict_find(&o, f);
}

static int finish(struct sink *sink, struct sink_result *result, struct fail *f)
{
	struct session *s = (struct session *)sink;
	struct progress p;
	int ret = -1;

	while (poll_drive(sink, LOOK_MS, &p))
		;
	*result = (struct sink_result){ .was_begun = s->was_begun };
	if (s->was_begun) {
		result->n_bytes = stage_n_bytes(s->meter);
		ret = judge(s, result->n_bytes, f);
		result->is_whole = has_all(s, result->n_bytes) && !s->options->dummy;
	} else if (f) {
		*f = s->fail;
	}
	clear(s);
	return ret;
}

static int needs(struct sink *sink, uint64_t n_bytes, struct sink_needs *needs, struct fail *f)
{
	struct session *s = (struct session *)sink;
	const struct medium_kind *kind = s->drive->kind;
	const struct drive_facts *facts = &s->drive->facts;
	bool is_emptied = s->options->after_blank && facts->can_be_blanked;

	*needs = (struct sink_needs){ .unit_bytes = (kind ? kind->unit_blocks : 1) * BLOCK_BYTES,
		.tail_bytes = (kind && !s->options->no_tail ? kind->tail_blocks : 0) *
			      (uint64_t)BLOCK_BYTES,
		.capacity_bytes = (is_emptied ? facts->n_blocks_empty
					      : drive_refusal_room(s->drive, s->options)) *
				  BLOCK_BYTES };
	if (n_bytes)
		n_bytes = sink_padded_bytes(needs, n_bytes);
	if (session_check(s->drive, n_bytes, s->options, f))
		return -1;
	if (!s->options->appends)
		return 0;
	needs->start_lba = s->options->start_lba;
	if (kind->is_overwritable)
		return 0;
	if (append_next(s->drive, &s->next_lba, f))
		return -1;
	needs->start_lba = s->next_lba;
	return 0;
}

static int rewrite(
	struct sink *sink, uint64_t lba, uint32_t n_blocks, const uint8_t *blocks, struct fail *f)
{
	return drive_rewrite(((struct session *)sink)->drive, lba, n_blocks, blocks, f);
}

static int read_back(struct sink *sink, struct block_reader **reader, struct fail *f)
{
	struct drive *d = ((struct session *)sink)->drive;

	*reader = drive_reload(d, f) ? NULL : drive_reader_new(d, f);
	return *reader ? 0 : -1;
}

static void free_session(struct sink *sink)
{
	free(sink);
}

struct sink *session_sink_new(
	struct drive *d, const struct session_options *o, const struct messages *m, struct fail *f)
{
	struct session *s = calloc(1, sizeof *s);

	if (!s) {
		fail_memory(f);
		return NULL;
	}
	s->sink = (struct sink){ .needs = needs,
		.start = start,
		.poll = poll_drive,
		.finish = finish,
		.reader = read_back,
		.rewrite = rewrite,
		.free = free_session };
	s->drive = d;
	s->options = o;
	s->messages = m;
	return &s->sink;
}
