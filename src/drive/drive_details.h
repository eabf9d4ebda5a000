/* SPDX-License-Identifier: GPL-3.0-or-later */
/* More about the medium in a drive than a burn needs: for people who look at it. */
#ifndef DRIVE_DRIVE_DETAILS_H
#define DRIVE_DRIVE_DETAILS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct drive;

struct drive_track {
	unsigned session, number; /* from 1 */
	uint64_t lba, n_blocks;
	bool is_data;
};

struct drive_details {
	char manufacturer[80]; /* of the medium; "" if it reports none */
	char media_code[80];   /* its own code, such as "RICOHJPN/R03" */
	double speeds[32];     /* write speeds, multiples of 1x, falling */
	size_t n_speeds;
	struct drive_track *tracks; /* heap */
	size_t n_tracks;
	unsigned n_sessions;
};

/* Asks drive and medium; what they don't report stays empty. drive_details_free frees. */
struct drive_details drive_details(const struct drive *d);

void drive_details_free(struct drive_details *details);

#endif
