/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/printer.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/json.h"
#include "cli/prompt.h"
#include "cli/summary.h"
#include "job/appending.h"
#include "job/heal_opening.h"
#include "job/target.h"
#include "util/sector.h"
#include "util/signals.h"
#include "util/size.h"

static void put_message(void *ctx, enum message_kind kind, const char *text)
{
	struct printer *p = ctx;
	char *shown;

	if (kind == MESSAGE_NOTE && p->hides_notes)
		return;
	meter_clear(&p->meter);
	if (p->meter.mode == METER_JSON) {
		struct json j = json_event(kind == MESSAGE_NOTE ? "note" : "warning");

		json_text(&j, "text", text);
		json_event_end(&j);
		return;
	}
	shown = message_escaped(text);
	fprintf(stderr, "xburncrypt: %s%s\n", kind == MESSAGE_WARNING ? "warning: " : "",
		shown ? shown : "out of memory");
	free(shown);
}

static void tick(void *ctx, const struct progress *progress)
{
	struct printer *p = ctx;

	if (p->healed && heal_opening_is_slow(p->healed)) {
		message_note(&p->voice.messages,
			"much of this disc is damaged; xburncrypt repair is faster");
		p->healed = NULL;
	}
	meter_tick(&p->meter, progress);
}

static void end(void *ctx)
{
	struct printer *p = ctx;

	meter_end(&p->meter);
}

static int confirm(void *ctx, const char *object, const char *question, struct fail *f)
{
	const struct printer *p = ctx;

	return p->says_yes ? 0 : prompt_confirm(object, question, f);
}

/* True where somebody sits at the terminal and can stop or help. */
static bool is_watched(const struct printer *p)
{
	return !p->says_yes && !p->hides_notes && p->meter.mode != METER_JSON &&
	       isatty(STDERR_FILENO);
}

static bool insert(void *ctx, const char *drive)
{
	struct printer *p = ctx;

	if (!is_watched(p))
		return false;
	meter_clear(&p->meter);
	return prompt_wait(drive, "no medium in the drive; insert a blank disc");
}

/* Leaves time to stop what can't be undone. */
static void count_down(void)
{
	for (int seconds = 5; seconds > 0 && !signals_caught(); seconds--) {
		fprintf(stderr, "\rburning starts in %d s; press Ctrl-C to stop", seconds);
		fflush(stderr);
		poll(NULL, 0, 1000); /* a signal ends it */
	}
	fputs("\r\033[K", stderr);
}

static void about_to_burn(void *ctx, const struct burn_plan *plan)
{
	struct printer *p = ctx;
	const struct messages *m = &p->voice.messages;
	char size[64] = "a stream", capacity[64], healing[96] = "", part[64];

	if (plan->n_bytes)
		size_format(size, sizeof size, plan->n_bytes);
	size_format(capacity, sizeof capacity, plan->capacity_bytes);
	if (plan->n_healing_bytes)
		snprintf(healing, sizeof healing, ", of which %s are healing data,",
			size_format(part, sizeof part, plan->n_healing_bytes));
	/* a session has told its size itself */
	if (!plan->session)
		message_note(m,
			"%s: %s%s in the format %s will be burned to a blank %s of %s, which can "
			"be "
			"written once",
			plan->drive, size, healing, plan->format, plan->medium, capacity);
	message_note(m, "%s: the disc will be %s, and %s", plan->drive,
		plan->stays_open ? "left open for another session" : "closed",
		plan->is_compared ? "read back and compared" : "not read back");
	if (is_watched(p))
		count_down();
}

static void session_json(const struct session_plan *plan)
{
	struct json j = json_event("session");

	json_number(&j, "number", plan->number);
	json_number(&j, "sbsector", plan->sbsector);
	json_number(&j, "new", plan->changes.n_new);
	json_number(&j, "changed", plan->changes.n_changed);
	json_number(&j, "gone", plan->changes.n_gone);
	json_number(&j, "kept", plan->changes.n_kept);
	json_number(&j, "bytes", plan->n_bytes);
	json_event_end(&j);
}

