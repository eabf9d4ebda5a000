/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads the files of a disc, and does all that verify does with it; what breaks a promise ends the
 * program. */
#ifndef TESTS_FUZZ_CHECK_DISC_H
#define TESTS_FUZZ_CHECK_DISC_H

#include "util/block_reader.h"

void check_disc(struct block_reader *blocks);

#endif
