/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "command.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "burn/device_sink.h"
#include "burn/drive.h"
#include "burn/drive_reader.h"
#include "burn/file_sink.h"
#include "burn/queue_source.h"
#include "burn/session.h"
#include "burn/stream_sink.h"
#include "crypto/format.h"
#include "format_input.h"
#include "input.h"
#include "output.h"
#include "pipeline.h"
#include "print.h"
#include "progress.h"
#include "secret_input.h"
#include "summary.h"
#include "util/io.h"
#include "util/new_file.h"
#include "util/signals.h"

struct burn {
	struct options *options;
	enum progress_mode progress;
	const struct format *format;
	struct format_params params;
	struct output output;
	struct session_options session;
	struct input input;
	uint64_t payload_bytes; /* 0: unknown */
	struct drive *drive;    /* NULL: the output is no drive */
	struct secret_input secret;
	struct volume *volume;
	char *commands; /* that open the result */
	struct pipeline pipeline;
	uint64_t n_written;
	int queue_lowest_percent;
	bool header_was_checked;
	bool header_was_written; /* to a file of its own */
};

static const struct credential *credential(const struct burn *b)
{
	return b->secret.n ? &b->secret.credentials[0] : NULL;
}

static const char *output_name(const struct burn *b)
{
	return strcmp(b->output.path, "-") == 0 ? "stdout" : b->output.path;
}

static int get_speed(const struct options *o, double *speed, struct fail *f)
{
	const char *text = o->values[OPTION_SPEED];
	char *end;

	if (!text)
		return 0;
	*speed = strtod(text, &end);
	if (*text < '0' || *text > '9' || *end || *speed <= 0 || *speed > 1000)
		return fail_set(
			f, FAIL_USAGE, "-speed", "\"%s\" is not a speed, such as 4 or 2.4", text);
	return 0;
}

static int get_write_type(const struct options *o, enum write_type *type, struct fail *f)
{
	static const char *const words[] = { "auto", "tao", "sao", "dao", "incremental", NULL };
	size_t index = WRITE_AUTO;

	if (options_choice(o, OPTION_WRITE_TYPE, words, &index, f))
		return -1;
	*type = (enum write_type)index;
	return 0;
}

/* All that the command line alone can be told to be wrong. */
static int read_command_line(struct burn *b, struct fail *f)
{
	const struct options *o = b->options;
	bool is_stdin;

	if (progress_mode_get(o, &b->progress, f))
		return -1;
	print_set_mode(b->progress == PROGRESS_JSON ? PRINT_JSON : PRINT_TEXT,
		options_has(o, OPTION_QUIET));
	if (!options_has(o, OPTION_OUTPUT)) {
		fail_set(f, FAIL_USAGE, "-o", "the output was not named");
		fail_hint(f, "-o /dev/sr0 burns, -o disc.img makes an image file, -o - writes to "
			     "stdout");
		return -1;
	}
	if (format_input_get(o, &b->format, &b->params, f) || get_speed(o, &b->session.speed, f) ||
		input_choose(&b->input, o, print_messages(), f))
		return -1;
	if (get_write_type(o, &b->session.write_type, f))
		return -1;
	b->session.dummy = options_has(o, OPTION_DUMMY);
	b->session.multi = options_has(o, OPTION_MULTI);
	is_stdin = b->input.image_path && strcmp(b->input.image_path, "-") == 0;
	return secret_input_check(o, b->format->needs_secret, is_stdin, f);
}

static int open_output(struct burn *b, struct fail *f)
{
	const struct options *o = b->options;
	struct output_consent consent = { .replace_file = options_has(o, OPTION_FORCE),
		.overwrite_device = options_has(o, OPTION_FORCE_DEVICE) };

	if (output_classify(o->values[OPTION_OUTPUT], &consent, &b->output, f))
		return -1;
	if (b->output.kind != OUTPUT_DRIVE) {
		if (b->session.dummy)
			return fail_set(f, FAIL_USAGE, "-dummy",
				"only a drive can simulate; %s is none", output_name(b));
		return 0;
	}
	b->drive = drive_open(b->output.path, print_messages(), f);
	return b->drive ? 0 : -1;
}

static uint64_t round_up(uint64_t n, uint64_t unit)
{
	return (n + unit - 1) / unit * unit;
}

/* Whether the output can take n_bytes (0: unknown), before anything is written. */
static int check_output(struct burn *b, uint64_t n_bytes, struct fail *f)
{
	uint32_t unit;
	uint64_t extra;

	switch (b->output.kind) {
	case OUTPUT_DRIVE:
		session_padding(b->drive, &b->session, &unit, &extra);
		return session_check(
			b->drive, n_bytes ? round_up(n_bytes, unit) + extra : 0, &b->session, f);
	case OUTPUT_FILE:
		return file_sink_check(
			b->output.path, options_has(b->options, OPTION_FORCE), n_bytes, f);
	case OUTPUT_DEVICE:
		return device_sink_check(b->output.path, n_bytes, f);
	default:
		return 0;
	}
}

