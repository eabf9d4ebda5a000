/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What healing data (job/healing.h) say of a disc, printed. */
#ifndef CLI_HEALTH_H
#define CLI_HEALTH_H

#include "cli/printer.h"
#include "cli/settings.h"
#include "disc/disc.h"
#include "util/fail.h"

/* Completes what a burn is asked of healing data. 0, or -1 with f filled (FAIL_USAGE). */
int health_burn(struct settings *s, struct fail *f);

/* Completes s->heal: the source, and what was not given. 0, or -1 with f filled (FAIL_USAGE). */
int health_settings(struct settings *s, const char *source, struct fail *f);

/* Has the source opened too, where anything says how. 0, or -1 with f filled (FAIL_USAGE). */
int health_choose_key(struct settings *s, struct fail *f);

/* Prints runs of blocks, "A-B", as many as fit into a message, that a function of
 * heal/block_states.h finds in the volume. */
void health_print_runs(const struct healing *h, const uint8_t *states,
	uint64_t (*next)(
		const uint8_t *states, struct heal_area area, uint64_t at, uint64_t *first),
	char *out, size_t n);

/* For the last line of a JSON run: what was healed while a disc was read. */
void health_keep(struct printer *p, const struct disc *d);

/* Prints, where something of a disc was healed or is lost, the last line of verify with the secret.
 */
void health_print_reading(const struct heal_reader_counts *n);

/* Says what proves who made a disc of which all was read. 0, or -1 with f filled. */
int health_print_proof(
	const struct settings *s, const struct printer *p, const struct disc *d, struct fail *f);

struct heal_authenticity;

/* The event "health"; a is NULL after a repair. */
void health_print_json(const struct healing *h, const struct heal_authenticity *a);

/* The verb verify without the secret. */
int health_verify(struct settings *s, struct printer *p, struct fail *f);

#endif
