/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The secrets that a request names, read or asked for. */
#ifndef JOB_SECRETS_H
#define JOB_SECRETS_H

#include <stdbool.h>
#include <stddef.h>

#include "crypto/format/volume.h"
#include "job/output.h"
#include "job/request.h"
#include "job/voice.h"
#include "util/fail.h"

struct secrets {
	struct credential *credentials; /* the main one first; their secrets are owned */
	size_t n;
	struct credential *key_files; /* of the main one; likewise */
	size_t n_key_files;
};

/* Checks the request alone: no secret for an unencrypted disc, except an empty file
 * ("autoconfiguration" of the patch for cdrecord); no pipe is read as two secrets, or as one and at
 * source (a path, "-" for stdin; NULL: none), which messages call what; words are generated only
 * where they are hashed. 0, or -1 with f filled (FAIL_USAGE). */
int secrets_check(const struct volume_request *v, bool format_needs_secret, const char *source,
	const char *what, struct fail *f);

/* Refuses an output that is one of the files that the secrets are read from. 0, or -1 with f
 * filled. */
int secrets_check_apart(const struct volume_request *v, const struct output *out, struct fail *f);

/* The main secret as the formats take it, without the secret itself: kind and paths, which are
 * borrowed. */
struct credential secrets_described(const struct volume_request *v);

/* Reads or asks for all of them, in order; is_new: they make a volume, named object. A given one is
 * moved out of the request. secrets_free in any case. 0, or -1 with f filled. */
int secrets_get(struct secrets *s, struct volume_request *v, bool is_new, const char *object,
	const struct voice *voice, struct fail *f);

/* Warns where a secret of this process could not be locked into memory. */
void secrets_warn(const struct messages *m);

void secrets_free(struct secrets *s);

#endif
