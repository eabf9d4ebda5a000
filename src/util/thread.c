/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "util/thread.h"

#include <errno.h>
#include <signal.h>
#include <time.h>

enum { WAIT_NS = 100 * 1000 * 1000, SECOND_NS = 1000 * 1000 * 1000 };

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

int thread_cond_init(pthread_cond_t *cond, struct fail *f)
{
	pthread_condattr_t attr;
	int error = pthread_condattr_init(&attr);

	if (error == 0) {
		/* a clock that nobody sets */
		pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
		error = pthread_cond_init(cond, &attr);
		pthread_condattr_destroy(&attr);
	}
	if (error == 0)
		return 0;
	errno = error;
	return fail_errno(f, FAIL_FAILED, "", "can't make a condition variable");
}

void thread_wait(pthread_cond_t *cond, pthread_mutex_t *mutex)
{
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_nsec += WAIT_NS;
	if (until.tv_nsec >= SECOND_NS) {
		until.tv_nsec -= SECOND_NS;
		until.tv_sec++;
	}
	pthread_cond_timedwait(cond, mutex, &until);
}
