/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "util/block_reader.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "util/io.h"
#include "util/sector.h"

int block_reader_read(
	struct block_reader *r, uint64_t lba, uint32_t n, uint8_t *buf, struct fail *f)
{
	if (lba > r->n_blocks || n > r->n_blocks - lba) {
		char object[32];

		snprintf(object, sizeof object, "LBA %llu", (unsigned long long)lba);
		return fail_set(f, FAIL_FAILED, object,
			"is behind the end of the medium (%llu blocks)",
			(unsigned long long)r->n_blocks);
	}
	return r->read(r->ctx, lba, n, buf, f);
}

void block_reader_free(struct block_reader *r)
{
	if (!r)
		return;
	r->free(r->ctx);
	free(r);
}

static int read_file(void *ctx, uint64_t lba, uint32_t n, uint8_t *buf, struct fail *f)
{
	size_t want = (size_t)n * BLOCK_BYTES;
	ssize_t got = io_pread_full(*(int *)ctx, buf, want, lba * BLOCK_BYTES);
	char object[32];

	if (got == (ssize_t)want)
		return 0;
	snprintf(object, sizeof object, "LBA %llu", (unsigned long long)lba);
	if (got < 0)
		return fail_errno(f, FAIL_FAILED, object, "can't be read");
	return fail_set(f, FAIL_FAILED, object, "can't be read: the file ends there");
}

static void close_file(void *ctx)
{
	int *fd = ctx;

	close(*fd);
	free(fd);
}

struct block_reader *block_reader_open_file(const char *path, struct fail *f)
{
	struct block_reader *r = calloc(1, sizeof *r);
	int *fd = malloc(sizeof *fd);
	off_t end;

	if (!r || !fd) {
		errno = ENOMEM;
		goto failed;
	}
	*fd = open(path, O_RDONLY | O_CLOEXEC);
	if (*fd < 0)
		goto failed;
	end = lseek(*fd, 0, SEEK_END);
	if (end < 0) {
		int saved = errno;

		close(*fd);
		errno = saved;
		goto failed;
	}
	*r = (struct block_reader){ .read = read_file,
		.free = close_file,
		.ctx = fd,
		.n_blocks = (uint64_t)end / BLOCK_BYTES };
	return r;

failed:
	fail_errno(f, FAIL_FAILED, path, "can't be opened");
	free(fd);
	free(r);
	return NULL;
}
