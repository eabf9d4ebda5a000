/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "drive/medium_kind.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#define CD_KB 176.4
#define DVD_KB 1385.0
#define BD_KB 4496.0

enum {
	CD_TYPES = TAKES_TAO | TAKES_SAO,
	DVD_TYPES = TAKES_DAO | TAKES_INCREMENTAL,
	CD_UNIT = 1,
	DVD_UNIT = 16,
	BD_UNIT = 32,
	/* Two ECC blocks: a DVD-RW that was formatted quickly grows only at its very end, which is
	 * thus where the next session starts. */
	GROWING_UNIT = 32,
	/* The last two blocks of a track written at once are run-out that can't be read (MMC-5,
	 * 6.27.3.18), and drives and kernels read ahead into them: 150 blocks, two seconds, keep
	 * the payload away from there, as ECMA-130 has it between tracks. */
	CD_TAIL = 150,
};

const struct medium_kind *medium_kind_find(int profile)
{
	/* profile, name, kB/s, unit, tail, write types, writable, overwritable, rewritable,
	 * simulates, multi */
	static const struct medium_kind table[] = {
		{ 0x08, "CD-ROM", CD_KB, CD_UNIT, 0, 0, 0, 0, 0, 0, 0 },
		{ 0x09, "CD-R", CD_KB, CD_UNIT, CD_TAIL, CD_TYPES, 1, 0, 0, 1, 1 },
		{ 0x0a, "CD-RW", CD_KB, CD_UNIT, CD_TAIL, CD_TYPES, 1, 0, 1, 1, 1 },
		{ 0x10, "DVD-ROM", DVD_KB, DVD_UNIT, 0, 0, 0, 0, 0, 0, 0 },
		{ 0x11, "DVD-R", DVD_KB, DVD_UNIT, 0, DVD_TYPES, 1, 0, 0, 1, 1 },
		{ 0x12, "DVD-RAM", DVD_KB, DVD_UNIT, 0, 0, 1, 1, 1, 0, 0 },
		{ 0x13, "DVD-RW (restricted overwrite)", DVD_KB, GROWING_UNIT, 0, 0, 1, 1, 1, 0,
			0 },
		{ 0x14, "DVD-RW (sequential)", DVD_KB, DVD_UNIT, 0, DVD_TYPES, 1, 0, 1, 1, 1 },
		{ 0x15, "DVD-R DL", DVD_KB, DVD_UNIT, 0, DVD_TYPES, 1, 0, 0, 1, 0 },
		{ 0x1a, "DVD+RW", DVD_KB, DVD_UNIT, 0, 0, 1, 1, 1, 0, 0 },
		{ 0x1b, "DVD+R", DVD_KB, DVD_UNIT, 0, 0, 1, 0, 0, 0, 1 },
		{ 0x2b, "DVD+R DL", DVD_KB, DVD_UNIT, 0, 0, 1, 0, 0, 0, 1 },
		{ 0x40, "BD-ROM", BD_KB, BD_UNIT, 0, 0, 0, 0, 0, 0, 0 },
		{ 0x41, "BD-R", BD_KB, BD_UNIT, 0, 0, 1, 0, 0, 0, 1 },
		{ 0x43, "BD-RE", BD_KB, BD_UNIT, 0, 0, 1, 1, 1, 0, 0 },
	};

	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		if (table[i].profile == profile)
			return &table[i];
	return NULL;
}

char *medium_kind_write_types(unsigned set, char *out, unsigned n_out)
{
	static const struct {
		unsigned bit;
		const char *name;
	} table[] = {
		{ TAKES_TAO, "tao" },
		{ TAKES_SAO, "sao" },
		{ TAKES_DAO, "dao" },
		{ TAKES_INCREMENTAL, "incremental" },
	};

	snprintf(out, n_out, "auto");
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		if (set & table[i].bit) {
			size_t len = strlen(out);

			snprintf(out + len, n_out - len, ", %s", table[i].name);
		}
	return out;
}
