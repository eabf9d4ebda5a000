/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a stage of the chain tells of itself.
 *
 * The pipeline owns one a stage. The stage fills it in whichever thread pulls it; progress reads
 * only the counter; fail is read when the burn is over and all threads have ended. libburn can't
 * tell an error from an end (any result <= 0 ends a track), so this, not the sink's word, decides
 * whether a stage failed.
 */
#ifndef UTIL_REPORT_H
#define UTIL_REPORT_H

#include <stdatomic.h>
#include <stdint.h>

#include "util/fail.h"

struct report {
	_Atomic uint64_t n_bytes; /* handed downstream so far */
	struct fail fail;
};

#endif
