/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disc/extract.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "disc/beneath.h"
#include "disc/restore.h"
#include "iso/disc_walk.h"
#include "util/sector.h"
#include "util/signals.h"
#include "util/size.h"

enum {
	PATH_BYTES = 4200,
	/* of the memory that is granted, in eighths: for the files, over a million by default */
	PENDING_SHARE = 4,
	/* a disc may record a file's bytes once for several files; not without end */
	BYTES_PER_BYTE_MAX = 16,
};

/* A file or link to be extracted: where it is, and what its place in the order depends on. */
struct pending {
	uint32_t lba;          /* of its first byte; 0: none, UINT32_MAX: a link */
	uint32_t inode;        /* lower half; brings hard links without bytes together */
	uint32_t directory;    /* of the walk */
	uint32_t index;        /* in its listing */
	uint64_t n_bytes : 63; /* of a file, those that are there */
	uint64_t has_links : 1;
};

struct work {
	const struct extract *x;
	struct extract_result *result;
	struct disc_walk walk;
	struct beneath to;
	struct restore restore;
	struct pending *pending; /* heap */
	size_t n_pending, max_pending;
	uint8_t *is_ready; /* heap: a bit for each directory that is there and that we may set */
	size_t n_ready;
	/* the file that was extracted last, for links to it */
	bool has_last;
	struct disc_node last;
	struct disc_extent *last_extents; /* heap */
	char *last_target;                /* heap; NULL: it is not a link */
	uint32_t last_directory;
	char last_name[256];
	uint64_t n_medium_blocks;    /* that are there */
	struct disc_extent previous; /* of the last file with bytes, extracted or not */
	uint64_t end_lba;            /* behind all files so far */
};

static void name_hurt(struct work *w, const char *path, const char *what, int sys_errno)
{
	w->result->n_hurt++;
	message_warn(w->x->messages, "%s: %s%s%s", *path ? path : "/", what, sys_errno ? ": " : "",
		sys_errno ? strerror(sys_errno) : "");
}

static void tell_damaged(void *ctx, const char *path, const char *what)
{
	name_hurt(ctx, path, what, 0);
}

/* Takes what became of something; -1 with f filled where that is the end. */
static int take_result(struct work *w, uint32_t directory, const char *name,
	enum restore_result result, const struct fail *problem, struct fail *f)
{
	char path[PATH_BYTES];

	if (result == RESTORE_DONE)
		return 0;
	disc_walk_path(&w->walk, directory, name, path, sizeof path);
	if (result == RESTORE_END) {
		errno = problem->sys_errno;
		if (problem->sys_errno)
			return fail_errno(f, FAIL_FAILED, path, "%s", problem->what);
		return fail_set(f, FAIL_FAILED, "", "%s", problem->what);
	}
	name_hurt(w, path, problem->what, problem->sys_errno);
	return 0;
}

static bool is_ready(const struct work *w, uint32_t directory)
{
	return directory / 8 < w->n_ready && w->is_ready[directory / 8] & 1u << directory % 8;
}

static int set_ready(struct work *w, uint32_t directory, struct fail *f)
{
	size_t n = directory / 8 + 1;

	if (n > w->n_ready) {
		uint8_t *more = realloc(w->is_ready, 2 * n);

		if (!more)
			return fail_memory(f);
		memset(more + w->n_ready, 0, 2 * n - w->n_ready);
		w->is_ready = more;
		w->n_ready = 2 * n;
	}
	w->is_ready[directory / 8] = (uint8_t)(w->is_ready[directory / 8] | 1u << directory % 8);
	return 0;
}