static void session(void *ctx, const struct session_plan *plan)
{
	struct printer *p = ctx;
	const struct tree_changes *c = &plan->changes;
	char size[64], head[64], room[80] = "", free_bytes[64];

	if (p->meter.mode == METER_JSON) {
		session_json(plan);
		return;
	}
	if (plan->n_bytes_free)
		snprintf(room, sizeof room, " of %s free",
			size_format(free_bytes, sizeof free_bytes, plan->n_bytes_free));
	message_note(&p->voice.messages,
		"%s: session %u: %llu new, %llu changed, %llu gone, %llu stay; %s%s, of which "
		"directories take %s",
		plan->path, plan->number, (unsigned long long)c->n_new,
		(unsigned long long)c->n_changed, (unsigned long long)c->n_gone,
		(unsigned long long)c->n_kept, size_format(size, sizeof size, plan->n_bytes), room,
		size_format(head, sizeof head, plan->n_head_bytes));
}

static struct secret *passphrase(void *ctx, const char *object, bool is_new, struct fail *f)
{
	struct printer *p = ctx;

	return prompt_passphrase(object, is_new, &p->voice.messages, f);
}

static int show_passphrase(
	void *ctx, const char *object, const struct secret *passphrase, struct fail *f)
{
	struct printer *p = ctx;

	return prompt_show_passphrase(object, passphrase, &p->voice.messages, f);
}

/* Begins more members of the last line; NULL without memory: there are none. */
static FILE *begin_outcome(struct printer *p, struct json *j, size_t *n)
{
	char *before = p->outcome;

	p->outcome = NULL;
	*j = (struct json){ .to = open_memstream(&p->outcome, n), .has_value = true };
	if (j->to && before)
		fputs(before, j->to);
	free(before);
	return j->to;
}

static void keep_result(struct printer *p, const struct burn_result *r)
{
	struct json j;
	size_t n;

	if (!begin_outcome(p, &j, &n))
		return;
	summary_write(&j, r);
	fclose(j.to);
}

void printer_keep_amount(struct printer *p, const char *key, uint64_t n_bytes, double seconds)
{
	struct json j;
	size_t n;

	if (p->meter.mode != METER_JSON || !begin_outcome(p, &j, &n))
		return;
	json_number(&j, key, n_bytes);
	json_real(&j, "seconds", seconds);
	fclose(j.to);
}

void printer_keep_count(struct printer *p, const char *key, uint64_t n)
{
	struct json j;
	size_t n_before;

	if (p->meter.mode != METER_JSON || !begin_outcome(p, &j, &n_before))
		return;
	json_number(&j, key, n);
	fclose(j.to);
}

void printer_keep_healing(struct printer *p, const char *path, uint64_t n_bytes, double seconds,
	const struct heal_record *r)
{
	const struct heal_layout *l = &r->layout;
	struct json j;
	size_t n;

	if (p->meter.mode != METER_JSON || !begin_outcome(p, &j, &n))
		return;
	json_text(&j, "path", path);
	json_number(&j, "written_bytes", n_bytes);
	json_real(&j, "seconds", seconds);
	summary_write_healing(&j, (l->end - l->choice.n_data) * BLOCK_BYTES, r);
	fclose(j.to);
}

static void result(void *ctx, const struct burn_result *r)
{
	struct printer *p = ctx;
	bool is_stdout = strcmp(r->output->path, "-") == 0;

	if (p->meter.mode == METER_JSON)
		keep_result(p, r);
	/* JSON alone goes to stderr */
	if (p->hides_notes || (p->meter.mode == METER_JSON && is_stdout))
		return;
	summary_print(r, p->settings);
	printer_flush_summary(p);
}

static void failed(void *ctx, const struct fail *f)
{
	printer_fail(ctx, f);
}

/* What the command line has for a field of the request: the option that is meant where the failure
 * names nothing, and what to do. */
