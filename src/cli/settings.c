/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/settings.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tree/finished_image.h"
#include "util/hex.h"
#include "util/message.h"

const char *settings_operand(const struct settings *s, size_t i)
{
	const char *const *operands = s->operands.items;

	return i < s->operands.n ? operands[i] : NULL;
}

enum option settings_first_given(const struct settings *s, const enum option *ids)
{
	while (*ids != OPTION_COUNT && !s->given[*ids])
		ids++;
	return *ids;
}

int settings_fail(const struct settings *s, enum option id, struct fail *f, const char *format, ...)
{
	char name[64], text[512];
	va_list args;

	snprintf(name, sizeof name, "-%s", s->given[id] ? s->given[id] : "");
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	return fail_set(f, FAIL_USAGE, name, "%s", text);
}

int settings_append(struct settings_list *list, const void *item, size_t n_bytes, struct fail *f)
{
	char *items = realloc(list->items, (list->n + 1) * n_bytes);

	if (!items)
		return fail_memory(f);
	memcpy(items + list->n++ * n_bytes, item, n_bytes);
	list->items = items;
	return 0;
}

/* -format and -encstyle; NULL where neither was given. */
static int choose_format(struct settings *s, struct fail *f)
{
	const struct format *plain = format_find("plain");
	struct volume_request *v = &s->volume;

	if (s->given[OPTION_ENCSTYLE] && v->format && v->format != plain)
		return settings_fail(s, OPTION_ENCSTYLE, f,
			"is a style of the plain format, not of %s", v->format->name);
	if (s->given[OPTION_ENCSTYLE])
		v->format = plain;
	v->more_secrets = s->more_secrets.items;
	v->n_more_secrets = s->more_secrets.n;
	return 0;
}

static int check_key_part(const struct settings *s, struct fail *f)
{
	static const enum option of_part[] = { OPTION_KEYFILE_OFFSET, OPTION_KEYFILE_SIZE,
		OPTION_COUNT };
	const struct volume_request *v = &s->volume;
	enum option id = settings_first_given(s, of_part);

	if (id == OPTION_COUNT ||
		(v->secret.kind == CREDENTIAL_KEY && v->secret.from != SECRET_GPG))
		return 0;
	return settings_fail(s, id, f, "applies only to -key-file and -key-fd");
}

static int choose_image(struct settings *s, const char *path, struct fail *f)
{
	static const enum option of_trees[] = { OPTION_GRAFT, OPTION_FILES_FROM, OPTION_EXCLUDE,
		OPTION_FOLLOW_LINKS, OPTION_ONE_FILE_SYSTEM, OPTION_PORTABLE,
		OPTION_SKIP_UNREADABLE, OPTION_PRIVILEGED, OPTION_CHECKSUMS, OPTION_NO_CHECKSUMS,
		OPTION_VOLUME_ID, OPTION_COUNT };
	enum option id = settings_first_given(s, of_trees);

	s->burn.source.image_path = path;
	if (id == OPTION_COUNT)
		return 0;
	return settings_fail(s, id, f, "applies to a tree of files, but %s is a finished image",
		strcmp(path, "-") == 0 ? "stdin" : path);
}

/* The name that a directory has in a path of the command line; "" where it has none there. */
static void name_of(const char *path, char name[256])
{
	size_t n = strlen(path), start;

	while (n > 1 && path[n - 1] == '/')
		n--;
	for (start = n; start && path[start - 1] != '/'; start--)
		;
	snprintf(name, 256, "%.*s", (int)(n - start), path + start);
	if (!strcmp(name, ".") || !strcmp(name, "..") || strpbrk(name, "=\\"))
		*name = '\0';
}

/* NAME=PATH for a shell, as a heap string; NULL where a message, which doubles backslashes, can't
 * show it as it is to be typed. */
static char *quote_graft(const char *name, const char *path)
{
	char *graft, *quoted = NULL;

	if (asprintf(&graft, "%s=%s", name, path) < 0)
		return NULL;
	quoted = message_shell_quote(graft);
	free(graft);
	if (quoted && strchr(quoted, '\\')) {
		free(quoted);
		quoted = NULL;
	}
	return quoted;
}

/* Several directories become one: cp and tar would keep them apart. */
static void tell_merged(const struct settings *s, const struct messages *m)
{
	const char *first = NULL, *second = NULL;
	char first_name[256], second_name[256], *first_graft, *second_graft;
	struct stat st;

	for (size_t i = 0; i < s->operands.n && !second; i++) {
		const char *path = settings_operand(s, i);

		if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
			*(first ? &second : &first) = path;
	}
	if (!second)
		return;
	name_of(first, first_name);
	name_of(second, second_name);
	first_graft = quote_graft(first_name, first);
	second_graft = quote_graft(second_name, second);
	if (*first_name && *second_name && strcmp(first_name, second_name) != 0 && first_graft &&
		second_graft)
		message_note(m,
			"the contents of the directories are merged; use -graft %s -graft %s "
			"to keep them apart",
			first_graft, second_graft);
	else
		message_note(m, "the contents of the directories are merged; use -graft NAME=DIR "
				"for each to keep them apart");
	free(first_graft);
	free(second_graft);
}

