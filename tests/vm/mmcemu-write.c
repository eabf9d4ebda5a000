/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writing and reading, as strict as a drive where it matters to a burn program: a sequential
 * medium takes data only at its next writable address, write modes must be set up first, a closed
 * medium takes nothing, a simulated burn writes nothing, unwritten blocks can't be read. */
#include <string.h>

#include "mmcemu.h"

enum { IMMED_POLLS = 1 }; /* commands for which an operation with IMMED keeps the drive busy */
enum { BUSY_FORMATTING = 4, BUSY_OPERATION = 7, BUSY_LONG_WRITE = 8 };

static void begin_busy(struct drive *d, int is_immediate, uint8_t ascq)
{
	int32_t n = IMMED_POLLS;
	if (!is_immediate)
		return;
	fault_is_armed("slow-operations", &n);
	d->n_busy = n;
	d->busy_ascq = ascq;
}

/* ---- mode page 05h, speeds ---- */

enum write_mode write_mode(const struct drive *d)
{
	return (enum write_mode)(d->page5[2] & 15);
}

static int is_tao(const struct drive *d)
{
	return write_mode(d) == MODE_TAO;
}

static int is_test(const struct drive *d)
{
	return d->page5_is_set && d->page5[2] & 0x10;
}

static int is_multi(const struct drive *d)
{
	return d->page5_is_set && d->page5[3] >> 6 == 3;
}

static int is_usable_page5(const struct medium *m, const uint8_t *p, size_t n)
{
	int type = p[2] & 15, block = p[4] & 15, test = p[2] & 0x10;
	if (n < 24)
		return 0;
	if (medium_is_cd(m))
		/* raw blocks (0) are those of audio, with which libburn closes sessions */
		return (type == MODE_TAO && (block == 0 || block == 8)) ||
		       (type == MODE_AT_ONCE && (block == 0 || block == 8));
	if (m->k.profile == PROFILE_DVD_RW_OVERWRITE)
		return type == MODE_INCREMENTAL && block == 8 && !test;
	if (m->k.family == DVD_MINUS)
		return block == 8 &&
		       (type == MODE_AT_ONCE || (type == MODE_INCREMENTAL && !m->is_fast_blanked));
	return !test; /* DVD+R, BD: the page means nothing, and nothing can be simulated */
}

int write_mode_select(struct drive *d, struct xfer *x)
{
	size_t head = x->cdb[0] == 0x55 ? 8 : 4, at;
	if (!(x->cdb[1] & 0x10) || x->cdb[1] & 1)
		return command_bad_field(x);
	if (!x->n_out)
		return GOOD;
	if (x->n_out < head)
		return command_fail(x, ILLEGAL_REQUEST, 0x1A, 0);
	write_end_test(d);
	at = head + (head == 8 ? get16(x->out + 6) : x->out[3]);
	while (at + 2 <= x->n_out) {
		const uint8_t *p = x->out + at;
		size_t n = p[1] + 2U;
		if (at + n > x->n_out)
			return command_fail(x, ILLEGAL_REQUEST, 0x1A, 0);
		if ((p[0] & 0x3F) == 5) {
			if (!is_usable_page5(&d->m, p, n)) {
				command_note("write parameters refused: %02X %02X %02X %02X", p[2],
					p[3], p[4], p[5]);
				return command_fail(x, ILLEGAL_REQUEST, 0x26, 0);
			}
			memset(d->page5, 0, sizeof d->page5);
			memcpy(d->page5, p, n < sizeof d->page5 ? n : sizeof d->page5);
			d->page5_is_set = 1;
		} else if (!strchr("\x01\x08\x1A\x1D\x2A", p[0] & 0x3F)) {
			return command_fail(x, ILLEGAL_REQUEST, 0x26, 0);
		}
		at += n;
	}
	return GOOD;
}

int write_set_streaming(struct drive *d, struct xfer *x)
{
	const uint8_t *p = x->out;
	if (x->n_out < 28)
		return command_fail(x, ILLEGAL_REQUEST, 0x1A, 0);
	if (p[0] & 4) { /* restore defaults */
		d->read_kbs = d->write_kbs = 0;
		return GOOD;
	}
	uint32_t read_ms = get32(p + 16), write_ms = get32(p + 24);
	if (!read_ms || !write_ms || get32(p + 4) > get32(p + 8))
		return command_fail(x, ILLEGAL_REQUEST, 0x26, 0);
	d->read_kbs = info_speed(d, (long)((uint64_t)get32(p + 12) * 1000 / read_ms));
	d->write_kbs = info_speed(d, (long)((uint64_t)get32(p + 20) * 1000 / write_ms));
	return GOOD;
}

