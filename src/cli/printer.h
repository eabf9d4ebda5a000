/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command line's voice (job/voice.h): failures, warnings, notes and progress on stderr, as text
 * or as JSON lines; results on stdout; questions on the terminal.
 *
 * Whatever a person reads is escaped (util/message.h): names come from foreign discs. Main thread
 * only.
 */
#ifndef CLI_PRINTER_H
#define CLI_PRINTER_H

#include <stdbool.h>
#include <stdint.h>

#include "cli/meter.h"
#include "cli/settings.h"
#include "disc/healed_medium.h"
#include "job/voice.h"
#include "util/fail.h"

struct printer {
	struct voice voice;
	struct meter meter;              /* its mode is also the printer's */
	const struct settings *settings; /* borrowed; NULL before printer_set */
	bool hides_notes, says_yes;
	bool has_failed; /* and has said so: once is enough */
	/* what is read, until it was said that reading it is slow; NULL: nothing */
	const struct healed_medium *healed;
	char cure[8192];           /* the last hint that names the source */
	char *outcome;             /* members of the last JSON line, each after a comma; heap */
	const char *secret_option; /* the first that names a secret; NULL: none was given */
};

/* Before the options are known; is_json: -progress json is among them. The printer is the voice's
 * ctx, and stays where it is. */
void printer_start(struct printer *p, bool is_json);

/* Once they are known; they outlive the printer. */
void printer_set(struct printer *p, const struct settings *s);

/* "xburncrypt: OBJECT: what failed: why", and the hint on a line of its own. */
void printer_fail(struct printer *p, const struct fail *f);

/* For the last line of a JSON run: how many bytes a command has done, under that key, and how long
 * it took. */
void printer_keep_amount(struct printer *p, const char *key, uint64_t n_bytes, double seconds);

/* For the last line of a JSON run: a number of its own. */
void printer_keep_count(struct printer *p, const char *key, uint64_t n);

/* The same: an image with healing data that was made, or that got them, at path, in n_bytes that
 * were written. */
void printer_keep_healing(struct printer *p, const char *path, uint64_t n_bytes, double seconds,
	const struct heal_record *r);

/* The last line of a JSON run, an object with the event "done", the status, and the result or the
 * failure. Nothing in text mode. The printer is not used afterwards. */
void printer_done(struct printer *p, int status);

/* Makes sure that all that was printed to stdout has arrived. 0, or -1 with f filled. */
int printer_flush(struct fail *f);

/* Fills f: stdout can't be written. Where nobody reads the pipe any longer, as behind head(1), and
 * nothing has failed before, the program will end by SIGPIPE, and says nothing. Always -1. */
int printer_fail_stdout(struct fail *f);

/* The same for a summary, whose loss is only a warning. */
void printer_flush_summary(struct printer *p);

#endif
