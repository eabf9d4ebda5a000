/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The files of an ISO 9660 file system (ECMA-119) with Rock Ridge, AAIP or Joliet, or of UDF
 * (ECMA-167), read through a block_reader: directories one by one, when asked for, and the bytes of
 * files.
 *
 * Of a disc that has several sets of names one is shown: Rock Ridge's where there are any, else
 * UDF's, else Joliet's, else the plain ones. Everything read is treated as a stranger's
 * (iso/disc_listing.h). Once it is open nothing in it changes: any number of threads may use it at
 * once, where they may use the block_reader. */
#ifndef ISO_DISC_FILES_H
#define ISO_DISC_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "iso/disc_listing.h"
#include "iso/disc_node.h"
#include "util/block_reader.h"
#include "util/fail.h"

struct disc_files;

/* Reads the volume descriptors and the root. blocks is borrowed, and must outlive it. memory: how
 * much may be used for what the disc makes us keep (iso/disc_memory.h); 0: DISC_MEMORY_DEFAULT.
 * NULL with f filled: there is no such file system, or what it begins with is damaged. */
struct disc_files *disc_files_open(struct block_reader *blocks, size_t memory, struct fail *f);

/* Opens one of the trees that are not shown, as a disc often has several sets of names; index
 * counts from 0. NULL: there is no such tree; with f filled, as above. */
struct disc_files *disc_files_open_hidden(
	struct block_reader *blocks, size_t memory, unsigned index, struct fail *f);

/* What is wrong with the file system as a whole (it is truncated: it records more than there is; a
 * descriptor is damaged, so that the names shown may not be the intended ones); NULL: nothing. What
 * may be a lack of padding is told only after disc_end_check. */
const char *disc_files_damage(const struct disc_files *d);

/* Makes it so that this is the damage. */
void disc_files_tell_truncated(struct disc_files *d);

/* What was damaged up to now in what was read of directories, and taken from a copy, so that
 * nothing is missing; NULL: nothing. */
const char *disc_files_copied(const struct disc_files *d);

/* The file systems that the disc has, as far as they can be read, and whose files are shown. */
struct disc_sides {
	bool has_iso9660, has_udf, is_udf_shown;
	uint16_t udf_revision;  /* 0x0102: UDF 1.02; 0: it is not recorded */
	bool has_joliet;        /* beside the plain tree of ISO 9660 */
	bool is_rock_ridge;     /* the tree that is shown */
	unsigned n_descriptors; /* of ISO 9660, the one that ends them among them */
};
struct disc_sides disc_files_sides(const struct disc_files *d);

/* Writes that as text: "ISO 9660 and UDF 1.02, of which UDF is read"; "": none. Returns out. */
const char *disc_files_describe(const struct disc_sides *s, char *out, size_t n);

/* What belongs to the file system, but to none of its files and directories; *n in all. */
const struct disc_extent *disc_files_structures(const struct disc_files *d, size_t *n);

/* Where the session begins that it is of; 0: the first (iso/descriptors.h). */
uint64_t disc_files_start(const struct disc_files *d);

/* Where the volume space that is recorded ends, and how much of it the medium has, both in blocks.
 */
uint64_t disc_files_n_blocks(const struct disc_files *d);
uint64_t disc_files_n_blocks_there(const struct disc_files *d);

/* The memory that was granted. */
size_t disc_files_memory(const struct disc_files *d);

/* The root directory; it lives as long as d. */
const struct disc_node *disc_files_root(const struct disc_files *d);

/* The contents of a directory; disc_listing_free. NULL with f filled (no memory, too much of it, a
 * caught signal): damage is not a failure. */
struct disc_listing *disc_files_list(
	const struct disc_files *d, const struct disc_node *dir, struct fail *f);

/* Looks up a path from the root, "a/b" or "/a/b/" (empty names and "." are ignored, ".." is not
 * found). The node lives as long as *holder, which disc_listing_free frees, and which is NULL for
 * the root. NULL with f filled: nothing is there, FAIL_FAILED and ENOENT or ENOTDIR. */
const struct disc_node *disc_files_find(
	const struct disc_files *d, const char *path, struct disc_listing **holder, struct fail *f);

/* Reads n bytes of a regular file from offset on, fewer at its end; *n_read says how many. 0, or -1
 * with f filled. */
int disc_files_read(const struct disc_files *d, const struct disc_node *file, uint64_t offset,
	size_t n, uint8_t *buf, size_t *n_read, struct fail *f);

void disc_files_close(struct disc_files *d);

#endif
