/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sink for block devices, tried on a loop device. Needs root; mounts stay in a name space of
 * the test's own. */
#include <errno.h>
#include <fcntl.h>
#include <linux/blkpg.h>
#include <linux/loop.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/swap.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "burn/device_sink.h"
#include "lib/memory_source.h"
#include "lib/tap.h"
#include "util/sector.h"
#include "util/signals.h"

enum {
	DISK_BYTES = 16 << 20,
	N_BYTES = 5 * CHUNK_BYTES + 3 * BLOCK_BYTES,
	PARTITION_AT = 1 << 20,
};

static char folder[] = "/tmp/device_sink_test-XXXXXX", disk[64], mount_point[64];
static char device[32], partition[64];

/* Attaches disk to a free loop device. The descriptor that keeps it, or -1. */
static int attach(unsigned flags)
{
	struct loop_config config = { .info.lo_flags = LO_FLAGS_AUTOCLEAR | flags };
	int control = open("/dev/loop-control", O_RDWR | O_CLOEXEC), backing, fd = -1;

	backing = open(disk, (flags & LO_FLAGS_READ_ONLY ? O_RDONLY : O_RDWR) | O_CLOEXEC);
	/* another process may be faster */
	for (int i = 0; i < 20 && fd < 0 && control >= 0 && backing >= 0; i++) {
		int number = ioctl(control, LOOP_CTL_GET_FREE);

		snprintf(device, sizeof device, "/dev/loop%d", number);
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

/* A disk full of 0xaa. */
static void make_disk(void)
{
	static uint8_t bytes[DISK_BYTES];
	int fd = open(disk, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	memset(bytes, 0xaa, sizeof bytes);
	if (fd < 0 || write(fd, bytes, sizeof bytes) != sizeof bytes)
		exit(99);
	close(fd);
}

static int put_source(struct memory_source *m, uint64_t announced, struct fail *f)
{
	struct burn_source *s = memory_source_new(m);
	struct sink_result result;
	struct sink *sink;
	int r;

	*f = (struct fail){ 0 };
	sink = device_sink_new(device, f);
	r = sink_run(sink, s, announced, NULL, &result, f);
	sink_free(sink);
	stage_free(s);
	return r;
}

/* What the sink says beforehand. */
static int check(uint64_t n_bytes, struct sink_needs *needs, struct fail *f)
{
	struct sink *sink = device_sink_new(device, f);
	int r = sink->needs(sink, n_bytes, needs, f);

	sink_free(sink);
	return r;
}

static int put(uint64_t n_bytes, uint64_t announced, struct fail *f)
{
	struct memory_source m = { .n_bytes = n_bytes };

	return put_source(&m, announced, f);
}

/* True where nothing can be written, for that reason. */
static bool is_refused(const char *reason)
{
	struct memory_source m = { .n_bytes = N_BYTES };
	struct fail f = { 0 };
	struct sink_needs needs;
	bool refused = check(N_BYTES, &needs, &f) == -1 && f.code == FAIL_DRIVE;

	refused = refused && put_source(&m, N_BYTES, &f) == -1 && f.code == FAIL_DRIVE &&
		  m.n_reads == 0 && strstr(f.what, reason) && strcmp(f.object, device) == 0;
	tap_note("%s: %s: %s", f.object, f.what, f.sys_errno ? strerror(f.sys_errno) : "");
	return refused;
}

static bool disk_holds(uint64_t n_bytes)
{
	static uint8_t got[DISK_BYTES], want[DISK_BYTES];
	int fd = open(disk, O_RDONLY | O_CLOEXEC);
	bool same;

	memset(want, 0xaa, sizeof want);
	memory_source_bytes(want, 0, n_bytes);
	same = fd >= 0 && read(fd, got, sizeof got) == sizeof got;
	if (fd >= 0)
		close(fd);
	return same && memcmp(got, want, n_bytes) == 0 &&
	       memcmp(got + n_bytes, want + n_bytes, DISK_BYTES - n_bytes) == 0;
}

static void test_writing(void)
{
	static uint8_t old[BLOCK_BYTES], got[BLOCK_BYTES], want[BLOCK_BYTES];
	int fd = attach(0), reader = open(device, O_RDONLY | O_CLOEXEC);
	struct sink_needs needs;
	struct fail f;

	/* what the kernel remembers of the old contents */
	if (fd < 0 || reader < 0 || pread(reader, old, sizeof old, 0) != sizeof old)
		exit(99);
	tap_ok(put(N_BYTES, N_BYTES, &f) == 0 && disk_holds(N_BYTES),
		"written from the start, nothing behind (%s)", f.what);
	memory_source_bytes(want, 0, sizeof want);
	tap_ok(pread(reader, got, sizeof got, 0) == sizeof got &&
			memcmp(got, want, sizeof got) == 0,
		"and seen by who has it open");
	tap_ok(put(N_BYTES - 1, N_BYTES, &f) == -1 && strstr(f.what, "shorter than"), "too little");
	tap_ok(put(N_BYTES + 1, N_BYTES, &f) == -1 && strstr(f.what, "longer than"), "too much");
	tap_ok(put(DISK_BYTES, DISK_BYTES, &f) == 0 && disk_holds(DISK_BYTES), "filled to the end");
	tap_ok(put(DISK_BYTES + BLOCK_BYTES, 0, &f) == -1 && f.sys_errno == ENOSPC,
		"unknown size, and no space left");
	f = (struct fail){ 0 };
	tap_ok(check(DISK_BYTES, &needs, &f) == 0 && needs.capacity_bytes == DISK_BYTES,
		"what it can take");
	tap_ok(check(DISK_BYTES + BLOCK_BYTES, &needs, &f) == -1, "checked beforehand");
	tap_ok(put(DISK_BYTES + BLOCK_BYTES, DISK_BYTES + BLOCK_BYTES, &f) == -1 &&
			f.code == FAIL_DRIVE &&
			strstr(f.what, "too small: needs 16,779,264 bytes (16.8 MB), has 16,777"),
		"too small is told with both numbers (%s)", f.what);
	close(reader);
	close(fd);
}

static void test_refusing(void)
{
	int fd, holder;

	make_disk();
	fd = attach(LO_FLAGS_READ_ONLY);
	tap_ok(fd >= 0 && is_refused(""), "a write-protected device");
	close(fd);
	fd = attach(0);
	holder = open(device, O_RDONLY | O_EXCL | O_CLOEXEC);
	tap_ok(holder >= 0 && is_refused("in use"), "a device that someone holds");
	close(holder);
	close(fd);
	strcpy(device, folder);
	tap_ok(is_refused("not a block device"), "a directory");
	strcpy(device, "/dev/null");
	tap_ok(is_refused("not a block device"), "a character device");
	strcpy(device, "/dev/absent-disk");
	tap_ok(is_refused("can't be opened"), "nothing");
}

static bool run(const char *command, const char *path)
{
	char line[200];

	snprintf(line, sizeof line, "%s %s >/dev/null 2>&1", command, path);
	return system(line) == 0;
}

static void test_mounted(void)
{
	int fd = attach(0);
	struct fail f;

	if (fd < 0 || !run("mkfs.ext4 -q -F", device) ||
		mount(device, mount_point, "ext4", MS_RDONLY, NULL)) {
		tap_skip("a mounted device", "ext4 can't be made or mounted here");
	} else {
		tap_ok(is_refused("is mounted on /tmp/device_sink_test"), "a mounted device");
		umount(mount_point);
		tap_ok(put(N_BYTES, N_BYTES, &f) == 0, "which is free once it is unmounted");
	}
	close(fd);
}

/* Tells the kernel of a partition, which needs no table of them; and makes a node, as there may be
 * no udev. */
static bool make_partition(int fd)
{
	struct blkpg_partition part = {
		.start = PARTITION_AT, .length = DISK_BYTES - PARTITION_AT, .pno = 1
	};
	struct blkpg_ioctl_arg arg = { BLKPG_ADD_PARTITION, 0, sizeof part, &part };
	unsigned major_number, minor_number;
	char path[100];
	FILE *file;
	int n = 0;

	if (fd < 0 || ioctl(fd, BLKPG, &arg))
		return false;
	snprintf(path, sizeof path, "/sys/class/block/%sp1/dev", device + strlen("/dev/"));
	file = fopen(path, "re");
	if (file) {
		n = fscanf(file, "%u:%u", &major_number, &minor_number);
		fclose(file);
	}
	return n == 2 && mknod(partition, S_IFBLK | 0600, makedev(major_number, minor_number)) == 0;
}

static void test_partition(void)
{
	int fd;

	make_disk();
	fd = attach(LO_FLAGS_PARTSCAN);
	if (!make_partition(fd) || !run("mkfs.ext4 -q -F", partition) ||
		mount(partition, mount_point, "ext4", MS_RDONLY, NULL)) {
		tap_skip("a mounted partition", "no partitions of loop devices here");
	} else {
		tap_ok(is_refused("p1 is mounted on"), "a device with a mounted partition");
		umount(mount_point);
	}
	close(fd);
}

static void test_swap(void)
{
	int fd = attach(0);

	if (fd < 0 || !run("mkswap", device) || swapon(device, 0)) {
		tap_skip("a swap device", "can't be made or used here");
	} else {
		tap_ok(is_refused("is used for swapping"), "a swap device");
		swapoff(device);
	}
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
	int fd = attach(0);
	struct fail f;

	signals_catch();
	tap_ok(put_source(&m, N_BYTES, &f) == -1 && strcmp(f.what, "interrupted") == 0,
		"a signal ends it");
	close(fd);
}

int main(void)
{
	int fd;

	if (!mkdtemp(folder))
		exit(99);
	snprintf(disk, sizeof disk, "%s/disk", folder);
	snprintf(mount_point, sizeof mount_point, "%s/mnt", folder);
	snprintf(partition, sizeof partition, "%s/partition", folder);
	mkdir(mount_point, 0700);
	make_disk();
	fd = attach(0);
	if (fd >= 0)
		close(fd);
	if (fd < 0 || unshare(CLONE_NEWNS) || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL)) {
		tap_skip("block devices", "no loop device here (needs root)");
	} else {
		test_writing();
		test_refusing();
		test_mounted();
		test_partition();
		test_swap();
		test_signal();
	}
	unlink(partition);
	unlink(disk);
	rmdir(mount_point);
	rmdir(folder);
	return tap_done();
}
