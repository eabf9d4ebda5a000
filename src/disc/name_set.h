/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A set of names, each in a directory that has a number: a hash of 63 bits for each, so that
 * whoever takes a name for one of them has to look at the file too. One thread at a time. */
#ifndef DISC_NAME_SET_H
#define DISC_NAME_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/fail.h"

/* Zeros at first. */
struct name_set {
	uint64_t *slots; /* heap: a hash table; the lowest bit: it was taken; 0: free */
	size_t n_slots;  /* a power of 2 */
	size_t n;
};

/* Adds a name; one that was taken stays so. 0, or -1 with f filled: no memory. */
int name_set_add(struct name_set *s, uint32_t directory, const char *name, struct fail *f);

/* True where the name is there, and was not taken. */
bool name_set_has(const struct name_set *s, uint32_t directory, const char *name);

/* Takes the name away, once and for all. */
void name_set_take(struct name_set *s, uint32_t directory, const char *name);

/* Frees what s holds. */
void name_set_clear(struct name_set *s);

#endif
