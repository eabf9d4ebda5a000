/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a drive tells of itself and of its medium: INQUIRY, GET CONFIGURATION, READ DISC
 * INFORMATION, READ TRACK INFORMATION, READ TOC, mode pages, speeds, structures. */
#include <string.h>

#include "mmcemu.h"

static const int cd_speeds[] = { 8467, 4234, 2822, 1411, 706, 0 };
static const int dvd_speeds[] = { 22160, 16620, 11080, 5540, 3324, 0 };
static const int bd_speeds[] = { 53946, 35964, 26973, 17982, 8991, 4495, 0 };

static const int *speeds(const struct medium *m)
{
	return medium_is_cd(m) ? cd_speeds : m->k.family == BD ? bd_speeds : dvd_speeds;
}

static int n_speeds(const struct medium *m)
{
	int n = 0;
	while (speeds(m)[n])
		n++;
	return n;
}

int info_speed(const struct drive *d, long wanted_kbs)
{
	const int *s = speeds(&d->m);
	if (wanted_kbs <= 0)
		return s[0];
	while (s[1] && s[0] > wanted_kbs)
		s++;
	return s[0];
}

static void put_msf(uint8_t *p, int32_t lba)
{
	lba += 150;
	p[0] = (uint8_t)(lba / 4500);
	p[1] = (uint8_t)(lba / 75 % 60);
	p[2] = (uint8_t)(lba % 75);
}

int info_inquiry(struct xfer *x)
{
	uint8_t b[96] = { 5, 0x80, 5, 2, 91 };
	if (x->cdb[1] & 1 || x->cdb[2])
		return command_bad_field(x);
	memcpy(b + 8, "EMULATEDMMC BURNER      1.00", 28);
	return command_reply(x, b, sizeof b, get16(x->cdb + 3));
}

/* ---- GET CONFIGURATION (MMC-5, 5.3) ---- */

static const uint16_t all_profiles[] = { 0x43, 0x42, 0x41, 0x40, 0x2B, 0x1B, 0x1A, 0x15, 0x14, 0x13,
	0x12, 0x11, 0x10, 0x0A, 0x09, 0x08 };
enum { N_PROFILES = sizeof all_profiles / sizeof *all_profiles };
static const uint16_t any[] = { 0xFFFF, 0 }, never[] = { 0 };
static const uint16_t cds[] = { 0x08, 0x09, 0x0A, 0 }, cd_writable[] = { 0x09, 0x0A, 0 };
static const uint16_t dvds[] = { 0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x1A, 0x1B, 0x2B, 0 };
static const uint16_t random_writable[] = { 0x12, 0x1A, 0x43, 0 };
static const uint16_t incremental[] = { 0x09, 0x0A, 0x11, 0x14, 0x15, 0 };
static const uint16_t formattable[] = { 0x12, 0x13, 0x14, 0x1A, 0x41, 0x43, 0 };
static const uint16_t restricted[] = { 0x13, 0 }, plus_rw[] = { 0x1A, 0 },
		      plus_r[] = { 0x1B, 0x2B, 0 };
static const uint16_t minus[] = { 0x11, 0x14, 0x15, 0 }, plus_r_dl[] = { 0x2B, 0 };
static const uint16_t bds[] = { 0x40, 0x41, 0x43, 0 }, bd_writable[] = { 0x41, 0x43, 0 };

