/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "job/target.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "burn/device_sink.h"
#include "burn/file_sink.h"
#include "burn/grow_sink.h"
#include "burn/stream_sink.h"
#include "drive/blank.h"
#include "drive/drive.h"
#include "drive/session.h"
#include "util/signals.h"
#include "util/size.h"

static int open_drive(
	struct target *t, const struct burn_request *r, const struct voice *voice, struct fail *f)
{
	struct drive_facts facts;

	if (r->session.dummy && (r->blanks || r->compare == COMPARE)) {
		fail_set(f, FAIL_USAGE, "", "a simulated burn neither blanks nor can be read back");
		return fail_field(f, REQUEST_DUMMY);
	}
	t->drive = drive_open(t->output.path, &voice->messages, f);
	while (t->drive && drive_facts(t->drive).state == MEDIUM_NONE && voice->insert &&
		voice->insert(voice->ctx, t->output.path) && !signals_caught()) {
		drive_close(t->drive, false);
		t->drive = drive_open(t->output.path, &voice->messages, f);
	}
	if (!t->drive)
		return -1;
	t->is_compared = r->compare != COMPARE_NOT && !r->session.dummy;
	facts = drive_facts(t->drive);
	if (facts.can_be_blanked || (facts.may_hold_old && r->blanks == BLANK_ALL))
		t->will_blank = r->blanks;
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
	/* who asks for it counts on it */
	if (r->blanks == BLANK_ALL && t->output.kind == OUTPUT_DEVICE) {
		fail_set(f, FAIL_USAGE, "", "only a drive can blank all, but %s is not a drive",
			output_name(&t->output));
		fail_hint(f, "overwrite all of the device first, as with shred(1)");
		return fail_field(f, REQUEST_BLANKS);
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
	bool is_device = t->output.kind == OUTPUT_DEVICE;

	if (r->session.appends && t->output.kind != OUTPUT_DRIVE)
		return grow_sink_new(path, is_device, &t->session.start_lba, f);
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

/* True where a burn of n_bytes puts new data over old, without erasing it first. */
static bool is_written_over(const struct target *t, uint64_t n_bytes)
{
	struct drive_facts facts;

	if (t->output.kind == OUTPUT_DEVICE)
		return true;
	if (!t->drive || t->will_blank == BLANK_ALL || t->session.dummy)
		return false;
	facts = drive_facts(t->drive);
	if (facts.may_hold_old)
		return drive_look_behind(t->drive, n_bytes);
	return t->will_blank == BLANK_FAST && facts.state == MEDIUM_OVERWRITABLE;
}

void target_warn(const struct target *t, uint64_t n_bytes, uint64_t n_all, const struct messages *m)
{
	char behind[64], what[96] = "what it holds";

	if (n_bytes >= n_all || !is_written_over(t, n_bytes))
		return;
	if (n_bytes)
		snprintf(what, sizeof what, "up to %s of old data",
			size_format(behind, sizeof behind, n_all - n_bytes));
	message_warn(m,
		"%s: %s behind the new data can still be read afterwards, without the key if it is "
		"not encrypted; %s",
		t->output.path, what,
		t->drive ? "blank all of the medium to overwrite that, too"
			 : "overwrite the whole device first, if that matters");
}

int target_blank(struct target *t, const struct voice *voice, struct fail *f)
{
	bool is_overwritable, all = t->will_blank == BLANK_ALL;
	int result;

	if (!t->will_blank)
		return 0;
	is_overwritable = drive_facts(t->drive).state == MEDIUM_OVERWRITABLE;
	if (voice->confirm(voice->ctx, t->output.path,
		    "Blank the medium? All data on it will be lost.", f))
		return -1;
	if (signals_caught())
		return fail_set(f, FAIL_FAILED, t->output.path, "interrupted before blanking");
	t->will_blank = t->session.after_blank = BLANK_NOTHING;
	t->session.overwrite = is_overwritable;
	/* what is written anew from its start anyway needs no blanking */
	if (is_overwritable && !all)
		return 0;
	result = blank_medium(t->drive, all, &voice->watch, &voice->messages, f);
	progress_end(&voice->watch);
	if (result == 0 && signals_caught())
		result = fail_set(
			f, FAIL_FAILED, t->output.path, "interrupted after the medium was blanked");
	return result;
}

int target_announce(
	const struct target *t, struct burn_plan *plan, const struct voice *voice, struct fail *f)
{
	struct drive_facts facts;

	if (!t->drive || t->session.dummy || !voice->about_to_burn)
		return 0;
	facts = drive_facts(t->drive);
	if (facts.is_erasable)
		return 0;
	plan->drive = t->output.path;
	plan->medium = facts.medium;
	plan->stays_open = t->session.multi;
	plan->is_compared = t->is_compared;
	voice->about_to_burn(voice->ctx, plan);
	return signals_caught()
		       ? fail_set(f, FAIL_FAILED, t->output.path, "interrupted before the burn")
		       : 0;
}

void target_close(struct target *t, bool ejects)
{
	sink_free(t->sink);
	drive_close(t->drive, ejects);
	*t = (struct target){ 0 };
}
