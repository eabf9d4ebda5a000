/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The filter of the sandbox alone, as on a kernel whose Landlock has less, or which has none. */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "tap.h"
#include "util/system_calls.h"

/* A struct termios2 of all processors that have one. */
enum { TERMIOS2_BYTES = 44 };

/* As glibc asks from 2.42 on, whatever version this one is. */
static void test_terminal(int terminal)
{
	uint32_t before[TERMIOS2_BYTES / 4] = { 0 }, after[TERMIOS2_BYTES / 4] = { 0 };
	static const uint32_t set[] = { 0x402c542b, 0x402c542c, 0x402c542d };
	const uint32_t echo_bit = 010, get = 0x802c542a;
	char typed = 'x';

	if (terminal < 0) {
		tap_skip("terminals", "there is no pseudo terminal");
		return;
	}
	tap_ok(isatty(terminal), "a terminal is one");
	tap_ok(ioctl(terminal, TIOCSTI, &typed) && errno == ENOTTY, "nothing is typed into it");
#ifdef __powerpc__
	tap_skip("termios2", "this processor has only one kind");
#else
	tap_ok(ioctl(terminal, get, before) == 0, "TCGETS2");
	for (unsigned i = 0; i < 3; i++) {
		before[3] ^= echo_bit;
		tap_ok(ioctl(terminal, set[i], before) == 0 && ioctl(terminal, get, after) == 0 &&
				before[3] == after[3],
			"its echo is set (%#x)", set[i]);
	}
#endif
}

int main(void)
{
	int terminal = posix_openpt(O_RDWR | O_NOCTTY);
	struct fail f = { 0 };
	bool is_on;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || system_calls_restrict(&is_on, &f)) {
		tap_ok(false, "the filter is on");
		return tap_done();
	}
	if (!is_on) {
		tap_skip("the filter", "this kernel or processor has none");
		return tap_done();
	}
	test_terminal(terminal);
	return tap_done();
}
