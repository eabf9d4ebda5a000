/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>

#include "cli/verbs.h"
#include "crypto/format/format.h"

/* The options that a format takes, as enum format_takes has them. */
static void print_options(const struct format *format)
{
	static const struct {
		unsigned takes;
		const char *option;
	} rows[] = {
		{ TAKES_STYLE, "-encstyle" },
		{ TAKES_CIPHER, "-cipher" },
		{ TAKES_KEY_SIZE, "-key-size" },
		{ TAKES_HASH, "-hash" },
		{ TAKES_SECTOR_SIZE, "-sector-size" },
		{ TAKES_LARGE_IVS, "-iv-large-sectors" },
		{ TAKES_SKIP, "-skip" },
		{ TAKES_OFFSET, "-offset" },
		{ TAKES_PBKDF, "-pbkdf and its costs" },
		{ TAKES_LABEL, "-label" },
		{ TAKES_UUID, "-uuid" },
		{ TAKES_PIM, "-pim" },
		{ TAKES_ITERATIONS, "-iterations" },
		{ TAKES_HEADER, "-header" },
		{ TAKES_KEY_PART, "-keyfile-offset" },
		{ TAKES_KEY_PART, "-keyfile-size" },
		{ TAKES_KEY_FILES, "several -key-file" },
		{ TAKES_AS_FILE, "-as-file" },
		{ TAKES_MORE_SECRETS, "-add-pass-file" },
		{ TAKES_MORE_SECRETS, "-add-key-file" },
	};
	const char *before = "  options:";

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (format->takes & rows[i].takes) {
			printf("%s %s", before, rows[i].option);
			before = ",";
		}
	if (*before == ',')
		putchar('\n');
}

static void print_format(const struct format *format)
{
	printf("%s", format->name);
	for (const char *const *alias = format->aliases; alias && *alias; alias++)
		printf(", %s", *alias);
	printf(": %s\n  %s\n", format->summary, format->advice);
	printf("  opens with: %s\n", format->opens_with);
	print_options(format);
	if (format->needs_size)
		puts("  The size of the image must be known in advance (-size, for stdin).");
}

int cmd_formats(struct settings *s, struct printer *p, struct fail *f)
{
	(void)s;
	(void)p;
	for (size_t i = 0; formats[i]->name; i++)
		print_format(formats[i]);
	return printer_flush(f);
}
