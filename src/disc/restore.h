/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Extracts one node of a disc into a directory that is open.
 *
 * What is made is new: nothing that exists is opened, followed or written to; with force, what was
 * there before is replaced by name. A file gets its name when it is whole, or had at most
 * RESTORE_SMALL bytes, in which case it is unlinked again where writing fails. Modes, owners (as
 * root), extended attributes and ACLs come after the contents, times last. Main thread; umask(0) is
 * in force. */
#ifndef DISC_RESTORE_H
#define DISC_RESTORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "disc/restore_attributes.h"
#include "disc/restore_result.h"
#include "iso/disc_files.h"
#include "util/fail.h"
#include "util/progress.h"

enum { RESTORE_SMALL = 256 * 1024, RESTORE_BUFFER = 1024 * 1024 };

struct restore {
	const struct disc_files *files;
	struct restore_attributes attributes; /* privileged: device nodes too */
	bool force;                           /* replace what is there */
	bool was_there;                       /* the next name, before anything was extracted */
	uint8_t *buf;                         /* RESTORE_BUFFER bytes */
	struct progress_watch watch;
	uint64_t n_bytes; /* that were written */
	uint64_t n_equal; /* of files that are there, and equal */
	uint64_t n_total; /* what both will be */
	uint64_t weight;  /* of what was written (disc_node_weight) */
};

/* Makes a node, other than a directory, at name. problem is empty before, and has no object after.
 */
enum restore_result restore_node(struct restore *r, int dir_fd, const char *name,
	const struct disc_node *node, struct fail *problem);

/* True where a file that was extracted can have a hard link. */
bool restore_can_link(int dir_fd, const char *name);

/* Makes name a link to a file that was extracted before. */
enum restore_result restore_link(struct restore *r, int from_fd, const char *from, int dir_fd,
	const char *name, struct fail *problem);

/* Makes a directory, writable for us; *is_new false: there was one. */
enum restore_result restore_directory(
	const struct restore *r, int dir_fd, const char *name, bool *is_new, struct fail *problem);

/* Opens an empty file that has the attributes of a regular file as far as the file system takes
 * them, and no name. problem: what it does not take. -1 with errno. */
int restore_probe(
	const struct restore *r, int dir_fd, const struct disc_node *node, struct fail *problem);

/* Tells the progress. n_compared: of a file that is there, so far. */
void restore_tell_progress(const struct restore *r, uint64_t n_compared);

#endif
