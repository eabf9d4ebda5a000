/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disc/other_name.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "util/utf8.h"

/* eCryptfs takes 143 bytes; the rest is for a number */
enum { PORTABLE_BYTES = 120 };

/* The length of the name without its ending, which is kept where a name is cut. */
static size_t stem_length(const char *name)
{
	const char *dot = strrchr(name, '.');

	return dot && dot != name && strlen(dot) <= 16 ? (size_t)(dot - name) : strlen(name);
}

/* The most of n bytes of a name that ends with a whole character, where it is UTF-8. */
static size_t cut_length(const char *name, size_t n)
{
	size_t at = n;

	while (at && ((unsigned char)name[at] & 0xc0) == 0x80)
		at--;
	return n - at < 4 && at ? at : n;
}

/* Puts the first n bytes of name, and an ending, which fit. */
static void join(char out[OTHER_NAME_BYTES], const char *name, size_t n, const char *number,
	const char *ending, size_t max)
{
	size_t n_rest = strlen(number) + strlen(ending);

	if (n + n_rest > max)
		n = cut_length(name, max - n_rest);
	snprintf(out, OTHER_NAME_BYTES, "%.*s%s%s", (int)n, name, number, ending);
}

void other_name_make_portable(char out[OTHER_NAME_BYTES], const char *name)
{
	char clean[OTHER_NAME_BYTES];
	size_t n = 0;

	while (*name && n < sizeof clean - 5) {
		uint32_t c = 0;
		size_t n_char = utf8_decode(name, &c);

		if (n_char == 0 || c < 0x20 || c == 0x7f ||
			(c < 0x80 && strchr("\"*:<>?|\\", (int)c))) {
			clean[n++] = '_';
			name += n_char ? n_char : 1;
			continue;
		}
		memcpy(clean + n, name, n_char);
		n += n_char;
		name += n_char;
	}
	clean[n] = '\0';
	for (size_t i = n; i-- > 0 && (clean[i] == '.' || clean[i] == ' ');)
		clean[i] = '_';
	n = stem_length(clean);
	join(out, clean, n, "", clean + n, PORTABLE_BYTES);
}

void other_name_number(
	char out[OTHER_NAME_BYTES], const char *name, unsigned number, bool has_ending)
{
	size_t n = has_ending ? stem_length(name) : strlen(name);
	char text[16];

	snprintf(text, sizeof text, " (%u)", number);
	join(out, name, n, text, name + n, OTHER_NAME_BYTES - 1);
}
