/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What vouches for healing data that are made: a MAC under the volume's key, and a signature. Both
 * are of what is known last, the root of the digests, so that the keys are kept until then. */
#ifndef JOB_HEAL_PROOF_H
#define JOB_HEAL_PROOF_H

#include "crypto/format/volume.h"
#include "heal/heal_record.h"
#include "job/request.h"
#include "job/voice.h"
#include "util/fail.h"
#include "util/secret.h"

struct heal_proof {
	struct secret *volume_key;  /* NULL: no MAC */
	struct secret *signing_key; /* NULL: no signature */
};

/* Reads the signing key that the wish names, and asks for its passphrase where it has one (a wrong
 * one: up to three times). Before the sandbox. heal_proof_close in any case. 0, or -1 with f
 * filled. */
int heal_proof_open(struct heal_proof *p, const struct heal_wish *wish, const struct voice *voice,
	struct fail *f);

/* Takes a copy of the volume's key, where it has one. 0, or -1 with f filled. */
int heal_proof_take_key(struct heal_proof *p, const struct volume *v, struct fail *f);

/* Adds MAC and signature to a record that has its root. 0, or -1 with f filled. */
int heal_proof_add(const struct heal_proof *p, struct heal_record *r, struct fail *f);

void heal_proof_close(struct heal_proof *p);

#endif
