/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The emulated burner itself: what it takes, what it refuses and with which sense, command by
 * command; that each fault of its table strikes; that a simulated burn writes nothing. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "mmcemu.h"
#include "lib/tap.h"

static struct drive drive;
static char folder[] = "/tmp/mmcemu-test.XXXXXX", path[64];
static uint8_t data[64 * BLK], answer[64 * BLK];
static struct xfer last;

/* The drive's clock goes on only while somebody waits; by its second names where time has more
 * bits. */
static struct timespec now;
int __wrap_clock_gettime(clockid_t clock, struct timespec *t);
int __wrap___clock_gettime64(clockid_t clock, struct timespec *t);
int __wrap_nanosleep(const struct timespec *t, struct timespec *left);
int __wrap___nanosleep64(const struct timespec *t, struct timespec *left);

int __wrap_clock_gettime(clockid_t clock, struct timespec *t)
{
	(void)clock;
	*t = now;
	return 0;
}

int __wrap___clock_gettime64(clockid_t clock, struct timespec *t)
{
	return __wrap_clock_gettime(clock, t);
}

int __wrap_nanosleep(const struct timespec *t, struct timespec *left)
{
	(void)left;
	now.tv_sec += t->tv_sec + (now.tv_nsec + t->tv_nsec) / 1000000000;
	now.tv_nsec = (now.tv_nsec + t->tv_nsec) % 1000000000;
	return 0;
}

int __wrap___nanosleep64(const struct timespec *t, struct timespec *left)
{
	return __wrap_nanosleep(t, left);
}

static void insert(const char *medium, const char *faults)
{
	fault_arm("none");
	if (medium_load(&drive.m, medium, path, 0) || fault_arm(faults))
		exit(1);
	command_reset(&drive);
	drive.has_attention = 0;
	fault_apply(&drive);
}

/* Runs a command; the sense as key << 16 | ASC << 8 | ASCQ, 0 for success. */
static int run(const uint8_t *cdb, const void *out, size_t n_out)
{
	last = (struct xfer){ .cdb = cdb, .out = out, .n_out = n_out };
	if (!command_is_output(cdb)) {
		last.in = answer;
		last.in_max = sizeof answer;
	}
	if (command_run(&drive, &last) == GOOD)
		return 0;
	return (last.sense[2] & 15) << 16 | last.sense[12] << 8 | last.sense[13];
}

static int simple(uint8_t code, uint8_t b1, uint8_t b2)
{
	uint8_t cdb[12] = { code, b1, b2 };
	if (code == 0x5B)
		cdb[5] = 1; /* the track */
	return run(cdb, NULL, 0);
}

static int transfer(uint8_t code, int32_t lba, unsigned n)
{
	uint8_t cdb[12] = { code };
	put32(cdb + 2, (uint32_t)lba);
	put16(cdb + 7, n);
	return run(cdb, data, (size_t)n * BLK);
}

static int put(int32_t lba, unsigned n)
{
	return transfer(0x2A, lba, n);
}

static int get(int32_t lba, unsigned n)
{
	return transfer(0x28, lba, n);
}

static int mode(int type, int test, int burn_free, int multi)
{
	uint8_t cdb[12] = { 0x55, 0x10 }, page[60] = { 0 };
	page[8] = 5;
	page[9] = 50;
	page[10] = (uint8_t)(type | (test ? 0x10 : 0) | (burn_free ? 0x40 : 0));
	page[11] = (uint8_t)(5 | (multi ? 0xC0 : 0));
	page[12] = 8;
	put16(cdb + 7, sizeof page);
	return run(cdb, page, sizeof page);
}

static int reserve(uint32_t blocks)
{
	uint8_t cdb[12] = { 0x53 };
	put32(cdb + 5, blocks);
	return run(cdb, NULL, 0);
}

static int format(int type, uint32_t blocks)
{
	uint8_t cdb[12] = { 0x04, 0x11 }, list[12] = { 0, 0, 0, 8 };
	put32(list + 4, blocks);
	list[8] = (uint8_t)(type << 2);
	return run(cdb, list, sizeof list);
}

