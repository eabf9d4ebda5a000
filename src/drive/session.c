/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "drive/session.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "drive/drive_inner.h"
#include "drive/drive_wait.h"
#include "drive/medium.h"
#include "burn/stage.h"
#include "util/sector.h"
#include "util/signals.h"
#include "util/size.h"

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
	struct meter *m = calloc(1, sizeof *m);
	struct burn_source *source;

	if (!m) {
		fail_memory(f);
		return NULL;
	}
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

/* One burn. */
struct job {
	struct drive *drive;
	const struct session_options *options;
	uint64_t n_announced; /* 0: unknown */
	struct burn_source *meter;
	struct drive_wait wait;
	struct burn_disc *disc;
	struct burn_session *session;
	struct burn_track *track;
	struct burn_write_opts *opts;
};

void session_padding(const struct drive *d, uint32_t *unit_bytes, uint64_t *extra_bytes)
{
	*unit_bytes = (d->kind ? d->kind->unit_blocks : 1) * BLOCK_BYTES;
	*extra_bytes = (d->kind ? d->kind->tail_blocks : 0) * (uint64_t)BLOCK_BYTES;
}

/* The bit of a write type in medium_kind.write_types. */
static unsigned type_bit(enum write_type type)
{
	switch (type) {
	case WRITE_TAO:
		return TAKES_TAO;
	case WRITE_SAO:
		return TAKES_SAO;
	case WRITE_DAO:
		return TAKES_DAO;
	case WRITE_INCREMENTAL:
		return TAKES_INCREMENTAL;
	case WRITE_AUTO:
		break;
	}
	return 0;
}

static int refuse_unknown_size(const struct drive *d, const char *why, struct fail *f)
{
	fail_set(f, FAIL_DRIVE, d->path, "the size of the input has to be known beforehand: %s",
		why);
	fail_hint(f, "tell it with -size, or make an image file first");
	return -1;
}

/* What the user asked for, against the kind of medium. */
static int check_type(
	const struct drive *d, bool size_known, const struct session_options *o, struct fail *f)
{
	unsigned bit = type_bit(o->write_type);
	char names[64];

	if (bit && !(d->kind->write_types & bit)) {
		fail_set(f, FAIL_DRIVE, d->path, "the %s in it is not written that way",
			d->facts.medium);
		fail_hint(f, "-write-type for it: %s",
			medium_kind_write_types(d->kind->write_types, names, sizeof names));
		return -1;
	}
	if (bit == TAKES_INCREMENTAL && !d->can_incremental) {
		fail_set(f, FAIL_DRIVE, d->path,
			"the drive does not write the %s in it incrementally", d->facts.medium);
		fail_hint(f, "use -write-type dao; a DVD-RW that was blanked with -all takes both");
		return -1;
	}
	if (size_known)
		return 0;
	if (bit & (TAKES_SAO | TAKES_DAO))
		return refuse_unknown_size(
			d, "-write-type sao and dao announce it to the drive", f);
	if (!d->can_incremental)
		return refuse_unknown_size(d, "the drive writes this medium in one go only", f);
	return 0;
}

static int check_multi(const struct drive *d, const struct session_options *o, struct fail *f)
{
	if (!o->multi)
		return 0;
	if (d->kind->is_overwritable || !d->kind->can_multi) {
		fail_set(f, FAIL_DRIVE, d->path,
			"the %s in it can't be left open for a further session", d->facts.medium);
		fail_hint(f, "leave -multi out");
		return -1;
	}
	if (o->write_type == WRITE_DAO || (o->write_type == WRITE_AUTO && !d->can_incremental)) {
		fail_set(f, FAIL_DRIVE, d->path,
			"a DVD written at once is closed: -multi needs "
			"-write-type incremental");
		return -1;
	}
	return 0;
}

/* Refuses a speed above what the drive does with this medium; the drive takes the next one below
 * any other. */