static const struct feature {
	uint16_t code;
	uint8_t version, is_persistent, n_bytes;
	const uint16_t *profiles; /* with which it is current */
} features[] = {
	{ 0x00, 0, 1, 4 * N_PROFILES, any }, /* profile list */
	{ 0x01, 2, 1, 8, any },              /* core */
	{ 0x02, 1, 1, 4, any },              /* morphing */
	{ 0x03, 1, 1, 4, any },              /* removable medium */
	{ 0x10, 0, 0, 8, any },              /* random readable */
	{ 0x1E, 2, 0, 4, cds },              /* CD read */
	{ 0x1F, 1, 0, 4, dvds },             /* DVD read */
	{ 0x20, 1, 0, 12, random_writable }, /* random writable */
	{ 0x21, 3, 0, 8, incremental },      /* incremental streaming writable */
	{ 0x23, 1, 0, 8, formattable },      /* formattable */
	{ 0x26, 0, 0, 0, restricted },       /* restricted overwrite */
	{ 0x2A, 1, 0, 4, plus_rw },          /* DVD+RW */
	{ 0x2B, 0, 0, 4, plus_r },           /* DVD+R */
	{ 0x2D, 2, 0, 4, cd_writable },      /* CD track at once */
	{ 0x2E, 1, 0, 4, cd_writable },      /* CD mastering: session at once */
	{ 0x2F, 2, 0, 4, minus },            /* DVD-R, DVD-RW write */
	{ 0x3B, 0, 0, 4, plus_r_dl },        /* DVD+R double layer */
	{ 0x40, 1, 0, 28, bds },             /* BD read */
	{ 0x41, 1, 0, 20, bd_writable },     /* BD write */
	{ 0x100, 0, 1, 0, any },             /* power management */
	{ 0x104, 1, 1, 4, never },           /* microcode upgrade */
	{ 0x105, 1, 1, 4, any },             /* timeout */
	{ 0x107, 5, 0, 4, any },             /* real time streaming */
	{ 0x108, 0, 1, 8, any },             /* serial number */
};

static int is_current(const struct feature *f, const struct drive *d, unsigned profile)
{
	if (f->profiles == any)
		return profile != 0 || f->is_persistent;
	if (f->code == 0x21 && d->m.is_fast_blanked)
		return 0; /* such a DVD-RW takes disc at once only */
	for (const uint16_t *p = f->profiles; *p; p++)
		if (*p == profile)
			return 1;
	return 0;
}

static void fill_feature(
	const struct drive *d, const struct feature *f, unsigned profile, uint8_t *p)
{
	enum { BUF = 0x40, TEST_WRITE = 4, REWRITABLE = 2, DUAL_LAYER = 8 };
	switch (f->code) {
	case 0x00:
		for (int i = 0; i < N_PROFILES; i++, p += 4) {
			put16(p, all_profiles[i]);
			p[2] = all_profiles[i] == profile;
		}
		break;
	case 0x01:
		put32(p, 7); /* Serial ATAPI */
		p[4] = 1;
		break;
	case 0x02:
		p[0] = 2;
		break;
	case 0x03:
		p[0] = 1 << 5 | 8 | 1; /* tray, eject, lock */
		if (!fault_is_armed("no-tray-load", NULL))
			p[0] |= 0x10;
		break;
	case 0x10:
		put32(p, BLK);
		put16(p + 4, medium_is_cd(&d->m) ? 1 : (unsigned)d->m.k.unit);
		p[6] = 1;
		break;
	case 0x20:
		put32(p, (uint32_t)d->m.blocks - 1);
		put32(p + 4, BLK);
		put16(p + 8, 1);
		p[10] = 1;
		break;
	case 0x21:
		put16(p, 0x0100);
		p[2] = 4 | 1;
		p[3] = 1;
		p[4] = 16;
		break;
	case 0x23:
		p[0] = d->m.k.family == BD ? 0x0F : 0;
		p[4] = profile == PROFILE_BD_R;
		break;
	case 0x2A:
	case 0x2B:
		p[0] = 1;
		break;
	case 0x2D:
		p[0] = BUF | TEST_WRITE | REWRITABLE;
		put16(p + 2, 0x0100);
		break;
	case 0x2E:
		p[0] = BUF | 0x20 | TEST_WRITE | REWRITABLE;
		break;
	case 0x2F:
		p[0] = BUF | DUAL_LAYER | TEST_WRITE | REWRITABLE;
		break;
	case 0x40:
	case 0x41:
		put16(p + 4, 0xFFFF);
		break;
	case 0x107:
		p[0] = 0x1E; /* read buffer capacity, set CD speed, mode page 2Ah, write speeds */
		break;
	case 0x108:
		memcpy(p, "MMCEMU01", 8);
		break;
	}
}