/* A cue sheet of one data track of n blocks, with its pregap. */
static int cue(int32_t n)
{
	uint8_t cdb[12] = { 0x5D },
		sheet[4][8] = { { 0x41, 0, 0, 0x14, 0, 0, 0, 0 }, { 0x41, 1, 0, 0x10, 0, 0, 0, 0 },
			{ 0x41, 1, 1, 0x10, 0, 0, 2, 0 }, { 0x41, 0xAA, 1, 0x14 } };
	int32_t end = n + 150;
	sheet[3][5] = (uint8_t)(end / 4500);
	sheet[3][6] = (uint8_t)(end / 75 % 60);
	sheet[3][7] = (uint8_t)(end % 75);
	return run(cdb, sheet, sizeof sheet);
}

static int disc_status(void)
{
	uint8_t cdb[12] = { 0x51 };
	put16(cdb + 7, 34);
	return run(cdb, NULL, 0) ? -1 : answer[2] & 3; /* 0 blank, 1 appendable, 2 complete */
}

static int has_feature(unsigned code)
{
	uint8_t cdb[12] = { 0x46, 2 };
	put16(cdb + 2, code);
	put16(cdb + 7, 64);
	return !run(cdb, NULL, 0) && last.n_in > 8 && answer[10] & 1;
}

static void is(int got, int wanted, const char *name)
{
	if (!tap_ok(got == wanted, "%s", name))
		tap_note("got %06X, wanted %06X", (unsigned)got, (unsigned)wanted);
}

static int is_stored(int32_t lba)
{
	uint8_t b[BLK];
	return !medium_read(lba, 1, b) && !memcmp(b, data, BLK);
}

enum {
	OK = 0,
	BAD_ADDRESS = 0x052102,
	OUT_OF_RANGE = 0x052100,
	SEQUENCE = 0x052C00,
	INCOMPATIBLE = 0x053005,
	BAD_FIELD = 0x052400,
	BAD_PARAMETER = 0x052600,
	FULL = 0x056300,
	NOT_FORMATTED = 0x033100,
	WRITE_ERROR = 0x030C00,
};

static void test_sequential(const char *medium, int unit)
{
	tap_note("%s", medium);
	insert(medium, "");
	is(put(unit, 16), BAD_ADDRESS, "a wrong first address");
	is(put(0, 16), OK, "the first one");
	is(put(0, 16), BAD_ADDRESS, "the same again");
	is(put(48, 16), BAD_ADDRESS, "a gap");
	is(put(16, 16), OK, "the next one");
	is(get(100, 1), OUT_OF_RANGE, "reading ahead of what is written");
	is(get(31, 1), OK, "reading what is written");
	is(disc_status(), 1, "it is appendable");
	is(simple(0x5B, 0, 1), OK, "close track");
	is(simple(0x5B, 0, 6), OK, "finalise");
	is(disc_status(), 2, "it is complete");
	is(put(32, 16), INCOMPATIBLE, "nothing more");
	is(simple(0x5B, 0, 6), 0x057203, "nor closed again");
	is(mode(MODE_INCREMENTAL, 1, 0, 0), BAD_PARAMETER, "it can't be simulated");
}

static void test_cd(void)
{
	tap_note("cd-r");
	insert("cd-r", "");
	is(put(0, 16), SEQUENCE, "no write mode set");
	is(mode(MODE_INCREMENTAL, 0, 0, 0), BAD_PARAMETER, "packets");
	is(mode(MODE_TAO, 0, 0, 1), OK, "track at once");
	is(put(0, 16), OK, "written");
	is(simple(0x35, 0, 0), OK, "synchronised");
	is(get(299, 1), OK, "a track has 300 blocks at least");
	is(get(300, 1), 0x056400, "its run-out can't be read");
	is(put(16, 16), BAD_ADDRESS, "it was ended");
	is(put(302 + 150, 16), OK, "the next track begins behind a gap");
	is(simple(0x5B, 0, 2), OK, "close session");
	is(disc_status(), 1, "multi: it is appendable");
	insert("cd-r", "");
	is(mode(MODE_AT_ONCE, 0, 1, 0), OK, "session at once");
	is(put(-150, 16), SEQUENCE, "no cue sheet");
	is(cue(400000), BAD_PARAMETER, "a cue sheet for more than there is");
	is(cue(16), OK, "a cue sheet");
	is(put(0, 16), BAD_ADDRESS, "not from the pregap on");
	for (int i = -150; i < 0; i += 30)
		put(i, 30);
	is(put(0, 17), FULL, "more than the cue sheet says");
	is(put(0, 16), OK, "as it says");
	is(simple(0x35, 0, 0), OK, "synchronised");
	is(disc_status(), 2, "it is complete");
}

