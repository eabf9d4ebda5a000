/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sink for files and block devices that grow. Writes in place fail where the test says so: the
 * calls are wrapped by the linker (-Wl,--wrap). */
#include <errno.h>
#include <fcntl.h>
#include <linux/loop.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "burn/grow_sink.h"
#include "lib/memory_source.h"
#include "lib/tap.h"
#include "util/sector.h"
#include "util/signals.h"

enum {
	OLD_BLOCKS = 40, /* the data, then a tail that is not a block */
	TAIL_BYTES = 100,
	OLD_BYTES = OLD_BLOCKS * BLOCK_BYTES + TAIL_BYTES,
	N_BYTES = 3 * CHUNK_BYTES + 5 * BLOCK_BYTES,
	HEAD_LBA = 15, /* what is rewritten */
	HEAD_BLOCKS = 4,
	MAX_BYTES = 4 << 20,
	NOBODY = 65534,
};

/* Which calls fail: n_bad behind n_good. */
static struct fault {
	int n_good, n_bad;
} pwrite_fault, fsync_fault;
static int n_fsynced; /* so far */

ssize_t __wrap_pwrite(int fd, const void *buf, size_t n, off_t at);
ssize_t __wrap_pwrite64(int fd, const void *buf, size_t n, off_t at);
ssize_t __real_pwrite64(int fd, const void *buf, size_t n, off_t at);
int __wrap_fsync(int fd);
int __real_fsync(int fd);

static bool strikes(struct fault *fault)
{
	if (fault->n_bad == 0 || fault->n_good-- > 0)
		return false;
	fault->n_bad--;
	errno = EIO;
	return true;
}

ssize_t __wrap_pwrite64(int fd, const void *buf, size_t n, off_t at)
{
	return strikes(&pwrite_fault) ? -1 : __real_pwrite64(fd, buf, n, at);
}

ssize_t __wrap_pwrite(int fd, const void *buf, size_t n, off_t at)
{
	return __wrap_pwrite64(fd, buf, n, at);
}

int __wrap_fsync(int fd)
{
	n_fsynced++;
	return strikes(&fsync_fault) ? -1 : __real_fsync(fd);
}

static const char file[] = "a.img";
static uint64_t start_lba;
static uint8_t head[HEAD_BLOCKS * BLOCK_BYTES];

/* The old file: 0xaa. */
static void make_file(size_t n_bytes)
{
	static uint8_t bytes[MAX_BYTES];
	int fd;

	unlink(file); /* it may be read-only */
	fd = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	memset(bytes, 0xaa, n_bytes);
	memset(head, 0xbb, sizeof head);
	if (fd < 0 || write(fd, bytes, n_bytes) != (ssize_t)n_bytes)
		exit(99);
	close(fd);
	start_lba = OLD_BLOCKS;
}

static off_t length(void)
{
	struct stat st;

	return stat(file, &st) ? -1 : st.st_size;
}

/* True where path is the old one up to old_end (the head is there or isn't), then has zeros up to
 * the start, then n_new bytes of a memory source. */
static bool holds(const char *path, size_t old_end, bool has_head, size_t n_new)
{
	static uint8_t want[MAX_BYTES], got[MAX_BYTES];
	size_t start = start_lba * BLOCK_BYTES;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : pread(fd, got, sizeof got, 0);

	if (fd >= 0)
		close(fd);
	memset(want, 0, sizeof want);
	memset(want, 0xaa, old_end);
	if (has_head)
		memcpy(want + HEAD_LBA * BLOCK_BYTES, head, sizeof head);
	if (n_new)
		memory_source_bytes(want + start, 0, n_new);
	return n >= (ssize_t)(n_new ? start + n_new : old_end) &&
	       memcmp(got, want, n_new ? start + n_new : old_end) == 0;
}

static int grow_source(struct sink *sink, struct memory_source *m, uint64_t announced,
	struct sink_result *result, struct fail *f)
{
	struct burn_source *s = memory_source_new(m);
	int r = sink_run(sink, s, announced, NULL, result, f);

	stage_free(s);
	return r;
}

/* The whole: opened, grown, its head rewritten, freed. */
static int grow(struct memory_source *m, uint64_t announced, bool rewrites, struct fail *f)
{
	struct sink *sink;
	struct sink_result result;
	int r;

	*f = (struct fail){ 0 };
	sink = grow_sink_new(file, false, &start_lba, f);
	if (!sink)
		return -1;
	r = grow_source(sink, m, announced, &result, f);
	if (r == 0 && rewrites)
		r = sink->rewrite(sink, HEAD_LBA, HEAD_BLOCKS, head, f);
	sink_free(sink);
	return r;
}

