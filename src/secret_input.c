/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "secret_input.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gpg_key.h"
#include "util/key_file.h"
#include "util/passphrase.h"

static const enum option secret_options[] = { OPTION_PASS_FILE, OPTION_PASS_FD, OPTION_KEY_FILE,
	OPTION_KEY_FD, OPTION_GPG_KEY, OPTION_ENCPASS, OPTION_ENCPASS_HEX, OPTION_ENCPASS_FILE,
	OPTION_COUNT };

/* True where the option makes stdin the secret's source. */
static bool reads_stdin(const struct options *o, enum option id)
{
	const char *value = o->values[id];

	if (!value)
		return false;
	if (id == OPTION_PASS_FD || id == OPTION_KEY_FD)
		return strspn(value, "0") == strlen(value);
	if (id == OPTION_ENCPASS || id == OPTION_ENCPASS_HEX || id == OPTION_GPG_KEY)
		return false;
	return strcmp(value, "-") == 0 || strcmp(value, "/dev/stdin") == 0 ||
	       strcmp(value, "/dev/fd/0") == 0;
}

/* A clear disc takes no secret, but an empty file for one ("autoconfiguration" of old). */
static int check_none(const struct options *o, enum option id, struct fail *f)
{
	struct stat st;
	char name[64];

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
		if (source_is_stdin && reads_stdin(o, *id))
			return fail_set(f, FAIL_USAGE, name,
				"stdin can't be both the image and the secret");
	}
	return 0;
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

	if (options_number(o, id, 0, 1 << 20, &fd, f))
		return -1;
	if (fcntl((int)fd, F_GETFD) < 0) {
		snprintf(name, sizeof name, "-%s", o->names[id]);
		return fail_set(f, FAIL_USAGE, name, "descriptor %d is not open", (int)fd);
	}
	return (int)fd;
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

/* Keeps a secret; NULL is a failure that f tells of already. */
static int append(struct secret_input *in, struct secret *secret, enum credential_kind kind,
	const char *path, struct fail *f)
{
	if (!secret)
		return -1;
	in->secrets[in->n] = secret;
	in->credentials[in->n] =
		(struct credential){ .kind = kind, .secret = secret, .path = path };
	in->n++;
	if (secret_size(secret) == 0)
		return fail_set(f, FAIL_USAGE, path ? path : "", "the secret is empty");
	return 0;
}

static int get_main(struct secret_input *in, struct options *o, bool is_new, const char *object,
	const struct messages *m, struct fail *f)
{
	enum option id = options_first_given(o, secret_options);
	const char *path = id == OPTION_COUNT ? NULL : shown_path(o, id);
	struct secret *secret;

	switch (id) {
	case OPTION_ENCPASS:
	case OPTION_ENCPASS_HEX:
		secret = o->argument_secret;
		o->argument_secret = NULL;
		return append(in, secret,
			id == OPTION_ENCPASS ? CREDENTIAL_PASSPHRASE : CREDENTIAL_BYTES, NULL, f);
	case OPTION_ENCPASS_FILE:
		return append(in, read_key_option(o, id, m, f), CREDENTIAL_BYTES, path, f);
	case OPTION_GPG_KEY:
		return append(in, gpg_key_read(o->values[id], f), CREDENTIAL_KEY, NULL, f);
	case OPTION_KEY_FILE:
	case OPTION_KEY_FD:
		return append(in, read_key_option(o, id, m, f), CREDENTIAL_KEY, path, f);
	default:
		return append(in, read_passphrase_option(o, id, is_new, object, m, f),
			CREDENTIAL_PASSPHRASE, path, f);
	}
}

static int get_added(
	struct secret_input *in, const struct options *o, const struct messages *m, struct fail *f)
{
	const struct option_list *pass = &o->lists[OPTION_ADD_PASS_FILE];
	const struct option_list *key = &o->lists[OPTION_ADD_KEY_FILE];

	for (size_t i = 0; i < pass->n; i++)
		if (append(in, passphrase_from_file(pass->items[i], m, f), CREDENTIAL_PASSPHRASE,
			    pass->items[i], f))
			return -1;
	for (size_t i = 0; i < key->n; i++)
		if (append(in, key_file_read(key->items[i], m, f), CREDENTIAL_KEY, key->items[i],
			    f))
			return -1;
	return 0;
}

int secret_input_get(struct secret_input *in, struct options *o, bool is_new, const char *object,
	const struct messages *m, struct fail *f)
{
	size_t most = 1 + o->lists[OPTION_ADD_PASS_FILE].n + o->lists[OPTION_ADD_KEY_FILE].n;

	in->n = 0;
	in->secrets = calloc(most, sizeof *in->secrets);
	in->credentials = calloc(most, sizeof *in->credentials);
	if (!in->secrets || !in->credentials) {
		errno = ENOMEM;
		return fail_errno(f, FAIL_FAILED, "", "can't keep the secrets");
	}
	if (get_main(in, o, is_new, object, m, f))
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
