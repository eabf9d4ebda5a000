/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "drive/medium.h"

#include <stdlib.h>
#include <string.h>

#include "drive/drive_inner.h"
#include "drive/drive_wait.h"
#include "drive/session.h"
#include "burn/stage.h"
#include "util/sector.h"

enum {
	DVD_RW_OVERWRITE = 0x13,
	DVD_PLUS_RW = 0x1a,
	BD_R = 0x41,
	/* flags of burn_disc_format */
	DEFAULT_SIZE = 2 | 4,
	AGAIN = 16,
	QUICK = 64, /* no lengthy certification */
	/* the start of a medium: whole ECC blocks of every kind */
	WIPE_BYTES = 64 * 1024,
};

static int refuse_once(const struct drive *d, const char *what, const char *hint, struct fail *f)
{
	if (d->facts.state == MEDIUM_NONE) {
		fail_set(f, FAIL_DRIVE, d->path,
			d->is_tray_open ? "the tray is open" : "there is no medium in the drive");
		fail_hint(f, "put in a rewritable disc");
		return -1;
	}
	fail_set(f, FAIL_DRIVE, d->path, "the %s in it can't be %s",
		d->facts.medium[0] ? d->facts.medium : "medium", what);
	fail_hint(f, "%s", hint);
	return -1;
}

/* The end of an action that libburn's thread does. */
static int finish(struct drive *d, struct drive_wait *w, const char *what, struct fail *f)
{
	drive_wait(d, w);
	if (w->complaint.is_set || burn_drive_wrote_well(d->handle) != 1)
		return drive_complain(d, FAIL_FAILED, what, &w->complaint, f);
	burn_drive_re_assess(d->handle, 0);
	drive_look(d);
	return 0;
}

static uint64_t capacity_bytes(const struct drive *d)
{
	uint64_t n_blocks = d->facts.n_blocks_free;

	if (d->facts.n_blocks_used > n_blocks)
		n_blocks = d->facts.n_blocks_used;
	return n_blocks * BLOCK_BYTES;
}

static int erase(struct drive *d, bool all, const struct progress_watch *watch,
	const struct messages *m, struct fail *f)
{
	struct drive_wait w = { .watch = watch, .m = m, .n_total = capacity_bytes(d) };

	/* also one that a broken burn left in a state that the drive makes nothing of */
	if (d->facts.state == MEDIUM_UNSUITABLE)
		burn_disc_pretend_full_uncond(d->handle);
	library_drop();
	burn_disc_erase(d->handle, !all);
	return finish(d, &w, "the medium can't be blanked", f);
}

/* What a medium is overwritten with. */
struct zeros {
	struct stage stage; /* first */
	uint64_t n_left;
};

static ssize_t fill_zeros(struct stage *s, uint8_t *buf, size_t n)
{
	struct zeros *z = (struct zeros *)s;

	n = z->n_left < n ? (size_t)z->n_left : n;
	memset(buf, 0, n);
	z->n_left -= n;
	return (ssize_t)n;
}

static struct burn_source *zeros_new(uint64_t n_bytes, struct fail *f)
{
	struct zeros *z = calloc(1, sizeof *z);

	if (!z) {
		fail_memory(f);
		return NULL;
	}
	z->stage = (struct stage){ .name = "zeros", .size = n_bytes, .fill = fill_zeros };
	z->n_left = n_bytes;
	return stage_new(&z->stage, f);
}

/* Hands a burn's progress on as that of blanking. */
static void tick_blanking(void *ctx, const struct progress *p)
{
	const struct progress_watch *watch = ctx;
	struct progress blanking = *p;

	if (strcmp(p->phase, "writing") == 0)
		blanking.phase = "blanking";
	if (watch->tick)
		watch->tick(watch->ctx, &blanking);
}

/* All of an overwritable medium is a burn of zeros: a DVD+RW whose formatting was stopped has to go
 * on with it, a DVD-RW grows. */
