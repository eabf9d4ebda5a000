/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The verb decrypt: the whole payload in the clear, whatever it holds, into a file or a stream. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/health.h"
#include "cli/summary.h"
#include "cli/verbs.h"
#include "disc/payload_copy.h"
#include "job/heal_opening.h"
#include "job/open_disc.h"
#include "job/output.h"
#include "job/secrets.h"
#include "util/new_file.h"
#include "util/sector.h"
#include "util/signals.h"
#include "util/size.h"

struct decrypting {
	struct settings *settings;
	struct printer *printer;
	const char *source;
	struct output output;
	int stream; /* what is written straight; -1: a new file */
	struct disc *disc;
	struct payload_copy copy;
	double seconds; /* of copying */
};

static int choose_output(struct decrypting *d, struct fail *f)
{
	const struct output_consent consent = { .replace_file = d->settings->force,
		.overwrite_device = true };
	const struct volume_request *v = &d->settings->volume;

	if (!d->settings->burn.output.path)
		return fail_set(f, FAIL_USAGE, "", "-o FILE is required (- for standard output)");
	if (output_classify(d->settings->burn.output.path, &consent, &d->output, f))
		return -1;
	if (output_check_apart(&d->output, d->source, f) ||
		(v->params.header_path &&
			output_check_apart(&d->output, v->params.header_path, f)) ||
		secrets_check_apart(v, &d->output, f))
		return -1;
	if (d->output.kind == OUTPUT_DRIVE || d->output.kind == OUTPUT_DEVICE)
		return fail_set(f, FAIL_USAGE, d->output.path,
			"is a device; decrypt writes to a file or to stdout");
	return 0;
}

/* Whatever the sandbox does not let through is opened, or looked at, before. */
static int prepare_output(struct decrypting *d, struct fail *f)
{
	const char *path = d->output.path;

	if (d->output.kind == OUTPUT_FILE)
		return new_file_check(path, d->settings->force, 0, f);
	d->stream = strcmp(path, "-") == 0 ? dup(STDOUT_FILENO)
					   : open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
	if (d->stream < 0)
		return fail_errno(f, FAIL_FAILED, path, "can't be opened for writing");
	return 0;
}

static int write_file(struct decrypting *d, const struct progress_watch *watch, struct fail *f)
{
	struct new_file *file = new_file_open(
		d->output.path, d->settings->force, 0666, payload_copy_bytes(&d->copy, d->disc), f);
	int result = -1;

	if (!file)
		return -1;
	if (payload_copy_run(
		    &d->copy, d->disc, new_file_descriptor(file), d->output.path, watch, f) == 0)
		result = new_file_commit(file, f);
	new_file_close(file);
	return result;
}

/* Behind head(1), nobody reads the rest: that ends the program as a signal would. */
static int write_stream(struct decrypting *d, const struct progress_watch *watch, struct fail *f)
{
	int result =
		payload_copy_run(&d->copy, d->disc, d->stream, output_name(&d->output), watch, f);

	if (result && f->sys_errno == EPIPE && !d->copy.n_unreadable)
		signals_take_pipe();
	return result;
}

/* Names what could not be read and stands as zeros in the result. */
static void tell_unreadable(const struct decrypting *d)
{
	const struct payload_copy *c = &d->copy;

	for (size_t i = 0; i < c->n_extents; i++)
		message_warn(&d->printer->voice.messages,
			"LBA %llu-%llu can't be read; filled with zeros",
			(unsigned long long)c->extents[i].lba,
			(unsigned long long)(c->extents[i].lba + c->extents[i].n_blocks - 1));
	if (c->n_tail_bytes && c->is_tail_behind)
		message_note(&d->printer->voice.messages,
			"the last %u bytes are left out: they lie beyond the end of the file "
			"system",
			c->n_tail_bytes);
	if (c->n_behind && !c->is_session)
		message_warn(&d->printer->voice.messages,
			"the last %llu blocks are left out: they lie behind the file system; "
			"-whole decrypts them too",
			(unsigned long long)c->n_behind);
	if (c->n_left_out)
		message_note(&d->printer->voice.messages,
			"the last %llu blocks can't be read and are left out: they lie beyond the "
			"end of "
			"the file system",
			(unsigned long long)c->n_left_out);
}

