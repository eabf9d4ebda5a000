/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tree/tree_file.h"

#include <stdlib.h>

#include "tree/isofs.h"
#include "util/sector.h"
#include "util/signals.h"
#include "util/size.h"

enum { N_BUCKETS_FIRST = 1024 };

int tree_file_set_init(
	struct tree_file_set *s, struct arena *keep, struct arena *scratch, struct fail *f)
{
	*s = (struct tree_file_set){
		.keep = keep, .scratch = scratch, .n_buckets = N_BUCKETS_FIRST
	};
	s->buckets = calloc(s->n_buckets, sizeof *s->buckets);
	if (!s->buckets)
		return fail_memory(f);
	placeholder_gate_init(&s->gate);
	s->end = &s->first;
	s->changed_end = &s->changed;
	return 0;
}

void tree_file_set_clear(struct tree_file_set *s)
{
	free(s->buckets);
	s->buckets = NULL;
	placeholder_gate_clear(&s->gate);
}

static size_t bucket_of(dev_t dev, ino_t ino, size_t n_buckets)
{
	uint64_t h = (uint64_t)ino * 0x9e3779b97f4a7c15u ^ (uint64_t)dev * 0xc2b2ae3d27d4eb4fu;

	return (size_t)(h >> 20) & (n_buckets - 1);
}

/* Doubles the table once it is full; without memory it stays as it is, and only gets slower. */
static void grow(struct tree_file_set *s)
{
	size_t n = 2 * s->n_buckets;
	struct tree_file **buckets;

	if (s->n_files < s->n_buckets)
		return;
	buckets = calloc(n, sizeof *buckets);
	if (!buckets)
		return;
	for (size_t i = 0; i < s->n_buckets; i++) {
		while (s->buckets[i]) {
			struct tree_file *file = s->buckets[i];
			size_t at = bucket_of(file->dev, file->ino, n);

			s->buckets[i] = file->next_same_hash;
			file->next_same_hash = buckets[at];
			buckets[at] = file;
		}
	}
	free(s->buckets);
	s->buckets = buckets;
	s->n_buckets = n;
}

static bool is_same_time(struct timespec a, struct timespec b)
{
	return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

bool tree_file_is_like(const struct tree_file *file, const struct stat *st)
{
	return file->dev == st->st_dev && file->ino == st->st_ino &&
	       file->n_bytes == (uint64_t)st->st_size && is_same_time(file->mtime, st->st_mtim) &&
	       is_same_time(file->ctime, st->st_ctim);
}

int tree_file_add_name(struct tree_file_set *s, struct tree_file *file, const struct folder *folder,
	const char *name, bool followed)
{
	struct tree_name *n = arena_alloc(file->old ? s->scratch : s->keep, sizeof *n);

	if (!n)
		return -1;
	*n = (struct tree_name){ folder, name, followed, file->others };
	file->others = n;
	return 0;
}

struct tree_file *tree_file_like(
	const struct tree_file_set *s, const struct tree_file *after, const struct stat *st)
{
	struct tree_file *file =
		after ? after->next_same_hash
		      : s->buckets[bucket_of(st->st_dev, st->st_ino, s->n_buckets)];

	while (file && !tree_file_is_like(file, st))
		file = file->next_same_hash;
	return file;
}

/* Behind all others. */
static void append(struct tree_file_set *s, struct tree_file *file)
{
	*s->end = file;
	s->end = &file->next;
	s->n_blocks += size_round_up(file->n_bytes, BLOCK_BYTES) / BLOCK_BYTES;
}

struct tree_file *tree_file_add(struct tree_file_set *s, const struct old_file *old,
	const struct folder *folder, const char *name, bool followed, const struct stat *st)
{
	struct tree_file *file, **bucket;

	grow(s);
	bucket = &s->buckets[bucket_of(st->st_dev, st->st_ino, s->n_buckets)];
	file = arena_alloc(old ? s->scratch : s->keep, sizeof *file);
	if (!file)
		return NULL;
	*file = (struct tree_file){ .folder = folder,
		.name = name,
		.followed = followed,
		.old = old,
		.n_bytes = (uint64_t)st->st_size,
		.serial = ++s->n_files,
		.mtime = st->st_mtim,
		.ctime = st->st_ctim,
		.dev = st->st_dev,
		.ino = st->st_ino,
		.next_same_hash = *bucket };
	*bucket = file;
	append(s, file);
	return file;
}

struct tree_file *tree_file_add_old(
	struct tree_file_set *s, const struct old_file *old, uint64_t n_bytes)
{
	struct tree_file *file = arena_alloc(s->scratch, sizeof *file);

	if (!file)
		return NULL;
	*file = (struct tree_file){ .n_bytes = n_bytes, .serial = ++s->n_files, .old = old };
	append(s, file);
	return file;
}

void tree_file_part(struct tree_file_set *s)
{
	struct tree_file *file = s->first, *next, **old_end = &s->first_old;

	s->end = &s->first;
	s->n_files = s->n_blocks = 0;
	for (; file; file = next) {
		next = file->next;
		file->next = NULL;
		if (file->old) {
			*old_end = file;
			old_end = &file->next;
			continue;
		}
		file->serial = ++s->n_files;
		append(s, file);
	}
	*s->end = NULL;
}

void tree_file_number_old(struct tree_file_set *s)
{
	uint64_t serial = s->n_files;

	for (struct tree_file *file = s->first_old; file; file = file->next)
		file->serial = ++serial;
}

void tree_file_settle(struct tree_file_set *s)
{
	free(s->buckets);
	s->buckets = NULL;
	s->first_old = NULL;
}

/* The first change stays: what comes later follows from it. */
void tree_file_changed(
	struct tree_file_set *s, struct tree_file *file, enum file_change change, int sys_errno)
{
	if (file->change != FILE_SAME || signals_caught())
		return;
	file->change = change;
	file->sys_errno = sys_errno;
	*s->changed_end = file;
	s->changed_end = &file->next_changed;
}

enum file_change tree_file_compare(const struct tree_file *file, const struct stat *st)
{
	uint64_t n = (uint64_t)st->st_size;

	if (!S_ISREG(st->st_mode))
		return FILE_MODIFIED;
	if (n != file->n_bytes)
		return n < file->n_bytes ? FILE_SHRANK : FILE_GREW;
	if (!is_same_time(st->st_mtim, file->mtime))
		return FILE_MODIFIED;
	/* FUSE may give a file a new number, but no new ctime, as a renaming does */
	return (st->st_dev == file->dev && st->st_ino == file->ino) ||
			       is_same_time(st->st_ctim, file->ctime)
		       ? FILE_SAME
		       : FILE_REPLACED;
}

struct iso_stream *tree_file_stream(struct tree_file *file, struct placeholder_gate *gate)
{
	if (file->stream)
		iso_stream_ref(file->stream);
	else
		file->stream = placeholder_stream(gate, file->n_bytes, file->serial);
	return file->stream;
}
