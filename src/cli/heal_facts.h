/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the verb info says of healing data: what they can do, what proves them, and how stock Linux
 * uses them. */
#ifndef CLI_HEAL_FACTS_H
#define CLI_HEAL_FACTS_H

#include <limits.h>

#include "cli/json.h"
#include "cli/settings.h"
#include "heal/heal_record.h"
#include "job/heal_authenticity.h"
#include "util/fail.h"

/* path: of the disc, for the commands. */
void heal_facts_print(
	const struct heal_record *r, const struct heal_authenticity *proof, const char *path);
void heal_facts_write_json(struct json *j, const struct heal_record *r,
	const struct heal_authenticity *proof, const char *path);

/* Before the sandbox: refuses what heal_facts_save would; folder gets what it writes to, if there
 * is anything to save. 0, or -1 with f filled. */
int heal_facts_check(const struct settings *s, char folder[PATH_MAX], struct fail *f);

/* Writes the facts to the file that the settings name, if they do, and their signature, if there is
 * one, beside it: what minisign -V checks. r NULL: there are no healing data, which is a failure
 * then. 0, or -1 with f filled. */
int heal_facts_save(const struct settings *s, const struct heal_record *r, struct fail *f);

#endif
