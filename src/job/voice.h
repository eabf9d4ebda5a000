/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a job speaks to its caller. All are called in the main thread. */
#ifndef JOB_VOICE_H
#define JOB_VOICE_H

#include <stdbool.h>

#include "util/fail.h"
#include "util/message.h"
#include "util/progress.h"
#include "util/secret.h"

struct burn_result;
struct burn_plan;
struct session_plan;

struct voice {
	struct messages messages;    /* warnings and notes */
	struct progress_watch watch; /* of what takes long */
	/* May the data on object be lost? 0 for yes; else -1 with f filled. */
	int (*confirm)(void *ctx, const char *object, const char *question, struct fail *f);
	/* A drive is empty: waits until somebody has put a medium in. False: nobody is there. NULL:
	 * nobody ever is. */
	bool (*insert)(void *ctx, const char *drive);
	/* A write-once medium is about to be burned (job/target.h): the last moment at which a
	 * signal leaves it blank. NULL: nobody wants to know. */
	void (*about_to_burn)(void *ctx, const struct burn_plan *plan);
	/* A session is about to be added to a disc (job/appending.h). NULL: nobody wants to know.
	 */
	void (*session)(void *ctx, const struct session_plan *plan);
	/* The passphrase for object; is_new: for a new volume, asked for twice. The caller frees.
	 * NULL with f filled. */
	struct secret *(*passphrase)(void *ctx, const char *object, bool is_new, struct fail *f);
	/* Shows a new passphrase for object, and has it typed in. 0, or -1 with f filled. */
	int (*show_passphrase)(
		void *ctx, const char *object, const struct secret *passphrase, struct fail *f);
	/* A burn has ended well, or with files left out (job/burning.h). Borrowed. */
	void (*result)(void *ctx, const struct burn_result *result);
	/* A burn has failed, or files are missing: told before the drive is let go, which may take
	 * long. */
	void (*failed)(void *ctx, const struct fail *f);
	void *ctx;
};

#endif
