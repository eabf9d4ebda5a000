/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Looks into JSON text (RFC 8259) that libcryptsetup hands out, without building a tree.
 *
 * Text is what a disc brings: anything. It ends with a NUL; nothing is read behind it, nothing is
 * allocated, nesting costs no stack. What is malformed is missing. A value is a pointer to its
 * first character, NULL where there is none; every function takes NULL.
 */
#ifndef CRYPTO_FORMAT_JSON_H
#define CRYPTO_FORMAT_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The members of an object, one at a time. */
struct json_members {
	const char *at; /* where the next member starts; NULL: none left */
	const char *name;
	size_t n_name; /* as it is written, escapes and all */
	const char *value;
};

/* Before the first member of object. */
void json_enter(struct json_members *m, const char *object);
/* To the next member; false behind the last one. */
bool json_next(struct json_members *m);

/* The value of an object's first member of that name. */
const char *json_member(const char *object, const char *name);

/* A string without escapes; false for other values and what does not fit n bytes. */
bool json_string(const char *value, char *out, size_t n);

/* A whole number from 0 on, bare or as a string of digits (as LUKS2 writes 64-bit numbers). */
bool json_uint64(const char *value, uint64_t *out);

#endif
