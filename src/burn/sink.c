/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "burn/sink.h"

enum { TICK_MS = 100 };

int sink_run(struct sink *s, struct burn_source *top, uint64_t n_bytes,
	const struct progress_watch *watch, struct sink_result *result, struct fail *f)
{
	bool is_running = true;

	*result = (struct sink_result){ 0 };
	if (s->start(s, top, n_bytes, f))
		return -1;
	while (is_running) {
		struct progress p = { 0 };

		is_running = s->poll(s, TICK_MS, &p);
		if (watch && watch->tick && p.phase)
			watch->tick(watch->ctx, &p);
	}
	return s->finish(s, result, f);
}

void sink_free(struct sink *s)
{
	if (s)
		s->free(s);
}
