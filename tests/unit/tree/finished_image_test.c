/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finished images as a stage: files and streams, sizes that are wrong, file systems that are cut.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/drain.h"
#include "tree/finished_image.h"
#include "iso/descriptors.h"
#include "lib/tap.h"
#include "util/sector.h"
#include "util/signals.h"

enum { ALL = 1 << 30, N_BLOCKS = 200 };

static uint8_t byte_at(size_t i)
{
	return (uint8_t)(i * 7 + i / 251 + 1);
}

static void put_file(const char *name, const uint8_t *bytes, size_t n)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	if (fd < 0 || write(fd, bytes, n) != (ssize_t)n || close(fd)) {
		perror(name);
		exit(1);
	}
}

/* A file of n bytes of no known kind. */
static void put_plain(const char *name, size_t n)
{
	uint8_t *bytes = malloc(n + 1);

	for (size_t i = 0; i < n; i++)
		bytes[i] = byte_at(i);
	put_file(name, bytes, n);
	free(bytes);
}

/* n_blocks blocks with a primary volume descriptor at block at that announces n_announced. */
static void put_iso(const char *name, unsigned at, uint32_t n_announced, unsigned n_blocks)
{
	uint8_t *bytes = calloc(n_blocks, BLOCK_BYTES), *pvd = bytes + at * BLOCK_BYTES;

	memcpy(pvd, "\1CD001\1", 7);
	for (int i = 0; i < 4; i++) {
		pvd[80 + i] = (uint8_t)(n_announced >> 8 * i);
		pvd[87 - i] = (uint8_t)(n_announced >> 8 * i);
	}
	pvd[129] = pvd[130] = 8; /* 2048, both ways */
	put_file(name, bytes, (size_t)n_blocks * BLOCK_BYTES);
	free(bytes);
}

/* Where the root directory is, which has a block. */
static void put_root_record(const char *name, uint8_t lba)
{
	uint8_t record[34] = { 34, 0, lba, [11] = 8, [25] = 2, [32] = 1 };
	int fd = open(name, O_WRONLY);

	if (pwrite(fd, record, sizeof record, 16 * BLOCK_BYTES + 156) != sizeof record)
		exit(1);
	close(fd);
}

/* A pipe that a child writes file into, in small pieces; its end for reading becomes stdin. */
static pid_t feed(const char *file)
{
	int ends[2];
	pid_t child;

	if (pipe(ends))
		exit(1);
	fflush(stdout);
	child = fork();
	if (child == 0) {
		char buf[777];
		int fd = open(file, O_RDONLY);
		ssize_t n;

		signal(SIGPIPE, SIG_DFL);
		close(ends[0]);
		while ((n = read(fd, buf, sizeof buf)) > 0)
			if (write(ends[1], buf, (size_t)n) != n)
				break;
		_exit(0);
	}
	dup2(ends[0], STDIN_FILENO);
	close(ends[0]);
	close(ends[1]);
	return child;
}

static void starve(pid_t child)
{
	int fd = open("/dev/null", O_RDONLY);

	dup2(fd, STDIN_FILENO);
	close(fd);
	waitpid(child, NULL, 0);
}

/* All of an image read in pieces, against the plain bytes and zeros behind them. */
static void check_whole(struct finished_image *i, size_t n, size_t piece, const char *name)
{
	struct fail f = { 0 };
	struct burn_source *s = finished_image_source_new(i, &f);
	struct drained d = drain(s, piece, ALL);
	size_t padded = (n + BLOCK_BYTES - 1) / BLOCK_BYTES * BLOCK_BYTES, at;

	for (at = 0; at < d.n_bytes && d.bytes[at] == (at < n ? byte_at(at) : 0); at++)
		;
	tap_ok(d.n_bytes == padded && at == padded && d.last == 0 && d.is_orderly,
		"%s, in pieces of %zu: its bytes, padded", name, piece);
	tap_ok(finished_image_input_bytes(i) == n && finished_image_padding_bytes(i) == padded - n,
		"%s: input and padding are told", name);
	stage_free(s);
	free(d.bytes);
}