static void test_growing(void)
{
	struct memory_source m = { .n_bytes = N_BYTES };
	struct block_reader *r = NULL;
	struct sink_result result;
	struct sink_needs needs;
	struct fail f = { 0 };
	struct sink *sink;
	uint8_t block[BLOCK_BYTES];
	int n;

	make_file(OLD_BYTES);
	sink = grow_sink_new(file, false, &start_lba, &f);
	if (!tap_ok(sink && sink->needs(sink, N_BYTES, &needs, &f) == 0 &&
			    needs.start_lba == OLD_BLOCKS && needs.unit_bytes == 1 &&
			    needs.tail_bytes == 0,
		    "what it needs (%s)", f.what))
		return;
	tap_ok(length() == OLD_BYTES, "nothing changes before the start");
	tap_ok(grow_source(sink, &m, N_BYTES, &result, &f) == 0 && result.is_whole &&
			result.n_bytes == N_BYTES,
		"grown (%s)", f.what);
	tap_ok(length() == OLD_BLOCKS * BLOCK_BYTES + N_BYTES &&
			holds(file, OLD_BLOCKS * BLOCK_BYTES, false, N_BYTES),
		"the new data lies at the start, behind the old, and the tail is gone");
	tap_ok(sink->reader(sink, &r, &f) == 0 &&
			r->n_blocks == OLD_BLOCKS + N_BYTES / BLOCK_BYTES &&
			block_reader_read(r, HEAD_LBA, 1, block, &f) == 0 && block[0] == 0xaa,
		"it is read while the sink holds it");
	n = n_fsynced;
	tap_ok(n > 0 && sink->rewrite(sink, HEAD_LBA, HEAD_BLOCKS, head, &f) == 0 &&
			n_fsynced == n + 1,
		"the head is rewritten, with a flush before and behind");
	tap_ok(block_reader_read(r, HEAD_LBA, 1, block, &f) == 0 && block[0] == 0xbb,
		"and seen by who reads");
	block_reader_free(r);
	sink_free(sink);
	tap_ok(length() == OLD_BLOCKS * BLOCK_BYTES + N_BYTES &&
			holds(file, OLD_BLOCKS * BLOCK_BYTES, true, N_BYTES),
		"all of it stays");
	make_file(MAX_BYTES);
	m = (struct memory_source){ .n_bytes = N_BYTES };
	tap_ok(grow(&m, N_BYTES, true, &f) == 0 && length() == OLD_BLOCKS * BLOCK_BYTES + N_BYTES,
		"nothing is left of more behind the start");
	make_file(OLD_BYTES);
	start_lba = OLD_BLOCKS + 20;
	m = (struct memory_source){ .n_bytes = N_BYTES };
	tap_ok(grow(&m, 0, true, &f) == 0 && holds(file, OLD_BYTES, true, N_BYTES),
		"a gap behind the old end; a size that nobody knew");
}

static bool is_cut_back(size_t old_end)
{
	return length() == OLD_BYTES && holds(file, old_end, false, 0);
}

static void test_failing(void)
{
	const size_t start = OLD_BLOCKS * BLOCK_BYTES;
	struct memory_source m = { .n_bytes = N_BYTES };
	struct rlimit old, limit;
	struct fail f;

	make_file(OLD_BYTES);
	tap_ok(grow(&m, N_BYTES, false, &f) == 0 && is_cut_back(start),
		"without a rewrite the old length comes back");
	make_file(OLD_BYTES);
	m = (struct memory_source){ .n_bytes = N_BYTES / 2, .fails = true };
	tap_ok(grow(&m, N_BYTES, true, &f) == -1 && is_cut_back(start), "a source that fails (%s)",
		f.what);
	make_file(OLD_BYTES);
	m = (struct memory_source){ .n_bytes = N_BYTES / 2 };
	tap_ok(grow(&m, N_BYTES, true, &f) == -1 && is_cut_back(start),
		"one that is too short (%s)", f.what);
	make_file(OLD_BYTES);
	start_lba = OLD_BLOCKS + 20;
	m = (struct memory_source){ .n_bytes = N_BYTES / 2 };
	tap_ok(grow(&m, N_BYTES, true, &f) == -1 && is_cut_back(OLD_BYTES),
		"the same behind a gap: the old tail is there, too");
	make_file(OLD_BYTES);
	getrlimit(RLIMIT_FSIZE, &old);
	limit = (struct rlimit){ start + N_BYTES / 2, old.rlim_max };
	setrlimit(RLIMIT_FSIZE, &limit);
	m = (struct memory_source){ .n_bytes = N_BYTES };
	tap_ok(grow(&m, N_BYTES, true, &f) == -1 && f.sys_errno == EFBIG &&
			strstr(f.hint, "ulimit -f") && is_cut_back(start),
		"a file that may not be that long (%s)", f.what);
	setrlimit(RLIMIT_FSIZE, &old);
	make_file(OLD_BYTES);
	fsync_fault = (struct fault){ 0, 1 };
	m = (struct memory_source){ .n_bytes = N_BYTES };
	tap_ok(grow(&m, N_BYTES, true, &f) == -1 && f.sys_errno == EIO && is_cut_back(start),
		"a flush that fails (%s)", f.what);
}

