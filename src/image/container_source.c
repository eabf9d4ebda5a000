/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "image/container_source.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "image/image_library.h"
#include "image/isofs.h"
#include "image/joliet_name.h"
#include "image/once_stream.h"
#include "image/plain_source.h"
#include "image/ring_source.h"
#include "image/volume_id.h"
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
	struct report *report;
	struct once_stream *stream;
	IsoImage *image;
	bool has_library;
	struct burn_source *ring;
	struct report ring_report;
	bool has_failed, has_ended; /* of the thread that reads */
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

/* Adds a file with this stream, which it takes over. */
static int add_file(struct container *c, const char *name, IsoStream *stream, int weight)
{
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

static int add_readme(struct container *c, const char *text)
{
	size_t n;
	unsigned char *bytes = make_readme(text, &n);
	IsoStream *stream = NULL;
	int ret = bytes ? iso_memory_stream_new(bytes, n, &stream) : (int)ISO_OUT_OF_MEM;

	if (ret < 0) {
		free(bytes);
		return ret;
	}
	/* first on the disc: what is read when nothing else can be */
	return add_file(c, readme_name, stream, 1);
}

/* The image of readme and volume, in memory. */
static int build(struct container *c, const struct container_spec *spec, struct fail *f)
{
	int ret;

	if (image_library_start(f))
		return -1;
	c->has_library = true;
	ret = iso_image_new(spec->volume_id, &c->image);
	if (ret >= 0)
		ret = add_readme(c, spec->readme);
	if (ret >= 0)
		ret = add_file(c, spec->name, once_stream_for_libisofs(c->stream), 0);
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
	/* a read of upstream, which the writer may be in, comes back; then the writer ends */
	if (c->volume && !c->has_ended)
		once_stream_cancel(c->stream);
	plain_source_free(c->ring);
	if (c->image)
		iso_image_unref(c->image);
	once_stream_free(c->stream);
	plain_source_free(c->volume);
	if (c->has_library)
		image_library_stop();
	free(c);
}

/* Everything but the sources. NULL with f filled. */
static struct container *new_container(
	const struct container_spec *spec, struct burn_source *volume, struct fail *f)
{
	struct container *c = NULL;

	if (check_spec(spec, f))
		return NULL;
	c = calloc(1, sizeof *c);
	if (!c) {
		fail_errno(f, FAIL_FAILED, "", "no memory");
		return NULL;
	}
	c->stream = once_stream_new(volume, spec->n_bytes, f);
	if (c->stream && build(c, spec, f) == 0)
		return c;
	free_container(c);
	return NULL;
}

uint64_t container_source_bytes(const struct container_spec *spec, struct fail *f)
{
	struct container *c = new_container(spec, NULL, f);
	struct burn_source *iso = c ? lay_out(c, true, f) : NULL;
	uint64_t n_bytes = 0;

	if (iso) {
		n_bytes = (uint64_t)iso->get_size(iso);
		iso->cancel(iso);
		plain_source_free(iso);
	}
	free_container(c);
	return n_bytes;
}

static int fail_read(struct container *c)
{
	c->has_failed = true;
	if (once_stream_has_failed(c->stream))
		c->report->fail = *once_stream_fail(c->stream);
	else
		c->report->fail = c->ring_report.fail;
	return -1;
}

static int read_container(struct burn_source *source, unsigned char *buf, int size)
{
	struct container *c = source->data;
	int got;

	if (c->has_failed)
		return -1;
	got = c->ring->read_xt(c->ring, buf, size);
	/* what was read may have zeros of libisofs' in it then */
	if (got < 0 || once_stream_has_failed(c->stream))
		return fail_read(c);
	c->report->n_bytes += (uint64_t)got;
	c->has_ended = c->report->n_bytes == (uint64_t)c->ring->get_size(c->ring);
	return got;
}

static off_t get_size(struct burn_source *source)
{
	struct container *c = source->data;

	return c->ring->get_size(c->ring);
}

static int cancel(struct burn_source *source)
{
	struct container *c = source->data;

	once_stream_cancel(c->stream);
	return c->ring->cancel(c->ring);
}

static void free_data(struct burn_source *source)
{
	free_container(source->data);
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
	struct burn_source *iso = NULL, *s = NULL;
	struct container *c = NULL;

	if (check_volume(volume, spec, f))
		return NULL;
	c = new_container(spec, volume, f);
	if (!c)
		return NULL;
	c->report = report;
	s = plain_source_new(c, read_container, get_size, free_data, cancel, f);
	/* last: from here on the writer reads upstream */
	iso = s ? lay_out(c, false, f) : NULL;
	c->ring = iso ? ring_source_new(iso, &c->ring_report, f) : NULL;
	if (c->ring) {
		c->volume = volume;
		return s;
	}
	if (iso) {
		once_stream_cancel(c->stream);
		iso->cancel(iso);
		plain_source_free(iso);
	}
	free_container(c);
	free(s);
	return NULL;
}
