/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Gives a fuzzer each of the files that are named: replay FILE... */
#include "fuzz.h"

#include <stdio.h>

enum { INPUT_MAX = 1 << 22 };

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		FILE *from = fopen(argv[i], "rb");
		uint8_t *bytes = malloc(INPUT_MAX), *exact;
		size_t n;

		if (!from || !bytes) {
			fprintf(stderr, "%s: can't be read\n", argv[i]);
			return 1;
		}
		n = fread(bytes, 1, INPUT_MAX, from);
		fclose(from);
		/* no byte more than there are, so that a sanitizer or valgrind sees reads behind */
		exact = malloc(n ? n : 1);
		FUZZ_MUST(exact);
		for (size_t at = 0; at < n; at++)
			exact[at] = bytes[at];
		free(bytes);
		LLVMFuzzerTestOneInput(exact, n);
		free(exact);
	}
	printf("%d inputs\n", argc - 1);
	return 0;
}
