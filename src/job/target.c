/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "job/target.h"

#include <string.h>
#include <unistd.h>

#include "burn/device_sink.h"
#include "burn/file_sink.h"
#include "burn/stream_sink.h"
#include "drive/blank.h"
#include "drive/drive.h"
#include "drive/session.h"
#include "util/signals.h"

static int open_drive(
	struct target *t, const struct burn_request *r, const struct voice *voice, struct fail *f)
{
	if (r->session.dummy && (r->blanks || r->compare == COMPARE)) {
		fail_set(f, FAIL_USAGE, "", "a simulated burn neither blanks nor can be read back");
		return fail_field(f, REQUEST_DUMMY);
	}
	t->drive = drive_open(t->output.path, &voice->messages, f);
	if (!t->drive)
		return -1;
	t->is_compared = r->compare != COMPARE_NOT && !r->session.dummy;
	t->will_blank = r->blanks && drive_facts(t->drive).can_be_blanked;
	t->session.after_blank = t->will_blank;
	return 0;
}

/* What only a drive can do, and what a stream can't. */
static int check_request(struct target *t, const struct burn_request *r, struct fail *f)
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

static struct sink *new_sink(
	struct target *t, const struct burn_request *r, const struct messages *m, struct fail *f)
{
	const char *path = t->output.path;

	switch (t->output.kind) {
	case OUTPUT_DRIVE:
		return session_sink_new(t->drive, &t->session, m, f);
	case OUTPUT_FILE:
		return file_sink_new(path, r->output.replace, f);
	case OUTPUT_DEVICE:
		return device_sink_new(path, f);
	default:
		return stream_sink_new(
			output_name(&t->output), strcmp(path, "-") == 0 ? STDOUT_FILENO : -1, f);
	}
}

int target_classify(struct target *t, const struct burn_request *r, struct fail *f)
{
	struct output_consent consent = { .replace_file = r->output.replace,
		.overwrite_device = r->output.overwrite_device };

	*t = (struct target){ .session = r->session };
	return output_classify(r->output.path, &consent, &t->output, f);
}

int target_open(
	struct target *t, const struct burn_request *r, const struct voice *voice, struct fail *f)
{
	if (t->output.kind == OUTPUT_DRIVE ? open_drive(t, r, voice, f) : check_request(t, r, f))
		return -1;
	t->sink = new_sink(t, r, &voice->messages, f);
	return t->sink ? 0 : -1;
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
	result = blank_medium(t->drive, false, &voice->watch, &voice->messages, f);
	progress_end(&voice->watch);
	return result;
}

void target_close(struct target *t, bool ejects)
{
	sink_free(t->sink);
	drive_close(t->drive, ejects);
	*t = (struct target){ 0 };
}
