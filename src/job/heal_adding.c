/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "job/heal_adding.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "heal/heal_encoder.h"
#include "util/io.h"
#include "util/new_file.h"
#include "util/signals.h"
#include "util/size.h"

enum { COPY_BLOCKS = 512 };

/* How many blocks of the volume are its header. */
static unsigned count_header(struct block_reader *reader, uint64_t n_data)
{
	uint8_t block[BLOCK_BYTES];

	return block_reader_read(reader, 0, 1, block, NULL) == 0
		       ? healing_header_blocks(block, n_data)
		       : 0;
}

/* Lays out the healing data of what the reader has, without those that are there already. */
static int lay_out(const struct heal_request *r, struct block_reader *reader,
	struct heal_record *new, struct fail *f)
{
	struct heal_choice c = { .n_roots = r->wish.n_roots, .n_rows = r->wish.n_rows };
	struct heal_record old;
	int found = heal_finder_run(&r->search, reader, &old, f);

	if (found < 0)
		return -1;
	c.n_data =
		found ? old.layout.choice.n_data : reader->n_blocks + (reader->n_tail_bytes != 0);
	c.n_header = count_header(reader, c.n_data);
	*new = (struct heal_record){ .has_root = false };
	if (heal_layout_make(&new->layout, &c))
		return fail_set(f, FAIL_MISMATCH, r->source, "is too short for healing data");
	return healing_identify(new, f);
}

static int fail_read(const char *path, struct fail *f)
{
	return signals_caught() ? fail_set(f, FAIL_FAILED, path, "interrupted")
				: fail_errno(f, FAIL_FAILED, path, "can't be read");
}

/* Copies the volume, in blocks, from one file to another. */
static int copy_volume(const struct heal_request *r, int from, int to, uint64_t n_blocks,
	const struct progress_watch *watch, struct fail *f)
{
	uint8_t *buf = malloc((size_t)COPY_BLOCKS * BLOCK_BYTES);
	int result = buf ? 0 : fail_memory(f);

	for (uint64_t at = 0; result == 0 && at < n_blocks; at += COPY_BLOCKS) {
		uint64_t left = n_blocks - at;
		size_t n = (left < COPY_BLOCKS ? (size_t)left : COPY_BLOCKS) * BLOCK_BYTES;
		ssize_t got = io_pread_full(from, buf, n, at * BLOCK_BYTES);

		if (got < 0 || signals_caught())
			result = fail_read(r->source, f);
		else if (io_pwrite_full(to, buf, (size_t)got, at * BLOCK_BYTES))
			result = fail_errno(f, FAIL_FAILED, r->output, "can't be written");
		progress_tick(watch, "copying", at * BLOCK_BYTES, n_blocks * BLOCK_BYTES);
	}
	free(buf);
	return result;
}

/* All healing data; the records last, once the rest is on the disk. */
static int encode(const char *name, int fd, struct heal_record *r,
	const struct progress_watch *watch, struct fail *f)
{
	struct healing_tools t = { 0 };
	const struct heal_file file = { fd, name, &t.hash, watch };
	int result = healing_tools_open(&t, r, f) || heal_encoder_write(&file, r, f) ? -1 : 0;

	if (healing_tools_close(&t, f))
		result = -1;
	if (result == 0 && fsync(fd))
		result = fail_errno(f, FAIL_FAILED, name, "can't be flushed to the disk");
	return result ? -1 : heal_encoder_write_records(&file, r, f);
}

static int add_in_place(const struct heal_request *r, int fd, off_t n_bytes, struct healing *h,
	const struct voice *voice, struct fail *f)
{
	const struct heal_layout *l = &h->record.layout;
	off_t n_volume = (off_t)(l->choice.n_data * BLOCK_BYTES);

	if (new_file_check_space(fd, r->source, (uint64_t)n_bytes, l->end * BLOCK_BYTES, f))
		return -1;
	/* healing data that are there go: zeros are in the gaps of the new ones */
	if (n_bytes > n_volume) {
		n_bytes = n_volume;
		if (ftruncate(fd, n_bytes))
			return fail_errno(f, FAIL_FAILED, r->source, "can't be cut");
	}
	if (encode(r->source, fd, &h->record, &voice->watch, f) == 0 && fsync(fd) == 0)
		return 0;
	if (!fail_is_set(f))
		fail_errno(f, FAIL_FAILED, r->source, "can't be flushed to the disk");
	if (ftruncate(fd, n_bytes))
		fail_hint(f, "cut the image to %lld bytes", (long long)n_bytes);
	return -1;
}

static int add_to_copy(const struct heal_request *r, int fd, struct healing *h,
	const struct voice *voice, struct fail *f)
{
	const struct heal_layout *l = &h->record.layout;
	struct new_file *file = new_file_open(r->output, r->replace, 0666, l->end * BLOCK_BYTES, f);
	int to = file ? new_file_descriptor(file) : -1, result = -1;

	if (file && copy_volume(r, fd, to, l->choice.n_data, &voice->watch, f) == 0 &&
		encode(r->output, to, &h->record, &voice->watch, f) == 0)
		result = new_file_commit(file, f);
	new_file_close(file);
	return result;
}

int heal_adding_to_file(int fd, const char *name, const struct heal_wish *wish,
	struct heal_record *record, struct fail *f)
{
	struct heal_choice c = { .n_roots = wish->n_roots, .n_rows = wish->n_rows };
	uint8_t first[BLOCK_BYTES] = { 0 };
	struct stat st;

	*record = (struct heal_record){ 0 };
	if (fstat(fd, &st) || io_pread_full(fd, first, sizeof first, 0) < 0)
		return fail_read(name, f);
	c.n_data = size_round_up((uint64_t)st.st_size, BLOCK_BYTES) / BLOCK_BYTES;
	c.n_header = healing_header_blocks(first, c.n_data);
	if (heal_layout_make(&record->layout, &c))
		return fail_set(f, FAIL_MISMATCH, name, "is too short for healing data");
	return healing_identify(record, f) || encode(name, fd, record, NULL, f) ? -1 : 0;
}

int heal_adding_run(
	const struct heal_request *r, struct healing *h, const struct voice *voice, struct fail *f)
{
	struct block_reader *reader = block_reader_open_file(r->source, f);
	struct stat st;
	int fd = -1, result = -1;

	*h = (struct healing){ 0 };
	if (!reader)
		return -1;
	fd = open(r->source, (r->output ? O_RDONLY : O_RDWR) | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st))
		fail_errno(f, FAIL_FAILED, r->source, "can't be opened");
	else if (!S_ISREG(st.st_mode))
		fail_set(f, FAIL_USAGE, r->source,
			"is not an image file: healing data can be added to one only");
	else if (lay_out(r, reader, &h->record, f) == 0)
		result = r->output ? add_to_copy(r, fd, h, voice, f)
				   : add_in_place(r, fd, st.st_size, h, voice, f);
	progress_end(&voice->watch);
	if (fd >= 0 && close(fd) && result == 0)
		result = fail_errno(f, FAIL_FAILED, r->source, "can't be closed");
	block_reader_free(reader);
	return result;
}
