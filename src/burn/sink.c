/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "burn/sink.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "burn/stage.h"
#include "util/io.h"
#include "util/sector.h"
#include "util/signals.h"

enum { TICK_MS = 100, PAGE_BYTES = 4096 };

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int interrupted(struct fail *f)
{
	return fail_set(f, FAIL_FAILED, "", "interrupted");
}

/* Takes the next chunk from top. Its bytes, 0 at the end, or -1 with f filled. */
static ssize_t pull(struct burn_source *top, uint8_t *buf, uint64_t n_before,
	uint64_t announced_bytes, struct fail *f)
{
	ssize_t n = stage_read(top, buf, CHUNK_BYTES);

	if (signals_caught())
		return interrupted(f);
	if (n < 0)
		return fail_set(f, FAIL_FAILED, "", "the data could not be read");
	if (announced_bytes == 0)
		return n;
	if (n_before + (uint64_t)n > announced_bytes)
		return fail_set(f, FAIL_FAILED, "",
			"the data is longer than the %llu bytes announced",
			(unsigned long long)announced_bytes);
	if (n < CHUNK_BYTES && n_before + (uint64_t)n < announced_bytes)
		return fail_set(f, FAIL_FAILED, "",
			"the data ended after %llu bytes, %llu were announced",
			(unsigned long long)n_before + (unsigned long long)n,
			(unsigned long long)announced_bytes);
	return n;
}

/* What a write that failed means to the user. Fills f from errno. */
static int write_failed(const char *name, uint64_t n_bytes, struct fail *f)
{
	if (signals_caught())
		return interrupted(f);
	if (errno == EPIPE)
		return fail_errno(f, FAIL_FAILED, name, "was closed by its reader after %llu bytes",
			(unsigned long long)n_bytes);
	fail_errno(f, FAIL_FAILED, name, "can't be written behind byte %llu",
		(unsigned long long)n_bytes);
	if (f->sys_errno == EFBIG)
		fail_hint(
			f, "the file system or the limit on file sizes (ulimit -f) is in the way");
	return -1;
}

int sink_pump(struct burn_source *top, int fd, const char *name, uint64_t announced_bytes,
	const struct progress_watch *watch, uint64_t *n_bytes, struct fail *f)
{
	uint8_t *buf = aligned_alloc(PAGE_BYTES, CHUNK_BYTES);
	int64_t last_tick = 0;
	int result = -1;

	*n_bytes = 0;
	if (!buf) {
		fail_memory(f);
		goto out;
	}
	for (;;) {
		ssize_t n = pull(top, buf, *n_bytes, announced_bytes, f);
		int64_t now = now_ms();

		if (n < 0)
			goto out;
		if (n == 0)
			break;
		if (io_write_full(fd, buf, (size_t)n)) {
			write_failed(name, *n_bytes, f);
			goto out;
		}
		*n_bytes += (uint64_t)n;
		if (now - last_tick >= TICK_MS) {
			last_tick = now;
			progress_tick(watch, "writing", *n_bytes, announced_bytes);
		}
	}
	progress_tick(watch, "writing", *n_bytes, announced_bytes);
	result = 0;
out:
	free(buf);
	return result;
}
