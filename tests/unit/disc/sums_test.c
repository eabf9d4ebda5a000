/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The digest of one file never stands for another that only begins in the same block. */
#include "disc/sums.h"

#include <stdio.h>
#include <string.h>

#include "lib/small_disc.h"
#include "lib/tap.h"

/* sha256sum(1) of what make_disc puts at "A" */
static const char whole[] = "a0fe767924b20a61517b42cf8bda8d082a73a655d888ba98c5afdc1027b9f18e";

static char told[1000];

static void take(void *ctx, const char *path, const char *what)
{
	size_t n = strlen(told);

	(void)ctx;
	snprintf(told + n, sizeof told - n, "%s: %s\n", path, what);
}

/* "A" has 4096 bytes at block 30; "B" has as many, 3000 from 30 on and 1096 from 31 on. */
static void make_disc(void)
{
	char *sums = (char *)disc[40];
	int n;

	small_disc_start(false);
	root_end = 0;
	put_record(disc[ROOT], &root_end, "", 1, ROOT, BLOCK_BYTES, 2, "", 0);
	put_record(disc[ROOT], &root_end, "\1", 1, ROOT, BLOCK_BYTES, 2, "", 0);
	n = sprintf(sums, "%s  A\n%s  B\n", whole, whole);
	put_root("A", 30, 4096, 0);
	put_root("B", 30, 3000, 0x80);
	put_root("B", 31, 1096, 0);
	put_root(SUMS_NAME, 40, (uint32_t)n, 0);
	memset(disc[30], 'x', BLOCK_BYTES);
	memset(disc[31], 'z', BLOCK_BYTES);
	memset(disc[31], 'y', 952);
}

int main(void)
{
	struct sums s = { .differs = take };
	struct disc_files *files;
	struct fail f = { 0 };

	make_disc();
	s.files = files = disc_files_open(&small_disc, 0, &f);
	tap_ok(files && sums_check(&s, &f) == 0 && s.n_sources == 1, "a disc is checked: %s",
		f.what);
	tap_ok(s.n_checked == 2 && s.n_differ == 1 && strstr(told, "B: does not match its digest"),
		"what begins in the same block, and has the same length, is read by itself: %s",
		told);
	disc_files_close(files);
	return tap_done();
}
