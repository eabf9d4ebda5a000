/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Warnings and notes on their way to the command line, and names made safe to show.
 *
 * Only cli/ prints. A room with a message that is not a failure gets a struct messages and calls it
 * in the thread that called the room; NULL drops the message.
 */
#ifndef UTIL_MESSAGE_H
#define UTIL_MESSAGE_H

#include <stddef.h>

enum message_kind {
	MESSAGE_NOTE,    /* worth knowing; -quiet hides it */
	MESSAGE_WARNING, /* never hidden */
};

struct messages {
	void (*put)(void *ctx, enum message_kind kind, const char *text);
	void *ctx;
	/* what the user can do about a field of the request (util/request_field.h); may be NULL */
	const char *(*cure)(void *ctx, int field);
};

/* text: lower case, one line, no final period, without the program's name. */
void message_warn(const struct messages *m, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void message_note(const struct messages *m, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* The same, with what the user can do behind it. */
void message_warn_field(const struct messages *m, int field, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void message_note_field(const struct messages *m, int field, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Writes name into out (n bytes, always terminated; cut with "..." when too long) with every
 * control character and every byte that is not part of valid UTF-8 as \xHH, so that no name can
 * drive a terminal. A backslash is doubled. Returns out. */
char *message_escape(char *out, size_t n, const char *name);

/* The same as a heap string, which is never cut. NULL without memory. */
char *message_escaped(const char *name);

/* The same as message_escape for text that has names quoted in it, such as a command: a backslash
 * is not doubled. */
char *message_printable(char *out, size_t n, const char *text);

/* Writes text quoted for a POSIX shell (as it is, where no quoting is needed), on one line: what
 * message_escape would not show as it is, as $'...' (POSIX.1-2024). Returns a heap string that the
 * caller frees, NULL without memory. */
char *message_shell_quote(const char *text);

#endif
