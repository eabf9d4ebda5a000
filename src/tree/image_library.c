/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tree/image_library.h"

#include <stdio.h>

#include "tree/isofs.h"
#include "util/sector.h"

/* Blocks of the ring between libisofs and us: some chunks. */
enum { RING_BLOCKS = 8 * CHUNK_BYTES / BLOCK_BYTES };

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

IsoWriteOpts *image_library_options(void)
{
	IsoWriteOpts *o = NULL;

	if (iso_write_opts_new(&o, 0) < 0)
		return NULL;
	iso_write_opts_set_fifo_size(o, RING_BLOCKS);
	iso_write_opts_set_iso_level(o, 3); /* files of 4 GiB and more */
	iso_write_opts_set_rockridge(o, 1);
	iso_write_opts_set_joliet(o, 1);
	iso_write_opts_set_joliet_long_names(o, 1);
	iso_write_opts_set_joliet_utf16(o, 1);
	iso_write_opts_set_no_force_dots(o, 2);    /* Joliet: "name" stays "name" */
	iso_write_opts_set_always_gmt(o, 1);       /* the same image in every time zone */
	iso_write_opts_set_relaxed_vol_atts(o, 1); /* the volume id as it was given */
	iso_write_opts_set_sort_files(o, 1);
	return o;
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
