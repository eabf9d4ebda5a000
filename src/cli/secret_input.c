/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/secret_input.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "job/gpg_key.h"
#include "util/key_file.h"
#include "util/passphrase.h"

static const enum option secret_options[] = { OPTION_PASS_FILE, OPTION_PASS_FD, OPTION_KEY_FILE,
	OPTION_KEY_FD, OPTION_GPG_KEY, OPTION_ENCPASS, OPTION_ENCPASS_HEX, OPTION_ENCPASS_FILE,
	OPTION_COUNT };

static bool is_stdin_name(const char *value)
{
	static const char *const names[] = { "-", "/dev/stdin", "/dev/fd/0", "/proc/self/fd/0" };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(value, names[i]) == 0)
			return true;
	return false;
}

/* True where the option makes stdin the secret's source. */
static bool reads_stdin(const struct options *o, enum option id)
{
	const char *value = o->values[id];

	if (!value)
		return false;
	if (id == OPTION_PASS_FD || id == OPTION_KEY_FD)
		return strspn(value, "0") == strlen(value);
	if (id == OPTION_ENCPASS || id == OPTION_ENCPASS_HEX)
		return false;
	return is_stdin_name(value);
}

/* The image comes from stdin, and so none of the secrets may. */
static int check_stdin(const struct options *o, struct fail *f)
{
	static const enum option added[] = { OPTION_ADD_PASS_FILE, OPTION_ADD_KEY_FILE };
	const char *name = NULL;
	char shown[64];

	for (const enum option *id = secret_options; *id != OPTION_COUNT; id++)
		if (reads_stdin(o, *id))
			name = o->names[*id];
	for (size_t i = 0; i < sizeof added / sizeof *added; i++)
		for (size_t j = 0; j < o->lists[added[i]].n; j++)
			if (is_stdin_name(o->lists[added[i]].items[j]))
				name = i ? "add-key-file" : "add-pass-file";
	if (!name)
		return 0;
	snprintf(shown, sizeof shown, "-%s", name);
	return fail_set(f, FAIL_USAGE, shown, "stdin can't be both the image and the secret");
}

/* A clear disc takes no secret, but an empty file for one ("autoconfiguration" of old). */
static int check_none(const struct options *o, enum option id, struct fail *f)
{
	static const enum option added[] = { OPTION_ADD_PASS_FILE, OPTION_ADD_KEY_FILE,
		OPTION_COUNT };
	struct stat st;
	char name[64];

	if (id == OPTION_COUNT)
		id = options_first_given(o, added);
	if (id == OPTION_COUNT)
		return 0;
	if (id == OPTION_ENCPASS_FILE && stat(o->values[id], &st) == 0 && st.st_size == 0)
		return 0;
	snprintf(name, sizeof name, "-%s", o->names[id]);
	fail_set(f, FAIL_USAGE, name, "a clear disc has no secret");
	fail_hint(f, "leave out -format none to encrypt, or leave out the secret");
	return -1;
}

int secret_input_check(
	const struct options *o, bool format_needs_secret, bool source_is_stdin, struct fail *f)
{
	enum option first = options_first_given(o, secret_options);
	char name[64];

	if (!format_needs_secret)
		return check_none(o, first, f);
	for (const enum option *id = secret_options; *id != OPTION_COUNT; id++) {
		snprintf(name, sizeof name, "-%s", options_has(o, *id) ? o->names[*id] : "");
		if (options_has(o, *id) && *id != first)
			return fail_set(f, FAIL_USAGE, name,
				"is a second secret beside -%s: give one", o->names[first]);
	}
	return source_is_stdin ? check_stdin(o, f) : 0;
}

bool secret_input_is_given(const struct options *o)
{
	return options_first_given(o, secret_options) != OPTION_COUNT;
}

/* The descriptor that -pass-fd or -key-fd names, -1 with f filled. */
static int open_descriptor(const struct options *o, enum option id, struct fail *f)
{
	uint64_t fd = 0;
	char name[64];
	int flags;

	if (options_number(o, id, 0, 1 << 20, &fd, f))
		return -1;
	snprintf(name, sizeof name, "-%s", o->names[id]);
	flags = fcntl((int)fd, F_GETFL);
	if (flags < 0)
		return fail_set(f, FAIL_USAGE, name, "descriptor %d is not open", (int)fd);
	if ((flags & O_ACCMODE) == O_WRONLY)
		return fail_set(f, FAIL_USAGE, name,
			"descriptor %d is open for writing, not for reading", (int)fd);
	return (int)fd;
}

int secret_input_check_apart(const struct options *o, const struct output *out, struct fail *f)
{
	static const enum option files[] = { OPTION_PASS_FILE, OPTION_KEY_FILE, OPTION_ENCPASS_FILE,
		OPTION_GPG_KEY };
	static const enum option lists[] = { OPTION_ADD_PASS_FILE, OPTION_ADD_KEY_FILE };

	for (size_t i = 0; i < sizeof files / sizeof *files; i++)
		if (options_has(o, files[i]) && output_check_apart(out, o->values[files[i]], f))
			return -1;
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
		for (size_t j = 0; j < o->lists[lists[i]].n; j++)
			if (output_check_apart(out, o->lists[lists[i]].items[j], f))
				return -1;
	return 0;
}

static struct secret *ask(bool is_new, const char *object, const struct messages *m, struct fail *f)
{
	char prompt[512], shown[384];

