/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The directory that files are brought back to. One that is made for that and stays empty, as after
 * a wrong passphrase, is taken away again: by a process of its own, as the sandbox forbids that to
 * the one that reads the disc. Main thread only.
 */
#ifndef CLI_NEW_DIR_H
#define CLI_NEW_DIR_H

#include <stdbool.h>
#include <sys/types.h>

#include "util/fail.h"
#include "util/secret.h"

struct new_dir {
	bool is_new;  /* it was made */
	pid_t keeper; /* 0: none */
	int end;      /* of the pipe to it; only with a keeper */
};

/* Makes the directory at path unless it is there; called before the sandbox is entered. secret is
 * what the process holds already, which is wiped in the other one (NULL: nothing). 0, or -1 with f
 * filled. */
int new_dir_make(struct new_dir *d, const char *path, struct secret *secret, struct fail *f);

/* Takes it away where it was made and is empty, unless keep says that it has to be. */
void new_dir_close(struct new_dir *d, bool keep);

#endif
