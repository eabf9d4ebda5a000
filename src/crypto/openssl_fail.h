/* SPDX-License-Identifier: GPL-3.0-or-later */
/* OpenSSL's error queue, turned into a failure. Private to src/crypto. */
#ifndef CRYPTO_OPENSSL_FAIL_H
#define CRYPTO_OPENSSL_FAIL_H

#include "util/fail.h"

/* Fills f (FAIL_FAILED) with "what", an infinitive such as "encrypt with AES-256-ECB", and
 * OpenSSL's first reason; empties this thread's queue. Always returns -1. */
int openssl_fail_set(struct fail *f, const char *what);

/* Empties the queue after an error that is no failure. */
void openssl_fail_forget(void);

#endif
