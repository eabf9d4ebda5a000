/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tree/old_attributes.h"

#include <string.h>

#include "iso/aaip.h"

/* Both ACLs, put together as they are stored. 0, or -1 without memory. */
static int add_acl(struct arena *arena, struct file_attributes *a,
	const struct disc_attribute *access, const struct disc_attribute *for_new)
{
	size_t n_access = access ? access->n_value : 0, n_for_new = for_new ? for_new->n_value : 0;
	uint8_t *value = arena_alloc(arena, n_access + n_for_new + 1);
	size_t n = value ? aaip_encode_acl(value, access ? access->value : NULL, n_access,
				   for_new ? for_new->value : NULL, n_for_new)
			 : 0;

	if (n == 0)
		return value ? 0 : -1;
	a->names[a->n] = arena_copy(arena, "");
	a->values[a->n] = (char *)value;
	a->lengths[a->n++] = n;
	return a->names[a->n - 1] ? 0 : -1;
}

static int add_attribute(
	struct arena *arena, struct file_attributes *a, const struct disc_attribute *attribute)
{
	char *name = arena_copy(arena, attribute->name);
	char *value = arena_alloc(arena, attribute->n_value + 1);

	if (!name || !value)
		return -1;
	memcpy(value, attribute->value, attribute->n_value);
	a->names[a->n] = name;
	a->values[a->n] = value;
	a->lengths[a->n++] = attribute->n_value;
	return 0;
}

int old_attributes_take(
	struct arena *arena, const struct disc_node *node, const struct file_attributes **result)
{
	const struct disc_attribute *access = NULL, *for_new = NULL;
	struct file_attributes *a;
	size_t n = node->n_attributes + 1u;

	*result = NULL;
	if (node->n_attributes == 0)
		return 0;
	a = arena_alloc(arena, sizeof *a);
	if (!a)
		return -1;
	a->names = arena_alloc(arena, n * sizeof *a->names);
	a->values = arena_alloc(arena, n * sizeof *a->values);
	a->lengths = arena_alloc(arena, n * sizeof *a->lengths);
	if (!a->names || !a->values || !a->lengths)
		return -1;
	for (uint32_t i = 0; i < node->n_attributes; i++) {
		const struct disc_attribute *attribute = &node->attributes[i];

		if (!strcmp(attribute->name, AAIP_ACL_ACCESS))
			access = attribute;
		else if (!strcmp(attribute->name, AAIP_ACL_DEFAULT))
			for_new = attribute;
		else if (add_attribute(arena, a, attribute))
			return -1;
	}
	if (add_acl(arena, a, access, for_new))
		return -1;
	*result = a->n ? a : NULL;
	return 0;
}

static bool has(const struct file_attributes *a, const char *name, const char *value, size_t n)
{
	for (size_t i = 0; i < a->n; i++)
		if (strcmp(a->names[i], name) == 0)
			return a->lengths[i] == n && memcmp(a->values[i], value, n) == 0;
	return false;
}

bool old_attributes_are_same(const struct file_attributes *a, const struct file_attributes *b)
{
	size_t n = a ? a->n : 0;

	if (n != (b ? b->n : 0))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!has(b, a->names[i], a->values[i], a->lengths[i]))
			return false;
	return true;
}
