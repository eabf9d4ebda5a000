/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a rescue (heal/rescue.h) has found out, as text, so that a later one goes on from there
 * (doc/FORMAT.md, "The state of a repair"). It may come from a stranger, or belong to another disc:
 * such a text is refused. */
#ifndef HEAL_RESCUE_STATE_H
#define HEAL_RESCUE_STATE_H

#include <stddef.h>
#include <stdint.h>

#include "heal/heal_record.h"
#include "util/fail.h"

/* The longest text of a disc's state. */
size_t rescue_state_most(const struct heal_record *r);

/* The text, of *n bytes, as a heap string. states is a byte a block up to the layout's end; next is
 * the rescue's. NULL with f filled. */
char *rescue_state_encode(const struct heal_record *r, const uint8_t *states, uint64_t next,
	size_t *n, struct fail *f);

/* Fills states and next from n bytes of text; name is for the failure. 0, or -1 with f filled:
 * FAIL_MISMATCH for another disc's, FAIL_FAILED for what is no such text; states may be spoiled. */
int rescue_state_decode(const char *name, const char *text, size_t n, const struct heal_record *r,
	uint8_t *states, uint64_t *next, struct fail *f);

#endif
