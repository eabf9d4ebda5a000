/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mmcemu as an LD_PRELOAD library: a program that opens $MMCEMU_DEVICE (default
 * /dev/sr0) gets the emulated burner; no kernel support is needed.
 * $MMCEMU_STATE (a folder) keeps the medium between programs:
 *   drive (state), image (2048-byte blocks), log (SCSI commands).
 * $MMCEMU_MEDIUM: the medium to load when the state is new.
 */
#define MMCEMU_NO_MAIN
#include "mmcemu.c"
#include <dlfcn.h>
#include <pthread.h>
#include <scsi/sg.h>
#define SCSI_IOCTL_GET_IDLUN 0x5382
#define SCSI_IOCTL_GET_BUS_NUMBER 0x5386
#include <linux/cdrom.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/sysmacros.h>

int __open_2(const char *, int);
int __open64_2(const char *, int);
int __xstat(int, const char *, struct stat *);
int __lxstat(int, const char *, struct stat *);
int __fxstat(int, int, struct stat *);
int __xstat64(int, const char *, struct stat64 *);
int __lxstat64(int, const char *, struct stat64 *);
int __fxstat64(int, int, struct stat64 *);
static struct drive *drv;
static int fds[1024];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static const char *device(void) { const char *e = getenv("MMCEMU_DEVICE"); return e ? e : "/dev/sr0"; }

