/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "util/message.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/request_field.h"
#include "util/utf8.h"

__attribute__((format(printf, 4, 0))) static void put(const struct messages *m,
	enum message_kind kind, int field, const char *format, va_list args)
{
	const char *cure = m && m->cure && field ? m->cure(m->ctx, field) : NULL;
	char *text, *all;

	if (!m)
		return;
	if (vasprintf(&text, format, args) < 0) {
		m->put(m->ctx, kind, format);
		return;
	}
	if (cure && asprintf(&all, "%s; %s", text, cure) >= 0) {
		free(text);
		text = all;
	}
	m->put(m->ctx, kind, text);
	free(text);
}

void message_warn(const struct messages *m, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	put(m, MESSAGE_WARNING, REQUEST_NONE, format, args);
	va_end(args);
}

void message_warn_field(const struct messages *m, int field, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	put(m, MESSAGE_WARNING, field, format, args);
	va_end(args);
}

void message_note(const struct messages *m, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	put(m, MESSAGE_NOTE, REQUEST_NONE, format, args);
	va_end(args);
}

void message_note_field(const struct messages *m, int field, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	put(m, MESSAGE_NOTE, field, format, args);
	va_end(args);
}

/* Length of the printable character at s, 0 where there is none. C1 controls (U+0080 to U+009F)
 * count as none, as terminals obey them; so does what reorders or hides text: bidirectional
 * controls, line and paragraph separators. */
static size_t printable_length(const char *s)
{
	uint32_t c;
	size_t n = utf8_decode(s, &c);

	if (c < 0x20 || (c >= 0x7f && c < 0xa0) || (c >= 0x2028 && c <= 0x202e) ||
		(c >= 0x2066 && c <= 0x2069) || c == 0x200e || c == 0x200f)
		return 0;
	return n;
}

static char *escape(char *out, size_t n, const char *text, bool doubles_backslash)
{
	const char *s = text;
	size_t at = 0;

	while (*s) {
		char piece[5] = "";
		size_t len = printable_length(s);

		if (len == 0)
			snprintf(piece, sizeof piece, "\\x%02X", (unsigned char)*s++);
		else if (*s == '\\' && doubles_backslash) {
			strcpy(piece, "\\\\");
			s++;
		} else {
			memcpy(piece, s, len);
			piece[len] = '\0';
			s += len;
		}
		len = strlen(piece);
		if (at + len + 4 > n) {
			if (n >= 4)
				snprintf(out + at, n - at, "...");
			return out;
		}
		memcpy(out + at, piece, len);
		at += len;
	}
	out[at] = '\0';
	return out;
}

char *message_escape(char *out, size_t n, const char *name)
{
	return escape(out, n, name, true);
}

char *message_escaped(const char *name)
{
	size_t n = 4 * strlen(name) + 4;
	char *out = malloc(n);

	return out ? escape(out, n, name, true) : NULL;
}

char *message_printable(char *out, size_t n, const char *text)
{
	return escape(out, n, text, false);
}

/* True where every byte means itself to a shell. */
static int is_plain_word(const char *text)
{
	static const char safe[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@%+=:,./-";

	return *text && strspn(text, safe) == strlen(text);
}

static bool is_printable(const char *text)
{
	size_t n = 1;

	for (; *text && n; text += n)
		n = printable_length(text);
	return n != 0;
}

/* One byte between single quotes. Returns how many were written, 4 at most. */
static size_t put_quoted(char *out, char c)
{
	if (c != '\'') {
		*out = c;
		return 1;
	}
	memcpy(out, "'\\''", 4);
	return 4;
}

/* The same between $' and ', of n bytes that are a character, 0 for a byte that is none. Three
 * digits: what follows can't be taken for more of them. */
static size_t put_escaped(char *out, const char *c, size_t n)
{
	unsigned char byte = (unsigned char)*c;

	if (n && byte != '\'' && byte != '\\') {
		memcpy(out, c, n);
		return n;
	}
	out[0] = '\\';
	out[1] = (char)('0' + (byte >> 6));
	out[2] = (char)('0' + (byte >> 3 & 7));
	out[3] = (char)('0' + (byte & 7));
	return 4;
}

char *message_shell_quote(const char *text)
{
	bool escapes = !is_printable(text);
	char *out, *to;

	if (is_plain_word(text))
		return strdup(text);
	out = to = malloc(4 * strlen(text) + 4);
	if (!out)
		return NULL;
	if (escapes)
		*to++ = '$';
	*to++ = '\'';
	while (*text) {
		size_t n = escapes ? printable_length(text) : 1;

		to += escapes ? put_escaped(to, text, n) : put_quoted(to, *text);
		text += n ? n : 1;
	}
	*to++ = '\'';
	*to = '\0';
	return out;
}
