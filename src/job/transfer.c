/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "job/transfer.h"

#include <string.h>
#include <time.h>

#include "burn/queue_source.h"
#include "burn/stage.h"
#include "util/signals.h"

static double seconds_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Pulls the chain into the sink. */
static int pull(struct transfer *t, struct chain *c, struct fail *f)
{
	struct progress_watch watch = chain_watch(c, &t->voice->watch);
	double started = seconds_now();
	int result =
		sink_run(t->target->sink, c->top, layout_bytes(t->layout), &watch, &t->written, f);

	t->seconds = seconds_now() - started;
	progress_end(&t->voice->watch);
	t->queue_lowest_percent = c->queue ? (int)queue_source_lowest_percent(c->queue) : -1;
	t->n_bytes = stage_n_bytes(c->tap);
	layout_complete(t->layout, t->n_bytes);
	return result;
}

int transfer_run(struct transfer *t, struct fail *f)
{
	struct chain c = { 0 };
	int result;

	if (t->target->is_compared) {
		t->digests = digest_list_new(layout_data_bytes(t->layout), f);
		if (!t->digests)
			return -1;
	}
	t->plan.digests = t->digests;
	result = chain_open(&c, &t->plan, f) || pull(t, &c, f) ? -1 : 0;
	chain_close(&c);
	if (t->digests)
		digest_list_finish(t->digests);
	t->was_completed = result == 0;
	return result;
}

static void hint_at_medium(const struct transfer *t, struct fail *f)
{
	if (t->written.is_whole)
		fail_hint(f, "the drive has stopped; all data was written but not verified: run "
			     "xburncrypt verify");
	else if (t->written.was_begun)
		fail_hint(f, "the drive has stopped; a write-once medium that was being burned is "
			     "spoiled");
	else
		fail_hint(f, "the burn had not begun");
}

void transfer_explain(const struct transfer *t, const struct target *target, struct fail *f)
{
	const struct output *out = &target->output;

	if (!signals_caught())
		return;
	memset(f, 0, sizeof *f);
	fail_set(f, FAIL_FAILED, out->path ? output_name(out) : "", "interrupted by %s",
		signals_caught_name());
	if (target->drive)
		hint_at_medium(t, f);
	else if (t->was_completed)
		fail_hint(f, "all data was written but not verified");
}

void transfer_clear(struct transfer *t)
{
	digest_list_free(t->digests);
	*t = (struct transfer){ 0 };
}
