/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The progress of long work, for whoever watches it. */
#ifndef UTIL_PROGRESS_H
#define UTIL_PROGRESS_H

#include <stddef.h>
#include <stdint.h>

/* The phase of what can't be watched, but takes seconds. */
#define PROGRESS_DERIVING "deriving the key"

struct progress {
	const char *phase;         /* "writing", "closing", ...: see doc/xburncrypt.5 */
	uint64_t n_bytes, n_total; /* n_total 0: unknown */
	int drive_buffer_percent;  /* -1: no drive */
	int queue_percent;         /* of the queue in front of a drive; -1: none */
	const char *file;          /* that is being read, in a burn ahead of what is written; NULL:
				      none. Valid until tick returns, and unescaped */
};

/* tick is called about ten times a second, end when there is nothing more to report; both in the
 * main thread. */
struct progress_watch {
	void (*tick)(void *ctx, const struct progress *p);
	void (*end)(void *ctx);
	void *ctx;
};

/* So far, without a drive's buffer and a queue. */
static inline struct progress progress_at(const char *phase, uint64_t n_bytes, uint64_t n_total)
{
	return (struct progress){ phase, n_bytes, n_total, -1, -1, NULL };
}

/* Calls the tick function with that, and the file that is being read. watch and file may be NULL.
 */
static inline void progress_tick_file(const struct progress_watch *watch, const char *phase,
	uint64_t n_bytes, uint64_t n_total, const char *file)
{
	struct progress p = progress_at(phase, n_bytes, n_total);

	p.file = file;
	if (watch && watch->tick)
		watch->tick(watch->ctx, &p);
}

/* The same without a file. */
static inline void progress_tick(
	const struct progress_watch *watch, const char *phase, uint64_t n_bytes, uint64_t n_total)
{
	progress_tick_file(watch, phase, n_bytes, n_total, NULL);
}

/* Calls the end function. watch may be NULL. */
static inline void progress_end(const struct progress_watch *watch)
{
	if (watch && watch->end)
		watch->end(watch->ctx);
}

#endif
