/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The Test Anything Protocol for the tests in C (testanything.org, version 12). */
#ifndef TESTS_LIB_TAP_H
#define TESTS_LIB_TAP_H

#include <stdbool.h>

/* One test: prints "ok" or "not ok" with a name. Returns passed. */
bool tap_ok(bool passed, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A test that can't run here, with the reason. */
void tap_skip(const char *name, const char *reason);

/* A line for the reader. */
void tap_note(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Runs a shell command; true where its status is 0. */
bool tap_run(const char *command);

/* Whether a program is installed. */
bool tap_has_program(const char *name);

/* Goes to a new folder below parent, which others may read; tap_done() removes it. Ends the program
 * where it can't. */
void tap_enter_folder(const char *parent);

/* Prints the plan; returns main's result: 1 where a test failed. */
int tap_done(void);

#endif
