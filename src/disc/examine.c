/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disc/examine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "disc/block_survey.h"
#include "disc/payload_reader.h"
#include "disc/shared_blocks.h"
#include "disc/sums.h"
#include "disc/tree_compare.h"
#include "iso/block_owners.h"
#include "iso/descriptors.h"
#include "iso/disc_end.h"
#include "iso/disc_files.h"
#include "iso/disc_walk.h"
#include "util/sector.h"
#include "util/signals.h"

/* Runs of unreadable blocks whose files are named. */
enum { RUNS_MAX = 64, COMPARE_BLOCKS = 256 };
/* What lies between two sessions at least: the closure and the intro of a DVD+R (ECMA-349). */
enum { GAP_BLOCKS = 2048 };
enum { BYTES_PER_BYTE_MAX = 16 };

struct work {
	const struct examine *x;
	struct examine_result *result;
	struct block_survey *survey;
	struct disc_files *files; /* NULL: no file system that is read here */
	struct tree_compare compare;
	struct block_range runs[RUNS_MAX];
	size_t n_runs;
	uint64_t n_uncompared; /* blocks that could not be read when they were to be compared */
	uint64_t n_run_out;    /* unreadable blocks behind the contents */
	uint64_t n_gap;        /* and between sessions */
	uint64_t weight_left;  /* of the compressed files that may be read (disc_node_weight) */
	char *named;           /* heap: the path that was named last; NULL: none */
};

static void name_damage(void *ctx, const char *path, const char *what)
{
	struct work *w = ctx;

	w->result->n_damaged++;
	message_warn(w->x->messages, "%s: %s", *path ? path : "/", what);
}

static void name_difference(void *ctx, const char *path, const char *what)
{
	const struct work *w = ctx;

	message_warn(w->x->messages, "%s: %s", path, what);
}

static void name_unread(void *ctx, const char *path, int sys_errno)
{
	const struct work *w = ctx;

	message_warn(w->x->messages, "%s: can't be read in the directory, and was not compared: %s",
		*path ? path : "/", strerror(sys_errno));
}

static void tell_progress(void *ctx, const char *path)
{
	const struct work *w = ctx;

	progress_tick_file(w->x->watch, "reading", block_survey_n_read(w->survey) * BLOCK_BYTES,
		w->x->blocks->n_blocks * BLOCK_BYTES, path);
}

/* How many blocks of the disc are no padding for sure: a medium may have some behind a payload
 * whose length is not recorded. */
static uint64_t count_contents(const struct work *w)
{
	uint64_t n_blocks = w->x->blocks->n_blocks, n_files;

	if (w->x->volume->payload_bytes)
		return n_blocks;
	n_files = sessions_end(w->x->sessions);
	if (!n_files)
		n_files = w->files ? disc_files_n_blocks(w->files) : 0;
	return n_files < n_blocks ? n_files : n_blocks;
}

/* The end of a CD may be unreadable, and so may all that was never written. */
static bool is_run_out(const struct work *w, uint64_t lba, uint64_t n_blocks)
{
	uint64_t n_contents = count_contents(w), end = w->x->blocks->n_blocks;

	if (n_contents && w->x->image && w->x->image->n_blocks > n_contents)
		n_contents = w->x->image->n_blocks;
	return n_contents && lba >= n_contents && lba + n_blocks == end &&
	       (lba == n_contents || n_blocks <= PAYLOAD_RUN_OUT_BLOCKS);
}

/* Between two sessions, nothing can be read. Where the last one begins is known; of those before
 * it, that no file and no directory lies there. */
static bool is_gap(const struct work *w, uint64_t lba, uint64_t n_blocks)
{
	struct block_range range = { .lba = lba, .n_blocks = n_blocks };
	struct fail unused = { 0 };

	if (!w->files || n_blocks < GAP_BLOCKS || lba + n_blocks > disc_files_start(w->files) ||
		block_owners_find(w->x->blocks, w->x->memory, &range, 1, NULL, NULL, &unused))
		return false;
	return range.n_files == 0 && !range.has_structure;
}

static void take_run(void *ctx, uint64_t lba, uint64_t n_blocks)
{
	struct work *w = ctx;

	if (is_gap(w, lba, n_blocks)) {
		w->n_gap += n_blocks;
		return;
	}
	if (is_run_out(w, lba, n_blocks)) {
		w->n_run_out += n_blocks;
		return;
	}
	if (n_blocks == 1)
		message_warn(w->x->messages, "LBA %llu can't be read", (unsigned long long)lba);
	else
		message_warn(w->x->messages, "LBA %llu-%llu can't be read", (unsigned long long)lba,
			(unsigned long long)(lba + n_blocks - 1));
	if (w->n_runs == RUNS_MAX)
		return;
	w->runs[w->n_runs].lba = lba;
	w->runs[w->n_runs++].n_blocks = n_blocks;
}

