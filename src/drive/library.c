/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "drive/library.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include <libburn/libburn.h>

static unsigned n_users;

/* libburn's interface takes char * where it only reads. */
static char sorry[] = "SORRY", warning[] = "WARNING", debug[] = "DEBUG", never[] = "NEVER",
	    no_prefix[] = "";

int library_start(struct fail *f)
{
	if (n_users == 0) {
		if (!burn_initialize())
			return fail_set(f, FAIL_FAILED, "", "libburn can't be started");
		burn_msgs_set_severities(debug, never, no_prefix);
		/* O_EXCL, so that two programs never burn with one drive; no waiting in open(2);
		 * never abort the process */
		burn_preset_device_open(1, 0, 0);
	}
	n_users++;
	return 0;
}

void library_version(char out[32])
{
	int major, minor, micro;

	burn_version(&major, &minor, &micro);
	snprintf(out, 32, "%d.%d.%d", major, minor, micro);
}

void library_finish(void)
{
	if (n_users > 0 && --n_users == 0)
		burn_finish();
}

/* libburn's text as one line without control characters or trailing dots and blanks. */
static void tidy(char *to, size_t n, const char *text)
{
	size_t len = 0;

	for (; *text && len + 1 < n; text++) {
		unsigned char c = (unsigned char)*text;
		char put = isprint(c) ? (char)c : ' ';

		if (put != ' ' || (len > 0 && to[len - 1] != ' '))
			to[len++] = put;
	}
	while (len > 0 && strchr(" .,", to[len - 1]))
		len--;
	to[len] = '\0';
}

/* Keeps the first grave message. */
static void keep(struct complaint *c, int code, int sys_errno, const char *line)
{
	if (c->is_set)
		return;
	c->is_set = true;
	c->code = code;
	c->sys_errno = sys_errno;
	c->sense = sense_parse(line);
	snprintf(c->text, sizeof c->text, "%s", line);
}

void library_collect(struct complaint *c, const struct messages *m)
{
	char text[BURN_MSGS_MESSAGE_LEN], severity[80], line[512];
	int code, sys_errno, rank, lightest, gravest;

	burn_text_to_sev(warning, &lightest, 0);
	burn_text_to_sev(sorry, &gravest, 0);
	while (burn_msgs_obtain(debug, &code, text, &sys_errno, severity) > 0) {
		/* told in DEBUG, and the only such message that matters */
		if (code == COMPLAINT_ENDED)
			c->is_thread_ended = true;
		if (burn_text_to_sev(severity, &rank, 0) <= 0 || rank < lightest)
			continue;
		tidy(line, sizeof line, text);
		if (rank >= gravest)
			keep(c, code, sys_errno, line);
		else
			message_warn(m, "libburn: %s", line);
	}
}

void library_drop(void)
{
	char text[BURN_MSGS_MESSAGE_LEN], severity[80];
	int code, sys_errno;

	while (burn_msgs_obtain(never, &code, text, &sys_errno, severity) > 0)
		;
}
