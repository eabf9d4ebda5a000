/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tree/tree.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "tree/image_library.h"
#include "tree/image_source.h"
#include "tree/isofs.h"
#include "tree/nodes.h"
#include "tree/old_merge.h"
#include "tree/session_source.h"
#include "tree/sources.h"
#include "tree/stored_form.h"
#include "tree/tree_contents.h"
#include "tree/tree_sums.h"
#include "tree/volume_id.h"
#include "util/request_field.h"
#include "util/sector.h"
#include "util/size.h"

/* Block numbers have 32 bits (ECMA-119, 9.1.3); some are for what is no file. */
#define FILES_BYTES_MAX ((uint64_t)(UINT32_MAX - (1u << 26)) * BLOCK_BYTES)

struct tree {
	bool has_library;
	IsoImage *image;
	struct arena keep;
	struct arena scratch; /* while it is built */
	struct tree_file_set files;
	struct tree_sums sums;
	struct tree_facts facts;
	size_t n_left_out;
	size_t n_joliet_changed, n_joliet_left_out;
	bool has_extended;       /* attributes or ACLs */
	struct burn_source *iso; /* laid out, its writer at work; NULL: not yet, or handed out */
	struct image_head image_head; /* once it was read, if more stages follow */
	bool is_repeated;
	uint64_t n_bytes; /* of the image, without kept files; 0: not laid out yet */
	/* of a later session */
	bool is_later;
	uint32_t start;
	const uint8_t *saved; /* borrowed; NULL: none */
	struct session_record record;
	struct session_head head;
	struct extent_map kept;
	struct tree_changes changes;
};

static void tell_times(const struct nodes_losses *l, bool has_long, const struct messages *m)
{
	size_t n = has_long ? l->n_far_times : l->n_times;

	if (n)
		message_warn(m,
			"%zu file%s a time before %s; the nearest time that libisofs stores is "
			"taken",
			n, n == 1 ? " has" : "s have",
			has_long ? "the year 0 or after 9999" : "1900 or after 2155");
}

static void tell_slashes(const struct nodes_losses *l, const struct messages *m)
{
	char path[4096];

	if (!l->n_slashes)
		return;
	folder_path(l->slash->folder, l->slash->source, path, sizeof path);
	if (l->n_slashes == 1)
		message_note(
			m, "%s: the slash at the end of the link's target is not stored", path);
	else
		message_note(m,
			"%s and %zu other link%s: the slash at the end of the target is not stored",
			path, l->n_slashes - 1, l->n_slashes == 2 ? "" : "s");
}

static void tell_attributes(const struct nodes_losses *l, const struct messages *m)
{
	const struct entry *e = l->left_out;
	char path[4096];

	if (!l->n_left_out)
		return;
	folder_path(e->folder, e->source, path, sizeof path);
	message_note_field(m,
		file_attributes_is_privileged(e->attributes->left_out) ? REQUEST_PRIVILEGED
								       : REQUEST_NONE,
		"%zu file%s extended attributes that are not stored, such as %s of %s",
		l->n_left_out, l->n_left_out == 1 ? " has" : "s have", e->attributes->left_out,
		path);
}

/* What else the file system can't hold as it is. */
static void tell_limits(
	const struct nodes_losses *l, const struct tree_facts *facts, const struct messages *m)
{
	struct stored_form form = { 0 };

	if (l->n_times + l->n_slashes)
		form = stored_form_find();
	tell_times(l, form.has_long_times, m);
	if (!form.has_slashes)
		tell_slashes(l, m);
	tell_attributes(l, m);
	/* a path table has 16 bits for a parent's number (ECMA-119, 9.4.4); Linux does not use it
	 */
	if (facts->n_directories >= UINT16_MAX)
		message_warn(m,
			"there are more than %d directories: systems that use the path table, such "
			"as Windows, will not find all of them",
			UINT16_MAX);
}

/* What there is of a later session before the scan: files that change from now on are newer. */
static int start_session(struct tree *t, const struct tree_old *old, struct fail *f)
{
	t->is_later = true;
	t->start = old->start;
	t->saved = old->saved;
	t->record = *old->earlier;
	t->record.here = (struct session_place){ .start = old->start, .made = time(NULL) };
	if (getrandom(t->record.id, sizeof t->record.id, 0) == (ssize_t)sizeof t->record.id)
		return 0;
	return fail_errno(f, FAIL_FAILED, "", "the kernel gives no random numbers");
}

