/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tree/file_list.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "util/io.h"
#include "util/signals.h"

enum { READ_BYTES = 64 * 1024 };

/* Reads to the end. 0, or -1 with f filled. */
static int read_text(struct file_list *l, int fd, const char *path, struct fail *f)
{
	size_t max = 0;

	for (;;) {
		ssize_t n;

		if (l->n_text + READ_BYTES + 1 > max) {
			char *text = realloc(l->text, 2 * max + READ_BYTES + 1);

			if (!text)
				return fail_memory(f);
			max = 2 * max + READ_BYTES + 1;
			l->text = text;
		}
		n = io_read_full(fd, l->text + l->n_text, READ_BYTES);
		if (n < 0 && signals_caught())
			return fail_set(f, FAIL_FAILED, "", "interrupted while reading the list");
		if (n < 0)
			return fail_errno(f, FAIL_USAGE, path, "the list can't be read");
		l->n_text += (size_t)n;
		l->text[l->n_text] = '\0';
		if (n < READ_BYTES)
			return 0;
	}
}

int file_list_read(struct file_list *l, const char *path, struct fail *f)
{
	bool is_stdin = strcmp(path, "-") == 0;
	int fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC), result;

	*l = (struct file_list){ .end = '\n' };
	if (fd < 0)
		return fail_errno(f, FAIL_USAGE, path, "the list can't be opened");
	result = read_text(l, fd, is_stdin ? "stdin" : path, f);
	if (!is_stdin)
		close(fd);
	if (result == 0 && memchr(l->text, '\0', l->n_text))
		l->end = '\0';
	return result;
}

const char *file_list_next(struct file_list *l)
{
	while (l->at < l->n_text) {
		char *name = l->text + l->at, *end = memchr(name, l->end, l->n_text - l->at);

		/* the last one may lack its end */
		if (!end)
			end = l->text + l->n_text;
		*end = '\0';
		l->at = (size_t)(end - l->text) + 1;
		l->n_line++;
		if (*name)
			return name;
	}
	return NULL;
}

void file_list_free(struct file_list *l)
{
	free(l->text);
	*l = (struct file_list){ 0 };
}
