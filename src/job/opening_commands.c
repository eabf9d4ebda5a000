/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "job/opening_commands.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/message.h"

/* What mounts the disc comes first. */
static char *commands_inside(const struct volume *volume, const struct credential *credential,
	const struct contents *contents, const char *path, const char *name)
{
	char *object = message_shell_quote(path), *inside, *commands = NULL, *text = NULL;

	if (asprintf(&inside, "/media/%s", name) < 0)
		inside = NULL;
	if (inside)
		commands = format_commands(volume, credential, contents, inside, 0);
	if (object && commands &&
		asprintf(&text, "mount -o ro %s /media\n%s", object, commands) < 0)
		text = NULL;
	free(object);
	free(inside);
	free(commands);
	return text;
}

char *opening_commands(const struct volume *volume, const struct credential *credential,
	const struct contents *contents, const char *path, const char *as_file, uint64_t sbsector)
{
	return as_file ? commands_inside(volume, credential, contents, path, as_file)
		       : format_commands(volume, credential, contents, path, sbsector);
}