/* Where the files that stay will be laid out, and where they are. */
static int map_kept(struct tree *t, struct fail *f)
{
	for (const struct tree_file *file = t->files.first_old; file; file = file->next) {
		uint64_t n = size_round_up(file->n_bytes, BLOCK_BYTES) / BLOCK_BYTES;

		if (n && extent_map_add(&t->kept, file->old->lba, n))
			return fail_memory(f);
	}
	return 0;
}

static int check_sizes(const struct tree *t, const struct tree_facts *facts, struct fail *f)
{
	uint64_t room = FILES_BYTES_MAX - (uint64_t)t->start * BLOCK_BYTES;

	if (facts->n_bytes > FILES_BYTES_MAX)
		return fail_set(f, FAIL_FAILED, "",
			"the files take more than the 8 TiB that an ISO 9660 file system can hold");
	if ((uint64_t)t->start * BLOCK_BYTES > FILES_BYTES_MAX || facts->n_bytes > room)
		return fail_set(f, FAIL_FAILED, "",
			"the session would end beyond the 8 TiB that an ISO 9660 file system can "
			"hold");
	return 0;
}

/* Of a session that is written. */
static void tell_unlisted(const struct tree *t, const struct messages *m)
{
	const struct entry *e = t->sums.unlisted;
	size_t n = t->sums.n_unlisted;
	char path[4096], others[64] = "";

	if (!n || !tree_has_changes(t))
		return;
	if (n > 1)
		snprintf(others, sizeof others, " and %zu other%s", n - 1, n == 2 ? "" : "s");
	message_note(m, "%s%s: the disc has no digest of %s, and the new session gets none",
		folder_path(e->folder, e->source, path, sizeof path), others,
		n == 1 ? "it" : "them");
}

/* The disc's list of digests does not come into the session. */
static void count_old_sums(struct tree *t, const struct messages *m)
{
	bool is_own = t->changes.old_sums == OLD_SUMS_OWN;

	if (t->changes.old_sums == OLD_SUMS_STAY || (t->sums.file && !is_own))
		return;
	if (t->sums.file)
		t->changes.n_changed++;
	else
		t->changes.n_gone++;
	message_note(m, OLD_SUMS_NAME ": the new session %s that the disc has%s",
		t->sums.file ? "replaces the one" : "leaves out the one",
		is_own ? ", which was not made by the burn" : "");
}

/* Scans, and completes what was found: by what the disc has, and by the digests. */
static int gather(struct tree *t, const struct tree_spec *spec, struct sources *found,
	const struct messages *m, struct fail *f)
{
	struct arena *scratch = &t->scratch;
	struct old_tree old = { 0 };
	int result = -1;

	if (spec->old &&
		(start_session(t, spec->old, f) ||
			old_tree_open(&old, spec->old, spec->sums != SUMS_NOT, scratch, f)))
		goto out;
	if (sources_scan(found, spec, &t->files, spec->old ? &old : NULL, &t->keep, scratch, m, f))
		goto out;
	if (spec->old && old_merge(&old, spec, found->root, &t->files, scratch, &found->facts,
				 &t->changes, f))
		goto out;
	if (spec->old)
		tree_file_part(&t->files);
	if (spec->sums != SUMS_NOT &&
		tree_sums_make(&t->sums, found->root, spec->sums == SUMS, &t->files, scratch, f))
		goto out;
	count_old_sums(t, m);
	tree_file_number_old(&t->files);
	result = 0;
out:
	old_tree_close(&old);
	return result;
}

/* Makes libisofs' nodes of all that there is. */
static int build(
	struct tree *t, const struct tree_spec *spec, const struct messages *m, struct fail *f)
{
	struct sources found = { 0 };
	struct nodes_losses losses;
	int result = -1;