static void test_whole(void)
{
	static const size_t sizes[] = { 1, 2047, 2048, 2049, 300000, 20 * 65536 };
	static const size_t pieces[] = { 1, 2047, 2048, 65536 };
	struct fail f = { 0 };

	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		put_plain("plain", sizes[i]);
		for (size_t j = 0; j < sizeof pieces / sizeof *pieces; j++) {
			struct finished_image *image = finished_image_open("plain", 0, &f);
			pid_t child;

			tap_ok(image && finished_image_bytes(image) % BLOCK_BYTES == 0 &&
					finished_image_bytes(image) >= sizes[i],
				"a file of %zu: the size is known", sizes[i]);
			check_whole(image, sizes[i], pieces[j], "a file");
			finished_image_close(image);
			child = feed("plain");
			image = finished_image_open("-", 0, &f);
			tap_ok(image && finished_image_bytes(image) == 0,
				"a pipe of %zu: the size is unknown", sizes[i]);
			check_whole(image, sizes[i], pieces[j], "a pipe");
			finished_image_close(image);
			starve(child);
		}
	}
}

/* Opens and reads to the end; true where it fails at all with these words. */
static bool fails(const char *path, uint64_t announced, enum fail_code code, const char *words)
{
	struct fail f = { 0 };
	struct finished_image *i = finished_image_open(path, announced, &f);
	struct burn_source *s = i ? finished_image_source_new(i, &f) : NULL;

	if (s) {
		struct drained d = drain(s, 65536, ALL);

		if (d.last < 0)
			f = *fail_of(s);
		if (!d.is_orderly)
			tap_note("not orderly");
		free(d.bytes);
	}
	stage_free(s);
	finished_image_close(i);
	if (f.code != code || (code && !strstr(f.what, words))) {
		tap_note("got %d: %s: %s", f.code, f.object, f.what);
		return false;
	}
	return true;
}

static bool pipe_fails(const char *path, uint64_t announced, enum fail_code code, const char *words)
{
	pid_t child = feed(path);
	bool good = fails("-", announced, code, words);

	starve(child);
	return good;
}

static void test_sizes(void)
{
	put_plain("plain", 100000);
	put_plain("empty", 0);
	tap_ok(fails("plain", 100000, FAIL_NONE, ""), "a file as long as -size said");
	tap_ok(fails("plain", 99999, FAIL_FAILED,
		       "100,000 bytes (100.0 kB), but its size was given as 99,999 bytes"),
		"a file that is longer");
	tap_ok(fails("plain", 102400, FAIL_FAILED,
		       "100,000 bytes (100.0 kB), but its size was given as 102,400 bytes"),
		"a file that is shorter");
	tap_ok(pipe_fails("plain", 100000, FAIL_NONE, ""), "a stream as long as -size said");
	tap_ok(pipe_fails("plain", 99999, FAIL_FAILED,
		       "100,000 bytes (100.0 kB) instead of 99,999 bytes"),
		"a stream that is longer");
	tap_ok(pipe_fails("plain", 102400, FAIL_FAILED,
		       "after 100,000 bytes (100.0 kB) of 102,400 bytes"),
		"a stream that is shorter");
	tap_ok(fails("empty", 0, FAIL_FAILED, "is empty"), "an empty file");
	tap_ok(pipe_fails("empty", 0, FAIL_FAILED, "is empty"), "an empty stream");
	tap_ok(pipe_fails("empty", 2048, FAIL_FAILED, "is empty"), "an empty stream with -size");
	tap_ok(fails("missing", 0, FAIL_USAGE, "can't be opened"), "a file that isn't there");
	tap_ok(fails(".", 0, FAIL_USAGE, "is a directory"), "a directory");
}

static void test_surplus_without_end(void)
{
	int ends[2];

	if (pipe(ends))
		exit(1);
	close(ends[0]);
	close(ends[1]);
	tap_ok(fails("/dev/zero", 4096, FAIL_FAILED,
		       "more than 67,112,960 bytes (67.1 MB) instead of 4,096 bytes"),
		"a stream without an end is not read for ever");
}

