/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/help.h"

#include <string.h>

#include "cli/option_table.h"

/* where the texts begin */
enum { WIDTH = 80, VERB_COLUMN = 12, OPTION_COLUMN = 25 };

/* What stands on the left, and the text beside it, in lines. */
static void print_row(FILE *to, int column, const char *left, const char *text)
{
	const char *between = "";
	int n, at = fprintf(to, "  %-*s ", column - 3, left);

	if (at > column)
		at = WIDTH;
	for (; *text; text += n + (text[n] == ' ')) {
		n = (int)strcspn(text, " ");
		if (at + (int)strlen(between) + n > WIDTH) {
			at = fprintf(to, "\n%*s", column, "") - 1;
			between = "";
		}
		at += fprintf(to, "%s%.*s", between, n, text);
		between = " ";
	}
	fputc('\n', to);
}

static void print_verbs(FILE *to)
{
	char text[128];

	fputs("\nCommands:\n", to);
	for (const struct verb *v = verbs; v->name; v++) {
		snprintf(text, sizeof text, "%s%s%s%s", v->help, v->alias ? " Also called " : "",
			v->alias ? v->alias : "", v->alias ? "." : "");
		print_row(to, VERB_COLUMN, v->name, text);
	}
}

static void print_options(FILE *to, enum verb_set verb, bool all)
{
	const struct option_row *r;
	const char *group = NULL;
	char left[64];

	for (size_t i = 0; (r = option_table_row(i)); i++) {
		if (r->group)
			group = r->group;
		if (!((all ? r->verbs : r->often) & verb))
			continue;
		if (group)
			fprintf(to, "\n%s:\n", group);
		group = NULL;
		snprintf(left, sizeof left, "-%s%s%s", r->name, r->argument ? " " : "",
			r->argument ? r->argument : "");
		print_row(to, OPTION_COLUMN, left, r->help);
	}
}

static void print_usage(FILE *to)
{
	fprintf(to, "usage: %s\n       xburncrypt COMMAND [options] ...\n", verbs[0].usage);
}

static void print_examples(FILE *to)
{
	fputs("\nExamples:\n"
	      "  xburncrypt -o /dev/sr0 ~/photos               burns an encrypted disc\n"
	      "  xburncrypt extract /dev/sr0 -to photos        reads it back\n",
		to);
}

void help_print(const struct verb *verb, bool all)
{
	const struct verb *shown = verb ? verb : &verbs[0];

	if (verb)
		printf("usage: %s\n", verb->usage);
	else
		print_usage(stdout);
	printf("\n%s\n", shown->help);
	if (!verb)
		print_verbs(stdout);
	print_options(stdout, shown->set, all);
	if (!verb)
		print_examples(stdout);
	if (!all)
		printf("\n\"xburncrypt help -all%s%s\" shows all options.", verb ? " " : "",
			verb ? verb->name : "");
	puts("\nOptions take one dash or two, as \"-name value\" or \"-name=value\". The manual\n"
	     "pages xburncrypt(1), (5) and (7) say what each means in full.");
}

void help_print_briefly(FILE *to)
{
	print_usage(to);
	print_verbs(to);
	print_examples(to);
	fputs("\nSee xburncrypt --help.\n", to);
}
