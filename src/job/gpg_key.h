/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A key file that gpg protects (loop-AES.README: gpg-encrypted key files). */
#ifndef JOB_GPG_KEY_H
#define JOB_GPG_KEY_H

#include "util/fail.h"
#include "util/secret.h"

/* Runs "gpg --decrypt path", which asks for its passphrase by itself, and reads what it prints
 * straight into a secret. NULL with f filled: gpg is missing, or fails. The caller frees. */
struct secret *gpg_key_read(const char *path, struct fail *f);

#endif
