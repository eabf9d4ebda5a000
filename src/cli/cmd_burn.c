/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "burn/queue_source.h"
#include "burn/stage.h"
#include "job/job.h"
#include "job/job_container.h"
#include "cli/job_options.h"
#include "job/job_output.h"
#include "job/job_volume.h"
#include "cli/print.h"
#include "job/read_back.h"
#include "cli/summary.h"
#include "util/signals.h"

static int open_input(struct job *j, struct fail *f)
{
	if (input_open(&j->input, j->options, print_messages(), f))
		return -1;
	j->payload_bytes = input_bytes(&j->input, f);
	if (fail_is_set(f))
		return -1;
	if (j->format->needs_size && !j->payload_bytes) {
		fail_set(f, FAIL_USAGE, "-size",
			"the %s format has to know the image's size beforehand", j->format->name);
		fail_hint(f, "say it with -size, or give the image as a file");
		return -1;
	}
	return 0;
}

static int build_chain(struct job *j, struct fail *f)
{
	struct pipeline_plan plan = { .input = &j->input,
		.volume = j->volume,
		.container = j->container.name ? &j->container : NULL,
		.container_bytes = j->container_bytes,
		.payload_bytes = j->payload_bytes,
		.digests = j->digests,
		.is_for_drive = j->drive != NULL };

	if (j->drive)
		session_padding(j->drive, &plan.pad_unit_bytes, &plan.pad_extra_bytes);
	return pipeline_open(&j->pipeline, &plan, f);
}

static int make_digests(struct job *j, struct fail *f)
{
	if (!job_output_is_compared(j))
		return 0;
	j->digests = digest_list_new(job_volume_bytes(j), f);
	return j->digests ? 0 : -1;
}

/* Pulls the chain. A failure of a stage counts before the sink's, whose cause it is. */
static int transfer(struct job *j, struct fail *f)
{
	struct pipeline *p = &j->pipeline;
	int result = build_chain(j, f);

	if (result == 0) {
		result = job_output_write(j, meter_start(j->progress, p), f);
		meter_end();
		j->queue_lowest_percent =
			p->queue ? (int)queue_source_lowest_percent(p->queue) : -1;
	}
	if (stage_cause(p->top, f))
		result = -1;
	pipeline_close(p);
	if (j->digests)
		digest_list_finish(j->digests);
	j->was_transferred = result == 0;
	return result;
}

/* Names the files that changed while they were read, whatever becomes of the burn. */
static void name_incomplete(struct job *j)
{
	if (j->input.tree)
		j->n_incomplete = tree_n_incomplete(j->input.tree, print_messages());
}

static int check_result(struct job *j, struct fail *f)
{
	struct read_back r = { .volume = j->volume,
		.params = &j->params,
		.credential = job_volume_credential(j),
		.sent = j->digests,
		.n_bytes = j->pipeline.n_sent,
		.as_file = j->container.name };
	int result;

	if (job_output_reader(j, &r.reader, f))
		return -1;
	if (!r.reader)
		return 0;
	result = read_back_check(
		&r, job_output_name(j), meter_start(j->progress, NULL), print_messages(), f);
	meter_end();
	block_reader_free(r.reader);
	j->was_verified = result == 0 && j->digests;
	j->header_was_checked = result == 0 && job_output_is_opened(j);
	return result;
}

/* Files that changed while they were read: the image is whole, its contents are not. */
static int check_contents(struct job *j, struct fail *f)
{
	bool was_unknown = j->input.image && !input_is_iso9660(&j->input);
	size_t n = j->n_incomplete;

	/* of a stream this is known at its end only */
	if (was_unknown && finished_image_was_iso9660(j->input.image))
		job_volume_warn_iso9660(j);
	if (n == 0)
		return 0;
	return fail_set(f, FAIL_INCOMPLETE, job_output_name(j),
		"was made, but %zu file%s incomplete or left out", n, n == 1 ? " is" : "s are");
}