/* ---- simulated writing ---- */

static void begin_test(struct drive *d)
{
	if (!is_test(d) || d->is_testing)
		return;
	d->before_test = d->m;
	d->is_testing = 1;
}

void write_end_test(struct drive *d)
{
	if (!d->is_testing)
		return;
	d->m = d->before_test;
	d->is_testing = d->is_cued = 0;
	command_note("test write: nothing was written");
}

/* ---- WRITE ---- */

/* True where a buffer that runs empty ruins the track: no BURN-Free, no linking of packets. */
static int is_underrun_fatal(const struct drive *d)
{
	int is_continuous = medium_is_cd(&d->m) ||
			    (d->m.k.family == DVD_MINUS && write_mode(d) == MODE_AT_ONCE);
	return is_continuous && !medium_is_overwrite(&d->m) && !(d->page5[2] & 0x40);
}

/* The first block in [lba, lba + n) that can't be written, and the name of the fault. */
static int32_t first_bad(int32_t lba, uint32_t n, const char **fault)
{
	static const char *const names[] = { "write-error", "late-write-error", "hardware-error",
		"end-of-medium", "pulled" };
	int32_t first = NO_LBA;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		int32_t bad = fault_block(names[i], lba, n);
		if (bad != NO_LBA && (first == NO_LBA || bad < first)) {
			first = bad;
			*fault = names[i];
		}
	}
	return first;
}

static void pull_medium(struct drive *d)
{
	d->tray_is_open = d->has_new_media = 1;
	d->is_locked = 0;
}

static int store(struct drive *d, const uint8_t *p, int32_t lba, int32_t n)
{
	for (; n > 0 && lba < 0; n--, lba++) /* pregap */
		p += BLK;
	if (d->is_testing || n <= 0)
		return 0;
	if (medium_write(lba, (uint32_t)n, p))
		return -1;
	int32_t wrong = fault_block("corrupt", lba, (uint32_t)n);
	if (wrong != NO_LBA) {
		uint8_t b[BLK];
		memcpy(b, p + (size_t)(wrong - lba) * BLK, BLK);
		b[BLK / 2] ^= 1;
		return medium_write(wrong, 1, b);
	}
	return 0;
}

static int fail_at(struct drive *d, struct xfer *x, struct track *t, const char *fault)
{
	if (t && strcmp(fault, "end-of-medium") != 0)
		t->is_damaged = 1;
	if (!strcmp(fault, "late-write-error")) {
		d->pending = (struct sense){ MEDIUM_ERROR, 0x0C, 0 };
		d->is_pending_deferred = 1;
		command_note("fault %s", fault);
		return GOOD;
	}
	if (!strcmp(fault, "pulled"))
		pull_medium(d);
	return fault_strike_named(fault, x);
}

/* Takes the data of a WRITE for the track t (NULL: a medium without). *n_done: blocks written. */
static int put(
	struct drive *d, struct xfer *x, struct track *t, int32_t lba, uint32_t n, int32_t *n_done)
{
	const char *fault = NULL;
	*n_done = 0;
	if (x->n_out < (size_t)n * BLK)
		return command_fail(x, ILLEGAL_REQUEST, 0x1A, 0);
	if (buffer_put(d, (size_t)n * BLK) || fault_block("underrun", lba, n) != NO_LBA) {
		int is_fatal = is_underrun_fatal(d);
		command_note("buffer underrun before block %d: %s", lba,
			is_fatal ? "the track is ruined" : "writing goes on behind a link");
		if (is_fatal) {
			if (t)
				t->is_damaged = 1;
			return command_fail(x, MEDIUM_ERROR, 0x0C, 9);
		}
	}
	int32_t bad = first_bad(lba, n, &fault);
	*n_done = bad == NO_LBA ? (int32_t)n : bad - lba;
	if (store(d, x->out, lba, *n_done)) {
		*n_done = 0;
		return command_fail(x, HARDWARE_ERROR, 0x44, 0);
	}
	return bad == NO_LBA ? GOOD : fail_at(d, x, t, fault);
}

