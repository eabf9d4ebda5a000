/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Published answers are written in hex; helpers that compare with them. */
#ifndef TESTS_VECTORS_VECTOR_H
#define TESTS_VECTORS_VECTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/secret.h"

/* The bytes of hex, as many as out has room for at most. Returns how many; ends the program where
 * hex is none or too long. */
size_t vector_bytes(uint8_t *out, size_t n_out, const char *hex);

/* A secret with the bytes of hex; ends the program where there is none. */
struct secret *vector_secret(const char *hex);

/* True where bytes are those of hex, all of them; else both are shown. */
bool vector_is(const uint8_t *bytes, size_t n_bytes, const char *hex);

#endif
