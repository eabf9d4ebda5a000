/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Extracts files of a disc into a directory.
 *
 * The tree is walked first; if there is room, directories are made; then files come in the order in
 * which they lie on the disc, so that a drive streams; links last, and the attributes of
 * directories at the very end, the deepest first. What can't be extracted as it was is named by a
 * warning, and the rest is extracted: so is what can't have its name, as on a file system that
 * ignores case. Nothing that this run made is replaced. What is there and equal is left as it is.
 * Main thread; a caught signal ends it. */
#ifndef DISC_EXTRACT_H
#define DISC_EXTRACT_H

#include <stdbool.h>
#include <stddef.h>

#include "disc/outcome.h"
#include "iso/disc_files.h"
#include "util/fail.h"
#include "util/message.h"
#include "util/progress.h"

struct extract {
	const struct disc_files *files;
	const char *const *paths; /* on the disc, or patterns */
	size_t n_paths;           /* 0: all of it */
	const char *to;           /* the directory */
	bool is_target_new;       /* it was made for this: it gets the root's attributes */
	bool force;               /* replace what was there */
	bool rename;              /* give what can't have its name another one */
	bool skips_room;          /* go on where the files have no room */
	bool privileged;          /* setuid, setgid, device nodes */
	const struct progress_watch *watch;
	const struct messages *messages;
};

/* 0, also where some are hurt; -1 with f filled: a path that is not on the disc, no room, a caught
 * signal. */
int extract_files(const struct extract *x, struct extract_result *result, struct fail *f);

#endif
