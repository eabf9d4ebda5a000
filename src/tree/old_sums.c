/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tree/old_sums.h"

#include <stdlib.h>
#include <string.h>

#include "crypto/sums_line.h"

static int compare_rows(const void *a, const void *b)
{
	return strcmp(
		((const struct old_sums_row *)a)->path, ((const struct old_sums_row *)b)->path);
}

static int compare_path(const void *path, const void *row)
{
	return strcmp(path, ((const struct old_sums_row *)row)->path);
}

static int add_row(struct old_sums *s, const char *path, char *digest, const char *digits)
{
	if (s->n_rows == s->n_max) {
		size_t n = s->n_max ? 2 * s->n_max : 1024;
		void *rows = realloc(s->rows, n * sizeof *s->rows);

		if (!rows)
			return -1;
		s->rows = rows;
		s->n_max = n;
	}
	memcpy(digest, digits, FILE_DIGEST_TEXT + 1);
	s->rows[s->n_rows++] = (struct old_sums_row){ path, digest };
	return 0;
}

/* The lines of s->text; digests holds what is kept of them. */
static int parse(struct old_sums *s, size_t n_text, char *digests)
{
	struct sums_form form = { 0 };
	struct sums_line line;

	for (char *at = s->text, *end = at + n_text; at < end;) {
		char *stop = memchr(at, '\n', (size_t)(end - at)), *name;

		stop = stop ? stop : end;
		*stop = '\0';
		if (sums_line_parse(&line, FILE_DIGEST_SHA256, &form, at, (size_t)(stop - at)) ==
			SUMS_LINE_DIGEST) {
			/* the name is in the line, and moves no more */
			name = at + (line.name - at);
			name += strncmp(name, "./", 2) ? 0 : 2;
			if (add_row(s, name, digests, line.digest))
				return -1;
			digests += FILE_DIGEST_TEXT + 1;
		}
		at = stop + 1;
	}
	return 0;
}

/* Of a path that comes twice, no row stays. */
static void drop_double(struct old_sums *s)
{
	size_t n = 0, next;

	for (size_t i = 0; i < s->n_rows; i = next) {
		next = i + 1;
		while (next < s->n_rows && !compare_rows(&s->rows[i], &s->rows[next]))
			next++;
		if (next == i + 1)
			s->rows[n++] = s->rows[i];
	}
	s->n_rows = n;
}

static int read_node(struct old_sums *s, const struct disc_files *files,
	const struct disc_node *node, struct fail *f)
{
	/* a line has at least its digits, a blank, a name of one byte and its end */
	size_t n = (size_t)node->n_bytes, n_read, room = n / (FILE_DIGEST_TEXT + 3) + 1;

	/* the digests stand behind the text */
	if (node->n_bytes > disc_files_memory(files) / 2)
		return fail_set(f, FAIL_MISMATCH, node->name,
			"takes more memory on the disc than is granted");
	s->is_made = true;
	s->lba = node->n_extents ? node->extents[0].lba : 0;
	s->text = malloc(n + 1 + room * (FILE_DIGEST_TEXT + 1));
	if (!s->text)
		return fail_memory(f);
	if (disc_files_read(files, node, 0, n, (uint8_t *)s->text, &n_read, f))
		return -1;
	s->text[n_read] = '\0';
	if (parse(s, n_read, s->text + n + 1))
		return fail_memory(f);
	if (s->n_rows)
		qsort(s->rows, s->n_rows, sizeof *s->rows, compare_rows);
	drop_double(s);
	return 0;
}

time_t old_sums_plain_ctime(time_t ctime, time_t mtime)
{
	return ctime == OLD_SUMS_CTIME ? mtime : ctime;
}

bool old_sums_are_made(const struct disc_node *node)
{
	return node->mode == (S_IFREG | 0444) && node->ctime == OLD_SUMS_CTIME;
}

int old_sums_read(struct old_sums *s, const struct disc_files *files, struct fail *f)
{
	struct disc_listing *root = disc_files_list(files, disc_files_root(files), f);
	const struct disc_node *node;
	int result = 0;

	*s = (struct old_sums){ 0 };
	if (!root)
		return -1;
	node = disc_listing_find(root, OLD_SUMS_NAME);
	s->is_there = node != NULL;
	if (node && old_sums_are_made(node))
		result = read_node(s, files, node, f);
	disc_listing_free(root);
	return result;
}

const char *old_sums_find(const struct old_sums *s, const char *path, uint64_t end)
{
	/* what lies behind it came later, from another program */
	const struct old_sums_row *row =
		s->n_rows && end <= s->lba
			? bsearch(path, s->rows, s->n_rows, sizeof *s->rows, compare_path)
			: NULL;

	return row ? row->digest : NULL;
}

void old_sums_clear(struct old_sums *s)
{
	free(s->rows);
	free(s->text);
	*s = (struct old_sums){ 0 };
}
