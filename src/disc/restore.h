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

#include "iso/disc_files.h"
#include "util/fail.h"
#include "util/progress.h"

enum { RESTORE_SMALL = 256 * 1024, RESTORE_BUFFER = 1024 * 1024 };

struct restore {
	const struct disc_files *files;
	bool force;      /* replace what is there */
	bool was_there;  /* the next name, before anything was extracted */
	bool privileged; /* setuid, setgid, device nodes, attributes that only root may set */
	uint8_t *buf;    /* RESTORE_BUFFER bytes */
	struct progress_watch watch;
	uint64_t n_bytes;      /* that were written */
	uint64_t n_equal;      /* of files that are there, and equal */
	uint64_t n_total;      /* what both will be */
	uint64_t weight;       /* of what was written (disc_node_weight) */
	size_t n_without_bits; /* setuid or setgid was left out */
};

/* What became of it. */
enum restore_result {
	RESTORE_DONE,
	RESTORE_HURT,       /* it is there, but not as it was; problem says what is wrong */
	RESTORE_LEFT,       /* it is not there; problem says why */
	RESTORE_TAKEN,      /* the same: something else has its name */
	RESTORE_UNNAMEABLE, /* the same: the file system takes no such name */
	RESTORE_END, /* no point in going on (disk full, a caught signal); problem is the failure */
};

/* Makes a node, other than a directory, at name. problem is empty before, and has no object after.
 */
enum restore_result restore_node(struct restore *r, int dir_fd, const char *name,
	const struct disc_node *node, struct fail *problem);

/* True where name is there as restore_node would make it: type, contents, mode, times of change,
 * link target, attributes and ACLs, and for root the owner. */
bool restore_is_equal(
	struct restore *r, int dir_fd, const char *name, const struct disc_node *node);

/* What becomes of a node that is there, and equal: what restore_node leaves out of it is told and
 * counted as there. */
enum restore_result restore_keep(
	struct restore *r, const struct disc_node *node, struct fail *problem);

/* Makes name a link to a file that was extracted before. */
enum restore_result restore_link(struct restore *r, int from_fd, const char *from, int dir_fd,
	const char *name, struct fail *problem);

/* Makes a directory, writable for us; *is_new false: there was one. */
enum restore_result restore_directory(
	const struct restore *r, int dir_fd, const char *name, bool *is_new, struct fail *problem);

/* Gives the directory that is open for reading its attributes. */
enum restore_result restore_attributes(
	struct restore *r, int fd, const struct disc_node *node, struct fail *problem);

#endif
