/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mmcemu - an optical burner in user space.
 *
 * Emulates the MMC side of a CD/DVD/BD burner with one medium, as strictly as a
 * real drive where it matters to a burn program: a sequential medium takes data
 * only at its Next Writable Address, write modes must be set up first, a closed
 * medium takes nothing, unwritten blocks cannot be read.
 *
 * Front end: a LIO "user" backstore of the Linux kernel (target_core_user),
 * which with tcm_loop shows the drive as /dev/srN and /dev/sgN.
 * The SCSI part (mmc_command) knows nothing of it and may be linked elsewhere.
 *
 *   mmcemu -m MEDIUM [-s MIB] [-f IMAGE] [-l LOG] [-w LBA] [-r LBA] [-c FIFO] -d CONFIGFS
 *
 * CONFIGFS  the backstore's folder, such as .../target/core/user_0/burner
 * MEDIUM    cd-r cd-rw dvd-r dvd-rw dvd+r dvd+r-dl dvd+rw dvd-ram bd-r bd-re,
 *           or cd-rom dvd-rom bd-rom (a finished disc with the blocks of IMAGE)
 * IMAGE     file that holds the medium's 2048-byte blocks (a sparse file)
 * LOG       each command: CDB, bytes moved, status and sense
 * -w LBA    writing that block fails (WRITE ERROR); -r LBA: reading it fails
 * FIFO      takes lines "MEDIUM MIB WRITE-LBA READ-LBA" (numbers 0 and -1: none):
 *           the medium in the drive is swapped for that one
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#define iovec tcmu_iovec         /* linux/uio.h has its own struct iovec */
#include <linux/target_core_user.h>
#undef iovec

enum { BLK = 2048, MAX_TRACKS = 300, MAX_XFER = 4 << 20 };
enum { GOOD = 0, CHECK = 2 };
enum { NO_LBA = INT32_MIN };

/* ---- the medium ------------------------------------------------------------ */

enum family { CD, DVD_MINUS, DVD_PLUS, RAM, BD };
struct kind {
	const char *name;
	uint16_t profile;
	enum family family;
	int32_t blocks;         /* capacity when written sequentially */
	int unit;               /* blocks in a write unit (ECC block, cluster) */
	unsigned seq : 1, random : 1, erase : 1, rom : 1;
};
static const struct kind kinds[] = {
	{ "cd-rom",   0x08, CD,        0,        1,  0, 0, 0, 1 },
	{ "cd-r",     0x09, CD,        359844,   1,  1, 0, 0, 0 },
	{ "cd-rw",    0x0A, CD,        359844,   1,  1, 0, 1, 0 },
	{ "dvd-rom",  0x10, DVD_MINUS, 0,        16, 0, 0, 0, 1 },
	{ "dvd-r",    0x11, DVD_MINUS, 2297888,  16, 1, 0, 0, 0 },
	{ "dvd-ram",  0x12, RAM,       2236704,  1,  0, 1, 1, 0 },
	{ "dvd-rw",   0x14, DVD_MINUS, 2297888,  16, 1, 0, 1, 0 },
	{ "dvd+rw",   0x1A, DVD_PLUS,  2295104,  1,  0, 1, 1, 0 },
	{ "dvd+r",    0x1B, DVD_PLUS,  2295104,  16, 1, 0, 0, 0 },
	{ "dvd+r-dl", 0x2B, DVD_PLUS,  4173824,  16, 1, 0, 0, 0 },
	{ "bd-rom",   0x40, BD,        0,        32, 0, 0, 0, 1 },
	{ "bd-r",     0x41, BD,        12219392, 32, 1, 0, 0, 0 },
	{ "bd-re",    0x43, BD,        11826176, 1,  0, 1, 1, 0 },
	{ NULL }
};
struct track {
	int session;
	int32_t start, nwa, size;       /* size: 0 while open-ended */
	int reserved, closed, runout, packet;
};
struct drive {
	struct kind k;
	int32_t blocks;
	struct track t[MAX_TRACKS];
	int tracks, sessions;           /* sessions: closed ones */
	int complete, formatted;
	int tray_open, locked, attention, new_media;
	uint8_t page5[52];              /* write parameters */
	int page5_set, cued;
	int32_t cue_start, cue_end;
	int32_t bad_write, bad_read;
};
static int image = -1;                  /* holds the medium's blocks */
static FILE *cmd_log;

struct xfer {
	const uint8_t *cdb;
	const uint8_t *out; size_t out_len;     /* to the drive */
	uint8_t *in; size_t in_max, in_len;     /* from the drive */
	uint8_t sense[18];
};

static uint16_t get16(const uint8_t *p) { return p[0] << 8 | p[1]; }
static uint32_t get32(const uint8_t *p) { return (uint32_t) get16(p) << 16 | get16(p + 2); }
static void put16(uint8_t *p, unsigned v) { p[0] = v >> 8; p[1] = v; }
static void put32(uint8_t *p, uint32_t v) { put16(p, v >> 16); put16(p + 2, v); }
static int32_t round_up(int32_t v, int unit) { return (v + unit - 1) / unit * unit; }

static int fail(struct xfer *x, int key, int asc, int ascq)
{
	memset(x->sense, 0, sizeof x->sense);
	x->sense[0] = 0x70; x->sense[2] = key; x->sense[7] = 10;
	x->sense[12] = asc; x->sense[13] = ascq;
	return CHECK;
}
static int bad_field(struct xfer *x) { return fail(x, 5, 0x24, 0); }

static int reply(struct xfer *x, const void *data, size_t len, size_t allocated)
{
	if (len > allocated) len = allocated;
	if (len > x->in_max) len = x->in_max;
	memcpy(x->in, data, len);
	x->in_len = len;
	return GOOD;
}

static void put_msf(uint8_t *p, int32_t lba)
{
	lba += 150;
	p[0] = lba / 4500; p[1] = lba / 75 % 60; p[2] = lba % 75;
}

static int is_cd(const struct drive *d) { return d->k.family == CD; }
static int is_overwrite(const struct drive *d)  /* formatted DVD-RW included */
{
	return d->k.random || d->k.profile == 0x13;
}
static struct track *open_track(struct drive *d)
{
	for (int i = d->tracks - 1; i >= 0; i--)
		if (!d->t[i].closed) return &d->t[i];
	return NULL;
}
static int session_is_open(const struct drive *d)
{
	return d->tracks && d->t[d->tracks - 1].session > d->sessions;
}
static int32_t track_end(const struct track *t) { return t->size ? t->start + t->size : t->nwa; }

