/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "util/passphrase.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "util/io.h"
#include "util/key_file.h"
#include "util/signals.h"

/* What an editor put there: a byte order mark (Unicode, 23.8), or the end of a line of Windows.
 * Part of a new passphrase it would be by mistake; but a disc may have been made with it. */
static int check_editor(const struct secret *s, const char *name, bool is_new,
	const struct messages *m, struct fail *f)
{
	const uint8_t *b = secret_view(s);
	size_t n = secret_size(s);
	const char *what = NULL;

	if (n >= 2 && (memcmp(b, "\xff\xfe", 2) == 0 || memcmp(b, "\xfe\xff", 2) == 0)) {
		fail_set(f, FAIL_USAGE, name, "is text in UTF-16, not a passphrase");
		fail_hint(f, "save the file as UTF-8, or use -encpass-file for its bytes as they "
			     "are");
		return -1;
	}
	if (n >= 3 && memcmp(b, "\xef\xbb\xbf", 3) == 0)
		what = "begins with a byte order mark (BOM)";
	else if (n && b[n - 1] == '\r')
		what = "ends with a carriage return, as files of Windows do";
	if (!what)
		return 0;
	if (is_new) {
		fail_set(f, FAIL_USAGE, name, "the passphrase %s", what);
		fail_hint(f, "save the file as UTF-8 without a BOM and with Unix line ends, or use "
			     "-encpass-file for its bytes as they are");
		return -1;
	}
	message_warn(m,
		"%s: the passphrase %s; if the disc does not open, save the file without it", name,
		what);
	return 0;
}

/* Refuses what nobody could type again; warns of what another keyboard can't. */
static int check(const struct secret *s, const char *name, bool is_new, const struct messages *m,
	struct fail *f)
{
	const uint8_t *b = secret_view(s);
	size_t n = secret_size(s);
	bool ascii = true;

