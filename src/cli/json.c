/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/json.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "util/utf8.h"

static bool is_text(const char *text)
{
	size_t n = 1;

	for (; *text && n; text += n)
		n = utf8_decode(text, NULL);
	return n != 0;
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

void json_lines(struct json *j, const char *key, const char *text)
{
	char *copy = strdup(text), *rest = copy;

	json_array_begin(j, key);
	for (char *line; rest && (line = strsep(&rest, "\n"));)
		if (*line)
			json_text(j, NULL, line);
	json_array_end(j);
	free(copy);
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

struct json json_event(const char *event)
{
	struct json j = { .to = stderr };

	json_object_begin(&j, NULL);
	json_text(&j, "event", event);
	return j;
}

void json_event_end(struct json *j)
{
	json_object_end(j);
	fputc('\n', j->to);
}
