/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of on-disc formats: one row a format, one file a row's functions.
 *
 * A format turns secrets and parameters into a struct volume: what stands before the cipher text,
 * the cipher, what stands behind it, and the commands that open the result elsewhere. Everything
 * here runs in the main thread before a burn starts. doc/FORMAT.md has the bytes.
 */
#ifndef CRYPTO_FORMAT_FORMAT_H
#define CRYPTO_FORMAT_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "crypto/format/format_params.h"
#include "crypto/format/volume.h"
#include "util/block_reader.h"
#include "util/fail.h"
#include "util/message.h"

/* The device-mapper name in the commands that are printed: /dev/mapper/disc. */
#define FORMAT_MAPPING "disc"

struct format {
	const char *name;
	const char *const *aliases; /* NULL-terminated, NULL for none */
	const char *summary;        /* one line: what it is */
	const char *advice;         /* a sentence on when to choose it */
	const char *opens_with;     /* one line: what opens it, in general */
	unsigned takes;             /* enum format_takes */
	bool needs_size;            /* the payload's size has to be known beforehand */
	bool needs_secret;
	bool is_seen_as_disk; /* its own program shows a disk, where ISO 9660 has no place */
	/* exact, with any parameters, but that a detached header takes nothing on the disc */
	struct volume_sizes sizes;
	/* Makes a volume. credentials: at least one where needs_secret; more only with
	 * TAKES_MORE_SECRETS. payload_bytes: 0 unknown, else a multiple of BLOCK_BYTES. 0, or -1
	 * with f filled. */
	int (*create)(const struct format_params *params, const struct credential *credentials,
		size_t n_credentials, uint64_t payload_bytes, struct volume *volume,
		const struct messages *m, struct fail *f);
	/* Opens the volume that starts at block 0 of reader. FAIL_MISMATCH: no such volume, or
	 * wrong key. */
	int (*open)(struct block_reader *reader, const struct format_params *params,
		const struct credential *credential, struct volume *volume,
		const struct messages *m, struct fail *f);
	/* True where the volume's first bytes show this format without the key; NULL: never shown.
	 */
	bool (*recognise)(struct block_reader *reader);
	/* Fills volume with what can be told without the key; its cipher stays NULL. NULL: nothing
	 * can. FAIL_MISMATCH: no such volume. */
	int (*inspect)(struct block_reader *reader, const struct format_params *params,
		struct volume *volume, const struct messages *m, struct fail *f);
	/* Writes the commands that open object (a shell-quoted device or image) as
	 * /dev/mapper/FORMAT_MAPPING, one a line, complete with every parameter, into out;
	 * credential is without a path where the secret is typed in. What doesn't end in that
	 * mapping writes its own mount line too. NULL: object is mounted as it is. */
	void (*commands)(const struct volume *volume, const struct credential *credential,
		const char *object, char *out, size_t n_out);
};

/* All formats, the default first, ended by one whose name is NULL. */
extern const struct format *const formats[];

/* By name or alias; NULL where there is none. */
const struct format *format_find(const char *name);

/* The exact bytes that a volume takes on the disc before and behind a payload of payload_bytes (0:
 * unknown); format_create makes no others. Needs no secret and no time. 0, or -1 with f filled
 * (FAIL_USAGE): a parameter that the format doesn't take, or a size that it has to know. */
int format_measure(const struct format *format, const struct format_params *params,
	uint64_t payload_bytes, struct volume_sizes *sizes, struct fail *f);

/* Makes a volume; the caller frees. Refuses parameters that the format doesn't take, by their
 * option's name. NULL with f filled. */
struct volume *format_create(const struct format *format, const struct format_params *params,
	const struct credential *credentials, size_t n_credentials, uint64_t payload_bytes,
	const struct messages *m, struct fail *f);

/* Opens a volume; the caller frees. NULL with f filled. */
struct volume *format_open(const struct format *format, struct block_reader *reader,
	const struct format_params *params, const struct credential *credential,
	const struct messages *m, struct fail *f);

/* What can be told of the volume without its key; the caller frees. NULL with f filled. */
struct volume *format_inspect(const struct format *format, struct block_reader *reader,
	const struct format_params *params, const struct messages *m, struct fail *f);

/* The format that reader's first bytes show; NULL where none does. */
const struct format *format_recognise(struct block_reader *reader);

/* The commands that open volume at path, one a line, as a heap string that the caller frees; they
 * end in a mount line for /mnt. credential may be NULL: typed in; of its secret nothing is needed.
 * Where the secret was no file, the command reads it from standard input. NULL without memory. */
char *format_commands(
	const struct volume *volume, const struct credential *credential, const char *path);

#endif
