/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/dispatch.h"

#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "cli/completion.h"
#include "cli/help.h"
#include "cli/options.h"
#include "cli/verbs.h"

/* Refuses a first word that is neither a verb nor a file, but nearly a verb. */
static int check_spelling(const char *word, struct fail *f)
{
	const struct verb *meant;

	if (*word == '-' || access(word, F_OK) == 0)
		return 0;
	meant = verbs_nearest(word);
	if (!meant)
		return 0;
	fail_set(f, FAIL_USAGE, word, "neither a command nor an existing file");
	fail_hint(f, "did you mean %s? see xburncrypt --help", meant->name);
	return -1;
}

static int check_operands(const struct verb *verb, const struct settings *s, struct fail *f)
{
	if (s->operands.n > verb->most) {
		fail_set(f, FAIL_USAGE, settings_operand(s, verb->most), "unexpected operand");
		fail_hint(f, "usage: %s", verb->usage);
		return -1;
	}
	return s->operands.n < verb->least ? fail_set(f, FAIL_USAGE, "", "%s", verb->operands) : 0;
}

/* The name of an option without its dashes; NULL: the word is none. */
static const char *name_of_option(const char *word)
{
	size_t n_dashes = strspn(word, "-");

	return n_dashes == 1 || n_dashes == 2 ? word + n_dashes : NULL;
}

/* Looks for it before the options are parsed, so that what is wrong with them is told as JSON too.
 */
static bool asks_for_json(int argc, char **argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
		const char *name = name_of_option(argv[i]);

		if (!name)
			continue;
		if (strcmp(name, "progress=json") == 0)
			return true;
		if (strcmp(name, "progress") == 0 && i + 1 < argc &&
			strcmp(argv[i + 1], "json") == 0)
			return true;
	}
	return false;
}

/* Help that is asked for is shown, whatever else is wrong with the options. */
static bool asks_for_help(struct settings *s, int argc, char **argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
		const char *name = name_of_option(argv[i]);

		if (!name)
			continue;
		s->wants_help |= strcmp(name, "h") == 0 || strcmp(name, "help") == 0;
		s->wants_all_help |= strcmp(name, "help-all") == 0;
	}
	return s->wants_help || s->wants_all_help;
}

/* Below that, files of all kinds would seem to be damaged. */
static int raise_descriptor_limit(struct fail *f)
{
	const rlim_t least = 64;
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) || limit.rlim_cur >= least)
		return 0;
	limit.rlim_cur = least;
	if (limit.rlim_max >= least && setrlimit(RLIMIT_NOFILE, &limit) == 0)
		return 0;
	return fail_set(f, FAIL_FAILED, "",
		"the limit of %llu open files (ulimit -n) is too low: %llu are needed",
		(unsigned long long)limit.rlim_max, (unsigned long long)least);
}

static int run(int argc, char **argv, struct settings *s, struct printer *p, struct fail *f)
{
	const struct verb *named = verbs_find(argv[1]), *verb = named ? named : &verbs[0];
	struct fail wrong = { 0 };

	if (!named && check_spelling(argv[1], f))
		return f->code;
	if (options_parse(s, verb->set, argc, argv, named ? 2 : 1, &p->voice.messages, &wrong) &&
		!asks_for_help(s, argc, argv)) {
		*f = wrong;
		return f->code;
	}
	printer_set(p, s);
	if (s->wants_help || s->wants_all_help) {
		help_print(named, s->wants_all_help);
		return printer_flush(f) ? f->code : FAIL_NONE;
	}
	if (s->wants_version)
		return cmd_version(s, p, f);
	if (raise_descriptor_limit(f) || check_operands(verb, s, f))
		return f->code;
	return verb->run(s, p, f);
}

int dispatch_run(int argc, char **argv)
{
	struct settings s = { .key_bytes = 32 };
	struct printer p;
	struct fail f = { 0 };
	int status;

	if (argc < 2) {
		help_print_briefly(stderr);
		return FAIL_USAGE;
	}
	if (strcmp(argv[1], COMPLETION_WORD) == 0)
		return completion_print(argc - 2, argv + 2);
	printer_start(&p, asks_for_json(argc, argv));
	status = run(argc, argv, &s, &p, &f);
	if (fail_is_set(&f)) {
		printer_fail(&p, &f);
		status = (int)f.code;
	}
	printer_done(&p, status);
	settings_free(&s);
	return status;
}
