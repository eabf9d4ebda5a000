/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tree/isofs_version.h"

#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#define LIBISOFS_WITHOUT_LIBBURN
#include <libisofs/libisofs.h>

void isofs_version(char out[32])
{
	int major, minor, micro;

	iso_lib_version(&major, &minor, &micro);
	snprintf(out, 32, "%d.%d.%d", major, minor, micro);
}
