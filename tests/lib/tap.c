/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/tap.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static int n_tests, n_failed;
static char folder[100]; /* empty: none was entered */

bool tap_ok(bool passed, const char *format, ...)
{
	va_list args;

	printf("%s %d - ", passed ? "ok" : "not ok", ++n_tests);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
	fflush(stdout);
	n_failed += !passed;
	return passed;
}

void tap_skip(const char *name, const char *reason)
{
	printf("ok %d - %s # SKIP %s\n", ++n_tests, name, reason);
	fflush(stdout);
}

void tap_note(const char *format, ...)
{
	va_list args;

	printf("# ");
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
}

bool tap_run(const char *command)
{
	return system(command) == 0;
}

bool tap_has_program(const char *name)
{
	char command[100];

	snprintf(command, sizeof command, "command -v %s >/dev/null", name);
	return tap_run(command);
}

void tap_enter_folder(const char *parent)
{
	snprintf(folder, sizeof folder, "%s/xburncrypt-test.XXXXXX", parent);
	if (!mkdtemp(folder) || chmod(folder, 0755) || chdir(folder)) {
		perror(folder);
		exit(99);
	}
}

static bool remove_folder(void)
{
	char command[300];

	snprintf(command, sizeof command, "chmod -R u+rwX %s; rm -rf %s", folder, folder);
	return chdir("/") == 0 && tap_run(command);
}

int tap_done(void)
{
	if (*folder && !remove_folder())
		tap_ok(false, "%s is removed", folder);
	printf("1..%d\n", n_tests);
	return n_failed != 0;
}
