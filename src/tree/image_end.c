/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tree/image_end.h"

#include <string.h>

#include "iso/disc_end.h"
#include "util/io.h"
#include "util/sector.h"

enum { PATH_BYTES = 500 };

struct image {
	int fd;
	uint64_t start;
};

/* What is missing of the last block is zeros, as in the burned image. */
static int read_image(void *ctx, uint64_t lba, uint32_t n, uint8_t *buf, struct fail *f)
{
	const struct image *i = ctx;
	size_t n_bytes = (size_t)n * BLOCK_BYTES;
	ssize_t got = io_pread_full(i->fd, buf, n_bytes, i->start + lba * BLOCK_BYTES);

	if (got < 0)
		return fail_errno(f, FAIL_FAILED, "", "can't be read");
	memset(buf + got, 0, n_bytes - (size_t)got);
	return 0;
}

/* A path that is lost is the failure. */
static int find_lost(const struct disc_files *files, struct fail *f)
{
	char path[PATH_BYTES];
	int found = disc_end_find(files, path, sizeof path, f);

	if (found <= 0)
		return found;
	return fail_set(f, FAIL_FAILED, "",
		"the file system is truncated: /%s lies beyond the end of the image", path);
}

int image_end_check(int fd, uint64_t start, uint64_t n_bytes, struct fail *f)
{
	struct image image = { fd, start };
	struct block_reader blocks = { .read = read_image,
		.ctx = &image,
		.n_blocks = (n_bytes + BLOCK_BYTES - 1) / BLOCK_BYTES };
	struct disc_files *files = disc_files_open(&blocks, 0, f);
	int result = files ? find_lost(files, f) : -1;

	disc_files_close(files);
	return result;
}
