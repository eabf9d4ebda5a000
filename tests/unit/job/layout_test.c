/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What lies where: by format, with a container around it, on a medium that pads. */
#include <string.h>

#include "job/layout.h"
#include "lib/tap.h"
#include "util/sector.h"

enum { MIB = 1024 * 1024 };

/* The blocks of the parts, in order. */
static bool has(const struct layout *l, const uint64_t n_blocks[LAYOUT_KINDS])
{
	uint64_t lba = 0;

	for (unsigned kind = 0; kind < LAYOUT_KINDS; kind++) {
		if (l->parts[kind].lba != lba || l->parts[kind].n_blocks != n_blocks[kind]) {
			tap_note("part %u: %llu blocks at %llu", kind,
				(unsigned long long)l->parts[kind].n_blocks,
				(unsigned long long)l->parts[kind].lba);
			return false;
		}
		lba += n_blocks[kind];
	}
	return true;
}

static void test_formats(void)
{
	static const struct {
		const char *format;
		uint64_t n_header, n_trailer; /* blocks: doc/FORMAT.md */
	} rows[] = {
		{ "luks2", MIB / BLOCK_BYTES, 0 },
		{ "luks1", 2 * MIB / BLOCK_BYTES, 0 },
		{ "plain", 0, 0 },
		{ "loopaes", 0, 0 },
		{ "veracrypt", 64, 64 },
		{ "none", 0, 0 },
	};
	struct format_params params = { 0 };

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct format *format = format_find(rows[i].format);
		struct fail f = { 0 };
		struct layout l;

		tap_ok(layout_make(&l, format, &params, 1000 * BLOCK_BYTES, NULL, &f) == 0 &&
				has(&l, (uint64_t[]){ 0, rows[i].n_header, 1000, rows[i].n_trailer,
						0, 0 }),
			"%s: header, payload and trailer", rows[i].format);
		tap_ok(layout_bytes(&l) ==
				(rows[i].n_header + 1000 + rows[i].n_trailer) * BLOCK_BYTES,
			"%s: the sum", rows[i].format);
	}
}

static void test_medium(void)
{
	struct sink_needs needs = {
		.unit_bytes = 16 * BLOCK_BYTES, .tail_bytes = 150 * BLOCK_BYTES, .start_lba = 48
	};
	struct format_params params = { 0 };
	struct fail f = { 0 };
	struct layout l;

	layout_make(&l, format_find("veracrypt"), &params, 1001 * BLOCK_BYTES, NULL, &f);
	layout_place(&l, &needs);
	/* 64 + 1001 + 64 = 1129, the next multiple of 16 is 1136 */
	tap_ok(has(&l, (uint64_t[]){ 0, 64, 1001, 64, 0, 7 + 150 }), "padding behind the data");
	tap_ok(layout_data_bytes(&l) == 1129 * BLOCK_BYTES &&
			layout_bytes(&l) == 1286 * BLOCK_BYTES,
		"with and without the padding");
	tap_ok(layout_lba(&l, LAYOUT_PAYLOAD) == 48 + 64, "places count from the session's start");
	tap_ok(layout_find(&l, 47) == LAYOUT_KINDS && layout_find(&l, 48) == LAYOUT_HEADER &&
			layout_find(&l, 111) == LAYOUT_HEADER &&
			layout_find(&l, 112) == LAYOUT_PAYLOAD &&
			layout_find(&l, 48 + 1065) == LAYOUT_TRAILER &&
			layout_find(&l, 48 + 1285) == LAYOUT_PADDING &&
			layout_find(&l, 48 + 1286) == LAYOUT_KINDS,
		"each block belongs to one part, and none to what is not there");
}

static void test_healing(void)
{
	struct sink_needs needs = { .unit_bytes = 16 * BLOCK_BYTES };
	struct format_params params = { 0 };
	struct fail f = { 0 };
	struct layout l;

	layout_make(&l, format_find("veracrypt"), &params, 1001 * BLOCK_BYTES, NULL, &f);
	layout_add_healing(&l, 501);
	layout_place(&l, &needs);
	tap_ok(has(&l, (uint64_t[]){ 0, 64, 1001, 64, 501, 2 }) &&
			layout_data_bytes(&l) == 1630 * BLOCK_BYTES &&
			layout_part_bytes(&l, LAYOUT_HEALING) == 501 * BLOCK_BYTES &&
			layout_find(&l, 1129) == LAYOUT_HEALING,
		"healing data behind the volume, before the padding");
}

static void test_container(void)
{
	struct container_spec spec = {
		.name = "volume.luks", .readme = " ", .volume_id = "ENCRYPTED"
	};
	struct format_params params = { 0 };
	struct fail f = { 0 };
	struct layout l;

	tap_ok(layout_make(&l, format_find("luks2"), &params, 100 * BLOCK_BYTES, &spec, &f) == 0,
		"a volume that is a file (%s)", f.what);
	tap_ok(spec.n_bytes == MIB + 100 * BLOCK_BYTES, "the file is the volume");
	tap_ok(l.parts[LAYOUT_HEAD].n_blocks > 16 &&
			layout_lba(&l, LAYOUT_HEADER) == l.parts[LAYOUT_HEAD].n_blocks &&
			layout_bytes(&l) >=
				l.parts[LAYOUT_HEAD].n_blocks * BLOCK_BYTES + spec.n_bytes,
		"the unencrypted file system stands around it");
}

static void test_unknown(void)
{
	struct format_params params = { 0 };
	struct fail f = { 0 };
	struct layout l;

	tap_ok(layout_make(&l, format_find("luks2"), &params, 0, NULL, &f) == 0 && !l.is_known &&
			layout_bytes(&l) == 0 && layout_data_bytes(&l) == 0,
		"an unknown size stays unknown");
	tap_ok(layout_lba(&l, LAYOUT_PAYLOAD) == MIB / BLOCK_BYTES,
		"but the payload's place is known");
	layout_complete(&l, (512 + 77) * BLOCK_BYTES);
	tap_ok(l.is_known && has(&l, (uint64_t[]){ 0, 512, 77, 0, 0, 0 }) &&
			layout_find(&l, 512 + 76) == LAYOUT_PAYLOAD,
		"until all has gone out");
	tap_ok(layout_make(&l, format_find("veracrypt"), &params, 0, NULL, &f) == -1 &&
			f.code == FAIL_USAGE,
		"a format that has to know it says so");
}

static void test_header_elsewhere(void)
{
	struct format_params params = { .header_path = "header" };
	struct fail f = { 0 };
	struct layout l;

	tap_ok(layout_make(&l, format_find("luks2"), &params, 10 * BLOCK_BYTES, NULL, &f) == 0 &&
			has(&l, (uint64_t[]){ 0, 0, 10, 0, 0, 0 }),
		"a detached header takes nothing on the disc");
}

int main(void)
{
	test_formats();
	test_medium();
	test_container();
	test_healing();
	test_unknown();
	test_header_elsewhere();
	return tap_done();
}
