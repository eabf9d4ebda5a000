/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tree/plain_source.h"

#include <stdlib.h>

#include "tree/isofs.h"

struct burn_source *plain_source_new(void *data,
	int (*read_xt)(struct burn_source *, unsigned char *, int),
	off_t (*get_size)(struct burn_source *), void (*free_data)(struct burn_source *),
	int (*cancel)(struct burn_source *), struct fail *f)
{
	struct burn_source *s = calloc(1, sizeof *s);

	if (!s) {
		fail_memory(f);
		return NULL;
	}
	s->refcount = 1;
	s->version = 1;
	s->read_xt = read_xt;
	s->get_size = get_size;
	s->free_data = free_data;
	s->cancel = cancel;
	s->data = data;
	return s;
}

void plain_source_free(struct burn_source *s)
{
	if (!s || --s->refcount > 0)
		return;
	if (s->free_data)
		s->free_data(s);
	free(s);
}
