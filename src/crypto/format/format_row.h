/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One on-disc format: its facts and its functions; each of those below is a file (doc/FORMAT.md has
 * the bytes).
 *
 * A format turns secrets and parameters into a struct volume: what stands before the ciphertext,
 * the cipher, what stands after it. Private to src/crypto except for the facts.
 */
#ifndef CRYPTO_FORMAT_FORMAT_ROW_H
#define CRYPTO_FORMAT_FORMAT_ROW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "crypto/format/format_params.h"
#include "crypto/format/volume.h"
#include "util/block_reader.h"
#include "util/fail.h"
#include "util/message.h"
#include "util/text.h"

/* The device-mapper name in the commands that are printed: /dev/mapper/disc. */
#define FORMAT_MAPPING "disc"
/* The file in those that decrypt to one: whatever it holds, and no name that discs have, as it
 * would be input and output at once. */
#define FORMAT_DECRYPTED "decrypted"

enum { FORMAT_ANCHORS = 2 };

struct format {
	const char *name;
	const char *const *aliases; /* NULL-terminated, NULL for none */
	const char *summary;        /* one line: what it is */
	const char *advice;         /* a sentence on when to choose it */
	const char *opens_with;     /* one line: what opens it, in general */
	unsigned takes;             /* enum format_takes */
	bool needs_size;            /* the payload's size must be known in advance */
	bool needs_secret;
	/* what the disc does not record, so that only known contents show that it is right; NULL: a
	 * header shows that the key is */
	const char *unrecorded;
	bool is_inspectable;  /* something is known of a volume without its key */
	bool is_seen_as_disk; /* its own program shows a disk, where ISO 9660 has no place */
	/* blocks of a volume, counted from its start and ascending, that nothing else uses, for
	 * anchors of healing data; 0: none. Behind the header one is used only if it is zeros. */
	uint16_t anchors[FORMAT_ANCHORS];
	bool header_is_copied; /* into healing data: without it nothing opens */
	/* exact for any parameters, except that a detached header takes nothing on the disc */
	struct volume_sizes sizes;
	/* What is wrong with params for a volume that is to be made with a secret of that kind, as
	 * far as that is known without it. 0, or -1 with f filled. NULL: nothing. */
	int (*check)(const struct format_params *params, enum credential_kind kind, struct fail *f);
	/* As format_hashes, for params that are right. NULL: always. */
	bool (*hashes)(const struct format_params *params);
	/* Makes a volume; NULL: can only be read. credentials: at least one where needs_secret;
	 * more only with TAKES_MORE_SECRETS. payload_bytes: 0 unknown, else a multiple of
	 * BLOCK_BYTES. 0, or -1 with f filled. */
	int (*create)(const struct format_params *params, const struct credential *credentials,
		size_t n_credentials, uint64_t payload_bytes, struct volume *volume,
		const struct messages *m, struct fail *f);
	/* Opens the volume that starts at block 0 of reader. credential NULL, where
	 * is_inspectable: fills volume with what is known without the key; its cipher stays NULL.
	 * FAIL_MISMATCH: no such volume, or wrong key. */
	int (*open)(struct block_reader *reader, const struct format_params *params,
		const struct credential *credential, struct volume *volume,
		const struct messages *m, struct fail *f);
	/* True where the volume's first bytes show this format without the key; NULL: never shown.
	 */
	bool (*recognise)(struct block_reader *reader);
	/* Writes the commands that open object (a device or image) as /dev/mapper/FORMAT_MAPPING,
	 * one a line, complete with every parameter; file is the credential's path, NULL: the
	 * secret is typed in. Both are quoted for a shell. False: they write the file
	 * FORMAT_DECRYPTED instead. NULL: object is in the clear as it is. */
	bool (*commands)(const struct volume *volume, const struct credential *credential,
		const char *file, const char *object, struct text *to);
};

/* A header of 1 MiB, which is whole ECC blocks of DVD and BD: two copies of 16 KiB of metadata,
 * then key slots. The payload's length is in a token (crypto/format/luks2_token.h). */
extern const struct format luks2_format;

/* A header of 2 MiB, sectors of 512 bytes. PBKDF2 only, eight key slots, no label, and no place for
 * the payload's length. */
extern const struct format luks1_format;

/* dm-crypt's plain format: ciphertext and nothing else. Its styles "new" and "old" are those of the
 * encryption patch for cdrecord (2004-2009); otherwise cipher, key size and hash must be given, as
 * cryptsetup's own defaults have changed over time. */
extern const struct format plain_format;

/* Ciphertext and nothing else, with one key or 64. */
extern const struct format loopaes_format;

/* Header, data, backup header; AES and SHA-512 only. */
extern const struct format veracrypt_format;

/* The same with other hashes; read only: it has no create. */
extern const struct format truecrypt_format;

/* An unencrypted disc, made only if asked for by name. */
extern const struct format none_format;

#endif
