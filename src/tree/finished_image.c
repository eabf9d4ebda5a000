/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tree/finished_image.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "burn/stage.h"
#include "crypto/format/contents_probe.h"
#include "crypto/format/format.h"
#include "iso/descriptors.h"
#include "tree/image_end.h"
#include "util/block_reader.h"
#include "util/io.h"
#include "util/sector.h"
#include "util/signals.h"
#include "util/size.h"

/* How far a stream is read on only to say how much too long it is. */
enum { SURPLUS_MAX = 64 * 1024 * 1024 };

struct finished_image {
	char *name; /* for messages */
	int fd;
	bool is_stdin;
	bool is_checked;     /* it has all that its file system records */
	bool is_stream;      /* each byte can be read only once */
	uint64_t n_expected; /* bytes of input; 0: unknown */
	uint64_t n_read;
	uint64_t n_padding;
	/* of a stream: what was read ahead, and goes out from here */
	uint8_t *start; /* heap */
	size_t n_start, n_start_sent;
	/* the volume recognition area, as it goes by */
	uint8_t area[DESCRIPTORS_BYTES];
	size_t n_area;
};

struct finished_image_source {
	struct stage stage; /* first */
	struct finished_image *image;
	bool has_ended;      /* the input */
	uint64_t zeros_left; /* of the padding */
};

static uint64_t whole_blocks(uint64_t n)
{
	return (n + BLOCK_BYTES - 1) / BLOCK_BYTES * BLOCK_BYTES;
}

/* The size of what can be sized: a regular file (from where it stands, which matters for stdin) or
 * a block device. 0: a stream. -1 with f filled. */
static int find_size(struct finished_image *i, uint64_t *n_bytes, struct fail *f)
{
	struct stat st;
	off_t end, now;

	*n_bytes = 0;
	if (fstat(i->fd, &st))
		return fail_errno(f, FAIL_FAILED, i->name, "can't be accessed");
	if (S_ISDIR(st.st_mode))
		return fail_set(f, FAIL_USAGE, i->name, "is a directory, not a finished image");
	if (!S_ISREG(st.st_mode) && !S_ISBLK(st.st_mode))
		return 0;
	now = lseek(i->fd, 0, SEEK_CUR);
	end = lseek(i->fd, 0, SEEK_END);
	if (now < 0 || end < 0 || lseek(i->fd, now, SEEK_SET) != now)
		return fail_errno(f, FAIL_FAILED, i->name, "its size can't be determined");
	if (end <= now)
		return fail_set(f, FAIL_FAILED, i->name, "is empty");
	*n_bytes = (uint64_t)(end - now);
	return 0;
}

static int fail_size(struct fail *f, const char *name, uint64_t announced, uint64_t found)
{
	char has[64], given[64];

	return fail_set(f, FAIL_FAILED, name, "has %s, but its size was given as %s",
		size_format(has, sizeof has, found), size_format(given, sizeof given, announced));
}

static int fail_ended(const struct finished_image *i, uint64_t n_read, struct fail *f)
{
	char has[64], expected[64];

	return fail_set(f, FAIL_FAILED, i->name, "ended after %s of %s",
		size_format(has, sizeof has, n_read),
		size_format(expected, sizeof expected, i->n_expected));
}

static int fail_truncated(
	const struct finished_image *i, uint64_t recorded, uint64_t n_bytes, struct fail *f)
{
	char records[64], has[64];

	fail_set(f, FAIL_FAILED, i->name,
		"the file system is truncated: it records %s, but the image has only %s",
		size_format(records, sizeof records, recorded),
		size_format(has, sizeof has, n_bytes));
	fail_hint(f, "check the program that made the image, or copy the image again");
	return -1;
}

/* The files of an image that may lack its padding alone. */
static int check_files(
	const struct finished_image *i, uint64_t start, uint64_t n_bytes, struct fail *f)
{
	struct fail cause = { 0 };

	if (image_end_check(i->fd, start, n_bytes, &cause) == 0)
		return 0;
	fail_set(f, cause.code, i->name, "%s", cause.what);
	fail_hint(f, "check the program that made the image, or copy the image again");
	return -1;
}

/* The announced volume against what is there, after the area is known. start: of the image in the
 * input; -1: that can't be read again. */
