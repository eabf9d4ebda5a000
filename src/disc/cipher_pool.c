/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disc/cipher_pool.h"

#include <pthread.h>
#include <stdlib.h>

enum { KEPT_MAX = 16 };

struct cipher_pool {
	const struct sector_cipher *original;
	pthread_mutex_t lock;
	struct sector_cipher *idle[KEPT_MAX];
	size_t n_idle;
};

struct cipher_pool *cipher_pool_new(const struct sector_cipher *cipher, struct fail *f)
{
	struct cipher_pool *p = calloc(1, sizeof *p);

	if (!p) {
		fail_memory(f);
		return NULL;
	}
	p->original = cipher;
	pthread_mutex_init(&p->lock, NULL);
	return p;
}

static struct sector_cipher *take(struct cipher_pool *p, struct fail *f)
{
	struct sector_cipher *c = NULL;

	pthread_mutex_lock(&p->lock);
	if (p->n_idle)
		c = p->idle[--p->n_idle];
	pthread_mutex_unlock(&p->lock);
	return c ? c : sector_cipher_clone(p->original, f);
}

static void give_back(struct cipher_pool *p, struct sector_cipher *c)
{
	pthread_mutex_lock(&p->lock);
	if (p->n_idle < KEPT_MAX) {
		p->idle[p->n_idle++] = c;
		c = NULL;
	}
	pthread_mutex_unlock(&p->lock);
	sector_cipher_free(c);
}

int cipher_pool_decrypt(
	struct cipher_pool *p, uint64_t offset, uint8_t *buf, size_t n_bytes, struct fail *f)
{
	struct sector_cipher *c = take(p, f);
	int result;

	if (!c)
		return -1;
	result = sector_cipher_decrypt(c, offset, buf, n_bytes, f);
	give_back(p, c);
	return result;
}

void cipher_pool_free(struct cipher_pool *p)
{
	if (!p)
		return;
	while (p->n_idle)
		sector_cipher_free(p->idle[--p->n_idle]);
	pthread_mutex_destroy(&p->lock);
	free(p);
}
