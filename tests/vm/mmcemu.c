/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The emulated burner as a LIO "user" backstore of the Linux kernel (target_core_user), which with
 * tcm_loop shows it as /dev/srN and /dev/sgN.
 *
 *   mmcemu -m MEDIUM [-s MIB] [-f IMAGE] [-l LOG] [-x FAULTS] [-p KBS] [-c FIFO] -d CONFIGFS
 *   mmcemu -F
 *
 * CONFIGFS  the backstore's folder, such as .../target/core/user_0/burner
 * MEDIUM    cd-r cd-rw dvd-r dvd-rw dvd-r-dl dvd+r dvd+r-dl dvd+rw dvd-ram bd-r bd-re,
 *           or cd-rom dvd-rom bd-rom (a finished disc with the blocks of IMAGE)
 * IMAGE     file that holds the medium's 2048-byte blocks (a sparse file)
 * LOG       each command: CDB, bytes moved, status and sense
 * FAULTS    as in README.md, with commas between; -F lists them
 * KBS       the buffer empties in real time, at this speed (0: at the set speed)
 * FIFO      takes lines: "insert MEDIUM MIB [FAULTS]" swaps the medium (MIB 0: its own size),
 *           "fault FAULTS" arms faults beside those that are, "fault none" disarms all
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#define iovec tcmu_iovec /* linux/uio.h has its own struct iovec */
#include <linux/target_core_user.h>
#undef iovec

#include "mmcemu.h"

static const char *image_path = "/tmp/mmcemu.img";

static int write_file(const char *dir, const char *name, const char *text)
{
	char path[512];
	snprintf(path, sizeof path, "%s/%s", dir, name);
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : write(fd, text, strlen(text));
	if (n < 0)
		fprintf(stderr, "mmcemu: %s: %m\n", path);
	if (fd >= 0)
		close(fd);
	return n < 0 ? -1 : 0;
}

/* ---- orders by the FIFO ---- */

static int insert(struct drive *d, const char *medium, int mib, const char *names)
{
	fault_arm("none");
	if (fault_arm(names) || medium_load(&d->m, medium, image_path, mib))
		return -1;
	command_reset(d);
	fault_apply(d);
	command_note("medium %s", medium);
	return 0;
}

static void take_orders(struct drive *d, int fifo)
{
	char text[1024], medium[32], *rest, *line;
	ssize_t n = read(fifo, text, sizeof text - 1);
	if (n <= 0)
		return;
	text[n] = 0;
	for (line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		int mib = 0, at = 0;
		if (!strncmp(line, "fault ", 6)) {
			if (!fault_arm(line + 6))
				fault_apply(d);
			command_note("armed %s", line + 6);
		} else if (sscanf(line, "insert %31s %d %n", medium, &mib, &at) >= 1) {
			insert(d, medium, mib, at ? line + at : "");
		}
	}
}

/* ---- the ring that the kernel and this program share ---- */

struct ring {
	int fd;
	uint8_t *map;
	uint8_t *data; /* of one command */
};

static size_t copy_iov(
	const struct ring *r, const struct tcmu_iovec *v, int n, size_t size, int to_iov)
{
	size_t at = 0;
	for (int i = 0; i < n && at < size; i++) {
		size_t c = v[i].iov_len < size - at ? v[i].iov_len : size - at;
		uint8_t *p = r->map + (size_t)v[i].iov_base;
		if (to_iov)
			memcpy(p, r->data + at, c);
		else
			memcpy(r->data + at, p, c);
		at += c;
	}
	return at;
}

static void serve_command(struct drive *d, struct ring *r, struct tcmu_cmd_entry *e)
{
	volatile struct tcmu_mailbox *mb = (void *)r->map;
	struct tcmu_iovec *v = (void *)((uint8_t *)e + offsetof(struct tcmu_cmd_entry, req.iov));
	int nv = (int)e->req.iov_cnt;
	size_t total = 0;
	struct xfer x = { .cdb = r->map + e->req.cdb_off };
	for (int i = 0; i < nv; i++)
		total += v[i].iov_len;
	if (total > MAX_XFER)
		total = MAX_XFER;
	int is_output = command_is_output(x.cdb);
	if (is_output) {
		x.out = r->data;
		x.n_out = copy_iov(r, v, nv, total, 0);
	} else {
		x.in = r->data;
		x.in_max = total;
	}
	int status = command_run(d, &x);
	if (!is_output)
		copy_iov(r, v, nv, x.n_in, 1);
	memset(&e->rsp, 0, sizeof e->rsp);
	e->rsp.scsi_status = (uint8_t)status;
	if (status) {
		memcpy(e->rsp.sense_buffer, x.sense, sizeof x.sense);
	} else if (!is_output && mb->flags & TCMU_MAILBOX_FLAG_CAP_READ_LEN) {
		e->rsp.read_len = (uint32_t)x.n_in;
		e->hdr.uflags |= TCMU_UFLAG_READ_LEN;
	}
}

