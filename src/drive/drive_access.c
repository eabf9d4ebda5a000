/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "drive/drive_access.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <linux/cdrom.h>
#include <linux/major.h>
#include <scsi/sg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

#include "burn/device_use.h"
#include "util/number.h"
#include "util/signals.h"

/* SCSI peripheral device type of CD, DVD and BD drives (SPC-3, table 83). */
enum { TYPE_OPTICAL = 5 };
enum { BUSY_TRIES = 6, BUSY_NAP_MS = 500 };

/* The SCSI type in /sys of a device, -1 where it has none. */
static int scsi_type(const struct stat *st)
{
	char path[64];
	FILE *file;
	int type;

	snprintf(path, sizeof path, "/sys/dev/%s/%u:%u/device/type",
		S_ISBLK(st->st_mode) ? "block" : "char", major(st->st_rdev), minor(st->st_rdev));
	file = fopen(path, "re");
	if (!file)
		return -1;
	if (fscanf(file, "%d", &type) != 1)
		type = -1;
	fclose(file);
	return type;
}

bool drive_access_is_optical(const char *path)
{
	struct stat st;

	if (stat(path, &st))
		return false;
	if (S_ISBLK(st.st_mode) && major(st.st_rdev) == SCSI_CDROM_MAJOR)
		return true;
	if (S_ISBLK(st.st_mode) || (S_ISCHR(st.st_mode) && major(st.st_rdev) == SCSI_GENERIC_MAJOR))
		return scsi_type(&st) == TYPE_OPTICAL;
	return false;
}

static int refuse_missing(const char *path, struct fail *f)
{
	if (errno != ENOENT && errno != ENXIO && errno != ENODEV && errno != ENOTDIR)
		return fail_errno(f, FAIL_DRIVE, path, "can't be accessed");
	fail_set(f, FAIL_DRIVE, path, "no such drive");
	fail_hint(f, "check that the drive is connected and switched on; run "
		     "\"xburncrypt drives\" for a list");
	return -1;
}

static int refuse_other(const char *path, const struct stat *st, struct fail *f)
{
	if (S_ISBLK(st->st_mode)) {
		fail_set(f, FAIL_DRIVE, path,
			"is not an optical drive but another block device, such as a USB stick or "
			"a hard disk");
		fail_hint(f, "run \"xburncrypt drives\" for the optical drives");
		return -1;
	}
	fail_set(f, FAIL_DRIVE, path, "is not an optical drive");
	fail_hint(f, "run \"xburncrypt drives\" for a list");
	return -1;
}

static int refuse_permission(const char *path, const struct stat *st, struct fail *f)
{
	struct group *group = getgrgid(st->st_gid);
	const mode_t both = S_IRGRP | S_IWGRP;

	if ((st->st_mode & both) == both && group && st->st_gid != 0) {
		fail_set(f, FAIL_DRIVE, path,
			"no permission: only root and the group \"%s\" may use the drive",
			group->gr_name);
		fail_hint(
			f, "run \"sudo usermod -aG %s $USER\", then log in again", group->gr_name);
		return -1;
	}
	fail_set(f, FAIL_DRIVE, path,
		"no permission: the drive belongs to the group \"%s\", which may not use it",
		group ? group->gr_name : "?");
	fail_hint(f, "ask the administrator for access to the drive");
	return -1;
}

static int refuse_use(const char *path, dev_t dev, struct fail *f)
{
	char use[512];

	if (!device_use_find(dev, use, sizeof use))
		return 0;
	fail_set(f, FAIL_DRIVE, path, "is in use: %s", use);
	fail_hint(f, "unmount the medium (umount) or close what holds it (cryptsetup close) first");
	return -1;
}

/* True where process number holds target open. */
static bool has_open(const char *number, const char *target)
{
	char path[300], link[600];
	struct dirent *entry;
	bool found = false;
	DIR *folder;

	snprintf(path, sizeof path, "/proc/%.20s/fd", number);
	folder = opendir(path);
	while (folder && !found && (entry = readdir(folder))) {
		ssize_t n = readlinkat(dirfd(folder), entry->d_name, link, sizeof link - 1);

		if (n > 0) {
			link[n] = '\0';
			found = strcmp(link, target) == 0;
		}
	}
	if (folder)
		closedir(folder);
	return found;
}

/* Name and number of a process that has the device open, as far as /proc shows it. */
static bool find_user(const char *path, char *out, size_t n_out)
{
	char *target = realpath(path, NULL), comm[64] = "", self[24];
	DIR *folder = opendir("/proc");
	struct dirent *entry;
	bool found = false;

	snprintf(self, sizeof self, "%d", (int)getpid());
	while (folder && target && !found && (entry = readdir(folder))) {
		char name[300];
		FILE *file;

		if (!isdigit((unsigned char)entry->d_name[0]) || strcmp(entry->d_name, self) == 0 ||
			!has_open(entry->d_name, target))
			continue;
		snprintf(name, sizeof name, "/proc/%s/comm", entry->d_name);
		file = fopen(name, "re");
		if (file && fgets(comm, sizeof comm, file))
			comm[strcspn(comm, "\n")] = '\0';
		if (file)
			fclose(file);
		snprintf(out, n_out, "%s (process %.20s)", comm, entry->d_name);
		found = true;
	}
	if (folder)
		closedir(folder);
	free(target);
	return found;
}

