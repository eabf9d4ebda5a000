/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether a device may be used as a drive, found out before libburn opens it, so that each reason
 * has a message of its own. Linux: major numbers (Documentation/admin-guide/devices.txt),
 * /proc/self/mountinfo, /sys, O_EXCL on block devices. */
#ifndef DRIVE_DRIVE_ACCESS_H
#define DRIVE_DRIVE_ACCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/fail.h"

/* True where path, links resolved, is an optical drive. */
bool drive_access_is_optical(const char *path);

/* 0 where path is an optical drive that is free to use. FAIL_DRIVE with a message of its own for:
 * not there, another kind of device, no permission, mounted, held by a mapping, busy. A drive that
 * is busy is tried again for a few seconds: desktops poll drives now and then. */
int drive_access_check(const char *path, struct fail *f);

/* True where the drive's tray is out. */
bool drive_access_tray_is_open(const char *path);

/* True where the medium's last session was begun, or its border damaged, and never closed. */
bool drive_access_is_session_open(const char *path);

/* Where the medium's tracks of data begin, at most max, ascending; returns how many there are; 0
 * where the drive does not answer. */
size_t drive_access_tracks(const char *path, uint64_t *lbas, size_t max);

#endif