int info_configuration(struct drive *d, struct xfer *x)
{
	uint8_t b[1024] = { 0 }, *p = b + 8;
	unsigned start = get16(x->cdb + 2), rt = x->cdb[1] & 3;
	unsigned profile =
		d->tray_is_open || fault_is_armed("no-medium", NULL) ? 0 : d->m.k.profile;
	if (rt == 3)
		return command_bad_field(x);
	for (size_t i = 0; i < sizeof features / sizeof *features; i++) {
		const struct feature *f = &features[i];
		int current = is_current(f, d, profile);
		if ((rt == 2 ? f->code != start : f->code < start) || (rt == 1 && !current))
			continue;
		put16(p, f->code);
		p[2] = (uint8_t)(f->version << 2 | f->is_persistent << 1 | current);
		p[3] = f->n_bytes;
		fill_feature(d, f, profile, p + 4);
		p += 4 + f->n_bytes;
	}
	put16(b + 6, profile);
	put32(b, (uint32_t)(p - b - 4));
	return command_reply(x, b, (size_t)(p - b), get16(x->cdb + 7));
}

/* ---- READ DISC INFORMATION, READ TRACK INFORMATION ---- */

static void disc_addresses(const struct medium *m, uint8_t *b)
{
	if (!medium_is_cd(m)) {
		put32(b + 16, m->is_complete ? 0xFFFFFFFF : (uint32_t)medium_next_start(m));
		put32(b + 20, m->is_complete ? 0xFFFFFFFF : (uint32_t)m->blocks);
		return;
	}
	if (m->is_complete) {
		memset(b + 16, 0xFF, 8);
		return;
	}
	if (m->n_tracks) {
		put_msf(b + 17, medium_next_start(m) - 4500 - 150);
	} else {
		b[17] = 97; /* lead-in, from the ATIP */
		b[18] = 27;
	}
	put_msf(b + 21, m->blocks);
}

int info_disc(struct drive *d, struct xfer *x)
{
	uint8_t b[34] = { 0, 32 };
	struct medium *m = &d->m;
	int overwrite = medium_is_overwrite(m), state, last, sessions, first = 1, last_track;
	if (x->cdb[1] & 7)
		return command_bad_field(x);
	if (overwrite || m->is_complete) {
		state = m->k.profile == PROFILE_DVD_RAM ? 3 : overwrite && !m->is_formatted ? 0 : 2;
		last = state ? 3 : 0;
		sessions = overwrite || !m->n_sessions ? 1 : m->n_sessions;
		last_track = overwrite || !m->n_tracks ? 1 : m->n_tracks;
	} else {
		state = m->n_tracks ? 1 : 0;
		last = medium_session_is_open(m) ? 1 : 0;
		sessions = m->n_sessions + 1;
		last_track = medium_open_track(m) ? m->n_tracks : m->n_tracks + 1;
	}
	while (!overwrite && first <= m->n_tracks && m->t[first - 1].session < sessions)
		first++;
	b[2] = (uint8_t)((m->k.is_erasable ? 16 : 0) | last << 2 | state);
	b[3] = 1;
	b[4] = (uint8_t)sessions;
	b[5] = (uint8_t)first;
	b[6] = (uint8_t)last_track;
	b[7] = 0x20;
	b[9] = (uint8_t)(sessions >> 8);
	b[10] = (uint8_t)(first >> 8);
	b[11] = (uint8_t)(last_track >> 8);
	if (m->k.profile == PROFILE_DVD_PLUS_RW)
		b[7] |= (uint8_t)m->background;
	b[8] = medium_is_cd(m) && !m->n_tracks ? 0xFF : 0;
	disc_addresses(m, b);
	return command_reply(x, b, sizeof b, get16(x->cdb + 7));
}