	if (gather(t, spec, &found, m, f) || map_kept(t, f) || check_sizes(t, &found.facts, f))
		goto out;
	t->facts = found.facts;
	t->n_left_out = found.n_left_out;
	if (nodes_add(
		    t->image, found.root, spec->portable, &t->files.gate, &t->scratch, &losses, f))
		goto out;
	t->has_extended = losses.n_extended > 0;
	t->n_joliet_changed = losses.n_joliet_changed;
	t->n_joliet_left_out = losses.n_joliet_left_out;
	tell_limits(&losses, &t->facts, m);
	tell_unlisted(t, m);
	result = 0;
out:
	entry_free(found.root);
	tree_file_settle(&t->files);
	arena_clear(&t->scratch);
	return result;
}

/* An empty image, and what is needed for it. */
static int set_up(struct tree *t, const char *volume_id, struct fail *f)
{
	int ret;

	if (image_library_start(f))
		return -1;
	t->has_library = true;
	ret = iso_image_new(volume_id, &t->image);
	return ret < 0 ? image_library_fail(f, ret, "", "the image can't be set up") : 0;
}

struct tree *tree_new(const struct tree_spec *spec, const struct messages *m, struct fail *f)
{
	const char *id = spec->volume_id ? spec->volume_id : VOLUME_ID_DEFAULT;
	struct tree *t;

	if (volume_id_check(id, f))
		return NULL;
	t = calloc(1, sizeof *t);
	if (!t) {
		fail_memory(f);
		return NULL;
	}
	if (tree_file_set_init(&t->files, &t->keep, &t->scratch, f)) {
		free(t);
		return NULL;
	}
	if (set_up(t, id, f) || build(t, spec, m, f)) {
		tree_free(t);
		return NULL;
	}
	return t;
}

/* What the file system is like. */
static IsoWriteOpts *new_options(bool has_extended)
{
	IsoWriteOpts *o = image_library_options();

	if (!o)
		return NULL;
	iso_write_opts_set_hardlinks(o, 1);
	/* extended attributes and ACLs; each name has less room with it */
	iso_write_opts_set_aaip(o, has_extended);
	iso_write_opts_set_allow_deep_paths(o, 1); /* Rock Ridge readers need no relocation */
	iso_write_opts_set_allow_longer_paths(o, 1);
	iso_write_opts_set_joliet_longer_paths(o, 1);
	iso_write_opts_set_dir_rec_mtime(o, 3); /* Joliet, ISO 9660: the files' own times */
	return o;
}

/* Lays the image out, once: with 50,000 files that is a third of all work. libisofs starts its
 * writer then, which comes as far as the first file, or the end of its ring. */
static int lay_out(struct tree *t, struct fail *f)
{
	IsoWriteOpts *o = new_options(t->has_extended);
	int ret = (int)ISO_OUT_OF_MEM;

	if (o) {
		iso_write_opts_set_ms_block(o, t->start);
		ret = iso_image_create_burn_source(t->image, o, &t->iso);
	}

	iso_write_opts_free(o);
	if (ret < 0) {
		t->iso = NULL;
		return image_library_fail(f, ret, "", "the image can't be laid out");
	}
	t->n_bytes = (uint64_t)t->iso->get_size(t->iso) - t->kept.n_blocks * BLOCK_BYTES;
	/* behind the record that ends it */
	t->record.here.end = t->start + (uint32_t)(t->n_bytes / BLOCK_BYTES) + 1;
	return 0;
}

uint64_t tree_image_bytes(struct tree *t, struct fail *f)
{
	if (!t->n_bytes && lay_out(t, f))
		return 0;
	if (!t->is_later)
		return t->n_bytes;
	return t->n_bytes + (1 + (t->saved ? SESSION_SAVED_BLOCKS : 0)) * (uint64_t)BLOCK_BYTES;
}

uint64_t tree_head_bytes(struct tree *t, struct fail *f)
{
	uint64_t n = tree_image_bytes(t, f);

	return n ? n - t->files.n_blocks * BLOCK_BYTES : 0;
}

/* The image, which is taken over, as a session. */
static struct burn_source *make_session(struct tree *t, struct burn_source *image, struct fail *f)
{
	const struct session_parts parts = { .record = &t->record,
		.n_head_blocks = t->n_bytes / BLOCK_BYTES - t->files.n_blocks,
		.saved = t->saved,
		.kept = &t->kept,
		.head = &t->head };
	struct burn_source *s = session_source_new(image, &parts, f);

	if (!s)
		stage_free(image);
	return s;
}

struct burn_source *tree_source_new(struct tree *t, struct fail *f)
{
	struct image_contents contents;
	struct burn_source *s;