static int write_overwrite(struct drive *d, struct xfer *x, int32_t lba, uint32_t n)
{
	struct medium *m = &d->m;
	int64_t end = (int64_t)lba + n;
	int32_t n_done;
	if (!m->is_formatted)
		return command_fail(x, MEDIUM_ERROR, 0x31, 0);
	if (lba < 0 || end > m->blocks)
		return command_fail(x, ILLEGAL_REQUEST, 0x21, 0);
	if (m->k.profile == PROFILE_DVD_RW_OVERWRITE) {
		if (lba % m->k.unit || n % (uint32_t)m->k.unit)
			return command_fail(x, ILLEGAL_REQUEST, 0x21, 2);
		if (m->is_growing ? lba > m->formatted_end : end > m->formatted_end)
			return command_fail(x, ILLEGAL_REQUEST, 0x21, 2);
	}
	if (m->k.profile == PROFILE_DVD_PLUS_RW && m->background == 1 && end > m->formatted_end)
		return command_fail(x, MEDIUM_ERROR, 0x31, 0);
	int status = put(d, x, NULL, lba, n, &n_done);
	if (lba + n_done > m->formatted_end)
		m->formatted_end = medium_round_up(lba + n_done, 16);
	return status;
}

/* CD, session at once: as the cue sheet says. */
static int write_at_once(struct drive *d, struct xfer *x, int32_t lba, uint32_t n)
{
	struct track *t = medium_open_track(&d->m);
	int32_t n_done;
	if (!d->is_cued)
		return command_fail(x, ILLEGAL_REQUEST, 0x2C, 0);
	if (!t || t->is_damaged || lba != d->cue_at)
		return command_fail(x, ILLEGAL_REQUEST, 0x21, 2);
	if ((int64_t)lba + n > d->cue_end)
		return command_fail(x, ILLEGAL_REQUEST, 0x63, 0);
	int status = put(d, x, t, lba, n, &n_done);
	d->cue_at += n_done;
	for (int i = 0; i < d->m.n_tracks; i++) {
		struct track *u = &d->m.t[i];
		if (u->is_closed)
			continue;
		int32_t end = u->start + u->size;
		u->nwa = d->cue_at < u->start ? u->start : d->cue_at < end ? d->cue_at : end;
	}
	return status;
}

/* The track that takes data at lba, a new one where one may begin; NULL with sense filled. */
static struct track *track_for(struct drive *d, struct xfer *x, int32_t lba, int32_t *limit)
{
	struct medium *m = &d->m;
	struct track *t = NULL, *open = medium_open_track(m);
	for (int i = 0; i < m->n_tracks && !t; i++)
		if (!m->t[i].is_closed && m->t[i].nwa == lba)
			t = &m->t[i];
	if ((t && t->is_damaged) ||
		(!t && (lba != medium_next_start(m) || (open && !open->is_reserved)))) {
		command_fail(x, ILLEGAL_REQUEST, 0x21, 2);
		return NULL;
	}
	if (m->k.family == DVD_MINUS && write_mode(d) == MODE_AT_ONCE && !(t && t->is_reserved)) {
		command_fail(x, ILLEGAL_REQUEST, 0x2C, 0);
		return NULL;
	}
	*limit = t && t->is_reserved ? t->start + t->size : m->blocks;
	if (!t && *limit > lba && !(t = medium_new_track(m, 0)))
		command_fail(x, ILLEGAL_REQUEST, 0x63, 0);
	else if (!t)
		command_fail(x, ILLEGAL_REQUEST, 0x63, 0);
	return t;
}

int write_blocks(struct drive *d, struct xfer *x)
{
	int32_t lba, limit, n_done;
	uint32_t n;
	struct medium *m = &d->m;
	command_range(x, &lba, &n);
	if (m->k.is_rom)
		return command_fail(x, DATA_PROTECT, 0x27, 0);
	if (!n)
		return GOOD;
	if (medium_is_overwrite(m))
		return write_overwrite(d, x, lba, n);
	if (m->is_complete)
		return command_fail(x, ILLEGAL_REQUEST, 0x30, 5);
	if ((medium_is_cd(m) || m->k.family == DVD_MINUS) && !d->page5_is_set)
		return command_fail(x, ILLEGAL_REQUEST, 0x2C, 0);
	begin_test(d);
	if (medium_is_cd(m) && write_mode(d) == MODE_TAO && (d->page5[4] & 15) != 8)
		return command_fail(x, ILLEGAL_REQUEST, 0x64, 0);
	if (medium_is_cd(m) && write_mode(d) == MODE_AT_ONCE)
		return write_at_once(d, x, lba, n);
	struct track *t = track_for(d, x, lba, &limit);
	if (!t)
		return CHECK;
	if ((int64_t)lba + n > limit) {
		if (!t->is_reserved && t->nwa == t->start)
			m->n_tracks--; /* nothing in it: none was begun */
		return command_fail(x, ILLEGAL_REQUEST, 0x63, 0);
	}
	int status = put(d, x, t, lba, n, &n_done);
	t->nwa = lba + n_done;
	return status;
}

