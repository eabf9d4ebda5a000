/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sink that burns: one session with one data track on the medium in a drive. */
#ifndef DRIVE_SESSION_H
#define DRIVE_SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "util/fail.h"
#include "util/message.h"
#include "util/progress.h"

struct burn_source;
struct drive;

enum write_type { WRITE_AUTO, WRITE_TAO, WRITE_SAO, WRITE_DAO, WRITE_INCREMENTAL };

struct session_options {
	enum write_type write_type;
	double speed;     /* multiples of the medium's 1x; 0: the drive's choice */
	bool dummy;       /* simulated write */
	bool multi;       /* leave the medium appendable */
	bool after_blank; /* for session_check only: a used rewritable is about to be blanked
			     (fast), and is looked at as if it were */
	bool overwrite;   /* an overwritable medium may lose what it holds (else it is refused) */
};

/* How far a burn came, also where it failed. */
struct session_result {
	uint64_t n_bytes; /* that libburn took */
	bool was_begun;   /* false: the medium is as it was, but for its formatting */
	bool has_all;     /* all that there was to burn was taken */
};

/* What a track on this medium is padded with behind the payload (pad_source_new): CD needs 150
 * blocks that may be unreadable, DVD and BD whole ECC blocks (16 and 32 blocks). */
void session_padding(const struct drive *d, uint32_t *unit_bytes, uint64_t *extra_bytes);

/* Whether this burn can work, before anything is written: drive, medium and size as
 * drive_check_fits does, then write type, simulation, multi, speed and whether the size has to be
 * known. n_bytes: all that goes onto the medium, padding included; 0: unknown. FAIL_DRIVE, with
 * numbers and what to do. */
int session_check(
	const struct drive *d, uint64_t n_bytes, const struct session_options *o, struct fail *f);

/* Checks as session_check does, formats a medium that has to be, and burns top, which delivers
 * announced_bytes: a multiple of BLOCK_BYTES, 0 for unknown. A source that fails or ends early
 * cancels at once, so that no wrong disc is finished. A success only if libburn wrote well, nothing
 * was aborted and exactly the announced bytes were taken; whether a stage failed is told by
 * stage_cause. A caught signal cancels, waits until the drive is at rest, and
 * is a failure; one that came before leaves the medium alone. 0 or -1. top stays the caller's. */
int session_burn(struct drive *d, struct burn_source *top, uint64_t announced_bytes,
	const struct session_options *o, const struct progress_watch *watch,
	const struct messages *m, struct session_result *result, struct fail *f);

#endif
