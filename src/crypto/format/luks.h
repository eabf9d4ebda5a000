/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A LUKS header in memory, with libcryptsetup working on it: what LUKS1 and LUKS2 share.
 *
 * The header lies in a memfd, which libcryptsetup takes for a device: no root, no device-mapper, no
 * lock files, nothing on a disk. Its messages are caught: errors become part of the struct fail,
 * warnings go to the messages. Specifications: LUKS1 1.2.3, LUKS2 1.1.2 (both by M. Broz and
 * others). Main thread only.
 */
#ifndef CRYPTO_FORMAT_LUKS_H
#define CRYPTO_FORMAT_LUKS_H

#include <stdbool.h>
#include <stdint.h>

#include <libcryptsetup.h>

#include "crypto/format/format_row.h"

struct luks {
	struct crypt_device *cd;
	const char *type; /* CRYPT_LUKS1 or CRYPT_LUKS2 */
	int fd;           /* the memfd */
	char path[32];    /* its name for libcryptsetup */
	char said[256];   /* libcryptsetup's last error */
	const struct messages *m;
	bool is_silent;         /* warnings are dropped */
	uint64_t n_unreadable;  /* blocks of a medium that could not be read */
	struct fail unreadable; /* the first of them */
};

/* For a struct luks that may be closed before it was opened. */
#define LUKS_CLOSED                                                                                \
	{                                                                                          \
		.fd = -1                                                                           \
	}

/* An empty header of n_bytes. 0, or -1 with f filled; luks_close in both cases. */
int luks_open(struct luks *l, const char *type, uint64_t n_bytes, const struct messages *m,
	struct fail *f);

/* Fills f from libcryptsetup's negative result and its words; always -1. */
int luks_fail(struct luks *l, int result, struct fail *f, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* Copies the header that starts at block 0 of reader, as much of it as is needed, and lets
 * libcryptsetup check it. Blocks that can't be read count as zeros and are counted. 0, or -1 with f
 * filled (FAIL_MISMATCH: no such header); luks_close in both cases. */
int luks_load(struct luks *l, const char *type, struct block_reader *reader,
	const struct messages *m, struct fail *f);

/* True where reader starts with a header of type, or has a second one of LUKS2 where it belongs. */
bool luks_is_at(const char *type, struct block_reader *reader);

void luks_close(struct luks *l);

#endif
