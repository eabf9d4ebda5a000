/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tree/joliet_name.h"

#include <errno.h>
#include <iconv.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "util/utf8.h"

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
	bool is_valid = true, is_allowed = true;
	size_t n_units = 0;

	for (const char *s = name; *s;) {
		uint32_t c = 0;
		size_t n = utf8_decode(s, &c);

		is_valid = is_valid && n;
		is_allowed = is_allowed && !is_forbidden(c);
		n_units += c > 0xffff ? 2 : 1;
		s += n ? n : 1;
	}
	if (!is_valid && leaves_nothing(name))
		return JOLIET_NOTHING;
	return is_valid && is_allowed && n_units <= JOLIET_NAME_MAX ? JOLIET_KEPT : JOLIET_CHANGED;
}
