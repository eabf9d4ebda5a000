/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The code against the definition of dm-verity's, and what it brings back. That parity is the one
 * of veritysetup, byte by byte, is for parity.sh. */
#include "heal/rs_code.h"

#include <stdlib.h>
#include <string.h>

#include "heal/galois.h"
#include "lib/tap.h"

enum { N_CASES = 600 };

static unsigned seed = 7;

static unsigned noise(unsigned below)
{
	seed = seed * 1103515245 + 12345;
	return (seed >> 16) % below;
}

static uint8_t matrix[RS_CODE_SYMBOLS * RS_CODE_SYMBOLS], solver[RS_CODE_SYMBOLS * RS_CODE_SYMBOLS];

/* A word of noise with its parity. */
static void make_word(unsigned n_parity, unsigned n_data, uint8_t word[RS_CODE_SYMBOLS])
{
	memset(word, 0, RS_CODE_SYMBOLS);
	for (unsigned i = 0; i < n_data; i++)
		word[i] = (uint8_t)noise(256);
	for (unsigned j = 0; j < n_parity; j++)
		for (unsigned i = 0; i < n_data; i++)
			word[RS_CODE_SYMBOLS - n_parity + j] ^=
				galois_multiply(matrix[j * n_data + i], word[i]);
}

/* True where the word, as a polynomial, is 0 at all roots of the generator. */
static bool is_code_word(unsigned n_parity, const uint8_t word[RS_CODE_SYMBOLS])
{
	for (unsigned root = 0; root < n_parity; root++) {
		uint8_t sum = 0;

		for (unsigned i = 0; i < RS_CODE_SYMBOLS; i++)
			sum ^= galois_multiply(word[i], galois_power(root * (254 - i)));
		if (sum)
			return false;
	}
	return true;
}

/* Some places in 0 to n - 1 in a random order; the first n_sorted of them ascend. */
static void shuffle(uint8_t *places, unsigned n, unsigned n_sorted)
{
	for (unsigned i = 0; i < n; i++)
		places[i] = (uint8_t)i;
	for (unsigned i = 0; i < n; i++) {
		unsigned j = i + noise(n - i);
		uint8_t swap = places[i];

		places[i] = places[j];
		places[j] = swap;
	}
	for (unsigned i = 0; i < n_sorted; i++)
		for (unsigned j = i + 1; j < n_sorted; j++)
			if (places[j] < places[i]) {
				uint8_t swap = places[i];

				places[i] = places[j];
				places[j] = swap;
			}
}

/* Loses as many symbols as there is parity, or fewer, and solves them. */
static bool is_solved(unsigned n_parity, unsigned n_data)
{
	uint8_t word[RS_CODE_SYMBOLS], order[RS_CODE_SYMBOLS], known[RS_CODE_SYMBOLS];
	struct rs_code_erasures e = { .n = noise(n_parity + 1) };
	unsigned n = 0, next = 0;

	if (e.n > n_data)
		e.n = n_data;
	make_word(n_parity, n_data, word);
	shuffle(order, n_data, e.n);
	memcpy(e.lost, order, e.n);
	shuffle(order, n_parity, 0);
	memcpy(e.parity, order, e.n);
	if (rs_code_solver(matrix, n_data, &e, solver))
		return false;
	for (unsigned i = 0; i < n_data; i++)
		if (next < e.n && e.lost[next] == i)
			next++;
		else
			known[n++] = word[i];
	for (unsigned j = 0; j < e.n; j++)
		known[n++] = word[RS_CODE_SYMBOLS - n_parity + e.parity[j]];
	for (unsigned i = 0; i < e.n; i++) {
		uint8_t sum = 0;

		for (unsigned j = 0; j < n_data; j++)
			sum ^= galois_multiply(solver[i * n_data + j], known[j]);
		if (sum != word[e.lost[i]])
			return false;
	}
	return true;
}

/* Spoils what is known to be lost, and as much more as can be found. */
static bool is_located(unsigned n_parity, unsigned n_data)
{
	uint8_t word[RS_CODE_SYMBOLS], order[RS_CODE_SYMBOLS], found[RS_CODE_SYMBOLS];
	unsigned n_erased = noise(n_parity + 1), n_wrong = (n_parity - n_erased) / 2;
	int n;

	make_word(n_parity, n_data, word);
	shuffle(order, RS_CODE_SYMBOLS, n_erased);
	for (unsigned i = 0; i < n_erased; i++)
		word[order[i]] = (uint8_t)noise(256);
	for (unsigned i = 0; i < n_wrong; i++)
		word[order[n_erased + i]] ^= (uint8_t)(1 + noise(255));
	n = rs_code_locate(n_parity, word, order, n_erased, found);
	if (n != (int)n_wrong)
		return false;
	for (unsigned i = 0; i < n_wrong; i++)
		if (!memchr(found, order[n_erased + i], n_wrong))
			return false;
	return true;
}

static void test_cases(void)
{
	bool are_words = true, are_solved = true, are_located = true;

	for (int i = 0; i < N_CASES; i++) {
		unsigned n_parity = 1 + noise(60);
		unsigned n_data = 1 + noise(RS_CODE_SYMBOLS - n_parity);
		uint8_t word[RS_CODE_SYMBOLS];

		rs_code_matrix(n_parity, n_data, matrix);
		make_word(n_parity, n_data, word);
		are_words = are_words && is_code_word(n_parity, word);
		are_solved = are_solved && is_solved(n_parity, n_data);
		are_located = are_located && is_located(n_parity, n_data);
	}
	tap_ok(are_words, "all words are 0 at the generator's roots");
	tap_ok(are_solved, "all erasures are solved");
	tap_ok(are_located, "all errors beside erasures are found");
}

static void test_limits(void)
{
	uint8_t word[RS_CODE_SYMBOLS], none[1] = { 0 }, found[RS_CODE_SYMBOLS];
	int n;

	rs_code_matrix(170, 85, matrix);
	make_word(170, 85, word);
	tap_ok(is_code_word(170, word), "two thirds of parity");
	tap_ok(is_solved(170, 85), "solve all that is lost");
	tap_ok(rs_code_locate(170, word, none, 0, found) == 0, "nothing is wrong with it");
	rs_code_matrix(4, 251, matrix);
	make_word(4, 251, word);
	for (unsigned i = 0; i < 3; i++)
		word[80 * i] ^= 1;
	n = rs_code_locate(4, word, none, 0, found);
	tap_ok(n == -1 || n == 2, "three errors are beyond four symbols of parity");
}

int main(void)
{
	test_cases();
	test_limits();
	return tap_done();
}