/* Serves all that is in the ring; returns whether there was anything. */
static int serve_ring(struct drive *d, struct ring *r)
{
	volatile struct tcmu_mailbox *mb = (void *)r->map;
	int done = 0;
	while (mb->cmd_tail != mb->cmd_head) {
		__sync_synchronize();
		struct tcmu_cmd_entry *e = (void *)(r->map + mb->cmdr_off + mb->cmd_tail);
		uint32_t n = tcmu_hdr_get_len(e->hdr.len_op);
		if (tcmu_hdr_get_op(e->hdr.len_op) == TCMU_OP_CMD)
			serve_command(d, r, e);
		else if (tcmu_hdr_get_op(e->hdr.len_op) != TCMU_OP_PAD)
			e->hdr.uflags |= TCMU_UFLAG_UNKNOWN_OP;
		__sync_synchronize();
		mb->cmd_tail = (mb->cmd_tail + n) % mb->cmdr_size;
		done = 1;
	}
	return done;
}

/* The number of the uio device whose name begins with want; -1: none. */
static int find_uio(const char *want)
{
	for (int i = 0; i < 256; i++) {
		char path[64], name[512] = "";
		snprintf(path, sizeof path, "/sys/class/uio/uio%d/name", i);
		FILE *f = fopen(path, "r");
		if (!f)
			continue;
		if (!fgets(name, sizeof name, f))
			name[0] = 0;
		fclose(f);
		if (!strncmp(name, want, strlen(want)))
			return i;
	}
	fprintf(stderr, "mmcemu: no uio device %s\n", want);
	return -1;
}

static int open_ring(struct ring *r, const char *dir)
{
	char want[512], path[64];
	const char *dev = strrchr(dir, '/'), *hba = dev;
	size_t size = 0;
	while (hba > dir && hba[-1] != '_')
		hba--;
	snprintf(want, sizeof want, "tcm-user/%.*s/%s/", (int)(dev - hba), hba, dev + 1);
	int uio = find_uio(want);
	if (uio < 0)
		return -1;
	snprintf(path, sizeof path, "/sys/class/uio/uio%d/maps/map0/size", uio);
	FILE *f = fopen(path, "r");
	int n = f ? fscanf(f, "%zx", &size) : 0;
	if (f)
		fclose(f);
	snprintf(path, sizeof path, "/dev/uio%d", uio);
	r->fd = open(path, O_RDWR | O_CLOEXEC);
	r->map = n != 1 || r->fd < 0
			 ? MAP_FAILED
			 : mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, r->fd, 0);
	r->data = malloc(MAX_XFER);
	if (r->map == MAP_FAILED || !r->data) {
		fprintf(stderr, "mmcemu: %s: %m\n", path);
		return -1;
	}
	return 0;
}

static int serve(struct drive *d, const char *dir, int fifo)
{
	struct ring r = { 0 };
	char control[128];
	snprintf(control, sizeof control, "dev_size=%lld,dev_config=mmcemu,nl_reply_supported=-1",
		(long long)(d->m.blocks ? d->m.blocks : 1) * BLK);
	if (write_file(dir, "control", control) || write_file(dir, "enable", "1") ||
		open_ring(&r, dir))
		return 1;
	for (;;) {
		uint32_t n = 0;
		if (serve_ring(d, &r) && write(r.fd, &n, 4) != 4)
			break;
		struct pollfd p[2] = { { .fd = r.fd, .events = POLLIN },
			{ .fd = fifo, .events = POLLIN } };
		if (poll(p, 2, -1) < 0)
			break;
		if (p[1].revents)
			take_orders(d, fifo);
		if (p[0].revents && read(r.fd, &n, 4) != 4)
			break;
	}
	fprintf(stderr, "mmcemu: %m\n");
	return 1;
}

static int usage(void)
{
	fprintf(stderr, "usage: mmcemu -m MEDIUM [-s MIB] [-f IMAGE] [-l LOG] [-x FAULTS] [-p KBS] "
			"[-c FIFO] -d CONFIGFS\n       mmcemu -F\n");
	return 2;
}

int main(int argc, char **argv)
{
	static struct drive d;
	const char *medium = "dvd+r", *log = NULL, *dir = NULL, *control = NULL, *names = "";
	int mib = 0, opt, fifo = -1;
	FILE *log_file = NULL;
	while ((opt = getopt(argc, argv, "m:s:f:l:d:x:p:c:F")) != -1)
		switch (opt) {
		case 'm':
			medium = optarg;
			break;
		case 's':
			mib = atoi(optarg);
			break;
		case 'f':
			image_path = optarg;
			break;
		case 'l':
			log = optarg;
			break;
		case 'd':
			dir = optarg;
			break;
		case 'x':
			names = optarg;
			break;
		case 'p':
			buffer_pace(atoi(optarg));
			break;
		case 'c':
			control = optarg;
			break;
		case 'F':
			fault_list(stdout);
			return 0;
		default:
			return usage();
		}
	if (!dir)
		return usage();
	if (log && !(log_file = fopen(log, "w"))) {
		fprintf(stderr, "mmcemu: %s: %m\n", log);
		return 2;
	}
	command_log_to(log_file);
	if (insert(&d, medium, mib, names))
		return 2;
	if (control && (mkfifo(control, 0600) ||
			       (fifo = open(control, O_RDWR | O_NONBLOCK | O_CLOEXEC)) < 0)) {
		fprintf(stderr, "mmcemu: %s: %m\n", control);
		return 2;
	}
	return serve(&d, dir, fifo);
}
