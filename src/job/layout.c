/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "job/layout.h"

#include <string.h>

#include "util/sector.h"
#include "util/size.h"

static uint64_t blocks(uint64_t n_bytes)
{
	return size_round_up(n_bytes, BLOCK_BYTES) / BLOCK_BYTES;
}

/* Gives the parts their places, one behind the other. */
static void line_up(struct layout *l)
{
	uint64_t lba = 0;

	for (unsigned kind = 0; kind < LAYOUT_KINDS; kind++) {
		l->parts[kind].lba = lba;
		lba += l->parts[kind].n_blocks;
	}
}

int layout_make(struct layout *l, const struct format *format, const struct format_params *params,
	uint64_t payload_bytes, struct container_spec *container, struct fail *f)
{
	struct volume_sizes sizes;
	uint64_t n_container, n_volume;

	memset(l, 0, sizeof *l);
	if (format_measure(format, params, payload_bytes, &sizes, f))
		return -1;
	n_volume = blocks(sizes.header_bytes) + blocks(payload_bytes) + blocks(sizes.trailer_bytes);
	l->is_known = payload_bytes != 0;
	l->parts[LAYOUT_HEADER].n_blocks = blocks(sizes.header_bytes);
	l->parts[LAYOUT_PAYLOAD].n_blocks = blocks(payload_bytes);
	l->parts[LAYOUT_TRAILER].n_blocks = blocks(sizes.trailer_bytes);
	if (container) {
		container->n_bytes = n_volume * BLOCK_BYTES;
		n_container = blocks(container_source_bytes(container, f));
		if (!n_container)
			return -1;
		l->parts[LAYOUT_HEAD].n_blocks = n_container - n_volume;
	}
	line_up(l);
	return 0;
}

void layout_add_healing(struct layout *l, uint64_t n_blocks)
{
	l->parts[LAYOUT_HEALING].n_blocks = n_blocks;
	line_up(l);
}

void layout_make_part(struct layout *l, uint64_t payload_bytes)
{
	memset(l, 0, sizeof *l);
	l->is_known = true;
	l->parts[LAYOUT_PAYLOAD].n_blocks = blocks(payload_bytes);
	line_up(l);
}

void layout_place(struct layout *l, const struct sink_needs *needs)
{
	uint64_t n_bytes = layout_data_bytes(l);

	l->start_lba = needs->start_lba;
	if (l->is_known)
		l->parts[LAYOUT_PADDING].n_blocks =
			blocks(sink_padded_bytes(needs, n_bytes) - n_bytes);
}

void layout_complete(struct layout *l, uint64_t data_bytes)
{
	uint64_t n_header = l->parts[LAYOUT_HEADER].n_blocks;

	if (l->is_known || blocks(data_bytes) < n_header)
		return;
	l->parts[LAYOUT_PAYLOAD].n_blocks = blocks(data_bytes) - n_header;
	l->is_known = true;
	line_up(l);
}

uint64_t layout_data_bytes(const struct layout *l)
{
	return l->is_known ? l->parts[LAYOUT_PADDING].lba * BLOCK_BYTES : 0;
}

uint64_t layout_bytes(const struct layout *l)
{
	return l->is_known ? layout_data_bytes(l) + l->parts[LAYOUT_PADDING].n_blocks * BLOCK_BYTES
			   : 0;
}

uint64_t layout_part_bytes(const struct layout *l, enum layout_kind kind)
{
	return l->parts[kind].n_blocks * BLOCK_BYTES;
}

uint64_t layout_lba(const struct layout *l, enum layout_kind kind)
{
	return l->start_lba + l->parts[kind].lba;
}

enum layout_kind layout_find(const struct layout *l, uint64_t lba)
{
	unsigned kind = 0;

	while (kind < LAYOUT_KINDS && !(lba >= layout_lba(l, kind) &&
					      lba - layout_lba(l, kind) < l->parts[kind].n_blocks))
		kind++;
	return kind;
}

const char *layout_name(enum layout_kind kind)
{
	static const char *const names[] = {
		[LAYOUT_HEAD] = "the unencrypted file system around the volume",
		[LAYOUT_HEADER] = "the volume's header",
		[LAYOUT_PAYLOAD] = "the payload",
		[LAYOUT_TRAILER] = "the backup header at the volume's end",
		[LAYOUT_HEALING] = "the healing data",
		[LAYOUT_PADDING] = "the padding"
	};

	return kind < LAYOUT_KINDS ? names[kind] : "an area that was not written";
}
