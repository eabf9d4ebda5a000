/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writes JSON (RFC 8259) to a stream, value by value; commas are added as needed.
 *
 * In an object every value has a key, in an array key is NULL. Text that is not UTF-8, as file
 * names may be, comes under KEY_hex in hexadecimal digits. Main thread only.
 */
#ifndef CLI_JSON_H
#define CLI_JSON_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct json {
	FILE *to;
	bool has_value; /* a comma comes before the next one */
};

/* A line on stderr that reports an event: begun, filled by the caller, ended. */
struct json json_event(const char *event);
void json_event_end(struct json *j);

/* Containers, and the values in them. */
void json_object_begin(struct json *j, const char *key);
void json_object_end(struct json *j);
void json_array_begin(struct json *j, const char *key);
void json_array_end(struct json *j);
void json_text(struct json *j, const char *key, const char *text);
void json_lines(struct json *j, const char *key, const char *text); /* an array of its lines */
void json_number(struct json *j, const char *key, uint64_t n);
void json_real(struct json *j, const char *key, double value);
void json_bool(struct json *j, const char *key, bool value);

#endif
