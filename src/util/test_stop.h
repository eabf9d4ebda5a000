/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A place where a test looks at the program's memory. Does nothing unless built with TEST_STOPS
 * (the check program tests/e2e/xburncrypt-stops); there, the process stops itself (SIGSTOP) where
 * $XBURNCRYPT_TEST_STOP has the place's name. */
#ifndef UTIL_TEST_STOP_H
#define UTIL_TEST_STOP_H

#ifdef TEST_STOPS
#include <signal.h>
#include <stdlib.h>
#include <string.h>

static inline void test_stop(const char *place)
{
	const char *wanted = getenv("XBURNCRYPT_TEST_STOP");

	if (wanted && strcmp(wanted, place) == 0)
		raise(SIGSTOP);
}
#else
static inline void test_stop(const char *place)
{
	(void)place;
}
#endif

#endif
