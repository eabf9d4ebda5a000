/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "crypto/format/json.h"

#include <string.h>

static const char *skip_space(const char *s)
{
	return s + strspn(s, " \t\r\n");
}

/* Behind the string that starts at s; NULL where it doesn't end. */
static const char *skip_string(const char *s)
{
	for (s++; *s && *s != '"'; s++)
		if (*s == '\\' && !*++s)
			return NULL;
	return *s ? s + 1 : NULL;
}

/* Behind the value that starts at s. Brackets are counted, not matched by kind: the text has been
 * through a real parser, and a wrong one only has to end. */
static const char *skip_value(const char *s)
{
	size_t depth = 0;

	do {
		s = skip_space(s);
		if (*s == '"')
			s = skip_string(s);
		else if (*s == '{' || *s == '[') {
			depth++;
			s++;
		} else if (*s == '}' || *s == ']') {
			if (depth == 0)
				return NULL;
			depth--;
			s++;
		} else if (*s == ',' || *s == ':') {
			if (depth == 0)
				return NULL;
			s++;
		} else {
			size_t n = strcspn(s, " \t\r\n\"{}[],:");

			if (n == 0)
				return NULL;
			s += n;
		}
	} while (s && depth > 0);
	return s;
}

void json_enter(struct json_members *m, const char *object)
{
	*m = (struct json_members){ 0 };
	if (!object)
		return;
	object = skip_space(object);
	if (*object == '{')
		m->at = skip_space(object + 1);
}

bool json_next(struct json_members *m)
{
	const char *s = m->at, *end;

	m->at = NULL;
	if (!s || *s != '"')
		return false;
	m->name = s + 1;
	s = skip_string(s);
	if (!s)
		return false;
	m->n_name = (size_t)(s - m->name) - 1;
	s = skip_space(s);
	if (*s != ':')
		return false;
	m->value = skip_space(s + 1);
	end = skip_value(m->value);
	if (!end)
		return false;
	end = skip_space(end);
	if (*end == ',')
		m->at = skip_space(end + 1);
	return *end == ',' || *end == '}';
}

const char *json_member(const char *object, const char *name)
{
	struct json_members m;
	size_t n = strlen(name);

	json_enter(&m, object);
	while (json_next(&m))
		if (m.n_name == n && memcmp(m.name, name, n) == 0)
			return m.value;
	return NULL;
}

bool json_string(const char *value, char *out, size_t n)
{
	size_t len;

	if (!value || *value != '"')
		return false;
	len = strcspn(value + 1, "\"\\");
	if (value[1 + len] != '"' || len >= n)
		return false;
	memcpy(out, value + 1, len);
	out[len] = '\0';
	return true;
}

bool json_uint64(const char *value, uint64_t *out)
{
	bool quoted = value && *value == '"';
	uint64_t n = 0;
	size_t len;

	if (!value)
		return false;
	value += quoted;
	len = strspn(value, "0123456789");
	if (len == 0 || (len > 1 && *value == '0'))
		return false;
	for (size_t i = 0; i < len; i++)
		if (__builtin_mul_overflow(n, 10, &n) ||
			__builtin_add_overflow(n, (uint64_t)(value[i] - '0'), &n))
			return false;
	value += len;
	if (quoted ? *value != '"' : *value && !strchr(" \t\r\n,}]", *value))
		return false;
	*out = n;
	return true;
}
