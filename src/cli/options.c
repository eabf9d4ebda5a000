/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/options.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/spelling.h"
#include "util/passphrase.h"

struct row {
	const char *name;
	enum option id;       /* two names for one option share an id */
	const char *argument; /* NULL: a flag */
	enum verb_set verbs;
	bool is_repeatable;
	const char *help;
	const char *group; /* starts a group of --help with this row */
};

#define VERBS_BURNING (VERB_BURN | VERB_BLANK | VERB_FORMAT)
#define VERBS_FILES (VERB_LIST | VERB_CAT | VERB_EXTRACT | VERB_VERIFY)
#define VERBS_READING (VERBS_FILES | VERB_DECRYPT | VERB_MOUNT | VERB_INFO)
#define VERBS_WITH_SECRET (VERB_BURN | VERBS_READING)

static const struct row table[] = {
	{ "o", OPTION_OUTPUT, "OUTPUT", VERB_BURN | VERB_DECRYPT, false,
		"where it goes: a drive (only burning), a file, or - for stdout",
		"What and where" },
	{ "dev", OPTION_OUTPUT, "OUTPUT", VERB_BURN, false, "the same as -o, as cdrecord has it",
		NULL },
	{ "image", OPTION_IMAGE, "FILE", VERB_BURN, false,
		"a finished image of any kind, or - for stdin, burned as it is", NULL },
	{ "graft", OPTION_GRAFT, "TARGET=PATH", VERB_BURN, true,
		"put PATH at TARGET on the disc (\\= and \\\\ escape); repeatable", NULL },
	{ "exclude", OPTION_EXCLUDE, "GLOB", VERB_BURN, true,
		"leave out names, or with a slash paths, that match; repeatable", NULL },
	{ "follow-links", OPTION_FOLLOW_LINKS, NULL, VERB_BURN, false,
		"store what symbolic links point to", NULL },
	{ "portable", OPTION_PORTABLE, NULL, VERB_BURN, false,
		"owners to root, modes readable for all (mkisofs -r)", NULL },
	{ "skip-unreadable", OPTION_SKIP_UNREADABLE, NULL, VERB_BURN | VERB_DECRYPT, false,
		"go on without what can't be read (status 5): files, or blocks with decrypt",
		NULL },
	{ "checksums", OPTION_CHECKSUMS, NULL, VERB_BURN, false,
		"add a file SHA256SUMS with the digest of each file, as it went out", NULL },
	{ "V", OPTION_VOLUME_ID, "VOLUME_ID", VERB_BURN, false,
		"the file system's volume id; it stays inside the encryption", NULL },
	{ "size", OPTION_SIZE, "N[s|k|m|g]", VERB_BURN, false,
		"the size of the image on stdin: bytes, 2048-byte sectors, or powers of 1024",
		NULL },
	{ "force", OPTION_FORCE, NULL, VERB_BURN | VERB_DECRYPT | VERB_EXTRACT, false,
		"replace existing files", NULL },
	{ "force-device", OPTION_FORCE_DEVICE, NULL, VERB_BURN, false,
		"overwrite a block device that is no optical drive", NULL },

	{ "pass-file", OPTION_PASS_FILE, "FILE", VERBS_WITH_SECRET, false,
		"read the passphrase from FILE; one trailing newline is dropped",
		"The secret (without one of these: asked for on the terminal)" },
	{ "pass-fd", OPTION_PASS_FD, "N", VERBS_WITH_SECRET, false,
		"read the passphrase from the open descriptor N", NULL },
	{ "key-file", OPTION_KEY_FILE, "FILE", VERBS_WITH_SECRET, false,
		"FILE's bytes are the key (plain) or the passphrase (LUKS)", NULL },
	{ "key-fd", OPTION_KEY_FD, "N", VERBS_WITH_SECRET, false,
		"the same from the open descriptor N", NULL },
	{ "encpass", OPTION_ENCPASS, "TEXT", VERBS_WITH_SECRET, false,
		"the passphrase itself; the process list and the shell's history may show it",
		NULL },
	{ "encpass-hex", OPTION_ENCPASS_HEX, "HEX", VERBS_WITH_SECRET, false,
		"the same in hexadecimal digits, two a byte", NULL },
	{ "encpass-file", OPTION_ENCPASS_FILE, "FILE", VERBS_WITH_SECRET, false,
		"FILE's bytes, all of them, in the place of a passphrase", NULL },
	{ "gpg-key", OPTION_GPG_KEY, "FILE", VERBS_WITH_SECRET, false,
		"loop-AES: the key file is what gpg --decrypt FILE gives", NULL },
	{ "add-pass-file", OPTION_ADD_PASS_FILE, "FILE", VERB_BURN, true,
		"LUKS: one more passphrase that opens the disc; repeatable", NULL },
	{ "add-key-file", OPTION_ADD_KEY_FILE, "FILE", VERB_BURN, true,
		"LUKS: one more key file that opens the disc; repeatable", NULL },

	{ "format", OPTION_FORMAT, "NAME", VERBS_WITH_SECRET, false,
		"luks2 (what burning defaults to), luks1, plain, loopaes, veracrypt or none",
		"The format" },
	{ "encstyle", OPTION_ENCSTYLE, "STYLE", VERBS_WITH_SECRET, false,
		"plain format: new (aes256-cbc-sha256) or old (aes256-cbc-plain)", NULL },
	{ "encrypt", OPTION_ENCRYPT, NULL, VERB_BURN, false, "accepted; encrypting is the default",
		NULL },
	{ "cipher", OPTION_CIPHER, "NAME", VERBS_WITH_SECRET, false,
		"as dm-crypt names it, such as aes-xts-plain64", NULL },
	{ "key-size", OPTION_KEY_SIZE, "BITS", VERBS_WITH_SECRET, false, "128, 192, 256 or 512",
		NULL },
	{ "hash", OPTION_HASH, "NAME", VERBS_WITH_SECRET, false,
		"plain format: how the passphrase becomes the key (cryptsetup's -h)", NULL },
	{ "sector-size", OPTION_SECTOR_SIZE, "BYTES", VERBS_WITH_SECRET, false,
		"encryption sector: 512, 1024 or 2048", NULL },
	{ "iv-large-sectors", OPTION_IV_LARGE_SECTORS, NULL, VERBS_WITH_SECRET, false,
		"plain format: IVs count encryption sectors", NULL },
	{ "skip", OPTION_SKIP, "N", VERBS_WITH_SECRET, false,
		"plain format: IVs start at N (512-byte units)", NULL },
	{ "pbkdf", OPTION_PBKDF, "NAME", VERB_BURN, false, "LUKS: argon2id (default) or pbkdf2",
		NULL },
	{ "pbkdf-memory", OPTION_PBKDF_MEMORY, "KIB", VERB_BURN, false,
		"LUKS: Argon2's memory (default 262144); opening needs as much", NULL },
	{ "pbkdf-iterations", OPTION_PBKDF_ITERATIONS, "N", VERB_BURN, false,
		"LUKS: Argon2 passes (default 4) or PBKDF2 rounds (default 2000000)", NULL },
	{ "pbkdf-parallel", OPTION_PBKDF_PARALLEL, "N", VERB_BURN, false,
		"LUKS: Argon2's threads (default 4)", NULL },
	{ "pbkdf-weak", OPTION_PBKDF_WEAK, NULL, VERB_BURN, false,
		"LUKS: allow costs below the floors, for tests", NULL },
	{ "label", OPTION_LABEL, "TEXT", VERB_BURN, false,
		"LUKS2: a label; anyone can read it without the key", NULL },
	{ "uuid", OPTION_UUID, "UUID", VERB_BURN, false,
		"LUKS: the header's UUID (default: a random one)", NULL },
	{ "header", OPTION_HEADER, "FILE", VERBS_WITH_SECRET, false,
		"LUKS: put the header into FILE; the disc alone is noise then", NULL },
	{ "as-file", OPTION_AS_FILE, "NAME", VERB_BURN | VERBS_READING, false,
		"LUKS2, VeraCrypt: the volume is a file NAME of a clear disc, beside a readme",
		NULL },
	{ "iterations", OPTION_ITERATIONS, "N", VERBS_WITH_SECRET, false,
		"loop-AES: thousands of rounds for a single key (aespipe's -C)", NULL },
	{ "pim", OPTION_PIM, "N", VERBS_WITH_SECRET, false,
		"VeraCrypt: the personal iterations multiplier", NULL },

	{ "guess", OPTION_GUESS, NULL, VERBS_READING, false,
		"try the common formats that show nothing, and look for known contents",
		"Reading back" },
	{ "allow-costly-kdf", OPTION_ALLOW_COSTLY_KDF, NULL, VERBS_READING, false,
		"accept headers that ask for more than 2 GiB or about a minute", NULL },
	{ "max-memory", OPTION_MAX_MEMORY, "N[k|m|g]", VERBS_FILES | VERB_MOUNT, false,
		"what a disc's directories may take up in memory (default: 64m)", NULL },
	{ "foreground", OPTION_FOREGROUND, NULL, VERB_MOUNT, false,
		"stay until the directory is unmounted", NULL },

	{ "l", OPTION_LONG, NULL, VERB_LIST, false,
		"also mode, links, owner, size and time (UTC) of each file", NULL },
	{ "to", OPTION_TO, "DIR", VERB_EXTRACT, false,
		"the directory to bring the files back to; made where it is missing", NULL },
	{ "privileged", OPTION_PRIVILEGED, NULL, VERB_EXTRACT, false,
		"bring back setuid, setgid, device nodes and special attributes too", NULL },
	{ "against", OPTION_AGAINST, "DIR|IMAGE", VERB_VERIFY, false,
		"also compare with the files in DIR, or with the plain IMAGE", NULL },
	{ "dummy", OPTION_DUMMY, NULL, VERB_BURN, false, "simulate the burn: the laser stays off",
		"The burn" },
	{ "speed", OPTION_SPEED, "N", VERB_BURN, false,
		"N times the medium's 1x (default: the drive's choice)", NULL },
	{ "write-type", OPTION_WRITE_TYPE, "TYPE", VERB_BURN, false,
		"auto, tao, sao, dao or incremental (default: what suits medium and size)", NULL },
	{ "multi", OPTION_MULTI, NULL, VERB_BURN, false,
		"leave the medium open for a further session", NULL },
	{ "blank", OPTION_BLANK, "auto", VERB_BURN, false,
		"blank a rewritable that holds data before the burn, after asking", NULL },
	{ "verify", OPTION_VERIFY, NULL, VERB_BURN, false,
		"read the result back and compare it (default with a drive)", NULL },
	{ "no-verify", OPTION_NO_VERIFY, NULL, VERB_BURN, false, "don't", NULL },
	{ "eject", OPTION_EJECT, NULL, VERBS_BURNING, false, "eject the medium at the end", NULL },

	{ "fast", OPTION_FAST, NULL, VERB_BLANK, false,
		"only what makes the medium count as empty (default)", NULL },
	{ "all", OPTION_ALL, NULL, VERB_BLANK, false,
		"every block; takes as long as burning it full", NULL },
	{ "v3", OPTION_V3, NULL, VERB_KEYFILE, false, "a key file for loop-AES: 65 random lines",
		NULL },
	{ "bytes", OPTION_BYTES, "N", VERB_KEYFILE, false, "so many random bytes (default: 64)",
		NULL },

	{ "quiet", OPTION_QUIET, NULL, VERBS_BURNING | VERB_KEYFILE | VERBS_READING, false,
		"hide progress and summary, never warnings", "What is said" },
	{ "json", OPTION_JSON, NULL, VERB_DRIVES | VERB_INFO, false, "tell it as JSON", NULL },
	{ "progress", OPTION_PROGRESS, "MODE",
		VERBS_BURNING | VERB_DECRYPT | VERB_EXTRACT | VERB_VERIFY, false,
		"auto, plain, json or none", NULL },
	{ "yes", OPTION_YES, NULL, VERB_BURN, false, "answer yes to questions that would be asked",
		NULL },
	{ "help", OPTION_HELP, NULL, VERB_ALL, false, "show this and exit", NULL },
	{ "version", OPTION_VERSION, NULL, VERB_ALL, false,
		"show the versions of program and libraries and exit", NULL },
};
enum { N_ROWS = sizeof table / sizeof *table };

