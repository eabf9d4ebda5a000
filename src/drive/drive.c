/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "drive/drive.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "drive/drive_access.h"
#include "drive/drive_inner.h"
#include "util/sector.h"
#include "util/signals.h"
#include "util/size.h"

enum {
	GRAB_TRIES = 3,
	TRAY_TRIES = 120, /* a second each, for a tray that has to be pushed in by hand */
	LOOK_BLOCKS = 32, /* what is looked at to tell whether an overwritable medium is used */
	FEATURE_REMOVABLE = 0x03, /* MMC-5, 5.3.4 */
};

bool drive_is_one(const char *path)
{
	return drive_access_is_optical(path);
}

static void nap_second(void)
{
	const struct timespec second = { .tv_sec = 1 };

	nanosleep(&second, NULL);
}

int drive_complain(const struct drive *d, enum fail_code code, const char *what,
	const struct complaint *c, struct fail *f)
{
	const char *words = sense_words(c->sense);

	if (!c->is_set)
		return fail_set(f, code, d->path, "%s", what);
	if (words)
		return fail_set(f, code, d->path, "%s: %s (%s)", what, words, c->text);
	return fail_set(f, code, d->path, "%s (%s)", what, c->text);
}

/* True where the drive announces to write media of some kind. */
static bool is_burner(struct burn_drive *handle)
{
	int n = 0, profiles[64];
	char is_current[64];

	burn_drive_get_all_profiles(handle, &n, profiles, is_current);
	for (int i = 0; i < n; i++) {
		const struct medium_kind *kind = medium_kind_find(profiles[i]);

		if (kind && kind->is_writable)
			return true;
	}
	return false;
}

/* True where the first track holds audio (Q sub-channel control, MMC-5, table 349). */
static bool is_audio(struct burn_drive *handle)
{
	struct burn_disc *disc = burn_drive_get_disc(handle);
	struct burn_session **sessions;
	struct burn_track **tracks;
	struct burn_toc_entry entry;
	int n_sessions = 0, n_tracks = 0;
	bool result = false;

	if (!disc)
		return false;
	sessions = burn_disc_get_sessions(disc, &n_sessions);
	if (sessions && n_sessions > 0) {
		tracks = burn_session_get_tracks(sessions[0], &n_tracks);
		if (tracks && n_tracks > 0) {
			burn_track_get_entry(tracks[0], &entry);
			result = (entry.control & 4) == 0;
		}
	}
	burn_disc_free(disc);
	return result;
}

/* True where an overwritable medium has something at its start: a file system, a header, cipher
 * text. What was never written reads as zeros, or not at all. */
static bool holds_data(struct burn_drive *handle)
{
	static const char zeros[BLOCK_BYTES];
	char *buf = malloc((size_t)LOOK_BLOCKS * BLOCK_BYTES);
	bool used = false;
	off_t got = 0;

	if (!buf)
		return true;
	/* 2 | 4: no complaints, no second try */
	burn_read_data(handle, 0, buf, (off_t)LOOK_BLOCKS * BLOCK_BYTES, &got, 2 | 4);
	for (off_t at = 0; at + BLOCK_BYTES <= got && !used; at += BLOCK_BYTES)
		used = memcmp(buf + at, zeros, BLOCK_BYTES) != 0;
	free(buf);
	return used;
}

static bool is_unformatted(struct burn_drive *handle, const struct medium_kind *kind)
{
	int status = 0, n = 0;
	unsigned spare = 0;
	off_t size = 0;

	return kind->is_overwritable &&
	       burn_disc_get_formats(handle, &status, &size, &spare, &n) > 0 &&
	       status == BURN_FORMAT_IS_UNFORMATTED;
}

/* Fills in what depends on the medium's kind and on what can be written. */
static enum medium_state writable_state(struct drive *d, enum burn_disc_status status)
{
	struct burn_multi_caps *caps = NULL;
	int lba, nwa;

