/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "drive/drive_wait.h"

#include <time.h>

#include "burn/stage.h"
#include "drive/drive_inner.h"
#include "util/signals.h"

enum {
	TICK_MS = 100,
	END_TICKS = 600,        /* how long the thread's last word is waited for: a minute */
	RELATIVE_END = 0x10000, /* libburn.h: how blanking and formatting count */
};

static const char *phase_of(enum burn_drive_status status)
{
	switch (status) {
	case BURN_DRIVE_WRITING_LEADOUT:
	case BURN_DRIVE_CLOSING_TRACK:
	case BURN_DRIVE_CLOSING_SESSION:
		return "closing";
	case BURN_DRIVE_FORMATTING:
		return "formatting";
	case BURN_DRIVE_ERASING:
		return "blanking";
	default:
		return "writing";
	}
}

static void nap(unsigned ms)
{
	const struct timespec length = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L };

	nanosleep(&length, NULL);
}

static int buffer_percent(const struct burn_progress *p)
{
	if (p->buffer_capacity == 0 || p->buffer_available > p->buffer_capacity)
		return -1;
	return (int)(100.0 * (p->buffer_capacity - p->buffer_available) / p->buffer_capacity);
}

static struct progress progress_of(
	const struct drive_wait *w, enum burn_drive_status status, const struct burn_progress *p)
{
	struct progress progress = progress_at(phase_of(status), 0, w->n_total);

	if (w->top) {
		progress.drive_buffer_percent = buffer_percent(p);
		progress.n_bytes = (uint64_t)p->buffered_bytes;
		/* libburn counts its own padding of a last buffer as well */
		if (progress.n_bytes > stage_n_bytes(w->top))
			progress.n_bytes = stage_n_bytes(w->top);
	} else if (p->sector > 0 && p->sector <= RELATIVE_END) {
		progress.n_bytes =
			(uint64_t)((double)p->sector / RELATIVE_END * (double)w->n_total);
	}
	return progress;
}

/* Asked for again each time: libburn forgets what comes before its thread has started. */
static void pass_signal_on(struct drive *d, const struct drive_wait *w)
{
	if (!signals_caught() || !w->top)
		return;
	burn_drive_cancel(d->handle);
	stage_cancel(w->top);
}

/* libburn says that a drive whose connection broke is at rest while libburn's thread is still
 * winding down: what it uses must not be freed before its last word. */
static void wait_for_end(struct drive_wait *w)
{
	for (int i = 0; i < END_TICKS && !w->complaint.is_thread_ended; i++) {
		nap(TICK_MS);
		library_collect(&w->complaint, w->m);
	}
}

bool drive_wait_step(
	struct drive *d, struct drive_wait *w, unsigned timeout_ms, struct progress *progress)
{
	struct burn_progress p = { 0 };
	enum burn_drive_status status = burn_drive_get_status(d->handle, &p);

	*progress = (struct progress){ .phase = NULL };
	library_collect(&w->complaint, w->m);
	if (status == BURN_DRIVE_IDLE) {
		/* libburn may have refused to start a thread at all */
		if (w->top && (w->was_busy || w->complaint.code == COMPLAINT_LOST))
			wait_for_end(w);
		return false;
	}
	w->was_busy = true;
	pass_signal_on(d, w);
	/* libburn fills in its numbers only when its thread has started */
	if (status != BURN_DRIVE_SPAWNING)
		*progress = progress_of(w, status, &p);
	nap(timeout_ms);
	return true;
}

void drive_wait(struct drive *d, struct drive_wait *w, const struct progress_watch *watch)
{
	struct progress p;

	while (drive_wait_step(d, w, TICK_MS, &p))
		if (watch && watch->tick && p.phase)
			watch->tick(watch->ctx, &p);
}
