/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tree/container_source.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "tree/image_library.h"
#include "tree/image_source.h"
#include "tree/isofs.h"
#include "tree/joliet_name.h"
#include "tree/placeholder.h"
#include "tree/volume_id.h"
#include "util/sector.h"
#include "util/size.h"

enum { NAME_MAX_BYTES = 255 }; /* Rock Ridge */

/* Block numbers have 32 bits (ECMA-119, 9.1.3); some are not for files. */
#define VOLUME_BYTES_MAX ((uint64_t)(UINT32_MAX - (1u << 20)) * BLOCK_BYTES)

static const char readme_name[] = "README.TXT";

struct container {
	struct placeholder_gate gate;
	unsigned char *readme;
	size_t n_readme;
	IsoImage *image;
	bool has_library;
	uint64_t n_read; /* of the contents */
};

static int check_spec(const struct container_spec *spec, struct fail *f)
{
	size_t n = strlen(spec->name);
	char size[64], most[64];

	if (n == 0 || n > NAME_MAX_BYTES || strchr(spec->name, '/') || !strcmp(spec->name, ".") ||
		!strcmp(spec->name, ".."))
		return fail_set(f, FAIL_USAGE, spec->name, "can't be the name of a file");
	if (strcasecmp(spec->name, readme_name) == 0)
		return fail_set(f, FAIL_USAGE, spec->name, "is the name of the readme beside it");
	if (!joliet_name_is_kept(spec->name)) {
		fail_set(f, FAIL_USAGE, spec->name, "is a name that Windows can't show");
		fail_hint(f, "use up to %d characters, none of * / : ; ? \\", JOLIET_NAME_MAX);
		return -1;
	}
	if (spec->n_bytes == 0)
		return fail_set(f, FAIL_FAILED, spec->name, "would be empty");
	if (spec->n_bytes > VOLUME_BYTES_MAX)
		return fail_set(f, FAIL_FAILED, spec->name,
			"would have %s; an ISO 9660 file system holds at most %s",
			size_format(size, sizeof size, spec->n_bytes),
			size_format(most, sizeof most, VOLUME_BYTES_MAX));
	return volume_id_check(spec->volume_id, f);
}

/* The text with CR LF at the ends of lines, on the heap. NULL without memory. */
static unsigned char *make_readme(const char *text, size_t *n)
{
	unsigned char *out = malloc(2 * strlen(text) + 1);

	*n = 0;
	for (const char *s = text; out && *s; s++) {
		if (*s == '\n' && (s == text || s[-1] != '\r'))
			out[(*n)++] = '\r';
		out[(*n)++] = (unsigned char)*s;
	}
	return out;
}

/* Adds a file; they come in the order of their serials. */
static int add_file(struct container *c, const char *name, uint64_t n_bytes, int serial)
{
	IsoStream *stream = placeholder_stream(&c->gate, n_bytes, (uint64_t)serial);
	IsoFile *file = NULL;
	int ret;

	if (!stream)
		return ISO_OUT_OF_MEM;
	ret = iso_tree_add_new_file(iso_image_get_root(c->image), name, stream, &file);
	if (ret < 0)
		iso_stream_unref(stream);
	else
		iso_node_set_sort_weight((IsoNode *)file, -serial);
	return ret;
}

/* The image of readme and volume, in memory. */
static int build(struct container *c, const struct container_spec *spec, struct fail *f)
{
	int ret;

	if (image_library_start(f))
		return -1;
	c->has_library = true;
	ret = iso_image_new(spec->volume_id, &c->image);
	/* first on the disc: what is read when nothing else can be */
	if (ret >= 0)
		ret = add_file(c, readme_name, c->n_readme, 1);
	if (ret >= 0)
		ret = add_file(c, spec->name, spec->n_bytes, 2);
	return ret < 0 ? image_library_fail(f, ret, "", "the image can't be set up") : 0;
}