/* A file in several runs is named once: it comes for all of them in a row. */
static void name_hurt(void *ctx, const struct block_range *run, const char *path)
{
	struct work *w = ctx;

	(void)run;
	if (w->named && !strcmp(w->named, path))
		return;
	free(w->named);
	w->named = strdup(path);
	message_warn(w->x->messages, "%s: lies in blocks that can't be read", path);
}

/* Whose blocks they are. */
static void name_files(struct work *w)
{
	struct fail unused = { 0 };

	if (w->n_runs && w->files)
		block_owners_find(
			w->x->blocks, w->x->memory, w->runs, w->n_runs, name_hurt, w, &unused);
}

/* What is compressed is read, as damage to it is no unreadable block. A stranger's disc may have
 * the same bytes for any number of names. */
static int check_compressed(struct work *w, const struct disc_walk *walk, uint32_t directory,
	const struct disc_node *node, struct fail *f)
{
	enum { READ_BYTES = 256 * 1024 };
	uint64_t weight = disc_node_weight(node);
	uint8_t *buf;
	size_t n = 1;

	if (weight > w->weight_left)
		return fail_set(f, FAIL_FAILED, "",
			"the directories are damaged: the files would need more than %d times the "
			"size of the medium",
			BYTES_PER_BYTE_MAX);
	w->weight_left -= weight;
	buf = malloc(READ_BYTES);
	if (!buf)
		return fail_memory(f);
	for (uint64_t at = 0; n && !signals_caught(); at += n) {
		struct fail why = { 0 };

		if (disc_files_read(w->files, node, at, READ_BYTES, buf, &n, &why)) {
			name_damage(w, disc_walk_path(walk, directory, node->name), why.what);
			break;
		}
		tell_progress(w, disc_walk_path(walk, directory, node->name));
	}
	free(buf);
	return 0;
}

/* Files that lie in each other. */
static void tell_shared(struct work *w, struct shared_blocks *b)
{
	size_t n = shared_blocks_count(b);

	if (n == 0)
		return;
	w->result->n_damaged += n;
	message_warn(w->x->messages, "%zu files share blocks with other files", n);
}

static int walk_all(struct work *w, struct fail *f)
{
	struct disc_walk walk = { 0 };
	struct disc_walk_step step;
	struct shared_blocks shared = { 0 };
	int next = -1;

	w->weight_left = disc_files_n_blocks_there(w->files) * BLOCK_BYTES * BYTES_PER_BYTE_MAX;
	if (disc_walk_open(&walk, w->files, name_damage, w, f) || disc_walk_add(&walk, "", f))
		goto out;
	tree_compare_look(&w->compare, disc_files_root(w->files));
	while ((next = disc_walk_next(&walk, &step, f)) > 0) {
		tell_progress(w, NULL);
		for (size_t i = 0; i < step.listing->n_nodes; i++) {
			const struct disc_node *node = step.listing->nodes[i];

			if (S_ISREG(node->mode))
				shared_blocks_add(&shared, node);
			if (node->zisofs.block_log2 && !node->damage &&
				check_compressed(w, &walk, step.directory, node, f)) {
				next = -1;
				goto out;
			}
			tree_compare_look(&w->compare, node);
		}
	}
	if (next == 0)
		tell_shared(w, &shared);
out:
	shared_blocks_clear(&shared);
	disc_walk_close(&walk);
	return next;
}

static int check_sums(struct work *w, struct fail *f)
{
	struct sums sums = { .files = w->files,
		.differs = name_difference,
		.damaged = name_damage,
		.progress = tell_progress,
		.ctx = w };
	int ret = sums_check(&sums, f);

	w->result->has_sums = sums.n_sources > 0;
	w->result->n_unused = sums.n_unused;
	w->result->n_checked = sums.n_checked;
	w->result->n_differ = sums.n_differ;
	return ret;
}

