/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "drive/libburn_version.h"
#include "cli/command.h"
#include "crypto/libraries.h"
#include "tree/image_library.h"
#include "cli/options.h"
#include "cli/print.h"
#include "cli/spelling.h"
#include "util/test_stop.h"
#include "util/fail.h"
#include "util/secret.h"
#include "util/signals.h"

struct verb {
	const char *name;
	enum verb_set set;
	int (*run)(struct options *o);
	const char *usage;
	const char *help;
};

/* The first is meant where no verb is named. */
static const struct verb verbs[] = {
	{ "burn", VERB_BURN, cmd_burn, "xburncrypt [burn] -o OUTPUT [options] [--] SOURCE...",
		"Burns an encrypted disc, or makes an image, from directories, files or a finished "
		"image." },
	{ "drives", VERB_DRIVES, cmd_drives, "xburncrypt drives [-json]",
		"Lists the optical drives, and what they write." },
	{ "info", VERB_INFO, cmd_info, "xburncrypt info [-json] [DEVICE|IMAGE]",
		"Tells what a medium or an image is, as far as the key is not needed." },
	{ "list", VERB_LIST, cmd_list, "xburncrypt list [-l] SOURCE [PATH...]",
		"Lists the files on a disc." },
	{ "cat", VERB_CAT, cmd_cat, "xburncrypt cat SOURCE PATH",
		"Writes a file of a disc to stdout." },
	{ "extract", VERB_EXTRACT, cmd_extract, "xburncrypt extract SOURCE [PATH...] -to DIR",
		"Brings files of a disc back." },
	{ "verify", VERB_VERIFY, cmd_verify, "xburncrypt verify SOURCE [-against DIR|IMAGE]",
		"Reads all of a disc, and checks its files." },
	{ "blank", VERB_BLANK, cmd_blank, "xburncrypt blank [-fast|-all] DEVICE",
		"Empties a rewritable medium." },
	{ "format", VERB_FORMAT, cmd_format, "xburncrypt format DEVICE",
		"Formats a medium that has to be; what is on it is lost." },
	{ "decrypt", VERB_DECRYPT, cmd_decrypt, "xburncrypt decrypt -o OUTPUT [options] SOURCE",
		"Writes the whole payload of a disc or image in the clear, whatever it holds." },
	{ "mount", VERB_MOUNT, cmd_mount, "xburncrypt mount [options] SOURCE DIR",
		"Mounts the files of a disc or image on a directory, read-only, without root." },
	{ "unmount", VERB_UNMOUNT, cmd_unmount, "xburncrypt unmount DIR", "Unmounts them." },
	{ "keyfile", VERB_KEYFILE, cmd_keyfile, "xburncrypt keyfile [-v3|-bytes N] FILE",
		"Makes a file with a new random key." },
	{ "formats", VERB_FORMATS, cmd_formats, "xburncrypt formats",
		"Lists the formats on disc, and when to choose which." },
};
enum { N_VERBS = sizeof verbs / sizeof *verbs };

/* What was printed to stdout has to have arrived. */
static int flush_stdout(void)
{
	struct fail f = { 0 };

	if (print_flush(&f) == 0)
		return FAIL_NONE;
	print_fail(&f);
	return f.code;
}

static void print_verbs(void)
{
	puts("\nVerbs:");
	for (size_t i = 0; i < N_VERBS; i++)
		printf("  %-24s %s\n", verbs[i].name, verbs[i].help);
}

static int print_help(const struct verb *verb)
{
	printf("usage: %s\n\n%s\n", verb->usage, verb->help);
	if (verb == &verbs[0])
		print_verbs();
	options_print_help(stdout, verb->set);
	puts("\nOptions work with one dash or two, as \"-name value\" and \"-name=value\". The "
	     "manual page\n"
	     "xburncrypt(1) has examples, the exit statuses and what each option means in full.");
	return flush_stdout();
}

static int print_version(void)
{
	char burn[32], isofs[32];

	libburn_version(burn);
	image_library_version(isofs);
	printf("%s\nlibburn %s, libisofs %s, OpenSSL %s, libcryptsetup %s, libsodium %s\n",
		PACKAGE_STRING, burn, isofs, libraries_openssl(), libraries_cryptsetup(),
		secret_library_version());
	return flush_stdout();
}

static const struct verb *find_verb(const char *name)
{
	for (size_t i = 0; name && i < N_VERBS; i++)
		if (strcmp(verbs[i].name, name) == 0)
			return &verbs[i];
	return NULL;
}

/* A first word that is neither a verb nor a file, but nearly a verb. NULL: it is not. */
static const char *mistyped_verb(const char *word)
{
	if (*word == '-' || access(word, F_OK) == 0)
		return NULL;
	for (size_t i = 1; i < N_VERBS; i++)
		if (spelling_distance(word, strlen(word), verbs[i].name) <= 2 && strlen(word) > 2)
			return verbs[i].name;
	return NULL;
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
		"%llu files may be open at once (ulimit -n), which are too few: %llu are needed",
		(unsigned long long)limit.rlim_max, (unsigned long long)least);
}

static int run(int argc, char **argv)
{
	const struct verb *verb = find_verb(argv[1]);
	int first = verb ? 2 : 1, status;
	struct options o;
	struct fail f = { 0 };

	const char *meant = verb ? NULL : mistyped_verb(argv[1]);

	if (!verb)
		verb = &verbs[0];
	if (asks_for_json(argc, argv))
		print_set_mode(PRINT_JSON, false);
	if (meant) {
		fail_set(&f, FAIL_USAGE, argv[1], "is no verb, and no such file is there");
		fail_hint(&f, "did you mean %s? see xburncrypt --help", meant);
		print_fail(&f);
		print_done((int)f.code);
		return f.code;
	}
	if (options_parse(&o, verb->set, argc, argv, first, print_messages(), &f)) {
		print_fail(&f);
		print_done((int)f.code);
		status = f.code;
	} else if (options_has(&o, OPTION_HELP)) {
		status = print_help(verb);
	} else if (options_has(&o, OPTION_VERSION)) {
		status = print_version();
	} else if (raise_descriptor_limit(&f)) {
		print_fail(&f);
		print_done((int)f.code);
		status = f.code;
	} else {
		status = verb->run(&o);
	}
	options_free(&o);
	return status;
}

/* The descriptors 0 to 2 are there, so that no file that is opened becomes stdout. Those that were
 * closed are opened the wrong way round: what is written to a closed stdout is an error. */
static int open_standard_descriptors(struct fail *f)
{
	int fd = 0;

	while (fd >= 0 && fd <= STDERR_FILENO) {
		bool is_there = fcntl(STDIN_FILENO, F_GETFD) >= 0;

		fd = open("/dev/null", is_there ? O_RDONLY : O_WRONLY);
	}
	if (fd < 0)
		return fail_errno(f, FAIL_FAILED, "/dev/null", "can't be opened");
	close(fd);
	return 0;
}

int main(int argc, char **argv)
{
	struct fail f = { 0 };
	int status;

	if (open_standard_descriptors(&f) || secret_guard_process(&f)) {
		print_fail(&f);
		return f.code;
	}
	signals_catch();
	if (argc < 2) {
		fputs("usage: xburncrypt [burn] -o OUTPUT [options] [--] SOURCE...\n"
		      "       xburncrypt --help\n",
			stderr);
		return FAIL_USAGE;
	}
	status = run(argc, argv);
	test_stop("before-exit");
	signals_raise_again();
	return status;
}
