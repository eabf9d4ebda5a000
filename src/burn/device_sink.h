/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sink for a block device other than an optical drive (-force-device): written from its start,
 * fsynced, and dropped from the kernel's cache. What a failed burn wrote stays. */
#ifndef BURN_DEVICE_SINK_H
#define BURN_DEVICE_SINK_H

#include "burn/sink.h"

/* Its needs refuse, with FAIL_DRIVE, a device that is mounted, swapped on or held (itself or a
 * partition of it; by O_EXCL and what the kernel tells), write-protected, or too small. path is
 * borrowed. NULL with f filled. */
struct sink *device_sink_new(const char *path, struct fail *f);

/* Opens a block device for writing, or for reading as well, that nobody else has a hold on, with
 * the refusals above but the size. The caller closes the descriptor. -1 with f filled. */
int device_sink_open(const char *path, bool reads, struct fail *f);

/* The size of an open device, which must take n_bytes and not be write-protected. 0, or -1 with f
 * filled. */
int device_sink_size(int fd, const char *path, uint64_t n_bytes, uint64_t *has, struct fail *f);

/* Brings what was written to the device, and drops it from the kernel's cache, so that later
 * readers see the device. 0, or -1 with f filled. */
int device_sink_flush(int fd, const char *path, struct fail *f);

#endif
