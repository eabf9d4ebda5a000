/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Gives a fuzzer each of the files that are named, and what comes of it when its end is missing,
 * when there is more, and when single bytes are others: replay FILE... */
#include "fuzz.h"

#include <stdio.h>
#include <string.h>

enum { INPUT_MAX = 1 << 22 };

static unsigned n_inputs;

/* No byte more than there are, so that a sanitizer or valgrind sees reads behind. */
static void try(const uint8_t *bytes, size_t n)
{
	uint8_t *exact = malloc(n ? n : 1);

	FUZZ_MUST(exact);
	memcpy(exact, bytes, n);
	LLVMFuzzerTestOneInput(exact, n);
	free(exact);
	n_inputs++;
}

static void try_changed(uint8_t *bytes, size_t n)
{
	static const uint8_t others[] = { 0, '\n', 0xff, 0x80 };
	const size_t places[] = { 0, 1, 7, 20, 37, 47, 60, 66, 190, 300, n - 2, n - 1 };

	for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
		uint8_t old;

		if (places[i] >= n)
			continue;
		old = bytes[places[i]];
		for (size_t j = 0; j < sizeof others; j++) {
			bytes[places[i]] = others[j];
			try(bytes, n);
		}
		bytes[places[i]] = old;
	}
}

static void try_file(const char *path, uint8_t *bytes)
{
	FILE *from = fopen(path, "rb");
	size_t n;

	FUZZ_MUST(from);
	n = fread(bytes, 1, INPUT_MAX - 1, from);
	fclose(from);
	try(bytes, n);
	bytes[n] = 'x';
	try(bytes, n + 1);
	if (n < 2)
		return;
	try(bytes, n / 2);
	try(bytes, n - 1);
	try_changed(bytes, n);
}

int main(int argc, char **argv)
{
	uint8_t *bytes = malloc(INPUT_MAX);

	FUZZ_MUST(bytes);
	for (int i = 1; i < argc; i++)
		try_file(argv[i], bytes);
	free(bytes);
	printf("%u inputs\n", n_inputs);
	return 0;
}
