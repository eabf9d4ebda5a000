/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "util/passphrase.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "util/io.h"
#include "util/key_file.h"
#include "util/signals.h"

/* Refuses what nobody could type again; warns of what another keyboard can't. */
static int check(const struct secret *s, const char *name, const struct messages *m, struct fail *f)
{
	const uint8_t *b = secret_view(s);
	bool ascii = true;

	for (size_t i = 0; i < secret_size(s); i++) {
		const char *bad = b[i] == '\n'   ? "a second line"
				  : b[i] == '\r' ? "a carriage return"
						 : "a NUL";

		if (b[i] == '\n' || b[i] == '\r' || b[i] == '\0') {
			fail_set(f, FAIL_USAGE, name, "the passphrase contains %s", bad);
			fail_hint(f, "use -key-file if the whole file is the key");
			return -1;
		}
		ascii = ascii && b[i] < 0x80;
	}
	if (!ascii)
		message_warn(m,
			"%s: the passphrase is not plain ASCII; with another keyboard or encoding "
			"it may be impossible to type",
			name);
	return 0;
}

/* Cuts one trailing newline, checks, and refuses an empty passphrase. Frees s where it fails. */
static struct secret *finish(
	struct secret *s, const char *name, const struct messages *m, struct fail *f)
{
	size_t n = secret_size(s);

	if (n && secret_view(s)[n - 1] == '\n')
		secret_truncate(s, --n);
	if (n > PASSPHRASE_MAX) {
		fail_set(f, FAIL_USAGE, name, "the passphrase is longer than %d bytes",
			PASSPHRASE_MAX);
		fail_hint(f, "use -key-file if the whole file is the key");
		goto failed;
	}
	if (check(s, name, m, f))
		goto failed;
	return s;
failed:
	secret_free(s);
	return NULL;
}

/* Reads at most one byte more than a passphrase and its newline may have. */
static struct secret *read_passphrase(int fd, const char *name, struct fail *f)
{
	struct secret *s = secret_read(fd, PASSPHRASE_MAX + 1, name, f);

	if (!s && f->code == FAIL_USAGE) {
		*f = (struct fail){ 0 };
		fail_set(f, FAIL_USAGE, name, "the passphrase is longer than %d bytes",
			PASSPHRASE_MAX);
		fail_hint(f, "use -key-file if the whole file is the key");
	}
	return s;
}

struct secret *passphrase_from_file(const char *path, const struct messages *m, struct fail *f)
{
	int fd = key_file_open(path, m, f);
	struct secret *s;

	if (fd < 0)
		return NULL;
	s = read_passphrase(fd, path, f);
	close(fd);
	return s ? finish(s, path, m, f) : NULL;
}

struct secret *passphrase_from_fd(int fd, const struct messages *m, struct fail *f)
{
	char name[32];
	struct secret *s;

	snprintf(name, sizeof name, "descriptor %d", fd);
	s = read_passphrase(fd, name, f);
	return s ? finish(s, name, m, f) : NULL;
}

struct secret *passphrase_from_argument(char *text, const struct messages *m, struct fail *f)
{
	size_t n = strlen(text);
	struct secret *s = secret_copy(text, n, f);

	secret_wipe(text, n);
	memset(text, 'x', n);
	return s ? finish(s, "-encpass", m, f) : NULL;
}

struct secret *passphrase_from_hex(char *text, struct fail *f)
{
	size_t n = strlen(text);
	struct secret *s = secret_from_hex(text, n, "-encpass-hex", f);

	secret_wipe(text, n);
	memset(text, 'x', n);
	return s;
}

/* Reads one line with the echo off, into s from its start. The line's length, or -1 with f filled.
 */
static ssize_t read_line(int tty, struct secret *s, struct fail *f)
{
	size_t n = 0;

	for (;;) {
		uint8_t c;
		ssize_t r = io_read_full(tty, &c, 1);

		if (signals_caught())
			return fail_set(
				f, FAIL_FAILED, "", "interrupted while asking for the passphrase");
		if (r < 0)
			return fail_errno(f, FAIL_FAILED, "/dev/tty", "can't be read");
		if (r == 0 || c == '\n')
			return (ssize_t)n;
		if (n == PASSPHRASE_MAX)
			return fail_set(f, FAIL_USAGE, "", "the passphrase is longer than %d bytes",
				PASSPHRASE_MAX);
		secret_bytes(s)[n++] = c;
		secret_wipe(&c, 1);
	}
}

static struct secret *ask_once(int tty, const char *prompt, struct fail *f)
{
	struct secret *s = secret_new(PASSPHRASE_MAX, f);
	ssize_t n = -1;

	if (!s)
		return NULL;
	if (io_write_full(tty, prompt, strlen(prompt)))
		fail_errno(f, FAIL_FAILED, "/dev/tty", "can't be written");
	else
		n = read_line(tty, s, f);
	/* the newline that was typed was not shown */
	(void)!write(tty, "\n", 1);
	if (n < 0) {
		secret_free(s);
		return NULL;
	}
	secret_truncate(s, (size_t)n);
	return s;
}

/* Asks, and asks again when confirm is set; both answers have to be the same. */
static struct secret *ask(int tty, const char *prompt, bool confirm, struct fail *f)
{
	struct secret *s = ask_once(tty, prompt, f), *again;
	bool same;

	/* an empty one need not be typed again: the caller refuses it */
	if (!s || !confirm || secret_size(s) == 0)
		return s;
	again = ask_once(tty, "Repeat passphrase: ", f);
	same = again && secret_equal(s, again);
	if (again && !same)
		fail_set(f, FAIL_USAGE, "", "the two passphrases differ");
	secret_free(again);
	if (!same) {
		secret_free(s);
		return NULL;
	}
	return s;
}

struct secret *passphrase_ask(
	const char *prompt, bool confirm, const struct messages *m, struct fail *f)
{
	int tty = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
	struct termios old, silent;
	struct secret *s = NULL;

	if (tty < 0 || tcgetattr(tty, &old)) {
		fail_set(f, FAIL_USAGE, "", "no terminal to ask for the passphrase");
		fail_hint(f, "give the secret with -pass-file, -pass-fd, -key-file or -key-fd");
		goto out;
	}
	silent = old;
	silent.c_lflag &= ~(tcflag_t)(ECHO | ECHONL);
	silent.c_lflag |= ICANON | ISIG;
	/* what is not caught would leave the echo off */
	silent.c_cc[VSUSP] = _POSIX_VDISABLE;
	if (tcsetattr(tty, TCSAFLUSH, &silent)) {
		fail_errno(f, FAIL_FAILED, "/dev/tty", "can't turn off the echo");
		goto out;
	}
	s = ask(tty, prompt, confirm, f);
	tcsetattr(tty, TCSAFLUSH, &old);
	if (s)
		s = finish(s, "terminal", m, f);
out:
	if (tty >= 0)
		close(tty);
	return s;
}
