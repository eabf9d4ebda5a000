/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "drive/drive_refusal.h"

#include "drive/drive_inner.h"
#include "drive/session_options.h"
#include "util/sector.h"
#include "util/size.h"

int drive_refusal_none(const struct drive *d, const char *wanted, struct fail *f)
{
	if (d->is_tray_open) {
		fail_set(f, FAIL_DRIVE, d->path, "the tray is open");
		fail_hint(f, "insert %s and close the tray", wanted);
		return -1;
	}
	fail_set(f, FAIL_DRIVE, d->path, "no medium in the drive");
	fail_hint(f, "insert %s", wanted);
	return -1;
}

/* What to do about a medium that can't take the burn. */
static void hint_other_medium(const struct drive *d, struct fail *f)
{
	if (d->facts.can_be_blanked)
		fail_hint(f,
			"run \"xburncrypt blank %s\", or burn with -blank auto; all data on the "
			"medium will be lost",
			d->path);
	else
		fail_hint(f, "insert a blank disc");
}

int drive_refusal_unsuitable(const struct drive *d, struct fail *f)
{
	if (d->is_unready)
		fail_set(f, FAIL_DRIVE, d->path, "the drive does not become ready");
	else if (d->is_audio)
		fail_set(f, FAIL_DRIVE, d->path,
			"the medium is an audio CD, which can't be written");
	else if (d->facts.medium[0] && d->kind && d->kind->is_writable)
		fail_set(f, FAIL_DRIVE, d->path,
			"the drive can't read the %s: it is damaged, dirty, unsuitable for the "
			"drive, or left by an aborted burn",
			d->facts.medium);
	else if (d->facts.medium[0])
		fail_set(f, FAIL_DRIVE, d->path, "the %s can't be written", d->facts.medium);
	else
		fail_set(f, FAIL_DRIVE, d->path,
			"the drive can't read the medium: it is damaged, dirty, or unsuitable for "
			"the drive");
	hint_other_medium(d, f);
	return -1;
}

int drive_refusal_used(const struct drive *d, const char *state, struct fail *f)
{
	fail_set(f, FAIL_DRIVE, d->path, "the %s %s", d->facts.medium, state);
	hint_other_medium(d, f);
	return -1;
}

/* Whether what it holds can be continued is for who looks at it. */
static int refuse_appendable(const struct drive *d, struct fail *f)
{
	fail_set(
		f, FAIL_DRIVE, d->path, "the %s is not blank: it holds a session", d->facts.medium);
	if (!d->kind->can_multi)
		hint_other_medium(d, f);
	else if (d->facts.can_be_blanked)
		fail_hint(f,
			"use \"xburncrypt append\" to add to it, or \"xburncrypt blank %s\" to "
			"lose "
			"all data on it",
			d->path);
	else
		fail_hint(f, "use \"xburncrypt append\" to add to it, or insert a blank disc");
	return -1;
}

static int refuse_dummy(const struct drive *d, struct fail *f)
{
	fail_set(f, FAIL_DRIVE, d->path, "the drive can't simulate a burn on the %s",
		d->facts.medium);
	fail_hint(f, "use a CD-R, CD-RW, DVD-R or sequential DVD-RW, or leave out -dummy, or make "
		     "an image file (-o FILE)");
	return -1;
}

bool drive_refusal_in_one_go(const struct session_options *o, bool size_known)
{
	return o->write_type == WRITE_SAO ||
	       (o->write_type == WRITE_AUTO && size_known && !o->multi && !o->appends);
}

uint64_t drive_refusal_room(const struct drive *d, const struct session_options *o)
{
	uint64_t n_free = d->facts.n_blocks_free;

	if (!o->appends || d->facts.state != MEDIUM_OVERWRITABLE)
		return n_free;
	return o->start_lba < n_free ? n_free - o->start_lba : 0;
}

static int refuse_size(
	const struct drive *d, uint64_t n_blocks, const struct session_options *o, struct fail *f)
{
	uint64_t has = drive_refusal_room(d, o), missing = n_blocks - has;
	char needs_text[64], has_text[64], missing_text[64];

	size_format(needs_text, sizeof needs_text, n_blocks * BLOCK_BYTES);
	size_format(has_text, sizeof has_text, has * BLOCK_BYTES);
	size_format(missing_text, sizeof missing_text, missing * BLOCK_BYTES);
	fail_set(f, FAIL_DRIVE, d->path,
		"the %s is too small: needs %llu blocks = %s, has %llu blocks = %s%s, missing "
		"%llu blocks = %s",
		d->facts.medium, (unsigned long long)n_blocks, needs_text, (unsigned long long)has,
		has_text, o->appends ? " left" : "", (unsigned long long)missing, missing_text);
	if (!o->no_tail && missing <= d->kind->tail_blocks && drive_refusal_in_one_go(o, true))
		fail_hint(f, "burn with -no-pad: the padding of %u blocks is all that does not fit",
			d->kind->tail_blocks);
	else
		fail_hint(f, "use a larger medium, or leave files out");
	return -1;
}

int drive_refusal_check_state(const struct drive *d, struct fail *f)
{
	if (!d->facts.is_burner)
		return fail_set(f, FAIL_DRIVE, d->path, "the drive can't write any medium");
	switch (d->facts.state) {
	case MEDIUM_NONE:
		return drive_refusal_none(d, "a blank disc", f);
	case MEDIUM_UNSUITABLE:
		return drive_refusal_unsuitable(d, f);
	case MEDIUM_CLOSED:
		if (d->kind && !d->kind->is_writable)
			return drive_refusal_unsuitable(d, f);
		return drive_refusal_used(d, "is closed: it holds data and can't take more", f);
	case MEDIUM_APPENDABLE:
		if (d->is_damaged)
			return drive_refusal_used(d, "holds an aborted burn", f);
		return refuse_appendable(d, f);
	case MEDIUM_BLANK:
	case MEDIUM_OVERWRITABLE:
		break;
	}
	return 0;
}

int drive_refusal_check_size(
	const struct drive *d, uint64_t n_blocks, const struct session_options *o, struct fail *f)
{
	if (o->dummy && !d->facts.can_simulate)
		return refuse_dummy(d, f);
	if (n_blocks > drive_refusal_room(d, o))
		return refuse_size(d, n_blocks, o, f);
	return 0;
}
