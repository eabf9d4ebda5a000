/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tree/folder_names.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void folder_names_free(struct folder_names *names)
{
	free(names->text);
	free(names->at);
	*names = (struct folder_names){ 0 };
}

/* 0, or -1 with errno, as all here. */
static int add(struct folder_names *names, const char *name)
{
	size_t n = strlen(name) + 1;

	if (names->n_text + n > names->n_text_max) {
		size_t max = 2 * names->n_text_max + n + 512;
		char *text = realloc(names->text, max);

		if (!text)
			return -1;
		names->text = text;
		names->n_text_max = max;
	}
	memcpy(names->text + names->n_text, name, n);
	names->n_text += n;
	names->n++;
	return 0;
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* A name that was read twice (renamed meanwhile) stays once. */
static int sort(struct folder_names *names)
{
	size_t n = 0;
	const char *text = names->text;

	names->at = calloc(names->n + 1, sizeof *names->at);
	if (!names->at)
		return -1;
	for (size_t i = 0; i < names->n; i++) {
		names->at[i] = text;
		text += strlen(text) + 1;
	}
	qsort(names->at, names->n, sizeof *names->at, compare);
	for (size_t i = 0; i < names->n; i++)
		if (n == 0 || strcmp(names->at[n - 1], names->at[i]) != 0)
			names->at[n++] = names->at[i];
	names->n = n;
	return 0;
}

static int read_all(struct folder_names *names, DIR *d)
{
	struct dirent *e;

	for (errno = 0; (e = readdir(d)); errno = 0) {
		if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."))
			continue;
		if (add(names, e->d_name))
			return -1;
	}
	return errno ? -1 : 0;
}

int folder_names_read(struct folder_names *names, int fd)
{
	DIR *d = fdopendir(fd);
	int result = -1, saved;

	*names = (struct folder_names){ 0 };
	if (d && read_all(names, d) == 0 && sort(names) == 0)
		result = 0;
	saved = errno;
	if (d)
		closedir(d);
	else
		close(fd);
	if (result)
		folder_names_free(names);
	errno = saved;
	return result;
}
