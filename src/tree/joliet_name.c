/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tree/joliet_name.h"

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "util/utf8.h"

/* Of an extension that is kept, with its dot. */
enum { EXTENSION_MAX = 16 };

static const char alphanumeric[] = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

static bool is_forbidden(uint32_t c)
{
	return c < 0x20 || (c < 0x80 && strchr("*/:;?\\", (int)c));
}

/* The bytes of the character at s, and whether Joliet holds it; 1 and false for what is none. */
static size_t next(const char *s, bool *is_held, size_t *n_units)
{
	uint32_t c = 0;
	size_t n = utf8_decode(s, &c);

	*is_held = n && !is_forbidden(c);
	*n_units = *is_held && c > 0xffff ? 2 : 1;
	return n ? n : 1;
}

bool joliet_name_is_kept(const char *name)
{
	bool is_held = true;
	size_t n_units = 0, more;

	for (const char *s = name; is_held && *s; n_units += more)
		s += next(s, &is_held, &more);
	return is_held && n_units <= JOLIET_NAME_MAX;
}

/* Behind the last dot there are some letters and digits, before it there is something. No "~" in
 * it: that marks a number. */
static const char *extension_of(const char *name)
{
	const char *dot = strrchr(name, '.');
	size_t n = dot ? strlen(dot) : 0;

	return dot > name && n > 1 && n <= EXTENSION_MAX && strspn(dot + 1, alphanumeric) == n - 1
		       ? dot
		       : name + strlen(name);
}

void joliet_name_alter(
	const char *name, bool is_directory, unsigned number, char out[JOLIET_BYTES_MAX + 1])
{
	const char *end = is_directory ? name + strlen(name) : extension_of(name);
	size_t n_units = 0, at = 0, n_mark, n_tail;
	char mark[16] = "";

	if (number)
		snprintf(mark, sizeof mark, "~%u", number);
	n_mark = strlen(mark);
	n_tail = n_mark + strlen(end);
	for (const char *s = name; s < end;) {
		bool is_held;
		size_t more, n = next(s, &is_held, &more), n_put = is_held ? n : 1;

		if (n_units + more + n_tail > JOLIET_NAME_MAX ||
			at + n_put + n_tail > JOLIET_BYTES_MAX)
			break;
		memcpy(out + at, is_held ? s : "_", n_put);
		s += n;
		at += n_put;
		n_units += more;
	}
	memcpy(out + at, mark, n_mark);
	memcpy(out + at + n_mark, end, strlen(end) + 1);
}
