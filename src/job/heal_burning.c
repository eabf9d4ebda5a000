/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "job/heal_burning.h"

#include <sys/stat.h>
#include <unistd.h>

#include "heal/heal_finder.h"
#include "heal/heal_stream.h"
#include "util/sector.h"
#include "util/size.h"

static int refuse(struct fail *f, const char *why)
{
	fail_set(f, FAIL_USAGE, "", "%s", why);
	return fail_field(f, REQUEST_HEAL);
}

/* An image that has healing data would get them twice. */
static int check_image(const char *path, struct fail *f)
{
	const struct heal_search search = { .at = UINT64_MAX };
	struct block_reader *reader;
	struct heal_record r;
	struct stat st;
	int found;

	/* what can't be opened is told where it is read */
	if (stat(path, &st) || !S_ISREG(st.st_mode) ||
		!(reader = block_reader_open_file(path, NULL)))
		return 0;
	found = heal_finder_run(&search, reader, &r, f);
	block_reader_free(reader);
	if (found <= 0)
		return found;
	fail_set(f, FAIL_USAGE, path, "has healing data already");
	return fail_field(f, REQUEST_HEALED);
}

int heal_burning_check(const struct burn_request *r, struct fail *f)
{
	if (!r->heal.n_rows)
		return 0;
	if (r->session.multi)
		return refuse(f, "not for a disc that stays open: healing data would take the next "
				 "session for damage, and undo it");
	return r->source.image_path ? check_image(r->source.image_path, f) : 0;
}

static int refuse_memory(uint64_t n_bytes, uint64_t most, struct fail *f)
{
	char takes[64], allowed[64];

	fail_set(f, FAIL_FAILED, "",
		"computing the healing data takes %s of memory, but %s are allowed",
		size_format(takes, sizeof takes, n_bytes),
		size_format(allowed, sizeof allowed, most));
	return fail_field(f, REQUEST_MEMORY);
}

/* All of it in memory, or, if the source can be read several times, a part at a time. */
static int fit_memory(
	struct heal_burning *h, const struct heal_wish *wish, struct source *source, struct fail *f)
{
	const struct heal_layout *l = &h->record.layout;
	uint64_t all = (uint64_t)sysconf(_SC_PHYS_PAGES) * (uint64_t)sysconf(_SC_PAGESIZE);
	uint64_t most = wish->max_memory ? wish->max_memory : all / 4;
	unsigned n_passes;

	if (heal_stream_memory(l) <= most)
		return 0;
	if (!source_can_repeat(source))
		return refuse_memory(heal_stream_memory(l), most, f);
	n_passes = heal_spool_passes(l, most);
	if (!n_passes)
		return refuse_memory(heal_spool_memory(l, HEAL_SPOOL_PASSES_MAX), most, f);
	source_repeat(source);
	return heal_spooling_open(&h->spooling, l, n_passes, wish->spool_dir, f);
}

/* The blocks that the medium has for the volume and its healing data; 0: nobody knows. */
static uint64_t room_of(const struct sink_needs *needs)
{
	uint64_t n = needs->capacity_bytes, unit = needs->unit_bytes;

	if (n <= needs->tail_bytes)
		return 0;
	return (n - needs->tail_bytes) / unit * unit / BLOCK_BYTES;
}

static int choose_layout(struct heal_layout *l, const struct heal_wish *wish,
	const struct heal_choice *choice, const struct sink_needs *needs, struct fail *f)
{
	if (wish->fills && !needs->capacity_bytes)
		return refuse(f, "only a medium whose capacity is known can be filled");
	if (wish->fills && heal_layout_fill(l, choice, room_of(needs))) {
		fail_set(f, FAIL_DRIVE, "", "the medium has no room for healing data");
		return fail_field(f, REQUEST_HEAL);
	}
	if (!wish->fills && heal_layout_make(l, choice))
		return refuse(f, "the image is too short for healing data");
	return 0;
}

/* How much of the volume's start is copied: it is the disc's. */
static unsigned count_header(
	const struct burn_request *r, const struct source *source, const struct layout *l)
{
	const struct volume_request *v = r->volume;

	if (v->as_file || v->params.header_path)
		return 0;
	if (!v->format->needs_secret && source->image)
		return healing_header_blocks(
			finished_image_start(source->image), l->parts[LAYOUT_PAYLOAD].n_blocks);
	return v->format->header_is_copied ? (unsigned)l->parts[LAYOUT_HEADER].n_blocks : 0;
}

