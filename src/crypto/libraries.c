/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "crypto/libraries.h"

#include <openssl/crypto.h>

const char *libraries_openssl(void)
{
	return OpenSSL_version(OPENSSL_VERSION_STRING);
}

const char *libraries_cryptsetup(void)
{
	return BUILT_WITH_CRYPTSETUP;
}

void libraries_start(void)
{
	OPENSSL_init_crypto(OPENSSL_INIT_LOAD_CONFIG, NULL);
}