static int write_output(struct decrypting *d, struct fail *f)
{
	const struct progress_watch *watch = &d->printer->voice.watch;
	double started = meter_now();
	struct stat st;
	int result;

	d->copy.skip_unreadable = d->settings->skip_unreadable;
	d->copy.is_session = d->settings->read.session != 0;
	/* a file ends where its owner wants it to */
	d->copy.is_whole = d->settings->is_whole || stat(d->source, &st) || !S_ISBLK(st.st_mode);
	d->printer->healed = disc_healed(d->disc);
	if (d->stream >= 0)
		result = write_stream(d, watch, f);
	else
		result = write_file(d, watch, f);
	d->printer->healed = NULL;
	d->seconds = meter_now() - started;
	progress_end(watch);
	if (result == 0)
		printer_keep_amount(d->printer, "written_bytes", d->copy.n_bytes, d->seconds);
	tell_unreadable(d);
	health_keep(d->printer, d->disc);
	if (result == 0 && d->copy.n_missing)
		result = fail_set(f, FAIL_INCOMPLETE, d->source,
			"is truncated: the last %llu of %llu blocks are missing",
			(unsigned long long)d->copy.n_missing,
			(unsigned long long)(d->copy.n_missing + d->copy.n_bytes / BLOCK_BYTES));
	if (result == 0 && d->copy.n_tail_bytes && !d->copy.is_tail_behind)
		result = fail_set(f, FAIL_INCOMPLETE, d->source,
			"the last %u bytes are left out: less than a block of %d",
			d->copy.n_tail_bytes, BLOCK_BYTES);
	if (result || !d->copy.n_unreadable)
		return result;
	return fail_set(f, FAIL_INCOMPLETE, d->source,
		"%llu blocks can't be read and were filled with zeros",
		(unsigned long long)d->copy.n_unreadable);
}

static void print_summary(const struct decrypting *d)
{
	FILE *to = strcmp(d->output.path, "-") == 0 ? stderr : stdout;
	char size[64], shown[4200];

	if (d->settings->is_quiet)
		return;
	fprintf(to, "%s: %s", message_escape(shown, sizeof shown, output_name(&d->output)),
		size_format(size, sizeof size, d->copy.n_bytes));
	summary_print_time(to, d->seconds, d->copy.n_bytes);
	fprintf(to, ": %s\n", contents_name(disc_contents(d->disc)));
	printer_flush_summary(d->printer);
}

static int decrypt(struct decrypting *d, struct fail *f)
{
	char folder[PATH_MAX];
	bool is_checked;
	int result;

	if (settings_read(d->settings, d->source, f) || choose_output(d, f) || prepare_output(d, f))
		return -1;
	if (d->stream < 0) {
		if (new_file_directory(d->output.path, folder))
			return fail_errno(f, FAIL_FAILED, d->output.path, "can't be created");
		d->settings->read.writable_dir = folder;
	}
	d->disc = open_disc(&d->settings->read, &d->printer->voice, f);
	if (!d->disc)
		return -1;
	result = write_output(d, f);
	is_checked = result == 0;
	if (is_checked)
		result = heal_opening_check(disc_healed(d->disc), d->source, f);
	heal_opening_tell(disc_healed(d->disc), d->source, is_checked, &d->printer->voice.messages);
	return result;
}

int cmd_decrypt(struct settings *s, struct printer *p, struct fail *f)
{
	struct decrypting d = {
		.settings = s, .printer = p, .source = settings_operand(s, 0), .stream = -1
	};

	decrypt(&d, f);
	if (f->code == FAIL_NONE || f->code == FAIL_INCOMPLETE)
		print_summary(&d);
	if (d.stream >= 0 && close(d.stream))
		fail_errno(f, FAIL_FAILED, d.output.path, "can't be closed");
	disc_close(d.disc);
	return (int)f->code;
}