static int wipe_all(struct drive *d, const struct progress_watch *watch, const struct messages *m,
	struct fail *f)
{
	const struct session_options options = { .overwrite = true };
	struct progress_watch inner = { .tick = tick_blanking };
	struct progress_watch outer = watch ? *watch : (struct progress_watch){ 0 };
	uint64_t n_bytes = d->facts.n_blocks_free * BLOCK_BYTES;
	struct burn_source *zeros = zeros_new(n_bytes, f);
	struct session_result result;
	int ret;

	if (!zeros)
		return -1;
	inner.ctx = &outer;
	ret = session_burn(d, zeros, n_bytes, &options, &inner, m, &result, f);
	stage_free(zeros);
	return ret;
}

/* The start of an overwritable medium, where every header and file system is told. */
static int wipe_start(struct drive *d, const struct messages *m, struct fail *f)
{
	struct complaint c = { 0 };
	char *zeros = calloc(1, WIPE_BYTES);
	int ret;

	if (!zeros)
		return fail_memory(f);
	library_drop();
	/* 1: and empty the drive's buffer */
	ret = burn_random_access_write(d->handle, 0, zeros, WIPE_BYTES, 1) > 0 ? 0 : -1;
	free(zeros);
	library_collect(&c, m);
	if (ret || c.is_set)
		ret = drive_complain(d, FAIL_FAILED, "the medium can't be overwritten", &c, f);
	burn_drive_re_assess(d->handle, 0);
	drive_look(d);
	return ret;
}

int medium_blank(struct drive *d, bool all, const struct progress_watch *watch,
	const struct messages *m, struct fail *f)
{
	if (d->facts.state == MEDIUM_NONE || !d->kind || !d->kind->is_rewritable)
		return refuse_once(d, "blanked: it can be written once only",
			"CD-RW, DVD-RW, DVD+RW, DVD-RAM and BD-RE are rewritable", f);
	if (!d->kind->is_overwritable || d->kind->profile == DVD_RW_OVERWRITE)
		return erase(d, all, watch, m, f);
	if (d->is_unformatted || (!all && d->facts.state == MEDIUM_BLANK)) {
		message_note(m, "%s: the %s is blank already", d->path, d->facts.medium);
		return 0;
	}
	return all ? wipe_all(d, watch, m, f) : wipe_start(d, m, f);
}

static int format(struct drive *d, int flags, const struct progress_watch *watch,
	const struct messages *m, struct fail *f)
{
	struct drive_wait w = { .watch = watch, .m = m, .n_total = capacity_bytes(d) };

	library_drop();
	burn_disc_format(d->handle, 0, flags);
	return finish(d, &w, "the medium can't be formatted", f);
}

int medium_format(struct drive *d, const struct progress_watch *watch, const struct messages *m,
	struct fail *f)
{
	int profile = d->kind ? d->kind->profile : 0;
	bool is_new_bd_r = profile == BD_R && d->facts.state == MEDIUM_BLANK;
	bool is_dvd_rw = profile == 0x14 || profile == DVD_RW_OVERWRITE;
	bool has_data = d->facts.state == MEDIUM_OVERWRITABLE;

	if (d->facts.state == MEDIUM_NONE ||
		!(is_new_bd_r || is_dvd_rw || (d->kind && d->kind->is_overwritable)))
		return refuse_once(d, "formatted",
			"DVD-RW, DVD+RW, DVD-RAM, BD-RE and a new BD-R are; a CD-RW is emptied by "
			"xburncrypt blank",
			f);
	/* a DVD-RW knows a quick format of its own, which the drive extends while it is written */
	if (format(d, is_dvd_rw ? AGAIN : DEFAULT_SIZE | AGAIN | QUICK, watch, m, f))
		return -1;
	/* a drive may leave the data where it is */
	return has_data && d->facts.state == MEDIUM_OVERWRITABLE ? wipe_start(d, m, f) : 0;
}

int medium_format_new(struct drive *d, const struct progress_watch *watch, const struct messages *m,
	struct fail *f)
{
	/* a DVD+RW is formatted by the drive itself while it is written */
	if (!d->is_unformatted || d->kind->profile == DVD_PLUS_RW)
		return 0;
	message_note(m, "%s: formatting the %s, which never was", d->path, d->facts.medium);
	return format(d, DEFAULT_SIZE | QUICK, watch, m, f);
}
