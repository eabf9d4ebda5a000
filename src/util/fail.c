/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "util/fail.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

/* snprintf of an argument list; what does not fit is cut. */
__attribute__((format(printf, 3, 0))) static void put(
	char *to, size_t n, const char *format, va_list args)
{
	if (vsnprintf(to, n, format, args) < 0)
		to[0] = '\0';
}

__attribute__((format(printf, 5, 0))) static void fill(struct fail *f, enum fail_code code,
	int sys_errno, const char *object, const char *format, va_list args)
{
	if (!f || f->code != FAIL_NONE)
		return;
	f->code = code;
	f->sys_errno = sys_errno;
	snprintf(f->object, sizeof f->object, "%s", object ? object : "");
	put(f->what, sizeof f->what, format, args);
	f->hint[0] = '\0';
	f->field = 0;
	f->is_unsupported = false;
}

int fail_set(struct fail *f, enum fail_code code, const char *object, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fill(f, code, 0, object, format, args);
	va_end(args);
	return -1;
}

int fail_errno(struct fail *f, enum fail_code code, const char *object, const char *format, ...)
{
	int saved = errno;
	va_list args;

	va_start(args, format);
	fill(f, code, saved, object, format, args);
	va_end(args);
	return -1;
}

int fail_memory(struct fail *f)
{
	errno = ENOMEM;
	return fail_errno(f, FAIL_FAILED, "", "out of memory");
}

void fail_hint(struct fail *f, const char *format, ...)
{
	va_list args;

	if (!f || f->code == FAIL_NONE || f->hint[0])
		return;
	va_start(args, format);
	put(f->hint, sizeof f->hint, format, args);
	va_end(args);
}

int fail_field(struct fail *f, int field)
{
	if (f && f->code != FAIL_NONE && f->field == 0)
		f->field = field;
	return -1;
}

int fail_unsupported(struct fail *f)
{
	if (f)
		f->is_unsupported = true;
	return -1;
}

int fail_is_set(const struct fail *f)
{
	return f->code != FAIL_NONE;
}
