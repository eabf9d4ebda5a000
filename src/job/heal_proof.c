/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "job/heal_proof.h"

#include <stdio.h>

#include "crypto/heal_mac.h"
#include "util/minisign.h"
#include "util/passphrase.h"

_Static_assert((int)HEAL_SIGNATURE_MAX == (int)MINISIGN_TEXT_MAX, "room for a signature");
_Static_assert((int)BLOCK_TREE_SALT_BYTES == (int)HEAL_MAC_SALT_BYTES, "the salt of both");

/* The hint would be about a disc's passphrase. */
static int fail_unasked(const char *path, const struct fail *why, struct fail *f)
{
	fail_set(f, why->code, path, "%s", why->what);
	if (why->code == FAIL_USAGE)
		fail_hint(f, "run it on a terminal, or use a signing key without a passphrase");
	return -1;
}

static int unlock(struct secret *key, const char *path, const struct voice *voice, struct fail *f)
{
	for (int n_tries = 1;; n_tries++) {
		struct fail why = { 0 };
		struct secret *passphrase = voice->passphrase(voice->ctx, path, false, &why);
		int result;

		if (!passphrase)
			return fail_unasked(path, &why, f);
		progress_tick(&voice->watch, PROGRESS_DERIVING, 0, 0);
		result = minisign_secret_unlock(key, passphrase, path, &why);
		progress_end(&voice->watch);
		secret_free(passphrase);
		if (result == 0)
			return 0;
		if (why.code != FAIL_MISMATCH || n_tries == PASSPHRASE_TRIES) {
			*f = why;
			return -1;
		}
		message_warn(
			&voice->messages, "%s: this passphrase does not open it; try again", path);
	}
}

int heal_proof_open(struct heal_proof *p, const struct heal_wish *wish, const struct voice *voice,
	struct fail *f)
{
	*p = (struct heal_proof){ 0 };
	if (!wish->signing_key_path)
		return 0;
	p->signing_key = minisign_secret_read(wish->signing_key_path, &voice->messages, f);
	if (!p->signing_key)
		return -1;
	return minisign_secret_is_locked(p->signing_key)
		       ? unlock(p->signing_key, wish->signing_key_path, voice, f)
		       : 0;
}

int heal_proof_take_key(struct heal_proof *p, const struct volume *v, struct fail *f)
{
	if (!v->key)
		return 0;
	p->volume_key = secret_copy(secret_view(v->key), secret_size(v->key), f);
	return p->volume_key ? 0 : -1;
}

int heal_proof_add(const struct heal_proof *p, struct heal_record *r, struct fail *f)
{
	char facts[HEAL_FACTS_MAX], comment[MINISIGN_COMMENT_MAX], id[HEAL_ID_TEXT];
	size_t n = heal_record_facts(r, HEAL_RECORD_FRONT, facts);

	if (p->volume_key && heal_mac_make(p->volume_key, r->salt, facts, n, r->mac, f))
		return -1;
	r->has_mac = p->volume_key != NULL;
	if (p->signing_key) {
		snprintf(comment, sizeof comment, "xburncrypt disc %s", heal_record_id(r, id));
		minisign_sign(p->signing_key, facts, n, comment, r->signature);
	}
	return 0;
}

void heal_proof_close(struct heal_proof *p)
{
	secret_free(p->volume_key);
	secret_free(p->signing_key);
	*p = (struct heal_proof){ 0 };
}