/* ---- the end of writing ---- */

static void finish_session(struct drive *d, int is_final)
{
	medium_close_session(&d->m, is_final, is_tao(d));
	d->is_cued = 0;
}

int write_will_close(struct drive *d)
{
	struct track *t = medium_open_track(&d->m);
	if (!t || medium_is_overwrite(&d->m) || write_mode(d) != MODE_AT_ONCE || !d->page5_is_set)
		return 0;
	if (medium_is_cd(&d->m))
		return d->is_cued && d->cue_at >= d->cue_end;
	return d->m.k.family == DVD_MINUS && t->is_reserved && t->nwa > t->start;
}

int write_sync(struct drive *d, struct xfer *x)
{
	struct track *t = medium_open_track(&d->m);
	buffer_flush(d);
	begin_busy(d, x->cdb[1] & 2, BUSY_LONG_WRITE);
	if (!t || medium_is_overwrite(&d->m))
		return GOOD;
	if (write_will_close(d))
		finish_session(d, !medium_is_cd(&d->m) || !is_multi(d));
	else if (!medium_is_cd(&d->m))
		t->nwa = medium_round_up(t->nwa, d->m.k.unit);
	else if (is_tao(d) && t->nwa > t->start) /* ends the track, without CLOSE TRACK */
		medium_close_track(&d->m, t, 1);
	if (!d->is_cued)
		write_end_test(d);
	return GOOD;
}

static int close_track(struct drive *d, struct xfer *x, int number)
{
	struct medium *m = &d->m;
	struct track *t = number >= 1 && number <= m->n_tracks ? &m->t[number - 1] : NULL;
	if (!t && (medium_is_cd(m) || number == m->n_tracks))
		t = medium_open_track(m);
	if (t)
		medium_close_track(m, t, is_tao(d));
	else if (number != m->n_tracks + 1 && number != 0xFF)
		return command_bad_field(x);
	return GOOD;
}

static int close_overwrite(struct drive *d, int function)
{
	if (function != 0) /* 0 stops the background formatting of a DVD+RW, and no more */
		d->m.is_growing = 0;
	if (d->m.background == 2)
		d->m.background = d->m.formatted_end >= d->m.blocks ? 3 : 1;
	return GOOD;
}

int write_close(struct drive *d, struct xfer *x)
{
	int function = x->cdb[2] & 7, is_final, status = GOOD;
	struct medium *m = &d->m;
	if (m->k.is_rom)
		return command_fail(x, DATA_PROTECT, 0x27, 0);
	if ((function == 0 && m->k.profile != PROFILE_DVD_PLUS_RW) || function == 4 ||
		function == 7)
		return command_bad_field(x);
	buffer_flush(d);
	if (fault_is_armed("late-close-error", NULL)) {
		d->pending = (struct sense){ MEDIUM_ERROR, 0x72, 0 };
		command_note("fault late-close-error");
		return GOOD;
	}
	begin_busy(d, x->cdb[1] & 1, BUSY_LONG_WRITE);
	if (medium_is_overwrite(m))
		return close_overwrite(d, function);
	if (d->is_testing || (is_test(d) && !medium_session_is_open(m))) {
		write_end_test(d);
		return GOOD;
	}
	if (m->is_complete)
		return command_fail(x, ILLEGAL_REQUEST, 0x72, 3);
	if (function == 1) {
		status = close_track(d, x, get16(x->cdb + 4));
	} else {
		is_final = function != 2 ||
			   (m->k.family != DVD_PLUS && m->k.family != BD && !is_multi(d));
		finish_session(d, is_final);
	}
	return status;
}

/* ---- before writing ---- */

