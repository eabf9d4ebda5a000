/* SPDX-License-Identifier: GPL-3.0-or-later */
/* This room's libraries: their versions, for --version, and their start. */
#ifndef CRYPTO_LIBRARIES_H
#define CRYPTO_LIBRARIES_H

/* "3.0.15": of the libcrypto that is linked. Static text. */
const char *libraries_openssl(void);

/* "2.6.1": of the libcryptsetup that this was built with (the library has no call for it). */
const char *libraries_cryptsetup(void);

/* Lets OpenSSL read its configuration, which it otherwise does at its first use; called before the
 * sandbox puts files out of reach. */
void libraries_start(void);

#endif
