/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/options.h"

#include <stdio.h>
#include <string.h>

#include "cli/option_table.h"
#include "cli/option_value.h"
#include "cli/spelling.h"

static int unknown_option(
	const char *text, const char *name, size_t n, enum verb_set verb, struct fail *f)
{
	const struct option_row *nearest = NULL;
	unsigned least = 3;
	size_t i = 0;

	if (option_table_find(name, n, VERB_ALL)) {
		fail_set(f, FAIL_USAGE, text, "not an option of this command");
		fail_hint(f, "see --help after the command; write ./%s for a file of that name",
			text);
		return -1;
	}
	fail_set(f, FAIL_USAGE, text, "no such option");
	for (const struct option_row *r; (r = option_table_row(i)) != NULL; i++) {
		unsigned d = r->verbs & verb ? spelling_distance(name, n, r->name) : 99;

		if (d < least && d < strlen(r->name)) {
			least = d;
			nearest = r;
		}
	}
	if (nearest)
		fail_hint(f, "did you mean -%s? see xburncrypt --help", nearest->name);
	else
		fail_hint(f, "see xburncrypt --help; write ./%s for a file of that name", text);
	return -1;
}

/* Whether the option may stand here, once more or with this value. */
static int check_given(
	const struct settings *s, const struct option_given *g, const bool *seen, struct fail *f)
{
	const struct option_row *r = g->row;
	const char *before = r->id ? s->given[r->id] : NULL;
	bool is_list = r->kind == VALUE_LIST || r->kind == VALUE_GRAFT ||
		       r->kind == VALUE_MORE_SECRETS || option_value_is_key_file(r);

	if (g->value && *g->value == '\0' && !r->may_be_empty &&
		!(r->kind == VALUE_SECRET && r->secret.from == SECRET_GIVEN))
		return fail_set(
			f, FAIL_USAGE, g->text, "needs a value, not an empty one: %s", r->argument);
	if (is_list)
		return 0;
	if (before && strcmp(before, r->name) != 0)
		return fail_set(f, FAIL_USAGE, g->text,
			"means the same as -%s: give only one of them", before);
	if (seen[option_table_index(r)])
		return fail_set(f, FAIL_USAGE, g->text, "is given twice");
	return 0;
}

/* Where a part is, and what no format records. */
static bool is_needed_anyway(enum option id)
{
	return id == OPTION_HEADER || id == OPTION_AS_FILE || id == OPTION_KEYFILE_OFFSET ||
	       id == OPTION_KEYFILE_SIZE || id == OPTION_UNKNOWN_CONTENTS ||
	       id == OPTION_ALLOW_COSTLY_KDF;
}

static bool is_within(const struct option_row *r, size_t start, size_t n)
{
	return r->place >= start && r->place < start + n;
}

/* What is needed to read the disc that is burned or looked at. A passphrase that is not in a file
 * is asked for then; of other secrets, the place is told. */
static int remember_for_reading(struct settings *s, const struct option_given *g, struct fail *f)
{
	const struct option_row *r = g->row;
	bool is_secret = r->kind == VALUE_SECRET;
	bool is_passing =
		is_secret && (r->secret.from == SECRET_GIVEN || r->secret.from == SECRET_FD);
	bool is_of_volume = is_within(r, offsetof(struct settings, volume), sizeof s->volume);
	bool is_of_disc = is_within(r, offsetof(struct settings, read), sizeof s->read);
	const struct option_row *reading =
		option_table_find(r->name, strlen(r->name), VERB_DECRYPT);
	struct settings_reading o = { .name = r->name,
		.value = is_passing ? r->argument : g->value,
		.is_of_format = is_of_volume && !is_secret && !is_needed_anyway(r->id),
		.is_for_decrypt = reading && !(reading->verbs & VERB_LIST) };

	if (!reading || !(is_of_volume || is_of_disc) ||
		(is_passing && r->secret.kind == CREDENTIAL_PASSPHRASE))
		return 0;
	return settings_append(&s->reading, &o, sizeof o, f);
}

struct parsing {
	struct settings *settings;
	enum verb_set verb;
	const struct messages *messages;
	bool seen[OPTION_TABLE_MAX];
};

/* The option at argv[*at]; moves *at behind its value. */
static int parse_option(struct parsing *p, int argc, char **argv, int *at, struct fail *f)
{
	char *text = argv[(*at)++], *name = text + (text[1] == '-' ? 2 : 1);
	char *equals = strchr(name, '='), *value = equals ? equals + 1 : NULL;
	size_t n = equals ? (size_t)(equals - name) : strlen(name);
	const struct option_row *row = option_table_find(name, n, p->verb);
	char shown[64];
	struct option_given g = { row, shown, NULL, NULL };

	/* a message must not repeat a secret that stands behind the equals sign */
	snprintf(shown, sizeof shown, "%.*s", (int)(name - text + (int)n), text);
	if (!row)
		return unknown_option(shown, name, n, p->verb, f);
	if (!row->argument && value)
		return fail_set(f, FAIL_USAGE, shown, "takes no value");
	if (row->argument && !value) {
		if (*at >= argc)
			return fail_set(f, FAIL_USAGE, shown, "needs a value: %s", row->argument);
		value = argv[(*at)++];
	}
	g.value = value;
	g.place = (char *)p->settings + row->place;
	if (check_given(p->settings, &g, p->seen, f))
		return -1;
	p->seen[option_table_index(row)] = true;
	p->settings->given[row->id] = row->name;
	if ((row->kind == VALUE_SECRET || row->kind == VALUE_MORE_SECRETS) &&
		!p->settings->secret_option[0])
		snprintf(p->settings->secret_option, sizeof p->settings->secret_option, "-%s",
			row->name);
	if (p->verb & (VERB_BURN | VERB_APPEND | VERB_INFO) &&
		remember_for_reading(p->settings, &g, f))
		return -1;
	return option_value_take(&g, p->messages, f);
}

int options_parse(struct settings *s, enum verb_set verb, int argc, char **argv, int first,
	const struct messages *m, struct fail *f)
{
	struct parsing p = { .settings = s, .verb = verb, .messages = m };
	bool only_operands = false;

	for (int at = first; at < argc;) {
		if (!only_operands && strcmp(argv[at], "--") == 0) {
			only_operands = true;
			at++;
		} else if (only_operands || argv[at][0] != '-' || argv[at][1] == '\0') {
			if (argv[at][0] == '\0')
				return fail_set(
					f, FAIL_USAGE, "\"\"", "empty name; was a variable empty?");
			if (settings_append(&s->operands, &argv[at++], sizeof *argv, f))
				return -1;
		} else if (parse_option(&p, argc, argv, &at, f)) {
			return -1;
		}
	}
	return 0;
}
