/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tree/image_library.h"

#include <stdio.h>

#include "tree/isofs.h"

static unsigned n_started;

/* libisofs takes severities and charsets as char *, though it only reads them. */
static char utf8[] = "UTF-8", quiet[] = "NEVER", loud[] = "FAILURE", no_prefix[] = "";

int image_library_start(struct fail *f)
{
	int ret;

	if (n_started) {
		n_started++;
		return 0;
	}
	/* bit 0: the locale is the program's own business */
	ret = iso_init_with_flag(1);
	if (ret < 0)
		return fail_set(
			f, FAIL_FAILED, "libisofs", "can't be started: %s", iso_error_to_msg(ret));
	iso_set_msgs_severities(loud, quiet, no_prefix);
	if (iso_set_local_charset(utf8, 0) <= 0) {
		iso_finish();
		return fail_set(f, FAIL_FAILED, "libisofs", "can't be set to UTF-8");
	}
	n_started = 1;
	return 0;
}

void image_library_stop(void)
{
	if (n_started && --n_started == 0)
		iso_finish();
}

void image_library_version(char out[32])
{
	int major, minor, micro;

	iso_lib_version(&major, &minor, &micro);
	snprintf(out, 32, "%d.%d.%d", major, minor, micro);
}

int image_library_fail(struct fail *f, int error, const char *object, const char *what)
{
	char text[ISO_MSGS_MESSAGE_LEN] = "", first[ISO_MSGS_MESSAGE_LEN] = "", severity[80];
	int code, image;

	while (iso_obtain_msgs(loud, &code, &image, text, severity) == 1)
		if (!first[0])
			snprintf(first, sizeof first, "%s", text);
	if (first[0])
		return fail_set(f, FAIL_FAILED, object, "%s: libisofs: %.700s", what, first);
	return fail_set(f, FAIL_FAILED, object, "%s: libisofs: %s", what,
		error < 0 ? iso_error_to_msg(error) : "no reason given");
}
