/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Starts threads with all signals blocked, so that signals go to the main thread; and waits that
 * end when a signal is caught. */
#ifndef UTIL_THREAD_H
#define UTIL_THREAD_H

#include <pthread.h>
#include <stdbool.h>

#include "util/fail.h"

/* Starts a thread. 0, or -1 with f filled. The caller joins it. */
int thread_start(pthread_t *thread, void *(*main)(void *), void *arg, struct fail *f);

/* Makes a condition for thread_wait. */
void thread_cond_init(pthread_cond_t *cond);

/* Waits for cond, at most 0.1 s, so that the loop around it can look at signals_caught(), which
 * signals no condition. */
void thread_wait(pthread_cond_t *cond, pthread_mutex_t *mutex);

/* The same, at most ms milliseconds. */
void thread_wait_for(pthread_cond_t *cond, pthread_mutex_t *mutex, unsigned ms);

#endif