	snprintf(prompt, sizeof prompt,
		"Passphrase for %s: ", message_escape(shown, sizeof shown, object));
	return passphrase_ask(prompt, is_new, m, f);
}

static struct secret *read_passphrase_option(const struct options *o, enum option id, bool is_new,
	const char *object, const struct messages *m, struct fail *f)
{
	int fd;

	switch (id) {
	case OPTION_PASS_FILE:
		if (reads_stdin(o, id))
			return passphrase_from_fd(STDIN_FILENO, m, f);
		return passphrase_from_file(o->values[id], m, f);
	case OPTION_PASS_FD:
		fd = open_descriptor(o, id, f);
		return fd < 0 ? NULL : passphrase_from_fd(fd, m, f);
	default:
		return ask(is_new, object, m, f);
	}
}

static struct secret *read_key_option(
	const struct options *o, enum option id, const struct messages *m, struct fail *f)
{
	int fd;

	if (id == OPTION_KEY_FD) {
		fd = open_descriptor(o, id, f);
		return fd < 0 ? NULL : key_file_read_fd(fd, f);
	}
	return reads_stdin(o, id) ? key_file_read_fd(STDIN_FILENO, f)
				  : key_file_read(o->values[id], m, f);
}

/* Where a file's name serves the commands that are printed. */
static const char *shown_path(const struct options *o, enum option id)
{
	bool is_file = id == OPTION_PASS_FILE || id == OPTION_KEY_FILE || id == OPTION_ENCPASS_FILE;

	return is_file && !reads_stdin(o, id) ? o->values[id] : NULL;
}

struct credential secret_input_described(const struct options *o)
{
	enum option id = options_first_given(o, secret_options);
	struct credential c = { .kind = CREDENTIAL_PASSPHRASE };

	if (id == OPTION_COUNT)
		return c;
	if (id == OPTION_ENCPASS_HEX || id == OPTION_ENCPASS_FILE)
		c.kind = CREDENTIAL_BYTES;
	if (id == OPTION_KEY_FILE || id == OPTION_KEY_FD || id == OPTION_GPG_KEY)
		c.kind = CREDENTIAL_KEY;
	c.path = shown_path(o, id);
	c.gpg_path = id == OPTION_GPG_KEY ? o->values[id] : NULL;
	return c;
}

/* Keeps a secret; NULL is a failure that f tells of already. */
static int append(
	struct secret_input *in, struct secret *secret, struct credential described, struct fail *f)
{
	if (!secret)
		return -1;
	described.secret = secret;
	in->secrets[in->n] = secret;
	in->credentials[in->n] = described;
	in->n++;
	if (secret_size(secret) == 0)
		return fail_set(
			f, FAIL_USAGE, described.path ? described.path : "", "the secret is empty");
	return 0;
}

static struct secret *read_main(struct options *o, bool is_new, const char *object,
	const struct messages *m, struct fail *f)
{
	enum option id = options_first_given(o, secret_options);
	struct secret *secret;

	switch (id) {
	case OPTION_ENCPASS:
	case OPTION_ENCPASS_HEX:
		secret = o->argument_secret;
		o->argument_secret = NULL;
		return secret;
	case OPTION_GPG_KEY:
		return gpg_key_read(o->values[id], f);
	case OPTION_ENCPASS_FILE:
	case OPTION_KEY_FILE:
	case OPTION_KEY_FD:
		return read_key_option(o, id, m, f);
	default:
		return read_passphrase_option(o, id, is_new, object, m, f);
	}
}

static int get_added(
	struct secret_input *in, const struct options *o, const struct messages *m, struct fail *f)
{
	const struct option_list *pass = &o->lists[OPTION_ADD_PASS_FILE];
	const struct option_list *key = &o->lists[OPTION_ADD_KEY_FILE];
	struct credential c = { .kind = CREDENTIAL_PASSPHRASE };

	for (size_t i = 0; i < pass->n; i++) {
		c.path = pass->items[i];
		if (append(in,
			    is_stdin_name(c.path) ? passphrase_from_fd(STDIN_FILENO, m, f)
						  : passphrase_from_file(c.path, m, f),
			    c, f))
			return -1;
	}
	c.kind = CREDENTIAL_KEY;
	for (size_t i = 0; i < key->n; i++) {
		c.path = key->items[i];
		if (append(in,
			    is_stdin_name(c.path) ? key_file_read_fd(STDIN_FILENO, f)
						  : key_file_read(c.path, m, f),
			    c, f))
			return -1;
	}
	return 0;
}

int secret_input_get(struct secret_input *in, struct options *o, bool is_new, const char *object,
	const struct messages *m, struct fail *f)
{
	size_t most = 1 + o->lists[OPTION_ADD_PASS_FILE].n + o->lists[OPTION_ADD_KEY_FILE].n;

	in->n = 0;
	in->secrets = calloc(most, sizeof *in->secrets);
	in->credentials = calloc(most, sizeof *in->credentials);
	if (!in->secrets || !in->credentials)
		return fail_memory(f);
	if (append(in, read_main(o, is_new, object, m, f), secret_input_described(o), f))
		return -1;
	return get_added(in, o, m, f);
}

void secret_input_free(struct secret_input *in)
{
	for (size_t i = 0; i < in->n; i++)
		secret_free(in->secrets[i]);
	free(in->secrets);
	free(in->credentials);
	memset(in, 0, sizeof *in);
}
