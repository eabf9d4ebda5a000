/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli/verbs.h"

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "cli/options.h"
#include "cli/spelling.h"
#include "crypto/libraries.h"
#include "drive/library.h"
#include "tree/image_library.h"
#include "util/secret.h"

enum { MANY = 1 << 30 };

struct verb {
	const char *name;
	enum verb_set set;
	int (*run)(struct settings *s, struct printer *p, struct fail *f);
	const char *usage;
	const char *help;
	unsigned least, most; /* operands */
	const char *operands; /* what they are, for whoever gave too few */
};

/* The first is meant where no verb is named. */
static const struct verb verbs[] = {
	{ "burn", VERB_BURN, cmd_burn, "xburncrypt [burn] -o OUTPUT [options] [--] SOURCE...",
		"Burns an encrypted disc, or makes an image, from files or a finished image.", 0,
		MANY, NULL },
	{ "drives", VERB_DRIVES, cmd_drives, "xburncrypt drives [-json]",
		"Lists the optical drives and the media they write.", 0, 0, NULL },
	{ "info", VERB_INFO, cmd_info, "xburncrypt info [-json] [DEVICE|IMAGE]",
		"Describes a medium or an image, as far as possible without a key.", 0, 1, NULL },
	{ "list", VERB_LIST, cmd_list, "xburncrypt list [-l] SOURCE [PATH...]",
		"Lists the files on a disc.", 1, MANY, "name a drive, a device or an image" },
	{ "cat", VERB_CAT, cmd_cat, "xburncrypt cat SOURCE PATH",
		"Writes a file from a disc to standard output.", 2, 2,
		"name a drive, a device or an image, and one file on it" },
	{ "extract", VERB_EXTRACT, cmd_extract, "xburncrypt extract SOURCE [PATH...] -to DIR",
		"Extracts files from a disc.", 1, MANY, "name a drive, a device or an image" },
	{ "verify", VERB_VERIFY, cmd_verify, "xburncrypt verify SOURCE [-against DIR|IMAGE]",
		"Reads all of a disc and checks its files.", 1, 1,
		"name a drive, a device or an image" },
	{ "blank", VERB_BLANK, cmd_blank, "xburncrypt blank [-fast|-all] DEVICE",
		"Blanks a rewritable medium.", 1, 1, "name a drive, such as /dev/sr0" },
	{ "format", VERB_FORMAT, cmd_format, "xburncrypt format DEVICE",
		"Formats a medium (erases it).", 1, 1, "name a drive, such as /dev/sr0" },
	{ "decrypt", VERB_DECRYPT, cmd_decrypt, "xburncrypt decrypt -o OUTPUT [options] SOURCE",
		"Decrypts the whole payload of a disc or image, whatever it holds.", 1, 1,
		"name a drive, a device or an image" },
	{ "mount", VERB_MOUNT, cmd_mount, "xburncrypt mount [options] SOURCE DIR",
		"Mounts a disc or image on a directory, read-only, without root.", 2, 2,
		"name a drive, a device or an image, and a directory" },
	{ "unmount", VERB_UNMOUNT, cmd_unmount, "xburncrypt unmount DIR",
		"Unmounts a disc that the mount command mounted.", 1, 1,
		"name a mounted directory" },
	{ "keyfile", VERB_KEYFILE, cmd_keyfile, "xburncrypt keyfile [-v3|-bytes N] FILE",
		"Makes a file with a new random key.", 1, 1, "name the file to make" },
	{ "formats", VERB_FORMATS, cmd_formats, "xburncrypt formats",
		"Lists the on-disc formats and when to choose which.", 0, 0, NULL },
};
enum { N_VERBS = sizeof verbs / sizeof *verbs };

static void print_help(const struct verb *verb)
{
	printf("usage: %s\n\n%s\n", verb->usage, verb->help);
	if (verb == &verbs[0]) {
		puts("\nCommands:");
		for (size_t i = 0; i < N_VERBS; i++)
			printf("  %-24s %s\n", verbs[i].name, verbs[i].help);
	}
	options_print_help(stdout, verb->set);
	puts("\nOptions work with one dash or two, as \"-name value\" and \"-name=value\". The\n"
	     "manual pages xburncrypt(1), (5) and (7) have examples, the exit statuses and what\n"
	     "each option means in full.");
}

static void print_version(void)
{
	char burn[32], isofs[32];

	library_version(burn);
	image_library_version(isofs);
	printf("%s\nlibburn %s, libisofs %s, OpenSSL %s, libcryptsetup %s, libsodium %s\n"
	       "Copyright (C) 2026 the xburncrypt authors\n"
	       "License GPLv3+: GNU GPL version 3 or later <https://gnu.org/licenses/gpl.html>\n"
	       "There is no warranty, to the extent permitted by law.\n",
		PACKAGE_STRING, burn, isofs, libraries_openssl(), libraries_cryptsetup(),
		secret_library_version());
}

static const struct verb *find_verb(const char *name)
{
	for (size_t i = 0; name && i < N_VERBS; i++)
		if (strcmp(verbs[i].name, name) == 0)
			return &verbs[i];
	return NULL;
}

/* Refuses a first word that is neither a verb nor a file, but nearly a verb. */
static int check_spelling(const char *word, struct fail *f)
{
	if (*word == '-' || access(word, F_OK) == 0)
		return 0;
	for (size_t i = 1; i < N_VERBS; i++)
		if (spelling_distance(word, strlen(word), verbs[i].name) <= 2 && strlen(word) > 2) {
			fail_set(f, FAIL_USAGE, word, "neither a command nor an existing file");
			fail_hint(f, "did you mean %s? see xburncrypt --help", verbs[i].name);
			return -1;
		}
	return 0;
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

/* Looks for it before the options are parsed, so that what is wrong with them is told as JSON too.
 */
static bool asks_for_json(int argc, char **argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
		const char *name = argv[i] + strspn(argv[i], "-");

		if (name == argv[i] || name > argv[i] + 2)
			continue;
		if (strcmp(name, "progress=json") == 0)
			return true;
		if (strcmp(name, "progress") == 0 && i + 1 < argc &&
			strcmp(argv[i + 1], "json") == 0)
			return true;
	}
	return false;
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

static int run(const struct verb *verb, int argc, char **argv, struct settings *s,
	struct printer *p, struct fail *f)
{
	int first = verb ? 2 : 1;

	if (!verb && check_spelling(argv[1], f))
		return f->code;
	if (!verb)
		verb = &verbs[0];
	if (options_parse(s, verb->set, argc, argv, first, &p->voice.messages, f))
		return f->code;
	printer_set(p, s);
	if (s->wants_help || s->wants_version) {
		if (s->wants_help)
			print_help(verb);
		else
			print_version();
		return printer_flush(f) ? f->code : FAIL_NONE;
	}
	if (raise_descriptor_limit(f) || check_operands(verb, s, f))
		return f->code;
	return verb->run(s, p, f);
}

int verbs_run(int argc, char **argv)
{
	struct settings s = { .key_bytes = 32 };
	struct printer p;
	struct fail f = { 0 };
	int status;

	if (argc < 2) {
		fprintf(stderr, "usage: %s\n       xburncrypt --help\n", verbs[0].usage);
		return FAIL_USAGE;
	}
	printer_start(&p, asks_for_json(argc, argv));
	status = run(find_verb(argv[1]), argc, argv, &s, &p, &f);
	if (fail_is_set(&f)) {
		printer_fail(&p, &f);
		status = (int)f.code;
	}
	printer_done(&p, status);
	settings_free(&s);
	return status;
}