/* The row with the first n characters of name, NULL for none. */
static const struct row *find(const char *name, size_t n, enum verb_set verb)
{
	for (size_t i = 0; i < N_ROWS; i++)
		if (table[i].verbs & verb && strlen(table[i].name) == n &&
			memcmp(table[i].name, name, n) == 0)
			return &table[i];
	return NULL;
}

static int unknown_option(
	const char *text, const char *name, size_t n, enum verb_set verb, struct fail *f)
{
	const struct row *nearest = NULL;
	unsigned least = 3;

	if (find(name, n, VERB_ALL)) {
		fail_set(f, FAIL_USAGE, text, "is an option of other verbs");
		fail_hint(f, "see --help behind the verb; a file of that name is ./%s", text);
		return -1;
	}
	fail_set(f, FAIL_USAGE, text, "no such option");
	for (size_t i = 0; i < N_ROWS; i++) {
		unsigned d = table[i].verbs & verb ? spelling_distance(name, n, table[i].name) : 99;

		if (d < least && d < strlen(table[i].name)) {
			least = d;
			nearest = &table[i];
		}
	}
	if (nearest)
		fail_hint(f, "did you mean -%s? see xburncrypt --help", nearest->name);
	else
		fail_hint(f, "see xburncrypt --help; a file of that name is ./%s", text);
	return -1;
}

