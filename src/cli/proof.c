/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/proof.h"

#include <stdio.h>
#include <string.h>

#include "util/hex.h"

static void add(char out[96], enum heal_verdict verdict, const char *words)
{
	size_t n = strlen(out);

	if (verdict == HEAL_RIGHT)
		snprintf(out + n, 96 - n, "%s%s", n ? ", " : "", words);
}

char *proof_describe(const struct heal_authenticity *a, char out[96])
{
	out[0] = '\0';
	add(out, a->mac, "by the disc's key");
	add(out, a->signature, "by a trusted signature");
	add(out, a->root, "by its root");
	return out;
}

void proof_json(struct json *j, const struct heal_authenticity *a, const struct heal_record *r)
{
	static const char *const words[] = { [HEAL_ABSENT] = "absent",
		[HEAL_UNCHECKED] = "unchecked",
		[HEAL_RIGHT] = "right",
		[HEAL_WRONG] = "wrong",
		[HEAL_OTHER_KEY] = "other_key" };
	char id[HEAL_ID_TEXT], root[2 * SHA256_BYTES + 1];

	json_text(j, "disc", heal_record_id(r, id));
	if (r->has_root)
		json_text(j, "root", hex_write(root, r->root, sizeof r->root));
	json_text(j, "mac", words[a->mac]);
	json_text(j, "signature", words[a->signature]);
}

void proof_tell_wrong_mac(void)
{
	struct json j = json_event("health");

	json_text(&j, "mac", "wrong");
	json_event_end(&j);
}
