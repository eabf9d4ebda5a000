/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The verb decrypt: the whole payload in the clear, whatever it holds, into a file or a stream. */
#include "cli/command.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "disc/payload_copy.h"
#include "cli/disc_input.h"
#include "job/output.h"
#include "cli/print.h"
#include "cli/meter.h"
#include "cli/secret_input.h"
#include "util/new_file.h"
#include "util/sector.h"
#include "util/size.h"

struct decrypting {
	const struct options *options;
	const char *source;
	enum meter_mode progress;
	struct output output;
	int stream; /* what is written straight; -1: a new file */
	struct disc *disc;
	struct payload_copy copy;
};

static const char *name_of(const struct decrypting *d)
{
	return strcmp(d->output.path, "-") == 0 ? "stdout" : d->output.path;
}

static int read_options(struct decrypting *d, struct fail *f)
{
	const struct options *o = d->options;
	const struct output_consent consent = { .replace_file = options_has(o, OPTION_FORCE),
		.overwrite_device = true };

	if (meter_mode_get(o, &d->progress, f))
		return -1;
	print_set_mode(
		d->progress == METER_JSON ? PRINT_JSON : PRINT_TEXT, options_has(o, OPTION_QUIET));
	if (o->operands.n != 1)
		return fail_set(f, FAIL_USAGE, "", "name one drive or image to read");
	if (!options_has(o, OPTION_OUTPUT))
		return fail_set(f, FAIL_USAGE, "-o", "says where the result goes: a file, or -");
	d->source = o->operands.items[0];
	if (output_classify(o->values[OPTION_OUTPUT], &consent, &d->output, f))
		return -1;
	if (output_check_apart(&d->output, d->source, f) ||
		(options_has(o, OPTION_HEADER) &&
			output_check_apart(&d->output, o->values[OPTION_HEADER], f)) ||
		secret_input_check_apart(o, &d->output, f))
		return -1;
	if (d->output.kind == OUTPUT_DRIVE || d->output.kind == OUTPUT_DEVICE)
		return fail_set(f, FAIL_USAGE, d->output.path,
			"is a device: what is decrypted goes to a file or to stdout");
	return 0;
}

/* Whatever the sandbox does not let through is opened, or looked at, before. */
static int prepare_output(struct decrypting *d, struct fail *f)
{
	const char *path = d->output.path;

	if (d->output.kind == OUTPUT_FILE)
		return new_file_check(path, options_has(d->options, OPTION_FORCE), 0, f);
	d->stream = strcmp(path, "-") == 0 ? dup(STDOUT_FILENO)
					   : open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
	if (d->stream < 0)
		return fail_errno(f, FAIL_FAILED, path, "can't be opened for writing");
	return 0;
}

static int write_file(struct decrypting *d, const struct progress_watch *watch, struct fail *f)
{
	struct new_file *file = new_file_open(d->output.path, options_has(d->options, OPTION_FORCE),
		0666, payload_copy_bytes(d->disc), f);
	int result = -1;

	if (!file)
		return -1;
	if (payload_copy_run(&d->copy, d->disc, new_file_descriptor(file), watch, f) == 0)
		result = new_file_commit(file, f);
	new_file_close(file);
	return result;
}

/* Names what could not be read and stands as zeros in the result. */
static void tell_unreadable(const struct decrypting *d)
{
	const struct payload_copy *c = &d->copy;

	for (size_t i = 0; i < c->n_extents; i++)
		message_warn(print_messages(), "LBA %llu-%llu can't be read: zeros stand for it",
			(unsigned long long)c->extents[i].lba,
			(unsigned long long)(c->extents[i].lba + c->extents[i].n_blocks - 1));
	if (c->n_tail_bytes && c->is_tail_behind)
		message_note(print_messages(),
			"the last %u bytes are left out: they are behind the end of the file "
			"system",
			c->n_tail_bytes);
	if (c->n_left_out)
		message_note(print_messages(),
			"the last %llu blocks can't be read and are left out: they are behind the "
			"end of the file system",
			(unsigned long long)c->n_left_out);
}

static int write_output(struct decrypting *d, struct fail *f)
{
	const struct progress_watch *watch = meter_start(d->progress, NULL);
	int result;

	d->copy.skip_unreadable = options_has(d->options, OPTION_SKIP_UNREADABLE);
	if (d->stream >= 0)
		result = payload_copy_run(&d->copy, d->disc, d->stream, watch, f);
	else
		result = write_file(d, watch, f);
	meter_end();
	tell_unreadable(d);
	if (result == 0 && d->copy.n_missing)
		result = fail_set(f, FAIL_INCOMPLETE, d->source,
			"is cut: the last %llu of %llu blocks are missing",
			(unsigned long long)d->copy.n_missing,
			(unsigned long long)(d->copy.n_missing + d->copy.n_bytes / BLOCK_BYTES));
	if (result == 0 && d->copy.n_tail_bytes && !d->copy.is_tail_behind)
		result = fail_set(f, FAIL_INCOMPLETE, d->source,
			"its last %u bytes are left out: they are no whole block of %d",
			d->copy.n_tail_bytes, BLOCK_BYTES);
	if (result || !d->copy.n_unreadable)
		return result;
	return fail_set(f, FAIL_INCOMPLETE, d->source,
		"%llu blocks can't be read: zeros stand for them",
		(unsigned long long)d->copy.n_unreadable);
}

static void print_summary(const struct decrypting *d)
{
	FILE *to = strcmp(d->output.path, "-") == 0 ? stderr : stdout;
	const char *contents = disc_contents(d->disc);
	char size[64], shown[4200];

	if (options_has(d->options, OPTION_QUIET))
		return;
	fprintf(to, "%s: %s: %s\n", message_escape(shown, sizeof shown, name_of(d)),
		size_format(size, sizeof size, d->copy.n_bytes),
		contents ? contents : "nothing that is known here");
	print_flush_summary();
}

static int decrypt(struct decrypting *d, struct options *o, struct fail *f)
{
	struct disc_input_rights rights = { 0 };
	char folder[PATH_MAX];
	int result = -1;

	if (read_options(d, f) || prepare_output(d, f))
		return -1;
	if (d->stream < 0) {
		if (new_file_directory(d->output.path, folder))
			return fail_errno(f, FAIL_FAILED, d->output.path, "can't be made");
		rights.writable_dir = folder;
	}
	d->disc = disc_input_open(o, d->source, &rights, f);
	if (d->disc)
		result = write_output(d, f);
	return result;
}

int cmd_decrypt(struct options *o)
{
	struct decrypting d = { .options = o, .stream = -1 };
	struct fail f = { 0 };

	decrypt(&d, o, &f);
	if (f.code == FAIL_NONE || f.code == FAIL_INCOMPLETE)
		print_summary(&d);
	if (d.stream >= 0 && close(d.stream))
		fail_errno(&f, FAIL_FAILED, d.output.path, "can't be closed");
	disc_close(d.disc);
	if (fail_is_set(&f))
		print_fail(&f);
	print_done((int)f.code);
	return (int)f.code;
}
