/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A parsed command line: what a job is asked to do, and what concerns the command line alone.
 * Strings belong to argv. */
#ifndef CLI_SETTINGS_H
#define CLI_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cli/meter.h"
#include "job/healing.h"
#include "job/request.h"
#include "util/fail.h"
#include "util/message.h"
#include "util/minisign.h"
#include "util/sha256.h"

/* Options of which it matters, besides their value, whether they were given. */
enum option {
	OPTION_OTHER, /* all others */
	OPTION_OUTPUT,
	OPTION_IMAGE,
	OPTION_GRAFT,
	OPTION_EXCLUDE,
	OPTION_FILES_FROM,
	OPTION_FOLLOW_LINKS,
	OPTION_ONE_FILE_SYSTEM,
	OPTION_PORTABLE,
	OPTION_SKIP_UNREADABLE,
	OPTION_PRIVILEGED,
	OPTION_CHECKSUMS,
	OPTION_NO_CHECKSUMS,
	OPTION_VOLUME_ID,
	OPTION_SIZE,
	OPTION_FORMAT,
	OPTION_ENCSTYLE,
	OPTION_ENCRYPT,
	OPTION_CIPHER,
	OPTION_KEY_SIZE,
	OPTION_HASH,
	OPTION_SECTOR_SIZE,
	OPTION_IV_LARGE_SECTORS,
	OPTION_SKIP,
	OPTION_OFFSET,
	OPTION_KEYFILE_OFFSET,
	OPTION_KEYFILE_SIZE,
	OPTION_ITERATIONS,
	OPTION_PIM,
	OPTION_HEADER,
	OPTION_AS_FILE,
	OPTION_GUESS,
	OPTION_SESSION,
	OPTION_UNKNOWN_CONTENTS,
	OPTION_ALLOW_COSTLY_KDF,
	OPTION_TO,
	OPTION_DUMMY,
	OPTION_BLANK,
	OPTION_VERIFY,
	OPTION_NO_VERIFY,
	OPTION_FAST,
	OPTION_ALL,
	OPTION_V3,
	OPTION_BYTES,
	OPTION_FORCE,
	OPTION_COMPARE,
	OPTION_HEAL,
	OPTION_HEAL_KERNEL,
	OPTION_HEAL_MEMORY,
	OPTION_SIGN,
	OPTION_SPOOL,
	OPTION_IN_PLACE,
	OPTION_NO_KEY,
	OPTION_NO_HEAL,
	OPTION_TRUST,
	OPTION_ROOT,
	OPTION_REQUIRE_MAC,
	OPTION_HEAL_AT,
	OPTION_SEARCH,
	OPTION_MAP,
	OPTION_AGAINST,
	OPTION_COUNT
};

/* The verbs, as a set. */
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
	VERB_HELP = 1 << 14,
	VERB_VERSION = 1 << 15,
	VERB_APPEND = 1 << 16,
	VERB_HEAL = 1 << 17,
	VERB_REPAIR = 1 << 18,
	VERB_ALL = ~0
};

/* Items of one size, each a pointer or a struct: heap. */
struct settings_list {
	void *items;
	size_t n;
};

/* An option of a burn, or of info, that reading the disc takes too, and that can be repeated. */
struct settings_reading {
	const char *name, *value; /* value NULL: none */
	bool is_of_format;        /* it says how the volume was made, not where its parts are */
	bool is_for_decrypt;      /* list, extract and mount do not take it */
};

struct settings {
	/* the jobs' */
	struct volume_request volume;
	struct burn_request burn;
	struct read_request read;
	struct append_request append;
	struct heal_request heal;
	/* lists, which the requests point to once all is parsed */
	struct settings_list operands, excludes; /* const char * */
	struct settings_list grafts;             /* struct tree_graft, whose targets are heap */
	struct settings_list more_secrets;       /* struct secret_source */
	struct settings_list reading;            /* struct settings_reading */
	/* the verbs' own */
	const char *to, *against, *heal_amount, *heal_text, *trusted_key, *wanted_root, *map;
	bool force, is_whole, renames, skips_room, skip_unreadable, privileged, is_foreground,
		is_long, all, v3, in_place, without_key;
	uint64_t key_bytes;
	enum { BY_TIME, BY_DIGEST } compares_by;
	struct minisign_public signer; /* what the last two are; the requests point to them */
	uint8_t root[SHA256_BYTES];
	/* messages */
	bool is_quiet, is_json, says_yes, wants_help, wants_all_help, wants_version;
	enum meter_mode progress;
	/* the name that an option was given under; NULL: it wasn't */
	const char *given[OPTION_COUNT];
	char secret_option[64]; /* the first one that names a secret, "-name" */
};

/* Operand i; NULL where there are fewer. */
const char *settings_operand(const struct settings *s, size_t i);

/* The first option of the list (ended by OPTION_COUNT) that was given; OPTION_COUNT for none. */
enum option settings_first_given(const struct settings *s, const enum option *ids);

/* Fails for an option: "-name" is the object, as it was given. */
__attribute__((format(printf, 4, 5))) int settings_fail(
	const struct settings *s, enum option id, struct fail *f, const char *format, ...);

/* Appends an item. 0, or -1 with f filled: no memory. */
int settings_append(struct settings_list *list, const void *item, size_t n_bytes, struct fail *f);

/* Checks what belongs to the burn, and completes it: -o, the source (m is told what is taken as
 * one), the format. 0, or -1 with f filled (FAIL_USAGE). */
int settings_burn(struct settings *s, const struct messages *m, struct fail *f);

/* The same for a session that is added to a disc. */
int settings_append_session(struct settings *s, const struct messages *m, struct fail *f);

/* The same for reading the disc at path: the format is NULL if the options leave it to the disc; an
 * option of only one format names that one. */
int settings_read(struct settings *s, const char *path, struct fail *f);

/* What has to prove who made a disc that is read; trust is all zeros, or has is_off. 0, or -1 with
 * f filled. */
int settings_trust(struct settings *s, struct heal_trust *trust, struct fail *f);

void settings_free(struct settings *s);

#endif