/* True where what a pipe has ahead fails with these words, before anything is burned. */
static bool look_fails(const char *path, uint64_t announced, const char *words)
{
	struct fail f = { 0 };
	pid_t child = feed(path);
	struct finished_image *i = finished_image_open("-", announced, &f);
	const struct contents *contents = NULL;
	bool failed = i && finished_image_look(i, &contents, &f) < 0 && f.code == FAIL_FAILED &&
		      strstr(f.what, words);

	finished_image_close(i);
	starve(child);
	tap_note("%s: %s", f.object, f.what);
	return failed;
}

static void test_looks(void)
{
	put_iso("whole", 16, N_BLOCKS, N_BLOCKS);
	put_iso("cut", 16, N_BLOCKS, N_BLOCKS - 151);
	put_plain("empty", 0);
	put_plain("plain", 50000);
	tap_ok(look_fails("cut", (uint64_t)(N_BLOCKS - 151) * BLOCK_BYTES,
		       "records 409,600 bytes (409.6 kB), but the image has only 100,352"),
		"a cut stream of a known size, before the burn");
	tap_ok(look_fails("plain", 60000, "ended after 50,000 bytes (50.0 kB) of 60,000 bytes"),
		"one that is too short, before the burn");
	tap_ok(look_fails("empty", 0, "is empty"), "one that is empty, before the burn");
	tap_ok(!look_fails("whole", (uint64_t)N_BLOCKS * BLOCK_BYTES, ""), "a whole one goes on");
	tap_ok(!look_fails("cut", 0, ""), "so does one of an unknown size");
}

static void test_cut_volumes(void)
{
	put_iso("whole", 16, N_BLOCKS, N_BLOCKS);
	put_iso("longer", 16, N_BLOCKS, N_BLOCKS + 150);
	put_iso("cut", 16, N_BLOCKS, N_BLOCKS - 151);
	put_iso("cut-early", 16, N_BLOCKS, 17);
	put_iso("second", 18, N_BLOCKS, N_BLOCKS - 151);
	put_iso("less-padding", 16, N_BLOCKS, N_BLOCKS - 1);
	tap_ok(fails("whole", 0, FAIL_NONE, ""), "a whole ISO 9660 file");
	tap_ok(fails("longer", 0, FAIL_NONE, ""), "one with padding behind it");
	tap_ok(fails("cut", 0, FAIL_FAILED,
		       "records 409,600 bytes (409.6 kB), but the image has only 100,352"),
		"a cut ISO 9660 file");
	tap_ok(fails("second", 0, FAIL_FAILED, "records 409,600"),
		"one whose descriptor is not the first");
	tap_ok(fails("less-padding", 0, FAIL_NONE, ""), "one that lacks padding, and no file");
	put_root_record("less-padding", N_BLOCKS - 2);
	tap_ok(fails("less-padding", 0, FAIL_NONE, ""), "one whose root directory is the last");
	put_root_record("less-padding", N_BLOCKS - 1);
	tap_ok(fails("less-padding", 0, FAIL_FAILED,
		       "truncated: / lies beyond the end of the image"),
		"one whose root directory is not there");
	tap_ok(pipe_fails("less-padding", 0, FAIL_FAILED, "records 409,600"),
		"a stream that lacks one block of any kind");
	tap_ok(pipe_fails("whole", 0, FAIL_NONE, ""), "a whole ISO 9660 stream");
	tap_ok(pipe_fails("cut", 0, FAIL_FAILED,
		       "records 409,600 bytes (409.6 kB), but the image has only 100,352"),
		"a cut ISO 9660 stream");
	tap_ok(pipe_fails("cut-early", 0, FAIL_FAILED, "records 409,600"),
		"one that ends behind its descriptor");
}

