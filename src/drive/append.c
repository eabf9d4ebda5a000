/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "drive/append.h"

#include "drive/drive_inner.h"
#include "drive/drive_refusal.h"

static int refuse_blank(const struct drive *d, struct fail *f)
{
	fail_set(f, FAIL_DRIVE, d->path, "the %s in it is blank: there is nothing to append to",
		d->facts.medium);
	fail_hint(f, d->kind->is_overwritable ? "burn a first session"
					      : "burn a first session with -multi");
	return -1;
}

static int refuse_closed(const struct drive *d, struct fail *f)
{
	if (!d->kind || !d->kind->is_writable)
		return drive_refusal_unsuitable(d, f);
	fail_set(f, FAIL_DRIVE, d->path, "the %s in it is closed: it takes no further session",
		d->facts.medium);
	fail_hint(f, "burn another disc, with -multi to leave it open");
	return -1;
}

/* An open medium: its kind, and what the drive can do with it. */
static int check_open(const struct drive *d, struct fail *f)
{
	if (!d->kind->can_multi) {
		fail_set(f, FAIL_DRIVE, d->path, "the %s in it takes no further session",
			d->facts.medium);
		fail_hint(f, "burn another disc");
		return -1;
	}
	if (d->kind->write_types && !d->can_incremental && !append_is_broken(d)) {
		fail_set(f, FAIL_DRIVE, d->path,
			"the drive can't burn the %s incrementally, as a further session is",
			d->facts.medium);
		fail_hint(f, "burn another disc; a DVD-RW must have been blanked with -all");
		return -1;
	}
	return 0;
}

int append_check(const struct drive *d, struct fail *f)
{
	if (!d->facts.is_burner)
		return fail_set(f, FAIL_DRIVE, d->path, "the drive can't write any medium");
	switch (d->facts.state) {
	case MEDIUM_NONE:
		return drive_refusal_none(d, "the disc to append to", f);
	case MEDIUM_UNSUITABLE:
		return drive_refusal_unsuitable(d, f);
	case MEDIUM_BLANK:
		return refuse_blank(d, f);
	case MEDIUM_CLOSED:
		return refuse_closed(d, f);
	case MEDIUM_APPENDABLE:
		return check_open(d, f);
	case MEDIUM_OVERWRITABLE:
		break;
	}
	return 0;
}

bool append_is_broken(const struct drive *d)
{
	return d->facts.state == MEDIUM_APPENDABLE && (d->is_session_open || d->is_damaged);
}

/* Options for a further session. */
static struct burn_write_opts *new_options(const struct drive *d, bool multi, struct fail *f)
{
	struct burn_write_opts *o = burn_write_opts_new(d->handle);

	if (!o) {
		fail_memory(f);
		return NULL;
	}
	burn_write_opts_set_write_type(o, BURN_WRITE_TAO, BURN_BLOCK_MODE1);
	burn_write_opts_set_multi(o, multi);
	return o;
}

/* Closes the last session, with multi so that others may follow, and looks anew. 1; 0: the drive
 * complained; -1 with f filled. */
static int close_last(
	struct drive *d, bool multi, struct complaint *c, const struct messages *m, struct fail *f)
{
	struct burn_write_opts *o = new_options(d, multi, f);
	int result;

	if (!o)
		return -1;
	library_drop();
	/* 1: also where it takes the session for whole */
	result = burn_disc_close_damaged(o, 1);
	burn_write_opts_free(o);
	library_collect(c, m);
	return drive_regrab(d, f) ? -1 : result == 1;
}

int append_close_broken(struct drive *d, const struct messages *m, struct fail *f)
{
	struct complaint c = { 0 };
	int result = close_last(d, true, &c, m, f);

	if (result < 0)
		return -1;
	if (result && !append_is_broken(d))
		return append_check(d, f);
	drive_complain(d, FAIL_DRIVE, "the session that was broken off can't be closed", &c, f);
	fail_hint(f, "what was burned before can still be read; burn another disc");
	return -1;
}

/* The lead-in of a CD's session tells where the next one may begin (point B0 of its TOC): only that
 * of another session can tell that there is none. */
static bool closes_by_session(const struct drive *d)
{
	enum { PROFILE_CD_R = 0x09, PROFILE_CD_RW = 0x0a };

	return d->facts.profile == PROFILE_CD_R || d->facts.profile == PROFILE_CD_RW;
}

int append_close(struct drive *d, const struct messages *m, struct fail *f)
{
	struct complaint c = { 0 };
	int result = closes_by_session(d) ? 0 : close_last(d, false, &c, m, f);

	if (result < 0)
		return -1;
	if (d->facts.state == MEDIUM_CLOSED)
		return 0;
	if (closes_by_session(d))
		fail_set(f, FAIL_DRIVE, d->path,
			"the %s stays open: it is closed only together with a session",
			d->facts.medium);
	else
		drive_complain(d, FAIL_DRIVE, "the medium stays open: it can't be closed", &c, f);
	fail_hint(f, "add a new file, and close the medium with that session");
	return -1;
}

int append_next(const struct drive *d, uint64_t *lba, struct fail *f)
{
	struct burn_write_opts *o = new_options(d, true, f);
	int start = 0, next = -1, result;

	if (!o)
		return -1;
	result = burn_disc_track_lba_nwa(d->handle, o, 0, &start, &next);
	burn_write_opts_free(o);
	library_drop();
	if (result == 1 && next >= 0) {
		*lba = (uint64_t)next;
		return 0;
	}
	fail_set(f, FAIL_DRIVE, d->path, "the drive doesn't tell where the %s can be written next",
		d->facts.medium);
	fail_hint(f, "burn another disc, or try another drive");
	return -1;
}
