/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "image/disc_tree.h"

#include <stdlib.h>
#include <string.h>

/* An extent counts twice: sorting needs room for a copy. */
static size_t used_bytes(const struct disc_tree *t)
{
	return t->n_directories * sizeof *t->directories + t->n_extents * sizeof *t->extents * 2 +
	       t->n_names;
}

/* Makes room for n_more items behind n_used in *items. */
static int grow(const struct disc_tree *t, void **items, size_t n_used, size_t *n_max,
	size_t n_more, size_t item_bytes, struct fail *f)
{
	size_t n = *n_max ? 2 * *n_max : 1024;
	void *more;

	if (used_bytes(t) > DISC_TREE_BYTES_MAX)
		return fail_set(f, FAIL_FAILED, "",
			"the file system has more names than are kept in memory (%zu MiB of them)",
			DISC_TREE_BYTES_MAX >> 20);
	if (n_used + n_more <= *n_max)
		return 0;
	if (n < n_used + n_more)
		n = n_used + n_more;
	more = realloc(*items, n * item_bytes);
	if (!more)
		return fail_errno(f, FAIL_FAILED, "", "no memory");
	*items = more;
	*n_max = n;
	return 0;
}

int disc_tree_add_name(struct disc_tree *t, const char *name, uint32_t *where, struct fail *f)
{
	size_t n = strlen(name) + 1;
	void *names = t->names;

	if (grow(t, &names, t->n_names, &t->max_names, n, 1, f))
		return -1;
	t->names = names;
	*where = (uint32_t)t->n_names;
	memcpy(t->names + t->n_names, name, n);
	t->n_names += n;
	return 0;
}

static int add_extent(struct disc_tree *t, const struct disc_extent *e, struct fail *f)
{
	void *extents = t->extents;

	if (grow(t, &extents, t->n_extents, &t->max_extents, 1, sizeof *e, f))
		return -1;
	t->extents = extents;
	t->extents[t->n_extents++] = *e;
	return 0;
}

int disc_tree_add_directory(struct disc_tree *t, const struct disc_directory *d, struct fail *f)
{
	struct disc_extent e = { .lba = d->lba,
		.last = d->lba + (d->n_blocks - 1),
		.directory = d->is_shown ? (uint32_t)t->n_directories : DISC_TREE_NOWHERE,
		.name = DISC_TREE_NOWHERE };
	void *directories = t->directories;

	if (grow(t, &directories, t->n_directories, &t->max_directories, 1, sizeof *d, f))
		return -1;
	t->directories = directories;
	t->directories[t->n_directories++] = *d;
	return add_extent(t, &e, f);
}

int disc_tree_add_extent(struct disc_tree *t, uint32_t directory, uint32_t name, uint32_t lba,
	uint32_t n_blocks, struct fail *f)
{
	struct disc_extent *before = t->n_extents ? &t->extents[t->n_extents - 1] : NULL;
	struct disc_extent e = {
		.lba = lba, .last = lba + (n_blocks - 1), .directory = directory, .name = name
	};

	if (before && before->directory == directory && before->name == name &&
		before->last + 1 == lba) {
		before->last = e.last;
		return 0;
	}
	return add_extent(t, &e, f);
}

static int compare(const void *a, const void *b)
{
	const struct disc_extent *left = a, *right = b;

	if (left->lba != right->lba)
		return left->lba < right->lba ? -1 : 1;
	/* names come in the order they were read */
	return (left->name > right->name) - (left->name < right->name);
}

void disc_tree_sort(struct disc_tree *t)
{
	uint32_t reach = 0;

	if (t->n_extents)
		qsort(t->extents, t->n_extents, sizeof *t->extents, compare);
	for (size_t i = 0; i < t->n_extents; i++) {
		if (t->extents[i].last > reach)
			reach = t->extents[i].last;
		t->extents[i].reach = reach;
	}
}

size_t disc_tree_find(const struct disc_tree *t, uint64_t lba)
{
	size_t low = 0, high = t->n_extents;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (t->extents[middle].reach < lba)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Puts text in front of what ends at *at. False where it does not fit. */
static bool put_before(char *out, size_t *at, const char *text)
{
	size_t n = strlen(text);

	if (n > *at)
		return false;
	*at -= n;
	memcpy(out + *at, text, n);
	return true;
}

char *disc_tree_path(
	const struct disc_tree *t, uint32_t directory, uint32_t name, char *out, size_t n)
{
	static const char cut[] = "...";
	size_t at = n - 1;
	bool fits = true;

	out[at] = '\0';
	if (name != DISC_TREE_NOWHERE)
		fits = put_before(out, &at, t->names + name);
	while (fits && directory != DISC_TREE_NOWHERE) {
		const struct disc_directory *d = &t->directories[directory];

		fits = put_before(out, &at, "/");
		if (fits && d->parent != DISC_TREE_NOWHERE)
			fits = put_before(out, &at, t->names + d->name);
		directory = d->parent;
	}
	if (!fits && n > sizeof cut) {
		if (at < sizeof cut - 1)
			at = sizeof cut - 1;
		at -= sizeof cut - 1;
		memcpy(out + at, cut, sizeof cut - 1);
	}
	return memmove(out, out + at, n - at);
}

void disc_tree_clear(struct disc_tree *t)
{
	free(t->directories);
	free(t->extents);
	free(t->names);
	*t = (struct disc_tree){ 0 };
}
