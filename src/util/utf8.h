/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UTF-8 as RFC 3629 defines it: no overlong form, no surrogate, nothing above U+10FFFF. */
#ifndef UTIL_UTF8_H
#define UTIL_UTF8_H

#include <stddef.h>
#include <stdint.h>

/* The character at text, which ends with a NUL, in *c; NULL: not wanted. Its bytes, 1 to 4; 0 if
 * the bytes are not a character. NUL is a character of one byte. */
size_t utf8_decode(const char *text, uint32_t *c);

#endif
