/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Compares the files of a disc with those in a directory: names, types, permissions, times to the
 * second, link targets, sizes, contents, which names are hard links of one regular file, extended
 * attributes and ACLs as burning records them (disc/attribute_compare.h), and, for root, owners.
 * The root, which is made up where single files are burned, and the file of digests that burning
 * adds are compared, but not counted. Not compared are sockets, and what the disc as a whole
 * doesn't record. Main thread; a caught signal ends it. */
#ifndef DISC_TREE_COMPARE_H
#define DISC_TREE_COMPARE_H

#include <stdbool.h>
#include <stdint.h>

#include "iso/disc_files.h"
#include "util/fail.h"

struct tree_compare {
	const struct disc_files *files;
	const char *dir;
	/* what differs, with its path on the disc and a static text */
	void (*differs)(void *ctx, const char *path, const char *what);
	/* what can't be read in the directory, which is no difference */
	void (*unread)(void *ctx, const char *path, int sys_errno);
	/* what is damaged, with a static text; named elsewhere where NULL */
	void (*damaged)(void *ctx, const char *path, const char *what);
	/* some bytes of the file at path were read; may be NULL */
	void (*progress)(void *ctx, const char *path);
	void *ctx;
	/* what the disc records: see tree_compare_look */
	bool has_rights, has_attributes, has_privileged;
	/* the result; a file differs once */
	uint64_t n_checked, n_differ;
	uint64_t n_unread; /* names on the disc that were not compared, or directories not listed:
			      those of the directory can't be read */
	uint64_t n_unrecorded; /* have attributes or ACLs in the directory, where the disc has none
				  at all */
	uint64_t n_left_out;   /* have attributes that were not recorded, as privileged ones */
	char left_out[256];    /* the name of one of those */
	bool are_links_cut;    /* hard links of more files than are remembered */
	const char *sums_differ;  /* how the file of digests does, where the directory has one, too;
				     not counted either; NULL: it doesn't */
	const char *root_differs; /* how the directory itself does, which counts for nothing; NULL:
				     it doesn't */
};

/* Looks at a node before anything is compared; at all of them, the root's too. Where each belongs
 * to root and is as readable as -portable or a disc without Rock Ridge have it, owners, permissions
 * and ACLs are made up; where none has attributes, or none has privileged ones, they were not
 * recorded. */
void tree_compare_look(struct tree_compare *c, const struct disc_node *node);

/* 0, also where files differ; -1 with f filled. */
int tree_compare(struct tree_compare *c, struct fail *f);

#endif
