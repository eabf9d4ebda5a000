/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "iso/aaip.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "util/number.h"

/* An entry of a binary ACL: permissions, and a tag in the upper half. */
enum {
	ENTRY_PERMISSIONS = 0x07,
	ENTRY_QUALIFIER = 0x08,
	ENTRY_SWITCH = 0x81, /* what follows is the default ACL */
};

/* A value of Linux: a version, then tag, permissions and id of each entry. */
enum { VALUE_VERSION = 2, VALUE_HEAD = 4, VALUE_ENTRY = 8 };

static const struct {
	uint8_t aaip;
	uint8_t linux_tag; /* linux/posix_acl.h; the kernel wants entries in this order */
	bool has_id;
} tags[] = {
	{ 1, 0x01, false }, /* the owner */
	{ 10, 0x02, true }, /* a user */
	{ 3, 0x04, false }, /* the owning group */
	{ 12, 0x08, true }, /* a group */
	{ 5, 0x10, false }, /* the mask */
	{ 6, 0x20, false }, /* others */
};
enum { N_TAGS = sizeof tags / sizeof *tags };

/* The row of tags for a number in either column; N_TAGS: none. */
static unsigned find_tag(unsigned number, bool is_linux)
{
	unsigned i = 0;

	while (i < N_TAGS && (is_linux ? tags[i].linux_tag : tags[i].aaip) != number)
		i++;
	return i;
}

static int compare_entries(const void *a, const void *b)
{
	const uint8_t *x = a, *y = b;
	uint32_t id_x = number_le32(x + 4), id_y = number_le32(y + 4);

	if (x[0] != y[0])
		return x[0] < y[0] ? -1 : 1;
	return id_x < id_y ? -1 : id_x > id_y;
}

void aaip_sort_acl(uint8_t *value, size_t n)
{
	if (n > VALUE_HEAD)
		qsort(value + VALUE_HEAD, (n - VALUE_HEAD) / VALUE_ENTRY, VALUE_ENTRY,
			compare_entries);
}

/* Takes the qualifier at *at, a number of at most 4 bytes. */
static bool take_id(const uint8_t *bytes, size_t n, size_t *at, uint32_t *id)
{
	size_t n_id = *at < n ? bytes[*at] : 5;

	*id = 0;
	/* a longer one, or one in several records, is a name: a table of them, not an entry */
	if (n_id > 4 || n_id > n - *at - 1)
		return false;
	for (size_t i = 0; i < n_id; i++)
		*id = *id << 8 | bytes[*at + 1 + i];
	*at += 1 + n_id;
	return true;
}

/* Skips the qualifier of an entry that is not known. */
static bool skip_id(const uint8_t *bytes, size_t n, size_t *at)
{
	bool goes_on = true;

	while (goes_on) {
		if (*at >= n)
			return false;
		goes_on = bytes[*at] & 0x80;
		*at += 1u + (bytes[*at] & 0x7fu);
	}
	return *at <= n;
}

/* Decodes entries up to the end or the switch to the other ACL into out. False: damaged. */
static bool decode_entries(const uint8_t *bytes, size_t n, size_t *at, uint8_t *out, size_t *n_out)
{
	size_t n_entries = 0;

	while (*at < n && bytes[*at] != ENTRY_SWITCH) {
		uint8_t entry = bytes[(*at)++], *to = out + VALUE_HEAD + n_entries * VALUE_ENTRY;
		unsigned tag = find_tag(entry >> 4, false);
		uint32_t id = UINT32_MAX;

		if (tag == N_TAGS) {
			if (entry & ENTRY_QUALIFIER && !skip_id(bytes, n, at))
				return false;
			continue;
		}
		if (tags[tag].has_id != !!(entry & ENTRY_QUALIFIER) ||
			(tags[tag].has_id && !take_id(bytes, n, at, &id)))
			return false;
		memcpy(to, (uint8_t[]){ tags[tag].linux_tag, 0, entry & ENTRY_PERMISSIONS, 0 }, 4);
		number_put_le32(to + 4, id);
		n_entries++;
	}
	if (n_entries == 0) {
		*n_out = 0;
		return true;
	}
	number_put_le32(out, VALUE_VERSION);
	*n_out = VALUE_HEAD + n_entries * VALUE_ENTRY;
	aaip_sort_acl(out, *n_out);
	return true;
}

struct list {
	struct arena *arena;
	struct disc_attribute *at;
	size_t n;
};

/* The value of an attribute without a name: both ACLs. */
static enum aaip_result decode_acl(struct list *l, const uint8_t *bytes, size_t n)
{
	static const char *const names[] = { AAIP_ACL_ACCESS, AAIP_ACL_DEFAULT };
	size_t at = 0;

	for (int i = 0; i < 2 && at < n; i++) {
		uint8_t *value = arena_alloc(l->arena, VALUE_HEAD + (n - at) * VALUE_ENTRY);
		size_t n_value;

		if (!value)
			return AAIP_NO_MEMORY;
		if (!decode_entries(bytes, n, &at, value, &n_value))
			return AAIP_DAMAGED;
		if (n_value)
			l->at[l->n++] = (struct disc_attribute){ names[i], value, n_value };
		at++;
	}
	return AAIP_OK;
}