/* The number of the track that a READ TRACK INFORMATION asks for; 0: none. */
static int asked_track(struct medium *m, const struct xfer *x)
{
	int type = x->cdb[1] & 3, n = 1;
	uint32_t a = get32(x->cdb + 2);
	if (medium_is_overwrite(m))
		return type == 1 && a != 1 && a != 0xFF ? 0 : 1;
	int invisible = m->is_complete ? 0 : medium_open_track(m) ? m->n_tracks : m->n_tracks + 1;
	switch (type) {
	case 0:
		while (n <= m->n_tracks && medium_track_end(&m->t[n - 1]) <= (int32_t)a)
			n++;
		break;
	case 1:
		n = a == 0xFF && invisible ? invisible : (int)a;
		break;
	case 2:
		while (n <= m->n_tracks && m->t[n - 1].session < (int)a)
			n++;
		break;
	default:
		return 0;
	}
	return n < 1 || n > (invisible > m->n_tracks ? invisible : m->n_tracks) ? 0 : n;
}

static void track_modes(const struct medium *m, const struct track *t, int is_invisible, uint8_t *b)
{
	int is_packet = !medium_is_cd(m) && !m->k.is_rom;
	b[5] = medium_is_cd(m) ? 4 : m->k.family == DVD_MINUS ? 5 : 7;
	if (t->is_damaged)
		b[5] |= 0x20;
	b[6] = (uint8_t)((t->is_reserved ? 0x80 : 0) | (is_invisible ? 0x40 : 0) | 1);
	if (is_packet)
		b[6] |= m->k.family == DVD_MINUS ? 0x20 : 0x30;
	if (medium_is_overwrite(m))
		b[6] = (uint8_t)(0x30 | (m->is_formatted ? 0 : 0x40) | 1);
	put32(b + 20, is_packet ? (uint32_t)m->k.unit : 0);
}

int info_track(struct drive *d, struct xfer *x)
{
	uint8_t b[36] = { 0, 34 };
	struct medium *m = &d->m;
	int overwrite = medium_is_overwrite(m), n = asked_track(m, x);
	struct track t = { .session = m->n_sessions + 1, .start = medium_next_start(m) };
	if (!n)
		return command_bad_field(x);
	t.nwa = t.start;
	if (overwrite) {
		int32_t end = medium_readable_end(m);
		t = (struct track){ .session = 1, .size = end ? end : m->blocks, .is_closed = 1 };
	} else if (n <= m->n_tracks)
		t = m->t[n - 1];
	int32_t nwa = t.nwa, size = t.size;
	if (n > m->n_tracks && medium_is_cd(m) && d->page5_is_set &&
		write_mode(d) == MODE_AT_ONCE && !m->n_tracks)
		nwa = -150;
	int32_t n_free =
		t.is_closed || t.is_damaged
			? 0
			: (t.is_reserved ? t.start + t.size : m->blocks) - (nwa > 0 ? nwa : 0);
	if (n_free < 0)
		n_free = 0;
	if (!t.is_closed && !t.is_reserved)
		size = m->blocks - t.start;
	b[2] = (uint8_t)n;
	b[3] = (uint8_t)t.session;
	b[32] = (uint8_t)(n >> 8);
	b[33] = (uint8_t)(t.session >> 8);
	track_modes(m, &t, n > m->n_tracks && !overwrite, b);
	b[7] = n_free > 0 ? 1 : 0; /* the next writable address is valid */
	put32(b + 8, (uint32_t)t.start);
	put32(b + 12, b[7] ? (uint32_t)nwa : 0);
	put32(b + 16, (uint32_t)n_free);
	put32(b + 24, (uint32_t)size);
	if (t.nwa > t.start) {
		put32(b + 28, (uint32_t)t.nwa - 1);
		b[7] |= 2;
	}
	return command_reply(x, b, sizeof b, get16(x->cdb + 7));
}

/* ---- READ TOC/PMA/ATIP ---- */

static int atip(struct drive *d, struct xfer *x)
{
	uint8_t b[28] = { 0, 26 };
	if (!medium_is_cd(&d->m) || d->m.k.is_rom)
		return command_bad_field(x);
	b[4] = 0xD0;
	b[5] = 0x40;
	b[6] = (uint8_t)(0x80 | (d->m.k.is_erasable ? 0x40 : 0));
	b[8] = 97;
	b[9] = 27;
	put_msf(b + 12, d->m.blocks);
	return command_reply(x, b, sizeof b, get16(x->cdb + 7));
}

