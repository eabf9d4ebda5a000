/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What can be chosen about a format, and which format takes what. */
#ifndef CRYPTO_FORMAT_FORMAT_PARAMS_H
#define CRYPTO_FORMAT_FORMAT_PARAMS_H

#include <stdbool.h>
#include <stdint.h>

struct block_reader;

/* What the command line says about the format; 0, NULL or false where it says nothing. */
struct format_params {
	const char *style;  /* "new" or "old" in the plain format */
	const char *cipher; /* dm-crypt's form */
	unsigned key_bits;
	const char *hash; /* "plain", "sha256", "sha512:32", ... */
	unsigned sector_bytes;
	bool large_ivs;
	uint64_t iv_skip;  /* in units of 512 bytes */
	uint64_t offset;   /* open: of the volume on the medium, in the same units; the caller's
			      reader begins there */
	const char *pbkdf; /* "argon2id" or "pbkdf2" */
	uint32_t pbkdf_memory_kib;
	uint32_t pbkdf_iterations; /* Argon2 passes or PBKDF2 rounds */
	uint32_t pbkdf_parallel;
	bool pbkdf_weak; /* allows costs below the floors */
	const char *label;
	const char *uuid;
	uint32_t iterations;     /* loop-AES: thousands of rounds (aespipe's -C) */
	uint32_t pim;            /* VeraCrypt */
	uint64_t key_offset;     /* where the key begins in its file; the caller reads it */
	uint64_t key_bytes;      /* how many bytes of the file it has; 0: all */
	const char *header_path; /* -header: create gives a detached header, which the caller
				    writes there */
	bool grows; /* create: more may be added behind the payload, whose length is not recorded */
	bool heals; /* create: anchors of healing data will stand in the header */
	struct block_reader *header_reader; /* open: the detached header; borrowed */
	bool allow_costly_kdf; /* open: also a cost of more than 2 GiB or about a minute */
	bool any_contents;     /* contents that are unknown are not taken for a wrong key */
};

/* Which of them a format takes; the command line refuses the others. */
enum format_takes {
	TAKES_STYLE = 1 << 0,
	TAKES_CIPHER = 1 << 1,
	TAKES_KEY_SIZE = 1 << 2,
	TAKES_HASH = 1 << 3,
	TAKES_SECTOR_SIZE = 1 << 4,
	TAKES_LARGE_IVS = 1 << 5,
	TAKES_SKIP = 1 << 6,
	TAKES_PBKDF = 1 << 7,
	TAKES_LABEL = 1 << 8,
	TAKES_UUID = 1 << 9,
	TAKES_PIM = 1 << 10,
	TAKES_MORE_SECRETS = 1 << 11,
	TAKES_ITERATIONS = 1 << 12,
	TAKES_HEADER = 1 << 13,
	TAKES_AS_FILE = 1 << 14,
	TAKES_OFFSET = 1 << 15,
	TAKES_KEY_PART = 1 << 16,
	TAKES_KEY_FILES = 1 << 17, /* several, and beside a passphrase */
};

#endif
