/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A picture of a disc's blocks: where on it they lie, and what was found. As SVG (SVG 1.1, plain
 * paths), a spiral from the inside out as a drive reads it; as text, lines of letters. Both are
 * made of cells of as many blocks each, and a cell shows the worst of its blocks. */
#ifndef HEAL_DISC_MAP_H
#define HEAL_DISC_MAP_H

#include <stdbool.h>
#include <stdint.h>

#include "heal/heal_layout.h"
#include "util/fail.h"

enum { DISC_MAP_CELLS = 4000 };

/* The better before the worse. */
enum disc_map_state { MAP_GOOD, MAP_HEALED, MAP_UNKNOWN, MAP_LOST, MAP_STATES };

struct disc_map {
	bool is_repaired; /* else it was but looked at */
	uint64_t n_blocks;
	uint64_t counts[MAP_STATES]; /* of blocks */
	uint8_t cells[DISC_MAP_CELLS];
};

/* What a map is made of: states of all blocks up to the layout's end (heal/block_states.h). */
struct disc_map_source {
	const struct heal_layout *layout;
	const uint8_t *found;  /* before */
	const uint8_t *healed; /* after a repair, or as they would be */
	bool is_repaired;
	bool has_lost; /* blocks of the volume: what stands behind it was not made anew then */
};

/* Counts all blocks, and fills the cells. */
void disc_map_make(struct disc_map *m, const struct disc_map_source *s);

/* A heap string. title is shown, any bytes of it. NULL with f filled. */
char *disc_map_svg(const struct disc_map *m, const char *title, struct fail *f);

/* The same as lines of text. */
char *disc_map_letters(const struct disc_map *m, struct fail *f);

#endif
