/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "read_back.h"

#include <stdio.h>

#include "disc/payload_reader.h"
#include "disc/verify.h"
#include "image/file_system.h"
#include "util/sector.h"

static void distrust(struct fail *f)
{
	fail_hint(f, "the disc is not to be trusted: burn another one");
}

/* A header that is part of the volume opens. The secret is the right one: where it doesn't, the
 * disc is bad. */
static int check_header(
	const struct read_back *r, const char *object, const struct messages *m, struct fail *f)
{
	const struct format *format = r->volume->format;
	struct fail why = { 0 };
	struct volume *found;

	if (!r->volume->header_bytes || r->is_in_clear_image)
		return 0;
	found = format_open(format, r->reader, r->params, r->credential, m, &why);
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
	const char *place; /* "LBA 16-47 differ" */
	bool has_told;
};

static void tell_file(void *ctx, const char *path)
{
	struct telling *t = ctx;

	message_warn(t->m, "%s: in %s", t->place, path);
	t->has_told = true;
}

/* The file system inside, as far as it can still be read; NULL where it can't. */
static struct file_system *open_files(
	const struct read_back *r, struct block_reader **plain, struct fail *f)
{
	/* a drive is one thread's at a time */
	*plain = payload_reader_new(r->reader, r->volume, false, f);
	return *plain ? file_system_open(*plain, f) : NULL;
}

/* What lies there besides files. */
static const char *place_name(const struct read_back *r, const struct verify_extent *e,
	bool has_files, const struct file_system_range *range)
{
	if (r->is_in_clear_image)
		return "in the encrypted volume, or in what is around it";
	if (e->lba < r->volume->payload_offset / BLOCK_BYTES)
		return "in the volume's header";
	if (!has_files)
		return "the file system can't be read to tell the file";
	return range->has_structure ? "in the file system's own structures" : "in no file";
}

static void tell_extent(const struct read_back *r, const struct file_system *fs,
	const struct verify_extent *e, const struct messages *m)
{
	uint64_t first = r->volume->payload_offset / BLOCK_BYTES, end = e->lba + e->n_blocks;
	struct file_system_range range = { 0 };
	char place[100];
	struct telling t = { .m = m, .place = place };

	if (e->n_blocks == 1)
		snprintf(place, sizeof place, "LBA %llu %s", (unsigned long long)e->lba,
			e->is_unreadable ? "can't be read" : "differs");
	else
		snprintf(place, sizeof place, "LBA %llu-%llu %s", (unsigned long long)e->lba,
			(unsigned long long)(end - 1),
			e->is_unreadable ? "can't be read" : "differ");
	if (fs && end > first) {
		uint64_t from = e->lba > first ? e->lba - first : 0;

		range = file_system_files_at(fs, from, end - first - from, tell_file, &t);
	}
	if (!t.has_told)
		message_warn(m, "%s: %s", place, place_name(r, e, fs != NULL, &range));
}

static void tell_all(
	const struct read_back *r, const struct verify_result *result, const struct messages *m)
{
	struct fail unread = { 0 };
	struct block_reader *plain = NULL;
	struct file_system *fs = r->is_in_clear_image ? NULL : open_files(r, &plain, &unread);

	for (size_t i = 0; i < result->n_extents; i++)
		tell_extent(r, fs, &result->extents[i], m);
	file_system_close(fs);
	block_reader_free(plain);
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
