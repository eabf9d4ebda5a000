/* SPDX-License-Identifier: GPL-3.0-or-later */
/* libisofs' image source as a stage of ours.
 *
 * libisofs writes into a ring in pieces of BLOCK_BYTES, and a reader that is as eager costs a lock
 * and a wake-up for each. So this stage naps until a whole chunk is there and takes it at once. It
 * never asks for more than the rest: libisofs gives nothing then, and the rest is lost.
 *
 * It ends exactly at the size; runs in the thread that pulls it. A caught signal is a failure. */
#ifndef IMAGE_RING_SOURCE_H
#define IMAGE_RING_SOURCE_H

#include "util/fail.h"
#include "util/report.h"

struct burn_source;

/* Takes over iso, a source of iso_image_create_burn_source, when it succeeds; NULL with f filled
 * leaves it with the caller. */
struct burn_source *ring_source_new(struct burn_source *iso, struct report *report, struct fail *f);

#endif
