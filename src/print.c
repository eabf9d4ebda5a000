/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "print.h"

#include <stdio.h>
#include <string.h>

static enum print_mode the_mode;
static bool hide_notes;
static void (*interrupt)(void);

void print_set_mode(enum print_mode mode, bool is_quiet)
{
	the_mode = mode;
	hide_notes = is_quiet;
}

enum print_mode print_mode(void)
{
	return the_mode;
}

void print_set_interrupter(void (*clear)(void))
{
	interrupt = clear;
}

/* Length of the valid UTF-8 sequence at s, any character (RFC 3629); 0 for none. */
static size_t sequence(const unsigned char *s)
{
	size_t n = s[0] < 0x80   ? 1
		   : s[0] < 0xc2 ? 0
		   : s[0] < 0xe0 ? 2
		   : s[0] < 0xf0 ? 3
		   : s[0] < 0xf5 ? 4
				 : 0;

	for (size_t i = 1; i < n; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f) ||
		(s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] > 0x8f))
		return 0;
	return n;
}

static bool is_utf8(const char *text)
{
	const unsigned char *s = (const unsigned char *)text;

	while (*s) {
		size_t n = sequence(s);

		if (n == 0)
			return false;
		s += n;
	}
	return true;
}

void print_json_text(const char *key, const char *text)
{
	if (!is_utf8(text)) {
		fprintf(stderr, ",\"%s_hex\":\"", key);
		for (; *text; text++)
			fprintf(stderr, "%02x", (unsigned char)*text);
		fputc('"', stderr);
		return;
	}
	fprintf(stderr, ",\"%s\":\"", key);
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			fprintf(stderr, "\\%c", *text);
		else if ((unsigned char)*text < 0x20 || *text == 0x7f)
			fprintf(stderr, "\\u%04x", (unsigned)(unsigned char)*text);
		else
			fputc(*text, stderr);
	}
	fputc('"', stderr);
}

static void put(void *ctx, enum message_kind kind, const char *text)
{
	char shown[8192];

	(void)ctx;
	if (kind == MESSAGE_NOTE && hide_notes)
		return;
	if (interrupt)
		interrupt();
	if (the_mode == PRINT_JSON) {
		fprintf(stderr, "{\"event\":\"%s\"", kind == MESSAGE_NOTE ? "note" : "warning");
		print_json_text("text", text);
		fputs("}\n", stderr);
		return;
	}
	fprintf(stderr, "xburncrypt: %s%s\n", kind == MESSAGE_WARNING ? "warning: " : "",
		message_escape(shown, sizeof shown, text));
}

const struct messages *print_messages(void)
{
	static const struct messages messages = { .put = put };

	return &messages;
}

static void print_fail_json(const struct fail *f)
{
	fputs("{\"event\":\"error\"", stderr);
	if (f->object[0])
		print_json_text("name", f->object);
	print_json_text("text", f->what);
	if (f->sys_errno)
		print_json_text("reason", strerror(f->sys_errno));
	if (f->hint[0])
		print_json_text("hint", f->hint);
	fputs("}\n", stderr);
}

void print_fail(const struct fail *f)
{
	char shown[sizeof f->object * 2];

	if (interrupt)
		interrupt();
	if (the_mode == PRINT_JSON) {
		print_fail_json(f);
		return;
	}
	fputs("xburncrypt: ", stderr);
	if (f->object[0])
		fprintf(stderr, "%s: ", message_escape(shown, sizeof shown, f->object));
	fputs(message_escape(shown, sizeof shown, f->what), stderr);
	if (f->sys_errno)
		fprintf(stderr, ": %s", strerror(f->sys_errno));
	fputc('\n', stderr);
	if (f->hint[0])
		fprintf(stderr, "  %s\n", message_escape(shown, sizeof shown, f->hint));
}

void print_done(int status)
{
	if (the_mode == PRINT_JSON)
		fprintf(stderr, "{\"event\":\"done\",\"status\":%d}\n", status);
}