/* libisofs' source; the writer starts unless will_cancel. NULL with f filled. */
static struct burn_source *lay_out(struct container *c, bool will_cancel, struct fail *f)
{
	struct burn_source *s = NULL;
	IsoWriteOpts *o = image_library_options();
	int ret = ISO_OUT_OF_MEM;

	if (o) {
		iso_write_opts_set_will_cancel(o, will_cancel);
		ret = iso_image_create_burn_source(c->image, o, &s);
	}
	iso_write_opts_free(o);
	if (ret >= 0)
		return s;
	image_library_fail(f, ret, "", "the image can't be laid out");
	return NULL;
}

static void free_container(struct container *c)
{
	if (!c)
		return;
	if (c->image)
		iso_image_unref(c->image);
	if (c->has_library)
		image_library_stop();
	placeholder_gate_clear(&c->gate);
	free(c->readme);
	free(c);
}

static uint64_t padded(uint64_t n_bytes)
{
	return size_round_up(n_bytes, BLOCK_BYTES);
}

/* Everything but the sources; of an image that was made, only its contents. NULL with f filled. */
static struct container *new_container(
	const struct container_spec *spec, bool was_made, struct fail *f)
{
	struct container *c = NULL;

	if (check_spec(spec, f))
		return NULL;
	c = calloc(1, sizeof *c);
	if (!c) {
		fail_memory(f);
		return NULL;
	}
	placeholder_gate_init(&c->gate);
	c->readme = make_readme(spec->readme, &c->n_readme);
	if (!c->readme)
		fail_memory(f);
	else if (was_made || build(c, spec, f) == 0)
		return c;
	free_container(c);
	return NULL;
}

uint64_t container_source_bytes(const struct container_spec *spec, struct fail *f)
{
	struct container *c = new_container(spec, false, f);
	struct burn_source *iso = c ? lay_out(c, true, f) : NULL;
	uint64_t n_bytes = 0;

	if (iso) {
		n_bytes = (uint64_t)iso->get_size(iso);
		image_source_end_writer(iso, &c->gate);
	}
	free_container(c);
	return n_bytes;
}

/* The readme and the volume, each with zeros behind it. */
static int read_contents(void *ctx, struct stage *s, uint8_t *buf, size_t n)
{
	struct container *c = ctx;
	size_t put = 0;
	ssize_t got;

	for (; put < n && c->n_read < padded(c->n_readme); c->n_read++)
		buf[put++] = c->n_read < c->n_readme ? c->readme[c->n_read] : 0;
	if (put == n)
		return 0;
	c->n_read += n - put;
	got = stage_take(s, buf + put, n - put);
	if (got < 0)
		return -1;
	memset(buf + put + got, 0, n - put - (size_t)got);
	return 0;
}

static void free_contents(void *ctx)
{
	free_container(ctx);
}

struct burn_source *container_source_new(
	struct burn_source *volume, const struct container_spec *spec, struct fail *f)
{
	return container_source_new_kept(volume, spec, NULL, f);
}

struct burn_source *container_source_new_kept(struct burn_source *volume,
	const struct container_spec *spec, struct image_head *head, struct fail *f)
{
	struct image_contents contents = { .name = "container",
		.upstream = volume,
		.upstream_bytes = spec->n_bytes,
		.read = read_contents,
		.free = free_contents };
	bool was_made = head && head->is_whole;
	struct burn_source *iso = NULL, *s = NULL;
	struct container *c = new_container(spec, was_made, f);

	iso = c && !was_made ? lay_out(c, false, f) : NULL;
	if (iso || (c && was_made)) {
		contents.ctx = c;
		contents.n_bytes = padded(c->n_readme) + padded(spec->n_bytes);
		s = image_source_new_kept(iso, &c->gate, &contents, head, f);
	}
	if (s)
		return s;
	image_source_end_writer(iso, c ? &c->gate : NULL);
	free_container(c);
	return NULL;
}