static int check_volume(
	const struct finished_image *i, off_t start, uint64_t n_bytes, struct fail *f)
{
	struct recognised v = descriptors_recognise(i->area, i->n_area);
	uint64_t there = whole_blocks(n_bytes);

	if (!v.is_iso9660 || v.iso_bytes <= there)
		return 0;
	if (start < 0 || v.iso_bytes - there > DESCRIPTORS_PADDING_BLOCKS * BLOCK_BYTES)
		return fail_truncated(i, v.iso_bytes, n_bytes, f);
	return check_files(i, (uint64_t)start, n_bytes, f);
}

/* Reads the volume recognition area ahead, where the input can be read at any place. */
static int peek(struct finished_image *i, uint64_t n_bytes, struct fail *f)
{
	off_t now = lseek(i->fd, 0, SEEK_CUR);
	ssize_t n =
		io_pread_full(i->fd, i->area, sizeof i->area, (uint64_t)now + DESCRIPTORS_START);

	if (n < 0)
		return fail_errno(f, FAIL_FAILED, i->name, "can't be read");
	i->n_area = (size_t)n;
	return check_volume(i, now, n_bytes, f);
}

static int open_input(struct finished_image *i, const char *path, struct fail *f)
{
	i->is_stdin = !strcmp(path, "-");
	i->name = strdup(i->is_stdin ? "stdin" : path);
	if (!i->name)
		return fail_memory(f);
	i->fd = i->is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	if (i->fd < 0)
		return fail_errno(f, errno == ENOENT || errno == ENOTDIR ? FAIL_USAGE : FAIL_FAILED,
			path, "can't be opened");
	return 0;
}

struct finished_image *finished_image_open(
	const char *path, uint64_t announced_bytes, struct fail *f)
{
	struct finished_image *i = calloc(1, sizeof *i);
	uint64_t n_bytes;

	if (!i) {
		fail_memory(f);
		return NULL;
	}
	i->fd = -1;
	if (open_input(i, path, f) || find_size(i, &n_bytes, f))
		goto failed;
	i->n_expected = n_bytes ? n_bytes : announced_bytes;
	i->is_stream = n_bytes == 0;
	if (n_bytes && announced_bytes && n_bytes != announced_bytes) {
		fail_size(f, i->name, announced_bytes, n_bytes);
		goto failed;
	}
	i->is_checked = n_bytes > 0;
	if (n_bytes && peek(i, n_bytes, f))
		goto failed;
	return i;

failed:
	finished_image_close(i);
	return NULL;
}

/* A stream that lacks its end spoils a disc: what its first n bytes show of that is told before. */
static int check_start(const struct finished_image *i, size_t n, struct fail *f)
{
	struct recognised v = { .is_iso9660 = false };

	if (n > DESCRIPTORS_START)
		v = descriptors_recognise(i->start + DESCRIPTORS_START, n - DESCRIPTORS_START);
	if (n == 0)
		return fail_set(f, FAIL_FAILED, i->name, "is empty");
	if (i->n_expected && v.is_iso9660 && v.iso_bytes > whole_blocks(i->n_expected))
		return fail_truncated(i, v.iso_bytes, i->n_expected, f);
	return 0;
}

int finished_image_look(struct finished_image *i, const struct contents **contents, struct fail *f)
{
	size_t n = (size_t)CONTENTS_BLOCKS * BLOCK_BYTES;
	struct fail unread = { 0 };
	struct block_reader reader;
	ssize_t got;

	free(i->start);
	i->start = calloc(1, n);
	if (!i->start)
		return fail_memory(f);
	if (i->n_expected && i->n_expected < n)
		n = (size_t)i->n_expected;
	got = i->is_stream ? io_read_full(i->fd, i->start, n)
			   : io_pread_full(i->fd, i->start, n, (uint64_t)lseek(i->fd, 0, SEEK_CUR));
	if (got < 0 && signals_caught())
		return fail_set(f, FAIL_FAILED, "", "interrupted");
	if (got < 0)
		return fail_errno(f, FAIL_FAILED, i->name, "can't be read");
	if (i->is_stream && (size_t)got < n && i->n_expected)
		return fail_ended(i, (uint64_t)got, f);
	if (i->is_stream && check_start(i, (size_t)got, f))
		return -1;
	i->n_start = i->is_stream ? (size_t)got : 0;
	reader = block_reader_in_memory(i->start, whole_blocks((uint64_t)got) / BLOCK_BYTES);
	contents_probe(&reader, 0, NULL, contents, &unread);
	return 0;
}

