/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "iso/disc_resolve.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	/* as Linux has it (path_resolution(7)) */
	LINKS_MAX = 40,
	/* Each name is looked up from the root, so that links of many names would take hours. No
	 * path that is in use has as many. */
	NAMES_MAX = 256,
};

struct resolving {
	const struct disc_files *disc;
	char *done; /* heap: has no links */
	char *rest; /* heap: is to be followed from there */
	unsigned n_links, n_names;
};

/* Replaces a heap string; false without memory. */
static bool replace(char **text, const char *first, const char *between, const char *second)
{
	char *made;

	if (asprintf(&made, "%s%s%s", first, between, second) < 0)
		return false;
	free(*text);
	*text = made;
	return true;
}

/* Goes on at what the link in done leads to. */
static bool follow(struct resolving *r, const char *target)
{
	if (!target || *target == '/' || ++r->n_links > LINKS_MAX)
		return false;
	*(strrchr(r->done, '/')) = '\0';
	return replace(&r->rest, target, "/", r->rest);
}

static bool take_name(struct resolving *r, const char *name)
{
	struct disc_listing *holder = NULL;
	const struct disc_node *node;
	char *slash = strrchr(r->done, '/');
	bool is_good;

	if (!*name || !strcmp(name, "."))
		return true;
	if (!strcmp(name, "..")) {
		if (slash)
			*slash = '\0';
		return slash != NULL;
	}
	if (++r->n_names > NAMES_MAX || !replace(&r->done, r->done, "/", name))
		return false;
	node = disc_files_find(r->disc, r->done, &holder, NULL);
	is_good = node && (!S_ISLNK(node->mode) || follow(r, node->target));
	disc_listing_free(holder);
	return is_good;
}

static bool take_next(struct resolving *r)
{
	size_t n = strcspn(r->rest, "/");
	char *name = strndup(r->rest, n);
	bool is_good = name && replace(&r->rest, r->rest + n + (r->rest[n] == '/'), "", "") &&
		       take_name(r, name);

	free(name);
	return is_good;
}

char *disc_resolve(const struct disc_files *d, const char *path)
{
	struct resolving r = { .disc = d, .done = strdup(""), .rest = strdup(path) };
	bool is_good = r.done && r.rest;

	while (is_good && *r.rest)
		is_good = take_next(&r);
	free(r.rest);
	if (is_good)
		return r.done;
	free(r.done);
	return NULL;
}