static int append(struct option_list *list, const char *item, struct fail *f)
{
	const char **items = realloc(list->items, (list->n + 1) * sizeof *items);

	if (!items)
		return fail_memory(f);
	items[list->n++] = item;
	list->items = items;
	return 0;
}

/* Moves a secret out of its argument. */
static int take_secret(
	struct options *o, enum option id, char *value, const struct messages *m, struct fail *f)
{
	o->argument_secret = id == OPTION_ENCPASS ? passphrase_from_argument(value, m, f)
						  : passphrase_from_hex(value, f);
	message_warn(m,
		"-%s: the process list and the shell's history may have seen this secret; "
		"-pass-file keeps it to itself",
		o->names[id]);
	return o->argument_secret ? 0 : -1;
}

/* Keeps one option; value is NULL for a flag. text is the argument, for messages. */
static int keep(struct options *o, const struct row *row, char *value, const char *text,
	const struct messages *m, struct fail *f)
{
	enum option id = row->id;

	if (value && *value == '\0' && id != OPTION_ENCPASS && id != OPTION_ENCPASS_HEX &&
		id != OPTION_LABEL)
		return fail_set(
			f, FAIL_USAGE, text, "needs a value, not an empty one: %s", row->argument);
	if (row->is_repeatable) {
		o->names[id] = row->name;
		o->values[id] = value;
		return append(&o->lists[id], value, f);
	}
	if (o->values[id]) {
		if (strcmp(o->names[id], row->name) != 0)
			return fail_set(f, FAIL_USAGE, text,
				"means the same as -%s: give one of them", o->names[id]);
		return fail_set(f, FAIL_USAGE, text, "is given twice");
	}
	o->names[id] = row->name;
	o->values[id] = value ? value : "";
	if (id == OPTION_ENCPASS || id == OPTION_ENCPASS_HEX) {
		if (o->argument_secret)
			return fail_set(f, FAIL_USAGE, text, "is a second secret: give one");
		return take_secret(o, id, value, m, f);
	}
	return 0;
}

