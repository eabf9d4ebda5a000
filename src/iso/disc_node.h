/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a disc records about a file, a directory or a link: everything except the bytes.
 *
 * A node and all that it points to belongs to the listing (iso/disc_listing.h) it stands in, or to
 * the file system, for the root. */
#ifndef ISO_DISC_NODE_H
#define ISO_DISC_NODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "iso/aaip.h"
#include "iso/zisofs.h"

/* A part of a file's bytes, which lies in one piece on the disc, and within it. That of a directory
 * of UDF is its file entry. */
struct disc_extent {
	uint32_t lba; /* DISC_HOLE: it is not recorded, and has zeros */
	uint32_t n_bytes;
	uint16_t skip;      /* bytes of its first block before it */
	uint16_t partition; /* of UDF, as the number of the partition map; of a directory only */
};

#define DISC_HOLE UINT32_MAX

struct disc_node {
	const char *name;                  /* never "", "." or "..", no slash; of the root "" */
	const char *target;                /* of a symbolic link; NULL: it is damaged */
	const struct disc_extent *extents; /* of a regular file, of its n_bytes in all, unless they
					    are compressed; a directory has one */
	const struct disc_attribute *attributes;
	const char *damage; /* what is wrong with it ("lies beyond the end of the medium"); NULL:
			       nothing */
	uint32_t n_extents, n_attributes;
	bool is_hurt; /* some or all of its bytes are lost */
	bool is_cut;  /* only as they lie beyond the end of the medium: what is there is right */
	bool is_associated; /* the resource fork, or the like, of the file of its name */
	uint32_t mode;      /* as st_mode; type and permissions always make sense */
	uint32_t uid, gid;
	uint32_t n_links;            /* as recorded; at least 1 */
	dev_t device;                /* of a device node */
	uint64_t n_bytes;            /* of a regular file, a directory, a link's target */
	struct zisofs zisofs;        /* how a regular file is compressed; its n_bytes are without */
	uint64_t inode;              /* the same for hard links of one file */
	int64_t mtime, atime, ctime; /* seconds from 1970 on */
	uint32_t mtime_ns, atime_ns, ctime_ns; /* fractions, which UDF has */
};

/* Where its first byte that is recorded lies, in bytes from the start of the disc; 0: it has none.
 */
uint64_t disc_node_place(const struct disc_node *node);

/* How many blocks an extent touches; none where it is a hole. */
uint64_t disc_node_extent_blocks(const struct disc_extent *extent);

/* How many of a regular file's bytes lie within the medium's n_blocks, from its start on; of a
 * compressed one all or none. */
uint64_t disc_node_bytes_there(const struct disc_node *node, uint64_t n_blocks);

/* How many bytes its extents have. */
uint64_t disc_node_stored_bytes(const struct disc_node *node);

/* What of a regular file counts against a limit that depends on the medium's size: the bytes that
 * are recorded. What holes and compression make of them counts with a 1024th, about the most that
 * zlib saves, so that it has an end too. */
uint64_t disc_node_weight(const struct disc_node *node);

/* True where it is not compressed and begins with a block, each extent but the last ends with one,
 * and the next one follows it. */
bool disc_node_is_in_one_piece(const struct disc_node *node);

/* Says what is wrong with it (static text); the first thing stays. */
void disc_node_damage(struct disc_node *node, const char *what);

/* The same where bytes of it are concerned: it is hurt. */
void disc_node_hurt(struct disc_node *node, const char *what);

/* The same where bytes lie beyond the end of the medium. */
void disc_node_cut(struct disc_node *node);

/* True where bytes are lost and none can be read that are known to be the file's. */
bool disc_node_is_lost(const struct disc_node *node, uint64_t n_blocks);

/* The serial number that the disc records, the same for all names of one file; 0: it has none. */
uint32_t disc_node_serial(const struct disc_node *node);

/* True where both names are links to one file: its bytes and its attributes are the same ones, and
 * the numbers say so. Links, FIFOs and device nodes are the same by their serial numbers alone. */
int disc_node_is_same_file(const struct disc_node *a, const struct disc_node *b);

#endif
