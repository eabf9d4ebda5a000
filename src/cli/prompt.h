/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Questions on the terminal, /dev/tty. Main thread only. */
#ifndef CLI_PROMPT_H
#define CLI_PROMPT_H

#include <stdbool.h>

#include "util/fail.h"
#include "util/message.h"
#include "util/secret.h"

/* Before data is lost. 0 for yes; else -1 with f filled: FAIL_USAGE without a terminal, FAIL_FAILED
 * for no. */
int prompt_confirm(const char *object, const char *question, struct fail *f);

/* Asks for something to be done, and waits for Enter. False without a terminal, and after a signal
 * or the end of input. */
bool prompt_wait(const char *object, const char *request);

/* The passphrase for object, without echo; is_new: twice (util/passphrase.h). The caller frees.
 * NULL with f filled. */
struct secret *prompt_passphrase(
	const char *object, bool is_new, const struct messages *m, struct fail *f);

/* Shows a new passphrase for object, once, and asks for it until it is typed without a mistake, at
 * most three times (util/passphrase.h). 0, or -1 with f filled. */
int prompt_show_passphrase(const char *object, const struct secret *passphrase,
	const struct messages *m, struct fail *f);

#endif
