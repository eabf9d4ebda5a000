/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "json.h"

#include <stddef.h>

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

static bool is_text(const char *text)
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

static void put_quoted(FILE *to, const char *text)
{
	fputc('"', to);
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (c == '"' || c == '\\')
			fprintf(to, "\\%c", c);
		else if (c < 0x20 || c == 0x7f)
			fprintf(to, "\\u%04x", c);
		else
			fputc(c, to);
	}
	fputc('"', to);
}

/* What stands before a value. */
static void begin_value(struct json *j, const char *key, const char *key_end)
{
	if (j->has_value)
		fputc(',', j->to);
	j->has_value = true;
	if (key)
		fprintf(j->to, "\"%s%s\":", key, key_end);
}

static void begin(struct json *j, const char *key, char bracket)
{
	begin_value(j, key, "");
	fputc(bracket, j->to);
	j->has_value = false;
}

static void end(struct json *j, char bracket)
{
	fputc(bracket, j->to);
	j->has_value = true;
}

void json_object_begin(struct json *j, const char *key)
{
	begin(j, key, '{');
}

void json_object_end(struct json *j)
{
	end(j, '}');
}

void json_array_begin(struct json *j, const char *key)
{
	begin(j, key, '[');
}

void json_array_end(struct json *j)
{
	end(j, ']');
}

void json_text(struct json *j, const char *key, const char *text)
{
	if (is_text(text)) {
		begin_value(j, key, "");
		put_quoted(j->to, text);
		return;
	}
	begin_value(j, key, "_hex");
	fputc('"', j->to);
	for (; *text; text++)
		fprintf(j->to, "%02x", (unsigned char)*text);
	fputc('"', j->to);
}

void json_number(struct json *j, const char *key, uint64_t n)
{
	begin_value(j, key, "");
	fprintf(j->to, "%llu", (unsigned long long)n);
}

void json_real(struct json *j, const char *key, double value)
{
	begin_value(j, key, "");
	fprintf(j->to, "%.1f", value);
}

void json_bool(struct json *j, const char *key, bool value)
{
	begin_value(j, key, "");
	fputs(value ? "true" : "false", j->to);
}