static void test_dvd_r(void)
{
	tap_note("dvd-r, dvd-rw");
	insert("dvd-r", "");
	is(put(0, 16), SEQUENCE, "no write mode set");
	is(mode(MODE_AT_ONCE, 0, 1, 0), OK, "disc at once");
	is(put(0, 16), SEQUENCE, "not reserved");
	is(reserve(3000000), BAD_FIELD, "a reservation larger than the disc");
	is(reserve(32), OK, "a reservation");
	is(put(0, 32), OK, "written");
	is(put(32, 16), FULL, "not behind the reservation");
	is(simple(0x35, 0, 0), OK, "synchronised");
	is(disc_status(), 2, "it is complete");
	is(get(0, 32), OK, "read");

	insert("dvd-rw", "");
	tap_ok(has_feature(0x21), "incremental writing is offered");
	is(mode(MODE_INCREMENTAL, 0, 1, 0), OK, "incremental");
	is(put(0, 16), OK, "written");
	is(simple(0xA1, 1, 0), OK, "blanked fast");
	is(disc_status(), 0, "it is blank");
	tap_ok(!has_feature(0x21), "incremental writing is not offered");
	is(mode(MODE_INCREMENTAL, 0, 1, 0), BAD_PARAMETER, "nor taken");
	is(simple(0xA1, 0, 0), OK, "blanked all");
	tap_ok(has_feature(0x21), "it is offered again");
	is(simple(0xA1, 4, 0), BAD_FIELD, "another kind of blanking");
	insert("dvd-r", "");
	is(simple(0xA1, 0, 0), BAD_FIELD, "a DVD-R can't be blanked");
}

static void test_overwrite(void)
{
	tap_note("restricted overwrite");
	insert("dvd-rw", "");
	is(format(0x00, 320), OK, "formatted");
	tap_ok(has_feature(0x26), "restricted overwrite");
	is(put(160, 16), OK, "anywhere");
	is(put(8, 16), BAD_ADDRESS, "not inside a unit");
	is(put(16, 8), BAD_ADDRESS, "nor half a unit");
	is(put(320, 16), BAD_ADDRESS, "nor behind what is formatted");
	is(get(319, 1), OK, "all of it can be read");
	is(format(0x13, 0), OK, "to be grown");
	is(put(336, 16), BAD_ADDRESS, "not behind a gap");
	is(put(320, 16), OK, "at its end");
	is(simple(0x5B, 0, 2), OK, "closed");
	is(put(336, 16), BAD_ADDRESS, "it grows no more");
	is(simple(0xA1, 1, 0), OK, "blanked");
	is(has_feature(0x26), 0, "it is sequential again");

	tap_note("dvd+rw, bd-re, dvd-ram");
	insert("dvd+rw", "");
	is(put(0, 16), NOT_FORMATTED, "unformatted");
	is(format(0x00, 1000), BAD_PARAMETER, "a format that is not its own");
	is(format(0x26, 0xFFFFFFFF), OK, "formatted");
	is(put(10000, 16), OK, "anywhere while it is formatted in the background");
	is(simple(0x5B, 0, 2), OK, "that is stopped");
	is(put(20000, 16), NOT_FORMATTED, "nothing behind what was formatted");
	is(put(9000, 16), OK, "before that, yes");
	is(format(0x26, 0xFFFFFFFF), OK, "started again");
	is(put(20000, 16), OK, "now behind it, too");
	is(put(2295104, 1), OUT_OF_RANGE, "behind the end");
	insert("bd-re", "");
	is(put(0, 16), NOT_FORMATTED, "unformatted");
	is(format(0x00, 11826176), OK, "formatted");
	is(put(5000, 1), OK, "written");
	insert("dvd-ram", "");
	is(put(5000, 1), OK, "a DVD-RAM is formatted");
	insert("dvd-rom", "");
	is(put(0, 1), 0x072700, "a DVD-ROM takes nothing");
}

