/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The encrypting stage: the volume's header, then upstream encrypted, then the trailer; or a part
 * of the payload alone, which is added to a volume that is there.
 *
 * Takes over upstream when it succeeds; NULL with f filled leaves it with the caller. Runs in the
 * thread that pulls it, and allocates nothing while streaming. */
#ifndef BURN_CRYPT_SOURCE_H
#define BURN_CRYPT_SOURCE_H

#include "crypto/format/volume.h"
#include "util/fail.h"

struct burn_source;

/* A volume without a cipher passes upstream through; one with a trailer needs an upstream of known
 * size (FAIL_USAGE). The volume is borrowed. */
struct burn_source *crypt_source_new(
	struct burn_source *upstream, const struct volume *volume, struct fail *f);

/* Upstream, of known size, as the volume's payload from first_byte on, which is a multiple of its
 * sectors; neither header nor trailer. */
struct burn_source *crypt_source_new_part(struct burn_source *upstream, const struct volume *volume,
	uint64_t first_byte, struct fail *f);

#endif
