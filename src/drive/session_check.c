/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "drive/session_check.h"

#include "drive/append.h"
#include "drive/drive_inner.h"
#include "drive/drive_refusal.h"
#include "util/request_field.h"
#include "util/sector.h"

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
	fail_set(f, FAIL_DRIVE, d->path, "the size of the input must be known in advance: %s", why);
	return fail_field(f, REQUEST_BYTES);
}

/* What the user asked for, against the kind of medium. */
static int check_type(
	const struct drive *d, bool size_known, const struct session_options *o, struct fail *f)
{
	unsigned bit = type_bit(o->write_type);
	char names[64];

	if (bit && !(d->kind->write_types & bit)) {
		fail_set(f, FAIL_DRIVE, d->path, "the %s can't be burned with this write type",
			d->facts.medium);
		fail_hint(f, "use -write-type %s",
			medium_kind_write_types(d->kind->write_types, names, sizeof names));
		return -1;
	}
	if (bit == TAKES_INCREMENTAL && !d->can_incremental) {
		fail_set(f, FAIL_DRIVE, d->path, "the drive can't burn the %s incrementally",
			d->facts.medium);
		fail_hint(f, "use -write-type dao; a DVD-RW that was blanked with -all takes both");
		return -1;
	}
	if (size_known)
		return 0;
	if (bit & (TAKES_SAO | TAKES_DAO))
		return refuse_unknown_size(d, "-write-type sao and dao need it", f);
	if (!d->can_incremental)
		return refuse_unknown_size(d, "the drive burns this medium only in one go", f);
	return 0;
}

/* The last two blocks of a track at once are run-out blocks, which hold no data: readers that read
 * ahead fail at them. */
static int check_tail(
	const struct drive *d, bool size_known, const struct session_options *o, struct fail *f)
{
	if (!o->no_tail || d->kind->tail_blocks == 0 || drive_refusal_in_one_go(o, size_known))
		return 0;
	fail_set(f, FAIL_DRIVE, d->path,
		"a %s without padding can only be burned as a session at once, which needs the "
		"size and closes the disc",
		d->facts.medium);
	fail_hint(f, "leave out -no-pad");
	return -1;
}

/* A further session is written in no other way than as a track of unknown size: a CD's can't be
 * at once (cdrskin(1), -sao), nor can a DVD's. */
static int check_further(const struct drive *d, const struct session_options *o, struct fail *f)
{
	if (!o->appends)
		return 0;
	if (append_is_broken(d))
		return fail_set(f, FAIL_DRIVE, d->path,
			"the last session on the %s was broken off, and is still open",
			d->facts.medium);
	if (o->write_type == WRITE_SAO || o->write_type == WRITE_DAO) {
		fail_set(f, FAIL_DRIVE, d->path,
			"a further session on the %s can't be burned at once", d->facts.medium);
		fail_hint(f, "leave -write-type out");
		return -1;
	}
	return 0;
}

static int check_multi(const struct drive *d, const struct session_options *o, struct fail *f)
{
	if (!o->multi || (o->appends && d->kind->is_overwritable))
		return 0;
	if (d->kind->is_overwritable || !d->kind->can_multi) {
		fail_set(f, FAIL_DRIVE, d->path, "the %s can't be left open for another session",
			d->facts.medium);
		fail_hint(f, "leave -multi out");
		return -1;
	}
	if (o->write_type == WRITE_DAO || (o->write_type == WRITE_AUTO && !d->can_incremental)) {
		fail_set(f, FAIL_DRIVE, d->path,
			"-multi needs -write-type incremental: a DVD burned disc-at-once is "
			"closed");
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
		"speed %g is not possible: the drive burns the %s at %.1f at most", o->speed,
		d->facts.medium, fastest / d->kind->kb_per_second);
	fail_hint(f, "leave -speed out for the drive's own choice");
	return -1;
}

/* A used rewritable as it will be when it was blanked: a DVD-RW that was blanked fast takes only a
 * disc at once (libburn.h, burn_disc_erase). */
static struct drive as_if_blank(const struct drive *d, enum blanking how)
{
	struct drive blank = *d;

	blank.facts.state = MEDIUM_BLANK;
	blank.facts.n_blocks_free = d->facts.n_blocks_empty ? d->facts.n_blocks_empty : UINT64_MAX;
	blank.facts.can_simulate = d->kind->can_simulate;
	blank.can_incremental = how == BLANK_ALL || (d->kind->write_types & TAKES_INCREMENTAL) == 0;
	return blank;
}

int session_check(
	const struct drive *d, uint64_t n_bytes, const struct session_options *o, struct fail *f)
{
	uint64_t n_blocks = (n_bytes + BLOCK_BYTES - 1) / BLOCK_BYTES;
	struct drive blank;

	if (o->after_blank && d->facts.can_be_blanked) {
		blank = as_if_blank(d, o->after_blank);
		d = &blank;
	}
	if ((o->appends ? append_check(d, f) : drive_refusal_check_state(d, f)) ||
		drive_refusal_check_size(d, n_blocks, o, f))
		return -1;
	if (d->facts.state == MEDIUM_OVERWRITABLE && !o->overwrite && !o->appends)
		return drive_refusal_used(d, "holds data", f);
	if (check_further(d, o, f) || check_type(d, n_bytes > 0, o, f) ||
		check_tail(d, n_bytes > 0, o, f) || check_multi(d, o, f) || check_speed(d, o, f))
		return -1;
	return 0;
}
