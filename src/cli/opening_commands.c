/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/opening_commands.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/message.h"

/* What mounts the disc comes first. */
static char *commands_inside(const struct volume *volume, const struct credential *credential,
	const char *path, const char *name)
{
	char *object = message_shell_quote(path), *inside, *commands = NULL, *text = NULL;

	if (asprintf(&inside, "/media/%s", name) < 0)
		inside = NULL;
	if (inside)
		commands = format_commands(volume, credential, inside);
	if (object && commands &&
		asprintf(&text, "mount -o ro %s /media\n%s", object, commands) < 0)
		text = NULL;
	free(object);
	free(inside);
	free(commands);
	return text;
}

char *opening_commands(const struct volume *volume, const struct credential *credential,
	const char *path, const char *as_file)
{
	return as_file ? commands_inside(volume, credential, path, as_file)
		       : format_commands(volume, credential, path);
}

static const char *next_line(const char *line)
{
	line += strcspn(line, "\n");
	return line + (*line == '\n');
}

/* A program's name is the first in its line: no path is taken for one. */
static bool read_digits(const char *commands)
{
	for (const char *line = commands; *line; line = next_line(line))
		if (strncmp(line + (*line == '('), "xxd -r -p", 9) == 0)
			return true;
	return false;
}

void opening_commands_print(FILE *to, const char *commands, bool is_stream)
{
	fprintf(to, "open it%s with%s:\n",
		is_stream ? ", once it is a disc or a file disc.img," : "",
		read_digits(commands) ? " (the secret's hexadecimal digits go to standard input; "
					"Ctrl-D ends them)"
				      : "");
	for (const char *line = commands; *line; line = next_line(line))
		fprintf(to, "    %.*s\n", (int)strcspn(line, "\n"), line);
}