/* The option at argv[*at]; moves *at behind its value. */
static int parse_option(struct options *o, enum verb_set verb, int argc, char **argv, int *at,
	const struct messages *m, struct fail *f)
{
	char *text = argv[(*at)++], *name = text + (text[1] == '-' ? 2 : 1);
	char *equals = strchr(name, '='), *value = equals ? equals + 1 : NULL;
	size_t n = equals ? (size_t)(equals - name) : strlen(name);
	const struct row *row = find(name, n, verb);
	char shown[64];

	/* a message must not repeat a secret that stands behind the equals sign */
	snprintf(shown, sizeof shown, "%.*s", (int)(name - text + (int)n), text);
	if (!row)
		return unknown_option(shown, name, n, verb, f);
	if (!row->argument && value)
		return fail_set(f, FAIL_USAGE, shown, "takes no value");
	if (row->argument && !value) {
		if (*at >= argc)
			return fail_set(f, FAIL_USAGE, shown, "needs a value: %s", row->argument);
		value = argv[(*at)++];
	}
	return keep(o, row, value, shown, m, f);
}

int options_parse(struct options *o, enum verb_set verb, int argc, char **argv, int first,
	const struct messages *m, struct fail *f)
{
	bool only_operands = false;

	memset(o, 0, sizeof *o);
	for (int at = first; at < argc;) {
		if (!only_operands && strcmp(argv[at], "--") == 0) {
			only_operands = true;
			at++;
		} else if (only_operands || argv[at][0] != '-' || argv[at][1] == '\0') {
			if (argv[at][0] == '\0')
				return fail_set(f, FAIL_USAGE, "\"\"",
					"is an empty name; was a variable empty?");
			if (append(&o->operands, argv[at++], f))
				return -1;
		} else if (parse_option(o, verb, argc, argv, &at, m, f)) {
			return -1;
		}
	}
	return 0;
}