static int choose_tree(struct settings *s, const struct messages *m, struct fail *f)
{
	struct tree_spec *tree = &s->burn.source.tree;
	bool appends = s->append.burn != NULL;

	for (size_t i = 0; i < s->operands.n; i++) {
		if (strcmp(settings_operand(s, i), "-") != 0)
			continue;
		fail_set(f, FAIL_USAGE, "-", "stdin is an image; it can't be %s",
			appends ? "added" : "one of several sources");
		return fail_field(f, appends ? REQUEST_ADDED : REQUEST_NONE);
	}
	if (s->operands.n == 0 && s->grafts.n == 0 && !tree->list_path) {
		fail_set(f, FAIL_USAGE, "", "no source given");
		return fail_field(f, appends ? REQUEST_ADDED : REQUEST_SOURCE);
	}
	if (s->given[OPTION_SIZE])
		return settings_fail(s, OPTION_SIZE, f,
			"applies to an image on stdin; the size of a tree is known");
	tree->sources = s->operands.items;
	tree->n_sources = s->operands.n;
	tree->grafts = s->grafts.items;
	tree->n_grafts = s->grafts.n;
	tree->excludes = s->excludes.items;
	tree->n_excludes = s->excludes.n;
	tree->skip_unreadable = s->skip_unreadable;
	tree->privileged = s->privileged;
	tell_merged(s, m);
	tree->sums = s->given[OPTION_CHECKSUMS] ? SUMS : SUMS_NOT;
	s->burn.source.sums_as_usual =
		!s->given[OPTION_CHECKSUMS] && !s->given[OPTION_NO_CHECKSUMS];
	return 0;
}

static int choose_source(struct settings *s, const struct messages *m, struct fail *f)
{
	const char *image = s->burn.source.image_path;
	const char *sole = s->operands.n == 1 ? settings_operand(s, 0) : NULL;

	if (image && s->operands.n)
		return fail_set(f, FAIL_USAGE, settings_operand(s, 0),
			"unexpected source: -image names the only one");
	if (image)
		return choose_image(s, image, f);
	if (sole && strcmp(sole, "-") == 0)
		return choose_image(s, sole, f);
	if (sole && s->grafts.n == 0 && !s->burn.source.tree.list_path &&
		finished_image_is_one(sole)) {
		char *graft = quote_graft("/NAME", sole);

		message_note(m,
			"%s is a finished image and is burned as it is; use -graft %s to store it "
			"as a file",
			sole, graft ? graft : "/NAME=FILE");
		free(graft);
		return choose_image(s, sole, f);
	}
	return choose_tree(s, m, f);
}

/* Options that exclude each other. */
static int check_pairs(const struct settings *s, struct fail *f)
{
	if (s->given[OPTION_DUMMY] && s->burn.blanks) {
		settings_fail(s, OPTION_BLANK, f,
			"would really blank the medium, but -dummy only simulates");
		fail_hint(f, "leave one of them out, or blank the medium first");
		return -1;
	}
	if (s->given[OPTION_VERIFY] && s->given[OPTION_NO_VERIFY])
		return settings_fail(s, OPTION_NO_VERIFY, f, "contradicts -verify");
	if (s->given[OPTION_CHECKSUMS] && s->given[OPTION_NO_CHECKSUMS])
		return settings_fail(s, OPTION_NO_CHECKSUMS, f, "contradicts -checksums");
	if (s->given[OPTION_VERIFY] && s->given[OPTION_DUMMY])
		return settings_fail(
			s, OPTION_VERIFY, f, "a simulated burn leaves nothing to read back");
	if (s->given[OPTION_ENCRYPT] && s->volume.format && !s->volume.format->needs_secret)
		return settings_fail(
			s, OPTION_ENCRYPT, f, "contradicts -format %s", s->volume.format->name);
	return 0;
}

static int check_output(const struct settings *s, const char *hint, struct fail *f)
{
	if (s->burn.output.path)
		return 0;
	fail_set(f, FAIL_USAGE, "", "-o OUTPUT is required");
	fail_hint(f, "%s", hint);
	return -1;
}

static void choose_comparing(struct settings *s)
{
	s->burn.compare = s->given[OPTION_VERIFY]      ? COMPARE
			  : s->given[OPTION_NO_VERIFY] ? COMPARE_NOT
						       : COMPARE_AS_USUAL;
}

int settings_burn(struct settings *s, const struct messages *m, struct fail *f)
{
	struct burn_request *b = &s->burn;

	b->volume = &s->volume;
	if (check_output(s,
		    "-o /dev/sr0 burns, -o disc.img makes an image file, -o - writes to standard "
		    "output",
		    f))
		return -1;
	b->output.replace = s->force;
	if (choose_format(s, f))
		return -1;
	/* what is opened again after the burn was just made here */
	s->volume.params.allow_costly_kdf = true;
	if (check_pairs(s, f) || check_key_part(s, f))
		return -1;
	choose_comparing(s);
	return choose_source(s, m, f);
}

