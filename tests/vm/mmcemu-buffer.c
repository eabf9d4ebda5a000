/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The drive's buffer. Unpaced it is always empty and never runs dry; paced it empties in real time
 * at the writing speed, a WRITE waits for room in it, and it can run empty in mid-write. */
#include <time.h>

#include "mmcemu.h"

static struct {
	int is_paced, kbs;
	double n_filled; /* bytes */
	double at;       /* seconds, when n_filled was true */
	int is_writing;  /* the laser is on */
} buffer;

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void wait_seconds(double s)
{
	struct timespec t = { .tv_sec = (time_t)s,
		.tv_nsec = (long)((s - (double)(time_t)s) * 1e9) };
	while (nanosleep(&t, &t))
		;
}

static double rate(const struct drive *d)
{
	return 1000.0 * (buffer.kbs ? buffer.kbs : info_speed(d, d->write_kbs));
}

static void drain(const struct drive *d)
{
	double t = now();
	if (buffer.is_writing)
		buffer.n_filled -= (t - buffer.at) * rate(d);
	if (buffer.n_filled < 0)
		buffer.n_filled = 0;
	buffer.at = t;
}

void buffer_pace(int kbs)
{
	buffer.is_paced = 1;
	buffer.kbs = kbs;
}

int buffer_put(const struct drive *d, size_t n)
{
	if (!buffer.is_paced)
		return 0;
	drain(d);
	int ran_empty = buffer.is_writing && buffer.n_filled == 0;
	if (ran_empty)
		buffer.is_writing = 0;
	buffer.n_filled += (double)n;
	if (buffer.n_filled > BUFFER_BYTES / 2.0)
		buffer.is_writing = 1;
	if (buffer.n_filled > BUFFER_BYTES) {
		wait_seconds((buffer.n_filled - BUFFER_BYTES) / rate(d));
		drain(d);
	}
	return ran_empty;
}

void buffer_flush(const struct drive *d)
{
	if (!buffer.is_paced)
		return;
	drain(d);
	wait_seconds(buffer.n_filled / rate(d));
	buffer.n_filled = 0;
	buffer.is_writing = 0;
}

size_t buffer_free(const struct drive *d)
{
	if (!buffer.is_paced)
		return BUFFER_BYTES;
	drain(d);
	return buffer.n_filled >= BUFFER_BYTES ? 0 : BUFFER_BYTES - (size_t)buffer.n_filled;
}
