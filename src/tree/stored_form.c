/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tree/stored_form.h"

#include <string.h>

#include "iso/rock_ridge.h"
#include "tree/image_library.h"
#include "tree/isofs.h"
#include "util/number.h"
#include "util/sector.h"

/* The primary volume descriptor says where the root is, in a record (ECMA-119, 8.4.18, 9.1). */
enum { DESCRIPTOR_LBA = 16, ROOT_RECORD = 156, RECORD_LBA = 2, RECORD_NAME = 33 };

static const time_t early = -5000000000, late = 10000000000; /* in the years 1811 and 2286 */
static const char target[] = "a/";

/* The link is the third in the root, behind "." and "..". */
static struct stored_form look_at(const uint8_t root[BLOCK_BYTES])
{
	struct rock_ridge_long rest = { 0 };
	struct rock_ridge r = { .rest = &rest };
	const uint8_t *record = root + root[0];
	const uint8_t *fields;
	struct stored_form form;

	record += record[0];
	/* behind the name, and a byte that makes it even */
	fields = record + ((RECORD_NAME + record[RECORD_NAME - 1] + 1) & ~1);
	if (fields < record + record[0])
		rock_ridge_parse(&r, fields, (size_t)(record + record[0] - fields));
	form.has_long_times =
		r.times[ROCK_RIDGE_MTIME] == late && r.times[ROCK_RIDGE_ATIME] == early;
	form.has_slashes =
		rest.n_target == strlen(target) && memcmp(rest.target, target, rest.n_target) == 0;
	rock_ridge_long_clear(&rest);
	return form;
}

static struct stored_form read_image(struct burn_source *iso)
{
	uint32_t root_lba = UINT32_MAX;
	uint8_t block[BLOCK_BYTES];

	for (uint32_t lba = 0; iso->read_xt(iso, block, BLOCK_BYTES) == BLOCK_BYTES; lba++) {
		if (lba == DESCRIPTOR_LBA)
			root_lba = number_le32(block + ROOT_RECORD + RECORD_LBA);
		if (lba == root_lba)
			return look_at(block);
	}
	return (struct stored_form){ 0 };
}

/* libisofs' result, negative for an error. */
static int add_link(IsoImage *image)
{
	IsoSymlink *link;
	int ret = iso_tree_add_new_symlink(iso_image_get_root(image), "link", target, &link);

	if (ret < 0)
		return ret;
	iso_node_set_mtime((IsoNode *)link, late);
	iso_node_set_atime((IsoNode *)link, early);
	/* it has no place there */
	iso_node_set_hidden((IsoNode *)link, LIBISO_HIDE_ON_JOLIET);
	return ret;
}

struct stored_form stored_form_find(void)
{
	IsoWriteOpts *o = image_library_options();
	struct stored_form form = { 0 };
	struct burn_source *iso = NULL;
	IsoImage *image = NULL;

	if (o && iso_image_new("", &image) >= 0 && add_link(image) >= 0 &&
		iso_image_create_burn_source(image, o, &iso) >= 0) {
		form = read_image(iso);
		iso->cancel(iso);
		stage_free(iso);
	}
	if (image)
		iso_image_unref(image);
	iso_write_opts_free(o);
	return form;
}
