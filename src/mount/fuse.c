/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mount/fuse.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static _Thread_local char said[200];

__attribute__((format(printf, 2, 0))) static void hear(
	enum fuse_log_level level, const char *format, va_list args)
{
	(void)level;
	vsnprintf(said, sizeof said, format, args);
	said[strcspn(said, "\n")] = '\0';
}

void fuse_hear(void)
{
	fuse_set_log_func(hear);
}

const char *fuse_said(void)
{
	return said;
}