	if (!d->kind || !d->kind->is_writable)
		return MEDIUM_UNSUITABLE;
	if (burn_disc_get_multi_caps(d->handle, BURN_WRITE_NONE, &caps, 0) > 0) {
		d->facts.can_simulate = caps->might_simulate;
		d->can_incremental = caps->might_do_tao == 2;
	}
	burn_disc_free_multi_caps(&caps);
	d->is_unformatted = is_unformatted(d->handle, d->kind);
	d->facts.n_blocks_free = (uint64_t)burn_disc_available_space(d->handle, NULL) / BLOCK_BYTES;
	if (status == BURN_DISC_APPENDABLE) {
		d->is_damaged = burn_disc_track_lba_nwa(d->handle, NULL, 0, &lba, &nwa) <= 0 &&
				burn_disc_next_track_is_damaged(d->handle, 0) > 1;
		return MEDIUM_APPENDABLE;
	}
	if (d->kind->is_overwritable && !d->is_unformatted && holds_data(d->handle))
		return MEDIUM_OVERWRITABLE;
	return MEDIUM_BLANK;
}

static enum medium_state find_state(struct drive *d)
{
	enum burn_disc_status status = burn_disc_get_status(d->handle);

	switch (status) {
	case BURN_DISC_BLANK:
	case BURN_DISC_APPENDABLE:
		return writable_state(d, status);
	case BURN_DISC_FULL:
		d->is_audio = is_audio(d->handle);
		return d->is_audio ? MEDIUM_UNSUITABLE : MEDIUM_CLOSED;
	case BURN_DISC_EMPTY:
		d->is_tray_open = drive_access_tray_is_open(d->path);
		return MEDIUM_NONE;
	default:
		return MEDIUM_UNSUITABLE;
	}
}

/* What a used medium would hold if it were blank: the ATIP of a CD-RW tells, and the list of
 * formats of a DVD-RW (its largest, for lasting without spare blocks). */
static uint64_t find_empty_capacity(const struct drive *d)
{
	int start = 0, end = 0, status = 0, n = 0, type;
	unsigned spare = 0, parameter;
	off_t size = 0, largest = 0;

	if (d->facts.state == MEDIUM_BLANK || d->facts.state == MEDIUM_OVERWRITABLE)
		return d->facts.n_blocks_free;
	if (!d->facts.can_be_blanked)
		return 0;
	if (d->kind->write_types & TAKES_TAO) {
		if (burn_disc_read_atip(d->handle) > 0 &&
			burn_drive_get_start_end_lba(d->handle, &start, &end, 0) > 0 && end > 0)
			return (uint64_t)end;
		return 0;
	}
	if (burn_disc_get_formats(d->handle, &status, &size, &spare, &n) <= 0)
		return 0;
	for (int i = 0; i < n; i++)
		if (burn_disc_get_format_descr(d->handle, i, &type, &size, &parameter) > 0 &&
			size > largest)
			largest = size;
	return (uint64_t)largest / BLOCK_BYTES;
}

static bool can_be_blanked(const struct drive *d)
{
	return d->kind && d->kind->is_rewritable && !d->is_unready &&
	       d->facts.state != MEDIUM_NONE && d->facts.state != MEDIUM_BLANK;
}

static void look_at_medium(struct drive *d)
{
	char name[80] = "";
	int profile = 0, n = 0;

	if (burn_disc_get_profile(d->handle, &profile, name) <= 0)
		profile = 0;
	d->kind = medium_kind_find(profile);
	d->facts.profile = profile;
	snprintf(d->facts.medium, sizeof d->facts.medium, "%s", d->kind ? d->kind->name : name);
	d->facts.is_erasable =
		burn_disc_erasable(d->handle) != 0 || (d->kind && d->kind->is_rewritable);
	d->facts.state = find_state(d);
	d->is_unready = burn_disc_get_status(d->handle) == BURN_DISC_UNREADY;
	if (d->facts.state != MEDIUM_NONE && d->facts.state != MEDIUM_BLANK &&
		burn_get_read_capacity(d->handle, &n, 0) > 0 && n > 0)
		d->facts.n_blocks_used = (uint64_t)n;
	d->facts.can_be_blanked = can_be_blanked(d);
	d->facts.n_blocks_empty = find_empty_capacity(d);
}