/* Where the next new track starts. */
static int32_t next_start(const struct drive *d)
{
	if (!d->tracks) return 0;
	const struct track *l = &d->t[d->tracks - 1];
	int32_t end = track_end(l), gap;
	if (l->session > d->sessions)
		gap = is_cd(d) ? 150 : 0;
	else if (is_cd(d))
		gap = d->sessions == 1 ? 11400 : 6900;  /* lead-out, lead-in, pregap */
	else
		gap = d->k.family == BD ? 0 : d->k.family == DVD_PLUS ? 2048 : 12288;
	return round_up(end + gap, d->k.unit);
}
static int32_t write_limit(const struct drive *d) { return d->blocks; }

static struct track *new_track(struct drive *d, int32_t size)
{
	if (d->tracks == MAX_TRACKS) return NULL;
	struct track t = { .session = d->sessions + 1, .start = next_start(d), .size = size,
	                   .reserved = size > 0 };
	t.nwa = t.start;
	d->t[d->tracks] = t;
	return &d->t[d->tracks++];
}
static void close_track(struct drive *d, struct track *t)
{
	if (t->closed) return;
	if (!t->reserved) {
		t->nwa = round_up(t->nwa, d->k.unit);
		t->size = t->nwa - t->start;
		if (is_cd(d) && (d->page5[2] & 15) == 1) {      /* track at once */
			t->runout = 2;
			t->size += 2;
		}
	}
	t->closed = 1;
	if (!t->size) d->tracks--;
}
static void close_session(struct drive *d, int finalize)
{
	struct track *t;
	while ((t = open_track(d))) close_track(d, t);
	if (session_is_open(d)) d->sessions++;
	if (finalize) d->complete = 1;
	d->cued = 0;
}
/* End of what READ CAPACITY reports. */
static int32_t readable_end(const struct drive *d)
{
	if (is_overwrite(d)) return d->formatted ? d->blocks : 0;
	int32_t end = 0;
	for (int i = 0; i < d->tracks; i++)
		if (d->t[i].session <= d->sessions || !is_cd(d)) end = track_end(&d->t[i]);
	return end;
}
static void blank(struct drive *d)
{
	d->tracks = d->sessions = d->complete = d->cued = 0;
	if (ftruncate(image, 0)) perror("mmcemu: truncate");
}

/* ---- commands -------------------------------------------------------------- */

static int inquiry(struct xfer *x)
{
	uint8_t b[96] = { 5, 0x80, 5, 2, 91 };
	if (x->cdb[1] & 1 || x->cdb[2]) return bad_field(x);
	memcpy(b + 8, "EMULATEDMMC BURNER      1.00", 28);
	return reply(x, b, sizeof b, get16(x->cdb + 3));
}

static uint8_t *feature(uint8_t *p, int code, int version, int persistent, int current, int len)
{
	memset(p, 0, 4 + len);
	put16(p, code);
	p[2] = version << 2 | persistent << 1 | current;
	p[3] = len;
	return p + 4;
}
static int get_configuration(struct drive *d, struct xfer *x)
{
	uint8_t b[1024] = { 0 }, *p = b + 8, *f;
	unsigned start = get16(x->cdb + 2), rt = x->cdb[1] & 3;
	unsigned prof = d->tray_open ? 0 : d->k.profile;
	int cd = prof && is_cd(d), dvd = prof >= 0x10 && prof < 0x40, bd = prof >= 0x40;
	static const uint16_t all[] = { 0x43, 0x42, 0x41, 0x40, 0x2B, 0x1B, 0x1A, 0x15, 0x14,
	                                0x13, 0x12, 0x11, 0x10, 0x0A, 0x09, 0x08 };
	enum { N = sizeof all / sizeof *all };
	struct { int code, version, persistent, current, len; } fl[] = {
		{ 0x00, 0, 1, 1, 4 * N },
		{ 0x01, 2, 1, 1, 8 }, { 0x02, 1, 1, 1, 4 }, { 0x03, 1, 1, 1, 4 },
		{ 0x10, 0, 0, prof != 0, 8 },
		{ 0x1E, 2, 0, cd, 4 }, { 0x1F, 1, 0, dvd, 4 },
		{ 0x20, 1, 0, prof == 0x12 || prof == 0x1A || prof == 0x43, 12 },
		{ 0x21, 3, 0, prof == 9 || prof == 0xA || prof == 0x11 || prof == 0x14, 8 },
		{ 0x23, 1, 0, prof == 0x12 || prof == 0x13 || prof == 0x14 || prof == 0x1A ||
		              prof == 0x41 || prof == 0x43, 8 },
		{ 0x26, 0, 0, prof == 0x13, 0 },
		{ 0x2A, 1, 0, prof == 0x1A, 4 }, { 0x2B, 0, 0, prof == 0x1B || prof == 0x2B, 4 },
		{ 0x2D, 2, 0, prof == 9 || prof == 0xA, 4 },
		{ 0x2E, 1, 0, prof == 9 || prof == 0xA, 4 },
		{ 0x2F, 2, 0, prof == 0x11 || prof == 0x13 || prof == 0x14, 4 },
		{ 0x3B, 0, 0, prof == 0x2B, 4 },
		{ 0x40, 1, 0, bd, 28 }, { 0x41, 1, 0, bd && !d->k.rom, 20 },
		{ 0x100, 0, 1, 1, 0 }, { 0x105, 1, 1, 1, 4 },
		{ 0x107, 4, 0, prof != 0, 4 }, { 0x108, 0, 1, 1, 8 },
	};
	if (rt == 3) return bad_field(x);
	for (unsigned i = 0; i < sizeof fl / sizeof *fl; i++) {
		if (rt == 2 ? fl[i].code != (int) start : fl[i].code < (int) start) continue;
		if (rt == 1 && !fl[i].current) continue;
		f = feature(p, fl[i].code, fl[i].version, fl[i].persistent, fl[i].current, fl[i].len);
		p = f + fl[i].len;
		switch (fl[i].code) {
		case 0x00:
			for (int j = 0; j < N; j++, f += 4) { put16(f, all[j]); f[2] = all[j] == prof; }
			break;
		case 0x01: put32(f, 7); f[4] = 1; break;                /* Serial ATAPI */
		case 0x02: f[0] = 2; break;
		case 0x03: f[0] = 1 << 5 | 8 | 1; break;                /* tray, eject, lock */
		case 0x10: put32(f, BLK); put16(f + 4, cd ? 1 : d->k.unit); f[6] = 1; break;
		case 0x20: put32(f, d->blocks - 1); put32(f + 4, BLK); put16(f + 8, 1); f[10] = 1; break;
		case 0x21: put16(f, 0x0100); f[2] = 4 | 1; f[3] = 1; f[4] = 16; break;
		case 0x23: f[0] = bd ? 0x0F : 0; f[4] = prof == 0x41; break;
		case 0x2A: f[0] = 1; break;
		case 0x2B: f[0] = 1; break;
		case 0x2D: f[0] = 0x42; put16(f + 2, 0x0100); break;
		case 0x2E: f[0] = 0x60; break;
		case 0x2F: f[0] = 0x42; break;
		case 0x40: case 0x41: memset(f + 4, 0, fl[i].len - 4); put16(f + 4, 0xFFFF); break;
		case 0x107: f[0] = 0x1E; break;
		case 0x108: memcpy(f, "MMCEMU01", 8); break;
		}
	}
	put16(b + 6, prof);
	put32(b, p - b - 4);
	return reply(x, b, p - b, get16(x->cdb + 7));
}