/* A detached header replaces nothing: what is there may be all that opens another disc. */
static int check_header_path(const char *path, struct fail *f)
{
	struct stat st;

	if (stat(path, &st) == 0) {
		fail_set(f, FAIL_USAGE, path, "exists already");
		fail_hint(f,
			"a header is never replaced, as it may be all that opens another disc: "
			"take another name");
		return -1;
	}
	return new_file_check(path, false, 0, f);
}

static int open_input(struct burn *b, struct fail *f)
{
	if (input_open(&b->input, b->options, print_messages(), f))
		return -1;
	b->payload_bytes = input_bytes(&b->input, f);
	if (fail_is_set(f))
		return -1;
	if (b->format->needs_size && !b->payload_bytes) {
		fail_set(f, FAIL_USAGE, "-size",
			"the %s format has to know the image's size beforehand", b->format->name);
		fail_hint(f, "say it with -size, or give the image as a file");
		return -1;
	}
	if (b->params.header_path && check_header_path(b->params.header_path, f))
		return -1;
	/* a first look, before a passphrase is asked for: the header comes on top */
	return check_output(b, b->payload_bytes, f);
}

/* The commands are put together while the secret is there; but for a drive, whose medium is opened
 * again at the end, it then goes. */
static int write_commands(struct burn *b, struct fail *f)
{
	const char *path = strcmp(b->output.path, "-") == 0 ? "disc.img" : b->output.path;

	b->commands = format_commands(b->volume, credential(b), path);
	if (!b->commands) {
		errno = ENOMEM;
		return fail_errno(f, FAIL_FAILED, "", "can't put the opening commands together");
	}
	if (!b->drive)
		secret_input_free(&b->secret);
	return 0;
}

/* What stands before and behind the payload is known now. */
static int check_output_again(struct burn *b, struct fail *f)
{
	uint64_t n = b->volume->header_bytes + b->payload_bytes + b->volume->trailer_bytes;

	return check_output(b, b->payload_bytes ? n : 0, f);
}

static int make_volume(struct burn *b, struct fail *f)
{
	if (b->format->needs_secret &&
		secret_input_get(&b->secret, b->options, true, output_name(b), print_messages(), f))
		return -1;
	b->volume = format_create(b->format, &b->params, b->secret.credentials, b->secret.n,
		b->payload_bytes, print_messages(), f);
	if (!b->volume)
		return -1;
	if (b->format->is_seen_as_disk && input_is_iso9660(&b->input))
		message_warn(print_messages(),
			"the file system is ISO 9660: Linux mounts it, but Windows and macOS are "
			"not "
			"known to inside a %s volume; give a FAT, exFAT or UDF image with -image "
			"for them",
			b->format->name);
	if (!secret_all_locked())
		message_warn(print_messages(),
			"secrets could not be locked into memory and may reach the swap space; "
			"raise the limit (ulimit -l)");
	return write_commands(b, f);
}

/* A detached header is on the disk before the disc that needs it is burned. */
static int write_header(struct burn *b, struct fail *f)
{
	const struct volume *v = b->volume;
	struct new_file *file;
	int result = -1;

	if (!v->detached_header)
		return 0;
	file = new_file_open(v->header_path, false, 0600, v->detached_header_bytes, f);
	if (!file)
		return -1;
	if (io_write_full(new_file_descriptor(file), v->detached_header, v->detached_header_bytes))
		fail_errno(f, FAIL_FAILED, v->header_path, "can't be written");
	else
		result = new_file_commit(file, f);
	new_file_close(file);
	b->header_was_written = result == 0;
	return result;
}

static int build_chain(struct burn *b, struct fail *f)
{
	struct pipeline_plan plan = { .input = &b->input,
		.volume = b->volume,
		.payload_bytes = b->payload_bytes,
		.is_for_drive = b->drive != NULL };

	if (b->drive)
		session_padding(b->drive, &b->session, &plan.pad_unit_bytes, &plan.pad_extra_bytes);
	return pipeline_open(&b->pipeline, &plan, f);
}

