/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The options: one table, from which parsing, --help and the man page's list come.
 *
 * Options work with one dash or two, as "-name value" and "-name=value", may follow operands, and
 * end at
 * "--". One given twice is an error unless its row says it is repeatable.
 */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "util/fail.h"
#include "util/message.h"
#include "util/secret.h"

enum option {
	/* what is burned, and where */
	OPTION_OUTPUT,
	OPTION_IMAGE,
	OPTION_GRAFT,
	OPTION_EXCLUDE,
	OPTION_FOLLOW_LINKS,
	OPTION_PORTABLE,
	OPTION_SKIP_UNREADABLE,
	OPTION_CHECKSUMS,
	OPTION_VOLUME_ID,
	OPTION_SIZE,
	OPTION_FORCE,
	OPTION_FORCE_DEVICE,
	/* the secret */
	OPTION_PASS_FILE,
	OPTION_PASS_FD,
	OPTION_KEY_FILE,
	OPTION_KEY_FD,
	OPTION_ENCPASS,
	OPTION_ENCPASS_HEX,
	OPTION_ENCPASS_FILE,
	OPTION_GPG_KEY,
	OPTION_ADD_PASS_FILE,
	OPTION_ADD_KEY_FILE,
	/* the format */
	OPTION_FORMAT,
	OPTION_ENCSTYLE,
	OPTION_ENCRYPT,
	OPTION_CIPHER,
	OPTION_KEY_SIZE,
	OPTION_HASH,
	OPTION_SECTOR_SIZE,
	OPTION_IV_LARGE_SECTORS,
	OPTION_SKIP,
	OPTION_PBKDF,
	OPTION_PBKDF_MEMORY,
	OPTION_PBKDF_ITERATIONS,
	OPTION_PBKDF_PARALLEL,
	OPTION_PBKDF_WEAK,
	OPTION_LABEL,
	OPTION_UUID,
	OPTION_HEADER,
	OPTION_AS_FILE,
	OPTION_ITERATIONS,
	OPTION_PIM,
	/* reading back */
	OPTION_GUESS,
	OPTION_ALLOW_COSTLY_KDF,
	OPTION_MAX_MEMORY,
	OPTION_FOREGROUND,
	OPTION_LONG,
	OPTION_TO,
	OPTION_PRIVILEGED,
	OPTION_AGAINST,
	/* the burn */
	OPTION_DUMMY,
	OPTION_SPEED,
	OPTION_WRITE_TYPE,
	OPTION_MULTI,
	OPTION_BLANK,
	OPTION_VERIFY,
	OPTION_NO_VERIFY,
	OPTION_EJECT,
	OPTION_FAST,
	OPTION_ALL,
	OPTION_V3,
	OPTION_BYTES,
	/* what is said */
	OPTION_QUIET,
	OPTION_JSON,
	OPTION_PROGRESS,
	OPTION_YES,
	OPTION_HELP,
	OPTION_VERSION,
	OPTION_COUNT
};

/* The verbs that take an option, as a set. */
enum verb_set {
	VERB_BURN = 1 << 0,
	VERB_FORMATS = 1 << 1,
	VERB_DRIVES = 1 << 2,
	VERB_INFO = 1 << 3,
	VERB_BLANK = 1 << 4,
	VERB_FORMAT = 1 << 5,
	VERB_KEYFILE = 1 << 6,
	VERB_LIST = 1 << 7,
	VERB_CAT = 1 << 8,
	VERB_EXTRACT = 1 << 9,
	VERB_VERIFY = 1 << 10,
	VERB_DECRYPT = 1 << 11,
	VERB_MOUNT = 1 << 12,
	VERB_UNMOUNT = 1 << 13,
	VERB_ALL = ~0
};

struct option_list {
	const char **items;
	size_t n;
};

/* A parsed command line. Strings belong to argv. */
struct options {
	const char *values[OPTION_COUNT];       /* NULL: not given; "" for a flag that was */
	const char *names[OPTION_COUNT];        /* the name it was given under, for messages */
	struct option_list lists[OPTION_COUNT]; /* of the repeatable ones */
	struct option_list operands;
	struct secret *argument_secret; /* of -encpass or -encpass-hex, taken out of argv */
};

/* Parses argv[first..argc) for the verb. A secret among the arguments is moved into a struct secret
 * and overwritten in argv at once. options_free in any case. 0, or -1 with f filled (FAIL_USAGE).
 */
int options_parse(struct options *o, enum verb_set verb, int argc, char **argv, int first,
	const struct messages *m, struct fail *f);
void options_free(struct options *o);

bool options_has(const struct options *o, enum option id);

/* The option's number, from least to most; absent leaves *value alone. 0, or -1 with f filled. */
int options_number(const struct options *o, enum option id, uint64_t least, uint64_t most,
	uint64_t *value, struct fail *f);

/* The option's index in a NULL-terminated list of words; absent leaves *index alone. */
int options_choice(const struct options *o, enum option id, const char *const *words, size_t *index,
	struct fail *f);

/* The first option of the list (ended by OPTION_COUNT) that was given; OPTION_COUNT for none. */
enum option options_first_given(const struct options *o, const enum option *ids);

/* Prints the verb's options, in groups. */
void options_print_help(FILE *to, enum verb_set verb);

#endif