static int disc_info(struct drive *d, struct xfer *x)
{
	uint8_t b[34] = { 0, 32 };
	if (x->cdb[1] & 7) return bad_field(x);
	int open = session_is_open(d), over = is_overwrite(d), state, last;
	int sessions, first = 1, last_track;
	if (over || d->complete) {
		state = d->k.profile == 0x12 ? 3 : over && !d->formatted ? 0 : 2;
		last = state ? 3 : 0;
		sessions = over || !d->sessions ? 1 : d->sessions;
		last_track = over || !d->tracks ? 1 : d->tracks;
	} else {
		state = d->tracks ? 1 : 0;
		last = open ? 1 : 0;
		sessions = d->sessions + 1;
		last_track = open_track(d) ? d->tracks : d->tracks + 1;
	}
	if (!over)
		for (first = 1; first <= d->tracks && d->t[first - 1].session < sessions; first++) ;
	b[2] = (d->k.erase ? 16 : 0) | last << 2 | state;
	b[3] = 1;
	b[4] = sessions; b[9] = sessions >> 8;
	b[5] = first; b[10] = first >> 8;
	b[6] = last_track; b[11] = last_track >> 8;
	b[7] = 0x20;
	if (d->k.profile == 0x1A) b[7] |= d->formatted ? 3 : 0;
	b[8] = is_cd(d) && !d->tracks ? 0xFF : 0;
	if (is_cd(d)) {
		if (d->complete) memset(b + 16, 0xFF, 8);
		else {
			if (!d->tracks) { b[17] = 97; b[18] = 27; b[19] = 0; }  /* ATIP lead-in */
			else put_msf(b + 17, next_start(d) - 4500 - 150);
			put_msf(b + 21, d->blocks);
		}
	} else {
		put32(b + 16, d->complete ? 0xFFFFFFFF : (uint32_t) next_start(d));
		put32(b + 20, d->complete ? 0xFFFFFFFF : (uint32_t) d->blocks);
	}
	return reply(x, b, sizeof b, get16(x->cdb + 7));
}

static int track_info(struct drive *d, struct xfer *x)
{
	uint8_t b[36] = { 0, 34 };
	int n = 0, type = x->cdb[1] & 3;
	uint32_t a = get32(x->cdb + 2);
	struct track *o = open_track(d), t = { 0 };
	int invisible = d->complete || is_overwrite(d) ? 0 : o ? d->tracks : d->tracks + 1;

	if (is_overwrite(d)) {
		n = 1;
		t = (struct track) { .session = 1, .size = d->blocks, .nwa = 0, .closed = 1 };
		if (type == 1 && a != 1 && a != 0xFF) return bad_field(x);
	} else switch (type) {
	case 0:
		for (n = 1; n <= d->tracks && track_end(&d->t[n - 1]) <= (int32_t) a; n++) ;
		break;
	case 1:
		n = a == 0xFF && invisible ? invisible : (int) a;
		break;
	case 2:
		for (n = 1; n <= d->tracks && d->t[n - 1].session < (int) a; n++) ;
		break;
	default:
		return bad_field(x);
	}
	if (n < 1 || n > (invisible > d->tracks ? invisible : d->tracks + is_overwrite(d)))
		return bad_field(x);
	if (!is_overwrite(d)) {
		if (n <= d->tracks) t = d->t[n - 1];
		else {
			t.session = d->sessions + 1;
			t.start = t.nwa = next_start(d);
		}
	}
	int32_t start = t.start, nwa = t.nwa, size = t.size;
	int cd_sao = is_cd(d) && d->page5_set && (d->page5[2] & 15) == 2;
	if (n > d->tracks && cd_sao && !d->tracks) nwa = -150;
	int32_t freeb = t.closed ? 0 : (t.reserved ? t.start + t.size : write_limit(d)) - (nwa > 0 ? nwa : 0);
	if (freeb < 0) freeb = 0;
	if (!t.closed && !t.reserved) size = write_limit(d) - start;
	b[2] = n; b[32] = n >> 8;
	b[3] = t.session; b[33] = t.session >> 8;
	b[5] = is_cd(d) ? 4 : 7;
	if (!is_cd(d) && d->k.family == DVD_MINUS) b[5] = 5;
	int packet = !is_cd(d) && !d->k.rom;
	b[6] = (t.reserved ? 0x80 : 0) | (n > d->tracks && !is_overwrite(d) ? 0x40 : 0) |
	       (packet ? d->k.family == DVD_MINUS ? 0x20 : 0x30 : 0) | 1;
	if (is_overwrite(d)) b[6] = 0x30 | (d->formatted ? 0 : 0x40) | 1;
	b[7] = !t.closed && freeb > 0 ? 1 : 0;
	put32(b + 8, start);
	put32(b + 12, b[7] ? (uint32_t) nwa : 0);
	put32(b + 16, freeb);
	put32(b + 20, packet ? d->k.unit : 0);
	put32(b + 24, size);
	if (t.nwa > t.start) { put32(b + 28, t.nwa - 1); b[7] |= 2; }
	return reply(x, b, sizeof b, get16(x->cdb + 7));
}