void options_free(struct options *o)
{
	for (size_t i = 0; i < OPTION_COUNT; i++)
		free(o->lists[i].items);
	free(o->operands.items);
	secret_free(o->argument_secret);
	memset(o, 0, sizeof *o);
}

bool options_has(const struct options *o, enum option id)
{
	return o->values[id] != NULL;
}

/* "-name" as it was given. */
static const char *shown_name(const struct options *o, enum option id, char out[64])
{
	snprintf(out, 64, "-%s", o->names[id]);
	return out;
}

int options_number(const struct options *o, enum option id, uint64_t least, uint64_t most,
	uint64_t *value, struct fail *f)
{
	const char *text = o->values[id];
	char name[64], *end;
	unsigned long long n;

	if (!text)
		return 0;
	errno = 0;
	n = strtoull(text, &end, 10);
	if (*text < '0' || *text > '9' || *end || errno || n < least || n > most)
		return fail_set(f, FAIL_USAGE, shown_name(o, id, name),
			"\"%s\" is not a whole number from %llu to %llu", text,
			(unsigned long long)least, (unsigned long long)most);
	*value = n;
	return 0;
}

int options_choice(const struct options *o, enum option id, const char *const *words, size_t *index,
	struct fail *f)
{
	const char *text = o->values[id];
	char name[64], all[256] = "";
	size_t at = 0;

	if (!text)
		return 0;
	for (size_t i = 0; words[i]; i++) {
		if (strcmp(text, words[i]) == 0) {
			*index = i;
			return 0;
		}
		at += (size_t)snprintf(all + at, sizeof all - at, "%s%s", i ? ", " : "", words[i]);
		if (at >= sizeof all)
			at = sizeof all - 1;
	}
	return fail_set(f, FAIL_USAGE, shown_name(o, id, name), "\"%s\" is none of: %s", text, all);
}

enum option options_first_given(const struct options *o, const enum option *ids)
{
	while (*ids != OPTION_COUNT && !options_has(o, *ids))
		ids++;
	return *ids;
}

void options_print_help(FILE *to, enum verb_set verb)
{
	const char *group = NULL;

	for (size_t i = 0; i < N_ROWS; i++) {
		const struct row *r = &table[i];
		char left[64];

		if (r->group)
			group = r->group;
		if (!(r->verbs & verb))
			continue;
		if (group)
			fprintf(to, "\n%s:\n", group);
		group = NULL;
		snprintf(left, sizeof left, "-%s%s%s", r->name, r->argument ? " " : "",
			r->argument ? r->argument : "");
		fprintf(to, "  %-24s %s\n", left, r->help);
	}
}
