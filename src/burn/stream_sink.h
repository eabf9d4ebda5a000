/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sink for stdout, a FIFO or a character device, which can't be read back. */
#ifndef BURN_STREAM_SINK_H
#define BURN_STREAM_SINK_H

#include "burn/sink.h"

/* fd: an open descriptor, which stays open; -1: path is opened while writing, which for a FIFO
 * waits until it has a reader. path is the object of failures; it is borrowed. NULL with f filled.
 */
struct sink *stream_sink_new(const char *path, int fd, struct fail *f);

#endif
