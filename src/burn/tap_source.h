/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tap: counts and digests exactly what goes out.
 *
 * Takes over upstream when it succeeds; NULL with f filled leaves it with the caller. Runs in the
 * thread that pulls it, and allocates nothing while streaming. */
#ifndef BURN_TAP_SOURCE_H
#define BURN_TAP_SOURCE_H

#include "crypto/digest_list.h"
#include "util/fail.h"

struct burn_source;

/* digests is borrowed; NULL: count only. They are computed in a thread of its own and complete once
 * the announced size or the end was read, or the tap is freed. */
struct burn_source *tap_source_new(
	struct burn_source *upstream, struct digest_list *digests, struct fail *f);

#endif