static const struct field {
	const char *option, *hint;
} fields[] = {
	[REQUEST_REPLACE] = { NULL, "use -force to replace it" },
	[REQUEST_OVERWRITE] = { NULL,
		"use -force-device to overwrite the device; all data on it will be lost" },
	[REQUEST_GROW] = { NULL, "use -force-device to add a session to what the device holds" },
	[REQUEST_BYTES] = { "-size", "give -size, or the image as a file" },
	[REQUEST_DUMMY] = { "-dummy", NULL },
	[REQUEST_BLANKS] = { "-blank", NULL },
	[REQUEST_COMPARE] = { "-verify", NULL },
	[REQUEST_AS_FILE] = { "-as-file", NULL },
	[REQUEST_HEADER] = { "-header", NULL },
	[REQUEST_OUTPUT] = { "-o", "name another output with -o" },
	[REQUEST_SECRET] = { NULL, NULL }, /* one of several options: printer_fail */
	[REQUEST_GUESS] = { "-guess", NULL },
	[REQUEST_FORMAT] = { "-format",
		"leave them out, or name a -format to encrypt it once more" },
	[REQUEST_CLEAR] = { "-format", "name -format none to add files in the clear" },
	[REQUEST_PROOF] = { NULL, "use -no-heal to read it all the same, without any proof" },
	[REQUEST_HEALING] = { NULL, "-search looks for a record of them in every block" },
	[REQUEST_OLD] = { NULL, "give that block with -heal-at to use them all the same" },
	[REQUEST_ROOT_LOST] = { NULL,
		"use xburncrypt repair -o OUTPUT to find the root again, and make a whole image" },
	[REQUEST_HEAL] = { "-heal", NULL },
	[REQUEST_HEALED] = { NULL, "leave -heal out: it is burned with those that it has" },
	[REQUEST_MEMORY] = { "-heal",
		"allow more with -heal-memory, or make an image file first: \"xburncrypt heal\" "
		"adds healing data to it in little memory" },
	[REQUEST_DAMAGED] = { NULL, NULL }, /* with the source's name: find_hint */
	[REQUEST_MAC] = { NULL, "give the secret to make one" },
	[REQUEST_SIGNATURE] = { NULL, "use -sign to sign them" },
	[REQUEST_SPOOL] = { "-spool", "name a folder with more room with -spool" },
	[REQUEST_SOURCE] = { NULL, "name a directory, an image file, or - for an image on stdin" },
	[REQUEST_ADDED] = { NULL, "name files or directories to add" },
	[REQUEST_IMAGE] = { NULL, NULL }, /* with the source's name: find_hint */
	[REQUEST_GRAFT] = { NULL, "use -graft TARGET=PATH for it" },
	[REQUEST_PLACE] = { NULL,
		"put one of them elsewhere with -graft, or leave it out with -exclude" },
	[REQUEST_EXCLUDE] = { "-exclude", NULL },
	[REQUEST_LINKS] = { NULL,
		"name either the link or what lies behind it, or use -follow-links" },
	[REQUEST_UNREADABLE] = { NULL,
		"use -exclude or -skip-unreadable to leave out what can't be read" },
	[REQUEST_PRIVILEGED] = { NULL, "-privileged stores them" },
	[REQUEST_SUMS] = { NULL, "use -exclude /SHA256SUMS, or leave out -checksums" },
	[REQUEST_CLOSES] = { "-close", "leave -close out" },
	[REQUEST_DIGESTS] = { NULL, "compare by time, or use -checksums when you burn a disc" },
	[REQUEST_SILENT] = { NULL, "-force stores what it has now" },
};

static const char *cure(void *ctx, int field)
{
	struct printer *p = ctx;

	if (field != REQUEST_DAMAGED || !p->settings)
		return fields[field].hint;
	summary_repair_hint(p->settings, p->cure, sizeof p->cure);
	return p->cure;
}

void printer_start(struct printer *p, bool is_json)
{
	*p = (struct printer){ .voice = { .messages = { put_message, p, cure },
				       .watch = { tick, end, p },
				       .confirm = confirm,
				       .insert = insert,
				       .about_to_burn = about_to_burn,
				       .session = session,
				       .passphrase = passphrase,
				       .show_passphrase = show_passphrase,
				       .result = result,
				       .failed = failed,
				       .ctx = p },
		.meter.mode = is_json ? METER_JSON : METER_AUTO };
}