/* What could not be compared, and is no difference. */
static void name_limits(const struct work *w)
{
	const struct tree_compare *c = &w->compare;

	if (!c->has_rights)
		message_note(w->x->messages,
			"the disc records no owners or permissions (every "
			"file is root's and readable): these were not compared");
	if (c->root_differs)
		message_note(w->x->messages,
			"the directory itself and the disc's root: %s (not counted)",
			c->root_differs);
	if (c->sums_differ)
		message_note(w->x->messages, "%s: %s (not counted: burning may have added it)",
			SUMS_NAME, c->sums_differ);
	if (c->n_unrecorded)
		message_note(w->x->messages,
			"the disc records no extended attributes or ACLs, which %llu file%s in the "
			"directory ha%s",
			(unsigned long long)c->n_unrecorded, c->n_unrecorded == 1 ? "" : "s",
			c->n_unrecorded == 1 ? "s" : "ve");
	if (c->n_left_out)
		message_note(w->x->messages,
			"the disc does not record extended attributes such as %s, which %llu "
			"file%s in the directory ha%s",
			c->left_out, (unsigned long long)c->n_left_out,
			c->n_left_out == 1 ? "" : "s", c->n_left_out == 1 ? "s" : "ve");
	if (c->are_links_cut)
		message_warn(
			w->x->messages, "too many hard links to remember: not all are compared");
}

static int compare_with_tree(struct work *w, struct fail *f)
{
	struct tree_compare *c = &w->compare;
	int ret;

	c->files = w->files;
	c->dir = w->x->dir;
	c->differs = name_difference;
	c->unread = name_unread;
	c->progress = tell_progress;
	c->ctx = w;
	ret = tree_compare(c, f);
	w->result->n_compared = c->n_checked;
	w->result->n_differ_compared = c->n_differ;
	w->result->n_uncompared = c->n_unread;
	if (ret == 0)
		name_limits(w);
	return ret;
}

/* Counts the blocks that only one of the two has. */
static void compare_lengths(struct work *w)
{
	uint64_t n_image = w->x->image->n_blocks, n_disc = w->x->blocks->n_blocks;
	uint64_t n_contents = count_contents(w);

	if (n_image > n_disc)
		w->result->n_blocks_differ += n_image - n_disc;
	else if (n_contents > n_image)
		w->result->n_blocks_differ += n_contents - n_image;
	else if (n_disc > n_image)
		message_note(w->x->messages,
			"%llu blocks of the disc after the image are assumed to be padding",
			(unsigned long long)(n_disc - n_image));
}

static void compare_blocks(struct work *w, const uint8_t *bytes, const uint8_t *other, uint64_t n)
{
	for (uint64_t i = 0; i < n; i++)
		w->result->n_blocks_differ +=
			memcmp(bytes + i * BLOCK_BYTES, other + i * BLOCK_BYTES, BLOCK_BYTES) != 0;
}

/* The same for blocks of which some can't be read. */
static void compare_singly(
	struct work *w, uint64_t lba, uint64_t n, uint8_t *bytes, const uint8_t *other)
{
	for (uint64_t i = 0; i < n && !signals_caught(); i++) {
		if (block_reader_read(block_survey_reader(w->survey), lba + i, 1, bytes, NULL))
			w->n_uncompared++;
		else
			compare_blocks(w, bytes, other + i * BLOCK_BYTES, 1);
	}
}

/* Compares block by block; what can't be read is counted elsewhere. */
static int compare_with_image(struct work *w, struct fail *f)
{
	struct block_reader *disc = block_survey_reader(w->survey), *image = w->x->image;
	uint64_t n_blocks = disc->n_blocks < image->n_blocks ? disc->n_blocks : image->n_blocks;
	uint8_t *bytes = malloc((size_t)2 * COMPARE_BLOCKS * BLOCK_BYTES), *other;
	uint64_t n_run;
	bool is_gap;

	if (!bytes)
		return fail_memory(f);
	other = bytes + (size_t)COMPARE_BLOCKS * BLOCK_BYTES;
	compare_lengths(w);
	for (uint64_t lba = 0, n; lba < n_blocks && !signals_caught(); lba += n) {
		n = n_blocks - lba < COMPARE_BLOCKS ? n_blocks - lba : COMPARE_BLOCKS;
		n_run = sessions_run(w->x->sessions, lba, &is_gap);
		n = n_run < n ? n_run : n;
		if (is_gap)
			continue;
		if (block_reader_read(image, lba, (uint32_t)n, other, f)) {
			free(bytes);
			return -1;
		}
		if (block_reader_read(disc, lba, (uint32_t)n, bytes, NULL) == 0)
			compare_blocks(w, bytes, other, n);
		else
			compare_singly(w, lba, n, bytes, other);
		tell_progress(w, NULL);
	}
	free(bytes);
	return signals_caught() ? fail_set(f, FAIL_FAILED, "", "interrupted") : 0;
}

