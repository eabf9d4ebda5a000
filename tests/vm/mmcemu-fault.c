/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The faults that a drive, a medium or a user can have: one row each. README.md has the list. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "mmcemu.h"

enum how {
	EVERY_TIME, /* each of its commands fails */
	COUNTED,    /* so many commands fail (arg), or all for some seconds (arg with an s) */
	EVERY_NTH,  /* one in arg of its commands fails, once */
	AT_BLOCK,   /* a READ or WRITE that covers the block arg; without arg: the first one */
	STATE,      /* the drive or its medium is so (fault_apply, or asked for where it matters) */
	FRONT_END,  /* what the library does, below SCSI */
};
#define WRITES "\x2A\x2E\xAA"
#define READS "\x28\xA8\xBE"
#define MEDIUM_COMMANDS "" /* all that need a medium */

struct fault {
	const char *name;
	enum how how;
	const char *commands; /* operation codes */
	struct sense sense;
	int32_t arg; /* where none is given; -1: none */
	const char *text;
};
static const struct fault faults[] = {
	/* not ready */
	{ "no-medium", EVERY_TIME, MEDIUM_COMMANDS, { 2, 0x3A, 1 }, -1,
		"nothing in the closed tray" },
	{ "not-ready", EVERY_TIME, MEDIUM_COMMANDS, { 2, 0x04, 0 }, -1,
		"never ready, no cause told" },
	{ "becoming-ready", COUNTED, MEDIUM_COMMANDS, { 2, 0x04, 1 }, 3,
		"becoming ready, N commands or Ns" },
	{ "unit-attention", COUNTED, MEDIUM_COMMANDS, { 6, 0x28, 0 }, 3,
		"the medium may have changed, N times" },
	{ "reset", COUNTED, MEDIUM_COMMANDS, { 6, 0x29, 0 }, 1, "power on or reset, N times" },
	{ "long-write", EVERY_NTH, WRITES, { 2, 0x04, 8 }, 16,
		"each Nth WRITE has to be sent again" },
	/* preparing */
	{ "mode-select-error", EVERY_TIME, "\x15\x55", { 5, 0x26, 0 }, -1,
		"write parameters refused" },
	{ "reserve-error", EVERY_TIME, "\x53", { 5, 0x72, 5 }, -1, "RESERVE TRACK refused" },
	{ "cue-error", EVERY_TIME, "\x5D", { 5, 0x26, 0 }, -1, "SEND CUE SHEET refused" },
	{ "opc-error", EVERY_TIME, "\x54", { 3, 0x73, 3 }, -1, "power calibration fails" },
	{ "format-error", EVERY_TIME, "\x04", { 3, 0x31, 1 }, -1, "FORMAT UNIT fails" },
	{ "blank-error", EVERY_TIME, "\xA1", { 3, 0x51, 0 }, -1, "BLANK fails" },
	/* writing */
	{ "write-error", AT_BLOCK, WRITES, { 3, 0x0C, 0 }, -1, "block N can't be written" },
	{ "late-write-error", AT_BLOCK, WRITES, { 3, 0x0C, 0 }, -1,
		"block N can't, the next command tells" },
	{ "hardware-error", AT_BLOCK, WRITES, { 4, 0x44, 0 }, -1, "the drive fails at block N" },
	{ "end-of-medium", AT_BLOCK, WRITES, { 5, 0x63, 0 }, -1,
		"the medium ends at block N, unannounced" },
	{ "underrun", AT_BLOCK, WRITES, { 3, 0x0C, 9 }, -1, "the buffer runs empty at block N" },
	{ "corrupt", AT_BLOCK, WRITES, { 0, 0, 0 }, -1,
		"block N is written wrong, and nothing said" },
	{ "write-protected", EVERY_TIME, WRITES "\xA1", { 7, 0x27, 0 }, -1,
		"no writing, no blanking" },
	/* closing */
	{ "sync-error", EVERY_TIME, "\x35", { 3, 0x0C, 0 }, -1, "SYNCHRONIZE CACHE fails" },
	{ "close-error", EVERY_TIME, "\x5B\x35", { 3, 0x72, 0 }, -1,
		"track or session can't be closed" },
	{ "finalize-error", EVERY_TIME, "\x5B\x35", { 3, 0x72, 0 }, -1,
		"the session can't be closed" },
	{ "late-close-error", STATE, NULL, { 3, 0x72, 0 }, -1, "it can't, the next command tells" },
	/* reading */
	{ "read-error", AT_BLOCK, READS, { 3, 0x11, 0 }, -1, "block N can't be read" },
	{ "bad-blocks", STATE, NULL, { 3, 0x11, 0 }, -1,
		"none can be read that the file N names, by lines FIRST COUNT" },
	{ "told-bad-block", STATE, NULL, { 0, 0, 0 }, -1,
		"bad-blocks: the sense tells the first of them" },
	/* a user's hand */
	{ "pulled", AT_BLOCK, WRITES, { 2, 0x3A, 2 }, -1,
		"emergency eject when block N is written" },
	{ "pulled-reading", AT_BLOCK, READS, { 2, 0x3A, 2 }, -1, "the same when it is read" },
	/* what is so */
	{ "closed", STATE, NULL, { 0, 0, 0 }, 1000, "the medium is closed and holds N blocks" },
	{ "capacity", STATE, NULL, { 0, 0, 0 }, 1000, "the medium has N blocks only" },
	{ "locked", STATE, NULL, { 0, 0, 0 }, -1, "the tray was locked by somebody before" },
	{ "no-tray-load", STATE, NULL, { 5, 0x24, 0 }, -1,
		"the tray is ejected but not loaded by command" },
	{ "stale-capacity", STATE, NULL, { 0, 0, 0 }, -1,
		"READ CAPACITY stays until a medium is loaded" },
	{ "slow-operations", STATE, NULL, { 2, 0x04, 7 }, 5,
		"blank, format, close take N more polls" },
	/* below SCSI: the library only */
	{ "stale-size", FRONT_END, NULL, { 0, 0, 0 }, -1, "the kernel knows of one block only" },
	{ "missing", FRONT_END, NULL, { 0, 0, 0 }, -1, "no such device (ENOENT)" },
	{ "permission", FRONT_END, NULL, { 0, 0, 0 }, -1, "no permission to open it (EACCES)" },
	{ "busy", FRONT_END, NULL, { 0, 0, 0 }, -1, "somebody has it open (O_EXCL: EBUSY)" },
	{ "mounted", FRONT_END, NULL, { 0, 0, 0 }, -1, "the same, and it is in /proc/mounts" },
	{ "gone", FRONT_END, WRITES, { 0, 0, 0 }, -1,
		"unplugged when block N is written (ENODEV)" },
	{ "killed", FRONT_END, WRITES, { 0, 0, 0 }, -1,
		"SIGKILL for the program, before it writes block N" },
	{ "terminated", FRONT_END, WRITES, { 0, 0, 0 }, -1,
		"SIGTERM for the program, before it writes block N" },
	{ "killed-closing", FRONT_END, "\x5B\x35", { 0, 0, 0 }, 1,
		"SIGKILL, before its Nth SYNCHRONIZE CACHE or CLOSE" },
};
enum { N_FAULTS = sizeof faults / sizeof *faults, MAX_ARMED = 64 };

