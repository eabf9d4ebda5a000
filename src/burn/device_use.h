/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who uses a block device: mounted, swapped on, or held by a device above it (LVM, RAID, dm-crypt);
 * the device itself or one of its partitions. As far as /proc and /sys tell. */
#ifndef BURN_DEVICE_USE_H
#define BURN_DEVICE_USE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Writes the first use found into out, such as "sdb1 is mounted on /media/stick" (names escaped).
 * False where none was found. */
bool device_use_find(dev_t device, char *out, size_t n);

#endif
