/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tap: counts and digests exactly what goes out.
 *
 * Takes over upstream when it succeeds; NULL with f filled leaves it with the caller. Runs in the
 * thread that pulls it, allocates nothing while streaming, and keeps its failure in report. */
#ifndef BURN_TAP_SOURCE_H
#define BURN_TAP_SOURCE_H

#include <stdint.h>

#include "crypto/digest_list.h"
#include "util/fail.h"
#include "util/report.h"

struct burn_source;

/* n_bytes: the announced size, 0 for unknown; upstream having less or more is a failure, and no
 * byte behind it goes out. digests is borrowed; NULL: count only. They are computed in a thread of
 * its own and complete once the announced size or the end was read, or the tap is freed. */
struct burn_source *tap_source_new(struct burn_source *upstream, uint64_t n_bytes,
	struct digest_list *digests, struct report *report, struct fail *f);

#endif
