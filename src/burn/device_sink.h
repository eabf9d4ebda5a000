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

#endif
