/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Mistyped names. */
#ifndef CLI_SPELLING_H
#define CLI_SPELLING_H

#include <stddef.h>

/* How many letters of the first n_a of a must be changed, added or left out to get b (Levenshtein
 * distance); 99 if b is not a short name. */
unsigned spelling_distance(const char *a, size_t n_a, const char *b);

#endif
