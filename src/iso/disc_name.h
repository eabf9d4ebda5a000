/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names on a disc as a path can show them. Pure bytes: they come from strangers.
 *
 * A slash or NUL inside a name, which no file of a Unix system can have, becomes "_". Everything
 * else is kept, control characters too (util/message.h shows them). Each writes a terminated name
 * into out; what does not fit is cut.
 */
#ifndef ISO_DISC_NAME_H
#define ISO_DISC_NAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Longer than any name in a directory record. */
enum { DISC_NAME_MAX = 1024 };

/* A Rock Ridge name: bytes. */
void disc_name_from_bytes(char out[DISC_NAME_MAX], const uint8_t *name, size_t n);

/* A name of ECMA-119 (7.5): without the version, and a dot that nothing follows. */
void disc_name_from_plain(char out[DISC_NAME_MAX], const uint8_t *name, size_t n);

/* A Joliet name, UTF-16 with the high byte first, as UTF-8; without the version. Half a surrogate
 * pair becomes U+FFFD. */
void disc_name_from_joliet(char out[DISC_NAME_MAX], const uint8_t *name, size_t n);

/* A name of UDF (OSTA CS0: UDF 2.60, 2.1.1), as UTF-8: one or two bytes a character, as the first
 * byte says. False where that says something else. */
bool disc_name_from_udf(char out[DISC_NAME_MAX], const uint8_t *name, size_t n);

#endif