void printer_set(struct printer *p, const struct settings *s)
{
	p->meter.mode = s->progress;
	if (s->is_quiet && s->progress != METER_JSON)
		p->meter.mode = METER_NONE;
	p->hides_notes = s->is_quiet;
	p->says_yes = s->says_yes;
	p->settings = s;
	p->secret_option = s->secret_option[0] ? s->secret_option : NULL;
}

static void write_failure(
	struct json *j, const char *object, const struct fail *f, const char *hint)
{
	if (object[0])
		json_text(j, "name", object);
	json_text(j, "text", f->what);
	if (f->sys_errno)
		json_text(j, "reason", strerror(f->sys_errno));
	if (hint)
		json_text(j, "hint", hint);
}

/* As an event of its own at once, and in the last line. */
static void fail_json(struct printer *p, const char *object, const struct fail *f, const char *hint)
{
	struct json j = json_event("error");
	size_t n;

	write_failure(&j, object, f, hint);
	json_event_end(&j);
	if (!begin_outcome(p, &j, &n))
		return;
	json_object_begin(&j, "failure");
	write_failure(&j, object, f, hint);
	json_object_end(&j);
	fclose(j.to);
}

/* What to do; NULL: nothing is known. own: memory for it. */
static const char *find_hint(struct printer *p, const struct fail *f, char *own, size_t n)
{
	if (f->hint[0])
		return f->hint;
	if (f->field != REQUEST_IMAGE)
		return cure(p, f->field);
	snprintf(own, n, "use -image %s to burn the image that it holds", f->object);
	return own;
}

void printer_fail(struct printer *p, const struct fail *f)
{
	const struct field *field = &fields[f->field];
	const char *object = f->object[0] || !field->option ? f->object : field->option;
	char shown[sizeof f->object * 2], own[sizeof f->object + 64];
	const char *hint = find_hint(p, f, own, sizeof own);

	if (p->has_failed || signals_caught() == SIGPIPE)
		return;
	p->has_failed = true;
	if (f->field == REQUEST_SECRET && !f->object[0] && p->secret_option)
		object = p->secret_option;
	meter_clear(&p->meter);
	if (p->meter.mode == METER_JSON) {
		fail_json(p, object, f, hint);
		return;
	}
	fputs("xburncrypt: ", stderr);
	if (object[0])
		fprintf(stderr, "%s: ", message_escape(shown, sizeof shown, object));
	fputs(message_escape(shown, sizeof shown, f->what), stderr);
	if (f->sys_errno)
		fprintf(stderr, ": %s", strerror(f->sys_errno));
	fputc('\n', stderr);
	if (hint)
		fprintf(stderr, "hint: %s\n", message_printable(shown, sizeof shown, hint));
}

void printer_done(struct printer *p, int status)
{
	struct json j;

	if (p->meter.mode == METER_JSON) {
		j = json_event("done");
		json_number(&j, "status", (uint64_t)status);
		if (p->outcome)
			fputs(p->outcome, stderr);
		json_event_end(&j);
	}
	free(p->outcome);
	p->outcome = NULL;
}

int printer_fail_stdout(struct fail *f)
{
	struct pollfd out = { .fd = STDOUT_FILENO };
	int why = errno;

	if (signals_caught())
		return fail_set(f, FAIL_FAILED, "", "interrupted");
	if (f && !fail_is_set(f) && poll(&out, 1, 0) == 1 && out.revents & (POLLERR | POLLHUP))
		signals_take_pipe();
	errno = why;
	return fail_errno(f, FAIL_FAILED, "stdout", "can't be written");
}

int printer_flush(struct fail *f)
{
	if (!ferror(stdout) && fflush(stdout) == 0)
		return 0;
	return printer_fail_stdout(f);
}

void printer_flush_summary(struct printer *p)
{
	if (printer_flush(NULL))
		message_warn(&p->voice.messages, "stdout: the summary could not be written");
}
