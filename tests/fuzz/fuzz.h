/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A fuzzer is one function that takes any bytes. libFuzzer calls it with bytes of its own making
 * (tests/fuzz/run.sh), replay.c with those of files. */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

/* Returns 0; a broken promise of the code under test ends the program. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A promise. */
#define FUZZ_MUST(holds)                                                                           \
	do {                                                                                       \
		if (!(holds))                                                                      \
			abort();                                                                   \
	} while (0)

#endif
