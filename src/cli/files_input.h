/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The file system on the SOURCE of the verbs that read files back. */
#ifndef CLI_FILES_INPUT_H
#define CLI_FILES_INPUT_H

#include "disc/disc.h"
#include "iso/disc_files.h"
#include "cli/options.h"
#include "util/fail.h"

struct files_input {
	struct disc *disc;
	struct disc_files *files;
};

/* Opens the first operand (disc_input.h), and the file system on it; one that is cut is worth a
 * warning. Files can be written beneath writable_dir, which is there (NULL: nowhere). All of in is
 * NULL where it fails. 0, or -1 with f filled. */
int files_input_open(
	struct files_input *in, struct options *o, const char *writable_dir, struct fail *f);

/* Takes what is wrong with something on the disc: a warning. ctx is a size_t that counts. */
void files_input_warn(void *ctx, const char *path, const char *what);

void files_input_close(struct files_input *in);

#endif
