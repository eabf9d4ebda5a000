/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/completion.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "cli/option_table.h"
#include "cli/verbs.h"
#include "crypto/format/format.h"
#include "util/fail.h"
#include "util/utf8.h"

/* The command line so far. */
struct typed {
	const char *word;                /* the unfinished one */
	const struct verb *verb;         /* the one that was named; NULL: none */
	bool is_first;                   /* the word could be a verb */
	unsigned n_operands;             /* before the word */
	bool only_operands;              /* behind "--" */
	const struct option_row *option; /* whose value the word is; NULL: none */
};

static enum verb_set verb_of(const struct typed *t)
{
	return (t->verb ? t->verb : &verbs[0])->set;
}

/* The option that a word names; *value: what stands behind an equals sign; NULL: nothing. */
static const struct option_row *option_of(
	const struct typed *t, const char *word, const char **value)
{
	const char *name = word + (word[0] == '-') + (word[0] == '-' && word[1] == '-');
	const char *equals = strchr(name, '=');
	size_t n = equals ? (size_t)(equals - name) : strlen(name);

	*value = equals ? equals + 1 : NULL;
	return name == word ? NULL : option_table_find(name, n, verb_of(t));
}

/* A word before the unfinished one. */
static void pass_word(struct typed *t, const char *word)
{
	const struct option_row *option;
	const char *value;

	if (t->option) {
		t->option = NULL;
	} else if (!t->only_operands && strcmp(word, "--") == 0) {
		t->only_operands = true;
	} else if (t->only_operands || word[0] != '-' || word[1] == '\0') {
		t->n_operands++;
	} else {
		option = option_of(t, word, &value);
		t->option = option && option->argument && !value ? option : NULL;
	}
}

static size_t n_characters(const char *from, const char *to)
{
	size_t n = 0, bytes;

	for (; from < to; from += bytes ? bytes : 1, n++)
		bytes = utf8_decode(from, NULL);
	return n;
}

/* Prints a word that begins like value, behind what stands before it. */
static void offer(const struct typed *t, const char *value, const char *word, const char *help)
{
	if (strncmp(word, value, strlen(value)) == 0)
		printf("%.*s%s%s%s\n", (int)(value - t->word), t->word, word, help ? "\t" : "",
			help ? help : "");
}

static void offer_files(const struct typed *t, const char *value, const char *kind)
{
	printf(":%s %zu\n", kind, n_characters(t->word, value));
}

static void offer_nothing(void)
{
	puts(":nothing");
}

static void complete_value(const struct typed *t, const struct option_row *r, const char *value)
{
	for (size_t i = 0; r->words && r->words[i]; i++)
		offer(t, value, r->words[i], NULL);
	for (size_t i = 0; r->kind == VALUE_FORMAT && formats[i]->name; i++)
		offer(t, value, formats[i]->name, formats[i]->summary);
	if (r->kind == VALUE_GRAFT) {
		const char *equals = strchr(value, '=');

		if (equals)
			offer_files(t, equals + 1, "files");
		else
			offer_nothing();
	} else if (strcmp(r->argument, "DIR") == 0) {
		offer_files(t, value, "directories");
	} else if (strcmp(r->argument, "FILE") == 0 || strcmp(r->argument, "OUTPUT") == 0 ||
		   strcmp(r->argument, "DIR|IMAGE") == 0) {
		offer_files(t, value, "files");
	} else {
		offer_nothing();
	}
}

static void complete_option(const struct typed *t)
{
	const char *name = t->word + (t->word[1] == '-' ? 2 : 1), *value;
	const struct option_row *r = option_of(t, t->word, &value);

	if (value) {
		if (r && r->argument)
			complete_value(t, r, value);
		else
			offer_nothing();
		return;
	}
	for (size_t i = 0; (r = option_table_row(i)); i++)
		if (r->verbs & verb_of(t))
			offer(t, name, r->name, r->help);
	offer_nothing();
}

static void complete_verb(const struct typed *t)
{
	for (const struct verb *v = verbs; v->name; v++) {
		offer(t, t->word, v->name, v->help);
		if (v->alias)
			offer(t, t->word, v->alias, v->help);
	}
}

static void complete_operand(const struct typed *t)
{
	const struct verb *verb = t->verb ? t->verb : &verbs[0];

	if (t->is_first)
		complete_verb(t);
	if (t->n_operands >= verb->most) {
		offer_nothing();
		return;
	}
	switch (verb->takes[t->n_operands > 0]) {
	case OPERAND_FILE:
		offer_files(t, t->word, "files");
		return;
	case OPERAND_DIRECTORY:
		offer_files(t, t->word, "directories");
		return;
	case OPERAND_COMMAND:
		complete_verb(t);
		break;
	case OPERAND_ON_DISC:
		break;
	}
	offer_nothing();
}

int completion_print(int n, char **words)
{
	struct typed t = { .word = n > 0 ? words[n - 1] : "", .is_first = n <= 1 };

	t.verb = n > 1 ? verbs_find(words[0]) : NULL;
	for (int i = t.verb ? 1 : 0; i < n - 1; i++)
		pass_word(&t, words[i]);
	if (t.option)
		complete_value(&t, t.option, t.word);
	else if (!t.only_operands && t.word[0] == '-')
		complete_option(&t);
	else
		complete_operand(&t);
	return fflush(stdout) ? FAIL_FAILED : FAIL_NONE;
}
