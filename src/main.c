/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The order in which the program starts and ends; all else is in the rooms. */
#include <fcntl.h>
#include <unistd.h>

#include "cli/dispatch.h"
#include "cli/printer.h"
#include "util/fail.h"
#include "util/secret.h"
#include "util/signals.h"
#include "util/test_stop.h"

/* The descriptors 0 to 2 are there, so that no file that is opened becomes stdout. Those that were
 * closed are opened the wrong way round: what is written to a closed stdout is an error. */
static int open_standard_descriptors(struct fail *f)
{
	int fd = 0;

	while (fd >= 0 && fd <= STDERR_FILENO) {
		bool is_there = fcntl(STDIN_FILENO, F_GETFD) >= 0;

		fd = open("/dev/null", is_there ? O_RDONLY : O_WRONLY);
	}
	if (fd < 0)
		return fail_errno(f, FAIL_FAILED, "/dev/null", "can't be opened");
	close(fd);
	return 0;
}

int main(int argc, char **argv)
{
	struct fail f = { 0 };
	int status;

	if (open_standard_descriptors(&f) || secret_guard_process(&f)) {
		struct printer p;

		printer_start(&p, false);
		printer_fail(&p, &f);
		return f.code;
	}
	signals_catch();
	status = dispatch_run(argc, argv);
	test_stop("before-exit");
	signals_raise_again();
	return status;
}
