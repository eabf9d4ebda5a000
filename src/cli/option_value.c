/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/option_value.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "util/passphrase.h"
#include "util/size.h"

static int take_number(const struct option_given *g, uint64_t *n, struct fail *f)
{
	unsigned long long value;
	char *end;

	errno = 0;
	value = strtoull(g->value, &end, 10);
	if (*g->value < '0' || *g->value > '9' || *end || errno || value < g->row->least ||
		value > g->row->most)
		return fail_set(f, FAIL_USAGE, g->text,
			"\"%s\" is not a whole number from %llu to %llu", g->value,
			(unsigned long long)g->row->least, (unsigned long long)g->row->most);
	*n = value;
	return 0;
}

static int take_size(const struct option_given *g, uint64_t *n, struct fail *f)
{
	const struct option_row *r = g->row;
	char least[64];

	if (size_parse(g->value, n) || *n > r->most || *n == 0)
		return fail_set(f, FAIL_USAGE, g->text,
			"\"%s\" is not a size; %s takes bytes, or a number with a unit", g->value,
			r->argument);
	if (*n < r->least)
		return fail_set(f, FAIL_USAGE, g->text,
			"\"%s\" is less than %s; smaller values are refused", g->value,
			size_format(least, sizeof least, r->least));
	return 0;
}

static int take_speed(const struct option_given *g, double *speed, struct fail *f)
{
	char *end;

	*speed = strtod(g->value, &end);
	if (strspn(g->value, "0123456789.") != strlen(g->value) || *g->value == '.' || *end ||
		*speed <= 0 || *speed > 1000)
		return fail_set(f, FAIL_USAGE, g->text, "\"%s\" is not a speed, such as 4 or 2.4",
			g->value);
	return 0;
}

/* The index of the word. */
static int take_word(
	const struct option_given *g, const char *const *words, size_t *index, struct fail *f)
{
	char all[256] = "";
	size_t at = 0;

	for (*index = 0; words[*index]; ++*index) {
		if (strcmp(g->value, words[*index]) == 0)
			return 0;
		at += (size_t)snprintf(
			all + at, sizeof all - at, "%s%s", *index ? ", " : "", words[*index]);
		if (at >= sizeof all)
			at = sizeof all - 1;
	}
	return fail_set(f, FAIL_USAGE, g->text, "\"%s\" is not one of: %s", g->value, all);
}

static int take_format(const struct option_given *g, const struct format **format, struct fail *f)
{
	char all[256] = "";
	size_t at = 0;

	*format = format_find(g->value);
	if (*format)
		return 0;
	for (size_t i = 0; formats[i]->name && at < sizeof all; i++)
		at += (size_t)snprintf(
			all + at, sizeof all - at, "%s%s", i ? ", " : "", formats[i]->name);
	return fail_set(f, FAIL_USAGE, g->text, "\"%s\" is not one of: %s", g->value, all);
}

/* Splits TARGET=PATH at the first equals sign that is not escaped and takes the escapes out of
 * TARGET (mkisofs: -graft-points). The target is a heap string. */
static int take_graft(const struct option_given *g, struct settings_list *list, struct fail *f)
{
	const char *text = g->value;
	struct tree_graft graft = { .target = NULL };
	char *target = malloc(strlen(text) + 1), *to = target;

	if (!target)
		return fail_memory(f);
	while (*text && *text != '=') {
		if (*text == '\\' && (text[1] == '=' || text[1] == '\\'))
			text++;
		*to++ = *text++;
	}
	*to = '\0';
	graft = (struct tree_graft){ .target = target, .path = text + 1 };
	if (*text != '=' || !text[1])
		fail_set(f, FAIL_USAGE, g->text, "\"%s\" is not TARGET=PATH", target);
	else if (settings_append(list, &graft, sizeof graft, f) == 0)
		return 0;
	free(target);
	return -1;
}

/* Moves a secret out of its argument. */
static int take_given(const struct option_given *g, struct secret_source *s,
	const struct messages *m, struct fail *f)
{
	s->given = s->kind == CREDENTIAL_PASSPHRASE ? passphrase_from_argument(g->value, m, f)
						    : passphrase_from_hex(g->value, f);
	message_warn(m,
		"-%s: the process list and the shell history may show this secret; use -pass-file "
		"to keep it private",
		g->row->name);
	return s->given ? 0 : -1;
}

static int take_descriptor(const struct option_given *g, int *fd, struct fail *f)
{
	uint64_t n = 0;
	struct option_row row = { .least = 0, .most = 1 << 20 };
	struct option_given number = { &row, g->text, g->value, NULL };
	int flags;

	if (take_number(&number, &n, f))
		return -1;
	*fd = (int)n;
	flags = fcntl(*fd, F_GETFL);
	if (flags < 0)
		return fail_set(f, FAIL_USAGE, g->text, "descriptor %d is not open", *fd);
	if ((flags & O_ACCMODE) == O_WRONLY)
		return fail_set(f, FAIL_USAGE, g->text,
			"descriptor %d is open for writing, not for reading", *fd);
	return 0;
}