static int check_speed(const struct drive *d, const struct session_options *o, struct fail *f)
{
	struct burn_speed_descriptor *list = NULL, *s;
	double fastest = 0, wanted = o->speed * d->kind->kb_per_second;

	if (o->speed <= 0 || burn_drive_get_speedlist(d->handle, &list) <= 0)
		return 0;
	for (s = list; s; s = s->next)
		if (s->source != 3 && s->write_speed > fastest)
			fastest = s->write_speed;
	burn_drive_free_speedlist(&list);
	/* drives round: 16x may be told as 15.9x */
	if (fastest <= 0 || wanted <= fastest * 1.1)
		return 0;
	fail_set(f, FAIL_DRIVE, d->path,
		"speed %g is not possible: with the %s in it the drive does "
		"%.1f at most",
		o->speed, d->facts.medium, fastest / d->kind->kb_per_second);
	fail_hint(f, "leave -speed out for the drive's own choice");
	return -1;
}

/* A used rewritable as it will be when it was blanked fast: a DVD-RW then takes only a disc at once
 * (libburn.h, burn_disc_erase). */
static struct drive as_if_blank(const struct drive *d)
{
	struct drive blank = *d;

	blank.facts.state = MEDIUM_BLANK;
	blank.facts.n_blocks_free = d->facts.n_blocks_empty ? d->facts.n_blocks_empty : UINT64_MAX;
	blank.facts.can_simulate = d->kind->can_simulate;
	blank.can_incremental = (d->kind->write_types & TAKES_INCREMENTAL) == 0;
	return blank;
}

int session_check(
	const struct drive *d, uint64_t n_bytes, const struct session_options *o, struct fail *f)
{
	uint64_t n_blocks = (n_bytes + BLOCK_BYTES - 1) / BLOCK_BYTES;
	struct drive blank;

	if (o->after_blank && d->facts.can_be_blanked) {
		blank = as_if_blank(d);
		d = &blank;
	}
	if (drive_check_fits(d, n_blocks, o->dummy, f))
		return -1;
	if (d->facts.state == MEDIUM_OVERWRITABLE && !o->overwrite)
		return drive_refuse_used(d, "holds data", f);
	if (check_type(d, n_bytes > 0, o, f) || check_multi(d, o, f) || check_speed(d, o, f))
		return -1;
	return 0;
}

/* CD: a session at once gives a track without run-out; DVD-R: disc at once suits the most readers.
 * Both need the size, and a medium that is closed. */
static enum burn_write_types choose_type(const struct job *j)
{
	const struct session_options *o = j->options;
	bool at_once = j->n_announced > 0 && !o->multi;

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
	if (j->drive->kind->write_types && (at_once || !j->drive->can_incremental))
		return BURN_WRITE_SAO;
	return BURN_WRITE_TAO;
}

static uint64_t n_taken(const struct job *j)
{
	return stage_n_bytes(j->meter);
}

static bool has_all(const struct job *j)
{
	const struct meter *m = j->meter->data;

	return j->n_announced ? n_taken(j) == j->n_announced : m->is_ended;
}

static int make_disc(struct job *j, struct fail *f)
{
	j->disc = burn_disc_create();
	j->session = burn_session_create();
	j->track = burn_track_create();
	if (!j->disc || !j->session || !j->track ||
		burn_disc_add_session(j->disc, j->session, BURN_POS_END) == 0 ||
		burn_session_add_track(j->session, j->track, BURN_POS_END) == 0)
		return fail_memory(f);
	burn_track_define_data(j->track, 0, 0, 1, BURN_MODE1);
	if (burn_track_set_source(j->track, j->meter) != BURN_SOURCE_OK)
		return fail_set(f, FAIL_FAILED, j->drive->path, "the track can't be set up");
	return 0;
}

static int make_options(struct job *j, struct fail *f)
{
	const struct session_options *o = j->options;
	enum burn_write_types type = choose_type(j);
	char reasons[BURN_REASONS_LEN];

	j->opts = burn_write_opts_new(j->drive->handle);
	if (!j->opts)
		return fail_memory(f);
	burn_write_opts_set_write_type(
		j->opts, type, type == BURN_WRITE_SAO ? BURN_BLOCK_SAO : BURN_BLOCK_MODE1);
	burn_write_opts_set_underrun_proof(j->opts, 1);
	burn_write_opts_set_simulate(j->opts, o->dummy);
	burn_write_opts_set_multi(j->opts, o->multi);
	burn_write_opts_set_perform_opc(j->opts, 0);
	if (burn_precheck_write(j->opts, j->disc, reasons, 1) > 0)
		return 0;
	library_collect(&j->wait.complaint, NULL);
	return fail_set(f, FAIL_DRIVE, j->drive->path, "drive and medium can't burn this (%s)",
		reasons[0] ? reasons : j->wait.complaint.text);
}

