/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "job/chain.h"

#include "burn/crypt_source.h"
#include "burn/heal_source.h"
#include "burn/pad_source.h"
#include "burn/queue_source.h"
#include "burn/stage.h"
#include "burn/tap_source.h"
#include "util/sector.h"

enum {
	QUEUE_BYTES = 32 * 1024 * 1024, /* what a drive lives on when the source falters */
	AHEAD_BYTES = 2 * 1024 * 1024,  /* so that encrypting and writing go side by side */
	PATH_BYTES = 4200,
};

/* Puts a stage, made of the top, on top; a failed constructor leaves the chain as it was. */
static struct burn_source *put_on_top(struct chain *c, struct burn_source *stage)
{
	if (stage)
		c->top = stage;
	return stage;
}

static struct burn_source *encrypt(
	struct burn_source *top, const struct chain_plan *plan, struct fail *f)
{
	return plan->is_part ? crypt_source_new_part(top, plan->volume, plan->first_byte, f)
			     : crypt_source_new(top, plan->volume, f);
}

int chain_open_volume(struct chain *c, const struct chain_plan *plan, struct fail *f)
{
	*c = (struct chain){ .source = plan->source };
	if (!put_on_top(c, source_stage(plan->source, f)) ||
		!put_on_top(c, encrypt(c->top, plan, f)) ||
		(plan->container &&
			!put_on_top(c, container_source_new_kept(c->top, plan->container,
					       plan->container_head, f))) ||
		(plan->healing && !put_on_top(c, heal_source_new(c->top, plan->healing, f))))
		return -1;
	return 0;
}

int chain_open(struct chain *c, const struct chain_plan *plan, struct fail *f)
{
	const struct layout *l = plan->layout;

	if (chain_open_volume(c, plan, f) ||
		!(c->tap = put_on_top(c, tap_source_new(c->top, plan->digests, f))) ||
		!put_on_top(c, pad_source_new(c->top, plan->needs->unit_bytes,
				       plan->needs->tail_bytes, f)))
		return -1;
	if (l->is_known && stage_size(c->top) != layout_bytes(l))
		return fail_set(f, FAIL_FAILED, "",
			"the stages would make %llu bytes, but the layout has %llu",
			(unsigned long long)stage_size(c->top),
			(unsigned long long)layout_bytes(l));
	if (!put_on_top(
		    c, queue_source_new(c->top, plan->is_for_drive ? QUEUE_BYTES : AHEAD_BYTES, f)))
		return -1;
	c->queue = plan->is_for_drive ? c->top : NULL;
	return 0;
}

static void tick(void *ctx, const struct progress *p)
{
	const struct chain *c = ctx;
	struct progress told = *p;
	char path[PATH_BYTES];

	told.file = source_reading(c->source, path, sizeof path);
	if (c->queue)
		told.queue_percent = (int)queue_source_fill_percent(c->queue);
	if (c->watched.tick)
		c->watched.tick(c->watched.ctx, &told);
}

struct progress_watch chain_watch(struct chain *c, const struct progress_watch *watched)
{
	c->watched = *watched;
	return (struct progress_watch){ .tick = tick, .ctx = c };
}

void chain_close(struct chain *c)
{
	stage_free(c->top);
	*c = (struct chain){ 0 };
}