static int setup(void)
{
	if (drv) return 0;
	char p[512];
	const char *dir = getenv("MMCEMU_STATE"), *m = getenv("MMCEMU_MEDIUM");
	if (!dir) return -1;
	snprintf(p, sizeof p, "%s/log", dir);
	int lf = syscall(2, p, O_WRONLY | O_CREAT | O_APPEND, 0600);
	cmd_log = lf < 0 ? NULL : fdopen(lf, "a");
	snprintf(p, sizeof p, "%s/drive", dir);
	int fd = syscall(2, p, O_RDWR | O_CREAT, 0600);
	struct stat s;
	if (fd < 0 || fstat(fd, &s)) return -1;
	int fresh = s.st_size < (off_t) sizeof *drv;
	if (fresh && ftruncate(fd, sizeof *drv)) return -1;
	drv = mmap(NULL, sizeof *drv, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	snprintf(p, sizeof p, "%s/image", dir);
	if (fresh) return load(drv, m ? m : "dvd+r", p, 0);
	image = syscall(2, p, O_RDWR | O_CREAT, 0600);
	return image < 0;
}
static int mine(int fd) { return fd >= 0 && fd < 1024 && fds[fd]; }
static int take(int fd) { if (fd >= 0 && fd < 1024) fds[fd] = 1; return fd; }

#define REAL(name) static __typeof__(&name) real; if (!real) real = (__typeof__(&name)) dlsym(RTLD_NEXT, #name)
int open(const char *path, int flags, ...)
{
	REAL(open);
	va_list a; va_start(a, flags); int mode = va_arg(a, int); va_end(a);
	if (!strcmp(path, device())) {
		if (setup()) { errno = ENXIO; return -1; }
		return take(real("/dev/null", O_RDWR | O_CLOEXEC));
	}
	return real(path, flags, mode);
}
int open64(const char *path, int flags, ...)
{
	va_list a; va_start(a, flags); int mode = va_arg(a, int); va_end(a);
	return open(path, flags, mode);
}
int __open_2(const char *path, int flags) { return open(path, flags); }
int __open64_2(const char *path, int flags) { return open(path, flags); }
int close(int fd) { REAL(close); if (mine(fd)) fds[fd] = 0; return real(fd); }
int fcntl(int fd, int cmd, ...)
{
	REAL(fcntl);
	va_list a; va_start(a, cmd); void *arg = va_arg(a, void *); va_end(a);
	if (mine(fd) && (cmd == F_SETLK || cmd == F_GETLK)) return 0;
	return real(fd, cmd, arg);
}
int fcntl64(int fd, int cmd, ...) { va_list a; va_start(a, cmd); void *arg = va_arg(a, void *); va_end(a); return fcntl(fd, cmd, arg); }
static void fake(struct stat *s) { s->st_mode = S_IFBLK | 0660; s->st_rdev = makedev(11, 0); }
int stat(const char *p, struct stat *s)
{
	REAL(stat);
	if (strcmp(p, device())) return real(p, s);
	memset(s, 0, sizeof *s); fake(s); s->st_ino = 4711; s->st_nlink = 1;
	return 0;
}
int stat64(const char *p, struct stat64 *s) { return stat(p, (struct stat *) s); }
int lstat(const char *p, struct stat *s) { REAL(lstat); return strcmp(p, device()) ? real(p, s) : stat(p, s); }
int lstat64(const char *p, struct stat64 *s) { return lstat(p, (struct stat *) s); }
int fstat(int fd, struct stat *s) { REAL(fstat); int r = real(fd, s); if (!r && mine(fd)) fake(s); return r; }
int fstat64(int fd, struct stat64 *s) { return fstat(fd, (struct stat *) s); }
int __xstat(int v, const char *p, struct stat *s) { (void) v; return stat(p, s); }
int __lxstat(int v, const char *p, struct stat *s) { (void) v; return lstat(p, s); }
int __fxstat(int v, int fd, struct stat *s) { (void) v; return fstat(fd, s); }
int __xstat64(int v, const char *p, struct stat64 *s) { (void) v; return stat64(p, s); }
int __lxstat64(int v, const char *p, struct stat64 *s) { (void) v; return lstat64(p, s); }
int __fxstat64(int v, int fd, struct stat64 *s) { (void) v; return fstat64(fd, s); }
int access(const char *p, int m) { REAL(access); return strcmp(p, device()) ? real(p, m) : 0; }

int ioctl(int fd, unsigned long req, ...)
{
	REAL(ioctl);
	va_list a; va_start(a, req); void *arg = va_arg(a, void *); va_end(a);
	if (!mine(fd)) return real(fd, req, arg);
	switch (req) {
	case SG_IO: {
		sg_io_hdr_t *h = arg;
		struct xfer x = { .cdb = h->cmdp };
		if (h->dxfer_direction == SG_DXFER_TO_DEV) { x.out = h->dxferp; x.out_len = h->dxfer_len; }
		else { x.in = h->dxferp; x.in_max = h->dxfer_len; }
		pthread_mutex_lock(&lock);
		h->status = h->masked_status = mmc_command(drv, &x);
		pthread_mutex_unlock(&lock);
		h->host_status = 0; h->driver_status = h->status ? 8 : 0; h->info = h->status ? 1 : 0;
		h->masked_status = h->status >> 1;
		h->sb_len_wr = 0;
		if (h->status && h->sbp) {
			size_t n = h->mx_sb_len < sizeof x.sense ? h->mx_sb_len : sizeof x.sense;
			memcpy(h->sbp, x.sense, n); h->sb_len_wr = n;
		}
		h->resid = h->dxfer_direction == SG_DXFER_FROM_DEV ? h->dxfer_len - x.in_len : 0;
		h->duration = 1;
		return 0; }
	case SCSI_IOCTL_GET_IDLUN: ((int *) arg)[0] = 0; ((int *) arg)[1] = 0; return 0;
	case SCSI_IOCTL_GET_BUS_NUMBER: *(int *) arg = 0; return 0;
	case CDROM_DRIVE_STATUS: return drv->tray_open ? CDS_TRAY_OPEN : CDS_DISC_OK;
	case CDROM_GET_CAPABILITY: return CDC_OPEN_TRAY | CDC_CD_R | CDC_DVD_R;
	case BLKGETSIZE64: *(uint64_t *) arg = (uint64_t) readable_end(drv) * BLK; return 0;
	}
	errno = ENOTTY;
	return -1;
}
