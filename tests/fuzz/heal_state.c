/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The state of a repair: the bytes are what follows the disc's facts in the file. One that is taken
 * is written again as it was. */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "heal/block_states.h"
#include "heal/rescue_state.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct heal_choice choice = { .n_data = 100, .n_roots = 4, .n_rows = 20 };
	static struct heal_record r;
	static uint8_t states[4096];
	uint64_t next;
	char facts[HEAL_FACTS_MAX], *text, *again;
	size_t n_facts, n;

	FUZZ_MUST(heal_layout_make(&r.layout, &choice) == 0 && r.layout.end <= sizeof states);
	n_facts = heal_record_facts(&r, HEAL_RECORD_ANCHOR, facts);
	n = 20 + n_facts + size;
	text = malloc(n);
	FUZZ_MUST(text);
	memcpy(text, "xburncrypt-repair 1\n", 20);
	memcpy(text + 20, facts, n_facts);
	if (size)
		memcpy(text + 20 + n_facts, data, size);
	if (rescue_state_decode("FILE", text, n, &r, states, &next, NULL) == 0) {
		FUZZ_MUST(next <= r.layout.end && n <= rescue_state_most(&r));
		again = rescue_state_encode(&r, states, next, &n_facts, NULL);
		FUZZ_MUST(again && n_facts == n && !memcmp(text, again, n));
		free(again);
	}
	/* the bytes alone: no facts before them */
	rescue_state_decode("FILE", (const char *)data, size, &r, states, &next, NULL);
	free(text);
	return 0;
}