/* 1x to kB/s, rounded up as libburn.h has it; 0 leaves the choice to the drive. */
static void set_speed(const struct job *j)
{
	double kb = j->options->speed * j->drive->kind->kb_per_second;

	if (kb > 0)
		burn_drive_set_speed(j->drive->handle, 0, (int)(kb + 0.999));
}

/* True where closing failed, told at once or by a later command. */
static bool is_unclosed(const struct complaint *c)
{
	return c->code == COMPLAINT_CLOSE ||
	       (c->sense.key == SENSE_MEDIUM_ERROR && c->sense.asc == SENSE_ASC_CLOSING) ||
	       (c->code == COMPLAINT_LATE && strstr(c->text, "CLOSE"));
}

static bool is_disconnected(const struct complaint *c)
{
	return c->code == COMPLAINT_LOST || c->code == COMPLAINT_NO_TRANSFER ||
	       c->code == COMPLAINT_TRANSPORT || c->code == COMPLAINT_DRIVER;
}

/* Nothing reached the medium, and nothing says that it was tried in vain. */
static bool is_refused(const struct job *j)
{
	const struct complaint *c = &j->wait.complaint;
	off_t taken = 0, written = 0;

	burn_track_get_counters(j->track, &taken, &written);
	return written == 0 && !is_unclosed(c) && c->code != COMPLAINT_FLUSH &&
	       c->code != COMPLAINT_LATE &&
	       (c->sense.key == SENSE_NONE || c->sense.key == SENSE_ILLEGAL_REQUEST ||
		       c->sense.key == SENSE_PROTECTED);
}

/* What failed, with the place where it did. */
static void describe_step(const struct job *j, char *out, size_t n_out)
{
	char done[64];

	size_format(done, sizeof done, n_taken(j));
	if (is_unclosed(&j->wait.complaint)) {
		snprintf(out, n_out, "all data was written, but the disc could not be closed");
		return;
	}
	switch (j->wait.complaint.code) {
	case COMPLAINT_FLUSH:
	case COMPLAINT_LATE:
		snprintf(out, n_out, "the drive could not write the last of %s", done);
		return;
	case COMPLAINT_RANGE:
		snprintf(out, n_out, "the medium is full after %s", done);
		return;
	}
	if (is_disconnected(&j->wait.complaint))
		snprintf(out, n_out, "the connection to the drive broke after %s", done);
	else if (is_refused(j))
		snprintf(out, n_out, "the drive refused the burn, nothing was written");
	else
		snprintf(out, n_out, "writing failed after %s", done);
}

static void hint_after_failure(const struct job *j, struct fail *f)
{
	const struct drive *d = j->drive;

	if (is_unclosed(&j->wait.complaint) && has_all(j))
		fail_hint(
			f, "some drives may read it all the same: see what xburncrypt verify says");
	else if (is_disconnected(&j->wait.complaint))
		fail_hint(f,
			"look after the drive's cable and power; the disc is spoilt, unless it "
			"can be blanked");
	else if (j->wait.complaint.sense.key == SENSE_PROTECTED)
		fail_hint(f, "remove the write protection, or take another medium");
	else if (is_refused(j))
		fail_hint(f, "try another -write-type, without -multi, or another medium");
	else if (d->kind->is_rewritable)
		fail_hint(f,
			"blank the medium (\"xburncrypt blank %s\") and try again, with a lower "
			"-speed",
			d->path);
	else
		fail_hint(f,
			"the disc is spoilt: take another one, of another make or with a lower "
			"-speed");
}

