/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Puts the healing data of a medium that is read, if it has any, between it and whoever reads it;
 * and says what came of that. */
#ifndef JOB_HEAL_OPENING_H
#define JOB_HEAL_OPENING_H

#include <stdbool.h>
#include <stdint.h>

#include "disc/healed_medium.h"
#include "job/request.h"
#include "util/block_reader.h"
#include "util/fail.h"
#include "util/message.h"

/* All borrowed. */
struct heal_opening {
	const struct read_request *request;
	struct block_reader *medium; /* as it is */
	const uint64_t *tracks;      /* where those of data begin */
	size_t n_tracks;
	/* once it is unlocked: where the volume says that it ends; 0: not known yet. Healing data
	 * are looked for right behind it then, and not elsewhere. */
	uint64_t end;
	const struct messages *messages;
};

/* Looks for healing data, as the request wants; in the sandbox, as the medium is a stranger's. *h
 * is NULL where there are none, or none of what the medium holds now; the caller frees it. A header
 * that shows no format is replaced by its copy. 0, or -1 with f filled: FAIL_MISMATCH where the
 * request says where they are, and they are not. */
int heal_opening_run(const struct heal_opening *o, struct healed_medium **h, struct fail *f);

/* True once so much was healed that a whole copy is the faster way. */
bool heal_opening_is_slow(const struct healed_medium *h);

/* Whether all that was handed out could be checked: 0, or -1 with f filled (FAIL_INCOMPLETE). h may
 * be NULL. */
int heal_opening_check(const struct healed_medium *h, const char *path, struct fail *f);

/* Says what was healed, once all is read, and what could not be checked, unless is_checked: that
 * was said. h may be NULL. */
void heal_opening_tell(const struct healed_medium *h, const char *path, bool is_checked,
	const struct messages *messages);

#endif