static void test_failing_rewrite(void)
{
	const size_t start = OLD_BLOCKS * BLOCK_BYTES;
	struct memory_source m = { .n_bytes = N_BYTES };
	struct fail f;

	make_file(OLD_BYTES);
	pwrite_fault = (struct fault){ 0, 1 };
	tap_ok(grow(&m, N_BYTES, true, &f) == -1 && f.sys_errno == EIO && is_cut_back(start),
		"a rewrite that fails is taken back (%s)", f.what);
	make_file(OLD_BYTES);
	fsync_fault = (struct fault){ 1, 1 }; /* the first one is that of the data */
	m = (struct memory_source){ .n_bytes = N_BYTES };
	tap_ok(grow(&m, N_BYTES, true, &f) == -1 && f.sys_errno == EIO && is_cut_back(start),
		"one that can't be flushed, too (%s)", f.what);
	make_file(OLD_BYTES);
	fsync_fault = (struct fault){ 1, 2 };
	m = (struct memory_source){ .n_bytes = N_BYTES };
	tap_ok(grow(&m, N_BYTES, true, &f) == -1 && f.sys_errno == EIO &&
			holds(file, start, false, N_BYTES),
		"where that can't be flushed either, nobody knows, and the data stays (%s)",
		f.what);
}

static void test_locking(void)
{
	struct fail f = { 0 };
	struct sink *sink, *second;

	make_file(OLD_BYTES);
	sink = grow_sink_new(file, false, &start_lba, &f);
	second = grow_sink_new(file, false, &start_lba, &f);
	tap_ok(sink && !second && strcmp(f.object, file) == 0 &&
			strcmp(f.what, "is in use: another xburncrypt appends to it") == 0,
		"a second writer is refused (%s)", f.what);
	sink_free(sink);
	sink = grow_sink_new(file, false, &start_lba, &f);
	tap_ok(sink != NULL, "until the first one is gone");
	sink_free(sink);
	tap_ok(length() == OLD_BYTES && holds(file, OLD_BYTES, false, 0),
		"a sink that was never started changes nothing");
}

static bool is_refused(const char *path, bool is_device, const char *reason)
{
	struct fail f = { 0 };
	struct sink *sink = grow_sink_new(path, is_device, &start_lba, &f);
	bool refused = !sink && strcmp(f.object, path) == 0 &&
		       (strstr(f.what, reason) || strstr(strerror(f.sys_errno), reason));

	tap_note("%s: %s: %s", f.object, f.what, f.sys_errno ? strerror(f.sys_errno) : "");
	sink_free(sink);
	return refused;
}

static void test_refusing(void)
{
	make_file(OLD_BYTES);
	if (mkdir("d", 0755) || mkfifo("fifo", 0600) || chmod(file, 0444))
		exit(99);
	tap_ok(is_refused("d", false, "directory"), "a directory");
	tap_ok(is_refused("fifo", false, "is not a regular file"), "a FIFO, without waiting");
	tap_ok(is_refused("/dev/null", false, "is not a regular file"), "a character device");
	tap_ok(is_refused("absent", false, "No such file"), "nothing");
	tap_ok(is_refused(file, true, "is not a block device"), "a file for a device");
	if (geteuid() == 0 && seteuid(NOBODY))
		exit(99);
	tap_ok(is_refused(file, false, "Permission denied"), "a read-only file");
	if (getuid() == 0 && seteuid(0))
		exit(99);
}

