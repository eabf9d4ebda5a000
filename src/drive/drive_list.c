/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "drive/drive_list.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <libburn/libburn.h>

#include "drive/drive_access.h"
#include "drive/library.h"
#include "drive/medium_kind.h"

enum { MAX_DRIVES = 32 }; /* as many as libburn knows */

/* One line of the kernel's /sys about a drive, without blanks at its end. */
static void read_attribute(const char *name, const char *attribute, char *out, size_t n_out)
{
	char path[128];
	FILE *file;
	size_t len;

	snprintf(path, sizeof path, "/sys/class/block/%s/device/%s", name, attribute);
	file = fopen(path, "re");
	if (!file)
		return;
	if (!fgets(out, (int)n_out, file))
		out[0] = '\0';
	fclose(file);
	for (len = strlen(out); len > 0 && strchr(" \n", out[len - 1]); len--)
		out[len - 1] = '\0';
}

/* Names the kinds that the drive announces, simplest first; the two states of a DVD-RW as one. */
static void name_kinds(struct burn_drive *handle, char *out, size_t n_out)
{
	int n = 0, profiles[64];
	char is_current[64];

	burn_drive_get_all_profiles(handle, &n, profiles, is_current);
	for (int i = n - 1; i >= 0; i--) {
		const struct medium_kind *kind = medium_kind_find(profiles[i]);
		size_t len = strlen(out);
		int n_name = kind ? (int)strcspn(kind->name, " (") : 0;

		if (!kind || !kind->is_writable)
			continue;
		if (strcmp(kind->name + n_name, " DL") == 0)
			n_name += 3;
		if (len >= (size_t)n_name &&
			strncmp(out + len - n_name, kind->name, (size_t)n_name) == 0)
			continue;
		snprintf(out + len, n_out - len, "%s%.*s", len ? ", " : "", n_name, kind->name);
	}
}

/* Asks the drive itself. */
static void ask(struct drive_entry *e)
{
	struct burn_drive_info *info = NULL;
	unsigned n = 0;
	int ret;

	burn_drive_clear_whitelist();
	burn_drive_add_whitelist(e->path);
	while ((ret = burn_drive_scan(&info, &n)) == 0)
		;
	burn_drive_clear_whitelist();
	if (ret < 0 || n == 0 || !info) {
		snprintf(e->problem, sizeof e->problem, "the drive does not answer");
		return;
	}
	e->is_accessible = true;
	snprintf(e->vendor, sizeof e->vendor, "%s", info->vendor);
	snprintf(e->model, sizeof e->model, "%s", info->product);
	snprintf(e->revision, sizeof e->revision, "%s", info->revision);
	name_kinds(info->drive, e->writes, sizeof e->writes);
	burn_drive_info_free(info);
	library_drop();
}

static void look(struct drive_entry *e, int number)
{
	struct fail why = { 0 };
	char name[16];

	snprintf(name, sizeof name, "sr%d", number);
	read_attribute(name, "vendor", e->vendor, sizeof e->vendor);
	read_attribute(name, "model", e->model, sizeof e->model);
	read_attribute(name, "rev", e->revision, sizeof e->revision);
	if (drive_access_check(e->path, &why))
		snprintf(e->problem, sizeof e->problem, "%s", why.what);
	else
		ask(e);
}

int drive_list(struct drive_entry **entries, size_t *n, struct fail *f)
{
	struct drive_entry *list = calloc(MAX_DRIVES, sizeof *list);

	*entries = NULL;
	*n = 0;
	if (!list)
		return fail_memory(f);
	if (library_start(f)) {
		free(list);
		return -1;
	}
	for (int i = 0; i < MAX_DRIVES; i++) {
		struct drive_entry *e = &list[*n];
		struct stat st;

		snprintf(e->path, sizeof e->path, "/dev/sr%d", i);
		if (stat(e->path, &st) || !drive_access_is_optical(e->path)) {
			memset(e, 0, sizeof *e);
			continue;
		}
		look(e, i);
		(*n)++;
	}
	library_finish();
	*entries = list;
	return 0;
}
