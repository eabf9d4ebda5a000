/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tree/placeholder.h"

#include <stdlib.h>
#include <string.h>

#include "tree/isofs.h"

void placeholder_gate_init(struct placeholder_gate *gate)
{
	*gate = (struct placeholder_gate){ .is_open = false };
	pthread_mutex_init(&gate->lock, NULL);
	pthread_cond_init(&gate->was_opened, NULL);
}

void placeholder_gate_clear(struct placeholder_gate *gate)
{
	pthread_cond_destroy(&gate->was_opened);
	pthread_mutex_destroy(&gate->lock);
}

bool placeholder_gate_is_reached(struct placeholder_gate *gate)
{
	bool is_reached;

	pthread_mutex_lock(&gate->lock);
	is_reached = gate->is_reached;
	pthread_mutex_unlock(&gate->lock);
	return is_reached;
}

void placeholder_gate_open(struct placeholder_gate *gate)
{
	pthread_mutex_lock(&gate->lock);
	gate->is_open = true;
	pthread_cond_broadcast(&gate->was_opened);
	pthread_mutex_unlock(&gate->lock);
}

static int open_stream(IsoStream *stream)
{
	struct placeholder_gate *gate = ((struct placeholder *)stream->data)->gate;

	pthread_mutex_lock(&gate->lock);
	gate->is_reached = true;
	while (!gate->is_open)
		pthread_cond_wait(&gate->was_opened, &gate->lock);
	pthread_mutex_unlock(&gate->lock);
	return ISO_SUCCESS;
}

static int close_stream(IsoStream *stream)
{
	(void)stream;
	return ISO_SUCCESS;
}

static off_t get_size(IsoStream *stream)
{
	return (off_t)((struct placeholder *)stream->data)->n_bytes;
}

static int read_stream(IsoStream *stream, void *buf, size_t count)
{
	(void)stream;
	memset(buf, 0, count);
	return (int)count;
}

static int is_repeatable(IsoStream *stream)
{
	(void)stream;
	return 1;
}

/* File system 0, device 0: "the inode number is a serial number" (libisofs.h, serial_id). */
static void get_id(IsoStream *stream, unsigned int *fs_id, dev_t *dev_id, ino_t *ino_id)
{
	*fs_id = 0;
	*dev_id = 0;
	*ino_id = (ino_t)((struct placeholder *)stream->data)->serial;
}

static void free_stream(IsoStream *stream)
{
	(void)stream; /* struct placeholder is the caller's */
}

static int update_size(IsoStream *stream)
{
	(void)stream;
	return ISO_SUCCESS;
}

static IsoStream *get_input_stream(IsoStream *stream, int flag)
{
	(void)stream;
	(void)flag;
	return NULL;
}

static IsoStreamIface stream_class = {
	.version = 2,
	.type = { 'u', 's', 'e', 'r' },
	.open = open_stream,
	.close = close_stream,
	.get_size = get_size,
	.read = read_stream,
	.is_repeatable = is_repeatable,
	.get_id = get_id,
	.free = free_stream,
	.update_size = update_size,
	.get_input_stream = get_input_stream,
};

struct iso_stream *placeholder_stream(struct placeholder *p)
{
	IsoStream *stream = calloc(1, sizeof *stream);

	if (stream)
		*stream = (IsoStream){ .class = &stream_class, .refcount = 1, .data = p };
	return stream;
}