/* Of an image that is burned as it is, only the area that ISO 9660 and UDF leave to systems is
 * known to be nobody's. */
static void choose_anchors(
	struct heal_burning *h, const struct burn_request *r, const struct source *source)
{
	const struct volume_request *v = r->volume;
	const struct format *format = v->as_file ? format_find("none") : v->format;
	bool is_iso = v->as_file || source->is_iso9660 ||
		      (source->contents && source->contents->kind == CONTENTS_READABLE);

	if (v->params.header_path || (!format->needs_secret && !is_iso))
		return;
	while (h->n_anchors < FORMAT_ANCHORS && format->anchors[h->n_anchors]) {
		h->anchors[h->n_anchors] = format->anchors[h->n_anchors];
		h->n_anchors++;
	}
}

/* It is known to fit without. */
static int check_room(struct sink *sink, const struct layout *l, struct fail *f)
{
	uint64_t n = layout_data_bytes(l), n_healing = layout_part_bytes(l, LAYOUT_HEALING);
	struct sink_needs needs;
	struct fail why = { 0 };
	char without[64];

	if (sink->needs(sink, n, &needs, &why) == 0)
		return 0;
	fail_set(f, why.code, why.object, "%.800s; without healing data, %s are needed", why.what,
		size_format(without, sizeof without, n - n_healing));
	f->sys_errno = why.sys_errno;
	if (why.hint[0])
		fail_hint(f, "%s", why.hint);
	return -1;
}

int heal_burning_lay_out(struct heal_burning *h, const struct burn_request *r,
	struct source *source, const struct target *target, struct layout *l, struct fail *f)
{
	struct heal_choice choice = { .n_roots = r->heal.n_roots, .n_rows = r->heal.n_rows };
	struct heal_layout *made = &h->record.layout;
	struct sink *sink = target->sink;
	struct sink_needs needs;

	if (!r->heal.n_rows)
		return 0;
	h->is_added = !l->is_known && target->output.kind == OUTPUT_FILE && !r->heal.fills;
	if (h->is_added)
		return 0;
	if (!l->is_known) {
		fail_set(f, FAIL_USAGE, "",
			"for healing data, the size of the image must be known in advance");
		return fail_field(f, REQUEST_BYTES);
	}
	choice.n_data = layout_data_bytes(l) / BLOCK_BYTES;
	choice.n_header = count_header(r, source, l);
	if (sink->needs(sink, layout_data_bytes(l), &needs, f) ||
		choose_layout(made, &r->heal, &choice, &needs, f) ||
		fit_memory(h, &r->heal, source, f) || healing_identify(&h->record, f))
		return -1;
	layout_add_healing(l, made->end - choice.n_data);
	choose_anchors(h, r, source);
	h->n_own = r->volume->as_file ? 0 : l->parts[LAYOUT_HEADER].n_blocks;
	return check_room(sink, l, f);
}

int heal_burning_begin(struct heal_burning *h, const struct chain_plan *plan,
	const struct voice *voice, struct fail *f)
{
	struct chain_plan pass = *plan;
	struct heal_plan healing;

	if (healing_tools_open(&h->tools, &h->record, f))
		return -1;
	if (!h->spooling.n_passes)
		return 0;
	if (heal_spooling_begin(&h->spooling, &h->record, &h->tools.hash, &h->voucher, f))
		return -1;
	healing = heal_burning_plan(h);
	healing.computes = true;
	pass.healing = &healing;
	return heal_spooling_run(&h->spooling, &pass, voice, f);
}

struct heal_plan heal_burning_plan(struct heal_burning *h)
{
	return (struct heal_plan){ .record = &h->record,
		.hash = &h->tools.hash,
		.anchors = h->anchors,
		.n_anchors = h->n_anchors,
		.n_own = h->n_own,
		.voucher = h->voucher,
		.spool = h->spooling.spool };
}

uint64_t heal_burning_n_changed(const struct heal_burning *h)
{
	return h->spooling.spool ? heal_spool_n_changed(h->spooling.spool) : 0;
}

int heal_burning_end(struct heal_burning *h, struct fail *f)
{
	int result = h->tools.digest ? healing_tools_close(&h->tools, f) : 0;

	h->tools = (struct healing_tools){ 0 };
	heal_spooling_close(&h->spooling);
	image_source_clear_head(&h->container_head);
	return result;
}
