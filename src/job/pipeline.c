/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "job/pipeline.h"

#include <string.h>

#include "burn/crypt_source.h"
#include "burn/pad_source.h"
#include "burn/queue_source.h"
#include "burn/stage.h"
#include "burn/tap_source.h"

enum {
	QUEUE_BYTES = 32 * 1024 * 1024, /* what a drive lives on when the source falters */
	AHEAD_BYTES = 2 * 1024 * 1024,  /* so that encrypting and writing go side by side */
};

static uint64_t round_up(uint64_t n, uint64_t unit)
{
	return (n + unit - 1) / unit * unit;
}

/* How much goes out, where the payload's size is known. */
static void announce(struct pipeline *p, const struct pipeline_plan *plan)
{
	const struct volume *v = plan->volume;

	if (!plan->payload_bytes)
		return;
	p->n_bytes = v->header_bytes + plan->payload_bytes + v->trailer_bytes;
	if (plan->container)
		p->n_bytes = plan->container_bytes;
	p->announced_bytes = p->n_bytes;
	if (plan->is_for_drive)
		p->announced_bytes =
			round_up(p->n_bytes, plan->pad_unit_bytes) + plan->pad_extra_bytes;
}

/* Puts a stage, made of the top, on top; a failed constructor leaves the chain as it was. */
static int put_on_top(struct pipeline *p, struct burn_source *stage)
{
	if (!stage)
		return -1;
	p->top = stage;
	return 0;
}

int pipeline_open(struct pipeline *p, const struct pipeline_plan *plan, struct fail *f)
{
	memset(p, 0, sizeof *p);
	announce(p, plan);
	if (put_on_top(p, input_source_new(plan->input, f)) ||
		put_on_top(p, crypt_source_new(p->top, plan->volume, f)) ||
		(plan->container &&
			put_on_top(p, container_source_new(p->top, plan->container, f))) ||
		put_on_top(p, tap_source_new(p->top, plan->digests, f)))
		return -1;
	p->tap = p->top;
	if (!plan->is_for_drive)
		return put_on_top(p, queue_source_new(p->top, AHEAD_BYTES, f));
	if (put_on_top(p, pad_source_new(p->top, plan->pad_unit_bytes, plan->pad_extra_bytes, f)) ||
		put_on_top(p, queue_source_new(p->top, QUEUE_BYTES, f)))
		return -1;
	p->queue = p->top;
	return 0;
}

void pipeline_close(struct pipeline *p)
{
	p->n_sent = stage_n_bytes(p->tap);
	stage_free(p->top);
	p->top = p->tap = p->queue = NULL;
}
