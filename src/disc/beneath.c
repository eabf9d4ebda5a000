/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disc/beneath.h"

#include <errno.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

int beneath_open(struct beneath *b, const char *path, const struct disc_walk *walk, struct fail *f)
{
	*b = (struct beneath){ .walk = walk };
	b->root = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (b->root < 0)
		return fail_errno(f, FAIL_FAILED, path, "can't be opened as a directory");
	return 0;
}

int beneath_open_name(int fd, const char *name, int flags, mode_t mode)
{
	struct open_how how = { .flags = (uint64_t)(unsigned)(flags | O_CLOEXEC | O_NOFOLLOW),
		.mode = flags & (O_CREAT | __O_TMPFILE) ? mode : 0,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS };
	long opened = syscall(SYS_openat2, fd, name, &how, sizeof how);

	/* before Linux 5.6: a name without a slash leads nowhere else either */
	if (opened < 0 && errno == ENOSYS)
		return openat(fd, name, flags | O_CLOEXEC | O_NOFOLLOW, mode);
	return (int)opened;
}

static int find_kept(struct beneath *b, uint32_t directory)
{
	if (directory == 0)
		return b->root;
	for (unsigned i = 0; i < b->n_kept; i++)
		if (b->kept[i].directory == directory) {
			b->kept[i].used = ++b->clock;
			return b->kept[i].fd;
		}
	return -1;
}

static int keep(struct beneath *b, uint32_t directory, int fd)
{
	unsigned at = 0;

	if (b->n_kept < BENEATH_KEPT) {
		at = b->n_kept++;
	} else {
		for (unsigned i = 1; i < BENEATH_KEPT; i++)
			if (b->kept[i].used < b->kept[at].used)
				at = i;
		close(b->kept[at].fd);
	}
	b->kept[at].directory = directory;
	b->kept[at].fd = fd;
	b->kept[at].used = ++b->clock;
	return fd;
}

int beneath_rename(struct beneath *b, uint32_t directory, const char *name, struct fail *f)
{
	char *copy = strdup(name);

	if (directory >= b->n_other_names) {
		size_t n = 2 * ((size_t)directory + 1);
		char **more = realloc(b->other_names, n * sizeof *more);

		if (!more) {
			free(copy);
			return fail_memory(f);
		}
		memset(more + b->n_other_names, 0, (n - b->n_other_names) * sizeof *more);
		b->other_names = more;
		b->n_other_names = n;
	}
	if (!copy)
		return fail_memory(f);
	free(b->other_names[directory]);
	b->other_names[directory] = copy;
	return 0;
}

static const char *name_here(const struct beneath *b, uint32_t directory)
{
	if (directory < b->n_other_names && b->other_names[directory])
		return b->other_names[directory];
	return disc_walk_name(b->walk, directory);
}

int beneath_directory(struct beneath *b, uint32_t directory)
{
	/* up to one that is open, then down again, each step once */
	while (find_kept(b, directory) < 0) {
		uint32_t here = directory;
		int fd;

		while (find_kept(b, b->walk->directories[here].parent) < 0)
			here = b->walk->directories[here].parent;
		fd = beneath_open_name(find_kept(b, b->walk->directories[here].parent),
			name_here(b, here), O_PATH | O_DIRECTORY, 0);
		if (fd < 0)
			return -1;
		keep(b, here, fd);
	}
	return find_kept(b, directory);
}

void beneath_close(struct beneath *b)
{
	for (unsigned i = 0; i < b->n_kept; i++)
		close(b->kept[i].fd);
	if (b->root >= 0)
		close(b->root);
	for (size_t i = 0; i < b->n_other_names; i++)
		free(b->other_names[i]);
	free(b->other_names);
	*b = (struct beneath){ .root = -1 };
}
