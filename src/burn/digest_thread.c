/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "burn/digest_thread.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "util/sector.h"
#include "util/thread.h"

enum { N_SLOTS = 8, PAGE_BYTES = 4096 };

struct digest_thread {
	struct digest_list *digests;
	pthread_t thread;
	pthread_mutex_t mutex; /* guards what follows; a slot's bytes belong to one side */
	pthread_cond_t was_put, was_digested;
	size_t first, n_used; /* slots with bytes to digest */
	bool is_ending;
	size_t lengths[N_SLOTS];
	uint8_t *slots; /* N_SLOTS * CHUNK_BYTES */
};

static void *digest_main(void *arg)
{
	struct digest_thread *t = arg;

	pthread_mutex_lock(&t->mutex);
	for (;;) {
		size_t slot = t->first;

		while (t->n_used == 0 && !t->is_ending)
			pthread_cond_wait(&t->was_put, &t->mutex);
		if (t->n_used == 0)
			break;
		pthread_mutex_unlock(&t->mutex);
		digest_list_update(t->digests, t->slots + slot * CHUNK_BYTES, t->lengths[slot]);
		pthread_mutex_lock(&t->mutex);
		t->first = (t->first + 1) % N_SLOTS;
		t->n_used--;
		pthread_cond_signal(&t->was_digested);
	}
	pthread_mutex_unlock(&t->mutex);
	return NULL;
}

void digest_thread_put(struct digest_thread *t, const uint8_t *bytes, size_t n)
{
	size_t slot;

	pthread_mutex_lock(&t->mutex);
	while (t->n_used == N_SLOTS)
		pthread_cond_wait(&t->was_digested, &t->mutex);
	slot = (t->first + t->n_used) % N_SLOTS;
	pthread_mutex_unlock(&t->mutex);
	memcpy(t->slots + slot * CHUNK_BYTES, bytes, n);
	t->lengths[slot] = n;
	pthread_mutex_lock(&t->mutex);
	t->n_used++;
	pthread_cond_signal(&t->was_put);
	pthread_mutex_unlock(&t->mutex);
}

void digest_thread_drain(struct digest_thread *t)
{
	pthread_mutex_lock(&t->mutex);
	while (t->n_used > 0)
		pthread_cond_wait(&t->was_digested, &t->mutex);
	pthread_mutex_unlock(&t->mutex);
}

struct digest_thread *digest_thread_new(struct digest_list *digests, struct fail *f)
{
	struct digest_thread *t = calloc(1, sizeof *t);

	if (t)
		t->slots = aligned_alloc(PAGE_BYTES, (size_t)N_SLOTS * CHUNK_BYTES);
	if (!t || !t->slots) {
		fail_memory(f);
		free(t);
		return NULL;
	}
	t->digests = digests;
	pthread_mutex_init(&t->mutex, NULL);
	pthread_cond_init(&t->was_put, NULL);
	pthread_cond_init(&t->was_digested, NULL);
	if (thread_start(&t->thread, digest_main, t, f) == 0)
		return t;
	pthread_cond_destroy(&t->was_digested);
	pthread_cond_destroy(&t->was_put);
	pthread_mutex_destroy(&t->mutex);
	free(t->slots);
	free(t);
	return NULL;
}

void digest_thread_free(struct digest_thread *t)
{
	if (!t)
		return;
	pthread_mutex_lock(&t->mutex);
	t->is_ending = true;
	pthread_cond_signal(&t->was_put);
	pthread_mutex_unlock(&t->mutex);
	pthread_join(t->thread, NULL);
	pthread_cond_destroy(&t->was_digested);
	pthread_cond_destroy(&t->was_put);
	pthread_mutex_destroy(&t->mutex);
	free(t->slots);
	free(t);
}
