/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who made a disc: what its record of healing data proves, and whether that is what was asked for.
 * Damage is another matter: a block that differs from its digest is never handed out as proven. */
#ifndef JOB_HEAL_AUTHENTICITY_H
#define JOB_HEAL_AUTHENTICITY_H

#include <stdbool.h>

#include "crypto/format/volume.h"
#include "heal/heal_record.h"
#include "job/request.h"
#include "util/fail.h"

enum heal_verdict {
	HEAL_ABSENT,
	HEAL_UNCHECKED, /* it is there, but not what to check it with */
	HEAL_RIGHT,
	HEAL_WRONG,
	HEAL_OTHER_KEY, /* a signature by someone else */
};

struct heal_authenticity {
	enum heal_verdict mac, signature, root; /* root: unchecked unless one was asked for */
};

/* Finds out what the record proves; volume: opened with its key, NULL: not. 0, or -1 with f filled:
 * it can't be computed. */
int heal_authenticity_find(struct heal_authenticity *a, const struct heal_trust *trust,
	const struct heal_record *r, const struct volume *volume, struct fail *f);

/* True where the request reads only what is proven. */
bool heal_authenticity_is_demanded(const struct heal_trust *trust);

/* Gives the root that the request tells to a record of a disc that has lost it. */
void heal_authenticity_give_root(const struct heal_trust *trust, struct heal_record *r);

/* Refuses a disc that the request does not trust, as far as that is known without its key, before
 * anything else is read of it. r NULL: no healing data that count. path is the failure's object.
 * 0, or -1 with f filled (FAIL_MISMATCH). */
int heal_authenticity_check(const struct heal_trust *trust, const struct heal_record *r,
	const char *path, struct fail *f);

/* The same with the key, before the payload is read: refuses a wrong MAC in any case, and none
 * where one is required. */
int heal_authenticity_check_mac(const struct heal_trust *trust, const struct heal_record *r,
	const struct volume *volume, const char *path, struct fail *f);

#endif
