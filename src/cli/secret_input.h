/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The secret that the command line names: where it comes from, and as what it is used. */
#ifndef CLI_SECRET_INPUT_H
#define CLI_SECRET_INPUT_H

#include <stdbool.h>
#include <stddef.h>

#include "crypto/format/volume.h"
#include "cli/options.h"
#include "job/output.h"
#include "util/fail.h"
#include "util/message.h"

struct secret_input {
	struct secret **secrets;        /* owned */
	struct credential *credentials; /* the same, as the formats take them: the main one first,
					   then what -add-pass-file and -add-key-file add */
	size_t n;
};

/* Looks at the command line alone: at most one secret, and none where the format takes none; stdin
 * serves either the secret or the source. 0, or -1 with f filled (FAIL_USAGE). */
int secret_input_check(
	const struct options *o, bool format_needs_secret, bool source_is_stdin, struct fail *f);

/* Refuses an output that is one of the files that the secrets are read from. 0, or -1 with f
 * filled. */
int secret_input_check_apart(const struct options *o, const struct output *out, struct fail *f);

/* True where the command line names a secret: nothing has to be asked. */
bool secret_input_is_given(const struct options *o);

/* The main secret as the formats take it, without the secret itself: kind and paths, which live as
 * long as o. */
struct credential secret_input_described(const struct options *o);

/* Reads or asks for the secrets; is_new: it is asked for twice. object: what it is for, in the
 * prompt. The caller calls secret_input_free in any case. 0, or -1 with f filled. */
int secret_input_get(struct secret_input *in, struct options *o, bool is_new, const char *object,
	const struct messages *m, struct fail *f);

void secret_input_free(struct secret_input *in);

#endif
