/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The verbs help and version. */
#include "config.h"

#include <stdio.h>

#include "cli/help.h"
#include "cli/verbs.h"
#include "crypto/libraries.h"
#include "drive/library.h"
#include "tree/image_library.h"
#include "util/secret.h"

int cmd_help(struct settings *s, struct printer *p, struct fail *f)
{
	const char *name = settings_operand(s, 0);
	const struct verb *verb = verbs_find(name), *meant;

	(void)p;
	if (name && !verb) {
		fail_set(f, FAIL_USAGE, name, "no such command");
		meant = verbs_nearest(name);
		if (meant)
			fail_hint(f, "did you mean %s?", meant->name);
		else
			fail_hint(f, "see xburncrypt --help for a list");
		return -1;
	}
	help_print(verb, s->all);
	return printer_flush(f);
}

int cmd_version(struct settings *s, struct printer *p, struct fail *f)
{
	char burn[32], isofs[32];

	(void)s;
	(void)p;
	library_version(burn);
	image_library_version(isofs);
	printf("%s\nlibburn %s, libisofs %s, OpenSSL %s, libcryptsetup %s, libsodium %s\n"
	       "Copyright (C) 2026 the xburncrypt authors\n"
	       "License GPLv3+: GNU GPL version 3 or later <https://gnu.org/licenses/gpl.html>\n"
	       "There is no warranty, to the extent permitted by law.\n",
		PACKAGE_STRING, burn, isofs, libraries_openssl(), libraries_cryptsetup(),
		secret_library_version());
	return printer_flush(f);
}