void drive_look(struct drive *d)
{
	struct burn_drive_info *info = d->info;

	memset(&d->facts, 0, sizeof d->facts);
	d->kind = NULL;
	d->is_audio = d->is_tray_open = d->is_damaged = d->is_unformatted = false;
	d->can_incremental = false;
	snprintf(d->facts.vendor, sizeof d->facts.vendor, "%s", info->vendor);
	snprintf(d->facts.model, sizeof d->facts.model, "%s", info->product);
	snprintf(d->facts.revision, sizeof d->facts.revision, "%s", info->revision);
	snprintf(d->facts.path, sizeof d->facts.path, "%s", d->path);
	if (!d->handle)
		return;
	d->facts.is_burner = is_burner(d->handle);
	look_at_medium(d);
	/* complaints about the medium are told by its state */
	library_drop();
}

static bool try_grab(struct drive *d)
{
	int ret;

	if (!d->info)
		ret = burn_drive_scan_and_grab(&d->info, d->path, 1);
	else
		ret = burn_drive_grab(d->info[0].drive, 1);
	if (ret == 1) {
		d->handle = d->info[0].drive;
		return true;
	}
	/* a drive that could not be grabbed is forgotten, and looked for anew */
	if (d->info)
		burn_drive_info_free(d->info);
	d->info = NULL;
	return false;
}

/* Once more where the drive only tells that it was reset or its medium changed meanwhile: libburn
 * takes that for a failure. */
static int grab(struct drive *d, struct fail *f)
{
	for (int i = 0;; i++) {
		struct complaint c = { 0 };

		if (try_grab(d))
			return 0;
		library_collect(&c, NULL);
		if (c.sense.key == SENSE_UNIT_ATTENTION && i < GRAB_TRIES && !signals_caught())
			continue;
		return drive_complain(d, FAIL_DRIVE, "the drive can't be used", &c, f);
	}
}

struct drive *drive_open(const char *path, const struct messages *m, struct fail *f)
{
	struct drive *d = NULL;

	if (drive_access_check(path, f) || library_start(f))
		return NULL;
	d = calloc(1, sizeof *d);
	if (!d || !(d->path = strdup(path))) {
		fail_memory(f);
		goto failed;
	}
	d->m = m;
	if (grab(d, f))
		goto failed;
	drive_look(d);
	return d;

failed:
	if (d) {
		free(d->path);
		free(d);
	}
	library_finish();
	return NULL;
}

struct drive_facts drive_facts(const struct drive *d)
{
	return d->facts;
}

static int refuse_none(const struct drive *d, struct fail *f)
{
	if (d->is_tray_open) {
		fail_set(f, FAIL_DRIVE, d->path, "the tray is open");
		fail_hint(f, "put in a blank disc and close the tray");
		return -1;
	}
	fail_set(f, FAIL_DRIVE, d->path, "there is no medium in the drive");
	fail_hint(f, "put in a blank disc");
	return -1;
}

/* What to do about a medium that can't take the burn. */
static void hint_other_medium(const struct drive *d, struct fail *f)
{
	if (d->facts.can_be_blanked)
		fail_hint(f,
			"\"xburncrypt blank %s\" empties it, or -blank auto as a part of the burn; "
			"all that is on it is lost",
			d->path);
	else
		fail_hint(f, "put in a blank disc");
}

static int refuse_unsuitable(const struct drive *d, struct fail *f)
{
	if (d->is_unready)
		fail_set(f, FAIL_DRIVE, d->path, "the drive does not become ready");
	else if (d->is_audio)
		fail_set(f, FAIL_DRIVE, d->path, "holds an audio CD, which takes no data");
	else if (d->facts.medium[0] && d->kind && d->kind->is_writable)
		fail_set(f, FAIL_DRIVE, d->path,
			"the drive can't make sense of the %s in it: it is damaged or dirty, holds "
			"a burn that was broken off, or does not suit the drive",
			d->facts.medium);
	else if (d->facts.medium[0])
		fail_set(f, FAIL_DRIVE, d->path, "holds a medium that can't be written (%s)",
			d->facts.medium);
	else
		fail_set(f, FAIL_DRIVE, d->path,
			"the drive can't make sense of the medium in it: it is damaged or dirty, "
			"or does not suit the drive");
	hint_other_medium(d, f);
	return -1;
}

int drive_refuse_used(const struct drive *d, const char *state, struct fail *f)
{
	fail_set(f, FAIL_DRIVE, d->path, "the %s in it %s", d->facts.medium, state);
	hint_other_medium(d, f);
	return -1;
}

