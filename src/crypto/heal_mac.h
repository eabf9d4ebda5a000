/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The MAC of healing data (doc/FORMAT.md, "Records"): who has the disc's key can prove by it that
 * the record was made with that key. HMAC-SHA256 (RFC 2104) under a key that HKDF-SHA256 (RFC 5869)
 * makes of the volume's. */
#ifndef CRYPTO_HEAL_MAC_H
#define CRYPTO_HEAL_MAC_H

#include <stddef.h>
#include <stdint.h>

#include "util/fail.h"
#include "util/secret.h"
#include "util/sha256.h"

enum { HEAL_MAC_SALT_BYTES = 32 };

/* volume_key: of struct volume. 0, or -1 with f filled. */
int heal_mac_make(const struct secret *volume_key, const uint8_t salt[HEAL_MAC_SALT_BYTES],
	const void *facts, size_t n_facts, uint8_t mac[SHA256_BYTES], struct fail *f);

/* 1 where mac is right, else 0; takes the same time whatever it is. -1 with f filled. */
int heal_mac_check(const struct secret *volume_key, const uint8_t salt[HEAL_MAC_SALT_BYTES],
	const void *facts, size_t n_facts, const uint8_t mac[SHA256_BYTES], struct fail *f);

#endif