/* stdout, or a FIFO or device that is opened for the time of the writing. */
static int write_stream(struct burn *b, const struct sink_watch *watch, struct fail *f)
{
	struct pipeline *p = &b->pipeline;
	int fd, result;

	if (strcmp(b->output.path, "-") == 0)
		return stream_sink_write(p->top, STDOUT_FILENO, "stdout", p->announced_bytes, watch,
			&b->n_written, f);
	fd = open(b->output.path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return fail_errno(f, FAIL_FAILED, b->output.path, "can't be opened for writing");
	result = stream_sink_write(
		p->top, fd, b->output.path, p->announced_bytes, watch, &b->n_written, f);
	if (close(fd) && result == 0)
		result = fail_errno(f, FAIL_FAILED, b->output.path, "can't be closed");
	return result;
}

static int run_sink(struct burn *b, const struct sink_watch *watch, struct fail *f)
{
	struct pipeline *p = &b->pipeline;
	uint64_t n = p->announced_bytes;

	switch (b->output.kind) {
	case OUTPUT_DRIVE:
		queue_source_wait_filled(p->queue);
		return session_burn(b->drive, p->top, n, &b->session, watch, print_messages(),
			&b->n_written, f);
	case OUTPUT_FILE:
		return file_sink_write(p->top, b->output.path,
			options_has(b->options, OPTION_FORCE), n, watch, &b->n_written, f);
	case OUTPUT_DEVICE:
		return device_sink_write(p->top, b->output.path, n, watch, &b->n_written, f);
	default:
		return write_stream(b, watch, f);
	}
}

/* Pulls the chain. A failure of a stage counts before the sink's, whose cause it is. */
static int transfer(struct burn *b, struct fail *f)
{
	struct pipeline *p = &b->pipeline;
	int result = build_chain(b, f);

	if (result == 0) {
		result = run_sink(b, progress_start(b->progress, p), f);
		progress_end();
		b->queue_lowest_percent =
			p->queue ? (int)queue_source_lowest_percent(p->queue) : -1;
	}
	pipeline_close(p);
	if (pipeline_cause(p, f))
		result = -1;
	return result;
}

/* The header on the medium opens with the same secret. */
static int check_header(struct burn *b, struct fail *f)
{
	struct block_reader *reader = NULL;
	struct volume *found = NULL;

	if (!b->drive || b->session.dummy || !b->volume->header_bytes)
		return 0;
	if (drive_reload(b->drive, f))
		return -1;
	reader = drive_reader_new(b->drive, f);
	if (reader)
		found = format_open(
			b->format, reader, &b->params, credential(b), print_messages(), f);
	block_reader_free(reader);
	volume_free(found);
	b->header_was_checked = found != NULL;
	return found ? 0 : -1;
}

/* Files that changed while they were read: the image is whole, its contents are not. */
static int check_contents(struct burn *b, struct fail *f)
{
	size_t n = b->input.tree ? tree_n_incomplete(b->input.tree, print_messages()) : 0;

	if (n == 0)
		return 0;
	return fail_set(f, FAIL_INCOMPLETE, output_name(b),
		"was made, but %zu file%s incomplete or left out", n, n == 1 ? " is" : "s are");
}

static void print_summary(const struct burn *b)
{
	struct summary s = { .output = b->output.path,
		.n_bytes = b->pipeline.tap.n_bytes,
		.volume = b->volume,
		.commands = b->commands,
		.input = &b->input,
		.queue_lowest_percent = b->queue_lowest_percent,
		.was_simulated = b->session.dummy,
		.header_was_checked = b->header_was_checked };

	if (options_has(b->options, OPTION_QUIET))
		return;
	if (summary_print(strcmp(b->output.path, "-") == 0 ? stderr : stdout, &s))
		message_warn(print_messages(), "stdout: the summary could not be written");
}

/* A caught signal is the cause, whatever failed because of it. */
static void explain_interruption(const struct burn *b, struct fail *f)
{
	if (!signals_caught())
		return;
	memset(f, 0, sizeof *f);
	fail_set(f, FAIL_FAILED, b->output.path ? output_name(b) : "", "interrupted by %s",
		strsignal(signals_caught()));
	if (b->drive)
		fail_hint(f, "the drive is at rest; a write-once medium that was being written is "
			     "spoiled");
}

/* A header without its disc opens nothing. */
static void give_up(struct burn *b, struct fail *f)
{
	explain_interruption(b, f);
	if (b->header_was_written)
		unlink(b->volume->header_path);
}

static int make(struct burn *b, struct fail *f)
{
	if (read_command_line(b, f) || open_output(b, f) || open_input(b, f) || make_volume(b, f) ||
		check_output_again(b, f) || write_header(b, f) || transfer(b, f) ||
		check_header(b, f))
		return -1;
	return check_contents(b, f);
}

static void free_all(struct burn *b)
{
	free(b->commands);
	volume_free(b->volume);
	secret_input_free(&b->secret);
	input_close(&b->input);
	drive_close(b->drive, options_has(b->options, OPTION_EJECT));
}

int cmd_burn(struct options *o)
{
	struct burn b = { .options = o };
	struct fail f = { 0 };
	int result = make(&b, &f);

	if (result == 0 || f.code == FAIL_INCOMPLETE)
		print_summary(&b);
	else
		give_up(&b, &f);
	if (result)
		print_fail(&f);
	free_all(&b);
	print_done((int)f.code);
	return (int)f.code;
}
