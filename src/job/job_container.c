/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "job/job_container.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/opening_commands.h"
#include "util/size.h"

int job_container_check(const struct job *j, struct fail *f)
{
	if (!options_has(j->options, OPTION_AS_FILE))
		return 0;
	if (!(j->format->takes & TAKES_AS_FILE))
		return fail_set(f, FAIL_USAGE, "-as-file",
			"a volume of the format %s is not known to open as a file",
			j->format->name);
	if (j->params.header_path)
		return fail_set(f, FAIL_USAGE, "-header", "contradicts -as-file");
	if (j->payload_bytes)
		return 0;
	fail_set(f, FAIL_USAGE, "-size",
		"with -as-file the image's size has to be known beforehand");
	fail_hint(f, "say it with -size, or give the image as a file");
	return -1;
}

/* The readme, as a heap string; NULL without memory. No path of this machine and no secret's place
 * is in it. */
static char *write_readme(const struct job *j)
{
	const char *name = j->container.name;
	char size[64], *commands, *text = NULL;

	commands = opening_commands(j->volume, NULL, "/dev/sr0", name);
	if (commands && asprintf(&text,
				"The file %s on this disc is an encrypted volume (%s, %s, %s).\n"
				"It opens with the passphrase or the key file it was made with.\n"
				"\n"
				"On Linux, as root, with the disc in /dev/sr0:\n"
				"\n"
				"%s\n"
				"Afterwards:\n"
				"\n"
				"umount /mnt\n"
				"cryptsetup close " FORMAT_MAPPING "\n"
				"umount /media\n"
				"\n"
				"Made by " PACKAGE_STRING ".\n",
				name, j->volume->format->name, j->volume->cipher_name,
				size_format(size, sizeof size, j->container.n_bytes), commands) < 0)
		text = NULL;
	free(commands);
	return text;
}

int job_container_make(struct job *j, struct fail *f)
{
	const struct volume *v = j->volume;

	if (!options_has(j->options, OPTION_AS_FILE))
		return 0;
	j->container.name = j->options->values[OPTION_AS_FILE];
	/* -V stays inside the encryption */
	j->container.volume_id = "ENCRYPTED";
	j->container.n_bytes = v->header_bytes + j->payload_bytes + v->trailer_bytes;
	j->readme = write_readme(j);
	if (!j->readme)
		return fail_memory(f);
	j->container.readme = j->readme;
	j->container_bytes = container_source_bytes(&j->container, f);
	return j->container_bytes ? 0 : -1;
}
