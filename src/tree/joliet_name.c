/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tree/joliet_name.h"

#include <errno.h>
#include <iconv.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Decodes the UTF-8 sequence at s (RFC 3629). Its length; 0 for an invalid one. */
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

/* libisofs converts with iconv(3), replaces what is invalid, but stops before what iconv takes for
 * an unfinished sequence at the end. True where nothing stands before that. */
static bool leaves_nothing(const char *name)
{
	iconv_t cd = iconv_open("UTF-16BE", "UTF-8");
	char out[4 * JOLIET_NAME_MAX], *to = out;
	/* iconv takes char **, though it only reads */
	union {
		const char *read;
		char *given;
	} from = { name };
	size_t n_from = strlen(name), n_to = sizeof out;
	bool nothing;

	if (cd == (iconv_t)-1)
		return true;
	nothing = iconv(cd, &from.given, &n_from, &to, &n_to) == (size_t)-1 && errno == EINVAL &&
		  to == out;
	iconv_close(cd);
	return nothing;
}

enum joliet_fate joliet_name_fate(const char *name)
{
	const unsigned char *s = (const unsigned char *)name;
	bool is_valid = true, is_allowed = true;
	size_t n_units = 0;

	while (*s) {
		uint32_t c = 0;
		int n = decode(s, &c);

		is_valid = is_valid && n;
		is_allowed = is_allowed && !is_forbidden(c);
		n_units += c > 0xffff ? 2 : 1;
		s += n ? n : 1;
	}
	if (!is_valid && leaves_nothing(name))
		return JOLIET_NOTHING;
	return is_valid && is_allowed && n_units <= JOLIET_NAME_MAX ? JOLIET_KEPT : JOLIET_CHANGED;
}
