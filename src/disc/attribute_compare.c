/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disc/attribute_compare.h"

#include <stdlib.h>
#include <string.h>

static bool is_compared(const struct disc_attribute *a, bool with_privileged)
{
	return strncmp(a->name, "user.", 5) == 0 ||
	       (with_privileged && file_attributes_is_privileged(a->name));
}

/* NULL where the disc has none of that name. */
static const struct disc_attribute *find(const struct disc_node *node, const char *name)
{
	for (uint32_t i = 0; i < node->n_attributes; i++)
		if (!strcmp(node->attributes[i].name, name))
			return &node->attributes[i];
	return NULL;
}

/* The ACLs come last, under an empty name. */
static size_t count_named(const struct file_attributes *there)
{
	if (!there)
		return 0;
	return there->n - (there->n && !*there->names[there->n - 1]);
}

static bool are_named_equal(
	const struct disc_node *node, const struct file_attributes *there, bool with_privileged)
{
	size_t n = count_named(there), n_disc = 0;

	for (uint32_t i = 0; i < node->n_attributes; i++)
		n_disc += is_compared(&node->attributes[i], with_privileged);
	if (n != n_disc)
		return false;
	for (size_t i = 0; i < n; i++) {
		const struct disc_attribute *a = find(node, there->names[i]);

		if (!a || a->n_value != there->lengths[i] ||
			memcmp(a->value, there->values[i], a->n_value) != 0)
			return false;
	}
	return true;
}

/* In the form that a disc has them in. */
static bool are_acls_equal(const struct disc_node *node, const struct file_attributes *there)
{
	static const struct disc_attribute none = { 0 };
	const struct disc_attribute *access = find(node, AAIP_ACL_ACCESS);
	const struct disc_attribute *for_new = find(node, AAIP_ACL_DEFAULT);
	size_t at = count_named(there), n_there = there && at < there->n ? there->lengths[at] : 0,
	       n;
	uint8_t *bytes;
	bool are_equal;

	access = access ? access : &none;
	for_new = for_new ? for_new : &none;
	if (access->n_value + for_new->n_value == 0 || n_there == 0)
		return access->n_value + for_new->n_value == n_there;
	bytes = malloc(access->n_value + for_new->n_value);
	if (!bytes)
		return false;
	n = aaip_encode_acl(
		bytes, access->value, access->n_value, for_new->value, for_new->n_value);
	are_equal = n == n_there && memcmp(bytes, there->values[at], n) == 0;
	free(bytes);
	return are_equal;
}

const char *attribute_compare(const struct disc_node *node, const struct file_attributes *there,
	bool with_acls, bool with_privileged)
{
	if (!are_named_equal(node, there, with_privileged))
		return "extended attributes differ";
	if (with_acls && !are_acls_equal(node, there))
		return "ACL differs";
	return NULL;
}
