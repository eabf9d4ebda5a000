/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What it costs to try a passphrase on a LUKS header: chosen, read back, and limited.
 *
 * Argon2id: RFC 9106; PBKDF2: RFC 8018. Floors are those of doc/xburncrypt.5 (-pbkdf-weak).
 */
#ifndef CRYPTO_FORMAT_LUKS_COSTS_H
#define CRYPTO_FORMAT_LUKS_COSTS_H

#include "crypto/format/luks.h"

/* The costs that params ask for, or the defaults; FAIL_USAGE below the floors. */
int luks_costs_choose(const struct format_params *params, const char *default_pbkdf,
	struct crypt_pbkdf_type *out, struct fail *f);

/* Tells libcryptsetup; it may lower what was asked for, which is a failure here. */
int luks_costs_set(struct luks *l, const struct crypt_pbkdf_type *asked, struct fail *f);

/* Fails where the header says less than was asked for; threads may follow the processors. */
int luks_costs_check(
	struct luks *l, int slot, const struct crypt_pbkdf_type *asked, struct fail *f);

/* Number of slots and the costs of the most expensive one, as the header gives them. */
int luks_costs_facts(struct luks *l, struct volume *v, struct fail *f);

/* Fails where opening the header asks for more than 2 GiB or about a minute: a hostile disc. */
int luks_costs_limit(struct luks *l, struct fail *f);

/* The most memory that slot, or any (CRYPT_ANY_SLOT), asks for, in KiB. */
uint32_t luks_costs_memory(struct luks *l, int slot);

/* Whether libcryptsetup's result means that so much memory can't be had. With OpenSSL's Argon2
 * (since 2.7) it says -EINVAL to that, as to other things: then it is tried. */
bool luks_costs_lack_memory(int result, uint32_t memory_kib);

/* Fills f for memory that Argon2 could not get. Always -1. */
int luks_costs_fail_memory(uint32_t memory_kib, bool is_new, struct fail *f);

#endif
