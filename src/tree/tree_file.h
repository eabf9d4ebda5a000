/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The regular files of a tree: what the scan saw of them, in the order that they have on the disc.
 *
 * Names of one file (hard links, a file reached twice) share one struct tree_file, and so one
 * extent and one inode on the disc. Two names may be one file only where device, inode, size, mtime
 * and ctime agree to the nanosecond; whether they are is for the scan to find out
 * (tree/identity.h).
 *
 * The scan adds them in the main thread; one thread reads them (tree/tree_contents.h); the list of
 * what changed is read when that has ended.
 */
#ifndef TREE_TREE_FILE_H
#define TREE_TREE_FILE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "iso/arena.h"
#include "tree/folder.h"
#include "tree/placeholder.h"
#include "util/fail.h"

struct iso_stream;
struct old_file;

enum file_change {
	FILE_SAME,
	FILE_SHRANK,
	FILE_GREW,
	FILE_MODIFIED,   /* as long as before, but written to since the scan */
	FILE_REPLACED,   /* another file of that size and mtime has its name */
	FILE_UNREADABLE, /* could not be opened or read (any more); see sys_errno */
};

/* One more name of a file. */
struct tree_name {
	const struct folder *folder;
	const char *name;
	bool followed;
	struct tree_name *next;
};

struct tree_file {
	const struct folder *folder;
	const char *name;
	bool followed; /* name is a symbolic link that was followed */
	struct tree_name *others;
	uint64_t n_bytes;
	uint64_t serial; /* its identity in libisofs, from 1 on */
	struct timespec mtime, ctime;
	dev_t dev;
	ino_t ino;
	struct iso_stream *stream; /* NULL until tree_file_stream; owned by libisofs' nodes */
	struct tree_file *next;    /* on the disc */
	struct tree_file *next_same_hash;
	struct tree_file *next_changed;
	enum file_change change;
	int sys_errno;
	const struct old_file *old; /* has its bytes, which stay there; NULL: they go out */
};

struct tree_file_set {
	struct placeholder_gate gate;
	struct arena *keep, *scratch;
	struct tree_file **buckets; /* NULL after tree_file_settle */
	size_t n_buckets;
	struct tree_file *first, **end;
	struct tree_file *first_old; /* from tree_file_part to tree_file_settle */
	uint64_t n_files, n_blocks;
	struct tree_file *changed, **changed_end;
	_Atomic(const struct tree_file *) reading; /* NULL: none; any thread may look */
};

/* The files' memory comes from keep; that of files whose bytes an earlier session has, which nobody
 * reads, from scratch, which may be cleared after tree_file_settle. 0, or -1 with f filled. */
int tree_file_set_init(
	struct tree_file_set *s, struct arena *keep, struct arena *scratch, struct fail *f);
void tree_file_set_clear(struct tree_file_set *s);

/* The next file in the set after that one (NULL: the first) that st may be of, too; NULL for none.
 */
struct tree_file *tree_file_like(
	const struct tree_file_set *s, const struct tree_file *after, const struct stat *st);

/* True where st may be of file. */
bool tree_file_is_like(const struct tree_file *file, const struct stat *st);

/* A new file, called name in folder; old as in struct tree_file. name has to live as long as the
 * set. NULL without memory. */
struct tree_file *tree_file_add(struct tree_file_set *s, const struct old_file *old,
	const struct folder *folder, const char *name, bool followed, const struct stat *st);

/* A new file of old's bytes, of which nothing else is known. NULL without memory. */
struct tree_file *tree_file_add_old(
	struct tree_file_set *s, const struct old_file *old, uint64_t n_bytes);

/* Takes those that an earlier session has out of the list, into one of their own; n_files and
 * n_blocks are those of the others, whose serials begin anew. Once, when all are known. */
void tree_file_part(struct tree_file_set *s);

/* Gives the old ones their serials, behind those of the others. */
void tree_file_number_old(struct tree_file_set *s);

/* All are known and have their streams: forgets those that an earlier session has. */
void tree_file_settle(struct tree_file_set *s);

/* One more name of a file of the set; it has to live as long. 0, or -1 without memory. */
int tree_file_add_name(struct tree_file_set *s, struct tree_file *file, const struct folder *folder,
	const char *name, bool followed);

/* A reference to what stands for file in libisofs, for one node; its first call takes gate. NULL
 * without memory. */
struct iso_stream *tree_file_stream(struct tree_file *file, struct placeholder_gate *gate);

/* What has become of a file that st is of now. */
enum file_change tree_file_compare(const struct tree_file *file, const struct stat *st);

/* Remembers that a file is not what the scan saw; once. Not after a caught signal, which cuts short
 * what is read. */
void tree_file_changed(
	struct tree_file_set *s, struct tree_file *file, enum file_change change, int sys_errno);

#endif
