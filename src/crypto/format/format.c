/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "crypto/format/format.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/format/contents_probe.h"

/* longer than every format's commands with a path of PATH_MAX in each */
enum { COMMANDS_MAX = 64 * 1024 };

static const struct format no_format;

const struct format *const formats[] = {
	&luks2_format,
	&luks1_format,
	&plain_format,
	&loopaes_format,
	&veracrypt_format,
	&truecrypt_format,
	&none_format,
	&no_format,
};

static bool has_alias(const struct format *format, const char *name)
{
	for (const char *const *a = format->aliases; a && *a; a++)
		if (strcmp(*a, name) == 0)
			return true;
	return false;
}

const struct format *format_find(const char *name)
{
	for (const struct format *const *f = formats; (*f)->name; f++)
		if (strcmp((*f)->name, name) == 0 || has_alias(*f, name))
			return *f;
	return NULL;
}

/* Fails for the first parameter that was given and isn't taken. */
static int check_params(const struct format *format, const struct format_params *p, struct fail *f)
{
	const struct {
		bool given;
		unsigned takes;
		const char *option;
	} rows[] = {
		{ p->style, TAKES_STYLE, "-encstyle" },
		{ p->cipher, TAKES_CIPHER, "-cipher" },
		{ p->key_bits, TAKES_KEY_SIZE, "-key-size" },
		{ p->hash, TAKES_HASH, "-hash" },
		{ p->sector_bytes, TAKES_SECTOR_SIZE, "-sector-size" },
		{ p->large_ivs, TAKES_LARGE_IVS, "-iv-large-sectors" },
		{ p->iv_skip, TAKES_SKIP, "-skip" },
		{ p->offset, TAKES_OFFSET, "-offset" },
		{ p->pbkdf, TAKES_PBKDF, "-pbkdf" },
		{ p->pbkdf_memory_kib, TAKES_PBKDF, "-pbkdf-memory" },
		{ p->pbkdf_iterations, TAKES_PBKDF, "-pbkdf-iterations" },
		{ p->iterations, TAKES_ITERATIONS, "-iterations" },
		{ p->pbkdf_parallel, TAKES_PBKDF, "-pbkdf-parallel" },
		{ p->pbkdf_weak, TAKES_PBKDF, "-pbkdf-weak" },
		{ p->label, TAKES_LABEL, "-label" },
		{ p->uuid, TAKES_UUID, "-uuid" },
		{ p->pim, TAKES_PIM, "-pim" },
		{ p->key_offset, TAKES_KEY_PART, "-keyfile-offset" },
		{ p->key_bytes, TAKES_KEY_PART, "-keyfile-size" },
		{ p->header_path, TAKES_HEADER, "-header" },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (rows[i].given && !(format->takes & rows[i].takes)) {
			fail_set(f, FAIL_USAGE, rows[i].option, "does not apply to the format %s",
				format->name);
			fail_hint(f, "leave it out, or name a -format that takes it");
			return -1;
		}
	return 0;
}

int format_check(const struct format *format, const struct format_params *params,
	enum credential_kind kind, struct fail *f)
{
	if (check_params(format, params, f))
		return -1;
	return format->check ? format->check(params, kind, f) : 0;
}

bool format_hashes(const struct format *format, const struct format_params *params)
{
	return !format->hashes || format->hashes(params);
}

int format_check_secrets(
	const struct format *format, size_t n_secrets, const char *key_file, struct fail *f)
{
	if (n_secrets > 1 && !(format->takes & TAKES_MORE_SECRETS))
		return fail_set(f, FAIL_USAGE, "-add-pass-file, -add-key-file",
			"the format %s takes only one secret", format->name);
	if (key_file && !(format->takes & TAKES_KEY_FILES))
		return fail_set(f, FAIL_USAGE, key_file, "the format %s takes only one secret",
			format->name);
	return 0;
}

static int check_credentials(const struct format *format, const struct credential *credentials,
	size_t n_credentials, struct fail *f)
{
	if (format->needs_secret && n_credentials == 0)
		return fail_set(f, FAIL_USAGE, "", "the format %s needs a passphrase or a key",
			format->name);
	if (format_check_secrets(format, n_credentials,
		    n_credentials && credentials->n_key_files ? credentials->key_files->path : NULL,
		    f))
		return -1;
	for (size_t i = 0; i < n_credentials; i++) {
		size_t n = secret_size(credentials[i].secret);
		const char *path = credentials[i].path;

		if (format->needs_secret && n == 0)
			return fail_set(f, FAIL_USAGE, path, "the secret is empty");
		if (!format->needs_secret && n > 0)
			return fail_set(f, FAIL_USAGE, path,
				"the format %s encrypts nothing and takes no secret", format->name);
	}
	return 0;
}

static struct volume *volume_new(const struct format *format, struct fail *f)
{
	struct volume *v = calloc(1, sizeof *v);

	if (!v) {
		fail_memory(f);
		return NULL;
	}
	v->format = format;
	return v;
}

int format_measure(const struct format *format, const struct format_params *params,
	uint64_t payload_bytes, struct volume_sizes *sizes, struct fail *f)
{
	if (check_params(format, params, f))
		return -1;
	if (!format->create) {
		fail_set(f, FAIL_USAGE, "-format", "%s can be read, but not made", format->name);
		fail_hint(f, "run \"xburncrypt formats\" for a list");
		return -1;
	}
	if (format->needs_size && payload_bytes == 0)
		return fail_set(f, FAIL_USAGE, "-size",
			"the format %s needs to know the size of the image in advance",
			format->name);
	*sizes = format->sizes;
	if (params->header_path)
		sizes->header_bytes = 0;
	return 0;
}

/* What was measured has been promised: room on the medium, places of all that follows. */
static int check_sizes(const struct volume *v, const struct volume_sizes *wanted, struct fail *f)
{
	if (v->header_bytes == wanted->header_bytes && v->trailer_bytes == wanted->trailer_bytes)
		return 0;
	return fail_set(f, FAIL_FAILED, "",
		"internal error: the format %s made a header of %llu bytes and a trailer of %llu, "
		"not of %llu and %llu",
		v->format->name, (unsigned long long)v->header_bytes,
		(unsigned long long)v->trailer_bytes, (unsigned long long)wanted->header_bytes,
		(unsigned long long)wanted->trailer_bytes);
}

struct volume *format_create(const struct format *format, const struct format_params *params,
	const struct credential *credentials, size_t n_credentials, uint64_t payload_bytes,
	const struct messages *m, struct fail *f)
{
	struct volume_sizes sizes;
	struct volume *v;

	if (format_measure(format, params, payload_bytes, &sizes, f) ||
		check_credentials(format, credentials, n_credentials, f))
		return NULL;
	v = volume_new(format, f);
	if (!v)
		return NULL;
	if (format->create(params, credentials, n_credentials, payload_bytes, v, m, f) ||
		check_sizes(v, &sizes, f)) {
		volume_free(v);
		return NULL;
	}
	return v;
}

/* True where nothing on the disc shows that it is the right one for the key. */
static bool is_shown_by_contents(const struct format *format, const struct format_params *params)
{
	return format->unrecorded || params->header_path;
}

int format_check_contents(const struct format *format, const struct format_params *params,
	const struct contents *contents, const char *object, const struct messages *m,
	struct fail *f)
{
	bool is_known = contents && contents->kind != CONTENTS_DOUBTFUL;

	if (is_known || !is_shown_by_contents(format, params))
		return 0;
	if (params->any_contents) {
		message_warn(m,
			"%s: its contents are unknown: only with -unknown-contents are they read "
			"back, and a wrong secret then gives noise",
			object);
		return 0;
	}
	fail_set(f, FAIL_USAGE, object,
		"its contents are unknown, and %s only known contents show that a secret is right",
		format->unrecorded ? "in this format" : "where the header is detached");
	fail_hint(f, "give -unknown-contents to burn them, and again whenever the disc is read, or "
		     "choose a format with a header");
	return -1;
}

static void fail_unknown(const struct volume *v, const struct format_params *params, struct fail *f)
{
	if (v->format->unrecorded) {
		fail_set(f, FAIL_MISMATCH, "",
			"the format %s, %s with this key of %u bits, gives nothing recognisable: "
			"wrong key or wrong format, or contents that xburncrypt does not know",
			v->format->name, v->cipher_name, v->key_bits);
		fail_hint(f,
			"check the secret and %s, which the disc does not record; for unknown "
			"contents, run xburncrypt decrypt -unknown-contents",
			v->format->unrecorded);
		return;
	}
	fail_set(f, FAIL_MISMATCH, params->header_path,
		"opens, but gives nothing recognisable: the header of another disc, or contents "
		"that xburncrypt does not know");
	fail_hint(f, "give the header that was made with this disc; for unknown contents, run "
		     "xburncrypt decrypt -unknown-contents");
}

/* The only sign that the key, or the header, is the disc's. */
static int check_contents(struct volume *v, struct block_reader *reader,
	const struct format_params *params, const struct messages *m, struct fail *f)
{
	const struct contents *contents = NULL;
	struct block_reader *payload;
	int result = -1;

	if (!is_shown_by_contents(v->format, params) || params->any_contents || !v->cipher)
		return 0;
	payload = block_reader_rest(reader, v->payload_offset, f);
	if (payload)
		result = contents_probe_sector(
			payload, v->cipher, &contents, &v->is_sector_certain, f);
	block_reader_free(payload);
	if (result == 0 && !contents)
		fail_unknown(v, params, f);
	if (contents && params->cipher && !params->sector_bytes && !v->is_sector_certain)
		message_warn(m,
			"%s does not show whether encryption sectors of %u bytes are right; if the "
			"disc was made with others, give -sector-size",
			contents->name, v->sector_bytes);
	return contents ? 0 : -1;
}

struct volume *format_open(const struct format *format, struct block_reader *reader,
	const struct format_params *params, const struct credential *credential,
	const struct messages *m, struct fail *f)
{
	struct volume *v;

	if (check_params(format, params, f))
		return NULL;
	if (check_credentials(format, credential, credential ? 1 : 0, f))
		return NULL;
	v = volume_new(format, f);
	if (!v)
		return NULL;
	if (format->open(reader, params, credential, v, m, f) ||
		check_contents(v, reader, params, m, f)) {
		volume_free(v);
		return NULL;
	}
	return v;
}

struct volume *format_inspect(const struct format *format, struct block_reader *reader,
	const struct format_params *params, const struct messages *m, struct fail *f)
{
	struct volume *v = volume_new(format, f);

	if (!v)
		return NULL;
	if (format->is_inspectable && format->open(reader, params, NULL, v, m, f)) {
		volume_free(v);
		return NULL;
	}
	return v;
}

const struct format *format_recognise(struct block_reader *reader)
{
	for (const struct format *const *f = formats; (*f)->name; f++)
		if ((*f)->recognise && (*f)->recognise(reader))
			return *f;
	return NULL;
}

/* Quoted for a shell, and nothing that a command takes for an option. */
static char *quote_object(const char *path)
{
	char *safe, *quoted;

	if (path[0] != '-')
		return message_shell_quote(path);
	if (asprintf(&safe, "./%s", path) < 0)
		return NULL;
	quoted = message_shell_quote(safe);
	free(safe);
	return quoted;
}

/* commands with object in place of each @, which is mounted at sbsector */
static void put_use(struct text *to, const char *commands, const char *object, uint64_t sbsector)
{
	static const char mounts[] = " -o ro @";

	for (const char *at; (at = strchr(commands, '@')); commands = at + 1) {
		size_t n = (size_t)(at - commands), n_mounts = sizeof mounts - 1;

		if (sbsector && n + 1 >= n_mounts &&
			memcmp(at + 1 - n_mounts, mounts, n_mounts) == 0)
			text_put(to, "%.*s,sbsector=%" PRIu64 " %s", (int)n - 1, commands, sbsector,
				object);
		else
			text_put(to, "%.*s%s", (int)n, commands, object);
	}
	text_put(to, "%s", commands);
}

static void put_commands(struct text *to, const struct volume *v, const struct credential *c,
	const struct contents *contents, const char *file, const char *object, uint64_t sbsector)
{
	const char *use = contents ? contents->commands : NULL;
	bool is_mapped;

	if (!v->format->commands) {
		put_use(to, use ? use : "", object, sbsector);
		return;
	}
	is_mapped = v->format->commands(v, c, file, object, to);
	if (use)
		put_use(to, use, is_mapped ? "/dev/mapper/" FORMAT_MAPPING : FORMAT_DECRYPTED,
			sbsector);
	else if (is_mapped)
		text_put(to, "cat /dev/mapper/" FORMAT_MAPPING " > contents\n");
}

char *format_commands(const struct volume *volume, const struct credential *credential,
	const struct contents *contents, const char *path, uint64_t sbsector)
{
	static const struct credential typed = { .kind = CREDENTIAL_PASSPHRASE };
	const struct credential *c = credential ? credential : &typed;
	char *object = quote_object(path), *lines = malloc(COMMANDS_MAX);
	char *file = c->path ? message_shell_quote(c->path) : NULL;
	char *gpg = c->gpg_path ? quote_object(c->gpg_path) : NULL;
	struct text to;

	if (!object || !lines || (c->path && !file) || (c->gpg_path && !gpg)) {
		free(lines);
		lines = NULL;
		goto out;
	}
	to = text_in(lines, COMMANDS_MAX);
	/* what decrypts the key stands before the command that reads it */
	if (gpg)
		text_put(&to, "gpg --quiet --decrypt %s | ", gpg);
	put_commands(&to, volume, c, contents, file, object, sbsector);
out:
	free(gpg);
	free(file);
	free(object);
	return lines;
}
