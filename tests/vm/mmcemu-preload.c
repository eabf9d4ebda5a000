/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The emulated burner as a library to preload: a program that opens $MMCEMU_DEVICE (default
 * /dev/sr0) gets it; no support of the kernel is needed. README.md has the variables.
 *
 * Only what goes through these functions is caught: not a mount, not the block layer.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/cdrom.h>
#include <linux/fs.h>
#include <pthread.h>
#include <scsi/sg.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "mmcemu.h"

#define SCSI_IOCTL_GET_IDLUN 0x5382
#define SCSI_IOCTL_GET_BUS_NUMBER 0x5386
#define EXPORT __attribute__((visibility("default")))
#define REAL(name)                                                                                 \
	static __typeof__(&name) real;                                                             \
	if (!real)                                                                                 \
	real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

enum { GID_CDROM = 24, MAX_FDS = 1024, LONGEST_NAP_US = 5000 };
static struct drive *drv;
static int fds[MAX_FDS];
static int is_gone; /* unplugged */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static const char *device(void)
{
	const char *e = getenv("MMCEMU_DEVICE");
	return e ? e : "/dev/sr0";
}

/* ---- the drive's state, which lives in a folder ---- */

static int open_state(const char *name, int flags)
{
	char p[PATH_MAX];
	snprintf(p, sizeof p, "%s/%s", getenv("MMCEMU_STATE"), name);
	return (int)syscall(SYS_openat, AT_FDCWD, p, flags | O_CREAT | O_CLOEXEC, 0600);
}

static int setup_medium(int is_new)
{
	char p[PATH_MAX];
	const char *name = getenv("MMCEMU_MEDIUM"), *mib = getenv("MMCEMU_MIB");
	snprintf(p, sizeof p, "%s/image", getenv("MMCEMU_STATE"));
	if (!is_new)
		return medium_reopen(p);
	if (medium_load(&drv->m, name ? name : "dvd+r", p, mib ? atoi(mib) : 0))
		return -1;
	command_reset(drv);
	return 0;
}

/* The faults that the environment names, or the file that it names behind an "@". */
static const char *find_faults(void)
{
	static char names[1024];
	const char *given = getenv("MMCEMU_FAULTS");
	if (!given || given[0] != '@')
		return given ? given : "";
	int fd = (int)syscall(SYS_openat, AT_FDCWD, given + 1, O_RDONLY | O_CLOEXEC);
	long n = fd < 0 ? 0 : syscall(SYS_read, fd, names, sizeof names - 1);
	if (fd >= 0)
		syscall(SYS_close, fd);
	names[n > 0 ? n : 0] = '\0';
	names[strcspn(names, "\n")] = '\0';
	return names;
}

/* Arms the faults, anew when they changed. */
static int arm(void)
{
	static char armed[1024];
	const char *names = find_faults();
	if (!strcmp(names, armed))
		return 0;
	snprintf(armed, sizeof armed, "%s", names);
	is_gone = 0;
	fault_arm("none");
	return fault_arm(names);
}

