/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tree/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "util/io.h"

/* The place for a new descriptor: a free one, or that of the least recently used. */
static unsigned free_place(struct folder_cursor *c)
{
	unsigned oldest = 0;

	if (c->n_open < FOLDER_CURSOR_MAX)
		return c->n_open++;
	for (unsigned i = 1; i < FOLDER_CURSOR_MAX; i++)
		if (c->open[i].used < c->open[oldest].used)
			oldest = i;
	close(c->open[oldest].fd);
	return oldest;
}

int folder_fd(struct folder_cursor *c, const struct folder *f)
{
	int flags = O_PATH | O_DIRECTORY | O_CLOEXEC;
	int up, fd;
	unsigned at;

	if (!f)
		return AT_FDCWD;
	for (unsigned i = 0; i < c->n_open; i++) {
		if (c->open[i].folder == f) {
			c->open[i].used = ++c->clock;
			return c->open[i].fd;
		}
	}
	up = folder_fd(c, f->up);
	if (up == -1)
		return -1;
	fd = openat(up, f->name, f->followed ? flags : flags | O_NOFOLLOW);
	if (fd < 0)
		return -1;
	at = free_place(c);
	c->open[at].folder = f;
	c->open[at].fd = fd;
	c->open[at].used = ++c->clock;
	return fd;
}

int folder_open(struct folder_cursor *c, const struct folder *f, const char *name, bool followed)
{
	int flags = O_RDONLY | O_NOCTTY | O_CLOEXEC | (followed ? 0 : O_NOFOLLOW);
	int at = folder_fd(c, f), fd;

	if (at == -1)
		return -1;
	fd = io_open_now(at, name, flags | O_NOATIME);
	/* only the owner may leave the access time as it is */
	return fd < 0 && errno == EPERM ? io_open_now(at, name, flags) : fd;
}

void folder_cursor_close(struct folder_cursor *c)
{
	while (c->n_open)
		close(c->open[--c->n_open].fd);
}

/* Appends text at *at as far as it fits; *at grows by all of it. */
static void append(char *out, size_t n, size_t *at, const char *text)
{
	size_t len = strlen(text);

	if (*at < n)
		memcpy(out + *at, text, len < n - *at ? len : n - *at);
	*at += len;
}

static void append_folder(char *out, size_t n, size_t *at, const struct folder *f)
{
	if (f->up)
		append_folder(out, n, at, f->up);
	if (*at && (*at > n || out[*at - 1] != '/'))
		append(out, n, at, "/");
	append(out, n, at, f->name);
}

char *folder_path(const struct folder *f, const char *name, char *out, size_t n)
{
	size_t at = 0;

	if (f)
		append_folder(out, n, &at, f);
	if (f && name && (at > n || out[at - 1] != '/'))
		append(out, n, &at, "/");
	if (name)
		append(out, n, &at, name);
	if (at < n)
		out[at] = '\0';
	else
		memcpy(out + n - 4, "...", 4);
	return out;
}