static int read_toc(struct drive *d, struct xfer *x)
{
	uint8_t b[4 + 11 * (MAX_TRACKS + 8)] = { 0 }, *p = b + 4;
	int msf = x->cdb[1] & 2, format = x->cdb[2] & 15, allocated = get16(x->cdb + 7);
	struct track one = { .session = 1, .size = d->blocks, .closed = 1 }, *t = d->t;
	int n = 0, sessions = d->sessions;

	if (!format) format = x->cdb[9] >> 6;
	if (is_overwrite(d)) {
		if (!d->formatted) return bad_field(x);
		t = &one; n = sessions = 1;
	} else
		while (n < d->tracks && t[n].session <= sessions) n++;
	if (format == 4) {              /* ATIP */
		if (!is_cd(d) || d->k.rom) return bad_field(x);
		b[1] = 26;
		b[4] = 0xD0; b[5] = 0x40; b[6] = 0x80 | (d->k.erase ? 0x40 : 0);
		b[8] = 97; b[9] = 27; b[10] = 0;
		put_msf(b + 12, d->blocks);
		return reply(x, b, 28, allocated);
	}
	if (!n) return bad_field(x);
	int32_t leadout = track_end(&t[n - 1]);
	switch (format) {
	case 0:
		b[2] = 1; b[3] = n > 99 ? 99 : n;
		for (int i = 0; i <= n; i++) {
			int no = i < n ? i + 1 : 0xAA;
			int32_t lba = i < n ? t[i].start : leadout;
			if (no < x->cdb[6]) continue;
			p[1] = 0x14; p[2] = no;
			if (msf) put_msf(p + 5, lba); else put32(p + 4, lba);
			p += 8;
		}
		break;
	case 1: {
		int f = 0;
		b[2] = 1; b[3] = sessions;
		while (t[f].session < sessions) f++;
		p[1] = 0x14; p[2] = f + 1;
		if (msf) put_msf(p + 5, t[f].start); else put32(p + 4, t[f].start);
		p += 8;
		break; }
	case 2:
		if (!is_cd(d)) return bad_field(x);
		b[2] = 1; b[3] = sessions;
		for (int s = 1, i = 0; s <= sessions; s++) {
			int first = i, last;
			while (i < n && t[i].session == s) i++;
			last = i - 1;
			uint8_t e[3][11] = {
				{ s, 0x14, 0, 0xA0, 0, 0, 0, 0, first + 1, 0, 0 },
				{ s, 0x14, 0, 0xA1, 0, 0, 0, 0, last + 1, 0, 0 },
				{ s, 0x14, 0, 0xA2 } };
			put_msf(e[2] + 8, track_end(&t[last]));
			memcpy(p, e, sizeof e); p += sizeof e;
			for (int j = first; j <= last; j++, p += 11) {
				p[0] = s; p[1] = 0x14; p[3] = j + 1;
				put_msf(p + 8, t[j].start);
			}
		}
		break;
	default:
		return bad_field(x);
	}
	put16(b, p - b - 2);
	return reply(x, b, p - b, allocated);
}

static size_t mode_page(struct drive *d, int page, int changeable, uint8_t *p)
{
	static const int speeds[3][3] = { { 8467, 4234, 1411 }, { 22160, 11080, 5540 }, { 26970, 17980, 8990 } };
	const int *sp = speeds[is_cd(d) ? 0 : d->k.family == BD ? 2 : 1];
	memset(p, 0, 80);
	p[0] = page;
	switch (page) {
	case 0x01: p[1] = 10; if (!changeable) p[3] = 8; return 12;
	case 0x05:
		memcpy(p, d->page5, 52); p[0] = 5; p[1] = 50;
		if (changeable) memset(p + 2, 0xFF, 50);
		return 52;
	case 0x08: p[1] = 10; if (!changeable) p[2] = 4; return 12;
	case 0x1A: p[1] = 10; return 12;
	case 0x1D: p[1] = 8; return 10;
	case 0x2A:
		p[1] = 30 + 3 * 4;
		if (changeable) return p[1] + 2;
		p[2] = 0x3F; p[3] = 0x37; p[4] = 0xF1; p[5] = 0; p[6] = 1 << 5 | 8 | 1;
		put16(p + 8, sp[0]); put16(p + 12, 4096); put16(p + 14, sp[0]);
		put16(p + 18, sp[0]); put16(p + 20, sp[0]); put16(p + 28, sp[0]);
		put16(p + 30, 3);
		for (int i = 0; i < 3; i++) put16(p + 32 + 4 * i + 2, sp[i]);
		return p[1] + 2;
	}
	return 0;
}
static int mode_sense(struct drive *d, struct xfer *x)
{
	static const uint8_t all[] = { 0x01, 0x05, 0x08, 0x1A, 0x1D, 0x2A };
	uint8_t b[600] = { 0 };
	int ten = x->cdb[0] == 0x5A, page = x->cdb[2] & 0x3F, pc = x->cdb[2] >> 6;
	size_t len = ten ? 8 : 4, n = 0, head = len;
	if (pc == 3) return fail(x, 5, 0x39, 0);
	for (unsigned i = 0; i < sizeof all; i++)
		if (page == 0x3F || page == all[i])
			len += n = mode_page(d, all[i], pc == 1, b + len);
	if (len == head && page) return bad_field(x);
	if (ten) put16(b, len - 2); else b[0] = len - 1;
	return reply(x, b, len, ten ? get16(x->cdb + 7) : x->cdb[4]);
}
static int mode_select(struct drive *d, struct xfer *x)
{
	size_t head = x->cdb[0] == 0x55 ? 8 : 4, at;
	if (!(x->cdb[1] & 0x10) || x->cdb[1] & 1) return bad_field(x);
	if (!x->out_len) return GOOD;
	if (x->out_len < head) return fail(x, 5, 0x1A, 0);
	at = head + (head == 8 ? get16(x->out + 6) : x->out[3]);
	while (at + 2 <= x->out_len) {
		const uint8_t *p = x->out + at;
		size_t len = p[1] + 2;
		if (at + len > x->out_len) return fail(x, 5, 0x1A, 0);
		if ((p[0] & 0x3F) == 5) {
			int type = p[2] & 15, block = p[4] & 15;
			int ok = len >= 24;
			if (is_cd(d)) ok = ok && ((type == 1 && block == 8) || (type == 2 && (block == 0 || block == 8)));
			else if (d->k.family == DVD_MINUS) ok = ok && (type == 0 || type == 2) && block == 8;
			if (!ok) return fail(x, 5, 0x26, 0);
			memset(d->page5, 0, sizeof d->page5);
			memcpy(d->page5, p, len < sizeof d->page5 ? len : sizeof d->page5);
			d->page5_set = 1;
		} else if (!strchr("\x01\x08\x1A\x1D\x2A", p[0] & 0x3F)) {
			return fail(x, 5, 0x26, 0);
		}
		at += len;
	}
	return GOOD;
}