/* Makes the directory, and those on the way to it that the walk only passes. */
static int make_directory(struct work *w, uint32_t directory, struct fail *f)
{
	const struct disc_walk_directory *d = &w->walk.directories[directory];
	struct fail problem = { 0 };
	enum restore_result result;
	bool is_new;
	int fd;

	if (directory == 0 || is_ready(w, directory))
		return 0;
	if (w->walk.directories[d->parent].is_passed && make_directory(w, d->parent, f))
		return -1;
	fd = beneath_directory(&w->to, d->parent);
	if (fd < 0) {
		fail_errno(&problem, FAIL_INCOMPLETE, "", "its directory can't be opened");
		return take_result(w, directory, NULL, RESTORE_LEFT, &problem, f);
	}
	result = restore_directory(fd, disc_walk_name(&w->walk, directory), &is_new, &problem);
	if (result == RESTORE_DONE && !d->is_passed)
		w->result->n_directories++;
	if (result == RESTORE_DONE && (is_new || w->x->force) && set_ready(w, directory, f))
		return -1;
	return take_result(w, directory, NULL, result, &problem, f);
}

static int add_pending(struct work *w, uint32_t directory, size_t index,
	const struct disc_node *node, struct fail *f)
{
	struct pending e = {
		.inode = (uint32_t)node->inode, .directory = directory, .index = (uint32_t)index
	};

	if (w->n_pending == w->max_pending) {
		size_t memory = disc_files_memory(w->x->files);
		size_t most = disc_memory_share(memory, PENDING_SHARE) / sizeof *w->pending;
		size_t max = w->max_pending ? 2 * w->max_pending : 1024;
		struct pending *pending;

		max = max < most ? max : most;
		if (max == w->n_pending)
			return disc_memory_refuse(
				f, memory, PENDING_SHARE, "the files on the disc need");
		pending = realloc(w->pending, max * sizeof *pending);
		if (!pending)
			return fail_memory(f);
		w->pending = pending;
		w->max_pending = max;
	}
	if (S_ISREG(node->mode) && node->n_extents)
		e.lba = node->extents->lba;
	if (S_ISLNK(node->mode))
		e.lba = UINT32_MAX;
	if (S_ISREG(node->mode))
		e.n_bytes = disc_node_bytes_there(node, w->n_medium_blocks) & INT64_MAX;
	e.has_links = node->n_links > 1;
	w->pending[w->n_pending++] = e;
	return 0;
}

static int take_step(struct work *w, const struct disc_walk_step *step, struct fail *f)
{
	if (make_directory(w, step->directory, f))
		return -1;
	for (size_t i = 0; i < step->listing->n_nodes; i++) {
		const struct disc_node *node = step->listing->nodes[i];

		if (S_ISDIR(node->mode) || (step->only && step->only != node))
			continue;
		if (add_pending(w, step->directory, i, node, f))
			return -1;
	}
	return 0;
}

static int compare_pending(const void *a, const void *b)
{
	const struct pending *x = a, *y = b;

	if (x->lba != y->lba)
		return x->lba < y->lba ? -1 : 1;
	if (x->inode != y->inode)
		return x->inode < y->inode ? -1 : 1;
	if (x->directory != y->directory)
		return x->directory < y->directory ? -1 : 1;
	return x->index < y->index ? -1 : x->index > y->index;
}

/* True where it is a link to the one before it, as far as can be told here. */
static bool is_link_to(const struct pending *e, const struct pending *before)
{
	return e->has_links && before->has_links && e->lba == before->lba &&
	       e->inode == before->inode && e->n_bytes == before->n_bytes;
}

/* How many bytes will be written. */
static uint64_t count_bytes(const struct work *w)
{
	uint64_t n = 0;

	for (size_t i = 0; i < w->n_pending; i++)
		if (i == 0 || !is_link_to(&w->pending[i], &w->pending[i - 1]))
			n += w->pending[i].n_bytes;
	return n;
}

static int check_bytes(const struct work *w, uint64_t n_bytes, struct fail *f)
{
	if (n_bytes / BYTES_PER_BYTE_MAX <= w->n_medium_blocks * BLOCK_BYTES)
		return 0;
	return fail_set(f, FAIL_FAILED, "",
		"the directories are damaged: the files would need more than %d times the size "
		"of the medium",
		BYTES_PER_BYTE_MAX);
}

