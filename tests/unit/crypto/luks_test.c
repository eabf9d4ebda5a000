/* SPDX-License-Identifier: GPL-3.0-or-later */
/* LUKS volumes on media that fail, costs that would take too long, and the memory they leave. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/tap.h"
#include "crypto/digest_list.h"
#include "crypto/format/format.h"
#include "crypto/format/luks.h"
#include "util/sector.h"

/* gcc says it in one way, clang in another */
#if defined(__SANITIZE_ADDRESS__)
#define HAS_ASAN 1
#elif defined(__has_feature)
#define HAS_ASAN __has_feature(address_sanitizer)
#else
#define HAS_ASAN 0
#endif

enum { PAYLOAD = 64 * BLOCK_BYTES };

/* A medium in memory, some of whose blocks can't be read. */
struct medium {
	uint8_t *bytes;
	uint64_t first_bad, n_bad;
};

static unsigned n_warnings;
static char warning[1024];

static void count_warning(void *ctx, enum message_kind kind, const char *text)
{
	(void)ctx;
	n_warnings += kind == MESSAGE_WARNING;
	snprintf(warning, sizeof warning, "%s", text);
}

static const struct messages messages = { .put = count_warning };

static int read_medium(void *ctx, uint64_t lba, uint32_t n, uint8_t *buf, struct fail *f)
{
	const struct medium *m = ctx;

	for (uint32_t i = 0; i < n; i++) {
		uint64_t at = lba + i;
		char object[32];

		if (at < m->first_bad || at >= m->first_bad + m->n_bad) {
			memcpy(buf + (size_t)i * BLOCK_BYTES, m->bytes + at * BLOCK_BYTES,
				BLOCK_BYTES);
			continue;
		}
		snprintf(object, sizeof object, "LBA %llu", (unsigned long long)at);
		return fail_set(f, FAIL_FAILED, object, "can't be read");
	}
	return 0;
}

static void check_medium(const char *name, const struct volume *made, struct medium *medium,
	const struct credential *c, const char *object, unsigned wanted_warnings)
{
	static const struct format_params params;
	struct block_reader reader = { .read = read_medium, .ctx = medium };
	struct fail f = { 0 };
	struct volume *v;
	uint8_t block[BLOCK_BYTES];
	bool good;

	n_warnings = 0;
	reader.n_blocks = (made->header_bytes + PAYLOAD) / BLOCK_BYTES;
	v = format_open(made->format, &reader, &params, c, &messages, &f);
	if (object) {
		good = !v && f.code == FAIL_FAILED && strcmp(f.object, object) == 0;
	} else {
		memcpy(block, medium->bytes + made->header_bytes, BLOCK_BYTES);
		good = v && sector_cipher_decrypt(v->cipher, 0, block, BLOCK_BYTES, &f) == 0 &&
		       block[0] == 'x' && block[BLOCK_BYTES - 1] == 'x';
	}
	if (!tap_ok(good && n_warnings == wanted_warnings, "%s: %s", made->format->name, name))
		tap_note("%s: %s; %u warnings: %s", f.object, f.what, n_warnings, warning);
	volume_free(v);
}

/* bad blocks: in the first LUKS2 header, in a free slot, in the slot itself */
static void check_media(const char *name, const struct credential *c)
{
	struct format_params params = {
		.pbkdf = "pbkdf2", .pbkdf_iterations = 1000, .pbkdf_weak = true
	};
	const struct format *format = format_find(name);
	struct medium medium = { 0 };
	struct fail f = { 0 };
	struct volume *v = format_create(format, &params, c, 1, PAYLOAD, &messages, &f);
	bool is_luks2 = strcmp(name, "luks2") == 0;

	tap_ok(v != NULL, "%s: is made", name);
	if (!v)
		return;
	medium.bytes = calloc(1, v->header_bytes + PAYLOAD);
	if (!medium.bytes)
		abort();
	memcpy(medium.bytes, v->header, v->header_bytes);
	memset(medium.bytes + v->header_bytes, 'x', PAYLOAD);
	tap_ok(sector_cipher_encrypt(v->cipher, 0, medium.bytes + v->header_bytes, PAYLOAD, &f) ==
			0,
		"%s: is encrypted", name);
	check_medium("opens", v, &medium, c, NULL, 0);
	medium.first_bad = is_luks2 ? 0 : 256;
	medium.n_bad = is_luks2 ? 8 : 100;
	check_medium(is_luks2 ? "opens with the first header unreadable"
			      : "opens with free slots unreadable",
		v, &medium, c, NULL, is_luks2 ? 1 : 0);
	medium.first_bad = is_luks2 ? 20 : 40;
	medium.n_bad = 3;
	check_medium("the block that its slot needs is named", v, &medium, c,
		is_luks2 ? "LBA 20" : "LBA 40", 0);
	free(medium.bytes);
	volume_free(v);
}

/* Writes other rounds for the digest into a copy of a LUKS2 header, and its checksum anew (LUKS2
 * 1.1.2, 2.1). */