static struct armed {
	const struct fault *fault;
	int32_t arg;
	int is_seconds;
	double until; /* 0: not begun */
	int n_seen;
} armed[MAX_ARMED];
static int n_armed;

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* ---- blocks that can't be read, as many as a file names ---- */

static struct range {
	int32_t first, n;
} * bad;
static size_t n_bad;

static int load_bad_blocks(const char *path)
{
	FILE *f = fopen(path, "r");
	struct range r;
	n_bad = 0;
	while (f && fscanf(f, "%d %d", &r.first, &r.n) == 2) {
		bad = realloc(bad, (n_bad + 1) * sizeof *bad);
		if (!bad)
			abort();
		bad[n_bad++] = r;
	}
	if (!f || !feof(f)) {
		fprintf(stderr, "mmcemu: %s: no list of blocks\n", path);
		return -1;
	}
	fclose(f);
	return 0;
}

int32_t fault_bad_block(int32_t lba, uint32_t n)
{
	int32_t first = NO_LBA;
	for (size_t i = 0; i < n_bad; i++)
		if (bad[i].n > 0 && bad[i].first < lba + (int32_t)n &&
			lba < bad[i].first + bad[i].n) {
			int32_t at = bad[i].first > lba ? bad[i].first : lba;
			first = first == NO_LBA || at < first ? at : first;
		}
	return first;
}

static int arm_one(const char *name)
{
	size_t n = strcspn(name, "=");
	if (!strcmp(name, "none")) {
		n_armed = 0;
		n_bad = 0;
		return 0;
	}
	if (!strncmp(name, "bad-blocks=", n + 1) && load_bad_blocks(name + n + 1))
		return -1;
	for (int i = 0; i < N_FAULTS && n_armed < MAX_ARMED; i++) {
		if (strncmp(faults[i].name, name, n) != 0 || faults[i].name[n])
			continue;
		struct armed a = { .fault = &faults[i], .arg = faults[i].arg };
		if (name[n]) {
			char *end;
			a.arg = (int32_t)strtol(name + n + 1, &end, 0);
			a.is_seconds = *end == 's';
		}
		armed[n_armed++] = a;
		return 0;
	}
	fprintf(stderr, "mmcemu: %s: no such fault\n", name);
	return -1;
}

