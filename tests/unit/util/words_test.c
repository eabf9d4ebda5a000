/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The word list as its makers say it is, and passphrases of its words. */
#include "util/words.h"

#include <stdlib.h>
#include <string.h>

#include "lib/tap.h"

static int compare(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static const char *sorted[WORDS_LISTED];

/* What the EFF says: 7776 words of 3 to 9 characters, 7.0 on average; no word begins another one.
 */
static void test_list(void)
{
	size_t n_characters = 0, n_wrong = 0, n_double = 0, n_beginnings = 0;

	for (uint32_t i = 0; i < WORDS_LISTED; i++) {
		size_t n = strlen(words_at(i));

		sorted[i] = words_at(i);
		n_characters += n;
		n_wrong +=
			n < 3 || n > 9 || strspn(words_at(i), "abcdefghijklmnopqrstuvwxyz-") != n;
	}
	qsort(sorted, WORDS_LISTED, sizeof *sorted, compare);
	for (uint32_t i = 1; i < WORDS_LISTED; i++) {
		n_double += strcmp(sorted[i - 1], sorted[i]) == 0;
		n_beginnings += strncmp(sorted[i - 1], sorted[i], strlen(sorted[i - 1])) == 0;
	}
	tap_ok(WORDS_LISTED == 7776, "7776 words");
	tap_ok(n_wrong == 0, "each has 3 to 9 letters");
	tap_ok(n_double == 0, "no word is there twice");
	tap_ok(n_beginnings == 0, "no word begins another one");
	tap_ok(n_characters == 54368, "they have 54368 characters");
	tap_ok(strcmp(words_at(0), "abacus") == 0 && strcmp(words_at(7775), "zoom") == 0,
		"from abacus, 11111 on the dice, to zoom, 66666");
}

/* The number of a word in the sorted list; WORDS_LISTED: it is none. */
static size_t find(const char *word)
{
	const char **at = bsearch(&word, sorted, WORDS_LISTED, sizeof *sorted, compare);

	return at ? (size_t)(at - sorted) : WORDS_LISTED;
}

static bool was_drawn[WORDS_LISTED];

/* Marks the words of a new passphrase. False where they are not six of the list, with one blank
 * between them. */
static bool draw(char text[100])
{
	struct fail f = { 0 };
	struct secret *s = words_passphrase(&f);
	size_t n = s ? secret_size(s) : 0, n_words = 0, n_wrong = 0;
	char copy[100] = "", *rest = copy;

	if (n == 0 || n >= sizeof copy) {
		secret_free(s);
		return false;
	}
	memcpy(copy, secret_view(s), n);
	memcpy(text, copy, sizeof copy);
	secret_free(s);
	for (; rest; n_words++) {
		size_t at = find(strsep(&rest, " "));

		if (at == WORDS_LISTED)
			n_wrong++;
		else
			was_drawn[at] = true;
	}
	return n_words == WORDS_CHOSEN && n_wrong == 0;
}

/* About 74,000 words until each was there; that one is still missing after 600,000 has a chance of
 * less than 7776 / e^77. */
static void test_passphrases(void)
{
	char text[100] = "", last[100] = "";
	size_t n_wrong = 0, n_same = 0, n_missing = WORDS_LISTED;

	for (unsigned i = 0; n_missing && i < 100000; i++) {
		n_wrong += !draw(text);
		n_same += strcmp(text, last) == 0;
		memcpy(last, text, sizeof last);
		if (i % 1000)
			continue;
		n_missing = 0;
		for (size_t k = 0; k < WORDS_LISTED; k++)
			n_missing += !was_drawn[k];
	}
	tap_ok(n_wrong == 0, "each passphrase has six words of the list, with one blank between");
	tap_ok(n_same == 0, "none is like the one before");
	tap_ok(n_missing == 0, "each word is drawn some time");
}

static void test_numbers(void)
{
	size_t n_each[3] = { 0 }, n_outside = 0;

	for (unsigned i = 0; i < 30000; i++) {
		uint32_t r = secret_random_below(3);

		n_outside += r >= 3;
		n_each[r % 3]++;
	}
	tap_ok(n_outside == 0, "random numbers are below the limit");
	/* 12 standard deviations */
	tap_ok(n_each[0] > 9000 && n_each[1] > 9000 && n_each[2] > 9000,
		"and each comes as often as the others");
}

int main(void)
{
	test_list();
	test_passphrases();
	test_numbers();
	return tap_done();
}
