/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disc/same_files.h"

#include <stdlib.h>
#include <string.h>

enum { SLOTS_FIRST = 64, SLOTS_MAX = SAME_FILES_MAX / 7 * 8 / SAME_FILES_PARTS };

static const uint64_t odd = 0x9e3779b97f4a7c15u;

/* The part of a table that a hash belongs to; the place in it follows from lower bits. */
static struct same_files_table *part_of(struct same_files_table *parts, uint64_t hash)
{
	return &parts[hash >> 60];
}

/* Differs for any two files of one file system, and, but for one chance in 2^64, of two. A file
 * with one name is none that was met before, though union and network file systems may give it the
 * inode number of another one. */
static uint64_t number_file(struct same_files *s, const struct stat *st)
{
	uint64_t ino = st->st_nlink > 1 ? (uint64_t)st->st_ino : UINT64_MAX - s->n_single++;

	return ino * odd ^ (uint64_t)st->st_dev * 0xc2b2ae3d27d4eb4fu;
}

/* The place of a file; a free one where it isn't known. */
static size_t find_file(const struct same_files_table *t, uint64_t file)
{
	size_t at = (size_t)(file >> 20) & (t->n_slots - 1);

	while (t->serials[at] && t->files[at] != file)
		at = (at + 1) & (t->n_slots - 1);
	return at;
}

static size_t find_serial(const struct same_files_table *t, uint32_t serial)
{
	size_t at = (size_t)(serial * odd >> 20) & (t->n_slots - 1);

	while (t->serials[at] && t->serials[at] != serial)
		at = (at + 1) & (t->n_slots - 1);
	return at;
}

static void free_table(struct same_files_table *t)
{
	free(t->files);
	free(t->serials);
	*t = (struct same_files_table){ 0 };
}

/* Makes room for one pair more, as long as the table may grow. */
static int make_room(struct same_files_table *t, bool by_serial, struct fail *f)
{
	struct same_files_table more = { .n_slots = t->n_slots ? 2 * t->n_slots : SLOTS_FIRST,
		.n = t->n };

	if (t->n < t->n_slots / 8 * 7 || t->n_slots == SLOTS_MAX)
		return 0;
	more.files = calloc(more.n_slots, sizeof *more.files);
	more.serials = calloc(more.n_slots, sizeof *more.serials);
	if (!more.files || !more.serials) {
		free_table(&more);
		return fail_memory(f);
	}
	for (size_t i = 0; i < t->n_slots; i++) {
		size_t at;

		if (!t->serials[i])
			continue;
		at = by_serial ? find_serial(&more, t->serials[i]) : find_file(&more, t->files[i]);
		more.files[at] = t->files[i];
		more.serials[at] = t->serials[i];
	}
	free_table(t);
	*t = more;
	return 0;
}

static void put(
	struct same_files *s, struct same_files_table *t, size_t at, uint64_t file, uint32_t serial)
{
	if (t->serials[at])
		return;
	if (t->n == t->n_slots / 8 * 7) {
		s->is_full = true;
		return;
	}
	t->files[at] = file;
	t->serials[at] = serial;
	t->n++;
}

int same_files_add(struct same_files *s, const struct disc_node *node, const struct stat *st,
	const char **what, struct fail *f)
{
	uint32_t serial = disc_node_serial(node), known_serial;
	uint64_t file = number_file(s, st), known_file;
	struct same_files_table *files = part_of(s->by_file, file);
	struct same_files_table *serials = part_of(s->by_serial, serial * odd);
	size_t at_file, at_serial;

	*what = NULL;
	if (!serial || (node->n_links <= 1 && st->st_nlink <= 1))
		return 0;
	if (make_room(files, false, f) || make_room(serials, true, f))
		return -1;
	at_file = find_file(files, file);
	at_serial = find_serial(serials, serial);
	known_serial = files->serials[at_file] ? files->serials[at_file] : serial;
	known_file = serials->serials[at_serial] ? serials->files[at_serial] : file;
	/* where one of them is known as this one's, the pair was met, and told, before */
	if (known_serial != serial && !(serials->serials[at_serial] && known_file == file))
		*what = "is hard-linked only in the directory";
	else if (known_file != file && !(files->serials[at_file] && known_serial == serial))
		*what = "is hard-linked only on the disc";
	if (st->st_nlink > 1)
		put(s, files, at_file, file, serial);
	if (node->n_links > 1)
		put(s, serials, at_serial, file, serial);
	return 0;
}

void same_files_clear(struct same_files *s)
{
	for (size_t i = 0; i < SAME_FILES_PARTS; i++) {
		free_table(&s->by_file[i]);
		free_table(&s->by_serial[i]);
	}
}
