/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "job/secrets.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "job/gpg_key.h"
#include "util/key_file.h"
#include "util/passphrase.h"
#include "util/words.h"

static int check_none(const struct volume_request *v, struct fail *f)
{
	const struct secret_source *s = &v->secret;
	struct stat st;

	if (s->from == SECRET_ASKED && v->n_more_secrets == 0)
		return 0;
	if (s->kind == CREDENTIAL_BYTES &&
		((s->from == SECRET_FILE && stat(s->path, &st) == 0) ||
			(s->from == SECRET_FD && fstat(s->fd, &st) == 0)) &&
		st.st_size == 0)
		return 0;
	fail_set(f, FAIL_USAGE, "", "an unencrypted disc takes no secret");
	fail_hint(f, "leave the secret out, or choose a format that encrypts");
	return fail_field(f, REQUEST_SECRET);
}

/* Where they are too long, that would be found out only when they are on the screen. */
static int check_generated(const struct volume_request *v, struct fail *f)
{
	if (v->secret.from != SECRET_GENERATED ||
		(v->format && format_hashes(v->format, &v->params)))
		return 0;
	fail_set(f, FAIL_USAGE, "",
		"a passphrase of %d words may be longer than the key, and nothing hashes it",
		WORDS_CHOSEN);
	fail_hint(f, "choose a format or a style that hashes the passphrase");
	return fail_field(f, REQUEST_SECRET);
}

static const char *path_of(const struct secret_source *s)
{
	return s->from == SECRET_FILE || s->from == SECRET_GPG ? s->path : NULL;
}

static bool look(const struct secret_source *s, struct stat *st)
{
	if (s->from == SECRET_FD)
		return fstat(s->fd, st) == 0;
	return path_of(s) && stat(path_of(s), st) == 0;
}