static uint8_t *toc_entry(uint8_t *p, int number, int32_t lba, int is_msf)
{
	p[1] = 0x14;
	p[2] = (uint8_t)number;
	if (is_msf)
		put_msf(p + 5, lba);
	else
		put32(p + 4, (uint32_t)lba);
	return p + 8;
}

/* Format 2: all that the lead-ins of the sessions say. */
static uint8_t *full_toc(const struct track *t, int n, int sessions, uint8_t *p)
{
	for (int s = 1, i = 0; s <= sessions; s++) {
		int first = i;
		while (i < n && t[i].session == s)
			i++;
		uint8_t e[3][11] = { { (uint8_t)s, 0x14, 0, 0xA0, 0, 0, 0, 0,
					     (uint8_t)(first + 1) },
			{ (uint8_t)s, 0x14, 0, 0xA1, 0, 0, 0, 0, (uint8_t)i },
			{ (uint8_t)s, 0x14, 0, 0xA2 } };
		put_msf(e[2] + 8, medium_track_end(&t[i - 1]));
		memcpy(p, e, sizeof e);
		p += sizeof e;
		for (int j = first; j < i; j++, p += 11) {
			p[0] = (uint8_t)s;
			p[1] = 0x14;
			p[3] = (uint8_t)(j + 1);
			put_msf(p + 8, t[j].start);
		}
	}
	return p;
}

int info_toc(struct drive *d, struct xfer *x)
{
	uint8_t b[4 + 11 * 4 * MAX_TRACKS] = { 0 }, *p = b + 4;
	int msf = x->cdb[1] & 2, format = x->cdb[2] & 15, n = 0, f = 0;
	struct medium *m = &d->m;
	struct track one = { .session = 1, .size = m->blocks, .is_closed = 1 }, *t = m->t;
	int sessions = m->n_sessions;
	if (!format)
		format = x->cdb[9] >> 6;
	if (format == 4)
		return atip(d, x);
	if (medium_is_overwrite(m)) {
		t = &one;
		t->size = medium_readable_end(m);
		n = sessions = m->is_formatted;
	} else
		while (n < m->n_tracks && t[n].session <= sessions)
			n++;
	if (!n)
		return command_bad_field(x);
	switch (format) {
	case 0:
		b[2] = 1;
		b[3] = (uint8_t)(n > 99 ? 99 : n);
		for (int i = 0; i < n; i++)
			if (i + 1 >= x->cdb[6])
				p = toc_entry(p, i + 1, t[i].start, msf);
		p = toc_entry(p, 0xAA, medium_track_end(&t[n - 1]), msf);
		break;
	case 1:
		b[2] = 1;
		b[3] = (uint8_t)sessions;
		while (t[f].session < sessions)
			f++;
		p = toc_entry(p, f + 1, t[f].start, msf);
		break;
	case 2:
		if (!medium_is_cd(m))
			return command_bad_field(x);
		b[2] = 1;
		b[3] = (uint8_t)sessions;
		p = full_toc(t, n, sessions, p);
		break;
	default:
		return command_bad_field(x);
	}
	put16(b, (unsigned)(p - b - 2));
	return command_reply(x, b, (size_t)(p - b), get16(x->cdb + 7));
}

int info_read_capacity(struct drive *d, struct xfer *x)
{
	uint8_t b[8];
	int32_t end = medium_readable_end(&d->m);
	if (fault_is_armed("stale-capacity", NULL)) {
		if (d->stale_end < 0)
			d->stale_end = end;
		end = d->stale_end;
	}
	put32(b, end ? (uint32_t)end - 1 : 0);
	put32(b + 4, BLK);
	return command_reply(x, b, sizeof b, sizeof b);
}

/* ---- formats, speeds, structures ---- */

