/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The encrypting stage: the volume's header, then upstream encrypted, then the trailer.
 *
 * Takes over upstream when it succeeds; NULL with f filled leaves it with the caller. Runs in the
 * thread that pulls it, allocates nothing while streaming, and keeps its failure in report. */
#ifndef BURN_CRYPT_SOURCE_H
#define BURN_CRYPT_SOURCE_H

#include <stdint.h>

#include "crypto/format/volume.h"
#include "util/fail.h"
#include "util/report.h"

struct burn_source;

/* payload_bytes: the exact size of upstream (a multiple of BLOCK_BYTES), 0 for unknown; another
 * length is a failure. A volume without a cipher passes upstream through. The volume is borrowed.
 */
struct burn_source *crypt_source_new(struct burn_source *upstream, const struct volume *volume,
	uint64_t payload_bytes, struct report *report, struct fail *f);

#endif
