/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/columns.h"

#include <locale.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

#include "util/utf8.h"

size_t columns_of_terminal(void)
{
	struct winsize size;

	return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) || size.ws_col == 0 ? 80 : size.ws_col;
}

/* Of the character at text, whose bytes are told; too many rather than too few where it is unknown.
 */
static size_t width_of(const char *text, size_t *n_bytes)
{
	static locale_t utf8;
	locale_t old;
	uint32_t c;
	int width;

	*n_bytes = utf8_decode(text, &c);
	if (*n_bytes < 2) {
		*n_bytes = 1;
		return 1;
	}
	if (!utf8)
		utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
	if (!utf8)
		return 2;
	old = uselocale(utf8);
	width = wcwidth((wchar_t)c);
	uselocale(old);
	return width < 0 ? 2 : (size_t)width;
}

size_t columns_of(const char *text)
{
	size_t n = 0, bytes;

	for (; *text; text += bytes)
		n += width_of(text, &bytes);
	return n;
}

const char *columns_tail(const char *text, size_t at_most)
{
	size_t n = columns_of(text), bytes;

	for (; n > at_most; text += bytes)
		n -= width_of(text, &bytes);
	/* what combines with a character that was cut off goes with it */
	while (*text && width_of(text, &bytes) == 0)
		text += bytes;
	return text;
}
