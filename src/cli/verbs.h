/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The verbs: one table, with what each takes. A verb is a function in cmd_<verb>.c (format stands
 * beside blank, unmount beside mount): it gets the settings, with as many operands as its row says,
 * and returns the exit status; if it fails it fills f, which is printed here and decides the
 * status. */
#ifndef CLI_VERBS_H
#define CLI_VERBS_H

#include "cli/printer.h"
#include "cli/settings.h"
#include "util/fail.h"

/* Does what the command line says. The exit status. */
int verbs_run(int argc, char **argv);

/* In the order of the table. */
int cmd_burn(struct settings *s, struct printer *p, struct fail *f);
int cmd_drives(struct settings *s, struct printer *p, struct fail *f);
int cmd_info(struct settings *s, struct printer *p, struct fail *f);
int cmd_list(struct settings *s, struct printer *p, struct fail *f);
int cmd_cat(struct settings *s, struct printer *p, struct fail *f);
int cmd_extract(struct settings *s, struct printer *p, struct fail *f);
int cmd_verify(struct settings *s, struct printer *p, struct fail *f);
int cmd_blank(struct settings *s, struct printer *p, struct fail *f);
int cmd_format(struct settings *s, struct printer *p, struct fail *f);
int cmd_decrypt(struct settings *s, struct printer *p, struct fail *f);
int cmd_mount(struct settings *s, struct printer *p, struct fail *f);
int cmd_unmount(struct settings *s, struct printer *p, struct fail *f);
int cmd_keyfile(struct settings *s, struct printer *p, struct fail *f);
int cmd_formats(struct settings *s, struct printer *p, struct fail *f);

#endif
