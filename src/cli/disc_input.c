/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/disc_input.h"

#include <stdio.h>
#include <string.h>

#include "crypto/libraries.h"
#include "cli/format_input.h"
#include "iso/disc_memory.h"
#include "cli/print.h"
#include "cli/secret_input.h"
#include "util/sandbox.h"
#include "util/size.h"

/* What is known while it is opened. */
struct opening {
	struct options *options;
	const char *path;
	struct disc *disc;
	size_t memory; /* granted for its file system; 0: as usual */
	struct disc_key key;
	struct secret_input secret;
};

/* A directory of some hundred thousand files needs more than a stranger's disc is granted. */
static int grant_memory(const struct options *o, size_t *memory, struct fail *f)
{
	uint64_t n_bytes;

	if (!options_has(o, OPTION_MAX_MEMORY))
		return 0;
	if (size_parse(o->values[OPTION_MAX_MEMORY], &n_bytes) || n_bytes > SIZE_MAX)
		return fail_set(f, FAIL_USAGE, "-max-memory",
			"\"%s\" is no size, as 256m or 1g are", o->values[OPTION_MAX_MEMORY]);
	if (n_bytes < DISC_MEMORY_DEFAULT)
		return fail_set(f, FAIL_USAGE, "-max-memory",
			"%zu MiB are granted without it; it takes more, not less",
			DISC_MEMORY_DEFAULT >> 20);
	*memory = (size_t)n_bytes;
	return 0;
}

static int check_options(struct opening *s, struct fail *f)
{
	const struct options *o = s->options;
	bool needs_secret;

	if (strcmp(s->path, "-") == 0)
		return fail_set(f, FAIL_USAGE, "-",
			"is a stream: a disc is read here and there; save it to a file first");
	if (grant_memory(o, &s->memory, f) ||
		format_input_find(o, &s->key.format, &s->key.params, f))
		return -1;
	s->key.guess = options_has(o, OPTION_GUESS);
	if (s->key.guess && s->key.format)
		return fail_set(
			f, FAIL_USAGE, "-guess", "tries several formats, and one is named already");
	needs_secret = !s->key.format || s->key.format->needs_secret;
	return secret_input_check(o, needs_secret, false, f);
}

/* Reads the secret that the command line names, or asks for one. */
static int get_secret(struct opening *s, struct fail *f)
{
	if (secret_input_get(&s->secret, s->options, false, s->path, print_messages(), f))
		return -1;
	s->key.credential = &s->secret.credentials[0];
	if (!secret_all_locked())
		message_warn(print_messages(),
			"secrets could not be locked into memory and may reach the swap space; "
			"raise the limit (ulimit -l)");
	return 0;
}

/* A secret that is named is read at once: its file, or gpg, is out of reach of the sandbox. */
static int get_early_secret(struct opening *s, struct fail *f)
{
	bool is_clear = s->key.format && !s->key.format->needs_secret;

	if (is_clear || !(secret_input_is_given(s->options) || s->key.format))
		return 0;
	return get_secret(s, f);
}

/* Asks for it where it turns out that one is needed. */
static int get_late_secret(struct opening *s, struct fail *f)
{
	const struct format *shown;

	if (s->key.format)
		return 0;
	shown = disc_recognise(s->disc);
	if (shown && !shown->needs_secret && s->key.credential)
		message_note(print_messages(),
			"%s is not encrypted: the secret is not needed; for a volume that is a "
			"file on it, name that with -as-file",
			s->path);
	if (s->key.credential || (shown && !shown->needs_secret))
		return 0;
	return get_secret(s, f);
}

static int enter_sandbox(struct opening *s, const struct disc_input_rights *rights, struct fail *f)
{
	struct sandbox_needs needs = { .writable_dir = rights->writable_dir,
		.readable_dir = rights->readable_dir,
		.terminal = !s->key.credential };

	libraries_start();
	return sandbox_enter(&needs, print_messages(), f);
}

static int open_disc(struct opening *s, const struct disc_input_rights *rights, struct fail *f)
{
	if (check_options(s, f))
		return -1;
	s->disc = disc_open(s->path, s->key.params.header_path, s->memory, f);
	if (!s->disc || get_early_secret(s, f))
		return -1;
	if (enter_sandbox(s, rights, f))
		return -1;
	if (options_has(s->options, OPTION_AS_FILE) &&
		disc_enter_file(s->disc, s->options->values[OPTION_AS_FILE], f))
		return -1;
	if (get_late_secret(s, f))
		return -1;
	return disc_unlock(s->disc, &s->key, print_messages(), f);
}

struct disc *disc_input_open(
	struct options *o, const char *path, const struct disc_input_rights *rights, struct fail *f)
{
	struct opening s = { .options = o, .path = path };
	struct fail cause = { 0 };

	if (open_disc(&s, rights, &cause)) {
		if (!cause.object[0])
			snprintf(cause.object, sizeof cause.object, "%s", path);
		*f = cause;
		disc_close(s.disc);
		s.disc = NULL;
	}
	secret_input_free(&s.secret);
	return s.disc;
}