/* The formats that a medium takes, and how many blocks each would have (MMC-5, 6.24.3.3). */
static int format_types(const struct medium *m, uint8_t types[8])
{
	switch (m->k.profile) {
	case PROFILE_DVD_RAM:
		memcpy(types, "\x00", 1);
		return 1;
	case PROFILE_DVD_RW:
		memcpy(types, "\x00\x10\x15", 3);
		return 3;
	case PROFILE_DVD_RW_OVERWRITE:
		memcpy(types, "\x00\x10\x15\x13\x11", 5);
		return m->is_growing ? 3 : 5;
	case PROFILE_DVD_PLUS_RW:
		memcpy(types, "\x26", 1);
		return 1;
	case PROFILE_BD_R:
		memcpy(types, "\x00\x32", 2);
		return 2;
	case PROFILE_BD_RE:
		memcpy(types, "\x00\x30\x31", 3);
		return 3;
	}
	return 0;
}

int info_format_capacities(struct drive *d, struct xfer *x)
{
	uint8_t b[64] = { 0 }, *p = b + 12, types[8];
	const struct medium *m = &d->m;
	int is_restricted = m->k.profile == PROFILE_DVD_RW_OVERWRITE;
	int formatted = medium_is_overwrite(m) ? m->is_formatted : m->n_tracks > 0;
	put32(b + 4, (uint32_t)(is_restricted ? m->formatted_end : m->blocks));
	b[8] = is_restricted && m->is_growing ? 3 : formatted ? 2 : 1;
	put16(b + 10, BLK);
	int n = format_types(m, types);
	for (int i = 0; i < n; i++, p += 8) {
		int is_growth = types[i] == 0x13 || types[i] == 0x11;
		int by_unit = m->k.family == DVD_MINUS && types[i];
		put32(p, (uint32_t)(m->blocks - (is_growth ? m->formatted_end : 0)));
		p[4] = (uint8_t)(types[i] << 2);
		put16(p + 6, by_unit ? 16 : types[i] == 0x26 ? 0 : BLK);
	}
	b[3] = (uint8_t)(p - b - 4);
	return command_reply(x, b, (size_t)(p - b), get16(x->cdb + 7));
}

int info_performance(struct drive *d, struct xfer *x)
{
	uint8_t b[8 + 8 * 16] = { 0 };
	int type = x->cdb[10], most = get16(x->cdb + 8), is_write = x->cdb[1] & 4;
	int n = type == 3 ? n_speeds(&d->m) : 1;
	if (type != 0 && type != 3)
		return command_bad_field(x);
	put32(b, (uint32_t)(4 + 16 * n));
	if (type == 0 && is_write)
		b[4] = 2;
	if (n > most)
		n = most;
	for (int i = 0; i < n; i++) {
		uint8_t *p = b + 8 + 16 * i;
		if (type == 3) {
			put32(p + 4, (uint32_t)d->m.blocks - 1);
			put32(p + 8, (uint32_t)info_speed(d, d->read_kbs));
			put32(p + 12, (uint32_t)speeds(&d->m)[i]);
		} else {
			int kbs = info_speed(d, is_write ? d->write_kbs : d->read_kbs);
			put32(p + 4, (uint32_t)kbs);
			put32(p + 8, (uint32_t)d->m.blocks - 1);
			put32(p + 12, (uint32_t)kbs);
		}
	}
	return command_reply(x, b, (size_t)(8 + 16 * n), x->in_max);
}

