/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "drive/blank.h"

#include <stdlib.h>
#include <string.h>

#include "burn/stage.h"
#include "drive/drive_inner.h"
#include "drive/drive_wait.h"
#include "drive/medium.h"
#include "drive/session.h"
#include "util/sector.h"

static int erase(struct drive *d, bool all, const struct progress_watch *watch,
	const struct messages *m, struct fail *f)
{
	struct drive_wait w = { .m = m, .n_total = medium_bytes(d) };

	/* also one that a broken burn left in a state that the drive makes nothing of */
	if (d->facts.state == MEDIUM_UNSUITABLE)
		burn_disc_pretend_full_uncond(d->handle);
	library_drop();
	burn_disc_erase(d->handle, !all);
	drive_wait(d, &w, watch);
	return medium_end(d, &w, "the medium can't be blanked", f);
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
	struct zeros *z = stage_alloc(sizeof *z, f);

	if (!z)
		return NULL;
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
	struct sink *sink = zeros ? session_sink_new(d, &options, m, f) : NULL;
	struct sink_result result;
	int ret = -1;

	inner.ctx = &outer;
	if (sink)
		ret = sink_run(sink, zeros, n_bytes, &inner, &result, f);
	sink_free(sink);
	stage_free(zeros);
	return ret;
}

int blank_medium(struct drive *d, bool all, const struct progress_watch *watch,
	const struct messages *m, struct fail *f)
{
	if (d->facts.state == MEDIUM_NONE || !d->kind || !d->kind->is_rewritable)
		return medium_refuse(d, "blanked: it can be written only once",
			"use a CD-RW, DVD-RW, DVD+RW, DVD-RAM or BD-RE", f);
	if (!d->kind->is_overwritable || d->kind->profile == MEDIUM_DVD_RW_OVERWRITE)
		return erase(d, all, watch, m, f);
	if (d->is_unformatted || (!all && d->facts.state == MEDIUM_BLANK)) {
		message_note(m, "%s: the %s is already blank", d->path, d->facts.medium);
		return 0;
	}
	return all ? wipe_all(d, watch, m, f) : medium_wipe_start(d, m, f);
}
