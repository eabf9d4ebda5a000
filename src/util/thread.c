/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "util/thread.h"

#include <errno.h>
#include <signal.h>
#include <time.h>

enum { WAIT_MS = 100, SECOND_NS = 1000 * 1000 * 1000 };

int thread_start(pthread_t *thread, void *(*main)(void *), void *arg, struct fail *f)
{
	sigset_t all, old;
	int error;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	error = pthread_create(thread, NULL, main, arg);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (error == 0)
		return 0;
	errno = error;
	return fail_errno(f, FAIL_FAILED, "", "can't start a thread");
}

void thread_cond_init(pthread_cond_t *cond)
{
	pthread_condattr_t attr;

	/* none of these can fail with glibc or musl; a clock that nobody sets */
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(cond, &attr);
	pthread_condattr_destroy(&attr);
}

void thread_wait_for(pthread_cond_t *cond, pthread_mutex_t *mutex, unsigned ms)
{
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += ms / 1000;
	until.tv_nsec += ms % 1000 * (SECOND_NS / 1000);
	if (until.tv_nsec >= SECOND_NS) {
		until.tv_nsec -= SECOND_NS;
		until.tv_sec++;
	}
	pthread_cond_timedwait(cond, mutex, &until);
}

void thread_wait(pthread_cond_t *cond, pthread_mutex_t *mutex)
{
	thread_wait_for(cond, mutex, WAIT_MS);
}
