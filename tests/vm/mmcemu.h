/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An optical burner in user space: what its parts share.
 *
 * mmcemu-command.c takes a SCSI command and gives status, sense and data; it uses the medium
 * (mmcemu-medium.c), what a drive tells of itself and of the medium (mmcemu-info.c), writing and
 * reading (mmcemu-write.c), the drive's buffer (mmcemu-buffer.c) and the faults
 * (mmcemu-fault.c). It knows nothing of its front ends: mmcemu.c (the kernel's
 * target_core_user) and mmcemu-preload.c (a library to preload).
 *
 * Commands, features, mode pages and sense codes are those of MMC-5 and SPC-3. All numbers of
 * blocks and addresses count 2048 bytes; speeds are in 1000 bytes a second, as in MMC.
 */
#ifndef MMCEMU_H
#define MMCEMU_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum { BLK = 2048, MAX_TRACKS = 300, MAX_XFER = 4 << 20 };
enum { GOOD = 0, CHECK = 2 }; /* SCSI status */
enum { NO_LBA = INT32_MIN };
enum sense_key {
	NO_SENSE = 0,
	NOT_READY = 2,
	MEDIUM_ERROR = 3,
	HARDWARE_ERROR = 4,
	ILLEGAL_REQUEST = 5,
	UNIT_ATTENTION = 6,
	DATA_PROTECT = 7,
};
enum profile {
	PROFILE_CD_R = 0x09,
	PROFILE_CD_RW = 0x0A,
	PROFILE_DVD_R = 0x11,
	PROFILE_DVD_RAM = 0x12,
	PROFILE_DVD_RW_OVERWRITE = 0x13,
	PROFILE_DVD_RW = 0x14,
	PROFILE_DVD_R_DL = 0x15,
	PROFILE_DVD_PLUS_RW = 0x1A,
	PROFILE_DVD_PLUS_R = 0x1B,
	PROFILE_DVD_PLUS_R_DL = 0x2B,
	PROFILE_BD_R = 0x41,
	PROFILE_BD_RE = 0x43,
};
enum write_mode { MODE_INCREMENTAL = 0, MODE_TAO = 1, MODE_AT_ONCE = 2 }; /* mode page 05h */

/* ---- the medium (mmcemu-medium.c) ---- */

enum family { CD, DVD_MINUS, DVD_PLUS, RAM, BD };
struct kind {
	char name[12];
	uint16_t profile;
	enum family family;
	int32_t blocks; /* capacity when written sequentially */
	int unit;       /* blocks in a write unit (ECC block, cluster) */
	unsigned is_sequential : 1, is_random : 1, is_erasable : 1, is_rom : 1;
};
struct track {
	int session;
	int32_t start, nwa, size; /* size: 0 while open-ended */
	int is_reserved, is_closed, is_damaged;
	int run_out; /* blocks at its end that can't be read */
};
struct medium {
	struct kind k;
	int32_t blocks;
	struct track t[MAX_TRACKS];
	int n_tracks, n_sessions; /* n_sessions: closed ones */
	int is_complete;
	int is_formatted;
	int32_t formatted_end; /* DVD-RW and DVD+RW: the blocks that were formatted or written */
	int is_growing;        /* DVD-RW: intermediate state, written at its end */
	int background;        /* DVD+RW: 0 none, 1 stopped, 2 running, 3 complete */
	int is_fast_blanked;   /* DVD-RW: takes disc at once only */
};

/* A medium by its name, with mib MiB (0: its own size) and the blocks in the file at path, which
 * is emptied but for a finished disc (-rom). 0 or -1, with a line on stderr. */
int medium_load(struct medium *m, const char *name, const char *path, int mib);
/* Opens path for a medium that was loaded by another process. 0 or -1. */
int medium_reopen(const char *path);
int medium_read(int32_t lba, uint32_t n, uint8_t *buf); /* 0 or -1 */
int medium_write(int32_t lba, uint32_t n, const uint8_t *buf);
void medium_blank(struct medium *m);

int medium_is_cd(const struct medium *m);
int medium_is_overwrite(const struct medium *m); /* formatted DVD-RW included */
int medium_session_is_open(const struct medium *m);
struct track *medium_open_track(struct medium *m);
struct track *medium_new_track(struct medium *m, int32_t size); /* NULL: no more */
void medium_close_track(struct medium *m, struct track *t, int is_tao);
void medium_close_session(struct medium *m, int is_final, int is_tao);
int32_t medium_track_end(const struct track *t);
int32_t medium_next_start(const struct medium *m); /* where the next new track starts */
int32_t medium_readable_end(const struct medium *m);
int medium_is_readable(const struct medium *m, int32_t lba);
int32_t medium_round_up(int32_t blocks, int unit);

/* ---- the drive ---- */

struct sense {
	uint8_t key, asc, ascq;
};
struct drive {
	struct medium m, before_test; /* before_test: what a simulated burn goes back to */
	int is_testing;
	int tray_is_open, is_locked, has_attention, has_new_media;
	uint8_t page5[52]; /* write parameters */
	int page5_is_set, is_cued;
	int32_t cue_at, cue_end;
	int read_kbs, write_kbs; /* set speeds; 0: the fastest */
	/* busy with an operation that was started with IMMED: for so many commands */
	int n_busy;
	uint8_t busy_ascq;
	/* to be told at the next command */
	struct sense pending;
	int is_pending_deferred;
	int32_t stale_end; /* of READ CAPACITY until the medium is loaded anew; -1: none */
};

