/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All that the program says: failures, warnings and notes to stderr, as text or as JSON lines.
 *
 * Whatever goes to a person is escaped (util/message.h): names come from foreign discs. Main thread
 * only.
 */
#ifndef CLI_PRINT_H
#define CLI_PRINT_H

#include <stdbool.h>

#include "cli/json.h"
#include "util/fail.h"
#include "util/message.h"

enum print_mode { PRINT_TEXT, PRINT_JSON };

/* is_quiet hides notes. */
void print_set_mode(enum print_mode mode, bool is_quiet);
enum print_mode print_mode(void);

/* What the rooms get to warn through. */
const struct messages *print_messages(void);

/* "xburncrypt: OBJECT: what failed: why", and the hint on a line of its own. */
void print_fail(const struct fail *f);

/* The last line of a JSON run: {"event":"done","status":N}. Nothing in text mode. */
void print_done(int status);

/* A line of JSON on stderr that tells of an event: begun, filled by the caller, ended. */
struct json print_event(const char *event);
void print_event_end(struct json *j);

/* Called before anything is printed while a progress line is on the terminal; NULL for none. */
void print_set_interrupter(void (*clear)(void));

/* All that was printed to stdout is there. 0, or -1 with f filled. */
int print_flush(struct fail *f);

/* The same for a summary, which is not what counts: a warning. */
void print_flush_summary(void);

#endif