	if (!t->n_bytes && lay_out(t, f))
		return NULL;
	if (!t->iso && !t->image_head.is_whole) {
		fail_set(f, FAIL_FAILED, "", "internal error: this image was already handed out");
		return NULL;
	}
	if (tree_contents_init(&contents, &t->files, t->sums.file ? &t->sums : NULL, f))
		return NULL;
	contents.first_block = t->start;
	contents.n_kept_bytes = t->kept.n_blocks * BLOCK_BYTES;
	t->sums.next_line = 0;
	s = image_source_new_kept(
		t->iso, &t->files.gate, &contents, t->is_repeated ? &t->image_head : NULL, f);
	if (!s) {
		contents.free(contents.ctx);
		return NULL;
	}
	t->iso = NULL;
	return t->is_later ? make_session(t, s, f) : s;
}

void tree_repeat(struct tree *t)
{
	t->is_repeated = true;
}

const uint8_t *tree_session_head(const struct tree *t, size_t *n_blocks)
{
	*n_blocks = t->head.n_blocks;
	return t->head.blocks[0];
}

struct tree_changes tree_changes(const struct tree *t)
{
	return t->changes;
}

bool tree_has_changes(const struct tree *t)
{
	const struct tree_changes *c = &t->changes;

	return c->n_new + c->n_changed + c->n_gone > 0 || c->has_other_changes;
}

/* Names a file by all its names, and says how many they are. */
static size_t name_change(const struct tree_file *file, const struct messages *m)
{
	static const char *const what[] = {
		[FILE_SHRANK] = "shrank while it was read; the disc has zeros for the rest",
		[FILE_GREW] = "grew while it was read; the disc has only its first part",
		[FILE_MODIFIED] = "was modified while it was read",
		[FILE_REPLACED] = "was replaced by another file before it was read",
		[FILE_UNREADABLE] = "could not be read; the disc has zeros instead",
	};
	struct tree_name first = { file->folder, file->name, file->followed, file->others };
	size_t n = 0;

	for (const struct tree_name *name = &first; name; name = name->next, n++) {
		char path[4200];

		folder_path(name->folder, name->name, path, sizeof path);
		message_warn(m, "%s: %s%s%s", path, what[file->change], file->sys_errno ? ": " : "",
			file->sys_errno ? strerror(file->sys_errno) : "");
	}
	return n;
}

size_t tree_n_incomplete(struct tree *t, const struct messages *m)
{
	size_t n = t->n_left_out;

	for (const struct tree_file *file = t->files.changed; file; file = file->next_changed)
		n += name_change(file, m);
	return n;
}

void tree_tell_joliet(const struct tree *t, const struct messages *m)
{
	char changed[64], left_out[64] = "";

	if (t->n_joliet_changed == 0)
		return;
	snprintf(changed, sizeof changed, " has %zu name%s shortened or altered",
		t->n_joliet_changed, t->n_joliet_changed == 1 ? "" : "s");
	if (t->n_joliet_left_out)
		snprintf(left_out, sizeof left_out, " lacks %zu link%s or special file%s",
			t->n_joliet_left_out, t->n_joliet_left_out == 1 ? "" : "s",
			t->n_joliet_left_out == 1 ? "" : "s");
	message_note(m, "the Joliet tree, for Windows,%s%s%s; the Rock Ridge tree is complete",
		changed, *left_out ? " and" : "", left_out);
}

const char *tree_reading(const struct tree *t, char *out, size_t n)
{
	const struct tree_file *file =
		atomic_load_explicit(&t->files.reading, memory_order_relaxed);

	return file ? folder_path(file->folder, file->name, out, n) : NULL;
}

struct tree_facts tree_facts(const struct tree *t)
{
	return t->facts;
}

void tree_free(struct tree *t)
{
	if (!t)
		return;
	image_source_end_writer(t->iso, &t->files.gate);
	/* the image owns the streams, which point to the files */
	if (t->image)
		iso_image_unref(t->image);
	if (t->has_library)
		image_library_stop();
	image_source_clear_head(&t->image_head);
	tree_sums_clear(&t->sums);
	tree_file_set_clear(&t->files);
	extent_map_clear(&t->kept);
	arena_clear(&t->keep);
	free(t);
}