static int put_blocks(struct drive *d, struct xfer *x, int32_t lba, uint32_t n)
{
	const uint8_t *p = x->out;
	if (x->out_len < (size_t) n * BLK) return fail(x, 5, 0x1A, 0);
	if (d->bad_write != NO_LBA && d->bad_write >= lba && d->bad_write < lba + (int32_t) n)
		return fail(x, 3, 0x0C, 0);
	for (; n && lba < 0; n--, lba++) p += BLK;     /* pregap */
	if (n && pwrite(image, p, (size_t) n * BLK, (off_t) lba * BLK) != (ssize_t) n * BLK)
		return fail(x, 3, 0x0C, 0);
	return GOOD;
}
static int write_blocks(struct drive *d, struct xfer *x)
{
	int32_t lba = get32(x->cdb + 2);
	uint32_t n = x->cdb[0] == 0xAA ? get32(x->cdb + 6) : get16(x->cdb + 7);
	int type = d->page5[2] & 15;

	if (d->k.rom) return fail(x, 7, 0x27, 0);
	if (!n) return GOOD;
	if (is_overwrite(d)) {
		if (!d->formatted) return fail(x, 3, 0x31, 0);
		if (lba < 0 || (int64_t) lba + n > d->blocks) return fail(x, 5, 0x21, 0);
		return put_blocks(d, x, lba, n);
	}
	if (d->complete) return fail(x, 5, 0x30, 5);
	if (is_cd(d) || d->k.family == DVD_MINUS)
		if (!d->page5_set) return fail(x, 5, 0x2C, 0);
	if (is_cd(d) && type == 2) {            /* session at once: as the cue sheet says */
		if (!d->cued) return fail(x, 5, 0x2C, 0);
		struct track *t = open_track(d);
		if (!t || lba != d->cue_start) return fail(x, 5, 0x21, 2);
		if ((int64_t) lba + n > d->cue_end) return fail(x, 5, 0x63, 0);
		int r = put_blocks(d, x, lba, n);
		if (r) return r;
		d->cue_start += n;
		for (int i = 0; i < d->tracks; i++)
			if (!d->t[i].closed) {
				int32_t e = d->t[i].start + d->t[i].size;
				d->t[i].nwa = d->cue_start < d->t[i].start ? d->t[i].start :
				              d->cue_start < e ? d->cue_start : e;
			}
		return GOOD;
	}
	struct track *t = NULL;
	for (int i = 0; i < d->tracks && !t; i++)
		if (!d->t[i].closed && d->t[i].nwa == lba) t = &d->t[i];
	if (!t) {
		if (lba != next_start(d)) return fail(x, 5, 0x21, 2);
		struct track *o = open_track(d);
		if (o && !o->reserved) return fail(x, 5, 0x21, 2);
	}
	if (d->k.family == DVD_MINUS && type == 2 && !(t && t->reserved)) return fail(x, 5, 0x2C, 0);
	int32_t limit = t && t->reserved ? t->start + t->size : write_limit(d);
	if ((int64_t) lba + n > limit) return fail(x, 5, 0x63, 0);
	int r = put_blocks(d, x, lba, n);
	if (r) return r;
	if (!t && !(t = new_track(d, 0))) return fail(x, 5, 0x63, 0);
	t->nwa = lba + n;
	return GOOD;
}
static int sync_cache(struct drive *d)
{
	struct track *t = open_track(d);
	int type = d->page5[2] & 15;
	if (!t || is_overwrite(d)) return GOOD;
	if (is_cd(d)) {
		if (type == 2 && d->cued && d->cue_start >= d->cue_end)
			close_session(d, (d->page5[3] >> 6) != 3);
		return GOOD;
	}
	t->nwa = round_up(t->nwa, d->k.unit);
	if (d->k.family == DVD_MINUS && type == 2 && t->reserved && t->nwa > t->start)
		close_session(d, 1);                    /* disc at once */
	return GOOD;
}
static int read_blocks(struct drive *d, struct xfer *x, int32_t lba, uint32_t n)
{
	size_t len = (size_t) n * BLK;
	if (len > x->in_max) { n = x->in_max / BLK; len = (size_t) n * BLK; }
	if (!n) return GOOD;
	if (lba < 0 || (int64_t) lba + n > (is_overwrite(d) ? d->formatted ? d->blocks : 0 :
	                                    d->tracks ? track_end(&d->t[d->tracks - 1]) : 0))
		return fail(x, 5, 0x21, 0);
	if (d->bad_read != NO_LBA && d->bad_read >= lba && d->bad_read < lba + (int32_t) n)
		return fail(x, 3, 0x11, 0);
	for (uint32_t i = 0; !is_overwrite(d) && i < n; i++) {
		int found = 0;
		for (int j = 0; j < d->tracks && !found; j++) {
			struct track *t = &d->t[j];
			found = lba + (int32_t) i >= t->start && lba + (int32_t) i < track_end(t) - t->runout &&
			        (t->closed || lba + (int32_t) i < t->nwa);
		}
		if (!found) return is_cd(d) ? fail(x, 5, 0x64, 0) : fail(x, 3, 0x11, 0);
	}
	memset(x->in, 0, len);
	for (size_t got = 0; got < len; ) {
		ssize_t r = pread(image, x->in + got, len - got, (off_t) lba * BLK + got);
		if (r <= 0) break;
		got += r;
	}
	x->in_len = len;
	return GOOD;
}

static int reserve_track(struct drive *d, struct xfer *x)
{
	int32_t n = round_up(get32(x->cdb + 5), d->k.unit);
	if (!d->k.seq || is_overwrite(d) || is_cd(d)) return bad_field(x);
	if (d->complete) return fail(x, 5, 0x30, 5);
	struct track *o = open_track(d);
	if (n <= 0 || (o && !o->reserved)) return fail(x, 5, 0x2C, 0);
	if ((int64_t) next_start(d) + n > write_limit(d)) return bad_field(x);
	return new_track(d, n) ? GOOD : fail(x, 5, 0x63, 0);
}
static int close_track_session(struct drive *d, struct xfer *x)
{
	int function = x->cdb[2] & 7, no = get16(x->cdb + 4);
	int multi = d->page5_set && (d->page5[3] >> 6) == 3;
	if (d->k.rom) return fail(x, 7, 0x27, 0);
	if (is_overwrite(d)) return GOOD;
	if (d->complete) return fail(x, 5, 0x72, 3);
	switch (function) {
	case 1: {
		struct track *t = no >= 1 && no <= d->tracks ? &d->t[no - 1] : NULL;
		if (!t && (is_cd(d) || no == d->tracks)) t = open_track(d);
		if (!t) return no == d->tracks + 1 || no == 0xFF ? GOOD : bad_field(x);
		close_track(d, t);
		return GOOD; }
	case 2:
		if (d->k.family == DVD_PLUS || d->k.family == BD) multi = 1;
		close_session(d, !multi);
		return GOOD;
	case 3: case 5: case 6:
		close_session(d, 1);
		return GOOD;
	}
	return bad_field(x);
}
static int send_cue_sheet(struct drive *d, struct xfer *x)
{
	int entries = x->out_len / 8, n = 0;
	int32_t at[101] = { 0 }, leadout = NO_LBA;
	if (!is_cd(d) || !d->k.seq || (d->page5[2] & 15) != 2) return fail(x, 5, 0x2C, 0);
	if (d->complete) return fail(x, 5, 0x30, 5);
	if (session_is_open(d)) return fail(x, 5, 0x2C, 0);
	int32_t first = NO_LBA, base = next_start(d);
	for (int i = 0; i < entries; i++) {
		const uint8_t *e = x->out + 8 * i;
		int32_t lba = (e[5] * 60 + e[6]) * 75 + e[7] - 150;
		if (e[1] == 0xAA) leadout = lba;
		else if (e[1] >= 1 && e[1] <= 99) {
			if (!(e[0] & 0x40)) return fail(x, 5, 0x26, 0);         /* data only */
			if (first == NO_LBA) first = lba;
			if (e[2] == 1) { if (n == 99) return fail(x, 5, 0x26, 0); at[n++] = lba; }
		}
	}
	if (!n || leadout == NO_LBA || leadout > d->blocks || first < base - 150) return fail(x, 5, 0x26, 0);
	at[n] = leadout;
	for (int i = 0; i < n; i++) {
		if (at[i + 1] <= at[i]) return fail(x, 5, 0x26, 0);
		struct track t = { .session = d->sessions + 1, .start = at[i], .nwa = at[i],
		                   .size = at[i + 1] - at[i], .reserved = 1 };
		if (d->tracks < MAX_TRACKS) d->t[d->tracks++] = t;
	}
	d->cued = 1; d->cue_start = first; d->cue_end = leadout;
	return GOOD;
}

