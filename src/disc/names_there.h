/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which names are in a directory, as its entries spell them.
 *
 * That a name can be opened does not mean that it is there: a file system that ignores case, that
 * stores short names beside long ones, or that drops dots at the end of a name, finds a file under
 * names that are no entry. One thread at a time. */
#ifndef DISC_NAMES_THERE_H
#define DISC_NAMES_THERE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "disc/name_set.h"
#include "iso/disc_listing.h"
#include "util/fail.h"

/* A bit for each number; all those beyond n are 0. Zeros at first. */
struct names_there {
	uint8_t *bits; /* heap */
	size_t n;
};

bool names_there_has(const struct names_there *t, size_t number);

/* 0, or -1 with f filled: no memory. */
int names_there_set(struct names_there *t, size_t number, struct fail *f);

/* Sets the bits of those nodes of the listing whose names are entries of the directory that dir_fd
 * is for, and no others; one that can't be read is asked for each. 0, or -1 with f filled: no
 * memory. more, unless it is NULL, gets the names that are not in the listing, as those of a
 * directory with that number. */
int names_there_look(struct names_there *t, int dir_fd, const struct disc_listing *l,
	struct name_set *more, uint32_t directory, struct fail *f);

/* Frees what t holds. */
void names_there_clear(struct names_there *t);

#endif
