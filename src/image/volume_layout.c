/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "image/volume_layout.h"

#include <string.h>

#include "image/directory_record.h"
#include "image/number.h"

/* ECMA-119, 8.4 and 8.5: offsets in a descriptor. */
enum {
	TYPE = 0,
	IDENTIFIER = 1,
	BOOT_CATALOG = 71,
	SPACE_SIZE = 80,
	ESCAPE_SEQUENCES = 88,
	BLOCK_SIZE = 128,
	PATH_TABLE_SIZE = 132,
	PATH_TABLES = 140, /* two with the low byte first, two with the high byte first */
	ROOT_RECORD = 156,
};

enum { TYPE_BOOT = 0, TYPE_PRIMARY = 1, TYPE_SUPPLEMENTARY = 2, TYPE_TERMINATOR = 255 };

static void add_place(struct volume_layout *v, uint32_t lba, uint32_t n_bytes)
{
	if (lba == 0 || n_bytes == 0 || v->n_places == VOLUME_LAYOUT_PLACES_MAX)
		return;
	v->places[v->n_places].lba = lba;
	v->places[v->n_places++].n_bytes = n_bytes;
}

static int add_tree(struct volume_layout *v, const uint8_t *block, enum volume_tree_kind kind)
{
	uint32_t n_bytes = number_le32(block + PATH_TABLE_SIZE);
	struct directory_record r;

	if (number_le16(block + BLOCK_SIZE) != BLOCK_BYTES)
		return -1;
	if (directory_record_parse(&r, block + ROOT_RECORD, DIRECTORY_RECORD_MIN) != 1)
		return -1;
	for (int i = 0; i < 4; i++) {
		const uint8_t *at = block + PATH_TABLES + 4 * i;

		add_place(v, i < 2 ? number_le32(at) : number_be32(at), n_bytes);
	}
	if (v->n_trees < VOLUME_LAYOUT_TREES_MAX)
		v->trees[v->n_trees++] = (struct volume_tree){ kind, r.lba, r.n_bytes };
	return 0;
}

static bool is_joliet(const uint8_t *block)
{
	const uint8_t *e = block + ESCAPE_SEQUENCES;

	return e[0] == '%' && e[1] == '/' && (e[2] == '@' || e[2] == 'C' || e[2] == 'E');
}

static int add_primary(struct volume_layout *v, const uint8_t *block)
{
	/* copies are allowed (8.4); supplementary ones come behind the first */
	if (v->has_primary)
		return 0;
	if (v->n_trees || add_tree(v, block, VOLUME_TREE_PLAIN))
		return -1;
	v->has_primary = true;
	v->n_blocks = number_le32(block + SPACE_SIZE);
	return 0;
}

int volume_layout_add(struct volume_layout *v, const uint8_t block[BLOCK_BYTES])
{
	if (memcmp(block + IDENTIFIER, "CD001", 5) != 0)
		return -1;
	switch (block[TYPE]) {
	case TYPE_PRIMARY:
		return add_primary(v, block);
	case TYPE_SUPPLEMENTARY:
		if (!v->has_primary)
			return -1;
		return add_tree(
			v, block, is_joliet(block) ? VOLUME_TREE_JOLIET : VOLUME_TREE_OTHER);
	case TYPE_BOOT:
		if (memcmp(block + 7, "EL TORITO SPECIFICATION", 23) == 0)
			add_place(v, number_le32(block + BOOT_CATALOG), BLOCK_BYTES);
		return 0;
	case TYPE_TERMINATOR:
		v->is_whole = true;
		return 0;
	default:
		return 0; /* partitions and what is to come: nothing of ours */
	}
}
