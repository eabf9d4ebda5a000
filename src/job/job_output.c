/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "job/job_output.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "burn/device_sink.h"
#include "drive/drive_reader.h"
#include "burn/file_sink.h"
#include "drive/medium.h"
#include "burn/queue_source.h"
#include "burn/stream_sink.h"
#include "cli/print.h"
#include "cli/question.h"
#include "util/signals.h"

const char *job_output_name(const struct job *j)
{
	return strcmp(j->output.path, "-") == 0 ? "stdout" : j->output.path;
}

bool job_output_is_compared(const struct job *j)
{
	if (j->session.dummy)
		return false;
	return j->drive ? !options_has(j->options, OPTION_NO_VERIFY)
			: options_has(j->options, OPTION_VERIFY);
}

bool job_output_is_opened(const struct job *j)
{
	if (j->session.dummy || !j->volume->header_bytes)
		return false;
	return j->drive || job_output_is_compared(j);
}

int job_output_open(struct job *j, struct fail *f)
{
	const struct options *o = j->options;
	struct output_consent consent = { .replace_file = options_has(o, OPTION_FORCE),
		.overwrite_device = options_has(o, OPTION_FORCE_DEVICE) };

	if (output_classify(o->values[OPTION_OUTPUT], &consent, &j->output, f))
		return -1;
	if (input_check_apart(&j->input, o, &j->output, f) ||
		secret_input_check_apart(o, &j->output, f))
		return -1;
	if (j->output.kind != OUTPUT_DRIVE) {
		if (j->session.dummy)
			return fail_set(f, FAIL_USAGE, "-dummy",
				"only a drive can simulate; %s is none", job_output_name(j));
		if (options_has(o, OPTION_VERIFY) && j->output.kind == OUTPUT_STREAM)
			return fail_set(f, FAIL_USAGE, "-verify", "%s can't be read back",
				job_output_name(j));
		return 0;
	}
	j->drive = drive_open(j->output.path, print_messages(), f);
	if (!j->drive)
		return -1;
	j->will_blank = options_has(o, OPTION_BLANK) && drive_facts(j->drive).can_be_blanked;
	j->session.after_blank = j->will_blank;
	return 0;
}

static uint64_t round_up(uint64_t n, uint64_t unit)
{
	return (n + unit - 1) / unit * unit;
}

int job_output_check(struct job *j, uint64_t n_bytes, struct fail *f)
{
	uint32_t unit;
	uint64_t extra;

	switch (j->output.kind) {
	case OUTPUT_DRIVE:
		session_padding(j->drive, &unit, &extra);
		return session_check(
			j->drive, n_bytes ? round_up(n_bytes, unit) + extra : 0, &j->session, f);
	case OUTPUT_FILE:
		return file_sink_check(
			j->output.path, options_has(j->options, OPTION_FORCE), n_bytes, f);
	case OUTPUT_DEVICE:
		return device_sink_check(j->output.path, n_bytes, f);
	default:
		return 0;
	}
}

int job_output_blank(struct job *j, struct fail *f)
{
	int result;

	if (!j->will_blank)
		return 0;
	if (question_ask(
		    j->options, j->output.path, "Blank the medium? All that is on it is lost.", f))
		return -1;
	if (signals_caught())
		return fail_set(f, FAIL_FAILED, j->output.path, "interrupted before the blanking");
	j->will_blank = j->session.after_blank = false;
	/* what is written anew from its start anyway needs no blanking */
	if (drive_facts(j->drive).state == MEDIUM_OVERWRITABLE) {
		j->session.overwrite = true;
		return 0;
	}
	result = medium_blank(j->drive, false, meter_start(j->progress, NULL), print_messages(), f);
	meter_end();
	return result;
}

/* stdout, or a FIFO or device that is opened for the time of the writing. */
static int write_stream(struct job *j, const struct progress_watch *watch, struct fail *f)
{
	struct pipeline *p = &j->pipeline;
	int fd, result;

	if (strcmp(j->output.path, "-") == 0)
		return stream_sink_write(p->top, STDOUT_FILENO, "stdout", p->announced_bytes, watch,
			&j->n_written, f);
	fd = open(j->output.path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return fail_errno(f, FAIL_FAILED, j->output.path, "can't be opened for writing");
	result = stream_sink_write(
		p->top, fd, j->output.path, p->announced_bytes, watch, &j->n_written, f);
	if (close(fd) && result == 0)
		result = fail_errno(f, FAIL_FAILED, j->output.path, "can't be closed");
	return result;
}

int job_output_write(struct job *j, const struct progress_watch *watch, struct fail *f)
{
	struct pipeline *p = &j->pipeline;
	uint64_t n = p->announced_bytes;

	switch (j->output.kind) {
	case OUTPUT_DRIVE:
		/* what fails so early leaves the medium as it is */
		if (queue_source_wait_filled(p->queue))
			return -1;
		return session_burn(
			j->drive, p->top, n, &j->session, watch, print_messages(), &j->burned, f);
	case OUTPUT_FILE:
		return file_sink_write(p->top, j->output.path,
			options_has(j->options, OPTION_FORCE), n, watch, &j->n_written, f);
	case OUTPUT_DEVICE:
		return device_sink_write(p->top, j->output.path, n, watch, &j->n_written, f);
	default:
		return write_stream(j, watch, f);
	}
}

int job_output_reader(struct job *j, struct block_reader **reader, struct fail *f)
{
	*reader = NULL;
	if (!job_output_is_compared(j) && !job_output_is_opened(j))
		return 0;
	if (j->drive && drive_reload(j->drive, f))
		return -1;
	*reader = j->drive ? drive_reader_new(j->drive, f)
			   : block_reader_open_file(j->output.path, f);
	return *reader ? 0 : -1;
}
