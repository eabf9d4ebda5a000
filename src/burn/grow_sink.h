/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sink for an image file or a block device that exists and gets more behind what it holds.
 *
 * It is opened when the sink is made, and held until the sink is freed: a file with a lock
 * (flock(2)), which refuses a second writer, not readers; a device with O_EXCL. Writing begins at
 * the start. A file is cut there first: what lies behind is padding, or what a killed run left. Its
 * length says whether all went well: unless a rewrite told of the new data, freeing the sink cuts
 * the file to the length that it had (of which the part behind the start is no longer the old
 * one). A device has no length to go back to, and the new data is of no account there.
 */
#ifndef BURN_GROW_SINK_H
#define BURN_GROW_SINK_H

#include <stdbool.h>
#include <stdint.h>

#include "burn/sink.h"

/* start_lba is read when the sink checks and starts; it and path are borrowed. Refused: what is no
 * regular file (is_device: what device_sink refuses), can't be written, or is locked. NULL with f
 * filled: FAIL_FAILED, for a device FAIL_DRIVE. */
struct sink *grow_sink_new(
	const char *path, bool is_device, const uint64_t *start_lba, struct fail *f);

#endif