/* The IVs of loop-AES count from the start of the disc if nothing else is said, as cryptsetup has
 * it too. */
static int complete_offset(struct settings *s, struct fail *f)
{
	struct format_params *p = &s->volume.params;

	if (!p->offset)
		return 0;
	if (!s->volume.format && !s->read.guess) {
		settings_fail(s, OPTION_OFFSET, f, "applies only to a format that is named");
		fail_hint(f, "give -format plain or -format loopaes, or try -guess");
		return -1;
	}
	if (s->volume.format == format_find("loopaes") && !s->given[OPTION_SKIP])
		p->iv_skip = p->offset;
	return 0;
}

/* An option of only one format names that one. */
static int infer_format(struct settings *s, struct fail *f)
{
	static const struct {
		enum option option;
		const char *format;
	} signs[] = { { OPTION_ITERATIONS, "loopaes" }, { OPTION_CIPHER, "plain" },
		{ OPTION_KEY_SIZE, "plain" }, { OPTION_HASH, "plain" },
		{ OPTION_SECTOR_SIZE, "plain" }, { OPTION_IV_LARGE_SECTORS, "plain" },
		{ OPTION_SKIP, "plain" }, { OPTION_PIM, "veracrypt" } };
	size_t i = 0;

	while (i < sizeof signs / sizeof *signs && !s->given[signs[i].option])
		i++;
	if (i == sizeof signs / sizeof *signs)
		return 0;
	s->volume.format = format_find(signs[i].format);
	if (!s->read.guess)
		return 0;
	settings_fail(s, signs[i].option, f, "means the format %s, so there is nothing to guess",
		signs[i].format);
	fail_hint(f, "leave out either this option or -guess");
	return -1;
}

static int take_root(struct settings *s, struct fail *f)
{
	char digits[2 * SHA256_BYTES + 1] = "";
	bool is_long = strlen(s->wanted_root) == sizeof digits - 1;

	for (size_t i = 0; is_long && s->wanted_root[i]; i++)
		digits[i] = (char)tolower((unsigned char)s->wanted_root[i]);
	if (is_long && hex_read(s->root, sizeof s->root, digits))
		return 0;
	return settings_fail(s, OPTION_ROOT, f,
		"\"%s\" is not a root: it has %zu hexadecimal digits, and is printed when a disc "
		"is made",
		s->wanted_root, sizeof digits - 1);
}

int settings_trust(struct settings *s, struct heal_trust *trust, struct fail *f)
{
	static const enum option of_trust[] = { OPTION_TRUST, OPTION_ROOT, OPTION_REQUIRE_MAC,
		OPTION_COUNT };
	enum option id = settings_first_given(s, of_trust);

	if (id != OPTION_COUNT && trust->is_off)
		return settings_fail(s, id, f,
			"not with -no-heal, which reads without the digests that prove anything");
	if (s->trusted_key && minisign_public_read(&s->signer, s->trusted_key, f))
		return -1;
	if (s->wanted_root && take_root(s, f))
		return -1;
	trust->signer = s->trusted_key ? &s->signer : NULL;
	trust->root = s->wanted_root ? s->root : NULL;
	return 0;
}

int settings_read(struct settings *s, const char *path, struct fail *f)
{
	s->read.volume = &s->volume;
	s->read.path = path;
	s->read.heal.at = s->given[OPTION_HEAL_AT] ? s->heal.search.at : 0;
	s->read.heal.everywhere = s->heal.search.everywhere;
	if (choose_format(s, f) || (!s->volume.format && infer_format(s, f)))
		return -1;
	return complete_offset(s, f) || check_key_part(s, f) || settings_trust(s, &s->read.heal, f)
		       ? -1
		       : 0;
}

int settings_append_session(struct settings *s, const struct messages *m, struct fail *f)
{
	struct append_request *a = &s->append;

	a->burn = &s->burn;
	a->disc = &s->read;
	a->by_digest = s->compares_by == BY_DIGEST;
	a->takes_silent = s->force;
	s->burn.volume = &s->volume;
	if (check_output(s,
		    "-o /dev/sr0 adds to the disc in that drive, -o disc.img to an image file", f))
		return -1;
	if (s->force && !a->by_digest)
		return settings_fail(s, OPTION_FORCE, f,
			"applies to -compare digest; appending replaces nothing");
	if (check_pairs(s, f) || settings_read(s, s->burn.output.path, f))
		return -1;
	choose_comparing(s);
	return choose_tree(s, m, f);
}

void settings_free(struct settings *s)
{
	const struct tree_graft *grafts = s->grafts.items;

	for (size_t i = 0; i < s->grafts.n; i++)
		free((void *)(uintptr_t)grafts[i].target);
	free(s->grafts.items);
	free(s->operands.items);
	free(s->excludes.items);
	free(s->more_secrets.items);
	free(s->reading.items);
	secret_free(s->volume.secret.given);
	free(s->volume.key_files);
	memset(s, 0, sizeof *s);
}
