/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keys and signatures as the program minisign has them (its manual, "Signature format"): text, made
 * of lines of base64 and comments. A signature is Ed25519's (RFC 8032) of the message's BLAKE2b-512
 * (RFC 7693); an older kind, of the message itself, is accepted too. A second one covers it and the
 * trusted comment. What is checked may come from a stranger. */
#ifndef UTIL_MINISIGN_H
#define UTIL_MINISIGN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/fail.h"
#include "util/message.h"
#include "util/secret.h"

enum {
	MINISIGN_ID_BYTES = 8,
	MINISIGN_PUBLIC_BYTES = 32,
	MINISIGN_COMMENT_MAX = 128, /* of a trusted comment that is made */
	MINISIGN_TEXT_MAX = 640,    /* bytes of a signature's four lines, with the NUL */
};

struct minisign_public {
	uint8_t id[MINISIGN_ID_BYTES], key[MINISIGN_PUBLIC_BYTES];
};

/* Takes the line of a public key, or what a file of one holds. False where text is neither. */
bool minisign_public_parse(struct minisign_public *k, const char *text);

/* The public key that is given as its line, or as the path of its file. 0, or -1 with f filled. */
int minisign_public_read(struct minisign_public *k, const char *given, struct fail *f);

enum minisign_verdict {
	MINISIGN_WRONG, /* also: no signature at all */
	MINISIGN_OTHER_KEY,
	MINISIGN_RIGHT,
};

/* What four lines of text, and nothing else, are for that message and key. */
enum minisign_verdict minisign_check(
	const struct minisign_public *k, const char *text, const void *message, size_t n_bytes);

/* The secret key in a file. Warns if others can read that. NULL with f filled. The caller frees. */
struct secret *minisign_secret_read(const char *path, const struct messages *m, struct fail *f);

/* True for a key that its passphrase has to open. */
bool minisign_secret_is_locked(const struct secret *key);

/* Opens the key in place; path is the object of a failure, which is FAIL_MISMATCH for a wrong
 * passphrase. Takes seconds, and 1 GiB of memory with the costs that minisign chooses. 0, or -1
 * with f filled. */
int minisign_secret_unlock(
	struct secret *key, const struct secret *passphrase, const char *path, struct fail *f);

/* Signs with a key that is open. The trusted comment is one line of text. */
void minisign_sign(const struct secret *key, const void *message, size_t n_bytes,
	const char *trusted_comment, char text[MINISIGN_TEXT_MAX]);

#endif
