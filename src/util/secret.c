/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "util/secret.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include <sodium.h>

#include "util/io.h"

struct secret {
	uint8_t *bytes; /* of sodium_malloc */
	size_t n_bytes;
};

static atomic_bool unlocked;

static int start_library(struct fail *f)
{
	/* 1: done before */
	if (sodium_init() < 0)
		return fail_set(f, FAIL_FAILED, "", "libsodium can't be started");
	return 0;
}

struct secret *secret_new(size_t n_bytes, struct fail *f)
{
	struct secret *s = NULL;

	if (start_library(f))
		return NULL;
	s = malloc(sizeof *s);
	/* at least one byte, so that an empty secret has an address */
	if (s)
		*s = (struct secret){ sodium_malloc(n_bytes ? n_bytes : 1), n_bytes };
	if (!s || !s->bytes) {
		fail_memory(f);
		free(s);
		return NULL;
	}
	/* locking twice is harmless, and the second tells the truth */
	if (n_bytes && sodium_mlock(s->bytes, n_bytes))
		atomic_store(&unlocked, true);
	memset(s->bytes, 0, n_bytes ? n_bytes : 1);
	return s;
}

struct secret *secret_new_random(size_t n_bytes, struct fail *f)
{
	struct secret *s = secret_new(n_bytes, f);

	if (s)
		randombytes_buf(s->bytes, n_bytes);
	return s;
}

struct secret *secret_from_hex(const char *hex, size_t n, const char *name, struct fail *f)
{
	struct secret *s = secret_new(n / 2, f);

	if (!s || sodium_hex2bin(s->bytes, n / 2, hex, n, NULL, NULL, NULL) == 0)
		return s;
	fail_set(f, FAIL_USAGE, name, "must be pairs of hexadecimal digits");
	secret_free(s);
	return NULL;
}

struct secret *secret_copy(const void *bytes, size_t n_bytes, struct fail *f)
{
	struct secret *s = secret_new(n_bytes, f);

	if (s && n_bytes)
		memcpy(s->bytes, bytes, n_bytes);
	return s;
}

struct secret *secret_read(int fd, size_t max_bytes, const char *name, struct fail *f)
{
	struct secret *s = secret_new(max_bytes + 1, f);
	ssize_t n;

	if (!s)
		return NULL;
	n = io_read_full(fd, s->bytes, max_bytes + 1);
	if (n < 0) {
		fail_errno(f, FAIL_FAILED, name, "can't be read");
		goto out;
	}
	if ((size_t)n > max_bytes) {
		fail_set(f, FAIL_USAGE, name, "is longer than %zu bytes, the maximum for a secret",
			max_bytes);
		goto out;
	}
	secret_truncate(s, (size_t)n);
	return s;
out:
	secret_free(s);
	return NULL;
}

void secret_free(struct secret *s)
{
	if (!s)
		return;
	sodium_free(s->bytes);
	free(s);
}

uint8_t *secret_bytes(struct secret *s)
{
	return s->bytes;
}

const uint8_t *secret_view(const struct secret *s)
{
	return s->bytes;
}

size_t secret_size(const struct secret *s)
{
	return s->n_bytes;
}

void secret_truncate(struct secret *s, size_t n_bytes)
{
	if (n_bytes >= s->n_bytes)
		return;
	sodium_memzero(s->bytes + n_bytes, s->n_bytes - n_bytes);
	s->n_bytes = n_bytes;
}

bool secret_equal(const struct secret *a, const struct secret *b)
{
	return a->n_bytes == b->n_bytes && sodium_memcmp(a->bytes, b->bytes, a->n_bytes) == 0;
}

bool secret_all_locked(void)
{
	return !atomic_load(&unlocked);
}

void secret_wipe(void *bytes, size_t n_bytes)
{
	sodium_memzero(bytes, n_bytes);
}

void secret_random(void *bytes, size_t n_bytes)
{
	randombytes_buf(bytes, n_bytes);
}

uint32_t secret_random_below(uint32_t n)
{
	/* draws again where a remainder would favour some numbers */
	return randombytes_uniform(n);
}

int secret_guard_process(struct fail *f)
{
	struct rlimit none = { 0, 0 };

	if (setrlimit(RLIMIT_CORE, &none))
		return fail_errno(f, FAIL_FAILED, "", "can't disable core dumps");
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0))
		return fail_errno(f, FAIL_FAILED, "",
			"can't keep other programs from reading this one's memory");
	return 0;
}

const char *secret_library_version(void)
{
	return sodium_version_string();
}