/* The name with its namespace; *name NULL where it is not for us. */
static enum aaip_result decode_name(
	struct list *l, const uint8_t *bytes, size_t n, const char **name)
{
	static const char *const spaces[] = { "", "", "system.", "user.", "isofs.", "trusted.",
		"security." };
	unsigned space = bytes[0] < sizeof spaces / sizeof *spaces ? bytes[0] : 0;
	size_t n_space = strlen(spaces[space]);
	char *text;

	*name = NULL;
	if (memchr(bytes, 0, n))
		return AAIP_DAMAGED;
	text = arena_alloc(l->arena, n_space + n + 1);
	if (!text)
		return AAIP_NO_MEMORY;
	memcpy(text, spaces[space], n_space);
	memcpy(text + n_space, bytes + (space > 0), n - (space > 0));
	if (strncmp(text, "isofs.", 6) != 0)
		*name = text;
	return AAIP_OK;
}

/* Puts the records of the component at *at together, in place; behind it *at is that of the next.
 * NULL: damaged. */
static uint8_t *join(uint8_t *bytes, size_t n, size_t *at, size_t *n_joined)
{
	uint8_t *joined = bytes + *at;
	bool goes_on = true;

	*n_joined = 0;
	while (goes_on) {
		size_t n_part;

		if (n - *at < 2 || bytes[*at + 1] > n - *at - 2)
			return NULL;
		goes_on = bytes[*at] & 1;
		n_part = bytes[*at + 1];
		memmove(joined + *n_joined, bytes + *at + 2, n_part);
		*n_joined += n_part;
		*at += 2 + n_part;
	}
	return joined;
}

static enum aaip_result decode_pair(struct list *l, uint8_t *bytes, size_t n, size_t *at)
{
	size_t n_name, n_value;
	uint8_t *name = join(bytes, n, at, &n_name), *value = name;
	const char *text;
	enum aaip_result result;

	if (name)
		value = join(bytes, n, at, &n_value);
	if (!value)
		return AAIP_DAMAGED;
	if (n_name == 0)
		return decode_acl(l, value, n_value);
	result = decode_name(l, name, n_name, &text);
	if (result == AAIP_OK && text)
		l->at[l->n++] = (struct disc_attribute){ text, value, n_value };
	return result;
}

/* How many attributes there can be: an ACL makes two, and four bytes are the least for any. */
static size_t count_most(const uint8_t *bytes, size_t n)
{
	size_t n_records = 0;

	for (size_t at = 0; at + 2 <= n; at += 2u + bytes[at + 1])
		n_records += !(bytes[at] & 1);
	return n_records + 2;
}

enum aaip_result aaip_decode(const uint8_t *bytes, size_t n, struct arena *arena,
	struct disc_attribute **attributes, size_t *n_attributes)
{
	struct list l = { .arena = arena };
	enum aaip_result result = AAIP_OK;
	uint8_t *copy = arena_alloc(arena, n + 1);

	*n_attributes = 0;
	*attributes = NULL;
	l.at = arena_alloc(arena, count_most(bytes, n) * sizeof *l.at);
	if (!copy || !l.at)
		return AAIP_NO_MEMORY;
	memcpy(copy, bytes, n);
	for (size_t at = 0; at < n && result == AAIP_OK;)
		result = decode_pair(&l, copy, n, &at);
	*attributes = l.at;
	*n_attributes = l.n;
	return result;
}

/* The length; SIZE_MAX where the value is none that is known. */
static size_t encode_entries(uint8_t *out, const uint8_t *value, size_t n)
{
	size_t put = 0;

	if (n < VALUE_HEAD || n % VALUE_ENTRY != VALUE_HEAD || number_le32(value) != VALUE_VERSION)
		return SIZE_MAX;
	for (size_t at = VALUE_HEAD; at < n; at += VALUE_ENTRY) {
		unsigned tag = find_tag(value[at], true);

		if (tag == N_TAGS)
			return SIZE_MAX;
		out[put++] = (uint8_t)(tags[tag].aaip << 4 | (value[at + 2] & ENTRY_PERMISSIONS) |
				       (tags[tag].has_id ? ENTRY_QUALIFIER : 0));
		if (!tags[tag].has_id)
			continue;
		out[put++] = 4;
		for (size_t i = 4; i-- > 0;)
			out[put++] = value[at + 4 + i];
	}
	return put;
}

size_t aaip_encode_acl(uint8_t *out, const uint8_t *access, size_t n_access, const uint8_t *for_new,
	size_t n_for_new)
{
	size_t put = n_access ? encode_entries(out, access, n_access) : 0, more;

	if (put == SIZE_MAX)
		return 0;
	if (!n_for_new)
		return put;
	out[put++] = ENTRY_SWITCH;
	more = encode_entries(out + put, for_new, n_for_new);
	return more == SIZE_MAX ? 0 : put + more;
}