int fault_arm(const char *names)
{
	char text[512], *rest, *name;
	snprintf(text, sizeof text, "%s", names);
	for (name = strtok_r(text, ", \n", &rest); name; name = strtok_r(NULL, ", \n", &rest))
		if (arm_one(name))
			return -1;
	return 0;
}

int fault_is_armed(const char *name, int32_t *arg)
{
	for (int i = 0; i < n_armed; i++)
		if (!strcmp(armed[i].fault->name, name)) {
			if (arg)
				*arg = armed[i].arg;
			return 1;
		}
	return 0;
}

void fault_apply(struct drive *d)
{
	int32_t arg;
	if (fault_is_armed("capacity", &arg))
		d->m.blocks = arg;
	if (fault_is_armed("closed", &arg) && !medium_is_overwrite(&d->m) && !d->m.is_complete) {
		if (!d->m.n_tracks)
			medium_new_track(&d->m, medium_round_up(arg, d->m.k.unit));
		medium_close_session(&d->m, 1, 0);
	}
	if (fault_is_armed("locked", NULL))
		d->is_locked = 1;
	if (fault_is_armed("no-tray-load", NULL) && d->tray_is_open) {
		d->tray_is_open = 0; /* by hand */
		d->has_attention = d->has_new_media = 1;
	}
}

static int is_medium_command(uint8_t operation)
{
	/* those that don't need a medium: START STOP, PREVENT ALLOW, MODE SENSE, MODE SELECT,
	 * MECHANISM STATUS, SET CD SPEED, SET STREAMING, GET PERFORMANCE */
	static const uint8_t others[] = { 0x1B, 0x1E, 0x1A, 0x5A, 0x15, 0x55, 0xBD, 0xBB, 0xB6,
		0xAC };
	return !memchr(others, operation, sizeof others);
}

static int is_its_command(const struct fault *f, struct drive *d, const struct xfer *x)
{
	uint8_t operation = x->cdb[0];
	if (!f->commands)
		return 0;
	if (!*f->commands)
		return is_medium_command(operation);
	if (!operation || !strchr(f->commands, operation))
		return 0;
	if (!strcmp(f->name, "close-error"))
		return operation == 0x5B || write_will_close(d);
	if (!strcmp(f->name, "finalize-error"))
		return operation == 0x5B ? (x->cdb[2] & 7) != 1 : write_will_close(d);
	return 1;
}

static int is_due(struct armed *a)
{
	switch (a->fault->how) {
	case EVERY_TIME:
		return 1;
	case COUNTED:
		if (!a->is_seconds)
			return a->n_seen++ < a->arg;
		if (a->until == 0)
			a->until = now() + a->arg;
		return now() < a->until;
	case EVERY_NTH:
		return a->arg > 0 && a->n_seen++ % a->arg == a->arg - 1;
	default:
		return 0;
	}
}

static int strike(const struct fault *f, struct xfer *x)
{
	command_note("fault %s", f->name);
	return command_fail(x, f->sense.key, f->sense.asc, f->sense.ascq);
}

int fault_strikes(struct drive *d, struct xfer *x)
{
	for (int i = 0; i < n_armed; i++)
		if (is_its_command(armed[i].fault, d, x) && is_due(&armed[i]))
			return strike(armed[i].fault, x);
	return GOOD;
}

int32_t fault_block(const char *name, int32_t lba, uint32_t n)
{
	for (int i = 0; i < n_armed; i++) {
		if (strcmp(armed[i].fault->name, name) != 0)
			continue;
		if (armed[i].arg < 0)
			return lba;
		if (armed[i].arg >= lba && armed[i].arg < lba + (int32_t)n)
			return armed[i].arg;
	}
	return NO_LBA;
}

int fault_strike_named(const char *name, struct xfer *x)
{
	for (int i = 0; i < N_FAULTS; i++)
		if (!strcmp(faults[i].name, name))
			return strike(&faults[i], x);
	return GOOD;
}

void fault_list(FILE *f)
{
	for (int i = 0; i < N_FAULTS; i++) {
		const struct sense *s = &faults[i].sense;
		fprintf(f, "%-18s %X/%02X/%02X  %s\n", faults[i].name, s->key, s->asc, s->ascq,
			faults[i].text);
	}
}
