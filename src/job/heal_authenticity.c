/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "job/heal_authenticity.h"

#include <string.h>

#include "crypto/heal_mac.h"
#include "util/minisign.h"
#include "util/request_field.h"

static enum heal_verdict find_signature(
	const struct heal_trust *trust, const char *signature, const char *facts, size_t n_facts)
{
	static const enum heal_verdict verdicts[] = { [MINISIGN_WRONG] = HEAL_WRONG,
		[MINISIGN_OTHER_KEY] = HEAL_OTHER_KEY,
		[MINISIGN_RIGHT] = HEAL_RIGHT };

	if (!signature[0])
		return HEAL_ABSENT;
	return trust->signer ? verdicts[minisign_check(trust->signer, signature, facts, n_facts)]
			     : HEAL_UNCHECKED;
}

static enum heal_verdict find_root(const struct heal_trust *trust, const struct heal_record *r)
{
	if (!r->has_root)
		return HEAL_ABSENT;
	if (!trust->root)
		return HEAL_UNCHECKED;
	return memcmp(trust->root, r->root, sizeof r->root) == 0 ? HEAL_RIGHT : HEAL_WRONG;
}

int heal_authenticity_find(struct heal_authenticity *a, const struct heal_trust *trust,
	const struct heal_record *r, const struct volume *volume, struct fail *f)
{
	char facts[HEAL_FACTS_MAX];
	size_t n = heal_record_facts(r, HEAL_RECORD_FRONT, facts);
	int is_right = 0;

	*a = (struct heal_authenticity){ .signature = find_signature(trust, r->signature, facts, n),
		.root = find_root(trust, r) };
	if (!r->has_mac)
		return 0;
	a->mac = HEAL_UNCHECKED;
	if (!volume || !volume->key)
		return 0;
	is_right = heal_mac_check(volume->key, r->salt, facts, n, r->mac, f);
	if (is_right < 0)
		return -1;
	a->mac = is_right ? HEAL_RIGHT : HEAL_WRONG;
	return 0;
}

bool heal_authenticity_is_demanded(const struct heal_trust *trust)
{
	return trust->requires_mac || trust->signer || trust->root;
}

void heal_authenticity_give_root(const struct heal_trust *trust, struct heal_record *r)
{
	if (r->has_root || !trust->root)
		return;
	memcpy(r->root, trust->root, sizeof r->root);
	r->has_root = true;
}

int heal_authenticity_check(const struct heal_trust *trust, const struct heal_record *r,
	const char *path, struct fail *f)
{
	static const char *const of_signature[] = { [HEAL_ABSENT] = "has no signature",
		[HEAL_WRONG] =
			"its signature is wrong: the healing data were changed, or are those "
			"of another disc",
		[HEAL_OTHER_KEY] = "is signed with another key" };
	struct heal_authenticity a;

	if (!heal_authenticity_is_demanded(trust))
		return 0;
	if (!r)
		return fail_set(
			f, FAIL_MISMATCH, path, "has no healing data that could prove who made it");
	if (heal_authenticity_find(&a, trust, r, NULL, f))
		return -1;
	if (trust->signer && a.signature != HEAL_RIGHT)
		return fail_set(f, FAIL_MISMATCH, path, "%s", of_signature[a.signature]);
	if (trust->root && a.root != HEAL_RIGHT)
		return fail_set(f, FAIL_MISMATCH, path,
			"has another root: it was changed, or is another disc");
	return 0;
}

int heal_authenticity_check_mac(const struct heal_trust *trust, const struct heal_record *r,
	const struct volume *volume, const char *path, struct fail *f)
{
	struct heal_authenticity a;

	if (heal_authenticity_find(&a, trust, r, volume, f))
		return -1;
	if (a.mac == HEAL_WRONG) {
		fail_set(f, FAIL_MISMATCH, path,
			"the healing data was not made with this disc's key: tampered with, or "
			"mixed up");
		return fail_field(f, REQUEST_PROOF);
	}
	if (!trust->requires_mac || a.mac == HEAL_RIGHT)
		return 0;
	return fail_set(f, FAIL_MISMATCH, path, "%s",
		volume->key ? "has no MAC: nothing proves that nobody changed the disc"
			    : "is not encrypted, so no key can prove that nobody changed the disc");
}