static void test_simulation(void)
{
	tap_note("simulated writing");
	insert("cd-r", "");
	mode(MODE_TAO, 1, 0, 0);
	is(put(0, 16), OK, "cd-r, track at once: taken");
	is(put(0, 16), BAD_ADDRESS, "as strictly as ever");
	simple(0x35, 0, 0);
	is(simple(0x5B, 0, 2), OK, "closed");
	is(disc_status(), 0, "it is blank");
	tap_ok(!is_stored(0), "nothing was written");
	mode(MODE_AT_ONCE, 1, 0, 0);
	cue(16);
	for (int i = -150; i < 0; i += 30)
		put(i, 30);
	is(put(0, 16), OK, "cd-r, session at once: taken");
	simple(0x35, 0, 0);
	is(disc_status(), 0, "it is blank");
	insert("dvd-r", "");
	mode(MODE_AT_ONCE, 1, 0, 0);
	reserve(16);
	is(put(0, 16), OK, "dvd-r, disc at once: taken");
	simple(0x35, 0, 0);
	is(disc_status(), 0, "it is blank");
	tap_ok(!is_stored(0), "nothing was written");
	mode(MODE_AT_ONCE, 0, 0, 0);
	reserve(16);
	is(put(0, 16), OK, "then for good");
	simple(0x35, 0, 0);
	is(disc_status(), 2, "it is complete");
	tap_ok(is_stored(0), "and written");
	insert("cd-rw", "");
	mode(MODE_TAO, 1, 0, 0);
	put(0, 16);
	mode(MODE_TAO, 0, 0, 0);
	is(disc_status(), 0, "a simulation that was left is forgotten");
}

static void test_tray(void)
{
	uint8_t eject[6] = { 0x1B, 0, 0, 0, 2 }, load[6] = { 0x1B, 0, 0, 0, 3 };
	uint8_t prevent[6] = { 0x1E, 0, 0, 0, 1 }, allow[6] = { 0x1E };
	tap_note("tray");
	insert("dvd+r", "");
	run(prevent, NULL, 0);
	is(run(eject, NULL, 0), 0x055302, "locked");
	run(allow, NULL, 0);
	is(run(eject, NULL, 0), OK, "unlocked");
	is(simple(0, 0, 0), 0x023A02, "open");
	is(run(load, NULL, 0), OK, "loaded");
	is(simple(0, 0, 0), 0x062800, "the medium may have changed");
	is(simple(0, 0, 0), OK, "ready");
	insert("dvd+r", "no-tray-load");
	run(eject, NULL, 0);
	is(run(load, NULL, 0), BAD_FIELD, "no-tray-load");
	insert("dvd+r", "locked");
	is(run(eject, NULL, 0), 0x055302, "locked by somebody before");
}

static int performance_kbs(void)
{
	uint8_t cdb[12] = { 0xAC, 0x14 };
	put16(cdb + 8, 1);
	return run(cdb, NULL, 0) ? -1 : (int)get32(answer + 8 + 12);
}

static void test_speed(void)
{
	uint8_t streaming[12] = { 0xB6 }, b[28] = { 0 }, cd_speed[12] = { 0xBB };
	tap_note("speeds");
	insert("dvd+r", "");
	is(performance_kbs(), 22160, "the fastest");
	put32(b + 8, 2295103);
	put32(b + 12, 6000);
	put32(b + 16, 1000);
	put32(b + 20, 6000);
	put32(b + 24, 1000);
	is(run(streaming, b, sizeof b), OK, "SET STREAMING");
	is(performance_kbs(), 5540, "the fastest that is not above");
	b[0] = 4;
	run(streaming, b, sizeof b);
	is(performance_kbs(), 22160, "back to the default");
	put32(b + 24, 0);
	b[0] = 0;
	is(run(streaming, b, sizeof b), BAD_PARAMETER, "no time");
	insert("cd-r", "");
	put16(cd_speed + 2, 0xFFFF);
	put16(cd_speed + 4, 1412);
	run(cd_speed, NULL, 0);
	is(performance_kbs(), 1411, "SET CD SPEED");
}

static size_t buffer_room(void)
{
	uint8_t cdb[12] = { 0x5C };
	put16(cdb + 7, 12);
	return run(cdb, NULL, 0) ? 0 : get32(answer + 8);
}

