/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tree/tree_sums.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "tree/old_tree.h"
#include "util/request_field.h"

static const char file_name[] = OLD_SUMS_NAME;

/* Makes room for n bytes more. 0 or -1. */
static int make_room(struct tree_sums *s, size_t n)
{
	size_t max = 2 * (s->n_text + n) + 4096;
	char *text;

	if (s->n_text + n <= s->max_text)
		return 0;
	text = realloc(s->text, max);
	if (!text)
		return -1;
	s->text = text;
	s->max_text = max;
	return 0;
}

/* The path from the root, kept while the tree is gone through. */
struct path {
	const struct path *up; /* NULL: the root is above */
	const char *name;
};

/* Writes a name as sha256sum does in a line that starts with a backslash. */
static void put_escaped(struct tree_sums *s, const char *name)
{
	for (; *name; name++) {
		char c = *name;

		if (c == '\\' || c == '\n' || c == '\r')
			s->text[s->n_text++] = '\\';
		s->text[s->n_text++] = c == '\n' ? 'n' : c == '\r' ? 'r' : c;
	}
}

static int put_path(struct tree_sums *s, const struct path *path)
{
	if (path->up) {
		if (put_path(s, path->up) || make_room(s, 1))
			return -1;
		s->text[s->n_text++] = '/';
	}
	if (make_room(s, 2 * strlen(path->name)))
		return -1;
	put_escaped(s, path->name);
	return 0;
}

static bool is_special(const struct path *path)
{
	for (; path; path = path->up)
		if (strpbrk(path->name, "\\\n\r"))
			return true;
	return false;
}

/* Remembers that the digest of a file is to be filled in where the text ends now. */
static int add_gap(struct tree_sums *s, uint64_t serial)
{
	if (s->n_lines == s->max_lines) {
		size_t max = s->max_lines ? 2 * s->max_lines : 1024;
		void *lines = realloc(s->lines, max * sizeof *s->lines);

		if (!lines)
			return -1;
		s->lines = lines;
		s->max_lines = max;
	}
	s->lines[s->n_lines].serial = serial;
	s->lines[s->n_lines++].at = s->n_text;
	return 0;
}

static int add_line(struct tree_sums *s, const struct path *path, const struct entry *e)
{
	const struct tree_file *file = e->file;

	if (file->old && !file->old->digest) {
		s->n_unlisted++;
		s->unlisted = e;
		return 0;
	}
	if (make_room(s, FILE_DIGEST_TEXT + 4))
		return -1;
	if (is_special(path))
		s->text[s->n_text++] = '\\';
	s->n_old += file->old != NULL;
	if (!file->old && add_gap(s, file->serial))
		return -1;
	if (file->old)
		memcpy(s->text + s->n_text, file->old->digest, FILE_DIGEST_TEXT);
	else
		memset(s->text + s->n_text, '0', FILE_DIGEST_TEXT);
	s->n_text += FILE_DIGEST_TEXT;
	memcpy(s->text + s->n_text, "  ", 2);
	s->n_text += 2;
	if (put_path(s, path) || make_room(s, 1))
		return -1;
	s->text[s->n_text++] = '\n';
	return 0;
}

static int add_lines(struct tree_sums *s, const struct entry *dir, const struct path *up)
{
	for (size_t i = 0; i < dir->dir.n; i++) {
		const struct entry *e = dir->dir.children[i];
		struct path path = { up, e->name };

		if (S_ISDIR(e->mode) && add_lines(s, e, &path))
			return -1;
		if (S_ISREG(e->mode) && add_line(s, &path, e))
			return -1;
	}
	return 0;
}

static int compare_lines(const void *a, const void *b)
{
	/* the serial comes first in a line */
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* Puts the file into the tree, as the last one. */
static int add_file(struct tree_sums *s, struct entry *root, struct tree_file_set *files,
	struct arena *scratch, struct fail *f)
{
	struct stat st = { .st_size = (off_t)s->n_text, .st_dev = (dev_t)-1, .st_ino = (ino_t)-1 };
	struct entry *e = entry_new(scratch, root, file_name);

	if (!e)
		return fail_memory(f);
	e->mode = S_IFREG | 0444;
	e->uid = root->uid;
	e->gid = root->gid;
	e->atime = root->atime;
	e->mtime = root->mtime;
	e->ctime = OLD_SUMS_CTIME;
	e->source = file_name;
	e->file = tree_file_add(files, NULL, NULL, file_name, false, &st);
	s->file = e->file;
	return e->file ? 0 : fail_memory(f);
}

int tree_sums_make(struct tree_sums *s, struct entry *root, bool is_wanted,
	struct tree_file_set *files, struct arena *scratch, struct fail *f)
{
	bool is_taken = entry_find(root, file_name);

	*s = (struct tree_sums){ 0 };
	if (is_taken && !is_wanted)
		return 0;
	s->digest = file_digest_new(FILE_DIGEST_SHA256, f);
	if (!s->digest)
		return -1;
	if (is_taken) {
		fail_set(f, FAIL_USAGE, file_name, "is already in the tree");
		return fail_field(f, REQUEST_SUMS);
	}
	if (add_lines(s, root, NULL))
		return fail_memory(f);
	/* sha256sum -c fails with a file that has no digests */
	if (s->n_lines + s->n_old == 0) {
		struct tree_sums none = { .n_unlisted = s->n_unlisted, .unlisted = s->unlisted };

		tree_sums_clear(s);
		*s = none;
		return 0;
	}
	if (s->n_lines)
		qsort(s->lines, s->n_lines, sizeof *s->lines, compare_lines);
	return add_file(s, root, files, scratch, f);
}

void tree_sums_update(struct tree_sums *s, const void *bytes, size_t n_bytes)
{
	file_digest_update(s->digest, bytes, n_bytes);
}

int tree_sums_end_file(struct tree_sums *s, const struct tree_file *file, struct fail *f)
{
	char digits[FILE_DIGEST_TEXT + 1];

	if (file_digest_end(s->digest, digits, f))
		return -1;
	for (; s->next_line < s->n_lines; s->next_line++) {
		if (s->lines[s->next_line].serial != file->serial)
			break;
		memcpy(s->text + s->lines[s->next_line].at, digits, FILE_DIGEST_TEXT);
	}
	return 0;
}

void tree_sums_clear(struct tree_sums *s)
{
	file_digest_free(s->digest);
	free(s->text);
	free(s->lines);
	*s = (struct tree_sums){ 0 };
}
