/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tree/placeholder.h"

#include <stdlib.h>
#include <string.h>

#include "tree/isofs.h"

/* What libisofs has of a file: one allocation, as there are many. stream.data is the gate. */
struct placeholder {
	IsoStream stream; /* first */
	uint64_t n_bytes, serial;
};

static const struct placeholder *placeholder_of(const IsoStream *stream)
{
	return (const struct placeholder *)stream;
}

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
	struct placeholder_gate *gate = stream->data;

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
	return (off_t)placeholder_of(stream)->n_bytes;
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
	*ino_id = (ino_t)placeholder_of(stream)->serial;
}

static void free_stream(IsoStream *stream)
{
	(void)stream; /* libisofs frees what the stream is the first member of */
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

struct iso_stream *placeholder_stream(
	struct placeholder_gate *gate, uint64_t n_bytes, uint64_t serial)
{
	struct placeholder *p = malloc(sizeof *p);

	if (!p)
		return NULL;
	*p = (struct placeholder){
		.stream = { .class = &stream_class, .refcount = 1, .data = gate },
		.n_bytes = n_bytes,
		.serial = serial
	};
	return &p->stream;
}