static int refuse_dummy(const struct drive *d, struct fail *f)
{
	fail_set(f, FAIL_DRIVE, d->path, "a burn can't be simulated with the %s in it",
		d->facts.medium);
	fail_hint(f, "CD-R, CD-RW, DVD-R and sequential DVD-RW can simulate; with others leave "
		     "-dummy out, or burn into an image file (-o FILE)");
	return -1;
}

static int refuse_size(const struct drive *d, uint64_t n_blocks, struct fail *f)
{
	uint64_t has = d->facts.n_blocks_free, missing = n_blocks - has;
	char needs_text[64], has_text[64], missing_text[64];

	size_format(needs_text, sizeof needs_text, n_blocks * BLOCK_BYTES);
	size_format(has_text, sizeof has_text, has * BLOCK_BYTES);
	size_format(missing_text, sizeof missing_text, missing * BLOCK_BYTES);
	fail_set(f, FAIL_DRIVE, d->path,
		"the %s in it is too small: needs %llu blocks = %s, has %llu blocks = %s, missing "
		"%llu blocks = %s",
		d->facts.medium, (unsigned long long)n_blocks, needs_text, (unsigned long long)has,
		has_text, (unsigned long long)missing, missing_text);
	fail_hint(f, "take a larger medium, or leave files out");
	return -1;
}

int drive_check_fits(const struct drive *d, uint64_t n_blocks, bool dummy, struct fail *f)
{
	if (!d->facts.is_burner)
		return fail_set(f, FAIL_DRIVE, d->path, "the drive only reads: it is no burner");
	switch (d->facts.state) {
	case MEDIUM_NONE:
		return refuse_none(d, f);
	case MEDIUM_UNSUITABLE:
		return refuse_unsuitable(d, f);
	case MEDIUM_CLOSED:
		if (d->kind && !d->kind->is_writable)
			return refuse_unsuitable(d, f);
		return drive_refuse_used(d, "is closed: it holds data and takes no more", f);
	case MEDIUM_APPENDABLE:
		if (d->is_damaged)
			return drive_refuse_used(d, "holds a burn that was broken off", f);
		return drive_refuse_used(d, "is not blank: it holds a session", f);
	case MEDIUM_BLANK:
	case MEDIUM_OVERWRITABLE:
		break;
	}
	if (dummy && !d->facts.can_simulate)
		return refuse_dummy(d, f);
	if (n_blocks > d->facts.n_blocks_free)
		return refuse_size(d, n_blocks, f);
	return 0;
}

void drive_close(struct drive *d, bool eject)
{
	if (!d)
		return;
	if (d->handle)
		burn_drive_release(d->handle, eject);
	if (d->info)
		burn_drive_info_free(d->info);
	library_drop();
	library_finish();
	free(d->path);
	free(d);
}

/* True where the drive says it has a tray that it moves out (MMC-5, 5.3.4: loading mechanism). */
static bool has_tray(struct burn_drive *handle)
{
	unsigned char flags = 0, n = 0, *data = NULL;
	bool result = false;

	if (burn_drive_get_feature(handle, FEATURE_REMOVABLE, &flags, &n, &data, NULL) > 0 &&
		data && n > 0)
		result = (data[0] >> 5) == 1 && (data[0] & 8);
	free(data);
	return result;
}

/* The tray of a slim drive comes out but not in again: waits until somebody pushes it in. */
static int wait_for_tray(struct drive *d, struct fail *f)
{
	message_warn(d->m, "%s: push the tray in, please: the drive can't do so itself", d->path);
	for (int i = 0; i < TRAY_TRIES && !signals_caught(); i++) {
		nap_second();
		if (drive_access_tray_is_open(d->path))
			continue;
		burn_drive_release(d->handle, 0);
		d->handle = NULL;
		if (grab(d, f))
			return -1;
		drive_look(d);
		return 0;
	}
	return fail_set(f, FAIL_DRIVE, d->path, "the tray was not pushed in");
}

int drive_reload(struct drive *d, struct fail *f)
{
	bool eject = has_tray(d->handle);

	burn_drive_release(d->handle, eject);
	d->handle = NULL;
	library_drop();
	if (grab(d, f))
		return -1;
	drive_look(d);
	if (eject && d->facts.state == MEDIUM_NONE && d->is_tray_open && wait_for_tray(d, f))
		return -1;
	if (d->facts.state == MEDIUM_NONE)
		return refuse_none(d, f);
	return 0;
}
