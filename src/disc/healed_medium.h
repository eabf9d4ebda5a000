/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A medium that is read through its healing data (heal/heal_reader.h): what is put between it and
 * the volume on it. */
#ifndef DISC_HEALED_MEDIUM_H
#define DISC_HEALED_MEDIUM_H

#include <stdbool.h>

#include "heal/heal_reader.h"
#include "heal/heal_record.h"
#include "util/block_reader.h"
#include "util/fail.h"

struct healed_medium;

/* The medium is borrowed, and outlives it; the record is copied. is_plain: it ends where the volume
 * does, but nothing is compared or healed; nor is it without a root. NULL with f filled. */
struct healed_medium *healed_medium_new(struct block_reader *medium,
	const struct heal_record *record, bool is_plain, struct fail *f);

/* The volume's blocks; any number of threads, if the medium takes them. */
struct block_reader *healed_medium_blocks(struct healed_medium *h);

const struct heal_record *healed_medium_record(const struct healed_medium *h);

/* As heal_reader_fits. */
int healed_medium_fits(struct healed_medium *h, bool *fits, struct fail *f);

/* As heal_reader_lacks_digests. */
int healed_medium_lacks_digests(struct healed_medium *h, bool *lacks, struct fail *f);

/* Reads the volume's header from its copy from now on, or no longer. */
void healed_medium_copy_header(struct healed_medium *h, bool is_copied);
bool healed_medium_is_header_copied(const struct healed_medium *h);

/* As heal_reader_demand_proof. */
void healed_medium_demand_proof(struct healed_medium *h);

/* Any thread. */
struct heal_reader_counts healed_medium_counts(const struct healed_medium *h);

/* NULL does nothing. */
void healed_medium_free(struct healed_medium *h);

#endif
