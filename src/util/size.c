/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "util/size.h"

#include <stdio.h>
#include <string.h>

/* The factor of a suffix, 0 for an unknown one. */
static uint64_t factor(const char *suffix)
{
	static const struct {
		const char *name;
		uint64_t factor;
	} table[] = {
		{ "", 1 },
		{ "s", 2048 },
		{ "S", 2048 },
		{ "k", 1 << 10 },
		{ "K", 1 << 10 },
		{ "m", 1 << 20 },
		{ "M", 1 << 20 },
		{ "g", 1 << 30 },
		{ "G", 1 << 30 },
	};

	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		if (strcmp(suffix, table[i].name) == 0)
			return table[i].factor;
	return 0;
}

int size_parse(const char *text, uint64_t *n_bytes)
{
	uint64_t n = 0, times;

	if (*text < '0' || *text > '9')
		return -1;
	for (; *text >= '0' && *text <= '9'; text++)
		if (__builtin_mul_overflow(n, 10, &n) ||
			__builtin_add_overflow(n, (uint64_t)(*text - '0'), &n))
			return -1;
	times = factor(text);
	if (times == 0 || __builtin_mul_overflow(n, times, n_bytes))
		return -1;
	return 0;
}

/* n with a comma between groups of three digits. */
static void group_digits(char *out, size_t size, uint64_t n)
{
	char digits[32];
	int len = snprintf(digits, sizeof digits, "%llu", (unsigned long long)n);
	size_t at = 0;

	for (int i = 0; i < len && at + 2 < size; i++) {
		if (i > 0 && (len - i) % 3 == 0)
			out[at++] = ',';
		out[at++] = digits[i];
	}
	out[at] = '\0';
}

char *size_format(char *out, size_t n, uint64_t n_bytes)
{
	static const char *const units[] = { "kB", "MB", "GB", "TB" };
	char digits[48];
	double value = (double)n_bytes / 1000;
	size_t unit = 0;

	group_digits(digits, sizeof digits, n_bytes);
	if (n_bytes < 10000) {
		snprintf(out, n, "%s bytes", digits);
		return out;
	}
	while (value >= 999.95 && unit < 3) {
		value /= 1000;
		unit++;
	}
	snprintf(out, n, "%s bytes (%.1f %s)", digits, value, units[unit]);
	return out;
}