static void test_full(void)
{
	struct memory_source m = { .n_bytes = MAX_BYTES };
	struct sink_needs needs;
	struct fail f = { 0 };
	struct sink *sink;

	if (mkdir("small", 0755) || mount("none", "small", "tmpfs", 0, "size=512k") ||
		chdir("small"))
		exit(99);
	make_file(OLD_BYTES);
	sink = grow_sink_new(file, false, &start_lba, &f);
	tap_ok(sink && sink->needs(sink, MAX_BYTES, &needs, &f) == -1 && f.sys_errno == ENOSPC &&
			strstr(f.what, "needs 4,194,204 bytes"),
		"too little space is told before (%s)", f.what);
	sink_free(sink);
	tap_ok(grow(&m, 0, true, &f) == -1 && f.sys_errno == ENOSPC &&
			is_cut_back(OLD_BLOCKS * BLOCK_BYTES),
		"or cut back, where the size was unknown (%s)", f.what);
	if (chdir("..") || umount("small"))
		exit(99);
}

/* Attaches the file to a free loop device. The descriptor that keeps it, or -1. */
static int attach(char device[32])
{
	struct loop_config config = { .info.lo_flags = LO_FLAGS_AUTOCLEAR };
	int control = open("/dev/loop-control", O_RDWR | O_CLOEXEC), fd = -1;
	int backing = open(file, O_RDWR | O_CLOEXEC);

	/* another process may be faster */
	for (int i = 0; i < 20 && fd < 0 && control >= 0 && backing >= 0; i++) {
		snprintf(device, 32, "/dev/loop%d", ioctl(control, LOOP_CTL_GET_FREE));
		fd = open(device, O_RDWR | O_CLOEXEC);
		config.fd = (unsigned)backing;
		if (fd >= 0 && ioctl(fd, LOOP_CONFIGURE, &config)) {
			close(fd);
			fd = -1;
		}
	}
	if (control >= 0)
		close(control);
	if (backing >= 0)
		close(backing);
	return fd;
}

static void test_device(void)
{
	struct memory_source m = { .n_bytes = N_BYTES };
	struct sink_result result;
	struct sink_needs needs;
	struct fail f = { 0 };
	struct sink *sink;
	char device[32];
	int fd;

	make_file(MAX_BYTES);
	fd = attach(device);
	if (fd < 0) {
		tap_skip("a block device", "no loop device here");
		return;
	}
	sink = grow_sink_new(device, true, &start_lba, &f);
	tap_ok(sink && sink->needs(sink, N_BYTES, &needs, &f) == 0 &&
			needs.capacity_bytes == MAX_BYTES - OLD_BLOCKS * BLOCK_BYTES &&
			needs.start_lba == OLD_BLOCKS,
		"a block device: what is left (%s)", f.what);
	tap_ok(sink->needs(sink, MAX_BYTES, &needs, &f) == -1 && strstr(f.what, "is too small"),
		"too much (%s)", f.what);
	tap_ok(is_refused(device, true, "in use"), "a second writer is refused");
	tap_ok(grow_source(sink, &m, N_BYTES, &result, &f) == 0 &&
			sink->rewrite(sink, HEAD_LBA, HEAD_BLOCKS, head, &f) == 0,
		"written");
	sink_free(sink);
	tap_ok(holds(device, OLD_BLOCKS * BLOCK_BYTES, true, N_BYTES) && length() == MAX_BYTES,
		"all of it is there");
	close(fd);
}

static void raise_term(void *unused)
{
	(void)unused;
	raise(SIGTERM);
}

/* Last: from here on signals_caught() is true. */
static void test_signal(void)
{
	struct memory_source m = { .n_bytes = N_BYTES, .hook_at = CHUNK_BYTES, .hook = raise_term };
	struct fail f = { 0 };
	struct sink *sink;

	make_file(OLD_BYTES);
	tap_ok(grow(&m, N_BYTES, true, &f) == -1 && strcmp(f.what, "interrupted") == 0 &&
			is_cut_back(OLD_BLOCKS * BLOCK_BYTES),
		"a signal ends it");
	sink = grow_sink_new(file, false, &start_lba, &f);
	tap_ok(sink && sink->rewrite(sink, HEAD_LBA, HEAD_BLOCKS, head, &f) == -1 &&
			holds(file, OLD_BLOCKS * BLOCK_BYTES, false, 0),
		"and one before a rewrite keeps the old blocks");
	sink_free(sink);
}

int main(void)
{
	tap_enter_folder("/tmp");
	signals_catch();
	test_growing();
	test_failing();
	test_failing_rewrite();
	test_locking();
	test_refusing();
	if (geteuid() || unshare(CLONE_NEWNS) ||
		mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL)) {
		tap_skip("a full disk and block devices", "need root");
	} else {
		test_full();
		test_device();
	}
	test_signal();
	return tap_done();
}