/* True where one of the blocks in which volume descriptors stand looks like one (ECMA-119, 8.1). */
static bool has_descriptor(struct block_reader *blocks)
{
	uint8_t block[BLOCK_BYTES];

	for (uint64_t lba = 16; lba < 32; lba++) {
		if (block_reader_read(blocks, lba, 1, block, NULL) == 0 &&
			memcmp(block + 1, "CD001\1", 6) == 0)
			return true;
	}
	return false;
}

/* Names the damage if it is why there is no file system that can be read. */
static void name_no_files(struct work *w, const struct fail *why)
{
	struct recognised seen = descriptors_look(block_survey_reader(w->survey));

	message_warn(w->x->messages, "the files were not checked: %s", why->what);
	if (why->is_unsupported)
		return;
	if (has_descriptor(block_survey_reader(w->survey)))
		name_damage(w, "", "the file system's volume descriptors are damaged");
	else if (seen.is_udf || seen.may_be_udf)
		name_damage(w, "", "the UDF file system is damaged");
}

/* The blocks before the payload, and that no payload is missing. What lies before an offset is none
 * of the volume's. */
static void examine_volume(struct work *w)
{
	const struct volume *v = w->x->volume;
	uint64_t n_header = v->offset ? 0 : v->payload_offset / BLOCK_BYTES;
	uint64_t n_recorded = v->payload_bytes / BLOCK_BYTES, n = w->x->blocks->n_blocks;
	uint8_t block[BLOCK_BYTES];

	w->result->n_damaged += v->is_damaged;
	if (n_recorded > n) {
		w->result->n_damaged++;
		message_warn(w->x->messages, "the last %llu of %llu blocks are missing",
			(unsigned long long)(n_recorded - n), (unsigned long long)n_recorded);
	}
	for (uint64_t lba = 0; lba < n_header && !signals_caught(); lba++) {
		struct fail unread = { 0 };

		if (block_reader_read(w->x->medium, lba, 1, block, &unread) == 0)
			continue;
		w->result->n_damaged++;
		message_warn(
			w->x->messages, "%s, in the volume's header, can't be read", unread.object);
	}
}

/* All that needs a file system. */
static int examine_files(struct work *w, struct fail *f)
{
	struct fail why = { 0 };

	w->files = disc_files_open(block_survey_reader(w->survey), w->x->memory, &why);
	w->result->has_files = w->files != NULL;
	if (!w->files) {
		name_no_files(w, &why);
		return w->x->dir ? fail_set(f, why.code, why.object, "%s", why.what) : 0;
	}
	disc_end_check(w->files);
	if (disc_files_damage(w->files))
		name_damage(w, "", disc_files_damage(w->files));
	if (walk_all(w, f) || check_sums(w, f))
		return -1;
	if (disc_files_copied(w->files))
		name_damage(w, "", disc_files_copied(w->files));
	return w->x->dir ? compare_with_tree(w, f) : 0;
}

/* What could not be read is damage, but for the end of a medium. */
static void judge_unread(struct work *w)
{
	struct examine_result *r = w->result;

	r->n_unreadable -= w->n_run_out + w->n_gap;
	r->n_blocks -= w->n_run_out + w->n_gap;
	if (w->n_run_out)
		message_note(w->x->messages,
			"%llu blocks after the contents can't be read and are assumed to be the "
			"end of the medium",
			(unsigned long long)w->n_run_out);
	if (w->n_gap)
		message_note(w->x->messages,
			"%llu blocks that can't be read are assumed to lie between sessions",
			(unsigned long long)w->n_gap);
	if (w->n_uncompared <= r->n_unreadable)
		return;
	r->n_damaged++;
	message_warn(w->x->messages,
		"%llu blocks could not be read at the first attempt and were not compared",
		(unsigned long long)w->n_uncompared);
}

int examine_disc(const struct examine *x, struct examine_result *result, struct fail *f)
{
	struct work w = { .x = x, .result = result };
	int ret = -1;

	*result = (struct examine_result){ .n_blocks = x->blocks->n_blocks };
	w.survey = block_survey_new(x->blocks, f);
	if (!w.survey)
		goto out;
	examine_volume(&w);
	result->n_blocks -=
		block_survey_leave_out(w.survey, x->sessions, x->image ? x->image->n_blocks : 0);
	if (examine_files(&w, f))
		goto out;
	if (x->image && compare_with_image(&w, f))
		goto out;
	if (block_survey_finish(w.survey, x->watch, take_run, &w, &result->n_unreadable, f))
		goto out;
	name_files(&w);
	judge_unread(&w);
	ret = 0;
out:
	free(w.named);
	disc_files_close(w.files);
	block_survey_free(w.survey);
	return ret;
}