/* Fills the paced buffer until the drive writes, then lets it run empty. */
static int starve(const char *medium, int type, int burn_free)
{
	struct timespec nap = { .tv_sec = 1 };
	int32_t lba = 0;
	insert(medium, "");
	if (medium_is_cd(&drive.m) || type == MODE_INCREMENTAL)
		mode(type, 0, burn_free, 0);
	for (; lba < 1100; lba += 20)
		if (put(lba, 20))
			return -1;
	tap_ok(buffer_room() < BUFFER_BYTES, "%s: the buffer has data", medium);
	nanosleep(&nap, NULL);
	tap_ok(buffer_room() == BUFFER_BYTES, "%s: it ran empty", medium);
	return put(lba, 20);
}

static void test_buffer(void)
{
	tap_note("the paced buffer");
	insert("cd-r", "");
	tap_ok(buffer_room() == BUFFER_BYTES, "unpaced it is always empty");
	buffer_pace(3000);
	is(starve("cd-r", MODE_TAO, 0), 0x030C09, "an underrun ruins a track");
	is(put(1120, 20), BAD_ADDRESS, "it takes nothing more");
	is(starve("cd-r", MODE_TAO, 1), OK, "not so with BURN-Free");
	is(starve("dvd+r", -1, 0), OK, "nor on a DVD+R");
}

/* Each row: what is done until the fault, and what the struck command says. */
static void test_faults(void)
{
	static const struct {
		const char *fault, *medium;
		int sense;
		uint8_t code; /* the command that it strikes */
	} rows[] = {
		{ "no-medium", "dvd+r", 0x023A01, 0 },
		{ "not-ready", "dvd+r", 0x020400, 0 },
		{ "becoming-ready=1", "dvd+r", 0x020401, 0 },
		{ "unit-attention=1", "dvd+r", 0x062800, 0 },
		{ "reset", "dvd+r", 0x062900, 0 },
		{ "long-write=1", "dvd+r", 0x020408, 0x2A },
		{ "mode-select-error", "cd-r", 0x052600, 0x55 },
		{ "reserve-error", "dvd+r", 0x057205, 0x53 },
		{ "cue-error", "cd-r", 0x052600, 0x5D },
		{ "opc-error", "cd-r", 0x037303, 0x54 },
		{ "format-error", "dvd+rw", 0x033101, 0x04 },
		{ "blank-error", "cd-rw", 0x035100, 0xA1 },
		{ "write-error", "dvd+r", 0x030C00, 0x2A },
		{ "write-error=15", "bd-r", 0x030C00, 0x2A },
		{ "hardware-error=3", "dvd-ram", 0x044400, 0x2A },
		{ "end-of-medium=8", "dvd+r", 0x056300, 0x2A },
		{ "write-protected", "dvd-ram", 0x072700, 0x2A },
		{ "pulled=15", "dvd+r", 0x023A02, 0x2A },
		{ "sync-error", "dvd+r", 0x030C00, 0x35 },
		{ "close-error", "dvd+r", 0x037200, 0x5B },
		{ "finalize-error", "dvd+r", 0x037200, 0x5B },
		{ "read-error=7", "dvd-ram", 0x031100, 0x28 },
		{ "pulled-reading=7", "dvd-ram", 0x023A02, 0x28 },
	};
	tap_note("faults");
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		int sense;
		insert(rows[i].medium, rows[i].fault);
		switch (rows[i].code) {
		case 0x2A:
			sense = put(0, 16);
			break;
		case 0x28:
			sense = get(0, 16);
			break;
		case 0x55:
			sense = mode(MODE_TAO, 0, 0, 0);
			break;
		case 0x5D:
			sense = cue(16);
			break;
		case 0x53:
			sense = reserve(16);
			break;
		case 0x04:
			sense = format(0x26, 0xFFFFFFFF);
			break;
		case 0x5B:
			put(0, 16);
			sense = simple(0x5B, 0, 2);
			break;
		default:
			sense = simple(rows[i].code, 0, 0);
		}
		is(sense, rows[i].sense, rows[i].fault);
	}
}

