/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "iso/file_attributes.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/xattr.h>

#include "iso/aaip.h"

/* The kernel's limits (linux/limits.h, XATTR_LIST_MAX, XATTR_SIZE_MAX). */
enum { LIST_MAX = 65536, VALUE_MAX = 65536 };

/* An open file, or where fd is negative a path. */
struct place {
	int fd;
	const char *path;
	bool follows; /* a link at its end */
};

struct acls {
	uint8_t *access, *for_new;
	size_t n_access, n_for_new;
};

static ssize_t get(const struct place *p, const char *name, void *value, size_t n)
{
	if (p->fd >= 0)
		return fgetxattr(p->fd, name, value, n);
	return p->follows ? getxattr(p->path, name, value, n) : lgetxattr(p->path, name, value, n);
}

static ssize_t list(const struct place *p, char *names, size_t n)
{
	if (p->fd >= 0)
		return flistxattr(p->fd, names, n);
	return p->follows ? listxattr(p->path, names, n) : llistxattr(p->path, names, n);
}

/* The value of one attribute; *n 0 where it is gone meanwhile. NULL with errno. */
static uint8_t *read_value(const struct place *p, struct arena *arena, const char *name, size_t *n)
{
	char buf[VALUE_MAX];
	ssize_t got = get(p, name, buf, sizeof buf);
	uint8_t *value;

	if (got < 0 && errno != ENODATA)
		return NULL;
	*n = got > 0 ? (size_t)got : 0;
	value = arena_alloc(arena, *n + 1);
	if (!value)
		errno = ENOMEM;
	else
		memcpy(value, buf, *n);
	return value;
}

bool file_attributes_is_privileged(const char *name)
{
	return strncmp(name, "user.", 5) != 0 && strcmp(name, AAIP_ACL_ACCESS) != 0 &&
	       strcmp(name, AAIP_ACL_DEFAULT) != 0;
}

/* libisofs (aaip_0_2.c, aaip_encode_pair) takes one namespace off behind the other: it would store
 * "user.security.capability", which any user may set, as "security.capability". */
static bool is_storable(const char *name)
{
	static const char *const spaces[] = { "system.", "user.", "isofs.", "trusted.",
		"security." };
	const char *dot = strchr(name, '.');

	for (size_t i = 0; dot && i < sizeof spaces / sizeof *spaces; i++)
		if (strncmp(dot + 1, spaces[i], strlen(spaces[i])) == 0)
			return false;
	return true;
}

static int leave_out(struct arena *arena, const char *name, struct file_attributes *a)
{
	if (a->n_left_out++)
		return 0;
	a->left_out = arena_copy(arena, name);
	return a->left_out ? 0 : -1;
}

static int read_one(const struct place *p, struct arena *arena, bool with_privileged,
	const char *name, struct file_attributes *a, struct acls *acls)
{
	size_t n;
	uint8_t *value;

	if (!strcmp(name, AAIP_ACL_ACCESS)) {
		acls->access = read_value(p, arena, name, &acls->n_access);
		return acls->access ? 0 : -1;
	}
	if (!strcmp(name, AAIP_ACL_DEFAULT)) {
		acls->for_new = read_value(p, arena, name, &acls->n_for_new);
		return acls->for_new ? 0 : -1;
	}
	if (!is_storable(name) || (file_attributes_is_privileged(name) && !with_privileged))
		return leave_out(arena, name, a);
	value = read_value(p, arena, name, &n);
	a->names[a->n] = arena_copy(arena, name);
	if (!value || !a->names[a->n])
		return -1;
	a->values[a->n] = (char *)value;
	a->lengths[a->n++] = n;
	return 0;
}

static int add_acls(struct arena *arena, struct file_attributes *a, const struct acls *acls)
{
	uint8_t *value;
	size_t n;

	if (acls->n_access + acls->n_for_new == 0)
		return 0;
	value = arena_alloc(arena, acls->n_access + acls->n_for_new);
	if (!value)
		return -1;
	/* one order: who set the ACL chose his own for users and groups */
	aaip_sort_acl(acls->access, acls->n_access);
	aaip_sort_acl(acls->for_new, acls->n_for_new);
	n = aaip_encode_acl(value, acls->access, acls->n_access, acls->for_new, acls->n_for_new);
	if (n == 0)
		return 0;
	a->names[a->n] = arena_copy(arena, "");
	if (!a->names[a->n])
		return -1;
	a->values[a->n] = (char *)value;
	a->lengths[a->n++] = n;
	return 0;
}

static struct file_attributes *make_room(struct arena *arena, size_t n)
{
	struct file_attributes *a = arena_alloc(arena, sizeof *a);

	if (!a)
		return NULL;
	a->names = arena_alloc(arena, n * sizeof *a->names);
	a->values = arena_alloc(arena, n * sizeof *a->values);
	a->lengths = arena_alloc(arena, n * sizeof *a->lengths);
	return a->names && a->values && a->lengths ? a : NULL;
}

/* Reads all that the list names. */
static int read_listed(const struct place *p, struct arena *arena, bool with_privileged,
	const char *names, size_t n_list, const struct file_attributes **result)
{
	struct file_attributes *a;
	struct acls acls = { 0 };
	size_t n = 0;

	for (size_t at = 0; at < n_list; at += strlen(names + at) + 1)
		n++;
	a = make_room(arena, n);
	if (!a) {
		errno = ENOMEM;
		return -1;
	}
	for (size_t at = 0; at < n_list; at += strlen(names + at) + 1)
		if (read_one(p, arena, with_privileged, names + at, a, &acls))
			return -1;
	if (add_acls(arena, a, &acls)) {
		errno = ENOMEM;
		return -1;
	}
	*result = a->n + a->n_left_out ? a : NULL;
	return 0;
}

/* Out of the way of those files that have none: it takes room on the stack. */
__attribute__((noinline)) static int read_all(const struct place *p, struct arena *arena,
	bool with_privileged, const struct file_attributes **result)
{
	char names[LIST_MAX];
	ssize_t n = list(p, names, sizeof names);

	return n < 0 ? -1 : read_listed(p, arena, with_privileged, names, (size_t)n, result);
}

static int read_any(const struct place *p, struct arena *arena, bool with_privileged,
	const struct file_attributes **result)
{
	ssize_t n = list(p, NULL, 0);

	*result = NULL;
	/* a file system without any */
	if (n == 0 || (n < 0 && (errno == ENOTSUP || errno == EPERM || errno == EACCES)))
		return 0;
	return n < 0 ? -1 : read_all(p, arena, with_privileged, result);
}

int file_attributes_read(
	int fd, struct arena *arena, bool with_privileged, const struct file_attributes **result)
{
	struct place place = { .fd = fd };

	return read_any(&place, arena, with_privileged, result);
}

int file_attributes_read_unopened(int dir_fd, const char *name, bool follows, struct arena *arena,
	bool with_privileged, const struct file_attributes **result)
{
	struct place place = { .fd = -1, .path = name, .follows = follows };
	char path[NAME_MAX + 64];

	if (dir_fd != AT_FDCWD) {
		if (snprintf(path, sizeof path, "/proc/self/fd/%d/%s", dir_fd, name) >=
			(int)sizeof path) {
			errno = ENAMETOOLONG;
			return -1;
		}
		place.path = path;
	}
	return read_any(&place, arena, with_privileged, result);
}
