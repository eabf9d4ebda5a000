/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "burn/device_use.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "util/message.h"

/* The kernel's name of a device, such as "sdb1"; its numbers where it has none. */
static void device_name(dev_t device, char *out, size_t n)
{
	char path[64], target[PATH_MAX];
	const char *slash;
	ssize_t len;

	snprintf(path, sizeof path, "/sys/dev/block/%u:%u", major(device), minor(device));
	len = readlink(path, target, sizeof target - 1);
	if (len < 0) {
		snprintf(out, n, "%u:%u", major(device), minor(device));
		return;
	}
	target[len] = '\0';
	slash = strrchr(target, '/');
	snprintf(out, n, "%.60s", slash ? slash + 1 : target);
}

/* The mount point in a line of mountinfo (proc(5)) for device, NULL where the line is about another
 * one. */
static char *mount_point(char *line, dev_t device)
{
	unsigned major_number, minor_number;
	int at = 0;
	char *end;

	if (sscanf(line, "%*d %*d %u:%u %*s %n", &major_number, &minor_number, &at) < 2 || !at)
		return NULL;
	if (makedev(major_number, minor_number) != device)
		return NULL;
	end = strchr(line + at, ' ');
	if (end)
		*end = '\0';
	return line + at;
}

static bool is_mounted(dev_t device, const char *name, char *out, size_t n)
{
	FILE *file = fopen("/proc/self/mountinfo", "re");
	char *line = NULL, where[200];
	size_t size = 0;
	bool found = false;

	while (file && !found && getline(&line, &size, file) > 0) {
		char *point = mount_point(line, device);

		found = point != NULL;
		if (found)
			snprintf(out, n, "%s is mounted on %s", name,
				message_escape(where, sizeof where, point));
	}
	free(line);
	if (file)
		fclose(file);
	return found;
}

static bool is_swap(dev_t device, const char *name, char *out, size_t n)
{
	FILE *file = fopen("/proc/swaps", "re");
	char *line = NULL;
	size_t size = 0;
	bool found = false;

	while (file && !found && getline(&line, &size, file) > 0) {
		struct stat st;

		line[strcspn(line, " \t\n")] = '\0';
		found = line[0] == '/' && stat(line, &st) == 0 && S_ISBLK(st.st_mode) &&
			st.st_rdev == device;
	}
	if (found)
		snprintf(out, n, "%s is used for swapping", name);
	free(line);
	if (file)
		fclose(file);
	return found;
}

/* The next name in a folder of /sys that is not hidden; NULL at the end. */
static const char *next_name(DIR *dir)
{
	const struct dirent *entry = NULL;

	while (dir && (entry = readdir(dir)) != NULL && entry->d_name[0] == '.')
		;
	return entry ? entry->d_name : NULL;
}

static bool is_held(dev_t device, const char *name, char *out, size_t n)
{
	char path[64];
	const char *holder;
	DIR *dir;

	snprintf(path, sizeof path, "/sys/dev/block/%u:%u/holders", major(device), minor(device));
	dir = opendir(path);
	holder = next_name(dir);
	if (holder)
		snprintf(out, n, "%s is held by %s", name, holder);
	if (dir)
		closedir(dir);
	return holder != NULL;
}

static bool find_own(dev_t device, char *out, size_t n)
{
	char name[64];

	device_name(device, name, sizeof name);
	return is_mounted(device, name, out, n) || is_swap(device, name, out, n) ||
	       is_held(device, name, out, n);
}

/* The number of partition name of device; false where name is something else in its folder. */
static bool partition(dev_t device, const char *name, dev_t *number)
{
	unsigned major_number, minor_number;
	char path[400];
	FILE *file;
	bool ok;

	snprintf(path, sizeof path, "/sys/dev/block/%u:%u/%s/partition", major(device),
		minor(device), name);
	if (access(path, F_OK))
		return false;
	snprintf(path, sizeof path, "/sys/dev/block/%u:%u/%s/dev", major(device), minor(device),
		name);
	file = fopen(path, "re");
	if (!file)
		return false;
	ok = fscanf(file, "%u:%u", &major_number, &minor_number) == 2;
	fclose(file);
	if (ok)
		*number = makedev(major_number, minor_number);
	return ok;
}

bool device_use_find(dev_t device, char *out, size_t n)
{
	bool found = find_own(device, out, n);
	const char *name;
	char path[64];
	DIR *dir;

	snprintf(path, sizeof path, "/sys/dev/block/%u:%u", major(device), minor(device));
	dir = opendir(path);
	while (!found && (name = next_name(dir)) != NULL) {
		dev_t number;

		if (partition(device, name, &number))
			found = find_own(number, out, n);
	}
	if (dir)
		closedir(dir);
	return found;
}
