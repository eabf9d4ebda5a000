/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files and descriptors that hold secrets.
 *
 * Bytes are taken as they are, with read(2) straight into the secret. The caller frees what is
 * returned; NULL with f filled.
 */
#ifndef UTIL_KEY_FILE_H
#define UTIL_KEY_FILE_H

#include <stdint.h>

#include "util/fail.h"
#include "util/message.h"
#include "util/secret.h"

/* The largest secret, in bytes: of a regular file; of a pipe, device or descriptor. */
enum { KEY_FILE_MAX = 8192 * 1024, KEY_STREAM_MAX = 64 * 1024 };

/* Opens a file that holds a secret, for reading; warns if others can read it. The descriptor, or -1
 * with f filled. */
int key_file_open(const char *path, const struct messages *m, struct fail *f);

/* Which of its bytes are the secret. */
struct key_part {
	uint64_t offset;
	uint64_t n_bytes; /* 0: all up to the end */
};

/* The part's bytes (NULL: all), at most KEY_FILE_MAX, or KEY_STREAM_MAX of anything but a regular
 * file. An empty file gives an empty secret; less than part has is FAIL_USAGE. */
struct secret *key_file_read(
	const char *path, const struct key_part *part, const struct messages *m, struct fail *f);

/* The same from fd, at most KEY_STREAM_MAX. */
struct secret *key_file_read_fd(int fd, const struct key_part *part, struct fail *f);

#endif
