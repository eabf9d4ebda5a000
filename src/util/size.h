/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sizes as users write and read them. */
#ifndef UTIL_SIZE_H
#define UTIL_SIZE_H

#include <stddef.h>
#include <stdint.h>

/* Reads N[s|k|m|g]: bytes, 2048-byte sectors, powers of 1024 (either case). 0, or -1 for anything
 * else: signs, white space, an overflow, an empty string. */
int size_parse(const char *text, uint64_t *n_bytes);

/* Writes n_bytes for people, as "1,234,567 bytes (1.2 MB)" without the bracket below 10 kB; MB are
 * powers of 1000. Returns out. */
char *size_format(char *out, size_t n, uint64_t n_bytes);

/* The least multiple of unit that is not below n; unit 0: n. */
static inline uint64_t size_round_up(uint64_t n, uint64_t unit)
{
	return unit ? (n + unit - 1) / unit * unit : n;
}

#endif