int write_reserve(struct drive *d, struct xfer *x)
{
	struct medium *m = &d->m;
	struct track *open = medium_open_track(m);
	int32_t n = medium_round_up((int32_t)get32(x->cdb + 5), m->k.unit);
	if (!m->k.is_sequential || medium_is_overwrite(m) || medium_is_cd(m))
		return command_bad_field(x);
	if (m->is_complete)
		return command_fail(x, ILLEGAL_REQUEST, 0x30, 5);
	if (n <= 0 || (open && !open->is_reserved))
		return command_fail(x, ILLEGAL_REQUEST, 0x2C, 0);
	if ((int64_t)medium_next_start(m) + n > m->blocks)
		return command_bad_field(x);
	begin_test(d);
	return medium_new_track(m, n) ? GOOD : command_fail(x, ILLEGAL_REQUEST, 0x63, 0);
}

/* Reads the starts of the tracks; at[n] is the lead-out. Returns n, or -1 for a bad sheet. */
static int parse_cue_sheet(const struct xfer *x, int32_t at[101], int32_t *first)
{
	int32_t lead_out = NO_LBA;
	int n = 0;
	*first = NO_LBA;
	for (size_t i = 0; i < x->n_out / 8; i++) {
		const uint8_t *e = x->out + 8 * i;
		int32_t lba = (e[5] * 60 + e[6]) * 75 + e[7] - 150;
		if (e[1] == 0xAA)
			lead_out = lba;
		if (e[1] < 1 || e[1] > 99)
			continue;
		if (!(e[0] & 0x40)) /* data only */
			return -1;
		if (*first == NO_LBA)
			*first = lba;
		if (e[2] != 1)
			continue;
		if (n == 99)
			return -1;
		at[n++] = lba;
	}
	if (!n || lead_out == NO_LBA)
		return -1;
	at[n] = lead_out;
	for (int i = 0; i < n; i++)
		if (at[i + 1] <= at[i])
			return -1;
	return n;
}

int write_cue_sheet(struct drive *d, struct xfer *x)
{
	struct medium *m = &d->m;
	int32_t at[101] = { 0 }, first;
	if (!medium_is_cd(m) || !m->k.is_sequential || write_mode(d) != MODE_AT_ONCE)
		return command_fail(x, ILLEGAL_REQUEST, 0x2C, 0);
	if (m->is_complete)
		return command_fail(x, ILLEGAL_REQUEST, 0x30, 5);
	if (medium_session_is_open(m))
		return command_fail(x, ILLEGAL_REQUEST, 0x2C, 0);
	int n = parse_cue_sheet(x, at, &first);
	if (n < 0 || at[n] > m->blocks || first < medium_next_start(m) - 150)
		return command_fail(x, ILLEGAL_REQUEST, 0x26, 0);
	begin_test(d);
	for (int i = 0; i < n && m->n_tracks < MAX_TRACKS; i++)
		m->t[m->n_tracks++] = (struct track){ .session = m->n_sessions + 1,
			.start = at[i],
			.nwa = at[i],
			.size = at[i + 1] - at[i],
			.is_reserved = 1 };
	d->is_cued = 1;
	d->cue_at = first;
	d->cue_end = at[n];
	return GOOD;
}

static int format_dvd_rw(struct drive *d, struct xfer *x, int type, uint32_t blocks)
{
	struct medium *m = &d->m;
	int is_formatted = m->k.profile == PROFILE_DVD_RW_OVERWRITE;
	if (blocks > (uint32_t)m->blocks || blocks % (uint32_t)m->k.unit)
		return command_fail(x, ILLEGAL_REQUEST, 0x26, 0);
	switch (type) {
	case 0x13: /* quick grow */
		if (!is_formatted || m->is_growing)
			return command_fail(x, ILLEGAL_REQUEST, 0x26, 0);
		m->is_growing = 1;
		return GOOD;
	case 0x11: /* grow */
		if (!is_formatted || m->is_growing)
			return command_fail(x, ILLEGAL_REQUEST, 0x26, 0);
		if ((int64_t)m->formatted_end + blocks > m->blocks)
			return command_fail(x, ILLEGAL_REQUEST, 0x26, 0);
		m->formatted_end += (int32_t)blocks;
		return GOOD;
	case 0x00:
	case 0x10:
	case 0x15: /* quick */
		medium_blank(m);
		m->k.profile = PROFILE_DVD_RW_OVERWRITE;
		m->is_formatted = 1;
		m->formatted_end = (int32_t)blocks;
		m->is_growing = type == 0x15;
		return GOOD;
	}
	return command_fail(x, ILLEGAL_REQUEST, 0x26, 0);
}