int info_disc_structure(struct drive *d, struct xfer *x)
{
	static const struct {
		uint16_t profile;
		uint8_t book;
	} books[] = { { 0x10, 0x01 }, { 0x11, 0x25 }, { 0x12, 0x16 }, { 0x13, 0x32 },
		{ 0x14, 0x32 }, { 0x15, 0x26 }, { 0x1A, 0x92 }, { 0x1B, 0xA1 }, { 0x2B, 0xE1 } };
	uint8_t b[2052] = { 0 };
	int format = x->cdb[7], profile = d->m.k.profile;
	if (medium_is_cd(&d->m) || d->m.k.family == BD)
		return command_fail(x, ILLEGAL_REQUEST, 0x30, 2);
	if (format == 0x20 && (profile == PROFILE_DVD_PLUS_R_DL || profile == PROFILE_DVD_R_DL)) {
		put16(b, 10); /* layer boundary */
		b[4] = 0x80;
		put32(b + 8, (uint32_t)d->m.blocks / 2);
		return command_reply(x, b, 12, get16(x->cdb + 8));
	}
	/* 10h, 11h: the same, of the control data zone and of the ADIP */
	if (format != 0 && format != (d->m.k.family == DVD_PLUS ? 0x11 : 0x10))
		return command_bad_field(x);
	put16(b, 2050);
	for (size_t i = 0; i < sizeof books / sizeof *books; i++)
		if (books[i].profile == profile)
			b[4] = books[i].book;
	b[6] = 2;
	if (profile == PROFILE_DVD_PLUS_R_DL || profile == PROFILE_DVD_R_DL)
		b[6] |= 0x20;
	uint32_t first = profile == PROFILE_DVD_RAM ? 0x31000 : 0x30000;
	put32(b + 8, first);
	put32(b + 12, first + (uint32_t)d->m.blocks - 1);
	memcpy(b + 4 + 19,
		"MMCEMU\0\0"
		"M01",
		11);
	return command_reply(x, b, sizeof b, get16(x->cdb + 8));
}

/* ---- MODE SENSE ---- */

static size_t capabilities_page(const struct drive *d, uint8_t *p)
{
	int n = n_speeds(&d->m);
	p[2] = 0x3F;
	p[3] = 0x37;
	p[4] = 0xF1;
	p[6] = (uint8_t)(1 << 5 | 8 | 1 | (d->is_locked ? 2 : 0));
	put16(p + 8, (unsigned)info_speed(d, 0));
	put16(p + 12, BUFFER_BYTES / 1024);
	put16(p + 14, (unsigned)info_speed(d, d->read_kbs));
	put16(p + 18, (unsigned)info_speed(d, 0));
	put16(p + 20, (unsigned)info_speed(d, d->write_kbs));
	put16(p + 28, (unsigned)info_speed(d, d->write_kbs));
	put16(p + 30, (unsigned)n);
	for (int i = 0; i < n; i++)
		put16(p + 32 + 4 * i + 2, (unsigned)speeds(&d->m)[i]);
	return p[1] + 2U;
}

static size_t mode_page(const struct drive *d, int page, int changeable, uint8_t *p)
{
	memset(p, 0, 80);
	p[0] = (uint8_t)page;
	switch (page) {
	case 0x01:
		p[1] = 10;
		p[3] = changeable ? 0 : 8;
		return 12;
	case 0x05:
		memcpy(p, d->page5, 52);
		p[0] = 5;
		p[1] = 50;
		if (changeable)
			memset(p + 2, 0xFF, 50);
		return 52;
	case 0x08:
		p[1] = 10;
		p[2] = changeable ? 0 : 4;
		return 12;
	case 0x1A:
		p[1] = 10;
		return 12;
	case 0x1D:
		p[1] = 8;
		return 10;
	case 0x2A:
		p[1] = (uint8_t)(30 + n_speeds(&d->m) * 4);
		return changeable ? p[1] + 2U : capabilities_page(d, p);
	}
	return 0;
}

int info_mode_sense(struct drive *d, struct xfer *x)
{
	static const uint8_t all[] = { 0x01, 0x05, 0x08, 0x1A, 0x1D, 0x2A };
	uint8_t b[600] = { 0 };
	int ten = x->cdb[0] == 0x5A, page = x->cdb[2] & 0x3F, pc = x->cdb[2] >> 6;
	size_t n = ten ? 8 : 4, head = n;
	if (pc == 3)
		return command_fail(x, ILLEGAL_REQUEST, 0x39, 0);
	for (size_t i = 0; i < sizeof all; i++)
		if (page == 0x3F || page == all[i])
			n += mode_page(d, all[i], pc == 1, b + n);
	if (n == head && page)
		return command_bad_field(x);
	if (ten)
		put16(b, (unsigned)n - 2);
	else
		b[0] = (uint8_t)(n - 1);
	return command_reply(x, b, n, ten ? get16(x->cdb + 7) : x->cdb[4]);
}