static void set_digest_rounds(uint8_t *copy, const char *rounds, struct fail *f)
{
	enum { COPY = 16 * 1024, JSON_AT = 4096, CHECKSUM_AT = 448 };
	static const char made[] = "\"iterations\":1000";
	char *at = strstr((char *)copy + JSON_AT, "\"digests\"");
	struct digest_list *digest = digest_list_new(COPY, f);
	char *rest;

	at = at ? strstr(at, made) : NULL;
	rest = at ? strdup(at + strlen(made)) : NULL;
	if (!rest || !digest)
		abort();
	sprintf(at, "\"iterations\":%s%s", rounds, rest);
	free(rest);
	memset(copy + CHECKSUM_AT, 0, 64);
	digest_list_update(digest, copy, COPY);
	digest_list_finish(digest);
	memcpy(copy + CHECKSUM_AT, digest_list_group(digest, 0), DIGEST_BYTES);
	digest_list_free(digest);
}

/* Whatever libcryptsetup would take for that many rounds counts. */
static void check_digest_rounds(const char *rounds, bool opens, const struct credential *c)
{
	struct format_params params = {
		.pbkdf = "pbkdf2", .pbkdf_iterations = 1000, .pbkdf_weak = true
	};
	static const struct format_params none;
	const struct format *format = format_find("luks2");
	struct fail f = { 0 };
	struct volume *made = format_create(format, &params, c, 1, 0, NULL, &f), *v;
	struct medium medium = { .bytes = made ? made->header : NULL };
	struct block_reader reader = { .read = read_medium, .ctx = &medium };

	if (!made)
		abort();
	reader.n_blocks = made->header_bytes / BLOCK_BYTES;
	set_digest_rounds(made->header, rounds, &f);
	set_digest_rounds(made->header + 16 * 1024, rounds, &f);
	v = format_open(format, &reader, &none, c, NULL, &f);
	if (!tap_ok(opens ? v != NULL : !v && strstr(f.what, "key derivation") != NULL,
		    "a digest of %s rounds", rounds))
		tap_note("%s", f.what);
	volume_free(v);
	volume_free(made);
}

static long read_status(const char *name)
{
	FILE *from = fopen("/proc/self/status", "r");
	char line[256];
	long n = -1;

	while (from && fgets(line, sizeof line, from))
		if (strncmp(line, name, strlen(name)) == 0)
			n = strtol(line + strlen(name), NULL, 10);
	if (from)
		fclose(from);
	return n;
}

/* Argon2's 64 MiB are taken, and given back. */
static void check_memory(const struct credential *c)
{
	struct format_params params = { .pbkdf_memory_kib = 64 * 1024, .pbkdf_parallel = 1 };
	struct fail f = { 0 };
	long before = read_status("VmRSS:"), after;
	struct volume *v =
		format_create(format_find("luks2"), &params, c, 1, PAYLOAD, &messages, &f);

	after = read_status("VmRSS:");
	tap_ok(v && v->pbkdf_memory_kib == 64 * 1024, "a header with Argon2id and 64 MiB");
#if HAS_ASAN
	tap_skip("the memory is free again", "a sanitizer keeps what is freed");
	(void)before;
	(void)after;
#else
	if (!tap_ok(read_status("VmHWM:") > 64 * 1024 && after - before < 8 * 1024,
		    "the memory is free again"))
		tap_note("%ld KiB before, %ld after", before, after);
#endif
	volume_free(v);
}

/* libcryptsetup's own words: its versions begin a warning in two ways. */
static void check_words(void)
{
	static const char *const said[] = { "WARNING: Device is old.\n",
		"Warning: device is old.\n" };
	struct luks l = LUKS_CLOSED;
	struct fail f = { 0 };

	tap_ok(luks_open(&l, CRYPT_LUKS2, 1024 * 1024, &messages, &f) == 0, "an empty header");
	for (size_t i = 0; i < sizeof said / sizeof *said; i++) {
		crypt_log(l.cd, CRYPT_LOG_NORMAL, said[i]);
		tap_ok(strcmp(warning, "device is old") == 0, "a warning says so once: %s",
			warning);
	}
	n_warnings = 0;
	crypt_log(l.cd, CRYPT_LOG_NORMAL,
		"Warning: keyslot operation could fail as it requires more than available "
		"memory.\n");
	tap_ok(n_warnings == 0, "memory that caches use is available");
	luks_close(&l);
}

int main(void)
{
	struct fail f = { 0 };
	struct credential c = { .kind = CREDENTIAL_PASSPHRASE,
		.secret = secret_copy("correct horse", 13, &f) };

	if (!c.secret)
		return 1;
	check_words();
	check_memory(&c);
	check_media("luks2", &c);
	check_media("luks1", &c);
	check_digest_rounds("1e3", true, &c);
	check_digest_rounds("70000000", false, &c);
	check_digest_rounds("70000000.0", false, &c);
	check_digest_rounds("\"70000000\"", false, &c);
	check_digest_rounds("99999999999999999999", false, &c);
	secret_free((struct secret *)(uintptr_t)c.secret);
	return tap_done();
}
