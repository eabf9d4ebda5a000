/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the command line says of a disc's authenticity (job/heal_authenticity.h). */
#ifndef CLI_PROOF_H
#define CLI_PROOF_H

#include "cli/json.h"
#include "job/heal_authenticity.h"

/* What proves who made the disc: "by the disc's key, by a trusted signature"; "" where nothing
 * does. Returns out. */
char *proof_describe(const struct heal_authenticity *a, char out[96]);

/* Adds its keys to an object. */
void proof_json(struct json *j, const struct heal_authenticity *a, const struct heal_record *r);

/* Tells in JSON that a MAC was wrong, of a disc that could not be opened for that. */
void proof_tell_wrong_mac(void);

#endif
