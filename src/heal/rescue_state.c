/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "heal/rescue_state.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "heal/block_states.h"
#include "util/text.h"

#define MAGIC "xburncrypt-repair 1\n"

enum { LINE_MAX_BYTES = 64, DIGITS_MAX = 18 };

/* The words that states have. What was read stays so, whatever became of it. */
static const char *word(uint8_t state)
{
	switch (state) {
	case BLOCK_UNREAD:
		return "unread";
	case BLOCK_UNREADABLE:
		return "unreadable";
	case BLOCK_DIFFERS:
		return "differs";
	default:
		return "read";
	}
}

/* Blocks from at on that have the same word. */
static uint64_t run_length(const uint8_t *states, uint64_t at, uint64_t end)
{
	uint64_t n = 1;

	while (at + n < end && word(states[at + n]) == word(states[at]))
		n++;
	return n;
}

size_t rescue_state_most(const struct heal_record *r)
{
	return sizeof MAGIC + HEAL_FACTS_MAX + (size_t)(r->layout.end + 1) * LINE_MAX_BYTES;
}

char *rescue_state_encode(const struct heal_record *r, const uint8_t *states, uint64_t next,
	size_t *n, struct fail *f)
{
	uint64_t end = r->layout.end, n_runs = 0;
	char facts[HEAL_FACTS_MAX], *bytes;
	struct text t;
	size_t most;

	for (uint64_t at = 0; at < end; at += run_length(states, at, end))
		n_runs++;
	most = sizeof MAGIC + HEAL_FACTS_MAX + (size_t)(n_runs + 1) * LINE_MAX_BYTES;
	bytes = malloc(most);
	if (!bytes) {
		fail_memory(f);
		return NULL;
	}
	heal_record_facts(r, HEAL_RECORD_ANCHOR, facts);
	t = text_in(bytes, most);
	text_put(&t, MAGIC "%snext %llu\n", facts, (unsigned long long)next);
	for (uint64_t at = 0, length; at < end; at += length) {
		length = run_length(states, at, end);
		text_put(&t, "%llu %llu %s\n", (unsigned long long)at, (unsigned long long)length,
			word(states[at]));
	}
	*n = t.n_used;
	return bytes;
}

/* What of the text is not taken yet. */
struct rest {
	const char *at, *end;
	unsigned line; /* that at is in */
};

static bool take(struct rest *t, const char *wanted)
{
	size_t n = strlen(wanted);

	if ((size_t)(t->end - t->at) < n || memcmp(t->at, wanted, n) != 0)
		return false;
	t->at += n;
	for (; *wanted; wanted++)
		t->line += *wanted == '\n';
	return true;
}

/* Decimal digits, and no zero before another. */
static bool take_number(struct rest *t, uint64_t *n)
{
	const char *first = t->at;

	for (*n = 0; t->at < t->end && *t->at >= '0' && *t->at <= '9'; t->at++) {
		if (t->at - first == DIGITS_MAX)
			return false;
		*n = 10 * *n + (uint64_t)(*t->at - '0');
	}
	return t->at > first && (*first != '0' || t->at == first + 1);
}

static bool take_state(struct rest *t, uint8_t *state)
{
	static const uint8_t states[] = { BLOCK_UNCHECKED, BLOCK_UNREAD, BLOCK_UNREADABLE,
		BLOCK_DIFFERS };

	for (size_t i = 0; i < sizeof states; i++) {
		struct rest before = *t;

		*state = states[i];
		if (take(t, word(*state)) && take(t, "\n"))
			return true;
		*t = before;
	}
	return false;
}

/* The runs follow one another, each with another word than the one before it. */
static bool take_runs(struct rest *t, uint8_t *states, uint64_t end)
{
	uint64_t at = 0, first, n;

	while (at < end) {
		struct rest line = *t;
		uint8_t state;

		if (!take_number(t, &first) || first != at || !take(t, " ") ||
			!take_number(t, &n) || n == 0 || n > end - at || !take(t, " ") ||
			!take_state(t, &state) || (at && states[at - 1] == state)) {
			*t = line;
			return false;
		}
		memset(states + at, state, n);
		at += n;
	}
	return t->at == t->end;
}

static int fail_syntax(const char *name, const struct rest *t, struct fail *f)
{
	fail_set(f, FAIL_FAILED, name, "is not the state of a repair: line %u is not understood",
		t->line);
	fail_hint(f, "name the file that the repair was begun with, or a new one");
	return -1;
}

/* The facts of the disc, which are those of a record without its root. */
static int take_facts(const char *name, struct rest *t, const struct heal_record *r, struct fail *f)
{
	char facts[HEAL_FACTS_MAX], *second;

	heal_record_facts(r, HEAL_RECORD_ANCHOR, facts);
	if (take(t, facts))
		return 0;
	second = strchr(facts, '\n') + 1;
	if ((size_t)(t->end - t->at) < strlen(facts) ||
		memcmp(t->at, facts, (size_t)(second - facts)) != 0)
		return fail_syntax(name, t, f);
	fail_set(f, FAIL_MISMATCH, name, "is the state of a repair of another disc");
	fail_hint(f, "put in the disc that it was begun with or another copy of it, or name a new "
		     "file");
	return -1;
}

int rescue_state_decode(const char *name, const char *text, size_t n, const struct heal_record *r,
	uint8_t *states, uint64_t *next, struct fail *f)
{
	struct rest t = { text, text + n, 1 };

	if (!take(&t, MAGIC))
		return fail_syntax(name, &t, f);
	if (take_facts(name, &t, r, f))
		return -1;
	if (!take(&t, "next ") || !take_number(&t, next) || *next > r->layout.end ||
		!take(&t, "\n") || !take_runs(&t, states, r->layout.end))
		return fail_syntax(name, &t, f);
	return 0;
}
