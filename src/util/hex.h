/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bytes as hexadecimal digits, two a byte, in lower case. Nothing here is secret: util/secret.h has
 * its own. */
#ifndef UTIL_HEX_H
#define UTIL_HEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Writes 2 * n digits and a NUL. Returns out. */
char *hex_write(char *out, const uint8_t *bytes, size_t n);

/* Reads 2 * n digits; what follows them does not count. False where one is none. */
bool hex_read(uint8_t *bytes, size_t n, const char *digits);

#endif