/* True for a descriptor, or a pipe by whatever names, that each of both would get a part of. */
static bool is_one_stream(const struct secret_source *a, const struct secret_source *b)
{
	struct stat x, y;

	if (a->from == SECRET_FD && b->from == SECRET_FD && a->fd == b->fd)
		return true;
	return look(a, &x) && look(b, &y) && (S_ISFIFO(x.st_mode) || S_ISSOCK(x.st_mode)) &&
	       x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

/* All that are read, the main one first. */
static const struct secret_source *nth(const struct volume_request *v, size_t i)
{
	if (i == 0)
		return &v->secret;
	return i <= v->n_key_files ? &v->key_files[i - 1]
				   : &v->more_secrets[i - 1 - v->n_key_files];
}

static int fail_shared(const struct secret_source *s, const char *as, struct fail *f)
{
	char name[32];

	snprintf(name, sizeof name, s->fd == STDIN_FILENO ? "stdin" : "descriptor %d", s->fd);
	return fail_set(f, FAIL_USAGE, path_of(s) ? path_of(s) : name, "can't be %s", as);
}

static int check_streams(
	const struct volume_request *v, const char *source, const char *what, struct fail *f)
{
	const struct secret_source read = {
		.from = source && strcmp(source, "-") == 0 ? SECRET_FD : SECRET_FILE, .path = source
	};
	char as[64];

	snprintf(as, sizeof as, "both %s and the secret", what);
	for (size_t i = 0; i < 1 + v->n_key_files + v->n_more_secrets; i++) {
		if (source && is_one_stream(&read, nth(v, i)))
			return fail_shared(nth(v, i), as, f);
		for (size_t j = 0; j < i; j++)
			if (is_one_stream(nth(v, j), nth(v, i)))
				return fail_shared(nth(v, i), "two secrets", f);
	}
	return 0;
}

int secrets_check(const struct volume_request *v, bool format_needs_secret, const char *source,
	const char *what, struct fail *f)
{
	if (!format_needs_secret)
		return check_none(v, f);
	if (check_generated(v, f) ||
		(v->format && format_check_secrets(v->format, 1 + v->n_more_secrets,
				      v->n_key_files ? v->key_files->path : NULL, f)))
		return -1;
	return check_streams(v, source, what, f);
}

int secrets_check_apart(const struct volume_request *v, const struct output *out, struct fail *f)
{
	if (path_of(&v->secret) && output_check_apart(out, path_of(&v->secret), f))
		return -1;
	for (size_t i = 0; i < v->n_key_files; i++)
		if (output_check_apart(out, v->key_files[i].path, f))
			return -1;
	for (size_t i = 0; i < v->n_more_secrets; i++)
		if (path_of(&v->more_secrets[i]) &&
			output_check_apart(out, path_of(&v->more_secrets[i]), f))
			return -1;
	return 0;
}

static struct credential describe(const struct secret_source *s)
{
	return (struct credential){ .kind = s->kind,
		.path = s->from == SECRET_FILE ? s->path : NULL,
		.gpg_path = s->from == SECRET_GPG ? s->path : NULL };
}

struct credential secrets_described(const struct volume_request *v)
{
	struct credential c = describe(&v->secret);

	c.key_offset = v->params.key_offset;
	c.key_bytes = v->params.key_bytes;
	return c;
}

static struct secret *generate(const char *object, const struct voice *voice, struct fail *f)
{
	struct secret *s = words_passphrase(f);

	if (!s || voice->show_passphrase(voice->ctx, object, s, f) == 0)
		return s;
	secret_free(s);
	return NULL;
}

static struct secret *read_secret(struct secret_source *s, const struct key_part *part, bool is_new,
	const char *object, const struct voice *voice, struct fail *f)
{
	bool is_text = s->kind == CREDENTIAL_PASSPHRASE;
	const struct messages *m = &voice->messages;
	struct secret *given = s->given;

	switch (s->from) {
	case SECRET_FILE:
		return is_text ? passphrase_from_file(s->path, is_new, m, f)
			       : key_file_read(s->path, part, m, f);
	case SECRET_FD:
		return is_text ? passphrase_from_fd(s->fd, is_new, m, f)
			       : key_file_read_fd(s->fd, part, f);
	case SECRET_GPG:
		return gpg_key_read(s->path, f);
	case SECRET_GIVEN:
		s->given = NULL;
		return given;
	case SECRET_GENERATED:
		return generate(object, voice, f);
	default:
		return voice->passphrase(voice->ctx, object, is_new, f);
	}
}

/* Keeps a secret; NULL is a failure that f tells of already. */
static int append(struct secrets *s, struct credential c, struct secret *secret, struct fail *f)
{
	if (!secret)
		return -1;
	c.secret = secret;
	s->credentials[s->n++] = c;
	if (secret_size(secret))
		return 0;
	return fail_set(f, FAIL_USAGE, c.path ? c.path : "", "the secret is empty");
}

/* Those that are mixed into the main secret. */
static int get_key_files(struct secrets *s, const struct volume_request *v,
	const struct voice *voice, struct fail *f)
{
	if (!v->n_key_files)
		return 0;
	s->key_files = calloc(v->n_key_files, sizeof *s->key_files);
	if (!s->key_files)
		return fail_memory(f);
	for (size_t i = 0; i < v->n_key_files; i++) {
		struct credential *c = &s->key_files[i];

		*c = describe(&v->key_files[i]);
		c->secret = key_file_read(c->path, NULL, &voice->messages, f);
		if (!c->secret)
			return -1;
		s->n_key_files++;
	}
	s->credentials[0].key_files = s->key_files;
	s->credentials[0].n_key_files = s->n_key_files;
	return 0;
}

static void warn_weak(const struct credential *c, const struct messages *m)
{
	if (c->kind == CREDENTIAL_PASSPHRASE)
		passphrase_warn_weak(c->secret, m);
}

int secrets_get(struct secrets *s, struct volume_request *v, bool is_new, const char *object,
	const struct voice *voice, struct fail *f)
{
	const struct key_part part = { v->params.key_offset, v->params.key_bytes };

	memset(s, 0, sizeof *s);
	s->credentials = calloc(1 + v->n_more_secrets, sizeof *s->credentials);
	if (!s->credentials)
		return fail_memory(f);
	if (append(s, secrets_described(v),
		    read_secret(&v->secret, &part, is_new, object, voice, f), f) ||
		get_key_files(s, v, voice, f))
		return -1;
	if (is_new)
		warn_weak(&s->credentials[0], &voice->messages);
	for (size_t i = 0; i < v->n_more_secrets; i++) {
		struct secret_source *more = &v->more_secrets[i];

		if (append(s, describe(more), read_secret(more, NULL, is_new, object, voice, f), f))
			return -1;
		warn_weak(&s->credentials[s->n - 1], &voice->messages);
	}
	return 0;
}

void secrets_warn(const struct messages *m)
{
	if (!secret_all_locked())
		message_warn(m, "secrets could not be locked into memory and may reach swap space; "
				"raise the limit (ulimit -l)");
}

void secrets_free(struct secrets *s)
{
	for (size_t i = 0; i < s->n; i++)
		secret_free((struct secret *)(uintptr_t)s->credentials[i].secret);
	for (size_t i = 0; i < s->n_key_files; i++)
		secret_free((struct secret *)(uintptr_t)s->key_files[i].secret);
	free(s->credentials);
	free(s->key_files);
	memset(s, 0, sizeof *s);
}