static int open_files(void)
{
	struct stat s;
	int log = open_state("log", O_WRONLY | O_APPEND), fd = open_state("drive", O_RDWR);
	if (log >= 0)
		command_log_to(fdopen(log, "a"));
	if (fd < 0 || syscall(SYS_fstat, fd, &s))
		return -1;
	int is_new = s.st_size < (off_t)sizeof *drv;
	if (is_new && ftruncate(fd, sizeof *drv))
		return -1;
	drv = mmap(NULL, sizeof *drv, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	syscall(SYS_close, fd);
	if (drv == MAP_FAILED || setup_medium(is_new)) {
		drv = NULL;
		return -1;
	}
	return 0;
}

/* Makes the drive of the folder $MMCEMU_STATE the one that answers. */
static int setup(void)
{
	static char folder[PATH_MAX];
	const char *wanted = getenv("MMCEMU_STATE"), *pace = getenv("MMCEMU_PACE");
	if (!wanted)
		return -1;
	if (!drv || strcmp(wanted, folder) != 0) {
		snprintf(folder, sizeof folder, "%s", wanted);
		if (drv)
			munmap(drv, sizeof *drv);
		drv = NULL;
		if (open_files())
			return -1;
	}
	if (pace)
		buffer_pace(atoi(pace));
	fault_apply(drv);
	return 0;
}

/* ---- which paths and descriptors are the drive's ---- */

static int is_drive(const char *path)
{
	return path && !strcmp(path, device());
}

static int is_mine(int fd)
{
	return fd >= 0 && fd < MAX_FDS && fds[fd];
}

static int is_missing(void)
{
	return arm() || is_gone || fault_is_armed("missing", NULL);
}

static int refuse(int error)
{
	errno = error;
	return -1;
}

static int open_drive(int flags)
{
	if (is_missing())
		return refuse(ENOENT);
	if (fault_is_armed("permission", NULL))
		return refuse(EACCES);
	if (flags & O_EXCL && (fault_is_armed("busy", NULL) || fault_is_armed("mounted", NULL)))
		return refuse(EBUSY);
	if (setup())
		return refuse(ENXIO);
	int fd = (int)syscall(SYS_openat, AT_FDCWD, "/dev/null", O_RDWR | O_CLOEXEC);
	if (fd >= MAX_FDS) {
		syscall(SYS_close, fd);
		return refuse(EMFILE);
	}
	if (fd >= 0)
		fds[fd] = 1;
	return fd;
}

static int is_mountinfo(const char *path)
{
	return !strcmp(path, "/proc/self/mountinfo");
}

static int is_mount_table(const char *path)
{
	return path && (!strcmp(path, "/proc/mounts") || !strcmp(path, "/proc/self/mounts") ||
			       !strcmp(path, "/etc/mtab") || is_mountinfo(path));
}

/* A mount table in which the drive stands too; -1: none wanted. */
static int open_mount_table(const char *path)
{
	char b[512];
	if (!is_mount_table(path) || arm() || !fault_is_armed("mounted", NULL))
		return -1;
	int fd = memfd_create("mounts", MFD_CLOEXEC);
	int n = snprintf(b, sizeof b,
		is_mountinfo(path) ? "99 1 11:0 / /media/disc ro,nosuid,nodev - iso9660 %s ro\n"
				   : "%s /media/disc iso9660 ro,nosuid,nodev 0 0\n",
		device());
	if (fd >= 0 && (write(fd, b, (size_t)n) != n || lseek(fd, 0, SEEK_SET)))
		return -1;
	return fd;
}

/* ---- functions that take a path ---- */

EXPORT int open(const char *path, int flags, ...)
{
	REAL(open);
	va_list a;
	va_start(a, flags);
	int mode = va_arg(a, int);
	va_end(a);
	if (is_drive(path))
		return open_drive(flags);
	int fd = open_mount_table(path);
	return fd >= 0 ? fd : real(path, flags, mode);
}

EXPORT int open64(const char *path, int flags, ...)
{
	va_list a;
	va_start(a, flags);
	int mode = va_arg(a, int);
	va_end(a);
	return open(path, flags, mode);
}

EXPORT int openat(int dir, const char *path, int flags, ...)
{
	REAL(openat);
	va_list a;
	va_start(a, flags);
	int mode = va_arg(a, int);
	va_end(a);
	return is_drive(path) || is_mount_table(path) ? open(path, flags, mode)
						      : real(dir, path, flags, mode);
}

EXPORT int openat64(int dir, const char *path, int flags, ...)
{
	va_list a;
	va_start(a, flags);
	int mode = va_arg(a, int);
	va_end(a);
	return openat(dir, path, flags, mode);
}

EXPORT int __open_2(const char *path, int flags);
EXPORT int __open64_2(const char *path, int flags);
EXPORT int __open_2(const char *path, int flags)
{
	return open(path, flags);
}
EXPORT int __open64_2(const char *path, int flags)
{
	return open(path, flags);
}

EXPORT FILE *fopen(const char *path, const char *mode)
{
	REAL(fopen);
	int fd = open_mount_table(path);
	return fd >= 0 ? fdopen(fd, "r") : real(path, mode);
}

EXPORT FILE *fopen64(const char *path, const char *mode)
{
	return fopen(path, mode);
}

static void fill_stat(struct stat *s)
{
	memset(s, 0, sizeof *s);
	s->st_mode = S_IFBLK | 0660;
	s->st_rdev = makedev(11, 0);
	s->st_gid = GID_CDROM;
	s->st_ino = 4711;
	s->st_nlink = 1;
	s->st_blksize = 4096;
}

EXPORT int stat(const char *path, struct stat *s)
{
	REAL(stat);
	if (!is_drive(path))
		return real(path, s);
	if (is_missing())
		return refuse(ENOENT);
	fill_stat(s);
	return 0;
}

EXPORT int lstat(const char *path, struct stat *s)
{
	REAL(lstat);
	return is_drive(path) ? stat(path, s) : real(path, s);
}

EXPORT int fstat(int fd, struct stat *s)
{
	REAL(fstat);
	if (!is_mine(fd))
		return real(fd, s);
	fill_stat(s);
	return 0;
}

EXPORT int fstatat(int dir, const char *path, struct stat *s, int flags)
{
	REAL(fstatat);
	return is_drive(path) ? stat(path, s) : real(dir, path, s, flags);
}

EXPORT int statx(int dir, const char *path, int flags, unsigned mask, struct statx *s)
{
	REAL(statx);
	int is_fd = flags & AT_EMPTY_PATH && !*path && is_mine(dir);
	if (!is_drive(path) && !is_fd)
		return real(dir, path, flags, mask, s);
	if (!is_fd && is_missing())
		return refuse(ENOENT);
	memset(s, 0, sizeof *s);
	s->stx_mask = STATX_BASIC_STATS;
	s->stx_mode = S_IFBLK | 0660;
	s->stx_rdev_major = 11;
	s->stx_gid = GID_CDROM;
	s->stx_ino = 4711;
	s->stx_nlink = 1;
	return 0;
}

/* On this machine struct stat64 is struct stat. */
_Static_assert(sizeof(struct stat) == sizeof(struct stat64), "struct stat64 differs");
EXPORT int stat64(const char *path, struct stat64 *s)
{
	return stat(path, (struct stat *)s);
}
EXPORT int lstat64(const char *path, struct stat64 *s)
{
	return lstat(path, (struct stat *)s);
}
EXPORT int fstat64(int fd, struct stat64 *s)
{
	return fstat(fd, (struct stat *)s);
}
EXPORT int fstatat64(int dir, const char *path, struct stat64 *s, int flags)
{
	return fstatat(dir, path, (struct stat *)s, flags);
}

/* What programs built with a C library before 2.33 call. */
EXPORT int __xstat(int v, const char *path, struct stat *s);
EXPORT int __lxstat(int v, const char *path, struct stat *s);
EXPORT int __fxstat(int v, int fd, struct stat *s);
EXPORT int __xstat64(int v, const char *path, struct stat64 *s);
EXPORT int __lxstat64(int v, const char *path, struct stat64 *s);
EXPORT int __fxstat64(int v, int fd, struct stat64 *s);
EXPORT int __xstat(int v, const char *path, struct stat *s)
{
	(void)v;
	return stat(path, s);
}
EXPORT int __lxstat(int v, const char *path, struct stat *s)
{
	(void)v;
	return lstat(path, s);
}
EXPORT int __fxstat(int v, int fd, struct stat *s)
{
	(void)v;
	return fstat(fd, s);
}
EXPORT int __xstat64(int v, const char *path, struct stat64 *s)
{
	(void)v;
	return stat64(path, s);
}
EXPORT int __lxstat64(int v, const char *path, struct stat64 *s)
{
	(void)v;
	return lstat64(path, s);
}
EXPORT int __fxstat64(int v, int fd, struct stat64 *s)
{
	(void)v;
	return fstat64(fd, s);
}

static int may_access(int mode)
{
	if (is_missing())
		return refuse(ENOENT);
	if (mode != F_OK && fault_is_armed("permission", NULL))
		return refuse(EACCES);
	return 0;
}

EXPORT int access(const char *path, int mode)
{
	REAL(access);
	return is_drive(path) ? may_access(mode) : real(path, mode);
}

EXPORT int faccessat(int dir, const char *path, int mode, int flags)
{
	REAL(faccessat);
	return is_drive(path) ? may_access(mode) : real(dir, path, mode, flags);
}

EXPORT char *realpath(const char *path, char *resolved)
{
	REAL(realpath);
	char link[PATH_MAX];
	ssize_t n = is_drive(path) ? -1 : readlink(path, link, sizeof link - 1);
	if (n > 0)
		link[n] = 0;
	if (!is_drive(path) && !(n > 0 && is_drive(link)))
		return real(path, resolved);
	if (is_missing()) {
		errno = ENOENT;
		return NULL;
	}
	return resolved ? strcpy(resolved, device()) : strdup(device());
}

EXPORT char *canonicalize_file_name(const char *path)
{
	return realpath(path, NULL);
}

EXPORT char *__realpath_chk(const char *path, char *resolved, size_t n);
EXPORT char *__realpath_chk(const char *path, char *resolved, size_t n)
{
	(void)n;
	return realpath(path, resolved);
}

/* ---- functions that take a descriptor ---- */

EXPORT int close(int fd)
{
	REAL(close);
	if (is_mine(fd))
		fds[fd] = 0;
	return real(fd);
}

EXPORT int fcntl(int fd, int cmd, ...)
{
	REAL(fcntl);
	va_list a;
	va_start(a, cmd);
	void *arg = va_arg(a, void *);
	va_end(a);
	if (is_mine(fd) && (cmd == F_SETLK || cmd == F_GETLK))
		return 0;
	return real(fd, cmd, arg);
}

EXPORT int fcntl64(int fd, int cmd, ...)
{
	va_list a;
	va_start(a, cmd);
	void *arg = va_arg(a, void *);
	va_end(a);
	return fcntl(fd, cmd, arg);
}

/* As the kernel's block layer knows it. */
static off_t size(void)
{
	if (fault_is_armed("stale-size", NULL))
		return BLK;
	return (off_t)medium_readable_end(&drv->m) * BLK;
}

/* What that reads, of whole blocks: in commands of 64 KiB, as the kernel sends them. */
static ssize_t read_blocks(uint8_t *buf, size_t n, off_t at)
{
	enum { AT_ONCE = 32 * BLK };
	off_t end = size();
	size_t done = 0, piece;
	if (at >= end)
		return 0;
	if ((off_t)n > end - at)
		n = (size_t)(end - at);
	for (; done < n; done += piece) {
		uint32_t lba = (uint32_t)((at + (off_t)done) / BLK);
		piece = n - done < AT_ONCE ? n - done : AT_ONCE;
		/* READ (10) */
		uint8_t cdb[10] = { 0x28, 0, (uint8_t)(lba >> 24), (uint8_t)(lba >> 16),
			(uint8_t)(lba >> 8), (uint8_t)lba, 0, 0, (uint8_t)(piece / BLK) };
		struct xfer x = { .cdb = cdb, .in = buf + done, .in_max = piece };
		if (command_run(drv, &x))
			return done ? (ssize_t)done : refuse(EIO);
	}
	return (ssize_t)done;
}

EXPORT ssize_t pread(int fd, void *buf, size_t n, off_t at)
{
	REAL(pread);
	if (!is_mine(fd))
		return real(fd, buf, n, at);
	if (n % BLK || at % BLK)
		return refuse(EINVAL);
	pthread_mutex_lock(&lock);
	ssize_t result = read_blocks(buf, n, at);
	int error = errno;
	pthread_mutex_unlock(&lock);
	errno = error;
	return result;
}

EXPORT ssize_t pread64(int fd, void *buf, size_t n, off64_t at)
{
	return pread(fd, buf, n, at);
}

EXPORT off_t lseek(int fd, off_t at, int whence)
{
	REAL(lseek);
	if (!is_mine(fd) || whence != SEEK_END)
		return real(fd, at, whence);
	return size() + at;
}

EXPORT off64_t lseek64(int fd, off64_t at, int whence)
{
	return lseek(fd, at, whence);
}

/* Ends the program that sends the command, where a fault says so. */
static void end_program(const struct xfer *x, int32_t lba, uint32_t n)
{
	static int n_closing;
	int32_t wanted;
	if (n && fault_block("killed", lba, n) != NO_LBA)
		kill(getpid(), SIGKILL);
	if (n && fault_block("terminated", lba, n) != NO_LBA)
		kill(getpid(), SIGTERM);
	if ((x->cdb[0] == 0x5B || x->cdb[0] == 0x35) && fault_is_armed("killed-closing", &wanted) &&
		++n_closing == wanted)
		kill(getpid(), SIGKILL);
}

static int sg_io(sg_io_hdr_t *h)
{
	int32_t lba = 0;
	uint32_t n = 0;
	struct xfer x = { .cdb = h->cmdp };
	if (h->dxfer_direction == SG_DXFER_TO_DEV) {
		x.out = h->dxferp;
		x.n_out = h->dxfer_len;
	} else {
		x.in = h->dxferp;
		x.in_max = h->dxfer_len;
	}
	if (!command_is_output(x.cdb) || command_range(&x, &lba, &n))
		n = 0;
	if (n && fault_block("gone", lba, n) != NO_LBA)
		is_gone = 1;
	end_program(&x, lba, n);
	if (is_gone)
		return refuse(ENODEV);
	int status = command_run(drv, &x);
	h->status = (unsigned char)status;
	h->masked_status = (unsigned char)(status >> 1);
	h->host_status = 0;
	h->driver_status = status ? 8 : 0;
	h->info = status ? 1 : 0;
	h->sb_len_wr = 0;
	if (status && h->sbp) {
		size_t m = h->mx_sb_len < sizeof x.sense ? h->mx_sb_len : sizeof x.sense;
		memcpy(h->sbp, x.sense, m);
		h->sb_len_wr = (unsigned char)m;
	}
	h->resid = h->dxfer_direction == SG_DXFER_FROM_DEV ? (int)(h->dxfer_len - x.n_in) : 0;
	h->duration = 1;
	return 0;
}

/* READ TOC, as the kernel sends it (Linux: drivers/scsi/sr_ioctl.c, sr_vendor.c). 0 or -1. */
static int read_toc(int format, int track, int is_msf, uint8_t reply[12])
{
	uint8_t cdb[10] = { 0x43, is_msf ? 2 : 0, 0, 0, 0, 0, (uint8_t)track, 0, 12,
		(uint8_t)(format << 6) };
	struct xfer x = { .cdb = cdb, .in = reply, .in_max = 12 };
	return command_run(drv, &x) ? refuse(EIO) : 0;
}

static int toc_header(struct cdrom_tochdr *h)
{
	uint8_t b[12] = { 0 };
	if (read_toc(0, 0, 0, b))
		return -1;
	h->cdth_trk0 = b[2];
	h->cdth_trk1 = b[3];
	return 0;
}

static void take_address(union cdrom_addr *a, int is_msf, const uint8_t *p)
{
	if (is_msf)
		a->msf = (struct cdrom_msf0){ p[1], p[2], p[3] };
	else
		a->lba = (int)get32(p);
}

static int toc_entry(struct cdrom_tocentry *e)
{
	uint8_t b[12] = { 0 };
	int is_msf = e->cdte_format == CDROM_MSF;
	if (read_toc(0, e->cdte_track, is_msf, b))
		return -1;
	e->cdte_ctrl = b[5] & 15;
	e->cdte_adr = b[5] >> 4;
	e->cdte_datamode = e->cdte_ctrl & CDROM_DATA_TRACK ? 1 : 0;
	take_address(&e->cdte_addr, is_msf, b + 8);
	return 0;
}

/* Where the last session begins; 0 where it is the only one. */
static int last_session(struct cdrom_multisession *s)
{
	uint8_t b[12] = { 0 };
	int is_msf = s->addr_format == CDROM_MSF;
	if (read_toc(1, 0, is_msf, b))
		return -1;
	s->xa_flag = b[6] > 1;
	if (!s->xa_flag)
		memset(b, 0, sizeof b);
	take_address(&s->addr, is_msf, b + 8);
	return 0;
}

static int drive_ioctl(unsigned long request, void *arg)
{
	switch (request) {
	case SG_IO:
		return sg_io(arg);
	case SCSI_IOCTL_GET_IDLUN:
		((int *)arg)[0] = ((int *)arg)[1] = 0;
		return 0;
	case SCSI_IOCTL_GET_BUS_NUMBER:
	case SG_EMULATED_HOST:
		*(int *)arg = 0;
		return 0;
	case SG_GET_VERSION_NUM:
		*(int *)arg = 30530;
		return 0;
	case SG_GET_RESERVED_SIZE:
		*(int *)arg = MAX_XFER;
		return 0;
	case SG_SET_RESERVED_SIZE:
	case SG_SET_TIMEOUT:
	case SG_GET_TIMEOUT:
	case CDROM_MEDIA_CHANGED:
		return 0;
	case CDROM_DRIVE_STATUS:
		return drv->tray_is_open                   ? CDS_TRAY_OPEN
		       : fault_is_armed("no-medium", NULL) ? CDS_NO_DISC
							   : CDS_DISC_OK;
	case CDROMREADTOCHDR:
		return toc_header(arg);
	case CDROMREADTOCENTRY:
		return toc_entry(arg);
	case CDROMMULTISESSION:
		return last_session(arg);
	case CDROM_GET_CAPABILITY:
		return CDC_OPEN_TRAY | CDC_CD_R | CDC_DVD_R;
	case BLKGETSIZE64:
		*(uint64_t *)arg = (uint64_t)medium_readable_end(&drv->m) * BLK;
		return 0;
	}
	return refuse(ENOTTY);
}

EXPORT int ioctl(int fd, unsigned long request, ...)
{
	REAL(ioctl);
	va_list a;
	va_start(a, request);
	void *arg = va_arg(a, void *);
	va_end(a);
	if (!is_mine(fd))
		return real(fd, request, arg);
	pthread_mutex_lock(&lock);
	int result = drive_ioctl(request, arg);
	int error = errno;
	pthread_mutex_unlock(&lock);
	errno = error;
	return result;
}

/* ---- waiting ---- */

/* libburn asks a busy drive once or twice a second whether it still is, and waits by usleep and
 * sleep. This drive is asked sooner. */
EXPORT int usleep(useconds_t us)
{
	REAL(usleep);
	return real(us < LONGEST_NAP_US || getenv("MMCEMU_PATIENT") ? us : LONGEST_NAP_US);
}

EXPORT unsigned sleep(unsigned seconds)
{
	REAL(sleep);
	if (seconds == 0 || getenv("MMCEMU_PATIENT"))
		return real(seconds);
	usleep(LONGEST_NAP_US);
	return 0;
}
