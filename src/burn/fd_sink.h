/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the sinks that write to a descriptor share: the thread that pulls the chain and writes.
 *
 * Each kind has this struct as the first member of its own, on the heap, fills in the upper half
 * and the sink's needs and reader. */
#ifndef BURN_FD_SINK_H
#define BURN_FD_SINK_H

#include <pthread.h>

#include "burn/sink.h"

enum fd_sink_state { SINK_WRITING, SINK_CLOSING, SINK_ENDED };

struct fd_sink {
	struct sink sink;          /* first */
	const char *name;          /* the object of failures; borrowed */
	bool is_all_or_nothing;    /* a failed run leaves nothing */
	bool was_given_descriptor; /* fd is open already, and stays so */
	int fd;
	/* Checks, and opens fd. Main thread. NULL where it was given. */
	int (*open)(struct fd_sink *s, uint64_t n_bytes, struct fail *f);
	/* Makes what was written permanent. In the sink's thread, as is close. */
	int (*commit)(struct fd_sink *s, struct fail *f);
	/* Lets go of what open got, committed or not. NULL: closes fd. */
	int (*close)(struct fd_sink *s, struct fail *f);

	/* fd_sink.c's own */
	uint64_t n_total;          /* 0: unknown */
	struct burn_source *input; /* holds the top of the chain to that */
	pthread_t thread;
	_Atomic uint64_t n_written;
	pthread_mutex_t mutex; /* guards what follows */
	pthread_cond_t has_news;
	enum fd_sink_state state, told; /* told: by poll */
	struct fail fail;               /* once it has ended */
};

/* Fills in the rest. */
struct sink *fd_sink_new(struct fd_sink *s);

/* The reader of a file or block device called s->name. */
int fd_sink_read_back(struct sink *s, struct block_reader **reader, struct fail *f);

#endif
