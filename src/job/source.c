/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "job/source.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* An image that is replaced, or that stdout leads to, is not part of the tree that it is made of.
 */
static void avoid_output(struct tree_spec *spec, const char *path)
{
	struct stat st;

	if ((strcmp(path, "-") == 0 ? fstat(STDOUT_FILENO, &st) : stat(path, &st)) == 0 &&
		S_ISREG(st.st_mode)) {
		spec->avoid_dev = st.st_dev;
		spec->avoid_ino = st.st_ino;
	}
}

static int open_tree(
	struct source *s, const struct burn_request *r, const struct messages *m, struct fail *f)
{
	struct tree_spec spec = r->source.tree;

	avoid_output(&spec, r->output.path);
	s->is_iso9660 = true;
	s->contents = &contents_file_system;
	s->tree = tree_new(&spec, m, f);
	if (!s->tree)
		return -1;
	s->n_bytes = tree_image_bytes(s->tree, f);
	return s->n_bytes ? 0 : -1;
}

int source_open(
	struct source *s, const struct burn_request *r, const struct messages *m, struct fail *f)
{
	const char *image = r->source.image_path;

	memset(s, 0, sizeof *s);
	if (!image)
		return open_tree(s, r, m, f);
	s->image = finished_image_open(image, r->source.image_bytes, f);
	if (!s->image)
		return -1;
	s->n_bytes = finished_image_bytes(s->image);
	s->is_iso9660 = strcmp(image, "-") != 0 && finished_image_is_iso9660(image);
	return 0;
}

int source_check_apart(const struct burn_request *r, const struct output *out, struct fail *f)
{
	const struct tree_spec *tree = &r->source.tree;

	if (r->source.image_path)
		return output_check_apart(out, r->source.image_path, f);
	if (tree->list_path && strcmp(tree->list_path, "-") != 0 &&
		output_check_apart(out, tree->list_path, f))
		return -1;
	for (size_t i = 0; i < tree->n_sources; i++)
		if (output_check_apart(out, tree->sources[i], f))
			return -1;
	for (size_t i = 0; i < tree->n_grafts; i++)
		if (output_check_apart(out, tree->grafts[i].path, f))
			return -1;
	return 0;
}

int source_look(struct source *s, struct fail *f)
{
	if (!s->image || s->was_seen)
		return 0;
	s->was_seen = true;
	return finished_image_look(s->image, &s->contents, f);
}

bool source_can_repeat(const struct source *s)
{
	return s->tree || finished_image_can_repeat(s->image);
}

void source_repeat(struct source *s)
{
	if (s->tree)
		tree_repeat(s->tree);
}

struct burn_source *source_stage(struct source *s, struct fail *f)
{
	return s->tree ? tree_source_new(s->tree, f) : finished_image_source_new(s->image, f);
}

const char *source_reading(const struct source *s, char *out, size_t n)
{
	return s->tree ? tree_reading(s->tree, out, n) : NULL;
}

size_t source_n_incomplete(struct source *s, const struct messages *m)
{
	return s->tree ? tree_n_incomplete(s->tree, m) : 0;
}

void source_close(struct source *s)
{
	tree_free(s->tree);
	finished_image_close(s->image);
	memset(s, 0, sizeof *s);
}
