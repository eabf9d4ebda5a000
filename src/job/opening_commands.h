/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The commands that open a volume with the system's own programs (crypto/format/format.h), also if
 * it is a file of an unencrypted disc. */
#ifndef JOB_OPENING_COMMANDS_H
#define JOB_OPENING_COMMANDS_H

#include "crypto/format/format.h"
#include "crypto/format/volume.h"

/* For the volume at path; as_file: its name on the unencrypted disc at path, which is mounted
 * first; NULL: path is the volume. sbsector: of the session that is mounted (format_commands).
 * contents: of the volume, NULL for unknown ones. One a line, a heap string. NULL without memory.
 */
char *opening_commands(const struct volume *volume, const struct credential *credential,
	const struct contents *contents, const char *path, const char *as_file, uint64_t sbsector);

#endif
