/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The chain of stages from the plain source to what a sink pulls. */
#ifndef JOB_PIPELINE_H
#define JOB_PIPELINE_H

#include <stdbool.h>
#include <stdint.h>

#include "crypto/digest_list.h"
#include "crypto/format/volume.h"
#include "tree/container_source.h"
#include "job/input.h"
#include "util/fail.h"

struct pipeline_plan {
	struct input *input;
	const struct volume *volume;
	const struct container_spec *container; /* NULL: the volume is all that goes out */
	uint64_t container_bytes;
	uint64_t payload_bytes;      /* of the plain source; 0: unknown */
	struct digest_list *digests; /* of all but the padding; NULL: none is wanted */
	bool is_for_drive;           /* padding, and a queue as long as a drive needs it */
	uint32_t pad_unit_bytes;     /* what the medium needs behind the data */
	uint64_t pad_extra_bytes;
};

struct pipeline {
	struct burn_source *top;   /* what the sink pulls */
	struct burn_source *queue; /* the top one, before a drive; else NULL */
	struct burn_source *tap;   /* what passes it goes onto the disc, but for the padding */
	uint64_t n_bytes;          /* that go out before the padding; 0: unknown */
	uint64_t announced_bytes;  /* that go out in all; 0: unknown */
	uint64_t n_sent;           /* once it was closed: bytes that passed the tap */
};

/* Nests the stages. The plan's parts are borrowed until pipeline_close. 0, or -1 with f filled;
 * close in any case. */
int pipeline_open(struct pipeline *p, const struct pipeline_plan *plan, struct fail *f);

/* Ends the stages' threads and frees them. */
void pipeline_close(struct pipeline *p);

#endif
