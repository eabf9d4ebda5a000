/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command interpreter: what comes first (readiness, attention, faults), then the table of
 * commands. */
#include <stdarg.h>
#include <string.h>

#include "mmcemu.h"

static FILE *command_log;

void command_log_to(FILE *f)
{
	command_log = f;
}

void command_note(const char *format, ...)
{
	va_list a;
	if (!command_log)
		return;
	va_start(a, format);
	vfprintf(command_log, format, a);
	va_end(a);
	fputc('\n', command_log);
	fflush(command_log);
}

int command_fail(struct xfer *x, int key, int asc, int ascq)
{
	memset(x->sense, 0, sizeof x->sense);
	x->sense[0] = 0x70;
	x->sense[2] = (uint8_t)key;
	x->sense[7] = 10;
	x->sense[12] = (uint8_t)asc;
	x->sense[13] = (uint8_t)ascq;
	return CHECK;
}

int command_bad_field(struct xfer *x)
{
	return command_fail(x, ILLEGAL_REQUEST, 0x24, 0);
}

int command_reply(struct xfer *x, const void *data, size_t n, size_t n_allocated)
{
	if (n > n_allocated)
		n = n_allocated;
	if (n > x->in_max)
		n = x->in_max;
	memcpy(x->in, data, n);
	x->n_in = n;
	return GOOD;
}

int command_is_output(const uint8_t *cdb)
{
	return memchr("\x04\x15\x55\x2A\x2E\xAA\x5D\xB6\xBF\x3B", cdb[0], 10) != NULL;
}

int command_range(const struct xfer *x, int32_t *lba, uint32_t *n)
{
	const uint8_t *c = x->cdb;
	*lba = (int32_t)get32(c + 2);
	switch (c[0]) {
	case 0x28:
	case 0x2A:
	case 0x2E:
		*n = get16(c + 7);
		return 0;
	case 0xA8:
	case 0xAA:
		*n = get32(c + 6);
		return 0;
	case 0xBE:
		*n = (uint32_t)c[6] << 16 | get16(c + 7);
		return 0;
	}
	return -1;
}

void command_reset(struct drive *d)
{
	struct medium m = d->m;
	*d = (struct drive){ .m = m, .has_attention = 1, .has_new_media = 1, .stale_end = -1 };
}

/* ---- small commands ---- */

static int fail_busy(struct drive *d, struct xfer *x)
{
	d->n_busy--;
	command_fail(x, NOT_READY, 0x04, d->busy_ascq);
	x->sense[15] = 0x80; /* progress */
	put16(x->sense + 16, 0xFFFFU / (unsigned)(d->n_busy + 2));
	return CHECK;
}

static int test_unit_ready(struct drive *d, struct xfer *x)
{
	(void)d;
	(void)x;
	return GOOD;
}

static int request_sense(struct drive *d, struct xfer *x)
{
	uint8_t b[18] = { 0x70, 0, 0, 0, 0, 0, 0, 10 };
	if (d->n_busy) {
		fail_busy(d, x);
		memcpy(b, x->sense, sizeof b);
	} else if (d->pending.key) {
		b[2] = d->pending.key;
		b[12] = d->pending.asc;
		b[13] = d->pending.ascq;
		d->pending.key = 0;
	} else if (d->tray_is_open) {
		b[2] = NOT_READY;
		b[12] = 0x3A;
		b[13] = 2;
	}
	return command_reply(x, b, sizeof b, x->cdb[4]);
}

static int inquiry(struct drive *d, struct xfer *x)
{
	(void)d;
	return info_inquiry(x);
}

static int event_status(struct drive *d, struct xfer *x)
{
	uint8_t b[8] = { 0, 6, 0, 0x12 };
	const uint8_t *c = x->cdb;
	if (!(c[1] & 1))
		return command_bad_field(x);
	if (c[4] & 0x10) { /* medium */
		b[2] = 4;
		b[4] = (uint8_t)(d->has_new_media ? d->tray_is_open ? 3 : 2 : 0);
		b[5] = d->tray_is_open ? 1 : fault_is_armed("no-medium", NULL) ? 0 : 2;
		d->has_new_media = 0;
	} else if (c[4] & 2) { /* operational change */
		b[2] = 1;
	} else {
		b[1] = 2;
		b[2] = 0x80;
		return command_reply(x, b, 4, get16(c + 7));
	}
	return command_reply(x, b, 8, get16(c + 7));
}

static int start_stop(struct drive *d, struct xfer *x)
{
	switch (x->cdb[4] & 3) {
	case 2:
		if (d->is_locked)
			return command_fail(x, ILLEGAL_REQUEST, 0x53, 2);
		if (!d->tray_is_open)
			d->tray_is_open = d->has_new_media = 1;
		write_end_test(d);
		buffer_flush(d);
		if (d->m.background == 2)
			d->m.background = 1;
		break;
	case 3:
		if (!d->tray_is_open)
			break;
		if (fault_is_armed("no-tray-load", NULL))
			return fault_strike_named("no-tray-load", x);
		d->tray_is_open = 0;
		d->has_attention = d->has_new_media = 1;
		d->page5_is_set = 0;
		d->stale_end = -1;
		break;
	}
	return GOOD;
}

static int prevent_allow(struct drive *d, struct xfer *x)
{
	d->is_locked = x->cdb[4] & 1;
	return GOOD;
}

static int mechanism_status(struct drive *d, struct xfer *x)
{
	uint8_t b[8] = { 0, (uint8_t)(d->tray_is_open ? 0x10 : 0) };
	return command_reply(x, b, sizeof b, get16(x->cdb + 8));
}

