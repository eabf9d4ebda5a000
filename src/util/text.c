/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "util/text.h"

#include <stdarg.h>
#include <stdio.h>

struct text text_in(char *out, size_t n_out)
{
	out[0] = '\0';
	return (struct text){ out, n_out, 0 };
}

void text_put(struct text *t, const char *format, ...)
{
	size_t room = t->n_out - t->n_used;
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(t->out + t->n_used, room, format, args);
	va_end(args);
	if (n > 0)
		t->n_used += (size_t)n < room ? (size_t)n : room - 1;
}
