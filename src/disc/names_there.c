/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disc/names_there.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool names_there_has(const struct names_there *t, size_t number)
{
	return number / 8 < t->n && t->bits[number / 8] & 1u << number % 8;
}

int names_there_set(struct names_there *t, size_t number, struct fail *f)
{
	size_t n = number / 8 + 1;

	if (n > t->n) {
		uint8_t *more = realloc(t->bits, 2 * n);

		if (!more)
			return fail_memory(f);
		memset(more + t->n, 0, 2 * n - t->n);
		t->bits = more;
		t->n = 2 * n;
	}
	t->bits[number / 8] = (uint8_t)(t->bits[number / 8] | 1u << number % 8);
	return 0;
}

static DIR *open_entries(int dir_fd)
{
	int fd = openat(dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);

	if (fd >= 0 && !d)
		close(fd);
	return d;
}

int names_there_look(
	struct names_there *t, int dir_fd, const struct disc_listing *l, struct fail *f)
{
	DIR *d = open_entries(dir_fd);
	const struct dirent *e;
	int result = 0;

	if (t->n)
		memset(t->bits, 0, t->n);
	while (d && result == 0 && (e = readdir(d))) {
		size_t at = disc_listing_index(l, e->d_name);

		if (at < l->n_nodes)
			result = names_there_set(t, at, f);
	}
	if (d)
		closedir(d);
	return result;
}

bool names_there_find(int dir_fd, const char *name)
{
	DIR *d = open_entries(dir_fd);
	const struct dirent *e;
	bool is_there = false;

	while (d && !is_there && (e = readdir(d)))
		is_there = !strcmp(e->d_name, name);
	if (d)
		closedir(d);
	return is_there;
}

void names_there_clear(struct names_there *t)
{
	free(t->bits);
	*t = (struct names_there){ 0 };
}
