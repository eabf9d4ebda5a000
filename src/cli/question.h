/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A question before data is lost. */
#ifndef CLI_QUESTION_H
#define CLI_QUESTION_H

#include "cli/options.h"
#include "util/fail.h"

/* Asks on /dev/tty; -yes answers. 0 for yes; else -1 with f filled: FAIL_USAGE without a terminal
 * and without -yes, FAIL_FAILED for no. */
int question_ask(const struct options *o, const char *object, const char *question, struct fail *f);

#endif