static bool is_stdin_name(const char *value)
{
	static const char *const names[] = { "-", "/dev/stdin", "/dev/fd/0", "/proc/self/fd/0" };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(value, names[i]) == 0)
			return true;
	return false;
}

static int take_source(const struct option_given *g, struct secret_source *s,
	const struct messages *m, struct fail *f)
{
	*s = (struct secret_source){ .kind = g->row->secret.kind, .path = g->value };
	if (g->row->secret.from == SECRET_FILE && is_stdin_name(g->value)) {
		s->from = SECRET_FD;
		s->fd = STDIN_FILENO;
		return 0;
	}
	switch (g->row->secret.from) {
	case SECRET_FD:
		s->from = SECRET_FD;
		return take_descriptor(g, &s->fd, f);
	case SECRET_GIVEN:
		s->from = SECRET_GIVEN;
		s->path = NULL;
		return take_given(g, s, m, f);
	case SECRET_GPG:
	case SECRET_GENERATED:
		s->from = g->row->secret.from;
		return 0;
	default:
		s->from = SECRET_FILE;
		return 0;
	}
}

bool option_value_is_key_file(const struct option_row *row)
{
	return row->kind == VALUE_SECRET && row->secret.from == SECRET_FILE &&
	       row->secret.kind == CREDENTIAL_KEY;
}

static bool is_key_file(const struct secret_source *s)
{
	return s->from == SECRET_FILE && s->kind == CREDENTIAL_KEY;
}

static int add_key_file(struct volume_request *v, const struct secret_source *s, struct fail *f)
{
	struct secret_source *more =
		realloc(v->key_files, (v->n_key_files + 1) * sizeof *v->key_files);

	if (!more)
		return fail_memory(f);
	v->key_files = more;
	more[v->n_key_files++] = *s;
	return 0;
}

/* One; or, for VeraCrypt, a passphrase and key files in any order. Which formats take that is
 * checked once the format is known. */
static int take_secret(const struct option_given *g, struct volume_request *v,
	const struct messages *m, struct fail *f)
{
	bool is_more = v->secret.from != SECRET_ASKED, was_key_file = is_key_file(&v->secret);
	struct secret_source s;

	if (is_more && !was_key_file &&
		(!option_value_is_key_file(g->row) || is_stdin_name(g->value))) {
		fail_set(f, FAIL_USAGE, g->text, "only one secret can be given");
		if (option_value_is_key_file(g->row))
			fail_hint(
				f, "name a file, not stdin, for a key file beside another secret");
		return -1;
	}
	if (take_source(g, &s, m, f))
		return -1;
	if (is_more && is_key_file(&s))
		return add_key_file(v, &s, f);
	if (is_more && add_key_file(v, &v->secret, f)) {
		secret_free(s.given);
		return -1;
	}
	v->secret = s;
	return 0;
}

static int take_more(const struct option_given *g, struct settings_list *list, struct fail *f)
{
	struct secret_source s;

	return take_source(g, &s, NULL, f) || settings_append(list, &s, sizeof s, f) ? -1 : 0;
}

int option_value_take(const struct option_given *g, const struct messages *m, struct fail *f)
{
	uint64_t n = 0;
	size_t index = 0;
	int result = 0;

	switch (g->row->kind) {
	case VALUE_NOTHING:
		break;
	case VALUE_FLAG:
		*(bool *)g->place = true;
		break;
	case VALUE_TEXT:
		*(const char **)g->place = g->value;
		break;
	case VALUE_LIST:
		return settings_append(g->place, &g->value, sizeof g->value, f);
	case VALUE_GRAFT:
		return take_graft(g, g->place, f);
	case VALUE_NUMBER:
		result = take_number(g, &n, f);
		*(uint32_t *)g->place = (uint32_t)n;
		break;
	case VALUE_LONG:
		return take_number(g, g->place, f);
	case VALUE_SIZE:
		return take_size(g, g->place, f);
	case VALUE_SPEED:
		return take_speed(g, g->place, f);
	case VALUE_CHOICE:
		result = take_word(g, g->row->words, &index, f);
		*(unsigned *)g->place = (unsigned)index;
		break;
	case VALUE_FORMAT:
		return take_format(g, g->place, f);
	case VALUE_STYLE:
		result = take_word(g, g->row->words, &index, f);
		*(const char **)g->place = g->row->words[index / 2 * 2];
		break;
	case VALUE_SECRET:
		return take_secret(g, g->place, m, f);
	case VALUE_MORE_SECRETS:
		return take_more(g, g->place, f);
	}
	return result;
}
