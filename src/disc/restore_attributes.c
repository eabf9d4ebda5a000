/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disc/restore_attributes.h"

#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "iso/file_attributes.h"

static bool is_acl(const struct disc_attribute *a)
{
	return !strcmp(a->name, AAIP_ACL_ACCESS) || !strcmp(a->name, AAIP_ACL_DEFAULT);
}

/* True for an attribute that only the privileged get, which is told. */
static bool is_left_out(
	const struct restore_attributes *set, const struct disc_attribute *a, struct fail *problem)
{
	if (set->privileged || is_acl(a) || strncmp(a->name, "user.", 5) == 0)
		return false;
	fail_set(problem, FAIL_INCOMPLETE, "",
		"its extended attribute %.200s is set only with -privileged", a->name);
	return true;
}

/* Sets the ACLs, or all others that we may. */
static enum restore_result set_attributes(const struct restore_attributes *set, int fd,
	const struct disc_node *node, bool acls, struct fail *problem)
{
	enum restore_result result = RESTORE_DONE;

	for (uint32_t i = 0; i < node->n_attributes; i++) {
		const struct disc_attribute *a = &node->attributes[i];

		if (is_acl(a) != acls)
			continue;
		if (is_left_out(set, a, problem)) {
			result = RESTORE_HURT;
		} else if (fsetxattr(fd, a->name, a->value, a->n_value, 0)) {
			fail_errno(problem, FAIL_INCOMPLETE, "", "%s%.200s can't be set",
				acls ? "its ACL " : "its extended attribute ", a->name);
			result = RESTORE_HURT;
		}
	}
	return result;
}

mode_t restore_attributes_mode(const struct restore_attributes *set, const struct disc_node *node)
{
	bool has_bits = node->mode & (S_ISUID | S_ISGID);

	return node->mode & (has_bits && !set->privileged ? 01777 : 07777);
}

mode_t restore_attributes_take_mode(struct restore_attributes *set, const struct disc_node *node)
{
	set->n_without_bits += restore_attributes_mode(set, node) != (node->mode & 07777);
	return restore_attributes_mode(set, node);
}

void restore_attributes_times(const struct disc_node *node, struct timespec times[2])
{
	times[0] = (struct timespec){ .tv_sec = node->atime, .tv_nsec = node->atime_ns };
	times[1] = (struct timespec){ .tv_sec = node->mtime, .tv_nsec = node->mtime_ns };
}

enum restore_result restore_attributes_check(const struct restore_attributes *set,
	const struct stat *st, const struct disc_node *node, struct fail *problem)
{
	if (geteuid() == 0 && (st->st_uid != node->uid || st->st_gid != node->gid))
		return restore_result_text(
			problem, RESTORE_HURT, "the file system does not keep its owner");
	if (!S_ISLNK(node->mode) && (st->st_mode & 07777) != restore_attributes_mode(set, node))
		return restore_result_text(
			problem, RESTORE_HURT, "the file system does not keep its mode");
	return RESTORE_DONE;
}

enum restore_result restore_attributes_set(
	struct restore_attributes *set, int fd, const struct disc_node *node, struct fail *problem)
{
	enum restore_result result = RESTORE_DONE;
	struct timespec times[2];
	struct stat st;

	/* a change of owner clears bits of the mode, and capabilities */
	if (geteuid() == 0 && fchown(fd, node->uid, node->gid))
		result = restore_result_errno(problem, RESTORE_HURT, "its owner can't be set");
	result = restore_result_worse(result, set_attributes(set, fd, node, false, problem));
	if (fchmod(fd, restore_attributes_take_mode(set, node)))
		result = restore_result_worse(result,
			restore_result_errno(problem, RESTORE_HURT, "its mode can't be set"));
	else if (result < RESTORE_HURT && fstat(fd, &st) == 0)
		result = restore_attributes_check(set, &st, node, problem);
	result = restore_result_worse(result, set_attributes(set, fd, node, true, problem));
	restore_attributes_times(node, times);
	if (futimens(fd, times))
		result = restore_result_worse(result,
			restore_result_errno(problem, RESTORE_HURT, "its times can't be set"));
	return result;
}

enum restore_result restore_attributes_keep(
	struct restore_attributes *set, const struct disc_node *node, struct fail *problem)
{
	enum restore_result result = RESTORE_DONE;

	if (S_ISLNK(node->mode))
		return result;
	restore_attributes_take_mode(set, node);
	for (uint32_t i = 0; S_ISREG(node->mode) && i < node->n_attributes; i++)
		if (is_left_out(set, &node->attributes[i], problem))
			result = RESTORE_HURT;
	return result;
}
