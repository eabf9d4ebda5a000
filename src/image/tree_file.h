/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The regular files of a tree: what the walk saw of them, and the streams that libisofs reads them
 * through.
 *
 * Names of one file (hard links, a file reached twice) share one struct tree_file, and so one
 * extent and one inode on the disc. Two names are one file only where device, inode, size, mtime
 * and ctime agree to the nanosecond: an inode number that was used again during the walk never
 * merges two files.
 *
 * A stream always delivers the size that the walk saw; what is missing is zeros, and the file is
 * remembered. Streams wait at a gate until the burn begins: libisofs' writer starts as soon as the
 * image is laid out, which tells its size. The walk runs in the main thread, the streams in
 * libisofs' writer thread, the list of what changed is read when that has ended.
 */
#ifndef IMAGE_TREE_FILE_H
#define IMAGE_TREE_FILE_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "image/arena.h"
#include "image/folder.h"
#include "util/fail.h"

struct iso_stream;

enum file_change {
	FILE_SAME,
	FILE_SHRANK,
	FILE_GREW,
	FILE_MODIFIED,   /* as long as before, but written to since the walk */
	FILE_UNREADABLE, /* could not be opened or read (any more); see sys_errno */
};

struct tree_file {
	const struct folder *folder;
	const char *name;
	bool followed; /* name is a symbolic link that was followed */
	uint64_t n_bytes;
	struct timespec mtime, ctime;
	dev_t dev;
	ino_t ino;
	uint64_t serial; /* its identity for libisofs, from 1 */
	struct tree_file_set *set;
	struct iso_stream *stream; /* NULL until tree_file_stream; owned by libisofs' nodes */
	struct tree_file *next_same_hash;
	struct tree_file *next_changed;
	enum file_change change;
	int sys_errno;
};

enum tree_file_gate {
	GATE_CLOSED,    /* streams wait */
	GATE_OPEN,      /* files are read */
	GATE_ABANDONED, /* nobody wants the image: streams are zeros, no file is touched */
};

struct tree_file_set {
	pthread_mutex_t lock; /* for gate */
	pthread_cond_t gate_moved;
	enum tree_file_gate gate;
	struct arena *arena;
	struct tree_file **buckets;
	size_t n_buckets, n_files;
	/* the one file that is being read */
	struct folder_cursor cursor;
	uint8_t *buf;
	size_t n_buf, at_buf;
	uint64_t n_read; /* of the file */
	int fd;          /* -1: none, or given up */
	struct tree_file *changed, **changed_end;
	size_t n_changed;
};

/* The files' memory comes from arena. 0, or -1 with f filled. */
int tree_file_set_init(struct tree_file_set *s, struct arena *arena, struct fail *f);
void tree_file_set_clear(struct tree_file_set *s);

/* Lets the streams go on. Any thread. */
void tree_file_set_gate(struct tree_file_set *s, enum tree_file_gate gate);

/* The file called name in folder, which is the same one for all its names; *is_new tells whether
 * this is the first. name has to live as long as the set. NULL without memory. */
struct tree_file *tree_file_add(struct tree_file_set *s, const struct folder *folder,
	const char *name, bool followed, const struct stat *st, bool *is_new);

/* A reference to the stream of file, for one node of libisofs. NULL without memory. */
struct iso_stream *tree_file_stream(struct tree_file *file);

#endif
