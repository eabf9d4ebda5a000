/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/print.h"

#include <stdio.h>
#include <string.h>

static enum print_mode the_mode;
static bool hide_notes;
static void (*interrupt)(void);

void print_set_mode(enum print_mode mode, bool is_quiet)
{
	the_mode = mode;
	hide_notes = is_quiet;
}

enum print_mode print_mode(void)
{
	return the_mode;
}

void print_set_interrupter(void (*clear)(void))
{
	interrupt = clear;
}

struct json print_event(const char *event)
{
	struct json j = { .to = stderr };

	json_object_begin(&j, NULL);
	json_text(&j, "event", event);
	return j;
}

void print_event_end(struct json *j)
{
	json_object_end(j);
	fputc('\n', j->to);
}

static void put(void *ctx, enum message_kind kind, const char *text)
{
	char shown[8192];

	(void)ctx;
	if (kind == MESSAGE_NOTE && hide_notes)
		return;
	if (interrupt)
		interrupt();
	if (the_mode == PRINT_JSON) {
		struct json j = print_event(kind == MESSAGE_NOTE ? "note" : "warning");

		json_text(&j, "text", text);
		print_event_end(&j);
		return;
	}
	fprintf(stderr, "xburncrypt: %s%s\n", kind == MESSAGE_WARNING ? "warning: " : "",
		message_escape(shown, sizeof shown, text));
}

const struct messages *print_messages(void)
{
	static const struct messages messages = { .put = put };

	return &messages;
}

static void print_fail_json(const struct fail *f)
{
	struct json j = print_event("error");

	if (f->object[0])
		json_text(&j, "name", f->object);
	json_text(&j, "text", f->what);
	if (f->sys_errno)
		json_text(&j, "reason", strerror(f->sys_errno));
	if (f->hint[0])
		json_text(&j, "hint", f->hint);
	print_event_end(&j);
}

void print_fail(const struct fail *f)
{
	char shown[sizeof f->object * 2];

	if (interrupt)
		interrupt();
	if (the_mode == PRINT_JSON) {
		print_fail_json(f);
		return;
	}
	fputs("xburncrypt: ", stderr);
	if (f->object[0])
		fprintf(stderr, "%s: ", message_escape(shown, sizeof shown, f->object));
	fputs(message_escape(shown, sizeof shown, f->what), stderr);
	if (f->sys_errno)
		fprintf(stderr, ": %s", strerror(f->sys_errno));
	fputc('\n', stderr);
	if (f->hint[0])
		fprintf(stderr, "  %s\n", message_printable(shown, sizeof shown, f->hint));
}

void print_done(int status)
{
	struct json j;

	if (the_mode != PRINT_JSON)
		return;
	j = print_event("done");
	json_number(&j, "status", (uint64_t)status);
	print_event_end(&j);
}

int print_flush(struct fail *f)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return 0;
	return fail_errno(f, FAIL_FAILED, "stdout", "can't be written");
}

void print_flush_summary(void)
{
	struct fail unused = { 0 };

	if (print_flush(&unused))
		message_warn(print_messages(), "stdout: the summary could not be written");
}
