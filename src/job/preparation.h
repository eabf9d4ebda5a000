/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What comes before a burn: the output and the source are opened, the format is chosen, what lies
 * where is laid out, and all that can be refused without a secret is refused. No secret is taken
 * and no medium touched. Main thread only. */
#ifndef JOB_PREPARATION_H
#define JOB_PREPARATION_H

#include <stdbool.h>

#include "burn/sink.h"
#include "job/heal_burning.h"
#include "job/layout.h"
#include "job/request.h"
#include "job/source.h"
#include "job/target.h"
#include "job/voice.h"
#include "tree/container_source.h"
#include "util/fail.h"

/* All zeros at first but the request, which is completed, and the voice, both borrowed. */
struct preparation {
	struct burn_request *request;
	const struct voice *voice;
	struct target target;
	struct source source;
	bool is_encrypted_image;         /* it needs no format of ours */
	struct container_spec container; /* name NULL: the volume is all of the disc */
	struct heal_burning healing;
	struct sink_needs needs;
	struct layout layout;
};

/* preparation_close in any case. 0, or -1 with f filled. */
int preparation_open(struct preparation *p, struct fail *f);

/* Closes source and output; a drive is let go. */
void preparation_close(struct preparation *p);

#endif
