/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "drive/libburn_version.h"

#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#include <libburn/libburn.h>

void libburn_version(char out[32])
{
	int major, minor, micro;

	burn_version(&major, &minor, &micro);
	snprintf(out, 32, "%d.%d.%d", major, minor, micro);
}
