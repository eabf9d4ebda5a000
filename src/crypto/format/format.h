/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of on-disc formats: volumes are made and opened by it, in the main thread, before data
 * flows. */
#ifndef CRYPTO_FORMAT_FORMAT_H
#define CRYPTO_FORMAT_FORMAT_H

#include <stddef.h>
#include <stdint.h>

#include "crypto/format/contents.h"
#include "crypto/format/format_row.h"

/* All formats, the default first, ended by one whose name is NULL. */
extern const struct format *const formats[];

/* By name or alias; NULL where there is none. */
const struct format *format_find(const char *name);

/* Before a volume is made: refuses parameters that the format doesn't take, or that are wrong for a
 * secret of that kind, as far as that is known without the secret. 0, or -1 with f filled
 * (FAIL_USAGE). */
int format_check(const struct format *format, const struct format_params *params,
	enum credential_kind kind, struct fail *f);

/* Refuses more secrets than the format takes: n_secrets, each of which opens the volume, and
 * key_file, the first that is mixed into one of them (NULL: none). 0, or -1 with f filled
 * (FAIL_USAGE). */
int format_check_secrets(
	const struct format *format, size_t n_secrets, const char *key_file, struct fail *f);

/* False where a passphrase is itself the key: it is at most as long as that. */
bool format_hashes(const struct format *format, const struct format_params *params);

/* The exact bytes that a volume takes on the disc before and after a payload of payload_bytes (0:
 * unknown), as format_create makes them. Needs no secret and no time. 0, or -1 with f filled
 * (FAIL_USAGE): a parameter that the format doesn't take, or a size that it needs to know. */
int format_measure(const struct format *format, const struct format_params *params,
	uint64_t payload_bytes, struct volume_sizes *sizes, struct fail *f);

/* Makes a volume; the caller frees. Refuses parameters that the format doesn't take, by their
 * option's name. NULL with f filled. */
struct volume *format_create(const struct format *format, const struct format_params *params,
	const struct credential *credentials, size_t n_credentials, uint64_t payload_bytes,
	const struct messages *m, struct fail *f);

/* For a volume that is to be made: contents (NULL: unknown) that nobody could read back, as only
 * known ones show that a key, or a detached header, is the disc's, are refused; with any_contents a
 * warning says what gets them back. object: what holds them. 0, or -1 with f filled (FAIL_USAGE).
 */
int format_check_contents(const struct format *format, const struct format_params *params,
	const struct contents *contents, const char *object, const struct messages *m,
	struct fail *f);

/* Opens a volume; the caller frees. Where only known contents show that the key, or the detached
 * header, is the disc's, others are FAIL_MISMATCH, unless any_contents is set. NULL with f filled.
 */
struct volume *format_open(const struct format *format, struct block_reader *reader,
	const struct format_params *params, const struct credential *credential,
	const struct messages *m, struct fail *f);

/* What is known of the volume without its key; the caller frees. NULL with f filled. */
struct volume *format_inspect(const struct format *format, struct block_reader *reader,
	const struct format_params *params, const struct messages *m, struct fail *f);

/* The format that reader's first bytes show; NULL where none does. */
const struct format *format_recognise(struct block_reader *reader);

/* The commands that open volume at path and use its contents (NULL: unknown), one a line, as a heap
 * string that the caller frees; a file system is mounted on /mnt. Empty where there are none:
 * a file in the clear. sbsector: where the session begins that is mounted, in blocks of the
 * payload; 0: the one that a plain mount shows. credential may be NULL: typed in; its secret is not
 * used. If the secret is not a file, the command reads it from standard input. NULL without memory.
 */
char *format_commands(const struct volume *volume, const struct credential *credential,
	const struct contents *contents, const char *path, uint64_t sbsector);

#endif
