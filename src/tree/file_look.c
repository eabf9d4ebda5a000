/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tree/file_look.h"

#include <unistd.h>

#include "tree/known_file.h"
#include "util/request_field.h"

/* The file of the set that has the same bytes of the disc, and may be the same file of the sources.
 */
static struct tree_file *find_sharing(
	const struct file_look *l, const struct file_look_place *p, const struct old_file *old)
{
	struct tree_file *file = tree_file_like(l->files, NULL, p->st);

	while (file && file->old != old)
		file = tree_file_like(l->files, file, p->st);
	return file;
}

/* The bytes are read, and tell whether they are those of the disc. 0, or -1. */
static int compare(const struct file_look *l, const struct file_look_place *p, int fd,
	const struct old_match *match, struct file_seen *seen, struct fail *f)
{
	bool takes_silent = l->old->how->takes_silent;
	char path[4096];
	int is_equal;

	folder_path(p->folder, p->name, path, sizeof path);
	/* by another name, they were read before */
	is_equal = seen->known ? seen->known->old == match->file
			       : old_tree_is_equal(l->old, match->file, fd, path, f);
	if (is_equal < 0)
		return -1;
	if (!is_equal && match->has_same_times && !seen->known) {
		message_warn_field(l->m, takes_silent ? REQUEST_NONE : REQUEST_SILENT,
			"%s: has changed without a new time: the disk may be at fault; %s", path,
			takes_silent ? "what it has now is stored" : "what the disc has is kept");
		is_equal = !takes_silent;
	}
	if (is_equal)
		seen->old = match->file;
	return 0;
}

static int look_into(const struct file_look *l, const struct file_look_place *p, int fd,
	const struct old_match *match, struct file_seen *seen, struct fail *f)
{
	struct stat now;
	char byte;

	/* it may be written to just now */
	seen->is_sized = p->st->st_size > 0 || read(fd, &byte, 1) <= 0 ||
			 (fstat(fd, &now) == 0 && now.st_size > 0);
	seen->known = known_file_find(l->files, l->cursor, l->identity, fd, p->st);
	if (file_attributes_read(fd, l->scratch, l->with_privileged, &seen->attributes))
		return -1;
	return match->file ? compare(l, p, fd, match, seen, f) : 0;
}

/* Only the attributes, which count: the bytes are on the disc. */
static int look_at(
	const struct file_look *l, const struct file_look_place *p, struct file_seen *seen)
{
	int at = folder_fd(l->cursor, p->folder), fd, result;

	if (at != -1 && file_attributes_read_unopened(at, p->name, p->followed, l->scratch,
				l->with_privileged, &seen->attributes) == 0)
		return 0;
	/* where /proc is missing */
	fd = folder_open(l->cursor, p->folder, p->name, p->followed);
	if (fd < 0)
		return -1;
	result = file_attributes_read(fd, l->scratch, l->with_privileged, &seen->attributes);
	close(fd);
	return result;
}

int file_look(const struct file_look *l, const struct file_look_place *p, struct file_seen *seen,
	struct fail *f)
{
	struct old_match match = { 0 };
	int fd, result;

	*seen = (struct file_seen){ 0 };
	if (l->old && old_tree_match(l->old, p->dir, p->on_disc, p->st, &match, f))
		return -1;
	if (match.file && !l->old->how->by_digest) {
		seen->is_sized = true;
		seen->old = match.file;
		seen->known = find_sharing(l, p, match.file);
		return look_at(l, p, seen);
	}
	fd = folder_open(l->cursor, p->folder, p->name, p->followed);
	if (fd < 0)
		return -1;
	result = look_into(l, p, fd, &match, seen, f);
	close(fd);
	return result;
}
