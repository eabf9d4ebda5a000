/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "util/harden.h"

#include <sys/prctl.h>
#include <sys/resource.h>

int harden_process(struct fail *f)
{
	struct rlimit none = { 0, 0 };

	if (setrlimit(RLIMIT_CORE, &none))
		return fail_errno(f, FAIL_FAILED, "", "can't forbid core dumps");
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0))
		return fail_errno(f, FAIL_FAILED, "",
			"can't forbid other programs to read this one's memory");
	return 0;
}
