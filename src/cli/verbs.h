/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The verbs: one table, with what each takes. A verb is a function in cmd_<verb>.c (format stands
 * beside blank, unmount beside mount, version beside help): it gets the settings, with as many
 * operands as its row says, and returns the exit status; if it fails it fills f, which is printed
 * here and decides the status. */
#ifndef CLI_VERBS_H
#define CLI_VERBS_H

#include "cli/printer.h"
#include "cli/settings.h"
#include "util/fail.h"

/* What an operand is, for the completion. */
enum operand_kind { OPERAND_FILE, OPERAND_DIRECTORY, OPERAND_COMMAND, OPERAND_ON_DISC };

struct verb {
	const char *name;
	enum verb_set set;
	int (*run)(struct settings *s, struct printer *p, struct fail *f);
	const char *usage;
	const char *help;
	unsigned least, most;       /* operands */
	const char *operands;       /* what they are, for whoever gave too few */
	const char *alias;          /* another name; NULL: none */
	enum operand_kind takes[2]; /* the first, and all others */
};

/* The first is meant where none is named; ended by one without a name. */
extern const struct verb verbs[];

/* By name or alias. NULL where there is none; name may be NULL. */
const struct verb *verbs_find(const char *name);

/* The verb that a mistyped word may mean; NULL: none comes near. */
const struct verb *verbs_nearest(const char *word);

/* In the order of the table. */
int cmd_burn(struct settings *s, struct printer *p, struct fail *f);
int cmd_append(struct settings *s, struct printer *p, struct fail *f);
int cmd_drives(struct settings *s, struct printer *p, struct fail *f);
int cmd_info(struct settings *s, struct printer *p, struct fail *f);
int cmd_list(struct settings *s, struct printer *p, struct fail *f);
int cmd_cat(struct settings *s, struct printer *p, struct fail *f);
int cmd_extract(struct settings *s, struct printer *p, struct fail *f);
int cmd_verify(struct settings *s, struct printer *p, struct fail *f);
int cmd_heal(struct settings *s, struct printer *p, struct fail *f);
int cmd_repair(struct settings *s, struct printer *p, struct fail *f);
int cmd_blank(struct settings *s, struct printer *p, struct fail *f);
int cmd_format(struct settings *s, struct printer *p, struct fail *f);
int cmd_decrypt(struct settings *s, struct printer *p, struct fail *f);
int cmd_mount(struct settings *s, struct printer *p, struct fail *f);
int cmd_unmount(struct settings *s, struct printer *p, struct fail *f);
int cmd_keyfile(struct settings *s, struct printer *p, struct fail *f);
int cmd_formats(struct settings *s, struct printer *p, struct fail *f);
int cmd_help(struct settings *s, struct printer *p, struct fail *f);
int cmd_version(struct settings *s, struct printer *p, struct fail *f);

#endif