const uint8_t *finished_image_start(const struct finished_image *i)
{
	return i->start;
}

uint64_t finished_image_bytes(const struct finished_image *i)
{
	return whole_blocks(i->n_expected);
}

/* What a regular file's or block device's volume recognition area says. */
static struct recognised look_at(const char *path)
{
	uint8_t area[DESCRIPTORS_BYTES];
	struct recognised v = { .is_iso9660 = false };
	/* a FIFO must neither block nor lose its first bytes */
	int fd = io_open_now(AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
	struct stat st;

	if (fd < 0)
		return v;
	if (fstat(fd, &st) == 0 && (S_ISREG(st.st_mode) || S_ISBLK(st.st_mode))) {
		ssize_t n = io_pread_full(fd, area, sizeof area, DESCRIPTORS_START);

		v = descriptors_recognise(area, n > 0 ? (size_t)n : 0);
	}
	close(fd);
	return v;
}

/* False for a LUKS header alone, which has its payload elsewhere. Its failure leaves what
 * libcryptsetup does not know to be burned as it is. */
static bool has_payload(const char *path)
{
	struct fail f = { 0 };
	const struct format_params params = { .key_bits = 0 };
	struct block_reader *reader = block_reader_open_padded(path, &f);
	const struct format *format = reader ? format_recognise(reader) : NULL;
	struct volume *v = NULL;
	bool result = reader != NULL;

	if (format && format->is_inspectable) {
		v = format_inspect(format, reader, &params, NULL, &f);
		result = v ? v->payload_offset < reader->n_blocks * BLOCK_BYTES
			   : f.code != FAIL_MISMATCH;
	}
	volume_free(v);
	block_reader_free(reader);
	return result;
}

bool finished_image_is_volume(const char *path)
{
	int fd = io_open_now(AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
	const struct contents *contents = NULL;
	uint8_t block[BLOCK_BYTES];
	struct stat st;

	if (fd < 0)
		return false;
	if (fstat(fd, &st) == 0 && (S_ISREG(st.st_mode) || S_ISBLK(st.st_mode)) &&
		io_pread_full(fd, block, sizeof block, 0) == sizeof block)
		contents = contents_recognise(block, sizeof block);
	close(fd);
	return contents && contents->kind == CONTENTS_ENCRYPTED && has_payload(path);
}

bool finished_image_is_one(const char *path)
{
	struct recognised v = look_at(path);

	return v.is_iso9660 || v.is_udf || finished_image_is_volume(path);
}

bool finished_image_is_iso9660(const char *path)
{
	struct recognised v = look_at(path);

	return v.is_iso9660 && !v.is_udf;
}

bool finished_image_was_iso9660(const struct finished_image *i)
{
	struct recognised v = descriptors_recognise(i->area, i->n_area);

	return v.is_iso9660 && !v.is_udf;
}

/* Keeps what goes by of the volume recognition area. */
static void watch_area(struct finished_image *i, const uint8_t *buf, size_t n)
{
	uint64_t start = i->n_read, wanted = DESCRIPTORS_START + (uint64_t)i->n_area;

	if (i->n_area == sizeof i->area || start + n <= wanted || start > wanted)
		return;
	buf += wanted - start;
	n -= (size_t)(wanted - start);
	n = n < sizeof i->area - i->n_area ? n : sizeof i->area - i->n_area;
	memcpy(i->area + i->n_area, buf, n);
	i->n_area += n;
}

/* Reads on behind the announced end. The surplus bytes, at most SURPLUS_MAX; -1 for an error. */
static int64_t count_surplus(int fd, const atomic_bool *is_cancelled)
{
	static const int64_t max = SURPLUS_MAX;
	uint8_t buf[4096];
	int64_t n = 0;

	while (n < max) {
		ssize_t r = io_read_unless(fd, buf, sizeof buf, is_cancelled);

		if (r < 0)
			return -1;
		n += r;
		if (r < (ssize_t)sizeof buf)
			break;
	}
	return n;
}

static int fail_read(struct finished_image_source *s)
{
	char done[64];

	if (atomic_load(&s->stage.is_cancelled))
		return -1;
	if (signals_caught())
		return fail_set(&s->stage.fail, FAIL_FAILED, "", "interrupted");
	return fail_errno(&s->stage.fail, FAIL_FAILED, s->image->name, "can't be read after %s",
		size_format(done, sizeof done, s->image->n_read));
}

/* At the end of the input: is it as long as it has to be? */
static int check_end(struct finished_image_source *s)
{
	const struct finished_image *i = s->image;
	struct fail *f = &s->stage.fail;
	char has[64], expected[64];
	int64_t surplus;

	size_format(expected, sizeof expected, i->n_expected);
	if (i->n_read == 0)
		return fail_set(f, FAIL_FAILED, i->name, "is empty");
	if (i->n_expected && i->n_read < i->n_expected)
		return fail_ended(i, i->n_read, f);
	surplus = i->n_expected ? count_surplus(i->fd, &s->stage.is_cancelled) : 0;
	if (surplus < 0)
		return fail_read(s);
	if (surplus > 0)
		return fail_set(f, FAIL_FAILED, i->name, "has %s%s instead of %s",
			surplus >= SURPLUS_MAX ? "more than " : "",
			size_format(has, sizeof has, i->n_read + (uint64_t)surplus), expected);
	return i->is_checked ? 0 : check_volume(i, -1, i->n_read, f);
}

/* What was read ahead of a stream. */
static size_t take_start(struct finished_image *i, uint8_t *buf, size_t n)
{
	size_t n_left = i->n_start - i->n_start_sent;

	/* of a file there is none */
	if (n_left == 0)
		return 0;
	n = n < n_left ? n : n_left;
	memcpy(buf, i->start + i->n_start_sent, n);
	i->n_start_sent += n;
	return n;
}

/* The input's next bytes into buf; fewer than n only at its end. */
static ssize_t read_input(struct finished_image_source *s, uint8_t *buf, size_t n)
{
	struct finished_image *i = s->image;
	size_t n_ahead;
	ssize_t got;

	if (i->n_expected && n > i->n_expected - i->n_read)
		n = (size_t)(i->n_expected - i->n_read);
	n_ahead = take_start(i, buf, n);
	got = io_read_unless(i->fd, buf + n_ahead, n - n_ahead, &s->stage.is_cancelled);
	if (got < 0)
		return fail_read(s);
	got += (ssize_t)n_ahead;
	watch_area(i, buf, (size_t)got);
	i->n_read += (uint64_t)got;
	return got;
}

static ssize_t fill(struct stage *stage, uint8_t *buf, size_t n)
{
	struct finished_image_source *s = (struct finished_image_source *)stage;
	ssize_t got = s->has_ended ? 0 : read_input(s, buf, n);

	if (got < 0)
		return -1;
	n -= (size_t)got;
	if (n && !s->has_ended) {
		s->has_ended = true;
		if (check_end(s))
			return -1;
		s->image->n_padding = whole_blocks(s->image->n_read) - s->image->n_read;
		s->zeros_left = s->image->n_padding;
	}
	n = s->zeros_left < n ? (size_t)s->zeros_left : n;
	memset(buf + got, 0, n);
	s->zeros_left -= n;
	return got + (ssize_t)n;
}

bool finished_image_can_repeat(const struct finished_image *i)
{
	return !i->is_stream;
}

/* Back to where it begins, once it was read. */
static int rewind_input(struct finished_image *i, struct fail *f)
{
	if (i->n_read && lseek(i->fd, -(off_t)i->n_read, SEEK_CUR) < 0)
		return fail_errno(f, FAIL_FAILED, i->name, "can't be read once more");
	i->n_read = i->n_padding = 0;
	i->n_area = 0;
	return 0;
}

struct burn_source *finished_image_source_new(struct finished_image *i, struct fail *f)
{
	struct finished_image_source *s = rewind_input(i, f) ? NULL : stage_alloc(sizeof *s, f);

	if (!s)
		return NULL;
	s->stage = (struct stage){ .name = "image", .size = finished_image_bytes(i), .fill = fill };
	s->image = i;
	return stage_new(&s->stage, f);
}

uint64_t finished_image_input_bytes(const struct finished_image *i)
{
	return i->n_read;
}

uint64_t finished_image_padding_bytes(const struct finished_image *i)
{
	return i->n_padding;
}

void finished_image_close(struct finished_image *i)
{
	if (!i)
		return;
	if (i->fd >= 0 && !i->is_stdin)
		close(i->fd);
	free(i->start);
	free(i->name);
	free(i);
}
