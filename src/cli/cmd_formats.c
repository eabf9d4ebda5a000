/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/command.h"

#include <stdio.h>

#include "crypto/format/format.h"
#include "cli/print.h"

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
		{ TAKES_PBKDF, "-pbkdf and its costs" },
		{ TAKES_LABEL, "-label" },
		{ TAKES_UUID, "-uuid" },
		{ TAKES_PIM, "-pim" },
		{ TAKES_ITERATIONS, "-iterations" },
		{ TAKES_HEADER, "-header" },
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
		puts("  The size of the image has to be known beforehand (-size, for stdin).");
}

int cmd_formats(struct options *o)
{
	struct fail f = { 0 };

	if (o->operands.n)
		fail_set(&f, FAIL_USAGE, o->operands.items[0], "formats takes no operands");
	for (size_t i = 0; formats[i]->name && !fail_is_set(&f); i++)
		print_format(formats[i]);
	print_flush(&f);
	if (fail_is_set(&f))
		print_fail(&f);
	return (int)f.code;
}
