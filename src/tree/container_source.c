/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tree/container_source.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "tree/image_library.h"
#include "tree/image_source.h"
#include "tree/isofs.h"
#include "tree/joliet_name.h"
#include "tree/placeholder.h"
#include "tree/plain_source.h"
#include "tree/volume_id.h"
#include "util/sector.h"

enum {
	NAME_MAX_BYTES = 255, /* Rock Ridge */
	/* blocks of the ring between libisofs and us: some chunks */
	RING_BLOCKS = 8 * CHUNK_BYTES / BLOCK_BYTES,
};

/* Block numbers have 32 bits (ECMA-119, 9.1.3); some are for what is no file. */
#define VOLUME_BYTES_MAX ((uint64_t)(UINT32_MAX - (1u << 20)) * BLOCK_BYTES)

static const char readme_name[] = "README.TXT";

struct container {
	struct burn_source *volume; /* NULL: not taken over yet, or only the size is wanted */
	struct placeholder_gate gate;
	struct placeholder readme_place, volume_place;
	unsigned char *readme;
	IsoImage *image;
	bool has_library;
	uint64_t n_read;  /* of the contents */
	uint64_t n_taken; /* of the volume */
	atomic_bool is_cancelled;
};

static int check_spec(const struct container_spec *spec, struct fail *f)
{
	size_t n = strlen(spec->name);

	if (n == 0 || n > NAME_MAX_BYTES || strchr(spec->name, '/') || !strcmp(spec->name, ".") ||
		!strcmp(spec->name, ".."))
		return fail_set(f, FAIL_USAGE, spec->name, "can't be the name of a file");
	if (strcasecmp(spec->name, readme_name) == 0)
		return fail_set(f, FAIL_USAGE, spec->name, "is the name of the readme beside it");
	if (joliet_name_fate(spec->name) != JOLIET_KEPT) {
		fail_set(f, FAIL_USAGE, spec->name, "is a name that Windows could not show");
		fail_hint(f, "up to %d characters, none of * / : ; ? \\", JOLIET_NAME_MAX);
		return -1;
	}
	if (spec->n_bytes == 0)
		return fail_set(f, FAIL_FAILED, spec->name, "would be empty");
	if (spec->n_bytes > VOLUME_BYTES_MAX)
		return fail_set(f, FAIL_FAILED, spec->name,
			"would have %llu bytes; an ISO 9660 file system holds %llu at most",
			(unsigned long long)spec->n_bytes, (unsigned long long)VOLUME_BYTES_MAX);
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

/* Adds a file; those of more weight come first. */
static int add_file(struct container *c, const char *name, struct placeholder *place, int weight)
{
	IsoStream *stream = placeholder_stream(place);
	IsoFile *file = NULL;
	int ret;

	if (!stream)
		return ISO_OUT_OF_MEM;
	ret = iso_tree_add_new_file(iso_image_get_root(c->image), name, stream, &file);
	if (ret < 0)
		iso_stream_unref(stream);
	else
		iso_node_set_sort_weight((IsoNode *)file, weight);
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
		ret = add_file(c, readme_name, &c->readme_place, 1);
	if (ret >= 0)
		ret = add_file(c, spec->name, &c->volume_place, 0);
	return ret < 0 ? image_library_fail(f, ret, "", "the image can't be set up") : 0;
}

/* libisofs' source; the writer starts unless will_cancel. NULL with f filled. */
static struct burn_source *lay_out(struct container *c, bool will_cancel, struct fail *f)
{
	struct burn_source *s = NULL;
	IsoWriteOpts *o = NULL;
	int ret = iso_write_opts_new(&o, 0);

	if (ret >= 0) {
		iso_write_opts_set_will_cancel(o, will_cancel);
		iso_write_opts_set_fifo_size(o, RING_BLOCKS);
		iso_write_opts_set_iso_level(o, 3); /* files of 4 GiB and more */
		iso_write_opts_set_rockridge(o, 1);
		iso_write_opts_set_joliet(o, 1);
		iso_write_opts_set_joliet_long_names(o, 1);
		iso_write_opts_set_joliet_utf16(o, 1);
		iso_write_opts_set_no_force_dots(o, 2); /* Joliet: "name" stays "name" */
		iso_write_opts_set_sort_files(o, 1);
		iso_write_opts_set_always_gmt(o, 1);
		iso_write_opts_set_relaxed_vol_atts(o, 1); /* the volume id as it was given */
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
	plain_source_free(c->volume);
	if (c->has_library)
		image_library_stop();
	placeholder_gate_clear(&c->gate);
	free(c->readme);
	free(c);
}

/* Everything but the sources. NULL with f filled. */
static struct container *new_container(const struct container_spec *spec, struct fail *f)
{
	struct container *c = NULL;
	size_t n_readme;

	if (check_spec(spec, f))
		return NULL;
	c = calloc(1, sizeof *c);
	if (!c) {
		fail_memory(f);
		return NULL;
	}
	placeholder_gate_init(&c->gate);
	c->readme = make_readme(spec->readme, &n_readme);
	c->readme_place = (struct placeholder){ &c->gate, n_readme, 1 };
	c->volume_place = (struct placeholder){ &c->gate, spec->n_bytes, 2 };
	if (!c->readme)
		fail_memory(f);
	else if (build(c, spec, f) == 0)
		return c;
	free_container(c);
	return NULL;
}

uint64_t container_source_bytes(const struct container_spec *spec, struct fail *f)
{
	struct container *c = new_container(spec, f);
	struct burn_source *iso = c ? lay_out(c, true, f) : NULL;
	uint64_t n_bytes = 0;

	if (iso) {
		n_bytes = (uint64_t)iso->get_size(iso);
		image_source_end_writer(iso, &c->gate);
	}
	free_container(c);
	return n_bytes;
}

static uint64_t padded(uint64_t n_bytes)
{
	return (n_bytes + BLOCK_BYTES - 1) / BLOCK_BYTES * BLOCK_BYTES;
}

/* From the volume; fewer than n bytes only at its end. -1 for an error. */
static ssize_t read_upstream(struct burn_source *up, uint8_t *buf, size_t n)
{
	size_t got = 0;

	while (got < n) {
		int r = up->read ? up->read(up, buf + got, (int)(n - got))
				 : up->read_xt(up, buf + got, (int)(n - got));

		if (r < 0)
			return -1;
		if (r == 0)
			break;
		got += (size_t)r;
	}
	return (ssize_t)got;
}

/* With the last byte comes the end: it is asked for before that byte is handed out. */
static int check_end(struct container *c, struct fail *f)
{
	uint8_t more[BLOCK_BYTES];
	ssize_t n = read_upstream(c->volume, more, sizeof more);

	if (n <= 0 || atomic_load(&c->is_cancelled))
		return (int)n;
	return fail_set(f, FAIL_FAILED, "",
		"the volume is longer than announced: %llu bytes at least, %llu were announced",
		(unsigned long long)c->n_taken + (unsigned long long)n,
		(unsigned long long)c->volume_place.n_bytes);
}

/* n bytes of the volume, and the zeros behind it. */
static int read_volume(struct container *c, uint8_t *buf, size_t n, struct fail *f)
{
	uint64_t left = c->volume_place.n_bytes - c->n_taken;
	size_t want = left < n ? (size_t)left : n;
	ssize_t got = read_upstream(c->volume, buf, want);

	/* a cancelled source may end anywhere, which is no failure to tell of */
	if (got < 0 || atomic_load(&c->is_cancelled))
		return -1;
	c->n_taken += (uint64_t)got;
	if ((size_t)got < want)
		return fail_set(f, FAIL_FAILED, "",
			"the volume is shorter than announced: %llu bytes, %llu were announced",
			(unsigned long long)c->n_taken,
			(unsigned long long)c->volume_place.n_bytes);
	memset(buf + want, 0, n - want);
	return want && want == left ? check_end(c, f) : 0;
}

static int read_contents(void *ctx, uint8_t *buf, size_t n, struct fail *f)
{
	struct container *c = ctx;
	uint64_t n_readme = c->readme_place.n_bytes;
	size_t put = 0, left;

	while (put < n && c->n_read < padded(n_readme)) {
		buf[put++] = c->n_read < n_readme ? c->readme[c->n_read] : 0;
		c->n_read++;
	}
	left = n - put;
	c->n_read += left;
	return left ? read_volume(c, buf + put, left, f) : 0;
}

static void cancel_contents(void *ctx)
{
	struct container *c = ctx;
	struct burn_source *up = c->volume;

	if (!atomic_exchange(&c->is_cancelled, true) && up->version >= 1 && !up->read && up->cancel)
		up->cancel(up);
}

static void free_contents(void *ctx)
{
	free_container(ctx);
}

static int check_volume(
	struct burn_source *volume, const struct container_spec *spec, struct fail *f)
{
	off_t n = volume->get_size ? volume->get_size(volume) : 0;

	if (n <= 0 || (uint64_t)n == spec->n_bytes)
		return 0;
	return fail_set(f, FAIL_FAILED, spec->name, "has %llu bytes, but %llu were announced",
		(unsigned long long)n, (unsigned long long)spec->n_bytes);
}

struct burn_source *container_source_new(struct burn_source *volume,
	const struct container_spec *spec, struct report *report, struct fail *f)
{
	struct image_contents contents = {
		.read = read_contents, .cancel = cancel_contents, .free = free_contents
	};
	struct burn_source *iso = NULL, *s = NULL;
	struct container *c = NULL;

	if (check_volume(volume, spec, f))
		return NULL;
	c = new_container(spec, f);
	iso = c ? lay_out(c, false, f) : NULL;
	if (iso) {
		contents.ctx = c;
		contents.n_bytes = padded(c->readme_place.n_bytes) + padded(spec->n_bytes);
		s = image_source_new(iso, &c->gate, &contents, report, f);
	}
	if (s) {
		c->volume = volume;
		return s;
	}
	if (iso)
		image_source_end_writer(iso, &c->gate);
	free_container(c);
	return NULL;
}
