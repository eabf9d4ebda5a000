/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "burn/tap_source.h"

#include <stdlib.h>

#include "burn/digest_thread.h"
#include "burn/stage.h"

struct tap_source {
	struct stage stage;           /* first */
	struct digest_thread *digest; /* NULL: count only */
};

static ssize_t fill(struct stage *s, uint8_t *buf, size_t n_room)
{
	struct tap_source *t = (struct tap_source *)s;
	ssize_t n = stage_take(s, buf, n_room);

	if (!t->digest)
		return n;
	if (n > 0)
		digest_thread_put(t->digest, buf, (size_t)n);
	/* a reader that knows the size does not ask for what is behind it */
	if (n <= 0 || s->taken == s->announced)
		digest_thread_drain(t->digest);
	return n;
}

static void free_digest(struct stage *s)
{
	struct tap_source *t = (struct tap_source *)s;

	digest_thread_free(t->digest);
}

struct burn_source *tap_source_new(
	struct burn_source *upstream, struct digest_list *digests, struct fail *f)
{
	struct tap_source *t = stage_alloc(sizeof *t, f);

	if (!t)
		return NULL;
	t->stage = (struct stage){ .name = "checksums",
		.upstream = upstream,
		.size = stage_size(upstream),
		.fill = fill,
		.free = free_digest };
	if (digests && !(t->digest = digest_thread_new(digests, f))) {
		free(t);
		return NULL;
	}
	return stage_new(&t->stage, f);
}
