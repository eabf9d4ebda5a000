/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "job/read_back.h"

#include <stdio.h>

#include "disc/inner_volume.h"
#include "disc/payload_reader.h"
#include "disc/compare.h"
#include "iso/block_owners.h"
#include "util/block_reader.h"
#include "util/sector.h"

static void distrust(struct fail *f)
{
	fail_hint(f, "do not rely on this disc; burn another");
}

/* A header that is part of the volume opens. The secret is the right one: where it doesn't, the
 * disc is bad. */
static int check_header(
	const struct read_back *r, const char *object, const struct messages *m, struct fail *f)
{
	struct block_reader *inner = NULL;
	struct fail why = { 0 };
	struct volume *found = NULL;
	uint64_t first;

	/* through the unencrypted file system, as others will find it */
	if (r->as_file)
		inner = inner_volume_open(r->reader, 0, r->as_file, &first, &why);
	if (!r->as_file || inner)
		found = format_open(r->volume->format, inner ? inner : r->reader, r->params,
			r->credential, m, &why);
	block_reader_free(inner);
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
	const struct compare_extent *extents;
	struct block_range *ranges; /* of the payload, one for each */
};

/* "LBA 16-47 differ" */
static const char *extent_name(const struct compare_extent *e, char *out, size_t n)
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

/* The block of the medium that the volume begins with. */
static uint64_t volume_lba(const struct read_back *r)
{
	return r->is_part ? 0 : layout_lba(r->layout, LAYOUT_HEADER);
}

static uint64_t payload_lba(const struct read_back *r)
{
	return r->is_part ? r->volume->payload_offset / BLOCK_BYTES
			  : layout_lba(r->layout, LAYOUT_PAYLOAD);
}

/* Finds the files, as far as the file system inside can still be read; false where it can't. */
static bool tell_files(const struct read_back *r, struct telling *t, size_t n)
{
	uint64_t end =
		layout_lba(r->layout, LAYOUT_PAYLOAD) + r->layout->parts[LAYOUT_PAYLOAD].n_blocks;
	struct block_reader *volume, *plain = NULL;
	struct fail unread = { 0 };
	bool has_files;

	volume = block_reader_window(r->reader, volume_lba(r), end - volume_lba(r), NULL);
	/* a drive is one thread's at a time */
	if (volume)
		plain = payload_reader_new(volume, r->volume, false, NULL);
	if (plain)
		plain->session_lba = r->session;
	has_files = plain && block_owners_find(plain, 0, t->ranges, n, tell_path, t, &unread) == 0;
	block_reader_free(plain);
	block_reader_free(volume);
	return has_files;
}

/* What lies there besides files. */
static const char *place_name(
	enum layout_kind kind, bool has_files, const struct block_range *range)
{
	if (kind != LAYOUT_PAYLOAD)
		return layout_name(kind);
	if (!has_files)
		return "the payload; its file system can't be read to name the file";
	return range->has_structure ? "the file system's own structures" : "no file";
}

static void tell_all(
	const struct read_back *r, const struct compare_result *result, const struct messages *m)
{
	uint64_t first = payload_lba(r);
	struct block_range ranges[COMPARE_EXTENTS_MAX] = { 0 };
	struct telling t = { .m = m, .extents = result->extents, .ranges = ranges };
	bool has_files;

	for (size_t i = 0; i < result->n_extents; i++) {
		uint64_t from = result->extents[i].lba, end = from + result->extents[i].n_blocks;

		from = from > first ? from : first;
		ranges[i].lba = from - first;
		ranges[i].n_blocks = end > from ? end - from : 0;
	}
	has_files = tell_files(r, &t, result->n_extents);
	for (size_t i = 0; i < result->n_extents; i++) {
		const struct compare_extent *e = &result->extents[i];
		char extent[100];

		if (ranges[i].n_files + ranges[i].n_directories == 0)
			message_warn(m, "%s: in %s", extent_name(e, extent, sizeof extent),
				place_name(layout_find(r->layout, e->lba), has_files, &ranges[i]));
	}
}

/* Compares what was sent with where it went. */
static int compare(const struct read_back *r, const struct progress_watch *watch,
	struct compare_result *result, struct fail *f)
{
	uint64_t first = r->layout->start_lba, n = (r->n_bytes + BLOCK_BYTES - 1) / BLOCK_BYTES;
	struct block_reader *part;
	int ret;

	if (!first)
		return compare_blocks(r->reader, r->sent, r->n_bytes, watch, result, f);
	if (n > r->reader->n_blocks || first > r->reader->n_blocks - n)
		return fail_set(f, FAIL_MISMATCH, "", "the medium ends before what was written");
	part = block_reader_window(r->reader, first, n, f);
	if (!part)
		return -1;
	ret = compare_blocks(part, r->sent, r->n_bytes, watch, result, f);
	block_reader_free(part);
	for (size_t i = 0; i < result->n_extents; i++)
		result->extents[i].lba += first;
	return ret;
}

int read_back_check(const struct read_back *r, const char *object,
	const struct progress_watch *watch, const struct messages *m, struct fail *f)
{
	struct compare_result result = { .n_extents = 0 };
	struct fail bad = { 0 };

	if (r->sent && compare(r, watch, &result, &bad)) {
		if (bad.code == FAIL_MISMATCH)
			tell_all(r, &result, m);
		fail_set(f, bad.code, object, "%s", bad.what);
		distrust(f);
		return -1;
	}
	if (!r->opens_header)
		return 0;
	progress_tick(watch, PROGRESS_DERIVING, 0, 0);
	return check_header(r, object, m, f);
}
