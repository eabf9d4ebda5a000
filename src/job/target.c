/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "job/target.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "burn/device_sink.h"
#include "burn/file_sink.h"
#include "burn/stream_sink.h"
#include "drive/drive.h"
#include "drive/drive_reader.h"
#include "drive/medium.h"
#include "util/signals.h"

static int check_file_options(struct target *t, const struct burn_request *r, struct fail *f)
{
	if (r->session.dummy) {
		fail_set(f, FAIL_USAGE, "",
			"only a drive can simulate a burn, but %s is not a drive",
			output_name(&t->output));
		return fail_field(f, REQUEST_DUMMY);
	}
	if (r->compare == COMPARE && t->output.kind == OUTPUT_STREAM) {
		fail_set(f, FAIL_USAGE, "", "%s can't be read back", output_name(&t->output));
		return fail_field(f, REQUEST_COMPARE);
	}
	t->is_compared = r->compare == COMPARE;
	return 0;
}

int target_open(
	struct target *t, const struct burn_request *r, const struct voice *voice, struct fail *f)
{
	struct output_consent consent = { .replace_file = r->output.replace,
		.overwrite_device = r->output.overwrite_device };

	*t = (struct target){ .session = r->session, .replaces = r->output.replace };
	if (output_classify(r->output.path, &consent, &t->output, f))
		return -1;
	if (t->output.kind != OUTPUT_DRIVE)
		return check_file_options(t, r, f);
	t->drive = drive_open(t->output.path, &voice->messages, f);
	if (!t->drive)
		return -1;
	t->is_compared = r->compare != COMPARE_NOT && !r->session.dummy;
	t->will_blank = r->blanks && drive_facts(t->drive).can_be_blanked;
	t->session.after_blank = t->will_blank;
	return 0;
}

void target_padding(const struct target *t, uint32_t *unit_bytes, uint64_t *tail_bytes)
{
	*unit_bytes = 0;
	*tail_bytes = 0;
	if (t->drive)
		session_padding(t->drive, unit_bytes, tail_bytes);
}

int target_check(const struct target *t, uint64_t n_bytes, struct fail *f)
{
	switch (t->output.kind) {
	case OUTPUT_DRIVE:
		return session_check(t->drive, n_bytes, &t->session, f);
	case OUTPUT_FILE:
		return file_sink_check(t->output.path, t->replaces, n_bytes, f);
	case OUTPUT_DEVICE:
		return device_sink_check(t->output.path, n_bytes, f);
	default:
		return 0;
	}
}

int target_blank(struct target *t, const struct voice *voice, struct fail *f)
{
	int result;

	if (!t->will_blank)
		return 0;
	if (voice->confirm(voice->ctx, t->output.path,
		    "Blank the medium? All data on it will be lost.", f))
		return -1;
	if (signals_caught())
		return fail_set(f, FAIL_FAILED, t->output.path, "interrupted before blanking");
	t->will_blank = t->session.after_blank = false;
	/* what is written anew from its start anyway needs no blanking */
	if (drive_facts(t->drive).state == MEDIUM_OVERWRITABLE) {
		t->session.overwrite = true;
		return 0;
	}
	result = medium_blank(t->drive, false, &voice->watch, &voice->messages, f);
	progress_end(&voice->watch);
	return result;
}

/* stdout, or a FIFO or device that is opened for the time of the writing. */
static int write_stream(struct target *t, struct burn_source *top, uint64_t n_bytes,
	const struct progress_watch *watch, struct fail *f)
{
	const char *path = t->output.path;
	int fd, result;

	if (strcmp(path, "-") == 0)
		return stream_sink_write(
			top, STDOUT_FILENO, "stdout", n_bytes, watch, &t->n_written, f);
	fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return fail_errno(f, FAIL_FAILED, path, "can't be opened for writing");
	result = stream_sink_write(top, fd, path, n_bytes, watch, &t->n_written, f);
	if (close(fd) && result == 0)
		result = fail_errno(f, FAIL_FAILED, path, "can't be closed");
	return result;
}

int target_run(struct target *t, struct burn_source *top, uint64_t n_bytes,
	const struct progress_watch *watch, const struct messages *m, struct fail *f)
{
	t->n_announced = n_bytes;
	switch (t->output.kind) {
	case OUTPUT_DRIVE:
		return session_burn(t->drive, top, n_bytes, &t->session, watch, m, &t->burned, f);
	case OUTPUT_FILE:
		return file_sink_write(
			top, t->output.path, t->replaces, n_bytes, watch, &t->n_written, f);
	case OUTPUT_DEVICE:
		return device_sink_write(top, t->output.path, n_bytes, watch, &t->n_written, f);
	default:
		return write_stream(t, top, n_bytes, watch, f);
	}
}

struct block_reader *target_reader(struct target *t, struct fail *f)
{
	if (t->drive && drive_reload(t->drive, f))
		return NULL;
	return t->drive ? drive_reader_new(t->drive, f) : block_reader_open_file(t->output.path, f);
}

bool target_may_be_whole(const struct target *t)
{
	if (t->drive)
		return t->burned.has_all && !t->session.dummy;
	/* a file has not got its name */
	return t->output.kind != OUTPUT_FILE && t->n_announced && t->n_written == t->n_announced;
}

void target_close(struct target *t, bool ejects)
{
	drive_close(t->drive, ejects);
	*t = (struct target){ 0 };
}
