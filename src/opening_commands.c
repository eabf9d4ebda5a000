/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "opening_commands.h"

#include <stdio.h>
#include <stdlib.h>

#include "util/message.h"

char *opening_commands(const struct volume *volume, const struct credential *credential,
	const char *path, const char *as_file)
{
	char *inside = NULL, *commands = NULL, *object = message_shell_quote(path), *text = NULL;

	if (!as_file) {
		free(object);
		return format_commands(volume, credential, path);
	}
	if (asprintf(&inside, "/media/%s", as_file) >= 0)
		commands = format_commands(volume, credential, inside);
	else
		inside = NULL;
	if (commands && object &&
		asprintf(&text, "mount -o ro %s /media\n%s", object, commands) < 0)
		text = NULL;
	free(inside);
	free(commands);
	free(object);
	return text;
}