static void test_recognition(void)
{
	uint8_t *udf = calloc(20, BLOCK_BYTES);

	memcpy(udf + 16 * BLOCK_BYTES, "\0BEA01\1", 7);
	memcpy(udf + 17 * BLOCK_BYTES, "\0NSR02\1", 7);
	put_file("udf", udf, 20 * BLOCK_BYTES);
	memcpy(udf + 16 * BLOCK_BYTES, "\0XXXXX\1", 7);
	put_file("no-udf", udf, 20 * BLOCK_BYTES);
	free(udf);
	if (mkfifo("fifo", 0600))
		exit(1);
	tap_ok(finished_image_is_one("whole"), "ISO 9660 is recognised");
	tap_ok(finished_image_is_one("second"), "also behind other descriptors");
	tap_ok(finished_image_is_one("udf"), "UDF is recognised");
	tap_ok(!finished_image_is_one("no-udf"), "NSR02 alone is no UDF");
	tap_ok(!finished_image_is_one("plain"), "other files are not");
	tap_ok(!finished_image_is_one("empty"), "nor an empty one");
	tap_ok(!finished_image_is_one("missing"), "nor one that isn't there");
	tap_ok(!finished_image_is_one("."), "nor a directory");
	tap_ok(!finished_image_is_one("fifo"), "nor a FIFO, which is not waited for");
}

/* stdin from a file starts where it stands. */
static void test_stdin_file(void)
{
	struct fail f = { 0 };
	struct finished_image *i;
	int fd;

	put_plain("plain", 50000);
	fd = open("plain", O_RDONLY);
	dup2(fd, STDIN_FILENO);
	close(fd);
	i = finished_image_open("-", 0, &f);
	tap_ok(i && finished_image_bytes(i) == 51200, "stdin from a file: the size is known");
	finished_image_close(i);
	lseek(STDIN_FILENO, 40000, SEEK_SET);
	i = finished_image_open("-", 0, &f);
	tap_ok(i && finished_image_bytes(i) == 10240, "stdin from a file: from where it stands");
	finished_image_close(i);
}

static void test_accidents(void)
{
	struct fail f = { 0 };
	struct finished_image *i;
	struct burn_source *s;
	struct drained d;

	put_plain("plain", 1000000);
	i = finished_image_open("plain", 0, &f);
	s = finished_image_source_new(i, &f);
	if (truncate("plain", 500000))
		exit(1);
	d = drain(s, 65536, ALL);
	tap_ok(d.last == -1 && strstr(fail_of(s)->what,
				       "after 500,000 bytes (500.0 kB) of 1,000,000 bytes"),
		"a file that shrinks is a failure");
	free(d.bytes);
	stage_free(s);
	finished_image_close(i);

	put_plain("plain", 4096);
	i = finished_image_open("plain", 0, &f);
	s = finished_image_source_new(i, &f);
	if (truncate("plain", 5000))
		exit(1);
	d = drain(s, 65536, ALL);
	tap_ok(d.last == -1 && strstr(fail_of(s)->what, "5,000 bytes instead of 4,096 bytes"),
		"one that grows too");
	free(d.bytes);
	stage_free(s);
	finished_image_close(i);
}

static void test_signal(void)
{
	int status = 0;
	pid_t child;

	fflush(stdout);
	child = fork();
	if (child == 0) {
		struct fail f = { 0 };
		struct finished_image *i;
		struct burn_source *s;
		unsigned char buf[2048];
		int ends[2], got;

		/* a test in the background of a shell is started with SIGINT ignored */
		signal(SIGINT, SIG_DFL);
		signals_catch();
		/* a writer that says nothing */
		if (pipe(ends) || dup2(ends[0], STDIN_FILENO) < 0)
			_exit(2);
		i = finished_image_open("-", 0, &f);
		s = finished_image_source_new(i, &f);
		raise(SIGINT);
		got = s->read_xt(s, buf, sizeof buf);
		if (got != -1 || !strstr(fail_of(s)->what, "interrupted"))
			_exit(1);
		stage_free(s);
		finished_image_close(i);
		_exit(0);
	}
	waitpid(child, &status, 0);
	tap_ok(status == 0, "a signal ends the wait for a pipe");
}

int main(void)
{
	tap_enter_folder("/tmp");
	test_whole();
	test_sizes();
	test_surplus_without_end();
	test_looks();
	test_cut_volumes();
	test_recognition();
	test_stdin_file();
	test_accidents();
	test_signal();
	return tap_done();
}