static int refuse_busy(const char *path, struct fail *f)
{
	char user[128];

	if (find_user(path, user, sizeof user))
		fail_set(f, FAIL_DRIVE, path, "is busy: %s is using it", user);
	else
		fail_set(f, FAIL_DRIVE, path, "is busy: another program is using it");
	fail_hint(f, "wait until that program has finished, or end it");
	return -1;
}

/* Opens the device as libburn will, only to learn whether that works. */
static int check_open(const char *path, const struct stat *st, struct fail *f)
{
	const struct timespec nap = { .tv_nsec = BUSY_NAP_MS * 1000000L };

	for (int i = 0; i < BUSY_TRIES; i++) {
		int fd = open(path, O_RDWR | O_NONBLOCK | O_EXCL | O_CLOEXEC);

		if (fd >= 0) {
			close(fd);
			return 0;
		}
		if (errno != EBUSY || signals_caught())
			break;
		nanosleep(&nap, NULL);
	}
	switch (errno) {
	case EBUSY:
		return refuse_busy(path, f);
	case EACCES:
	case EPERM:
		return refuse_permission(path, st, f);
	case ENXIO:
	case ENODEV:
		return refuse_missing(path, f);
	default:
		return fail_errno(f, FAIL_DRIVE, path, "can't be opened");
	}
}

int drive_access_check(const char *path, struct fail *f)
{
	struct stat st;

	if (stat(path, &st))
		return refuse_missing(path, f);
	if (!drive_access_is_optical(path))
		return refuse_other(path, &st, f);
	if (access(path, R_OK | W_OK) && errno == EACCES)
		return refuse_permission(path, &st, f);
	if (S_ISBLK(st.st_mode) && refuse_use(path, st.st_rdev, f))
		return -1;
	return check_open(path, &st, f);
}

bool drive_access_tray_is_open(const char *path)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC), status;

	if (fd < 0)
		return false;
	status = ioctl(fd, CDROM_DRIVE_STATUS, CDSL_CURRENT);
	close(fd);
	return status == CDS_TRAY_OPEN;
}

/* Sends a command, for n_reply bytes of its reply. Returns how many came; -1: none. */
static int ask(const char *path, uint8_t command[10], uint8_t *reply, uint16_t n_reply)
{
	enum { TIMEOUT_MS = 30000 };
	sg_io_hdr_t io = { .interface_id = 'S',
		.dxfer_direction = SG_DXFER_FROM_DEV,
		.cmdp = command,
		.cmd_len = 10,
		.dxferp = reply,
		.dxfer_len = n_reply,
		.timeout = TIMEOUT_MS };
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC), failed;

	if (fd < 0)
		return -1;
	number_put_be16(command + 7, n_reply);
	failed = ioctl(fd, SG_IO, &io);
	close(fd);
	return failed || io.status ? -1 : (int)n_reply - io.resid;
}

bool drive_access_is_session_open(const char *path)
{
	enum { REPLY_BYTES = 12, INCOMPLETE = 1, DAMAGED = 2 };
	/* READ DISC INFORMATION (MMC-5, 6.22): state of last session */
	uint8_t command[10] = { 0x51 }, reply[REPLY_BYTES] = { 0 };
	int state;

	if (ask(path, command, reply, REPLY_BYTES) != REPLY_BYTES)
		return false;
	state = reply[2] >> 2 & 3;
	return state == INCOMPLETE || state == DAMAGED;
}

/* READ TOC/PMA/ATIP (MMC-5, 6.25), the format in the place where old drives have it, too (Linux:
 * drivers/scsi/sr_vendor.c). Returns how many bytes of reply are there. */
static size_t read_toc(const char *path, uint8_t format, uint8_t *reply, uint16_t n)
{
	uint8_t command[10] = { 0x43, [9] = (uint8_t)(format << 6) };
	int n_got = ask(path, command, reply, n), n_there;

	if (n_got < 2)
		return 0;
	n_there = number_be16(reply) + 2;
	return (size_t)(n_there < n_got ? n_there : n_got);
}

size_t drive_access_tracks(const char *path, uint64_t *lbas, size_t max)
{
	enum { HEADER_BYTES = 4, ENTRY_BYTES = 8, ENTRIES_MAX = 100 };
	enum { LEAD_OUT = 0xaa, CONTROL_DATA = 4 };
	uint8_t reply[HEADER_BYTES + ENTRIES_MAX * ENTRY_BYTES];
	size_t n = 0;

	/* all tracks; then the first one of the last session, which the first list of a medium with
	 * very many may lack */
	for (uint8_t format = 0; format <= 1; format++) {
		size_t n_there = read_toc(path, format, reply, sizeof reply);

		for (size_t i = HEADER_BYTES; i + ENTRY_BYTES <= n_there; i += ENTRY_BYTES) {
			uint64_t lba = number_be32(reply + i + 4);

			if (reply[i + 2] != LEAD_OUT && reply[i + 1] & CONTROL_DATA && n < max &&
				(n == 0 || lba > lbas[n - 1]))
				lbas[n++] = lba;
		}
	}
	return n;
}
