/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names that were mistyped. */
#ifndef CLI_SPELLING_H
#define CLI_SPELLING_H

#include <stddef.h>

/* How many letters of the first n_a of a have to be changed, added or left out for b (Levenshtein's
 * distance); 99 for a b that is no short name. */
unsigned spelling_distance(const char *a, size_t n_a, const char *b);

#endif
