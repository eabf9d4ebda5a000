/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An encrypted volume, and the secrets that open it. */
#ifndef CRYPTO_FORMAT_VOLUME_H
#define CRYPTO_FORMAT_VOLUME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "crypto/sector_cipher.h"
#include "util/secret.h"

struct format;

/* How a secret is used (CLI: SECRETS in doc/xburncrypt.7). */
enum credential_kind {
	CREDENTIAL_PASSPHRASE, /* text: prompt, -pass-file, -pass-fd, -encpass */
	CREDENTIAL_BYTES,      /* bytes in place of a passphrase: -encpass-hex, -encpass-file */
	CREDENTIAL_KEY,        /* -key-file, -key-fd: plain formats take it as the key itself */
};

struct credential {
	enum credential_kind kind;
	const struct secret *secret; /* borrowed */
	const char *path;            /* the file it came from, NULL for other ways; borrowed */
	const char *gpg_path;        /* the file that gpg decrypts to it, else NULL; borrowed */
	uint64_t key_offset;         /* of the key in its file */
	uint64_t key_bytes;          /* of the file; 0: all from there on */
	/* VeraCrypt: key files that are mixed into it, each with secret and path; borrowed */
	const struct credential *key_files;
	size_t n_key_files;
};

/* What stands before the ciphertext on a disc, and after it. */
struct volume_sizes {
	uint64_t header_bytes, trailer_bytes;
};

/* An encrypted volume about to be written, or found on a medium. The ciphertext is as long as the
 * payload rounded up to whole blocks; it stands between header and trailer. */
struct volume {
	const struct format *format;
	uint8_t *header; /* heap; n = payload_offset; NULL where there is none */
	uint64_t header_bytes;
	uint8_t *trailer;
	uint64_t trailer_bytes;
	uint64_t offset;          /* of the volume on the medium, in 512-byte units */
	uint64_t payload_offset;  /* bytes from the start of the medium; equals header_bytes when
				     made here */
	uint64_t payload_bytes;   /* of the payload; 0: unknown */
	uint8_t *detached_header; /* heap; what goes to a file of its own (-header) instead of
				     before the ciphertext; header is NULL then */
	uint64_t detached_header_bytes;
	char *header_path; /* heap; that file's name for the opening commands; NULL: not detached */
	struct sector_cipher *cipher; /* NULL: unencrypted, or only inspected */
	struct secret *key; /* the cipher's; several: one after the other; NULL as cipher */
	/* facts, as the header gives them; empty or 0 if they don't apply */
	char cipher_name[32];
	unsigned key_bits;
	unsigned sector_bytes;
	bool large_ivs;
	bool is_sector_certain; /* the contents show that the sector size is right */
	uint64_t iv_skip;
	char hash[32]; /* plain: the passphrase's */
	char pbkdf[16];
	uint32_t pbkdf_memory_kib, pbkdf_iterations, pbkdf_parallel;
	unsigned n_slots; /* key slots in use */
	char label[64];
	char uuid[40];
	uint32_t pim;
	bool is_damaged; /* only one of its two headers is good; a warning was given */
};

/* Frees the volume, its headers (which hold no secret in the clear), its key and its cipher. NULL
 * does nothing. */
void volume_free(struct volume *v);

/* Gives v the cipher that spec and key make; takes key over, also when it fails. 0, or -1 with f
 * filled. */
int volume_set_cipher(struct volume *v, const struct sector_cipher_spec *spec, struct secret *key,
	struct fail *f);

#endif