static int format_capacities(struct drive *d, struct xfer *x)
{
	uint8_t b[64] = { 0 }, *p = b + 12;
	int formatted = is_overwrite(d) ? d->formatted : d->tracks > 0;
	put32(b + 4, d->blocks);
	b[8] = formatted ? 2 : 1;
	put16(b + 10, BLK);
	const uint8_t *types = (const uint8_t *) "";
	switch (d->k.profile) {
	case 0x12: types = (const uint8_t *) "\x01"; break;             /* 0x00, stored + 1 */
	case 0x13: case 0x14: types = (const uint8_t *) "\x01\x11\x16"; break;
	case 0x1A: types = (const uint8_t *) "\x27"; break;
	case 0x41: types = (const uint8_t *) "\x01\x33"; break;
	case 0x43: types = (const uint8_t *) "\x01\x31\x32"; break;
	}
	for (; *types; types++, p += 8) {
		put32(p, d->blocks);
		p[4] = (*types - 1) << 2;
		put16(p + 6, *types == 0x11 || *types == 0x16 ? 16 : *types == 0x27 ? 0 : BLK);
	}
	b[3] = p - b - 4;
	return reply(x, b, p - b, get16(x->cdb + 7));
}
static int format_unit(struct drive *d, struct xfer *x)
{
	if (x->out_len < 12) return fail(x, 5, 0x1A, 0);
	int type = x->out[8] >> 2;
	switch (d->k.profile) {
	case 0x1A: if (type != 0x26) return fail(x, 5, 0x26, 0); break;
	case 0x12: if (type > 1) return fail(x, 5, 0x26, 0); break;
	case 0x43: if (type != 0 && type != 0x30 && type != 0x31) return fail(x, 5, 0x26, 0); break;
	case 0x41: if (d->tracks) return fail(x, 5, 0x30, 5); return GOOD;
	case 0x13: case 0x14:
		if (type != 0 && type != 0x10 && type != 0x13 && type != 0x15) return fail(x, 5, 0x26, 0);
		if (type == 0x13) return GOOD;
		blank(d);
		d->k.profile = 0x13;
		break;
	default: return fail(x, 5, 0x30, 6);
	}
	d->formatted = 1;
	return GOOD;
}
static int blank_medium(struct drive *d, struct xfer *x)
{
	int type = x->cdb[1] & 7;
	if (d->k.profile != 0x0A && d->k.profile != 0x13 && d->k.profile != 0x14) return bad_field(x);
	if (type > 1) return bad_field(x);
	blank(d);
	if (d->k.profile == 0x13) { d->k.profile = 0x14; d->formatted = 0; }
	return GOOD;
}
static int get_performance(struct drive *d, struct xfer *x)
{
	uint8_t b[8 + 3 * 16] = { 0 };
	int type = x->cdb[10], most = get16(x->cdb + 8), n = type == 3 ? 3 : 1;
	int top = is_cd(d) ? 8467 : d->k.family == BD ? 26970 : 22160;
	if (type != 0 && type != 3) return bad_field(x);
	put32(b, 4 + 16 * n);
	if (n > most) n = most;
	for (int i = 0; i < n; i++) {
		uint8_t *p = b + 8 + 16 * i;
		put32(p + 4, type == 3 ? (uint32_t) d->blocks - 1 : 0);
		put32(p + 8, type == 3 ? (uint32_t) top : (uint32_t) d->blocks - 1);
		put32(p + 12, top >> i);
		if (type == 0) { put32(p, top); put32(p + 4, 0); put32(p, 0); put32(p + 4, top); }
	}
	return reply(x, b, 8 + 16 * n, x->in_max);
}
static int disc_structure(struct drive *d, struct xfer *x)
{
	uint8_t b[2052] = { 0 };
	int format = x->cdb[7];
	if (is_cd(d) || d->k.family == BD) return fail(x, 5, 0x30, 2);
	static const struct { uint16_t profile; uint8_t book; } books[] = {
		{ 0x10, 0x01 }, { 0x11, 0x25 }, { 0x12, 0x16 }, { 0x13, 0x32 }, { 0x14, 0x32 },
		{ 0x1A, 0x92 }, { 0x1B, 0xA1 }, { 0x2B, 0xE1 } };
	if (format == 0x20 && d->k.profile == 0x2B) {           /* layer boundary */
		put16(b, 10);
		b[4] = 0x80;
		put32(b + 8, d->blocks / 2);
		return reply(x, b, 12, get16(x->cdb + 8));
	}
	if (format != 0 && !(format == 0x11 && d->k.family == DVD_PLUS)) return bad_field(x);
	put16(b, 2050);
	for (unsigned i = 0; i < sizeof books / sizeof *books; i++)
		if (books[i].profile == d->k.profile) b[4] = books[i].book;
	b[6] = 2;
	int32_t first = d->k.profile == 0x12 ? 0x31000 : 0x30000;
	put32(b + 8, first); put32(b + 12, first + d->blocks - 1);
	memcpy(b + 4 + 19, "MMCEMU\0\0" "M01", 11);
	return reply(x, b, sizeof b, get16(x->cdb + 8));
}
static int event_status(struct drive *d, struct xfer *x)
{
	uint8_t b[8] = { 0, 6, 0, 0x12 };
	if (!(x->cdb[1] & 1)) return bad_field(x);
	if (x->cdb[4] & 0x10) {
		b[2] = 4;
		b[4] = d->new_media ? d->tray_open ? 3 : 2 : 0;
		b[5] = d->tray_open ? 1 : 2;
		d->new_media = 0;
	} else if (x->cdb[4] & 2)
		b[2] = 1;
	else { b[1] = 2; b[2] = 0x80; return reply(x, b, 4, get16(x->cdb + 7)); }
	return reply(x, b, 8, get16(x->cdb + 7));
}
static int start_stop(struct drive *d, struct xfer *x)
{
	switch (x->cdb[4] & 3) {
	case 2:
		if (d->locked) return fail(x, 5, 0x53, 2);
		if (!d->tray_open) d->tray_open = d->new_media = 1;
		break;
	case 3:
		if (d->tray_open) { d->tray_open = 0; d->attention = d->new_media = 1; d->page5_set = 0; }
		break;
	}
	return GOOD;
}