static int set_cd_speed(struct drive *d, struct xfer *x)
{
	unsigned r = get16(x->cdb + 2), w = get16(x->cdb + 4);
	d->read_kbs = r == 0xFFFF ? 0 : info_speed(d, (long)r);
	d->write_kbs = w == 0xFFFF ? 0 : info_speed(d, (long)w);
	return GOOD;
}

static int read_buffer_capacity(struct drive *d, struct xfer *x)
{
	uint8_t b[12] = { 0, 10 };
	put32(b + 4, BUFFER_BYTES);
	put32(b + 8, (uint32_t)buffer_free(d));
	return command_reply(x, b, sizeof b, get16(x->cdb + 7));
}

static int read_cd(struct drive *d, struct xfer *x)
{
	if (!medium_is_cd(&d->m) || (x->cdb[9] & 0xF8) != 0x10)
		return command_bad_field(x);
	return write_read(d, x);
}

/* ---- the table ---- */

enum needs {
	NOTHING,   /* answered always */
	ATTENTION, /* the host has to take notice of a change first */
	MEDIUM,    /* and a medium has to be there */
};
static const struct command {
	uint8_t code;
	enum needs needs;
	int (*run)(struct drive *d, struct xfer *x);
} commands[] = {
	{ 0x00, MEDIUM, test_unit_ready },
	{ 0x03, NOTHING, request_sense },
	{ 0x04, MEDIUM, write_format },
	{ 0x12, NOTHING, inquiry },
	{ 0x15, ATTENTION, write_mode_select },
	{ 0x1A, ATTENTION, info_mode_sense },
	{ 0x1B, ATTENTION, start_stop },
	{ 0x1E, ATTENTION, prevent_allow },
	{ 0x23, MEDIUM, info_format_capacities },
	{ 0x25, MEDIUM, info_read_capacity },
	{ 0x28, MEDIUM, write_read },
	{ 0x2A, MEDIUM, write_blocks },
	{ 0x2B, MEDIUM, test_unit_ready }, /* SEEK */
	{ 0x2E, MEDIUM, write_blocks },
	{ 0x2F, MEDIUM, test_unit_ready }, /* VERIFY */
	{ 0x35, MEDIUM, write_sync },
	{ 0x43, MEDIUM, info_toc },
	{ 0x46, NOTHING, info_configuration },
	{ 0x4A, NOTHING, event_status },
	{ 0x51, MEDIUM, info_disc },
	{ 0x52, MEDIUM, info_track },
	{ 0x53, MEDIUM, write_reserve },
	{ 0x54, MEDIUM, test_unit_ready }, /* SEND OPC INFORMATION */
	{ 0x55, ATTENTION, write_mode_select },
	{ 0x5A, ATTENTION, info_mode_sense },
	{ 0x5B, MEDIUM, write_close },
	{ 0x5C, MEDIUM, read_buffer_capacity },
	{ 0x5D, MEDIUM, write_cue_sheet },
	{ 0xA1, MEDIUM, write_blank },
	{ 0xA8, MEDIUM, write_read },
	{ 0xAA, MEDIUM, write_blocks },
	{ 0xAC, ATTENTION, info_performance },
	{ 0xAD, MEDIUM, info_disc_structure },
	{ 0xB6, ATTENTION, write_set_streaming },
	{ 0xBB, ATTENTION, set_cd_speed },
	{ 0xBD, ATTENTION, mechanism_status },
	{ 0xBE, MEDIUM, read_cd },
};

/* What is told before a command is looked at. */
static int tell_first(struct drive *d, struct xfer *x, enum needs needs)
{
	if (d->has_attention) {
		d->has_attention = 0;
		return command_fail(x, UNIT_ATTENTION, 0x28, 0);
	}
	if (d->pending.key) {
		command_fail(x, d->pending.key, d->pending.asc, d->pending.ascq);
		x->sense[0] = d->is_pending_deferred ? 0x71 : 0x70;
		d->pending.key = 0;
		d->is_pending_deferred = 0;
		return CHECK;
	}
	if (needs == MEDIUM && d->tray_is_open)
		return command_fail(x, NOT_READY, 0x3A, 2);
	if (d->n_busy)
		return fail_busy(d, x);
	return fault_strikes(d, x);
}

static int execute(struct drive *d, struct xfer *x)
{
	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
		const struct command *c = &commands[i];
		if (c->code != x->cdb[0])
			continue;
		if (c->needs != NOTHING && tell_first(d, x, c->needs))
			return CHECK;
		return c->run(d, x);
	}
	return command_fail(x, ILLEGAL_REQUEST, 0x20, 0);
}

static void write_log(const struct xfer *x, int status)
{
	static const uint8_t n_bytes[8] = { 6, 10, 10, 16, 16, 12, 10, 10 };
	if (!command_log)
		return;
	for (int i = 0; i < n_bytes[x->cdb[0] >> 5]; i++)
		fprintf(command_log, "%02X ", x->cdb[i]);
	fprintf(command_log, " out=%zu in=%zu", x->n_out, x->n_in);
	if (status)
		fprintf(command_log, " sense=%X/%02X/%02X", x->sense[2], x->sense[12],
			x->sense[13]);
	fputc('\n', command_log);
	fflush(command_log);
}

int command_run(struct drive *d, struct xfer *x)
{
	memset(x->sense, 0, sizeof x->sense);
	x->n_in = 0;
	int status = execute(d, x);
	if (status)
		x->n_in = 0;
	write_log(x, status);
	return status;
}
