/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "read_back.h"

#include <stdio.h>

#include "disc/inner_volume.h"
#include "disc/payload_reader.h"
#include "disc/verify.h"
#include "image/file_system.h"
#include "util/sector.h"

static void distrust(struct fail *f)
{
	fail_hint(f, "the disc is not to be trusted: burn another one");
}

/* What holds the volume: the medium, or a file of a clear disc on it. */
struct place {
	struct block_reader *reader; /* NULL: the file can't be found any more */
	struct block_reader *window; /* of the file; NULL: of none */
	uint64_t first;              /* block of the medium */
};

static struct place find_place(const struct read_back *r, struct fail *f)
{
	struct place p = { .reader = r->reader };

	if (!r->as_file)
		return p;
	p.reader = p.window = inner_volume_open(r->reader, r->as_file, &p.first, f);
	return p;
}

/* A header that is part of the volume opens. The secret is the right one: where it doesn't, the
 * disc is bad. */
static int check_header(
	const struct read_back *r, const char *object, const struct messages *m, struct fail *f)
{
	const struct format *format = r->volume->format;
	struct fail why = { 0 };
	struct volume *found = NULL;
	struct place place;

	if (!r->volume->header_bytes)
		return 0;
	place = find_place(r, &why);
	if (place.reader)
		found = format_open(format, place.reader, r->params, r->credential, m, &why);
	block_reader_free(place.window);
	volume_free(found);
	if (found)
		return 0;
	fail_set(f, FAIL_MISMATCH, object, "the header on the disc does not open: %s%s%.600s",
		why.object, why.object[0] ? " " : "", why.what);
	distrust(f);
	return -1;
}

/* For telling the files of one extent. */
struct telling {
	const struct messages *m;
	const char *extent; /* "LBA 16-47 differ" */
	bool has_told;
};

static void tell_file(void *ctx, const char *path)
{
	struct telling *t = ctx;

	message_warn(t->m, "%s: in %s", t->extent, path);
	t->has_told = true;
}

/* The file system inside, as far as it can still be read; NULL where it can't. */
static struct file_system *open_files(const struct read_back *r, const struct place *place,
	struct block_reader **plain, struct fail *f)
{
	/* a drive is one thread's at a time */
	*plain = place->reader ? payload_reader_new(place->reader, r->volume, false, f) : NULL;
	return *plain ? file_system_open(*plain, f) : NULL;
}

/* What lies there besides files. */
static const char *place_name(const struct read_back *r, const struct place *place,
	const struct verify_extent *e, bool has_files, const struct file_system_range *range)
{
	if (r->as_file && !place->reader)
		return "in the encrypted volume, or in what is around it";
	if (e->lba < place->first ||
		(place->window && e->lba >= place->first + place->window->n_blocks))
		return "in the clear file system around the volume";
	if (e->lba < place->first + r->volume->payload_offset / BLOCK_BYTES)
		return "in the volume's header";
	if (!has_files)
		return "the file system can't be read to tell the file";
	return range->has_structure ? "in the file system's own structures" : "in no file";
}

static void tell_extent(const struct read_back *r, const struct place *place,
	const struct file_system *fs, const struct verify_extent *e, const struct messages *m)
{
	uint64_t first = place->first + r->volume->payload_offset / BLOCK_BYTES;
	uint64_t end = e->lba + e->n_blocks;
	struct file_system_range range = { 0 };
	char extent[100];
	struct telling t = { .m = m, .extent = extent };

	if (e->n_blocks == 1)
		snprintf(extent, sizeof extent, "LBA %llu %s", (unsigned long long)e->lba,
			e->is_unreadable ? "can't be read" : "differs");
	else
		snprintf(extent, sizeof extent, "LBA %llu-%llu %s", (unsigned long long)e->lba,
			(unsigned long long)(end - 1),
			e->is_unreadable ? "can't be read" : "differ");
	if (fs && end > first) {
		uint64_t from = e->lba > first ? e->lba - first : 0;

		range = file_system_files_at(fs, from, end - first - from, tell_file, &t);
	}
	if (!t.has_told)
		message_warn(m, "%s: %s", extent, place_name(r, place, e, fs != NULL, &range));
}

static void tell_all(
	const struct read_back *r, const struct verify_result *result, const struct messages *m)
{
	struct fail unread = { 0 };
	struct block_reader *plain = NULL;
	struct place place = find_place(r, &unread);
	struct file_system *fs = open_files(r, &place, &plain, &unread);

	for (size_t i = 0; i < result->n_extents; i++)
		tell_extent(r, &place, fs, &result->extents[i], m);
	file_system_close(fs);
	block_reader_free(plain);
	block_reader_free(place.window);
}

int read_back_check(const struct read_back *r, const char *object, const struct sink_watch *watch,
	const struct messages *m, struct fail *f)
{
	struct verify_result result;
	struct fail bad = { 0 };

	if (r->sent && verify_blocks(r->reader, r->sent, r->n_bytes, watch, &result, &bad)) {
		if (bad.code == FAIL_MISMATCH)
			tell_all(r, &result, m);
		fail_set(f, bad.code, object, "%s", bad.what);
		distrust(f);
		return -1;
	}
	return check_header(r, object, m, f);
}
