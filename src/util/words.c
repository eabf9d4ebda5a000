/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "util/words.h"

#include <string.h>

static const char list[][WORDS_LONGEST + 1] = {
#include "util/words.inc"
};
_Static_assert(sizeof list / sizeof *list == WORDS_LISTED, "util/words.txt is not complete");

const char *words_at(uint32_t i)
{
	return list[i];
}

struct secret *words_passphrase(struct fail *f)
{
	struct secret *s = secret_new((size_t)WORDS_CHOSEN * (WORDS_LONGEST + 1), f);
	size_t n = 0;

	if (!s)
		return NULL;
	for (int i = 0; i < WORDS_CHOSEN; i++) {
		const char *word = words_at(secret_random_below(WORDS_LISTED));
		size_t n_word = strlen(word);

		if (i)
			secret_bytes(s)[n++] = ' ';
		memcpy(secret_bytes(s) + n, word, n_word);
		n += n_word;
	}
	secret_truncate(s, n);
	return s;
}
