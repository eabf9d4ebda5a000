/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The directory that files are extracted to. If it was created for that and stays empty, as after a
 * wrong passphrase, it is removed again, by a process of its own: the sandbox forbids that to the
 * one that reads the disc. Main thread only. */
#ifndef CLI_NEW_DIR_H
#define CLI_NEW_DIR_H

#include <stdbool.h>
#include <sys/types.h>

#include "util/fail.h"
#include "util/secret.h"

enum { NEW_DIR_NAME_BYTES = 64 };

struct new_dir {
	char name[NEW_DIR_NAME_BYTES]; /* of new_dir_make_unnamed's; "": another's */
	bool is_new;                   /* it was created */
	pid_t keeper;                  /* 0: none */
	int end;                       /* of the socket to it; only with a keeper */
};

/* Creates the directory at path unless it exists; called before the sandbox is entered. secret is
 * what this process already holds, which is wiped in the other one (NULL: nothing). 0, or -1 with f
 * filled. */
int new_dir_make(struct new_dir *d, const char *path, struct secret *secret, struct fail *f);

/* The same in the working directory, under a name that stands for the one that new_dir_name gives
 * it, in the sandbox: FAIL_USAGE if that exists. */
int new_dir_make_unnamed(struct new_dir *d, struct secret *secret, struct fail *f);
int new_dir_name(struct new_dir *d, const char *name, struct fail *f);

/* Removes it if it was created and is empty, unless keep is set. */
void new_dir_close(struct new_dir *d, bool keep);

#endif