static int walk_all(struct work *w, struct fail *f)
{
	struct disc_walk_step step;
	int next;

	if (w->x->n_paths == 0 && disc_walk_add(&w->walk, "", f))
		return -1;
	for (size_t i = 0; i < w->x->n_paths; i++)
		if (disc_walk_add(&w->walk, w->x->paths[i], f))
			return -1;
	while ((next = disc_walk_next(&w->walk, &step, f)) > 0)
		if (take_step(w, &step, f))
			return -1;
	if (next)
		return -1;
	if (w->n_pending)
		qsort(w->pending, w->n_pending, sizeof *w->pending, compare_pending);
	w->restore.n_total = count_bytes(w);
	return check_bytes(w, w->restore.n_total, f);
}

/* True where the node is one more name of the file that was extracted last. */
static bool is_link_to_last(const struct work *w, const struct disc_node *node)
{
	return w->has_last && node->n_links > 1 && disc_node_is_same_file(&w->last, node);
}

/* Remembers what tells whether another node is the same file. */
static int remember(
	struct work *w, const struct disc_node *node, uint32_t directory, struct fail *f)
{
	size_t n = strlen(node->name) + 1, n_bytes = node->n_extents * sizeof *node->extents;
	struct disc_extent *extents;

	w->has_last = n <= sizeof w->last_name;
	if (!w->has_last)
		return 0;
	extents = realloc(w->last_extents, n_bytes + 1);
	if (!extents)
		return fail_memory(f);
	if (n_bytes)
		memcpy(extents, node->extents, n_bytes);
	w->last_extents = extents;
	free(w->last_target);
	w->last_target = node->target ? strdup(node->target) : NULL;
	if (node->target && !w->last_target)
		return fail_memory(f);
	w->last = *node;
	w->last.extents = extents;
	w->last.target = w->last_target;
	w->last_directory = directory;
	memcpy(w->last_name, node->name, n);
	return 0;
}

/* A file that lies in another: damage, or somebody wants to have more than there is. */
static bool is_overlap(struct work *w, const struct disc_node *node)
{
	struct disc_extent last = w->previous;
	uint64_t first;

	if (!S_ISREG(node->mode) || node->n_extents == 0)
		return false;
	w->previous = node->extents[0];
	first = w->previous.lba;
	/* the same bytes for two files are nothing bad */
	if (last.lba == first && last.n_bytes == w->previous.n_bytes)
		return false;
	if (first < w->end_lba)
		return true;
	w->end_lba = first + size_round_up(w->previous.n_bytes, BLOCK_BYTES) / BLOCK_BYTES;
	return false;
}

static enum restore_result link_to_last(
	struct work *w, const struct disc_node *node, uint32_t directory, struct fail *problem)
{
	/* a copy: on the way to a deep directory the other one may be closed */
	int from = fcntl(beneath_directory(&w->to, w->last_directory), F_DUPFD_CLOEXEC, 0);
	int fd = from < 0 ? -1 : beneath_directory(&w->to, directory);
	enum restore_result result = RESTORE_LEFT;

	if (fd < 0)
		fail_errno(problem, FAIL_INCOMPLETE, "", "can't be linked");
	else
		result = restore_link(&w->restore, from, w->last_name, fd, node->name, problem);
	if (from >= 0)
		close(from);
	return result;
}

static int restore_one(
	struct work *w, const struct disc_node *node, uint32_t directory, struct fail *f)
{
	int fd = beneath_directory(&w->to, directory);
	struct fail problem = { 0 };
	enum restore_result result;

	if (fd < 0) {
		fail_errno(&problem, FAIL_INCOMPLETE, "", "its directory can't be opened");
		return take_result(w, directory, node->name, RESTORE_LEFT, &problem, f);
	}
	if (is_link_to_last(w, node)) {
		result = link_to_last(w, node, directory, &problem);
	} else {
		result = restore_node(&w->restore, fd, node->name, node, &problem);
		if (is_overlap(w, node) && result == RESTORE_DONE) {
			fail_set(&problem, FAIL_INCOMPLETE, "", "shares blocks with another file");
			result = RESTORE_HURT;
		}
		if (result <= RESTORE_HURT && remember(w, node, directory, f))
			return -1;
	}
	if (result <= RESTORE_HURT && S_ISREG(node->mode))
		w->result->n_files++;
	else if (result <= RESTORE_HURT)
		w->result->n_others++;
	/* the walk has named it already */
	if (node->damage && result != RESTORE_END)
		return 0;
	return take_result(w, directory, node->name, result, &problem, f);
}

