/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "job/input.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/size.h"

/* Splits TARGET=PATH at the first equals sign that is not escaped and takes the escapes out of
 * TARGET (mkisofs: -graft-points). The target is a heap string. */
static int parse_graft(const char *text, struct tree_graft *graft, struct fail *f)
{
	char *target = malloc(strlen(text) + 1), *to = target;

	if (!target)
		return fail_memory(f);
	while (*text && *text != '=') {
		if (*text == '\\' && (text[1] == '=' || text[1] == '\\'))
			text++;
		*to++ = *text++;
	}
	*to = '\0';
	graft->target = target;
	graft->path = text + 1;
	if (*text != '=' || !text[1])
		return fail_set(f, FAIL_USAGE, "-graft", "\"%s\" is not TARGET=PATH", target);
	return 0;
}

static int parse_grafts(struct input *in, const struct option_list *list, struct fail *f)
{
	in->grafts = calloc(list->n + 1, sizeof *in->grafts);
	if (!in->grafts)
		return fail_memory(f);
	for (size_t i = 0; i < list->n; i++)
		if (parse_graft(list->items[i], &in->grafts[i], f))
			return -1;
	return 0;
}

static int choose_image(struct input *in, const struct options *o, const char *path, struct fail *f)
{
	static const enum option of_trees[] = { OPTION_GRAFT, OPTION_EXCLUDE, OPTION_FOLLOW_LINKS,
		OPTION_PORTABLE, OPTION_SKIP_UNREADABLE, OPTION_CHECKSUMS, OPTION_VOLUME_ID,
		OPTION_COUNT };
	enum option id = options_first_given(o, of_trees);

	if (id != OPTION_COUNT) {
		char name[64];

		snprintf(name, sizeof name, "-%s", o->names[id]);
		return fail_set(f, FAIL_USAGE, name,
			"is for a tree of files; %s is a finished image",
			strcmp(path, "-") == 0 ? "stdin" : path);
	}
	in->image_path = path;
	return 0;
}

static int choose_tree(struct input *in, const struct options *o, struct fail *f)
{
	for (size_t i = 0; i < o->operands.n; i++)
		if (strcmp(o->operands.items[i], "-") == 0)
			return fail_set(f, FAIL_USAGE, "-",
				"stdin is an image: it can't be one of several sources");
	if (o->operands.n == 0 && !options_has(o, OPTION_GRAFT)) {
		fail_set(f, FAIL_USAGE, "", "nothing to burn was named");
		fail_hint(f, "name a directory, an image file, or - for an image on stdin");
		return -1;
	}
	if (options_has(o, OPTION_SIZE))
		return fail_set(
			f, FAIL_USAGE, "-size", "is for an image on stdin; a tree's size is known");
	return parse_grafts(in, &o->lists[OPTION_GRAFT], f);
}

int input_choose(
	struct input *in, const struct options *o, const struct messages *m, struct fail *f)
{
	const char *sole = o->operands.n == 1 ? o->operands.items[0] : NULL;

	memset(in, 0, sizeof *in);
	if (options_has(o, OPTION_IMAGE)) {
		if (o->operands.n)
			return fail_set(f, FAIL_USAGE, o->operands.items[0],
				"is one source too many: -image is the only one then");
		return choose_image(in, o, o->values[OPTION_IMAGE], f);
	}
	if (sole && strcmp(sole, "-") == 0)
		return choose_image(in, o, sole, f);
	if (sole && !options_has(o, OPTION_GRAFT) && finished_image_is_one(sole)) {
		message_note(m,
			"%s is a finished image and is burned as it is; to store it as a file, use "
			"-graft /NAME=%s",
			sole, sole);
		return choose_image(in, o, sole, f);
	}
	return choose_tree(in, o, f);
}

static int open_image(struct input *in, const struct options *o, struct fail *f)
{
	const uint64_t most = (uint64_t)1 << 50; /* bytes: far beyond any medium */
	uint64_t announced = 0;

	if (options_has(o, OPTION_SIZE) && (size_parse(o->values[OPTION_SIZE], &announced) ||
						   announced == 0 || announced > most))
		return fail_set(f, FAIL_USAGE, "-size",
			"\"%s\" is not a size: N bytes, or N with s (2048-byte sectors), k, m or g",
			o->values[OPTION_SIZE]);
	in->image = finished_image_open(in->image_path, announced, f);
	return in->image ? 0 : -1;
}

/* An image that is replaced, or that stdout leads to, is not part of the tree that it is made of.
 */
static void avoid_output(struct tree_spec *spec, const struct options *o)
{
	const char *path = o->values[OPTION_OUTPUT];
	struct stat st;

	if ((strcmp(path, "-") == 0 ? fstat(STDOUT_FILENO, &st) : stat(path, &st)) == 0 &&
		S_ISREG(st.st_mode)) {
		spec->avoid_dev = st.st_dev;
		spec->avoid_ino = st.st_ino;
	}
}

int input_check_apart(
	const struct input *in, const struct options *o, const struct output *out, struct fail *f)
{
	if (in->image_path)
		return output_check_apart(out, in->image_path, f);
	for (size_t i = 0; i < o->operands.n; i++)
		if (output_check_apart(out, o->operands.items[i], f))
			return -1;
	for (size_t i = 0; i < o->lists[OPTION_GRAFT].n; i++)
		if (output_check_apart(out, in->grafts[i].path, f))
			return -1;
	return 0;
}

int input_open(struct input *in, const struct options *o, const struct messages *m, struct fail *f)
{
	struct tree_spec spec = { .sources = o->operands.items,
		.n_sources = o->operands.n,
		.grafts = in->grafts,
		.n_grafts = o->lists[OPTION_GRAFT].n,
		.excludes = o->lists[OPTION_EXCLUDE].items,
		.n_excludes = o->lists[OPTION_EXCLUDE].n,
		.follow_links = options_has(o, OPTION_FOLLOW_LINKS),
		.portable = options_has(o, OPTION_PORTABLE),
		.skip_unreadable = options_has(o, OPTION_SKIP_UNREADABLE),
		.with_sums = options_has(o, OPTION_CHECKSUMS),
		.volume_id = o->values[OPTION_VOLUME_ID] };

	if (in->image_path)
		return open_image(in, o, f);
	avoid_output(&spec, o);
	in->tree = tree_new(&spec, m, f);
	return in->tree ? 0 : -1;
}

uint64_t input_bytes(const struct input *in, struct fail *f)
{
	return in->tree ? tree_image_bytes(in->tree, f) : finished_image_bytes(in->image);
}

bool input_is_iso9660(const struct input *in)
{
	return in->tree || (in->image_path && strcmp(in->image_path, "-") != 0 &&
				   finished_image_is_iso9660(in->image_path));
}

struct burn_source *input_source_new(struct input *in, struct fail *f)
{
	return in->tree ? tree_source_new(in->tree, f) : finished_image_source_new(in->image, f);
}

void input_close(struct input *in)
{
	tree_free(in->tree);
	finished_image_close(in->image);
	for (size_t i = 0; in->grafts && in->grafts[i].target; i++)
		free((void *)(uintptr_t)in->grafts[i].target);
	free(in->grafts);
	memset(in, 0, sizeof *in);
}
