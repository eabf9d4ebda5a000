/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disc/names_there.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
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

static bool is_there(int dir_fd, const char *name)
{
	struct stat st;

	return fstatat(dir_fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

/* Of a directory that may be searched, but not read. */
static int look_one_by_one(
	struct names_there *t, int dir_fd, const struct disc_listing *l, struct fail *f)
{
	for (size_t i = 0; i < l->n_nodes; i++)
		if (is_there(dir_fd, l->nodes[i]->name) && names_there_set(t, i, f))
			return -1;
	return 0;
}

int names_there_look(struct names_there *t, int dir_fd, const struct disc_listing *l,
	struct name_set *more, uint32_t directory, struct fail *f)
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
		else if (more)
			result = name_set_add(more, directory, e->d_name, f);
	}
	if (d)
		closedir(d);
	else if (dir_fd >= 0)
		return look_one_by_one(t, dir_fd, l, f);
	return result;
}

void names_there_clear(struct names_there *t)
{
	free(t->bits);
	*t = (struct names_there){ 0 };
}