static void print_summary(const struct job *j)
{
	struct summary s = { .output = j->output.path,
		.is_stream = j->output.kind == OUTPUT_STREAM,
		.n_bytes = j->pipeline.n_sent,
		.volume = j->volume,
		.commands = j->commands,
		.input = &j->input,
		.queue_lowest_percent = j->queue_lowest_percent,
		.was_simulated = j->session.dummy,
		.was_verified = j->was_verified,
		.header_was_checked = j->header_was_checked };

	if (options_has(j->options, OPTION_QUIET))
		return;
	summary_print(strcmp(j->output.path, "-") == 0 ? stderr : stdout, &s);
	print_flush_summary();
}

/* All that there was is on the output, though making it failed in the end. A file has not got its
 * name. */
static bool may_be_whole(const struct job *j)
{
	uint64_t n = j->pipeline.announced_bytes;

	if (j->drive)
		return j->burned.has_all && !j->session.dummy;
	return j->output.kind != OUTPUT_FILE && n && j->n_written == n;
}

static void hint_at_medium(const struct job *j, struct fail *f)
{
	if (may_be_whole(j))
		fail_hint(f, "the drive is at rest; all data was written, but not compared: see "
			     "what xburncrypt verify says");
	else if (j->burned.was_begun)
		fail_hint(f, "the drive is at rest; a write-once medium that was being written is "
			     "spoiled");
	else
		fail_hint(f, "the burn had not begun");
}

/* A caught signal is the cause, whatever failed because of it. */
static void explain_interruption(const struct job *j, struct fail *f)
{
	if (!signals_caught())
		return;
	memset(f, 0, sizeof *f);
	fail_set(f, FAIL_FAILED, j->output.path ? job_output_name(j) : "", "interrupted by %s",
		signals_caught_name());
	if (j->drive)
		hint_at_medium(j, f);
	else if (j->was_transferred)
		fail_hint(f, "it was made, but not compared with what was sent");
}

/* A header without its disc opens nothing; but a disc without its header can't be opened at all. */
static void give_up(struct job *j, struct fail *f)
{
	explain_interruption(j, f);
	if (!j->header_was_written || j->was_transferred)
		return;
	if (may_be_whole(j))
		message_warn(print_messages(), "%s: is kept: it opens what was written",
			j->volume->header_path);
	else
		unlink(j->volume->header_path);
}

static int make(struct job *j, struct fail *f)
{
	int result;

	if (job_options_read(j, f) || job_output_open(j, f) || open_input(j, f))
		return -1;
	/* a first look, before a passphrase is asked for: the volume's header comes on top */
	if (job_container_check(j, f) || job_volume_check_header(j, f) ||
		job_output_check(j, j->payload_bytes, f))
		return -1;
	if (job_volume_make(j, f) || job_container_make(j, f) ||
		job_output_check(j, job_volume_bytes(j), f) || job_output_blank(j, f) ||
		job_volume_write_header(j, f))
		return -1;
	if (make_digests(j, f))
		return -1;
	result = transfer(j, f);
	name_incomplete(j);
	if (result || check_result(j, f))
		return -1;
	return check_contents(j, f);
}

static void free_all(struct job *j)
{
	free(j->commands);
	free(j->readme);
	digest_list_free(j->digests);
	volume_free(j->volume);
	secret_input_free(&j->secret);
	input_close(&j->input);
	drive_close(j->drive, options_has(j->options, OPTION_EJECT));
}

int cmd_burn(struct options *o)
{
	struct job j = { .options = o };
	struct fail f = { 0 };
	int result = make(&j, &f);

	if (result == 0 || f.code == FAIL_INCOMPLETE)
		print_summary(&j);
	else
		give_up(&j, &f);
	if (result)
		print_fail(&f);
	free_all(&j);
	print_done((int)f.code);
	return (int)f.code;
}
