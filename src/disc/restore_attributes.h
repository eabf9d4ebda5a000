/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Gives what was extracted its owner (as root), extended attributes, mode, ACLs and times, and says
 * what of that only the privileged get. One thread at a time. */
#ifndef DISC_RESTORE_ATTRIBUTES_H
#define DISC_RESTORE_ATTRIBUTES_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <time.h>

#include "disc/restore_result.h"
#include "iso/disc_node.h"
#include "util/fail.h"

struct restore_attributes {
	bool privileged;       /* setuid, setgid, attributes that only root may set */
	size_t n_without_bits; /* nodes that were extracted without setuid or setgid */
};

/* Gives the file or directory that is open its attributes. All that can be set is set; RESTORE_HURT
 * with problem filled where something can't. */
enum restore_result restore_attributes_set(
	struct restore_attributes *set, int fd, const struct disc_node *node, struct fail *problem);

/* Tells an owner or a mode that the file system did not keep, though it took them without an error;
 * st: of what was extracted. */
enum restore_result restore_attributes_check(const struct restore_attributes *set,
	const struct stat *st, const struct disc_node *node, struct fail *problem);

/* The same as restore_attributes_set for what is there and equal: nothing is set, what would be
 * left out is told. */
enum restore_result restore_attributes_keep(
	struct restore_attributes *set, const struct disc_node *node, struct fail *problem);

/* The mode that the node gets, without its type; take_mode counts it where that lacks bits. */
mode_t restore_attributes_mode(const struct restore_attributes *set, const struct disc_node *node);
mode_t restore_attributes_take_mode(struct restore_attributes *set, const struct disc_node *node);

/* The times of access and change, as utimensat(2) takes them. */
void restore_attributes_times(const struct disc_node *node, struct timespec times[2]);

#endif
