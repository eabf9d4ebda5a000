/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "job/read_back.h"

#include <stdio.h>

#include "disc/inner_volume.h"
#include "disc/payload_reader.h"
#include "disc/verify.h"
#include "iso/block_owners.h"
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
	p.reader = p.window = inner_volume_open(r->reader, 0, r->as_file, &p.first, f);
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

/* For telling what lies in the extents. */
struct telling {
	const struct messages *m;
	const struct verify_extent *extents;
	struct block_range *ranges; /* of the payload, one for each */
};

/* "LBA 16-47 differ" */
static const char *extent_name(const struct verify_extent *e, char *out, size_t n)
{
	if (e->n_blocks == 1)
		snprintf(out, n, "LBA %llu %s", (unsigned long long)e->lba,
			e->is_unreadable ? "can't be read" : "differs");
	else
		snprintf(out, n, "LBA %llu-%llu %s", (unsigned long long)e->lba,
			(unsigned long long)(e->lba + e->n_blocks - 1),
			e->is_unreadable ? "can't be read" : "differ");
	return out;
}

static void tell_path(void *ctx, const struct block_range *range, const char *path)
{
	const struct telling *t = ctx;
	char extent[100];

	message_warn(t->m, "%s: in %s",
		extent_name(&t->extents[range - t->ranges], extent, sizeof extent), path);
}

/* Finds the files, as far as the file system inside can still be read; false where it can't. */
static bool tell_files(
	const struct read_back *r, const struct place *place, struct telling *t, size_t n)
{
	struct fail unread = { 0 };
	struct block_reader *plain = NULL;
	bool has_files;

	/* a drive is one thread's at a time */
	if (place->reader)
		plain = payload_reader_new(place->reader, r->volume, false, &unread);
	has_files = plain && block_owners_find(plain, 0, t->ranges, n, tell_path, t, &unread) == 0;
	block_reader_free(plain);
	return has_files;
}

/* What lies there besides files. */
static const char *place_name(const struct read_back *r, const struct place *place,
	const struct verify_extent *e, bool has_files, const struct block_range *range)
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

static void tell_all(
	const struct read_back *r, const struct verify_result *result, const struct messages *m)
{
	struct fail unread = { 0 };
	struct place place = find_place(r, &unread);
	uint64_t first = place.first + r->volume->payload_offset / BLOCK_BYTES;
	struct block_range ranges[VERIFY_EXTENTS_MAX] = { 0 };
	struct telling t = { .m = m, .extents = result->extents, .ranges = ranges };
	bool has_files;

	for (size_t i = 0; i < result->n_extents; i++) {
		uint64_t from = result->extents[i].lba, end = from + result->extents[i].n_blocks;

		from = from > first ? from : first;
		ranges[i].lba = from - first;
		ranges[i].n_blocks = end > from ? end - from : 0;
	}
	has_files = tell_files(r, &place, &t, result->n_extents);
	for (size_t i = 0; i < result->n_extents; i++) {
		char extent[100];

		if (ranges[i].n_files + ranges[i].n_directories == 0)
			message_warn(m, "%s: %s",
				extent_name(&result->extents[i], extent, sizeof extent),
				place_name(r, &place, &result->extents[i], has_files, &ranges[i]));
	}
	block_reader_free(place.window);
}

int read_back_check(const struct read_back *r, const char *object,
	const struct progress_watch *watch, const struct messages *m, struct fail *f)
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
