/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text that is put together piece by piece in a caller's array, such as the commands that open a
 * volume. */
#ifndef UTIL_TEXT_H
#define UTIL_TEXT_H

#include <stddef.h>

struct text {
	char *out; /* always terminated; borrowed */
	size_t n_out;
	size_t n_used; /* without the NUL */
};

/* An empty text in out, which has n_out bytes, one at least. */
struct text text_in(char *out, size_t n_out);

/* Appends; what does not fit is cut off. */
void text_put(struct text *t, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