static int execute(struct drive *d, struct xfer *x)
{
	const uint8_t *c = x->cdb;
	uint8_t b[64] = { 0 };
	switch (c[0]) {                 /* what works with the tray open */
	case 0x12: return inquiry(x);
	case 0x03: b[0] = 0x70; b[7] = 10; return reply(x, b, 18, c[4]);
	case 0x46: return get_configuration(d, x);
	case 0x4A: return event_status(d, x);
	case 0x1B: return start_stop(d, x);
	case 0x1E: d->locked = c[4] & 1; return GOOD;
	case 0xBD: b[1] = d->tray_open ? 0x10 : 0; b[5] = 0; return reply(x, b, 8, get16(c + 8));
	case 0x1A: case 0x5A: return mode_sense(d, x);
	}
	if (d->attention && c[0] != 0xA0) { d->attention = 0; return fail(x, 6, 0x28, 0); }
	switch (c[0]) {
	case 0x15: case 0x55: return mode_select(d, x);
	case 0xAC: return get_performance(d, x);
	case 0xBB: case 0xB6: return GOOD;              /* SET CD SPEED, SET STREAMING */
	}
	if (d->tray_open) return fail(x, 2, 0x3A, 2);
	switch (c[0]) {
	case 0x00: case 0x2B: case 0x54: case 0x2F: return GOOD;        /* TUR SEEK OPC VERIFY */
	case 0x25: { int32_t e = readable_end(d); put32(b, e ? e - 1 : 0); put32(b + 4, BLK);
	             return reply(x, b, 8, 8); }
	case 0x28: return read_blocks(d, x, get32(c + 2), get16(c + 7));
	case 0xA8: return read_blocks(d, x, get32(c + 2), get32(c + 6));
	case 0xBE: if (!is_cd(d) || (c[9] & 0xF8) != 0x10) return bad_field(x);
	           return read_blocks(d, x, get32(c + 2), c[6] << 16 | get16(c + 7));
	case 0x2A: case 0x2E: case 0xAA: return write_blocks(d, x);
	case 0x35: return sync_cache(d);
	case 0x43: return read_toc(d, x);
	case 0x51: return disc_info(d, x);
	case 0x52: return track_info(d, x);
	case 0x53: return reserve_track(d, x);
	case 0x5B: return close_track_session(d, x);
	case 0x5C: b[1] = 10; put32(b + 4, 4 << 20); put32(b + 8, 4 << 20); return reply(x, b, 12, get16(c + 7));
	case 0x5D: return send_cue_sheet(d, x);
	case 0x23: return format_capacities(d, x);
	case 0x04: return format_unit(d, x);
	case 0xA1: return blank_medium(d, x);
	case 0xAD: return disc_structure(d, x);
	}
	return fail(x, 5, 0x20, 0);
}
static int mmc_command(struct drive *d, struct xfer *x)
{
	memset(x->sense, 0, sizeof x->sense);
	x->in_len = 0;
	int status = execute(d, x);
	if (cmd_log) {
		static const uint8_t len[8] = { 6, 10, 10, 16, 16, 12, 10, 10 };
		for (int i = 0; i < len[x->cdb[0] >> 5]; i++) fprintf(cmd_log, "%02X ", x->cdb[i]);
		fprintf(cmd_log, " out=%zu in=%zu", x->out_len, x->in_len);
		if (status) fprintf(cmd_log, " sense=%X/%02X/%02X", x->sense[2], x->sense[12], x->sense[13]);
		fputc('\n', cmd_log);
		fflush(cmd_log);
	}
	return status;
}

static int load(struct drive *d, const char *medium, const char *path, int mib)
{
	const struct kind *k = kinds;
	while (k->name && strcmp(k->name, medium)) k++;
	if (!k->name) { fprintf(stderr, "mmcemu: unknown medium %s\n", medium); return -1; }
	if (image >= 0) close(image);
	*d = (struct drive) { .k = *k, .attention = 1, .new_media = 1 };
	d->blocks = mib ? mib * 512 : k->blocks;
	d->bad_read = d->bad_write = NO_LBA;
	image = open(path, O_RDWR | O_CREAT | (k->rom ? 0 : O_TRUNC), 0600);
	if (image < 0) { fprintf(stderr, "mmcemu: %s: %m\n", path); return -1; }
	if (k->rom) {
		struct stat s;
		fstat(image, &s);
		d->blocks = s.st_size / BLK;
		d->t[0] = (struct track) { .session = 1, .size = d->blocks, .nwa = d->blocks, .closed = 1 };
		d->tracks = d->sessions = d->complete = 1;
	}
	if (k->profile == 0x12) d->formatted = 1;
	return 0;
}

#ifndef MMCEMU_NO_MAIN
/* ---- front end: target_core_user ------------------------------------------- */

