/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a LUKS2 header made here says of the payload, in a JSON token of its own.
 *
 * LUKS2 lets programs keep tokens in the header (LUKS2 On-Disk Format 1.1.2, 3.5); those of an
 * unknown type are kept and shown by cryptsetup (luksDump --dump-json-metadata). Ours is for
 * readers that come much later, and belongs to no key slot:
 *
 *   type           "xburncrypt"
 *   keyslots       []
 *   version        1
 *   program        what made the header, such as "xburncrypt 0.1.0"
 *   payload_bytes  length of the payload in bytes, as a string of digits, or "unknown"
 *   payload_offset where it starts, in bytes, as a string of digits ("0": detached header)
 *   cipher         dm-crypt's name, such as "aes-xts-plain64"
 *   key_bits       number
 *   sector_bytes   number
 *   iv             "counts 512 bytes from the payload's start"
 *
 * It is readable without the key, and not authenticated: a hint, not a proof.
 */
#ifndef CRYPTO_FORMAT_LUKS2_TOKEN_H
#define CRYPTO_FORMAT_LUKS2_TOKEN_H

#include <stddef.h>
#include <stdint.h>

struct crypt_device;
struct volume;

/* Writes the token for volume's facts into out. 0, or -1 where n is too small. */
int luks2_token_write(char *out, size_t n, const struct volume *volume);

/* The payload's length out of a token's text; 0: unknown, or no such token. */
uint64_t luks2_token_payload(const char *json);

/* Looks for the token in a loaded header and sets volume's payload_bytes. */
void luks2_token_read(struct crypt_device *cd, struct volume *volume);

#endif
