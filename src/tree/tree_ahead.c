/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tree/tree_ahead.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/uio.h>
#include <unistd.h>

#include "util/thread.h"

enum {
	AHEAD_FILES = 64,          /* that the kernel is told of before they are opened */
	AHEAD_BYTES = 1024 * 1024, /* of one file: what follows the kernel reads ahead by itself */
	CREDIT_FILES = 1024,       /* for how many a wait for the disk makes it work */
};

struct tree_ahead {
	const struct tree_file *next; /* the thread's own, like its place */
	const struct tree_file *end;
	uint64_t place;
	struct folder_cursor cursor;
	atomic_uint_fast64_t n_passed; /* files that the reader has opened */
	atomic_uint_fast64_t wake_at;  /* of those, when the thread goes on; UINT64_MAX: not then */
	uint64_t until;                /* the thread works up to this place; the lock's */
	bool is_ending;                /* the lock's */
	pthread_mutex_t lock;
	pthread_cond_t wake;
	pthread_t thread;
	bool has_thread, has_failed; /* the reader's */
};

struct tree_ahead *tree_ahead_new(const struct tree_file *first, const struct tree_file *end)
{
	struct tree_ahead *a = calloc(1, sizeof *a);

	if (!a)
		return NULL;
	a->next = first;
	a->end = end;
	atomic_init(&a->wake_at, UINT64_MAX);
	pthread_mutex_init(&a->lock, NULL);
	pthread_cond_init(&a->wake, NULL);
	return a;
}

/* Waits until there is a file to be told of. False at the end. */
static bool wait_for_work(struct tree_ahead *a)
{
	bool goes_on;

	pthread_mutex_lock(&a->lock);
	for (;;) {
		uint64_t n_passed = atomic_load(&a->n_passed);
		bool is_near = a->place < n_passed + AHEAD_FILES;

		if (a->is_ending || (a->place < a->until && is_near))
			break;
		/* with room for many, so that it isn't woken for each */
		atomic_store(
			&a->wake_at, a->place < a->until ? a->place - AHEAD_FILES / 2 : UINT64_MAX);
		/* the reader may have passed that meanwhile, without looking */
		if (a->place < a->until && atomic_load(&a->n_passed) >= atomic_load(&a->wake_at))
			continue;
		pthread_cond_wait(&a->wake, &a->lock);
	}
	atomic_store(&a->wake_at, UINT64_MAX);
	goes_on = !a->is_ending;
	pthread_mutex_unlock(&a->lock);
	return goes_on;
}

static void tell_of(struct tree_ahead *a, const struct tree_file *file)
{
	uint64_t n = file->n_bytes;
	int fd = n ? folder_open(&a->cursor, file->folder, file->name, file->followed) : -1;

	if (fd < 0)
		return;
	posix_fadvise(fd, 0, n < AHEAD_BYTES ? (off_t)n : AHEAD_BYTES, POSIX_FADV_WILLNEED);
	close(fd);
}

static void *run(void *ctx)
{
	struct tree_ahead *a = ctx;

	while (a->next != a->end && wait_for_work(a)) {
		/* what the reader has passed is of no use any more */
		if (a->place >= atomic_load(&a->n_passed))
			tell_of(a, a->next);
		a->next = a->next->next;
		a->place++;
	}
	folder_cursor_close(&a->cursor);
	return NULL;
}

/* A read had to wait: so may the next ones. */
static void want(struct tree_ahead *a)
{
	if (a->has_failed)
		return;
	pthread_mutex_lock(&a->lock);
	a->until = atomic_load(&a->n_passed) + CREDIT_FILES;
	pthread_cond_signal(&a->wake);
	pthread_mutex_unlock(&a->lock);
	if (a->has_thread)
		return;
	a->has_thread = thread_start(&a->thread, run, a, NULL) == 0;
	a->has_failed = !a->has_thread;
}

void tree_ahead_pass(struct tree_ahead *a)
{
	if (atomic_fetch_add(&a->n_passed, 1) + 1 < atomic_load(&a->wake_at))
		return;
	pthread_mutex_lock(&a->lock);
	pthread_cond_signal(&a->wake);
	pthread_mutex_unlock(&a->lock);
}

ssize_t tree_ahead_read(struct tree_ahead *a, int fd, uint8_t *buf, size_t n)
{
	struct iovec at = { .iov_base = buf, .iov_len = n };
	ssize_t r = preadv2(fd, &at, 1, 0, RWF_NOWAIT);

	if (r >= 0)
		return r;
	/* not in the page cache, or a file system that doesn't say */
	want(a);
	return pread(fd, buf, n, 0);
}

void tree_ahead_free(struct tree_ahead *a)
{
	if (!a)
		return;
	if (a->has_thread) {
		pthread_mutex_lock(&a->lock);
		a->is_ending = true;
		pthread_cond_signal(&a->wake);
		pthread_mutex_unlock(&a->lock);
		pthread_join(a->thread, NULL);
	}
	pthread_cond_destroy(&a->wake);
	pthread_mutex_destroy(&a->lock);
	free(a);
}
