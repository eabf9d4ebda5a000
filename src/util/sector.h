/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sizes that everything counts in.
 *
 * SECTOR_BYTES  the kernel's sector: what dm-crypt counts its IVs in
 * BLOCK_BYTES   the logical block of a data disc and of ISO 9660 (ECMA-119, 6.1.2): an LBA's unit
 * CHUNK_BYTES   what one stage hands to the next at a time: fits an L2 cache
 */
#ifndef UTIL_SECTOR_H
#define UTIL_SECTOR_H

enum { SECTOR_BYTES = 512, BLOCK_BYTES = 2048, CHUNK_BYTES = 256 * 1024 };

#endif
