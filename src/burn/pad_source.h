/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Zeros after the data, as a medium needs them: run-out blocks of a CD track, whole ECC blocks.
 *
 * Takes over upstream when it succeeds; NULL with f filled leaves it with the caller. Runs in the
 * thread that pulls it, and allocates nothing while streaming. */
#ifndef BURN_PAD_SOURCE_H
#define BURN_PAD_SOURCE_H

#include <stdint.h>

#include "util/fail.h"

struct burn_source;

/* Upstream, then zeros up to a multiple of unit_bytes, then extra_bytes of zeros. */
struct burn_source *pad_source_new(
	struct burn_source *upstream, uint32_t unit_bytes, uint64_t extra_bytes, struct fail *f);

#endif
