/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an option's value is, and how it gets to its place in the settings. */
#ifndef CLI_OPTION_VALUE_H
#define CLI_OPTION_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cli/settings.h"
#include "util/fail.h"
#include "util/message.h"

/* What an option's value is, and where it is put as what. */
enum value_kind {
	VALUE_NOTHING,      /* it is only seen to be given */
	VALUE_FLAG,         /* bool; no value */
	VALUE_TEXT,         /* const char * */
	VALUE_LIST,         /* struct settings_list of const char * */
	VALUE_GRAFT,        /* struct settings_list of struct tree_graft */
	VALUE_NUMBER,       /* uint32_t, from least to most */
	VALUE_LONG,         /* uint64_t, likewise */
	VALUE_SIZE,         /* uint64_t, likewise, with a unit */
	VALUE_SPEED,        /* double */
	VALUE_CHOICE,       /* an enum, whose values' words are told */
	VALUE_FORMAT,       /* const struct format * */
	VALUE_STYLE,        /* const char *, of the plain format */
	VALUE_SECRET,       /* struct volume_request: its secret, or one more of its key files */
	VALUE_MORE_SECRETS, /* struct settings_list of struct secret_source */
};

/* A row of the table. */
struct option_row {
	const char *name;
	const char *argument; /* NULL: none */
	enum verb_set verbs;
	const char *help;
	enum value_kind kind;
	size_t place;   /* in struct settings */
	enum option id; /* two names for one option share it */
	uint64_t least, most;
	const char *const *words; /* all that are taken, or the usual ones; ended by NULL */
	struct {
		int from; /* SECRET_FILE, ... */
		enum credential_kind kind;
	} secret;
	bool may_be_empty;   /* the value */
	const char *group;   /* starts a group of the help with this row */
	enum verb_set often; /* the verbs whose short help has it */
};

/* One option as it was given: -name is text in messages. */
struct option_given {
	const struct option_row *row;
	const char *text;
	char *value; /* NULL: none */
	void *place;
};

/* True for the option that names a key file, of which VeraCrypt takes several. */
bool option_value_is_key_file(const struct option_row *row);

/* Checks the value and puts it into its place. A secret is taken out of the argument, which is
 * overwritten. 0, or -1 with f filled (FAIL_USAGE). */
int option_value_take(const struct option_given *g, const struct messages *m, struct fail *f);

#endif
