/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/prompt.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "util/io.h"
#include "util/passphrase.h"

/* Reads a line; what is longer than n is dropped. False where it has no end. */
static bool read_line(int tty, char *line, size_t n)
{
	size_t at = 0;
	char c = '\0';

	while (io_read_full(tty, &c, 1) == 1 && c != '\n')
		if (at + 1 < n)
			line[at++] = c;
	line[at] = '\0';
	return c == '\n';
}

int prompt_confirm(const char *object, const char *question, struct fail *f)
{
	char text[512], answer[16];
	int tty;

	tty = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
	if (tty < 0) {
		fail_set(f, FAIL_USAGE, object, "no terminal to ask: %s", question);
		fail_hint(f, "give -yes to answer yes");
		return -1;
	}
	snprintf(text, sizeof text, "%s: %s [y/N] ", object, question);
	if (io_write_full(tty, text, strlen(text)) == 0)
		read_line(tty, answer, sizeof answer);
	else
		answer[0] = '\0';
	close(tty);
	if (strcmp(answer, "y") == 0 || strcmp(answer, "Y") == 0 || strcmp(answer, "yes") == 0)
		return 0;
	return fail_set(f, FAIL_FAILED, object, "cancelled");
}

bool prompt_wait(const char *object, const char *request)
{
	int tty = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
	char text[512], shown[384], line[2];
	bool done;

	if (tty < 0)
		return false;
	snprintf(text, sizeof text, "%s: %s, and press Enter ",
		message_escape(shown, sizeof shown, object), request);
	done = io_write_full(tty, text, strlen(text)) == 0 && read_line(tty, line, sizeof line);
	close(tty);
	return done;
}

static void note_loss(const struct messages *m)
{
	message_note(m, "whoever loses the passphrase loses the disc");
}

struct secret *prompt_passphrase(
	const char *object, bool is_new, const struct messages *m, struct fail *f)
{
	char prompt[512], shown[384];

	if (is_new)
		note_loss(m);
	snprintf(prompt, sizeof prompt,
		"Passphrase for %s: ", message_escape(shown, sizeof shown, object));
	return passphrase_ask(prompt, is_new, m, f);
}

int prompt_show_passphrase(const char *object, const struct secret *passphrase,
	const struct messages *m, struct fail *f)
{
	char label[512], shown[384];

	note_loss(m);
	snprintf(label, sizeof label,
		"New passphrase for %s: ", message_escape(shown, sizeof shown, object));
	return passphrase_show(label, passphrase, f);
}
