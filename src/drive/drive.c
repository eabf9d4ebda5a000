/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "drive/drive.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "drive/drive_access.h"
#include "drive/drive_inner.h"
#include "drive/drive_refusal.h"
#include "util/signals.h"

enum {
	GRAB_TRIES = 3,
	TRAY_TRIES = 120,         /* a second each, for a tray that has to be pushed in by hand */
	FEATURE_REMOVABLE = 0x03, /* MMC-5, 5.3.4 */
};

bool drive_is_one(const char *path)
{
	return drive_access_is_optical(path);
}

size_t drive_tracks(const char *path, uint64_t *lbas, size_t max)
{
	return drive_access_is_optical(path) ? drive_access_tracks(path, lbas, max) : 0;
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

/* Once more where the drive only tells that it was reset or its medium changed meanwhile, which
 * libburn takes for a failure; or where nobody complains: then libburn still has a command in mind
 * that failed before, until the drive is looked for anew. */
static int grab(struct drive *d, struct fail *f)
{
	for (int i = 0;; i++) {
		struct complaint c = { 0 };

		if (try_grab(d))
			return 0;
		library_collect(&c, NULL);
		if ((c.sense.key == SENSE_UNIT_ATTENTION || !c.is_set) && i < GRAB_TRIES &&
			!signals_caught())
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
	message_warn(d->m, "%s: close the tray by hand: this drive can't", d->path);
	for (int i = 0; i < TRAY_TRIES && !signals_caught(); i++) {
		nap_second();
		if (drive_access_tray_is_open(d->path))
			continue;
		return drive_regrab(d, f);
	}
	return fail_set(f, FAIL_DRIVE, d->path, "the tray was not closed");
}

static int release_and_grab(struct drive *d, bool eject, struct fail *f)
{
	burn_drive_release(d->handle, eject);
	d->handle = NULL;
	library_drop();
	if (grab(d, f))
		return -1;
	drive_look(d);
	return 0;
}

int drive_regrab(struct drive *d, struct fail *f)
{
	return release_and_grab(d, false, f);
}

int drive_reload(struct drive *d, struct fail *f)
{
	bool eject = has_tray(d->handle);

	if (release_and_grab(d, eject, f))
		return -1;
	if (eject && d->facts.state == MEDIUM_NONE && d->is_tray_open && wait_for_tray(d, f))
		return -1;
	if (d->facts.state == MEDIUM_NONE)
		return drive_refusal_none(d, "the disc again", f);
	return 0;
}
