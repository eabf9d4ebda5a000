/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "drive/medium.h"

#include <stdlib.h>

#include "drive/drive_inner.h"
#include "drive/drive_wait.h"
#include "util/sector.h"

enum {
	DVD_PLUS_RW = 0x1a,
	BD_R = 0x41,
	/* flags of burn_disc_format */
	DEFAULT_SIZE = 2 | 4,
	AGAIN = 16,
	QUICK = 64, /* no lengthy certification */
	/* the start of a medium: whole ECC blocks of every kind */
	WIPE_BYTES = 64 * 1024,
};

int medium_refuse(const struct drive *d, const char *what, const char *hint, struct fail *f)
{
	if (d->facts.state == MEDIUM_NONE) {
		fail_set(f, FAIL_DRIVE, d->path,
			d->is_tray_open ? "the tray is open" : "no medium in the drive");
		fail_hint(f, "insert a rewritable disc");
		return -1;
	}
	fail_set(f, FAIL_DRIVE, d->path, "the %s can't be %s",
		d->facts.medium[0] ? d->facts.medium : "medium", what);
	fail_hint(f, "%s", hint);
	return -1;
}

uint64_t medium_bytes(const struct drive *d)
{
	uint64_t n_blocks = d->facts.n_blocks_free;

	if (d->facts.n_blocks_used > n_blocks)
		n_blocks = d->facts.n_blocks_used;
	return n_blocks * BLOCK_BYTES;
}

int medium_end(struct drive *d, struct drive_wait *w, const char *what, struct fail *f)
{
	if (w->complaint.is_set || burn_drive_wrote_well(d->handle) != 1)
		return drive_complain(d, FAIL_FAILED, what, &w->complaint, f);
	burn_drive_re_assess(d->handle, 0);
	drive_look(d);
	return 0;
}

int medium_wipe_start(struct drive *d, const struct messages *m, struct fail *f)
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
	if (ret == 0)
		message_warn(m,
			"%s: only the start of the %s was overwritten: what lies behind it can "
			"still be read; blank all of it to overwrite that, too",
			d->path, d->facts.medium);
	return ret;
}

static void begin_format(struct drive *d, int flags, struct drive_wait *w)
{
	w->n_total = medium_bytes(d);
	library_drop();
	burn_disc_format(d->handle, 0, flags);
}

int medium_format(struct drive *d, const struct progress_watch *watch, const struct messages *m,
	struct fail *f)
{
	int profile = d->kind ? d->kind->profile : 0;
	bool is_new_bd_r = profile == BD_R && d->facts.state == MEDIUM_BLANK;
	bool is_dvd_rw = profile == 0x14 || profile == MEDIUM_DVD_RW_OVERWRITE;
	bool has_data = d->facts.state == MEDIUM_OVERWRITABLE;
	struct drive_wait w = { .m = m };

	if (d->facts.state == MEDIUM_NONE ||
		!(is_new_bd_r || is_dvd_rw || (d->kind && d->kind->is_overwritable)))
		return medium_refuse(d, "formatted",
			"format a DVD-RW, DVD+RW, DVD-RAM, BD-RE or new BD-R; blank a CD-RW with "
			"xburncrypt blank",
			f);
	/* a DVD-RW knows a quick format of its own, which the drive extends while it is written */
	begin_format(d, is_dvd_rw ? AGAIN : DEFAULT_SIZE | AGAIN | QUICK, &w);
	drive_wait(d, &w, watch);
	if (medium_format_end(d, &w, f))
		return -1;
	/* a drive may leave the data where it is */
	return has_data && d->facts.state == MEDIUM_OVERWRITABLE ? medium_wipe_start(d, m, f) : 0;
}

bool medium_format_begin(struct drive *d, struct drive_wait *w)
{
	/* a DVD+RW is formatted by the drive itself while it is written */
	if (!d->is_unformatted || d->kind->profile == DVD_PLUS_RW)
		return false;
	message_note(w->m, "%s: formatting the %s for the first time", d->path, d->facts.medium);
	begin_format(d, DEFAULT_SIZE | QUICK, w);
	return true;
}

int medium_format_end(struct drive *d, struct drive_wait *w, struct fail *f)
{
	return medium_end(d, w, "the medium can't be formatted", f);
}