	if (check_editor(s, name, is_new, m, f))
		return -1;
	for (size_t i = 0; i < n; i++) {
		const char *bad = b[i] == '\n'   ? "a second line"
				  : b[i] == '\r' ? "a carriage return"
						 : "a NUL";

		if (b[i] == '\n' || (b[i] == '\r' && i + 1 < n) || b[i] == '\0') {
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

void passphrase_warn_weak(const struct secret *s, const struct messages *m)
{
	bool is_there[256] = { false };
	size_t n = secret_size(s), n_different = 0;

	for (size_t i = 0; i < n; i++) {
		n_different += !is_there[secret_view(s)[i]];
		is_there[secret_view(s)[i]] = true;
	}
	secret_wipe(is_there, sizeof is_there);
	if (n == 0 || (n >= PASSPHRASE_GOOD && n_different >= PASSPHRASE_DIFFERENT))
		return;
	message_warn(m,
		"the passphrase is weak: it has only %zu %scharacters, and whoever has the disc "
		"can "
		"try as many as they like; use six random words",
		n < PASSPHRASE_GOOD ? n : n_different, n < PASSPHRASE_GOOD ? "" : "different ");
}

/* Cuts one trailing newline, checks, and refuses an empty passphrase. Frees s where it fails. */
static struct secret *finish(
	struct secret *s, const char *name, bool is_new, const struct messages *m, struct fail *f)
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
	if (check(s, name, is_new, m, f))
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

struct secret *passphrase_from_file(
	const char *path, bool is_new, const struct messages *m, struct fail *f)
{
	int fd = key_file_open(path, m, f);
	struct secret *s;

	if (fd < 0)
		return NULL;
	s = read_passphrase(fd, path, f);
	close(fd);
	return s ? finish(s, path, is_new, m, f) : NULL;
}

struct secret *passphrase_from_fd(int fd, bool is_new, const struct messages *m, struct fail *f)
{
	char name[32];
	struct secret *s;

	snprintf(name, sizeof name, "descriptor %d", fd);
	s = read_passphrase(fd, name, f);
	return s ? finish(s, name, is_new, m, f) : NULL;
}

struct secret *passphrase_from_argument(char *text, const struct messages *m, struct fail *f)
{
	size_t n = strlen(text);
	struct secret *s = secret_copy(text, n, f);

	secret_wipe(text, n);
	memset(text, 'x', n);
	return s ? finish(s, "-encpass", false, m, f) : NULL;
}

struct secret *passphrase_from_hex(char *text, struct fail *f)
{
	size_t n = strlen(text);
	struct secret *s = secret_from_hex(text, n, "-encpass-hex", f);

	secret_wipe(text, n);
	memset(text, 'x', n);
	return s;
}

/* The terminal while it is asked. */
struct terminal {
	int fd; /* -1: not open */
	struct termios old, silent;
	sigset_t old_mask;
	struct sigaction old_stop, old_continue;
};

static volatile sig_atomic_t stop_is_wanted, was_continued;

static void record(int number)
{
	if (number == SIGTSTP)
		stop_is_wanted = 1;
	else
		was_continued = 1;
}

/* All that comes is kept until it is waited for, so that none is missed before a read. */
static void hold_signals(struct terminal *t)
{
	static const int held[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGCONT };
	struct sigaction action = { .sa_handler = record };
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < sizeof held / sizeof *held; i++)
		sigaddset(&set, held[i]);
	sigprocmask(SIG_BLOCK, &set, &t->old_mask);
	sigemptyset(&action.sa_mask);
	stop_is_wanted = was_continued = 0;
	sigaction(SIGCONT, &action, &t->old_continue);
	sigaction(SIGTSTP, NULL, &t->old_stop);
	/* a shell without job control */
	if (t->old_stop.sa_handler != SIG_IGN)
		sigaction(SIGTSTP, &action, NULL);
}

static int open_terminal(struct terminal *t, struct fail *f)
{
	t->fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
	if (t->fd < 0 || tcgetattr(t->fd, &t->old)) {
		fail_set(f, FAIL_USAGE, "", "no terminal to ask for the passphrase");
		fail_hint(f, "give the secret with -pass-file, -pass-fd, -key-file or -key-fd");
		goto failed;
	}
	hold_signals(t);
	t->silent = t->old;
	t->silent.c_lflag &= ~(tcflag_t)(ECHO | ECHONL);
	t->silent.c_lflag |= ICANON | ISIG;
	if (tcsetattr(t->fd, TCSAFLUSH, &t->silent) == 0)
		return 0;
	fail_errno(f, FAIL_FAILED, "/dev/tty", "can't turn off the echo");
	sigprocmask(SIG_SETMASK, &t->old_mask, NULL);
failed:
	if (t->fd >= 0)
		close(t->fd);
	return -1;
}

static void close_terminal(struct terminal *t)
{
	tcsetattr(t->fd, TCSAFLUSH, &t->old);
	sigaction(SIGTSTP, &t->old_stop, NULL);
	sigaction(SIGCONT, &t->old_continue, NULL);
	sigprocmask(SIG_SETMASK, &t->old_mask, NULL);
	close(t->fd);
}

/* Stops as if nothing had been caught, with the echo on; returns when the shell continues it. */
static void suspend(struct terminal *t)
{
	struct sigaction ours;
	sigset_t both;

	stop_is_wanted = 0;
	tcsetattr(t->fd, TCSAFLUSH, &t->old);
	sigemptyset(&both);
	sigaddset(&both, SIGTSTP);
	sigaddset(&both, SIGCONT);
	sigaction(SIGTSTP, &t->old_stop, &ours);
	raise(SIGTSTP);
	sigprocmask(SIG_UNBLOCK, &both, NULL);
	sigprocmask(SIG_BLOCK, &both, NULL);
	sigaction(SIGTSTP, &ours, NULL);
	was_continued = 1;
}

static int show_prompt(const struct terminal *t, const char *prompt, struct fail *f)
{
	if (io_write_full(t->fd, prompt, strlen(prompt)))
		return fail_errno(f, FAIL_FAILED, "/dev/tty", "can't be written");
	return 0;
}

/* Waits for input or a signal. 1: there is input; 0: all starts again; -1 with f filled. */
static int wait_for_input(struct terminal *t, const char *prompt, struct fail *f)
{
	struct pollfd input = { .fd = t->fd, .events = POLLIN };
	int r = ppoll(&input, 1, NULL, &t->old_mask);

	if (signals_caught())
		return fail_set(f, FAIL_FAILED, "", "interrupted while asking for the passphrase");
	if (stop_is_wanted)
		suspend(t);
	/* also after a SIGSTOP, and the shell may have changed the terminal */
	if (was_continued) {
		was_continued = 0;
		if (tcsetattr(t->fd, TCSAFLUSH, &t->silent))
			return fail_errno(f, FAIL_FAILED, "/dev/tty", "can't turn off the echo");
		return show_prompt(t, prompt, f);
	}
	return r > 0;
}

/* Reads one line into s from its start. The line's length, or -1 with f filled. */
static ssize_t read_line(struct terminal *t, const char *prompt, struct secret *s, struct fail *f)
{
	size_t n = 0;

	for (;;) {
		uint8_t c;
		int is_there = wait_for_input(t, prompt, f);
		ssize_t r;

		if (is_there < 0)
			return -1;
		if (is_there == 0) {
			n = 0;
			continue;
		}
		r = read(t->fd, &c, 1);
		if (r < 0 && errno != EINTR)
			return fail_errno(f, FAIL_FAILED, "/dev/tty", "can't be read");
		if (r < 0)
			continue;
		if (r == 0 || c == '\n')
			return (ssize_t)n;
		if (n == PASSPHRASE_MAX)
			return fail_set(f, FAIL_USAGE, "", "the passphrase is longer than %d bytes",
				PASSPHRASE_MAX);
		secret_bytes(s)[n++] = c;
		secret_wipe(&c, 1);
	}
}

static struct secret *ask_once(struct terminal *t, const char *prompt, struct fail *f)
{
	struct secret *s = secret_new(PASSPHRASE_MAX, f);
	ssize_t n = -1;

	if (!s)
		return NULL;
	if (show_prompt(t, prompt, f) == 0)
		n = read_line(t, prompt, s, f);
	/* the newline that was typed was not shown */
	(void)!write(t->fd, "\n", 1);
	if (n < 0) {
		secret_free(s);
		return NULL;
	}
	secret_truncate(s, (size_t)n);
	return s;
}

/* Asks, and asks again when confirm is set; both answers have to be the same. */
static struct secret *ask(struct terminal *t, const char *prompt, bool confirm, struct fail *f)
{
	struct secret *s = ask_once(t, prompt, f), *again;
	bool same;

	/* an empty one need not be typed again: the caller refuses it */
	if (!s || !confirm || secret_size(s) == 0)
		return s;
	again = ask_once(t, "Repeat passphrase: ", f);
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
	struct terminal t;
	struct secret *s;

	if (open_terminal(&t, f))
		return NULL;
	s = ask(&t, prompt, confirm, f);
	close_terminal(&t);
	return s ? finish(s, "terminal", confirm, m, f) : NULL;
}

/* 1: it was typed; 0: something else was; -1 with f filled. */
static int ask_for(struct terminal *t, const char *prompt, const struct secret *s, struct fail *f)
{
	struct secret *typed = ask_once(t, prompt, f);
	int result = typed ? secret_equal(s, typed) : -1;

	secret_free(typed);
	return result;
}

static int show(struct terminal *t, const char *label, const struct secret *s, struct fail *f)
{
	int result;

	if (show_prompt(t, label, f))
		return -1;
	if (io_write_full(t->fd, secret_view(s), secret_size(s)) || io_write_full(t->fd, "\n", 1))
		return fail_errno(f, FAIL_FAILED, "/dev/tty", "can't be written");
	result = ask_for(t, "Write it down, then type it: ", s, f);
	for (int i = 1; result == 0 && i < PASSPHRASE_TRIES; i++)
		result = ask_for(t, "It differs; type it again: ", s, f);
	if (result == 0)
		return fail_set(f, FAIL_USAGE, "", "what was typed is not the new passphrase");
	return result < 0 ? -1 : 0;
}

int passphrase_show(const char *label, const struct secret *s, struct fail *f)
{
	struct terminal t;
	int result;

	if (open_terminal(&t, f))
		return -1;
	result = show(&t, label, s, f);
	close_terminal(&t);
	return result;
}
