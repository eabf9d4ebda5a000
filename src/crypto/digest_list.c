/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "crypto/digest_list.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

#include "crypto/openssl_fail.h"

struct digest_list {
	EVP_MD_CTX *ctx;                  /* of the group that is not full yet */
	uint8_t (*digests)[DIGEST_BYTES]; /* of those that are */
	uint64_t n, n_room;
	size_t n_in_group;
	bool has_failed;
};

static bool begin_group(struct digest_list *l)
{
	l->n_in_group = 0;
	return EVP_DigestInit_ex(l->ctx, EVP_sha256(), NULL) == 1;
}

static bool make_room(struct digest_list *l)
{
	uint64_t n_room = l->n_room ? l->n_room * 2 : 1024;
	uint8_t(*digests)[DIGEST_BYTES];

	if (l->n < l->n_room)
		return true;
	digests = realloc(l->digests, n_room * sizeof *digests);
	if (!digests)
		return false;
	l->digests = digests;
	l->n_room = n_room;
	return true;
}

static void end_group(struct digest_list *l)
{
	if (!make_room(l) || EVP_DigestFinal_ex(l->ctx, l->digests[l->n], NULL) != 1) {
		l->has_failed = true;
		return;
	}
	l->n++;
	if (!begin_group(l))
		l->has_failed = true;
}

struct digest_list *digest_list_new(uint64_t n_bytes, struct fail *f)
{
	struct digest_list *l = calloc(1, sizeof *l);
	uint64_t n = n_bytes / DIGEST_GROUP_BYTES + 1;

	if (!l)
		goto no_memory;
	l->digests = calloc(n, sizeof *l->digests);
	if (!l->digests)
		goto no_memory;
	l->n_room = n;
	l->ctx = EVP_MD_CTX_new();
	if (!l->ctx || !begin_group(l)) {
		openssl_fail_set(f, "start SHA-256");
		goto failed;
	}
	return l;

no_memory:
	fail_memory(f);
failed:
	digest_list_free(l);
	return NULL;
}

void digest_list_update(struct digest_list *l, const void *bytes, size_t n_bytes)
{
	const uint8_t *at = bytes;

	while (n_bytes > 0 && !l->has_failed) {
		size_t n = DIGEST_GROUP_BYTES - l->n_in_group;

		if (n > n_bytes)
			n = n_bytes;
		if (EVP_DigestUpdate(l->ctx, at, n) != 1)
			l->has_failed = true;
		l->n_in_group += n;
		at += n;
		n_bytes -= n;
		if (l->n_in_group == DIGEST_GROUP_BYTES)
			end_group(l);
	}
}

void digest_list_finish(struct digest_list *l)
{
	if (l->n_in_group > 0 && !l->has_failed)
		end_group(l);
}

bool digest_list_is_whole(const struct digest_list *l)
{
	return !l->has_failed;
}

const uint8_t *digest_list_group(const struct digest_list *l, uint64_t group)
{
	return l->digests[group];
}

bool digest_list_matches(struct digest_list *l, uint64_t group, const void *bytes, size_t n_bytes)
{
	uint8_t found[DIGEST_BYTES];

	return group < l->n && EVP_Digest(bytes, n_bytes, found, NULL, EVP_sha256(), NULL) == 1 &&
	       memcmp(found, l->digests[group], DIGEST_BYTES) == 0;
}

void digest_list_total(struct digest_list *l, uint8_t out[DIGEST_BYTES])
{
	if (EVP_Digest(l->digests, l->n * sizeof *l->digests, out, NULL, EVP_sha256(), NULL) != 1)
		l->has_failed = true;
}

void digest_list_free(struct digest_list *l)
{
	if (!l)
		return;
	EVP_MD_CTX_free(l->ctx);
	free(l->digests);
	free(l);
}
