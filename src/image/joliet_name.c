/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "image/joliet_name.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Decodes the UTF-8 sequence at s (RFC 3629). Its length; 0 for an invalid one; -1 for one that is
 * right as far as it goes, but ends with the name. */
static int decode(const unsigned char *s, uint32_t *c)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	int n = s[0] < 0x80 ? 1 : s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : 2;

	if (n == 1) {
		*c = s[0];
		return 1;
	}
	if (s[0] < 0xc2 || s[0] > 0xf4)
		return 0;
	*c = s[0] & (0x7fu >> n);
	for (int i = 1; i < n; i++) {
		if (!s[i])
			return -1;
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		*c = *c << 6 | (s[i] & 0x3f);
	}
	if (*c < least[n] || *c > 0x10ffff || (*c >= 0xd800 && *c <= 0xdfff))
		return 0;
	return n;
}

static bool is_forbidden(uint32_t c)
{
	return c < 0x20 || (c < 0x80 && strchr("*/:;?\\", (int)c));
}

enum joliet_fate joliet_name_fate(const char *name)
{
	const unsigned char *s = (const unsigned char *)name;
	enum joliet_fate fate = JOLIET_KEPT;
	size_t n_units = 0;

	while (*s) {
		uint32_t c = 0;
		int n = decode(s, &c);

		/* iconv(3), through which libisofs converts, stops before an unfinished sequence
		 */
		if (n < 0)
			return n_units ? JOLIET_CHANGED : JOLIET_NOTHING;
		if (n == 0 || is_forbidden(c))
			fate = JOLIET_CHANGED;
		n_units += c > 0xffff ? 2 : 1;
		s += n ? n : 1;
	}
	return n_units > JOLIET_NAME_MAX ? JOLIET_CHANGED : fate;
}