struct xfer {
	const uint8_t *cdb;
	const uint8_t *out;
	size_t n_out; /* to the drive */
	uint8_t *in;
	size_t in_max, n_in; /* from the drive */
	uint8_t sense[18];
};

/* ---- commands (mmcemu-command.c) ---- */

/* A drive with a medium just loaded: everything but the medium as after power on. */
void command_reset(struct drive *d);
/* Runs one command; writes it to the log. Returns the SCSI status. */
int command_run(struct drive *d, struct xfer *x);
/* The log of commands; NULL: none. */
void command_log_to(FILE *f);
void command_note(const char *format, ...) __attribute__((format(printf, 1, 2)));
int command_is_output(const uint8_t *cdb); /* carries data to the drive */
/* The blocks that a READ or WRITE names. 0, or -1 for another command. */
int command_range(const struct xfer *x, int32_t *lba, uint32_t *n);

int command_fail(struct xfer *x, int key, int asc, int ascq);
int command_bad_field(struct xfer *x);
int command_reply(struct xfer *x, const void *data, size_t n, size_t n_allocated);

/* ---- what a drive tells (mmcemu-info.c) ---- */

int info_inquiry(struct xfer *x);
int info_configuration(struct drive *d, struct xfer *x);
int info_disc(struct drive *d, struct xfer *x);
int info_track(struct drive *d, struct xfer *x);
int info_toc(struct drive *d, struct xfer *x);
int info_format_capacities(struct drive *d, struct xfer *x);
int info_disc_structure(struct drive *d, struct xfer *x);
int info_performance(struct drive *d, struct xfer *x);
int info_mode_sense(struct drive *d, struct xfer *x);
int info_read_capacity(struct drive *d, struct xfer *x);
/* The speed that the drive takes for a wanted one: the fastest of its own that isn't faster. */
int info_speed(const struct drive *d, long wanted_kbs);

/* ---- writing, reading and what belongs to them (mmcemu-write.c) ---- */

int write_mode_select(struct drive *d, struct xfer *x);
int write_set_streaming(struct drive *d, struct xfer *x);
int write_blocks(struct drive *d, struct xfer *x);
int write_sync(struct drive *d, struct xfer *x);
int write_reserve(struct drive *d, struct xfer *x);
int write_cue_sheet(struct drive *d, struct xfer *x);
int write_close(struct drive *d, struct xfer *x);
int write_format(struct drive *d, struct xfer *x);
int write_blank(struct drive *d, struct xfer *x);
int write_read(struct drive *d, struct xfer *x); /* READ */
void write_end_test(struct drive *d);            /* the medium is as before the simulation */
enum write_mode write_mode(const struct drive *d);
int write_will_close(struct drive *d); /* SYNCHRONIZE CACHE now closes an at-once session */

/* ---- the drive's buffer (mmcemu-buffer.c): of this process, not of the drive's state ---- */

enum { BUFFER_BYTES = 4 << 20 };
/* From now on the buffer empties in real time: at kbs, or at the set speed for 0. */
void buffer_pace(int kbs);
/* Takes n bytes, waiting for room. 1 when the buffer ran empty before them in mid-write. */
int buffer_put(const struct drive *d, size_t n);
void buffer_flush(const struct drive *d); /* waits until all is on the medium */
size_t buffer_free(const struct drive *d);

/* ---- faults (mmcemu-fault.c): of this process, not of the drive's state ---- */

/* Arms faults: "name[=arg]", with commas or blanks between; "none" disarms all. 0, or -1 with a
 * line on stderr for a name that is not in the table. */
int fault_arm(const char *names);
/* Changes the drive as armed faults of its state say; after loading and after fault_arm. */
void fault_apply(struct drive *d);
/* Before a command: CHECK with sense filled when a fault strikes, else GOOD. */
int fault_strikes(struct drive *d, struct xfer *x);
/* Where a fault is armed: 1 and its argument (-1: none given). */
int fault_is_armed(const char *name, int32_t *arg);
/* The block in [lba, lba + n) at which a fault is armed; NO_LBA: none. */
int32_t fault_block(const char *name, int32_t lba, uint32_t n);
/* The first block in [lba, lba + n) that the file of bad-blocks names; NO_LBA: none. */
int32_t fault_bad_block(int32_t lba, uint32_t n);
int fault_strike_named(const char *name, struct xfer *x); /* fills its sense; CHECK */
void fault_list(FILE *f);

static inline uint16_t get16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}
static inline uint32_t get32(const uint8_t *p)
{
	return (uint32_t)get16(p) << 16 | get16(p + 2);
}
static inline void put16(uint8_t *p, unsigned v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}
static inline void put32(uint8_t *p, uint32_t v)
{
	put16(p, v >> 16);
	put16(p + 2, v);
}

#endif
