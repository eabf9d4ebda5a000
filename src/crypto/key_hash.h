/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How cryptsetup turns a passphrase into the key of a plain mapping (cryptsetup:
 * lib/crypt_plain.c). Private to src/crypto.
 *
 * Block r of the key is H("A" repeated r times || passphrase); the blocks are put together and cut
 * to the key's size. "H:N" makes N bytes this way and pads them with zeros. H is sha256, sha512,
 * sha1 or ripemd160; that a passphrase may also be used unhashed ("plain") is not done here.
 */
#ifndef CRYPTO_KEY_HASH_H
#define CRYPTO_KEY_HASH_H

#include <stddef.h>

#include "util/fail.h"
#include "util/secret.h"

/* How many bytes of a key of key_bytes the hash fills; 0 with f filled (FAIL_USAGE) for a hash that
 * is unknown or makes more than that. */
size_t key_hash_filled(const char *hash, size_t key_bytes, struct fail *f);

/* The key of key_bytes. NULL with f filled. The caller frees. */
struct secret *key_hash_derive(
	const char *hash, const struct secret *passphrase, size_t key_bytes, struct fail *f);

#endif
