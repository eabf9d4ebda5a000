/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "iso/disc_record.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "iso/disc_time.h"

/* The type that is recorded, where it goes with the record. */
static uint32_t make_mode(struct disc_node *node, const struct rock_ridge *fields, bool is_dir)
{
	uint32_t type = fields->child_lba ? S_IFDIR : fields->mode & S_IFMT;

	if (!fields->has_mode)
		return is_dir ? S_IFDIR | 0555u : S_IFREG | 0444u;
	if (is_dir != (type == S_IFDIR)) {
		disc_node_damage(node, "has a file type that contradicts its directory record");
		type = is_dir ? S_IFDIR : S_IFREG;
	}
	switch (type) {
	case S_IFREG:
	case S_IFDIR:
	case S_IFLNK:
	case S_IFIFO:
	case S_IFCHR:
	case S_IFBLK:
	case S_IFSOCK:
		break;
	default:
		disc_node_damage(node, "has an unknown file type");
		type = S_IFREG;
	}
	return type | (fields->mode & 07777);
}

/* Linux: a number below 2^32 is a whole dev_t (libisofs), else major and minor (mkisofs). */
static dev_t make_device(const struct rock_ridge *fields)
{
	if (fields->device_high == 0)
		return fields->device_low;
	return makedev(fields->device_high, fields->device_low);
}

static void take_times(
	struct disc_node *node, const struct rock_ridge *fields, const uint8_t time[7])
{
	int64_t seconds = 0;

	if (!disc_time_short(time, &seconds))
		seconds = 0;
	node->mtime =
		fields->has_time[ROCK_RIDGE_MTIME] ? fields->times[ROCK_RIDGE_MTIME] : seconds;
	node->atime =
		fields->has_time[ROCK_RIDGE_ATIME] ? fields->times[ROCK_RIDGE_ATIME] : node->mtime;
	node->ctime =
		fields->has_time[ROCK_RIDGE_CTIME] ? fields->times[ROCK_RIDGE_CTIME] : node->mtime;
}

/* Copies the target of a link. */
static int take_target(struct disc_node *node, const struct rock_ridge_long *rest,
	struct disc_memory *memory, struct fail *f)
{
	char *target;

	if (!rest->has_target || rest->n_target == 0 || rest->is_target_cut ||
		memchr(rest->target, 0, rest->n_target)) {
		disc_node_damage(node, "has a damaged link target");
		return 0;
	}
	target = disc_memory_get(memory, rest->n_target + 1, f);
	if (!target)
		return -1;
	memcpy(target, rest->target, rest->n_target);
	node->target = target;
	node->n_bytes = rest->n_target;
	return 0;
}

static int take_attributes(struct disc_node *node, const struct rock_ridge_long *rest,
	struct disc_memory *memory, struct fail *f)
{
	struct disc_attribute *attributes;
	enum aaip_result result;
	size_t n;

	if (rest->are_attributes_cut)
		disc_node_damage(node, "has more extended attributes than can be read");
	if (rest->n_attributes == 0)
		return 0;
	if (disc_memory_spend(memory, (rest->n_attributes + 4) * AAIP_ROOM, f))
		return -1;
	result = aaip_decode(rest->attributes, rest->n_attributes, &memory->arena, &attributes, &n);
	if (result == AAIP_NO_MEMORY)
		return fail_memory(f);
	if (result == AAIP_DAMAGED)
		disc_node_damage(node, "has damaged extended attributes");
	node->attributes = attributes;
	node->n_attributes = (uint32_t)n;
	return 0;
}

int disc_record_take(struct disc_node *node, const struct rock_ridge *fields,
	const struct directory_record *record, struct disc_memory *memory, struct fail *f)
{
	/* in the place of a directory that was moved stands a file */
	node->mode = make_mode(node, fields, record->is_directory || fields->child_lba);
	node->n_links = fields->has_mode && fields->n_links ? fields->n_links : 1;
	node->uid = fields->uid;
	node->gid = fields->gid;
	take_times(node, fields, record->time);
	if (S_ISCHR(node->mode) || S_ISBLK(node->mode)) {
		node->device = make_device(fields);
		if (!fields->has_device)
			disc_node_damage(node, "is a device node without device numbers");
	}
	if (S_ISLNK(node->mode) && fields->rest && take_target(node, fields->rest, memory, f))
		return -1;
	return fields->rest ? take_attributes(node, fields->rest, memory, f) : 0;
}

/* Serial numbers first, then what has blocks, by the first one, then the places of records. */
uint64_t disc_record_inode(const struct disc_node *node, const struct rock_ridge *fields,
	const struct directory_record *record, uint64_t place)
{
	if (fields->has_serial && fields->serial)
		return fields->serial;
	if (S_ISDIR(node->mode) || (S_ISREG(node->mode) && record->n_bytes))
		return (uint64_t)1 << 32 | record->lba;
	return (uint64_t)1 << 44 | place;
}

/* Cuts a name between characters. What it ends with then tells it from others that begin alike. */
static void shorten(char name[DISC_NAME_MAX])
{
	enum { LENGTH_MAX = 255, SUFFIX = 1 + 8 };
	uint32_t hash = 0x811c9dc5; /* FNV-1a */
	size_t n = LENGTH_MAX - SUFFIX;

	for (const char *c = name; *c; c++)
		hash = (hash ^ (uint8_t)*c) * 0x01000193;
	while (n > 0 && ((uint8_t)name[n] & 0xc0) == 0x80)
		n--;
	snprintf(name + n, SUFFIX + 1, "~%08x", hash);
}

int disc_record_keep_name(struct disc_node *node, char name[DISC_NAME_MAX],
	struct disc_memory *memory, struct fail *f)
{
	size_t n;
	char *copy;

	if (strlen(name) > 255) {
		disc_node_damage(node, "has a name that is too long; it is shortened");
		shorten(name);
	}
	if (!*name || !strcmp(name, ".") || !strcmp(name, "..")) {
		disc_node_damage(node, "has an invalid name, shown as \"_\"");
		memcpy(name, !*name || !name[1] ? "_\0" : "__", 3);
	}
	n = strlen(name) + 1;
	copy = disc_memory_get(memory, n, f);
	if (!copy)
		return -1;
	node->name = memcpy(copy, name, n);
	return 0;
}

int disc_record_take_name(struct disc_node *node, const struct rock_ridge *fields,
	const struct directory_record *record, enum disc_tree_kind kind, struct disc_memory *memory,
	struct fail *f)
{
	char name[DISC_NAME_MAX];
	const uint8_t *bytes = record->name;
	size_t n = record->n_name;

	if (fields->n_name) {
		bytes = (const uint8_t *)fields->name;
		n = fields->n_name;
		disc_name_from_bytes(name, bytes, n);
	} else if (kind == DISC_TREE_JOLIET) {
		disc_name_from_joliet(name, bytes, n);
	} else {
		disc_name_from_plain(name, bytes, n);
	}
	if (kind != DISC_TREE_JOLIET && (memchr(bytes, '/', n) || memchr(bytes, 0, n)))
		disc_node_damage(node, "has a slash or a NUL byte in its name, shown as \"_\"");
	return disc_record_keep_name(node, name, memory, f);
}