static void test_fault_effects(void)
{
	uint8_t capacity[12] = { 0x25 }, busy[12] = { 0x35, 2 };
	tap_note("what faults leave");
	insert("dvd+r", "write-error=20");
	put(0, 16);
	is(put(16, 16), WRITE_ERROR, "a block in the middle of a command");
	tap_ok(is_stored(16) && !is_stored(20), "those before it are on the medium");
	is(put(20, 16), BAD_ADDRESS, "the track takes nothing more");
	insert("dvd+r", "late-write-error=20");
	put(0, 16);
	is(put(16, 16), OK, "a late error: that WRITE says nothing");
	is(put(32, 16), WRITE_ERROR, "the next command does");
	is(last.sense[0], 0x71, "as a deferred error");
	insert("dvd+r", "late-close-error");
	put(0, 16);
	is(simple(0x5B, 1, 2), OK, "a late error of closing: CLOSE says nothing");
	is(simple(0, 0, 0), 0x037200, "TEST UNIT READY does");
	is(disc_status(), 1, "it is not closed");
	insert("dvd+r", "corrupt=3");
	is(put(0, 16), OK, "corrupt: nothing is said");
	tap_ok(is_stored(2) && !is_stored(3), "and the block differs");
	insert("dvd+r", "closed=64");
	is(disc_status(), 2, "closed");
	is(get(63, 1), OK, "and it holds blocks");
	insert("dvd+r", "capacity=16");
	is(put(0, 32), FULL, "capacity");
	insert("dvd+r", "stale-capacity");
	run(capacity, NULL, 0);
	put(0, 16);
	run(capacity, NULL, 0);
	is((int)get32(answer), 0, "stale-capacity");
	insert("dvd+r", "slow-operations=3");
	put(0, 16);
	run(busy, NULL, 0);
	is(simple(0, 0, 0), 0x020408, "slow-operations: busy");
	simple(0, 0, 0);
	is(simple(0, 0, 0), 0x020408, "still");
	is(simple(0, 0, 0), OK, "done");
	insert("cd-r", "underrun=16");
	mode(MODE_TAO, 0, 0, 0);
	put(0, 16);
	is(put(16, 16), 0x030C09, "underrun");
	insert("dvd+r", "becoming-ready=2,unit-attention=1");
	is(simple(0, 0, 0), 0x020401, "two faults: the first");
	simple(0, 0, 0);
	is(simple(0, 0, 0), 0x062800, "and the second");
	is(simple(0, 0, 0), OK, "then ready");
	is(fault_arm("no-such-fault"), -1, "a name that is not in the table");
}

static void test_bad_blocks(void)
{
	char fault[sizeof folder + 32], list[sizeof folder + 8];
	FILE *f;
	tap_note("a list of bad blocks");
	snprintf(list, sizeof list, "%s/bad", folder);
	snprintf(fault, sizeof fault, "bad-blocks=%s", list);
	f = fopen(list, "w");
	tap_ok(f && fputs("40 2\n7 1\n100 1000\n", f) >= 0 && fclose(f) == 0, "a list");
	insert("dvd-ram", fault);
	is(get(0, 7), OK, "before the first one");
	is(get(0, 16), 0x031100, "around one");
	is(last.sense[0], 0x70, "which one it is is not told");
	is(get(42, 58), OK, "between two runs");
	is(get(41, 1), 0x031100, "the last one of a run");
	is(get(1099, 1), 0x031100, "and of another");
	is(get(1100, 16), OK, "behind it");
	is(fault_arm("told-bad-block"), 0, "the drive that tells");
	is(get(0, 64), 0x031100, "around two runs");
	is(last.sense[0], 0xf0, "the information field is valid");
	is((int)get32(last.sense + 3), 7, "and names the first one");
	unlink(list);
	is(fault_arm(fault), -1, "a list that is missing");
	fault_arm("none");
	is(get(0, 64), OK, "none: all can be read");
}

int main(void)
{
	if (!mkdtemp(folder))
		return 1;
	snprintf(path, sizeof path, "%s/image", folder);
	for (size_t i = 0; i < sizeof data; i++)
		data[i] = (uint8_t)(i * 7 + 1);
	test_sequential("dvd+r", 16);
	test_sequential("dvd+r-dl", 16);
	test_sequential("bd-r", 32);
	test_cd();
	test_dvd_r();
	test_overwrite();
	test_simulation();
	test_tray();
	test_speed();
	test_faults();
	test_fault_effects();
	test_bad_blocks();
	test_buffer();
	unlink(path);
	rmdir(folder);
	return tap_done();
}
