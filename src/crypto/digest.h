/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A digest by its name, also an old one that OpenSSL keeps apart. Private to src/crypto. */
#ifndef CRYPTO_DIGEST_H
#define CRYPTO_DIGEST_H

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/provider.h>

#include "util/fail.h"

struct digest {
	EVP_MD *md;
	/* Whirlpool, and before OpenSSL 3.0.7 RIPEMD-160, are in the legacy provider only. It is
	 * loaded into a library context of its own, so that nothing else changes. NULL: the
	 * default one */
	OSSL_LIB_CTX *library;
	OSSL_PROVIDER *providers[2];
};

/* By OpenSSL's name. 0, or -1 with f filled: nothing provides it. digest_close after success. */
int digest_open(struct digest *d, const char *name, struct fail *f);

void digest_close(struct digest *d);

#endif
