/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What went wrong, as one value that travels up to the command line, which prints it.
 *
 * A function that can fail takes a struct fail *, fills it and returns -1 (or NULL). The first
 * failure stays: filling a filled one changes nothing, so that a clean-up which fails too does not
 * hide the cause. Nothing is allocated: a stage may fail in any thread. One struct belongs to one
 * thread at a time. NULL stands for a failure that nobody reads.
 */
#ifndef UTIL_FAIL_H
#define UTIL_FAIL_H

#include <stdbool.h>

/* The exit status that a failure ends in (doc/xburncrypt.1, EXIT STATUS). */
enum fail_code {
	FAIL_NONE = 0,
	FAIL_FAILED = 1,     /* nothing usable was made */
	FAIL_USAGE = 2,      /* the command line is at fault */
	FAIL_MISMATCH = 3,   /* contents do not match, or wrong key */
	FAIL_DRIVE = 4,      /* no usable drive or medium */
	FAIL_INCOMPLETE = 5, /* made, but files were left out or changed */
};

struct fail {
	enum fail_code code;
	int sys_errno;       /* errno at that moment; 0: no system call failed */
	int field;           /* the field of the request to change (job/request.h); 0: none */
	bool is_unsupported; /* nothing is broken: it is of a kind that is not read */
	char object[4200];   /* a path, an LBA, an option; may be "" */
	char what[1024];     /* what failed: lower case, no final period */
	char hint[512];      /* what the user can do; may be "" */
};

/* Fills *f unless it is filled already. Always returns -1, for "return fail_set(...)". */
int fail_set(struct fail *f, enum fail_code code, const char *object, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* The same, and keeps errno as the reason. */
int fail_errno(struct fail *f, enum fail_code code, const char *object, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* Out of memory, whatever it was needed for. Always returns -1. */
int fail_memory(struct fail *f);

/* Adds a hint to a failure that has none yet. */
void fail_hint(struct fail *f, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Names the field that a failure is about, unless it has one. Always returns -1. */
int fail_field(struct fail *f, int field);

/* Says that a failure is about a kind that is not read, not about damage. Always returns -1. */
int fail_unsupported(struct fail *f);

/* True once a failure was filled in. */
int fail_is_set(const struct fail *f);

#endif