static int format_random(struct drive *d, struct xfer *x, int type)
{
	static const struct {
		int profile, types[3];
	} rows[] = { { PROFILE_DVD_PLUS_RW, { 0x26, 0x26, 0x26 } },
		{ PROFILE_DVD_RAM, { 0, 1, 1 } }, { PROFILE_BD_RE, { 0, 0x30, 0x31 } } };
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const int *t = rows[i].types;
		if (rows[i].profile != d->m.k.profile)
			continue;
		if (type != t[0] && type != t[1] && type != t[2])
			return command_fail(x, ILLEGAL_REQUEST, 0x26, 0);
		d->m.is_formatted = 1;
		if (d->m.k.profile == PROFILE_DVD_PLUS_RW && d->m.background != 3)
			d->m.background = 2; /* goes on behind the writing */
		return GOOD;
	}
	return command_fail(x, ILLEGAL_REQUEST, 0x30, 6);
}

int write_format(struct drive *d, struct xfer *x)
{
	if (x->n_out < 12)
		return command_fail(x, ILLEGAL_REQUEST, 0x1A, 0);
	int type = x->out[8] >> 2, profile = d->m.k.profile, status;
	write_end_test(d);
	if (profile == PROFILE_DVD_RW || profile == PROFILE_DVD_RW_OVERWRITE)
		status = format_dvd_rw(d, x, type, get32(x->out + 4));
	else if (profile == PROFILE_BD_R)
		status = d->m.n_tracks ? command_fail(x, ILLEGAL_REQUEST, 0x30, 5) : GOOD;
	else
		status = format_random(d, x, type);
	if (status == GOOD)
		begin_busy(d, x->out[1] & 2, BUSY_FORMATTING);
	return status;
}

int write_blank(struct drive *d, struct xfer *x)
{
	struct medium *m = &d->m;
	int type = x->cdb[1] & 7, is_dvd = m->k.profile != PROFILE_CD_RW;
	if (m->k.profile != PROFILE_CD_RW && m->k.profile != PROFILE_DVD_RW_OVERWRITE &&
		m->k.profile != PROFILE_DVD_RW)
		return command_bad_field(x);
	if (type > 1) /* all, or minimal */
		return command_bad_field(x);
	write_end_test(d);
	medium_blank(m);
	m->is_fast_blanked = is_dvd && type == 1;
	if (is_dvd)
		m->k.profile = PROFILE_DVD_RW;
	begin_busy(d, x->cdb[1] & 0x10, BUSY_OPERATION);
	return GOOD;
}

/* ---- READ ---- */

static int fail_bad_block(int32_t lba, struct xfer *x)
{
	int status = fault_strike_named("bad-blocks", x);
	if (fault_is_armed("told-bad-block", NULL)) {
		x->sense[0] |= 0x80;
		put32(x->sense + 3, (uint32_t)lba);
	}
	return status;
}

int write_read(struct drive *d, struct xfer *x)
{
	int32_t lba;
	uint32_t n;
	struct medium *m = &d->m;
	command_range(x, &lba, &n);
	write_end_test(d);
	if ((size_t)n * BLK > x->in_max)
		n = (uint32_t)(x->in_max / BLK);
	if (!n)
		return GOOD;
	int32_t end = medium_is_overwrite(m) ? medium_readable_end(m)
		      : m->n_tracks          ? medium_track_end(&m->t[m->n_tracks - 1])
					     : 0;
	if (lba < 0 || (int64_t)lba + n > end)
		return command_fail(x, ILLEGAL_REQUEST, 0x21, 0);
	if (fault_block("pulled-reading", lba, n) != NO_LBA) {
		pull_medium(d);
		return fault_strike_named("pulled-reading", x);
	}
	if (fault_block("read-error", lba, n) != NO_LBA)
		return fault_strike_named("read-error", x);
	if (fault_bad_block(lba, n) != NO_LBA)
		return fail_bad_block(fault_bad_block(lba, n), x);
	for (int32_t i = 0; i < (int32_t)n; i++)
		if (!medium_is_readable(m, lba + i))
			return medium_is_cd(m) ? command_fail(x, ILLEGAL_REQUEST, 0x64, 0)
					       : command_fail(x, MEDIUM_ERROR, 0x11, 0);
	if (medium_read(lba, n, x->in))
		return command_fail(x, HARDWARE_ERROR, 0x44, 0);
	x->n_in = (size_t)n * BLK;
	return GOOD;
}
