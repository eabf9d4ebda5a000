/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "burn/fd_sink.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "burn/stage.h"
#include "util/io.h"
#include "util/sector.h"
#include "util/signals.h"
#include "util/size.h"
#include "util/thread.h"

enum { PAGE_BYTES = 4096, LOOK_MS = 100 };

static void set_state(struct fd_sink *s, enum fd_sink_state state)
{
	pthread_mutex_lock(&s->mutex);
	s->state = state;
	pthread_cond_signal(&s->has_news);
	pthread_mutex_unlock(&s->mutex);
}

static int interrupted(struct fail *f)
{
	return fail_set(f, FAIL_FAILED, "", "interrupted");
}

/* Why the chain gave no more. */
static int read_failed(struct fd_sink *s)
{
	if (stage_cause(s->input, &s->fail))
		return -1;
	return fail_set(&s->fail, FAIL_FAILED, "", "the data could not be read");
}

/* What a write that failed means to the user. From errno. */
static int write_failed(struct fd_sink *s)
{
	char done[64];
	int why = errno;

	size_format(done, sizeof done, s->n_written);
	if (signals_caught())
		return interrupted(&s->fail);
	errno = why;
	if (errno == EPIPE)
		return fail_errno(
			&s->fail, FAIL_FAILED, s->name, "was closed by its reader after %s", done);
	fail_errno(&s->fail, FAIL_FAILED, s->name, "can't be written after %s", done);
	if (s->fail.sys_errno == EFBIG)
		fail_hint(&s->fail, "the file system or a limit on file sizes (ulimit -f) refuses "
				    "longer files");
	return -1;
}

static int pump(struct fd_sink *s, uint8_t *buf)
{
	for (;;) {
		ssize_t n = stage_read(s->input, buf, CHUNK_BYTES);

		if (signals_caught())
			return interrupted(&s->fail);
		if (n < 0)
			return read_failed(s);
		if (n == 0)
			return 0;
		if (io_write_full(s->fd, buf, (size_t)n))
			return write_failed(s);
		s->n_written += (size_t)n;
	}
}

static int write_all(struct fd_sink *s)
{
	uint8_t *buf = aligned_alloc(PAGE_BYTES, CHUNK_BYTES);
	int result = buf ? pump(s, buf) : fail_memory(&s->fail);

	free(buf);
	return result;
}

static int close_descriptor(struct fd_sink *s, struct fail *f)
{
	if (s->was_given_descriptor || close(s->fd) == 0)
		return 0;
	return fail_errno(f, FAIL_FAILED, s->name, "can't be closed");
}

/* For this thread, a write that blocks has to return when poll passes a caught signal on. */
static void unblock_signals(void)
{
	sigset_t all;

	sigfillset(&all);
	pthread_sigmask(SIG_UNBLOCK, &all, NULL);
}

static void *sink_main(void *arg)
{
	struct fd_sink *s = arg;

	unblock_signals();
	if (write_all(s) == 0) {
		set_state(s, SINK_CLOSING);
		s->commit(s, &s->fail);
	}
	s->close(s, &s->fail);
	set_state(s, SINK_ENDED);
	return NULL;
}

static int start(struct sink *sink, struct burn_source *top, uint64_t n_bytes, struct fail *f)
{
	struct fd_sink *s = (struct fd_sink *)sink;
	struct stage *input;

	if (s->open && s->open(s, n_bytes, f))
		return -1;
	input = stage_alloc(sizeof *input, f);
	if (!input)
		goto failed;
	*input = (struct stage){ .name = s->name,
		.upstream = top,
		.announced = n_bytes,
		.size = n_bytes,
		.fill = stage_take };
	s->input = stage_new(input, f);
	if (!s->input)
		goto failed;
	top->refcount++;
	s->n_total = n_bytes;
	if (thread_start(&s->thread, sink_main, s, f) == 0)
		return 0;
	stage_free(s->input);
failed:
	s->close(s, f);
	return -1;
}

static bool poll_news(struct sink *sink, unsigned timeout_ms, struct progress *p)
{
	static const char *const phases[] = { "writing", "closing", "closing" };
	struct fd_sink *s = (struct fd_sink *)sink;
	bool is_running;

	pthread_mutex_lock(&s->mutex);
	if (s->state == s->told && s->state != SINK_ENDED)
		thread_wait_for(&s->has_news, &s->mutex, timeout_ms);
	if (signals_caught() && s->state != SINK_ENDED)
		pthread_kill(s->thread, signals_caught());
	*p = progress_at(phases[s->told], s->n_written, s->n_total);
	/* each phase is told to its end, however short it was */
	if (s->state == SINK_ENDED && fail_is_set(&s->fail))
		s->told = SINK_ENDED;
	else if (s->told < s->state)
		s->told++;
	is_running = s->told != SINK_ENDED;
	pthread_mutex_unlock(&s->mutex);
	return is_running;
}

static int finish(struct sink *sink, struct sink_result *result, struct fail *f)
{
	struct fd_sink *s = (struct fd_sink *)sink;
	struct progress p;
	bool has_all;

	while (poll_news(sink, LOOK_MS, &p))
		;
	pthread_join(s->thread, NULL);
	stage_free(s->input);
	has_all = s->n_total && s->n_written == s->n_total && !s->is_all_or_nothing;
	*result = (struct sink_result){ .n_bytes = s->n_written,
		.was_begun = s->n_written > 0,
		.is_whole = !fail_is_set(&s->fail) || has_all };
	if (!fail_is_set(&s->fail))
		return 0;
	if (f)
		*f = s->fail;
	return -1;
}

static void free_sink(struct sink *sink)
{
	struct fd_sink *s = (struct fd_sink *)sink;

	pthread_cond_destroy(&s->has_news);
	pthread_mutex_destroy(&s->mutex);
	free(s);
}

struct sink *fd_sink_new(struct fd_sink *s)
{
	thread_cond_init(&s->has_news);
	pthread_mutex_init(&s->mutex, NULL);
	s->sink.start = start;
	s->sink.poll = poll_news;
	s->sink.finish = finish;
	s->sink.free = free_sink;
	if (!s->close)
		s->close = close_descriptor;
	return &s->sink;
}

int fd_sink_read_back(struct sink *s, struct block_reader **reader, struct fail *f)
{
	*reader = block_reader_open_file(((struct fd_sink *)s)->name, f);
	return *reader ? 0 : -1;
}
