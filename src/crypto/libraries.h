/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The versions of this room's libraries, for --version. */
#ifndef CRYPTO_LIBRARIES_H
#define CRYPTO_LIBRARIES_H

/* "3.0.15": of the libcrypto that is linked. Static text. */
const char *libraries_openssl(void);

/* "2.6.1": of the libcryptsetup that this was built with (the library can't tell its own). */
const char *libraries_cryptsetup(void);

#endif