static int restore_all(struct work *w, struct fail *f)
{
	for (size_t i = 0; i < w->n_pending; i++) {
		const struct pending *e = &w->pending[i];
		const struct disc_listing *l = disc_walk_listing(&w->walk, e->directory, f);

		if (!l)
			return -1;
		if (signals_caught())
			return fail_set(f, FAIL_FAILED, "", "interrupted");
		/* the disc may read differently now */
		if (e->index >= l->n_nodes)
			return fail_set(f, FAIL_FAILED, "",
				"a directory now reads differently than before");
		/* what was taken for links may have been none */
		if (restore_one(w, l->nodes[e->index], e->directory, f) ||
			check_bytes(w, w->restore.n_bytes, f))
			return -1;
	}
	return 0;
}

static int finish_directory(struct work *w, uint32_t directory, struct fail *f)
{
	const struct disc_node *node = disc_walk_node(&w->walk, directory, f);
	struct fail problem = { 0 };
	enum restore_result result = RESTORE_HURT;
	int fd, at;

	if (!node)
		return -1;
	at = beneath_directory(&w->to, directory);
	fd = at < 0 ? -1 : openat(at, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		fail_errno(&problem, FAIL_INCOMPLETE, "", "its attributes can't be set");
	else
		result = restore_attributes(&w->restore, fd, node, &problem);
	if (fd >= 0)
		close(fd);
	return take_result(w, directory, NULL, result, &problem, f);
}

/* What is made in a directory changes its times: the deepest come first, which have the highest
 * numbers. */
static int finish_directories(struct work *w, struct fail *f)
{
	for (size_t i = w->walk.n_directories; i-- > 1;)
		if (is_ready(w, (uint32_t)i) && !w->walk.directories[i].is_passed &&
			finish_directory(w, (uint32_t)i, f))
			return -1;
	if (w->x->is_target_new && w->x->n_paths == 0)
		return finish_directory(w, 0, f);
	return 0;
}

static int extract_into(struct work *w, struct fail *f)
{
	if (walk_all(w, f) || restore_all(w, f))
		return -1;
	return finish_directories(w, f);
}

static void tell_bits(const struct work *w)
{
	size_t n = w->restore.n_without_bits;

	if (n)
		message_note(w->x->messages,
			"%zu file%s extracted without %s setuid or setgid bit; -privileged keeps "
			"it",
			n, n == 1 ? " was" : "s were", n == 1 ? "its" : "their");
}

int extract_files(const struct extract *x, struct extract_result *result, struct fail *f)
{
	struct work w = { .x = x,
		.result = result,
		.to = { .root = -1 },
		.restore = { .files = x->files,
			.force = x->force,
			.privileged = x->privileged,
			.watch = x->watch } };
	mode_t mask = umask(0);
	int ret = -1;

	*result = (struct extract_result){ 0 };
	w.restore.buf = malloc(RESTORE_BUFFER);
	if (!w.restore.buf) {
		fail_memory(f);
		goto out;
	}
	if (disc_walk_open(&w.walk, x->files, tell_damaged, &w, f) ||
		beneath_open(&w.to, x->to, &w.walk, f))
		goto out;
	w.n_medium_blocks = disc_files_n_blocks_there(x->files);
	ret = extract_into(&w, f);
	tell_bits(&w);
	result->n_bytes = w.restore.n_bytes;
out:
	umask(mask);
	free(w.restore.buf);
	free(w.pending);
	free(w.is_ready);
	free(w.last_extents);
	free(w.last_target);
	beneath_close(&w.to);
	disc_walk_close(&w.walk);
	return ret;
}
