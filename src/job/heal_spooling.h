/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Healing data of a burn that exceed the memory: made in passes over all that is burned, before it
 * is burned, in a file without a name (heal/heal_spool.h). Main thread only. */
#ifndef JOB_HEAL_SPOOLING_H
#define JOB_HEAL_SPOOLING_H

#include "heal/heal_spool.h"
#include "job/chain.h"
#include "job/voice.h"
#include "util/fail.h"

struct heal_spooling {
	unsigned n_passes; /* 0: it is not used */
	int fd;
	const char *dir;
	uint64_t n_bytes;
	struct heal_spool *spool;
};

/* Makes the file in dir (NULL: $TMPDIR or /var/tmp), and looks whether there is room for it. 0, or
 * -1 with f filled; heal_spooling_close in any case. */
int heal_spooling_open(struct heal_spooling *s, const struct heal_layout *l, unsigned n_passes,
	const char *dir, struct fail *f);

/* Gets ready for the passes. 0, or -1 with f filled. */
int heal_spooling_begin(struct heal_spooling *s, struct heal_record *r,
	const struct block_tree_hash *hash, const struct heal_voucher *voucher, struct fail *f);

/* Makes them. plan's stage of healing data computes into the spool. 0, or -1 with f filled. */
int heal_spooling_run(struct heal_spooling *s, const struct chain_plan *plan,
	const struct voice *voice, struct fail *f);

void heal_spooling_close(struct heal_spooling *s);

#endif
