/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "drive/verdict.h"

#include <stdio.h>
#include <string.h>

#include "drive/drive_inner.h"
#include "drive/session_options.h"
#include "util/signals.h"
#include "util/size.h"

/* True where closing failed, told at once or by a later command. */
static bool is_unclosed(const struct complaint *c)
{
	return c->code == COMPLAINT_CLOSE ||
	       (c->sense.key == SENSE_MEDIUM_ERROR && c->sense.asc == SENSE_ASC_CLOSING) ||
	       (c->code == COMPLAINT_LATE && strstr(c->text, "CLOSE"));
}

static bool is_full(const struct complaint *c)
{
	return c->code == COMPLAINT_RANGE || c->sense.asc == SENSE_ASC_FULL;
}

static bool is_disconnected(const struct complaint *c)
{
	return c->code == COMPLAINT_LOST || c->code == COMPLAINT_NO_TRANSFER ||
	       c->code == COMPLAINT_TRANSPORT || c->code == COMPLAINT_DRIVER;
}

/* Nothing reached the medium, and nothing says that it was tried in vain. */
static bool is_refused(const struct burn_outcome *o)
{
	const struct complaint *c = o->complaint;

	return o->n_written == 0 && !is_unclosed(c) && c->code != COMPLAINT_FLUSH &&
	       c->code != COMPLAINT_LATE &&
	       (c->sense.key == SENSE_NONE || c->sense.key == SENSE_ILLEGAL_REQUEST ||
		       c->sense.key == SENSE_PROTECTED);
}

/* What failed, with the place where it did. */
static void describe_step(const struct burn_outcome *o, char *out, size_t n_out)
{
	char done[64];

	size_format(done, sizeof done, o->n_taken);
	if (is_unclosed(o->complaint)) {
		snprintf(out, n_out, "all data was written, but the disc could not be closed");
		return;
	}
	switch (o->complaint->code) {
	case COMPLAINT_FLUSH:
	case COMPLAINT_LATE:
		snprintf(out, n_out, "the drive could not write the last of %s", done);
		return;
	case COMPLAINT_RANGE:
		snprintf(out, n_out, "the medium is full after %s", done);
		return;
	}
	if (is_disconnected(o->complaint))
		snprintf(out, n_out, "the connection to the drive was lost after %s", done);
	else if (is_refused(o))
		snprintf(out, n_out, "the drive refused the burn before anything was written");
	else
		snprintf(out, n_out, "writing failed after %s", done);
}

/* What was there before is not spoiled by a further session. */
static void hint_after_append(const struct burn_outcome *o, struct fail *f)
{
	if (is_disconnected(o->complaint))
		fail_hint(f, "check the drive's cable and power, then append again");
	else if (o->complaint->sense.key == SENSE_PROTECTED)
		fail_hint(f, "remove the write protection");
	else
		fail_hint(f, "append again, with a lower -speed, or burn another disc");
}

static void hint_after_failure(const struct burn_outcome *o, struct fail *f)
{
	const struct drive *d = o->drive;

	if (is_unclosed(o->complaint) && o->has_all)
		fail_hint(f, "run xburncrypt verify: some drives may still read the disc");
	else if (is_disconnected(o->complaint))
		fail_hint(f, "check the drive's cable and power; the disc is spoiled, unless it "
			     "can be blanked");
	else if (o->complaint->sense.key == SENSE_PROTECTED)
		fail_hint(f, "remove the write protection, or use another medium");
	else if (is_refused(o))
		fail_hint(f, "try another -write-type, without -multi, or another medium");
	else if (is_full(o->complaint) && !o->n_announced)
		fail_hint(f, "use a larger medium; with -size, what does not fit is refused before "
			     "the burn");
	else if (d->kind->is_rewritable)
		fail_hint(f,
			"blank the medium (\"xburncrypt blank %s\") and try again, with a lower "
			"-speed",
			d->path);
	else
		fail_hint(f,
			"use another disc, of another make or with a lower -speed: this one is "
			"spoiled");
}

static int fail_burn(const struct burn_outcome *o, struct fail *f)
{
	char text[256], done[64];
	const struct drive *d = o->drive;

	if (signals_caught())
		return fail_set(
			f, FAIL_FAILED, d->path, "the burn was aborted: %s", signals_caught_name());
	if (o->has_input_failed)
		return fail_set(f, FAIL_FAILED, d->path,
			"the burn was aborted: its input ended after %s",
			size_format(done, sizeof done, o->n_taken));
	if (sense_is_medium_gone(o->complaint->sense))
		snprintf(text, sizeof text, "the medium was removed during the burn");
	else
		describe_step(o, text, sizeof text);
	drive_complain(d, FAIL_FAILED, text, o->complaint, f);
	if (o->options->appends)
		hint_after_append(o, f);
	else
		hint_after_failure(o, f);
	return -1;
}

/* The verdict. libburn goes on after some failures of the transport that bring no sense data, so
 * that any grave message counts, besides its own word. */
static int judge(const struct burn_outcome *o, struct fail *f)
{
	char done[64], all[64];

	if (burn_drive_wrote_well(o->drive->handle) != 1 || o->complaint->is_set ||
		o->has_input_failed || signals_caught())
		return fail_burn(o, f);
	if (o->n_announced && o->n_taken != o->n_announced)
		return fail_set(f, FAIL_FAILED, o->drive->path, "the burn ended after %s of %s",
			size_format(done, sizeof done, o->n_taken),
			size_format(all, sizeof all, o->n_announced));
	if (o->n_taken == 0)
		return fail_set(
			f, FAIL_FAILED, o->drive->path, "the input was empty: nothing was burned");
	return 0;
}

/* What the medium looks like after a burn that nobody complained of. libburn takes a medium that
 * was pulled out during closing, and a drive that stays not ready without a reason, for done. */
static int check_medium(const struct burn_outcome *o, struct fail *f)
{
	struct drive *d = o->drive;

	drive_look(d);
	if (d->facts.state == MEDIUM_NONE)
		return fail_set(f, FAIL_FAILED, d->path,
			"the medium was removed before the disc was closed");
	if (d->facts.state == MEDIUM_UNSUITABLE)
		return fail_set(f, FAIL_FAILED, d->path,
			"the drive reported no error, but can't read what it wrote");
	if (o->options->dummy || d->kind->is_overwritable)
		return 0;
	if (d->facts.state == MEDIUM_BLANK)
		return fail_set(f, FAIL_FAILED, d->path,
			"the drive reported no error, but the medium is still blank");
	if (d->facts.state == MEDIUM_APPENDABLE && !o->options->multi)
		message_warn(o->messages,
			"%s: the drive reported no error, but the %s is not closed; some readers "
			"will not read it",
			d->path, d->facts.medium);
	return 0;
}

int verdict_find(const struct burn_outcome *o, struct fail *f)
{
	return judge(o, f) || check_medium(o, f) ? -1 : 0;
}
