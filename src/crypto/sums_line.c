/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "crypto/sums_line.h"

#include <stdbool.h>
#include <string.h>

/* Takes "\n", "\r" and "\\" back, in place. False where something else is escaped. */
static bool unescape(char *text)
{
	char *to = text;

	for (; *text; text++) {
		char c = *text;

		if (c == '\\') {
			c = *++text;
			if (c != 'n' && c != 'r' && c != '\\')
				return false;
			c = c == 'n' ? '\n' : c == 'r' ? '\r' : '\\';
		}
		*to++ = c;
	}
	*to = '\0';
	return true;
}

/* Takes the digits at text, of which there are as many as the digest has. */
static bool take_digest(struct sums_line *l, enum file_digest_kind kind, const char *text)
{
	size_t n = file_digest_length(kind);

	if (strspn(text, "0123456789abcdefABCDEF") != n)
		return false;
	for (size_t i = 0; i < n; i++)
		l->digest[i] =
			(char)(text[i] >= 'A' && text[i] <= 'F' ? text[i] - 'A' + 'a' : text[i]);
	l->digest[n] = '\0';
	return true;
}

/* "SHA256 (name) = digest", or "SHA256(name)= digest"; line is what follows the first word. */
static bool take_tagged(struct sums_line *l, enum file_digest_kind kind, char *line, char **name)
{
	char *end = strrchr(line, ')');

	line += *line == ' ';
	if (*line != '(' || !end)
		return false;
	*end++ = '\0';
	*name = line + 1;
	end += strspn(end, " \t");
	if (*end++ != '=')
		return false;
	end += strspn(end, " \t");
	return take_digest(l, kind, end) && end[file_digest_length(kind)] == '\0';
}

/* "digest  name", "digest *name", "digest name". */
static bool take_plain(struct sums_line *l, enum file_digest_kind kind, struct sums_form *form,
	char *line, char **name)
{
	bool has_mark;

	if (!take_digest(l, kind, line))
		return false;
	line += file_digest_length(kind);
	if (*line != ' ' && *line != '\t')
		return false;
	line++;
	has_mark = (*line == ' ' || *line == '*') && line[1];
	if (!has_mark && form->has_one_blank < 0)
		return false;
	if (form->has_one_blank == 0)
		form->has_one_blank = has_mark ? -1 : 1;
	*name = line + (form->has_one_blank < 0);
	return true;
}

enum sums_line_kind sums_line_parse(struct sums_line *l, enum file_digest_kind kind,
	struct sums_form *form, char *line, size_t n)
{
	const char *tag = file_digest_name(kind);
	bool is_escaped, is_good;
	char *name;

	if (*line == '#')
		return SUMS_LINE_EMPTY;
	if (n && line[n - 1] == '\r')
		line[--n] = '\0';
	if (n == 0)
		return SUMS_LINE_EMPTY;
	if (strlen(line) != n)
		return SUMS_LINE_INVALID;
	line += strspn(line, " \t");
	is_escaped = *line == '\\';
	line += is_escaped;
	if (strncmp(line, tag, strlen(tag)) == 0)
		is_good = take_tagged(l, kind, line + strlen(tag), &name);
	else
		is_good = take_plain(l, kind, form, line, &name);
	if (!is_good || !*name || (is_escaped && !unescape(name)))
		return SUMS_LINE_INVALID;
	l->name = name;
	return SUMS_LINE_DIGEST;
}
