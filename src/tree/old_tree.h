/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the disc has already, as the scan of the sources and the merge (tree/old_merge.h) look it
 * up: directories by the place that an entry has, and files whose bytes can stay where they are.
 *
 * Names of one inode share one struct old_file. The disc has been walked before, and has no
 * circles. Main thread. */
#ifndef TREE_OLD_TREE_H
#define TREE_OLD_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "crypto/file_digest.h"
#include "iso/arena.h"
#include "iso/disc_files.h"
#include "tree/entry.h"
#include "tree/folder.h"
#include "tree/old_sums.h"
#include "tree/tree_spec.h"
#include "util/fail.h"

struct tree_file;

/* Bytes that the disc has, in one piece. */
struct old_file {
	struct old_file *next_same_hash;
	uint64_t inode, n_bytes;
	uint32_t lba;
	const char *digest;     /* NULL: not known */
	struct tree_file *file; /* the first one that was made of it; NULL: none yet */
};

/* A directory of the disc. */
struct old_folder {
	struct folder at;      /* first: for messages; of the root "/" */
	struct disc_node node; /* without attributes, target and name */
	struct disc_extent extent;
};

enum { OLD_TREE_LISTS = 16 };

struct old_tree {
	const struct tree_old *how;
	struct arena *keep;
	struct old_sums sums;
	struct old_folder *root;
	struct {
		const struct old_folder *folder;
		struct disc_listing *listing;
		unsigned long used;
	} lists[OLD_TREE_LISTS];
	unsigned long clock;
	struct old_file **buckets; /* heap */
	size_t n_buckets, n_files;
	char *path; /* heap */
	size_t max_path;
	struct file_digest *digest;
	uint8_t *buf;     /* heap: for reading */
	uint64_t n_bytes; /* read to be compared */
};

/* Refuses a disc that no session can be built on (FAIL_MISMATCH): without Rock Ridge or Joliet,
 * with UDF or what boots. Reads its digests if needs_sums, and to compare by them, where they have
 * to be there. keep has to live as long as what comes from o. old_tree_close in any case. 0, or -1
 * with f filled. */
int old_tree_open(struct old_tree *o, const struct tree_old *how, bool needs_sums,
	struct arena *keep, struct fail *f);

/* What the disc has at the place of a directory of the tree; NULL: no directory, or f is filled. */
const struct old_folder *old_tree_folder(struct old_tree *o, struct entry *dir, struct fail *f);

/* The directory that node, which is in up, is. NULL without memory. */
struct old_folder *old_tree_enter(
	struct old_tree *o, const struct old_folder *up, const struct disc_node *node);

/* The file that node, a regular one in folder, is; NULL with f filled. */
struct old_file *old_tree_take(struct old_tree *o, const struct old_folder *folder,
	const struct disc_node *node, struct fail *f);

/* True where the bytes of node can stay where they are. */
bool old_tree_can_keep(const struct old_tree *o, const struct disc_node *node);

/* True where seconds of the sources is what the disc has as stored. */
bool old_tree_is_time(int64_t seconds, int64_t stored);

struct old_match {
	struct old_file *file; /* NULL: none */
	bool has_same_times;
};

/* Finds the file of the disc that name in dir, of which st was seen, may be: one that is as long,
 * and has the same times or, where that counts, a known digest. 0, or -1 with f filled. */
int old_tree_match(struct old_tree *o, struct entry *dir, const char *name, const struct stat *st,
	struct old_match *match, struct fail *f);

/* Reads the open file, which is that at path, and compares its digest. 1: equal; 0; -1 with errno,
 * or f filled. */
int old_tree_is_equal(
	struct old_tree *o, const struct old_file *file, int fd, const char *path, struct fail *f);

/* Frees what o holds. */
void old_tree_close(struct old_tree *o);

#endif
