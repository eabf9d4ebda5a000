/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a drive and the medium in it are like: the facts of a struct drive. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "drive/drive_access.h"
#include "drive/drive.h"
#include "drive/drive_inner.h"
#include "util/sector.h"

/* what tells whether an overwritable medium is used */
enum { LOOK_BLOCKS = 32, LOOK_PLACES = 8 };

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

/* True where an overwritable medium has something from lba on: a file system, a header, cipher
 * text. What was never written reads as zeros, or not at all. */
static bool holds_data(struct burn_drive *handle, uint64_t lba)
{
	static const char zeros[BLOCK_BYTES];
	char *buf = malloc((size_t)LOOK_BLOCKS * BLOCK_BYTES);
	bool used = false;
	off_t got = 0;

	if (!buf)
		return true;
	/* 2 | 4: no complaints, no second try */
	burn_read_data(handle, (off_t)(lba * BLOCK_BYTES), buf, (off_t)LOOK_BLOCKS * BLOCK_BYTES,
		&got, 2 | 4);
	for (off_t at = 0; at + BLOCK_BYTES <= got && !used; at += BLOCK_BYTES)
		used = memcmp(buf + at, zeros, BLOCK_BYTES) != 0;
	free(buf);
	return used;
}

bool drive_look_behind(const struct drive *d, uint64_t n_bytes)
{
	uint64_t first = (n_bytes + BLOCK_BYTES - 1) / BLOCK_BYTES, end = d->facts.n_blocks_free;
	bool is_used = false;

	/* it began at the start of the medium, too: what is left of it follows at once */
	if (first < LOOK_BLOCKS)
		first = LOOK_BLOCKS;
	for (uint64_t i = 0; i < LOOK_PLACES && !is_used && first + LOOK_BLOCKS <= end; i++)
		is_used = holds_data(
			d->handle, first + (end - LOOK_BLOCKS - first) * i / LOOK_PLACES);
	library_drop();
	return is_used;
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
		d->is_session_open = drive_access_is_session_open(d->path);
		return MEDIUM_APPENDABLE;
	}
	if (d->kind->is_overwritable && !d->is_unformatted && holds_data(d->handle, 0))
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
	d->facts.may_hold_old = d->kind && d->kind->is_overwritable && !d->is_unformatted &&
				d->facts.state == MEDIUM_BLANK;
	d->facts.n_blocks_empty = find_empty_capacity(d);
}

void drive_look(struct drive *d)
{
	struct burn_drive_info *info = d->info;

	memset(&d->facts, 0, sizeof d->facts);
	d->kind = NULL;
	d->is_audio = d->is_tray_open = d->is_damaged = d->is_unformatted = false;
	d->can_incremental = d->is_session_open = false;
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