static int write_file(const char *dir, const char *name, const char *format, ...)
{
	char path[512], text[512];
	va_list a;
	va_start(a, format);
	vsnprintf(text, sizeof text, format, a);
	va_end(a);
	snprintf(path, sizeof path, "%s/%s", dir, name);
	int fd = open(path, O_WRONLY);
	ssize_t n = fd < 0 ? -1 : write(fd, text, strlen(text));
	if (n < 0) fprintf(stderr, "mmcemu: %s: %m\n", path);
	if (fd >= 0) close(fd);
	return n < 0 ? -1 : 0;
}
static size_t copy_iov(uint8_t *mb, const struct tcmu_iovec *v, int n, uint8_t *buf, size_t len, int to_iov)
{
	size_t at = 0;
	for (int i = 0; i < n && at < len; i++) {
		size_t c = v[i].iov_len < len - at ? v[i].iov_len : len - at;
		uint8_t *p = mb + (size_t) v[i].iov_base;
		if (to_iov) memcpy(p, buf + at, c); else memcpy(buf + at, p, c);
		at += c;
	}
	return at;
}
static int is_output(const uint8_t *c)  /* commands that carry data to the drive */
{
	return memchr("\x04\x15\x55\x2A\x2E\xAA\x5D\xB6\xBF\x3B", c[0], 10) != NULL;
}
static void swap(struct drive *d, int fifo, const char *path)
{
	char line[256], medium[32];
	int mib = 0, w = -1, r = -1;
	ssize_t n = read(fifo, line, sizeof line - 1);
	if (n <= 0) return;
	line[n] = 0;
	if (sscanf(line, "%31s %d %d %d", medium, &mib, &w, &r) < 1) return;
	if (load(d, medium, path, mib)) return;
	if (w >= 0) d->bad_write = w;
	if (r >= 0) d->bad_read = r;
	if (cmd_log) { fprintf(cmd_log, "medium %s\n", medium); fflush(cmd_log); }
}
static int serve(struct drive *d, const char *dir, const char *image_path, int fifo)
{
	char want[512], path[512], name[512] = "";
	const char *dev = strrchr(dir, '/'), *hba = dev;
	while (hba > dir && hba[-1] != '_') hba--;
	if (write_file(dir, "control", "dev_size=%lld,dev_config=mmcemu,nl_reply_supported=-1",
	               (long long) (d->blocks ? d->blocks : 1) * BLK) ||
	    write_file(dir, "enable", "1")) return 1;
	snprintf(want, sizeof want, "tcm-user/%.*s/%s/", (int) (dev - hba), hba, dev + 1);
	int uio = -1;
	for (int i = 0; i < 256; i++) {
		snprintf(path, sizeof path, "/sys/class/uio/uio%d/name", i);
		FILE *f = fopen(path, "r");
		if (!f) continue;
		if (!fgets(name, sizeof name, f)) name[0] = 0;
		fclose(f);
		if (!strncmp(name, want, strlen(want))) { uio = i; break; }
	}
	if (uio < 0) { fprintf(stderr, "mmcemu: no uio device %s\n", want); return 1; }
	size_t size = 0;
	snprintf(path, sizeof path, "/sys/class/uio/uio%d/maps/map0/size", uio);
	FILE *f = fopen(path, "r");
	if (!f || fscanf(f, "%zx", &size) != 1) { fprintf(stderr, "mmcemu: %s: %m\n", path); return 1; }
	fclose(f);
	snprintf(path, sizeof path, "/dev/uio%d", uio);
	int fd = open(path, O_RDWR | O_CLOEXEC);
	uint8_t *map = fd < 0 ? MAP_FAILED : mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED) { fprintf(stderr, "mmcemu: %s: %m\n", path); return 1; }
	volatile struct tcmu_mailbox *mb = (void *) map;
	uint8_t *buf = malloc(MAX_XFER);
	if (!buf) return 1;

	for (;;) {
		uint32_t n;
		int done = 0;
		while (mb->cmd_tail != mb->cmd_head) {
			__sync_synchronize();
			struct tcmu_cmd_entry *e = (void *) (map + mb->cmdr_off + mb->cmd_tail);
			uint32_t len = tcmu_hdr_get_len(e->hdr.len_op);
			if (tcmu_hdr_get_op(e->hdr.len_op) == TCMU_OP_CMD) {
				struct tcmu_iovec *v = (void *) ((uint8_t *) e + offsetof(struct tcmu_cmd_entry, req.iov));
				int nv = e->req.iov_cnt;
				size_t total = 0;
				struct xfer x = { .cdb = map + e->req.cdb_off };
				for (int i = 0; i < nv; i++) total += v[i].iov_len;
				if (total > MAX_XFER) total = MAX_XFER;
				if (is_output(x.cdb)) {
					x.out = buf;
					x.out_len = copy_iov(map, v, nv, buf, total, 0);
				} else {
					x.in = buf;
					x.in_max = total;
				}
				int status = mmc_command(d, &x);
				if (!is_output(x.cdb)) copy_iov(map, v, nv, buf, x.in_len, 1);
				memset(&e->rsp, 0, sizeof e->rsp);
				e->rsp.scsi_status = status;
				if (status) memcpy(e->rsp.sense_buffer, x.sense, sizeof x.sense);
				else if (x.in && mb->flags & TCMU_MAILBOX_FLAG_CAP_READ_LEN) {
					e->rsp.read_len = x.in_len;
					e->hdr.uflags |= TCMU_UFLAG_READ_LEN;
				}
			} else if (tcmu_hdr_get_op(e->hdr.len_op) != TCMU_OP_PAD)
				e->hdr.uflags |= TCMU_UFLAG_UNKNOWN_OP;
			__sync_synchronize();
			mb->cmd_tail = (mb->cmd_tail + len) % mb->cmdr_size;
			done = 1;
		}
		n = 0;
		if (done && write(fd, &n, 4) != 4) break;
		struct pollfd p[2] = { { .fd = fd, .events = POLLIN }, { .fd = fifo, .events = POLLIN } };
		if (poll(p, 2, -1) < 0) break;
		if (p[1].revents) swap(d, fifo, image_path);
		if (p[0].revents && read(fd, &n, 4) != 4) break;
	}
	fprintf(stderr, "mmcemu: %s: %m\n", path);
	return 1;
}

int main(int argc, char **argv)
{
	static struct drive d;
	const char *medium = "dvd+r", *image_path = "/tmp/mmcemu.img", *log = NULL, *dir = NULL, *control = NULL;
	int mib = 0, opt, fifo = -1;
	int32_t bad_read = NO_LBA, bad_write = NO_LBA;
	while ((opt = getopt(argc, argv, "m:s:f:l:d:w:r:c:")) != -1)
		switch (opt) {
		case 'm': medium = optarg; break;
		case 's': mib = atoi(optarg); break;
		case 'f': image_path = optarg; break;
		case 'l': log = optarg; break;
		case 'd': dir = optarg; break;
		case 'c': control = optarg; break;
		case 'w': bad_write = atoi(optarg); break;
		case 'r': bad_read = atoi(optarg); break;
		default: return 2;
		}
	if (!dir || load(&d, medium, image_path, mib)) {
		fprintf(stderr, "usage: mmcemu -m MEDIUM [-s MIB] [-f IMAGE] [-l LOG] "
		        "[-w LBA] [-r LBA] [-c FIFO] -d CONFIGFS\n");
		return 2;
	}
	d.bad_read = bad_read; d.bad_write = bad_write;
	if (log && !(cmd_log = fopen(log, "w"))) { fprintf(stderr, "mmcemu: %s: %m\n", log); return 2; }
	if (control && (mkfifo(control, 0600) || (fifo = open(control, O_RDWR | O_NONBLOCK)) < 0)) {
		fprintf(stderr, "mmcemu: %s: %m\n", control);
		return 2;
	}
	return serve(&d, dir, image_path, fifo);
}
#endif