static int fail_job(const struct job *j, struct fail *f)
{
	char text[256], done[64];
	const struct drive *d = j->drive;

	if (signals_caught())
		return fail_set(f, FAIL_FAILED, d->path, "the burn was broken off: %s",
			signals_caught_name());
	if (stage_has_failed(j->meter))
		return fail_set(f, FAIL_FAILED, d->path,
			"the burn was broken off, because its input ended after %s",
			size_format(done, sizeof done, n_taken(j)));
	if (sense_is_medium_gone(j->wait.complaint.sense))
		snprintf(text, sizeof text, "the medium was taken out during the burn");
	else
		describe_step(j, text, sizeof text);
	drive_complain(d, FAIL_FAILED, text, &j->wait.complaint, f);
	hint_after_failure(j, f);
	return -1;
}

/* The verdict. libburn goes on after some failures of the transport that bring no sense data, so
 * that any grave message counts, besides its own word. */
static int judge(const struct job *j, struct fail *f)
{
	if (burn_drive_wrote_well(j->drive->handle) != 1 || j->wait.complaint.is_set ||
		stage_has_failed(j->meter) || signals_caught())
		return fail_job(j, f);
	if (j->n_announced && n_taken(j) != j->n_announced)
		return fail_set(f, FAIL_FAILED, j->drive->path,
			"the burn ended after %llu of %llu bytes", (unsigned long long)n_taken(j),
			(unsigned long long)j->n_announced);
	if (n_taken(j) == 0)
		return fail_set(f, FAIL_FAILED, j->drive->path,
			"the input was empty: nothing was "
			"burned");
	return 0;
}

/* What the medium looks like after a burn that nobody complained of. libburn takes a medium that
 * was pulled out during closing, and a drive that stays not ready without a reason, for done. */
static int check_medium(const struct job *j, struct fail *f)
{
	struct drive *d = j->drive;

	drive_look(d);
	if (d->facts.state == MEDIUM_NONE)
		return fail_set(f, FAIL_FAILED, d->path,
			"the medium was taken out before the disc was closed");
	if (d->facts.state == MEDIUM_UNSUITABLE)
		return fail_set(f, FAIL_FAILED, d->path,
			"the drive told of no error, but can't make sense of what it wrote");
	if (j->options->dummy || d->kind->is_overwritable)
		return 0;
	if (d->facts.state == MEDIUM_BLANK)
		return fail_set(f, FAIL_FAILED, d->path,
			"the drive told of no error, but the medium is still blank");
	if (d->facts.state == MEDIUM_APPENDABLE && !j->options->multi)
		message_warn(j->wait.m,
			"%s: the drive told of no error, but the %s is not closed; some readers "
			"will not take it",
			d->path, d->facts.medium);
	return 0;
}

static void free_job(struct job *j)
{
	if (j->opts)
		burn_write_opts_free(j->opts);
	if (j->track)
		burn_track_free(j->track);
	if (j->session)
		burn_session_free(j->session);
	if (j->disc)
		burn_disc_free(j->disc);
	stage_free(j->meter);
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

int session_burn(struct drive *d, struct burn_source *top, uint64_t announced_bytes,
	const struct session_options *o, const struct progress_watch *watch,
	const struct messages *m, struct session_result *result, struct fail *f)
{
	struct session_options now = *o;
	struct job j = { .drive = d,
		.options = &now,
		.n_announced = announced_bytes,
		.wait = { .watch = watch, .m = m, .n_total = announced_bytes } };
	int ret = -1;

	*result = (struct session_result){ 0 };
	now.after_blank = false;
	j.wait.top = j.meter = meter_new(top, d->handle, announced_bytes, f);
	if (!j.meter || check_signals(d, f) || session_check(d, announced_bytes, &now, f) ||
		medium_format_new(d, watch, m, f) || make_disc(&j, f) || make_options(&j, f))
		goto out;
	/* formatting may have taken long */
	if (check_signals(d, f))
		goto out;
	set_speed(&j);
	library_drop();
	result->was_begun = true;
	burn_disc_write(j.opts, j.disc);
	drive_wait(d, &j.wait);
	result->n_bytes = n_taken(&j);
	result->has_all = has_all(&j);
	if (judge(&j, f) || check_medium(&j, f))
		goto out;
	ret = 0;
out:
	free_job(&j);
	return ret;
}
