/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names and texts made safe to show, and names quoted for a shell. */
#include "util/message.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/tap.h"

static bool is_equal(const char *got, const char *wanted)
{
	if (strcmp(got, wanted) == 0)
		return true;
	tap_note("got \"%s\", wanted \"%s\"", got, wanted);
	return false;
}

static void test_escape(void)
{
	static const struct {
		const char *name, *shown, *text;
	} rows[] = {
		{ "plain", "plain", "plain" },
		{ "gr\xc3\xbcn \xe6\x97\xa5", "gr\xc3\xbcn \xe6\x97\xa5",
			"gr\xc3\xbcn \xe6\x97\xa5" },
		{ "a\\b", "a\\\\b", "a\\b" },
		{ "\033[31m\n", "\\x1B[31m\\x0A", "\\x1B[31m\\x0A" },
		{ "\xff\xc3", "\\xFF\\xC3", "\\xFF\\xC3" },
		/* a C1 control; what turns text around; an overlong slash; a surrogate */
		{ "\xc2\x9b", "\\xC2\\x9B", "\\xC2\\x9B" },
		{ "\xe2\x80\xae", "\\xE2\\x80\\xAE", "\\xE2\\x80\\xAE" },
		{ "\xc0\xaf", "\\xC0\\xAF", "\\xC0\\xAF" },
		{ "\xed\xa0\x80", "\\xED\\xA0\\x80", "\\xED\\xA0\\x80" },
	};
	char out[100];

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		tap_ok(is_equal(message_escape(out, sizeof out, rows[i].name), rows[i].shown),
			"a name, %s", rows[i].shown);
		tap_ok(is_equal(message_printable(out, sizeof out, rows[i].name), rows[i].text),
			"a text, %s", rows[i].text);
	}
	tap_ok(is_equal(message_escape(out, 10, "0123456789abcdef"), "012345..."), "cut");
}

/* What a shell makes of the quoted name, compared with the name. */
static bool shell_gives(const char *quoted, const char *name)
{
	char command[400], got[200];
	size_t n;
	FILE *shell;

	snprintf(command, sizeof command, "bash -c 'eval \"printf %%s $0\"' \"$QUOTED\"");
	setenv("QUOTED", quoted, 1);
	shell = popen(command, "r");
	if (!shell)
		return false;
	n = fread(got, 1, sizeof got - 1, shell);
	got[n] = '\0';
	pclose(shell);
	return is_equal(got, name);
}

static void test_quote(void)
{
	static const char *const names[] = { "plain/name.img", "two words", "it's", "$HOME`x`\"",
		"a\\b", "\033]0;x\007", "tab\tand 'quote' \\ too", "gr\xc3\xbcn 1",
		"\xff not UTF-8 12",
		"\xc2\x9b"
		"31m",
		"\xe2\x80\xae"
		"gpj",
		"" };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		char *quoted = message_shell_quote(names[i]), shown[400];

		tap_ok(quoted && shell_gives(quoted, names[i]), "quoted: %s",
			quoted ? message_escape(shown, sizeof shown, quoted) : "");
		tap_ok(quoted && is_equal(message_printable(shown, sizeof shown, quoted), quoted),
			"nothing in it drives a terminal, or is changed when it is shown");
		free(quoted);
	}
}

int main(void)
{
	test_escape();
	test_quote();
	return tap_done();
}
