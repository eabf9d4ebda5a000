/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where passphrases come from: a terminal, a file, a descriptor, an argument.
 *
 * A passphrase is text that someone could type: at most PASSPHRASE_MAX bytes, no NUL, no CR, one
 * line; one trailing newline of a file is dropped. A byte order mark, or a carriage return at the
 * end, is refused of a new one, and is told of and used of one that is to open something.
 * Everything is read with read(2) straight into the secret. The caller frees what is returned; NULL
 * with f filled.
 */
#ifndef UTIL_PASSPHRASE_H
#define UTIL_PASSPHRASE_H

#include <stdbool.h>

#include "util/fail.h"
#include "util/message.h"
#include "util/secret.h"

enum { PASSPHRASE_MAX = 512 };

/* What is not called weak: as many bytes, as many different ones. */
enum { PASSPHRASE_GOOD = 12, PASSPHRASE_DIFFERENT = 6 };

/* For whoever types one that is known. */
enum { PASSPHRASE_TRIES = 3 };

/* Asks on /dev/tty without echo, twice when confirm is set: for a new one. The echo is restored on
 * every way out, including a caught signal, and while the process is stopped; once it is continued,
 * the prompt is shown again. Main thread only. Without a terminal: FAIL_USAGE. */
struct secret *passphrase_ask(
	const char *prompt, bool confirm, const struct messages *m, struct fail *f);

/* Writes label and a new passphrase to /dev/tty, once, straight from the secret, and asks for it
 * without echo until it is typed as it is, at most PASSPHRASE_TRIES times; otherwise as
 * passphrase_ask. 0, or -1 with f filled: FAIL_USAGE where it was never typed. */
int passphrase_show(const char *label, const struct secret *s, struct fail *f);

/* A passphrase from a file; warns if others can read it. */
struct secret *passphrase_from_file(
	const char *path, bool is_new, const struct messages *m, struct fail *f);
struct secret *passphrase_from_fd(int fd, bool is_new, const struct messages *m, struct fail *f);

/* Warns where a new passphrase is short, or has few different characters. */
void passphrase_warn_weak(const struct secret *s, const struct messages *m);

/* Takes text out of an argument and overwrites it there with 'x'. */
struct secret *passphrase_from_argument(char *text, const struct messages *m, struct fail *f);

/* Two hex digits per byte, any value, from an argument that is overwritten in the same way. */
struct secret *passphrase_from_hex(char *text, struct fail *f);

#endif
