/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "heal/rs_code.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "heal/galois.h"

/* The product of all z - 2^i for i below n, by ascending powers of z; its highest one is 1. */
static void make_generator(unsigned n, uint8_t generator[RS_CODE_SYMBOLS + 1])
{
	memset(generator, 0, RS_CODE_SYMBOLS + 1);
	generator[0] = 1;
	for (unsigned i = 0; i < n; i++) {
		generator[i + 1] = 1;
		for (unsigned j = i; j > 0; j--)
			generator[j] =
				generator[j - 1] ^ galois_multiply(generator[j], galois_power(i));
		generator[0] = galois_multiply(generator[0], galois_power(i));
	}
}

void rs_code_matrix(unsigned n_parity, unsigned n_data, uint8_t *matrix)
{
	uint8_t generator[RS_CODE_SYMBOLS + 1], rest[RS_CODE_SYMBOLS];

	if (!n_parity)
		return;
	make_generator(n_parity, generator);
	/* the last symbol's parity is z^r modulo the generator, its highest power first; that of
	 * each one before is the one behind it times z */
	for (unsigned j = 0; j < n_parity; j++)
		rest[j] = generator[n_parity - 1 - j];
	for (unsigned i = RS_CODE_SYMBOLS - n_parity; i-- > 0;) {
		uint8_t first = rest[0];

		for (unsigned j = 0; i < n_data && j < n_parity; j++)
			matrix[j * n_data + i] = rest[j];
		memmove(rest, rest + 1, n_parity - 1);
		rest[n_parity - 1] = 0;
		for (unsigned j = 0; j < n_parity; j++)
			rest[j] ^= galois_multiply(first, generator[n_parity - 1 - j]);
	}
}

/* One row of the solver: the row of the inverse times what parity has of each symbol. */
static void solve_row(const uint8_t *matrix, unsigned n_data, const struct rs_code_erasures *e,
	const uint8_t *inverse, uint8_t *row)
{
	unsigned at = 0, next_lost = 0;

	for (unsigned i = 0; i < n_data; i++) {
		if (next_lost < e->n && e->lost[next_lost] == i) {
			next_lost++;
			continue;
		}
		row[at] = 0;
		for (unsigned j = 0; j < e->n; j++)
			row[at] ^= galois_multiply(inverse[j], matrix[e->parity[j] * n_data + i]);
		at++;
	}
	memcpy(row + at, inverse, e->n);
}

int rs_code_solver(
	const uint8_t *matrix, unsigned n_data, const struct rs_code_erasures *e, uint8_t *solver)
{
	uint8_t *a = malloc(2 * (size_t)e->n * e->n + 1), *inverse = a + (size_t)e->n * e->n;
	int result;

	if (!a)
		return -1;
	for (unsigned i = 0; i < e->n; i++)
		for (unsigned j = 0; j < e->n; j++)
			a[i * e->n + j] = matrix[e->parity[i] * n_data + e->lost[j]];
	/* never singular: any n_data symbols tell the others */
	result = galois_invert_matrix(a, inverse, e->n);
	for (unsigned i = 0; result == 0 && i < e->n; i++)
		solve_row(
			matrix, n_data, e, inverse + (size_t)i * e->n, solver + (size_t)i * n_data);
	free(a);
	return result;
}

/* The word at the generator's roots; false where it is 0 at all of them: nothing is wrong. */
static bool make_syndromes(
	unsigned n_parity, const uint8_t word[RS_CODE_SYMBOLS], uint8_t syndromes[RS_CODE_SYMBOLS])
{
	uint8_t any = 0;

	for (unsigned j = 0; j < n_parity; j++) {
		syndromes[j] = 0;
		for (unsigned i = 0; i < RS_CODE_SYMBOLS; i++)
			syndromes[j] = galois_multiply(syndromes[j], galois_power(j)) ^ word[i];
		any |= syndromes[j];
	}
	return any;
}

/* Takes the erasures' part out of the syndromes: n_parity - n_erased are left. False where all are
 * 0: only erasures are wrong. */
static bool drop_erasures(uint8_t syndromes[RS_CODE_SYMBOLS], unsigned n_parity,
	const uint8_t *erased, unsigned n_erased)
{
	uint8_t any = 0;

	for (unsigned i = 0; i < n_erased; i++) {
		uint8_t root = galois_power(RS_CODE_SYMBOLS - 1u - erased[i]);

		for (unsigned j = 0; j + 1 < n_parity - i; j++)
			syndromes[j] = galois_multiply(syndromes[j], root) ^ syndromes[j + 1];
	}
	for (unsigned j = 0; j < n_parity - n_erased; j++)
		any |= syndromes[j];
	return any;
}

/* The shortest shift register that gives the syndromes (Berlekamp, Massey). Its length. */
static unsigned make_locator(
	const uint8_t *syndromes, unsigned n, uint8_t locator[RS_CODE_SYMBOLS + 1])
{
	uint8_t before[RS_CODE_SYMBOLS + 1] = { 1 }, swap[RS_CODE_SYMBOLS + 1], last = 1;
	unsigned length = 0, shift = 1;

	memset(locator, 0, RS_CODE_SYMBOLS + 1);
	locator[0] = 1;
	for (unsigned i = 0; i < n; i++, shift++) {
		uint8_t differs = syndromes[i], factor;

		for (unsigned j = 1; j <= length; j++)
			differs ^= galois_multiply(locator[j], syndromes[i - j]);
		if (!differs)
			continue;
		memcpy(swap, locator, sizeof swap);
		factor = galois_multiply(differs, galois_invert(last));
		for (unsigned j = 0; j + shift <= RS_CODE_SYMBOLS; j++)
			locator[j + shift] ^= galois_multiply(factor, before[j]);
		if (2 * length > i)
			continue;
		length = i + 1 - length;
		memcpy(before, swap, sizeof before);
		last = differs;
		shift = 0;
	}
	return length;
}

/* The symbols at whose places the locator is 0 (Chien). Their number, as many as its length, or
 * -1. */
static int search(
	const uint8_t locator[RS_CODE_SYMBOLS + 1], unsigned length, uint8_t found[RS_CODE_SYMBOLS])
{
	unsigned n = 0;

	for (unsigned i = 0; i < RS_CODE_SYMBOLS; i++) {
		uint8_t value = 0;

		for (unsigned j = length + 1; j-- > 0;)
			value = galois_multiply(value, galois_power(i + 1)) ^ locator[j];
		if (value)
			continue;
		if (n == length)
			return -1;
		found[n++] = (uint8_t)i;
	}
	return n == length ? (int)n : -1;
}

int rs_code_locate(unsigned n_parity, const uint8_t word[RS_CODE_SYMBOLS], const uint8_t *erased,
	unsigned n_erased, uint8_t found[RS_CODE_SYMBOLS])
{
	uint8_t syndromes[RS_CODE_SYMBOLS], locator[RS_CODE_SYMBOLS + 1];
	unsigned length;

	if (!make_syndromes(n_parity, word, syndromes))
		return 0;
	if (n_erased > n_parity)
		return -1;
	if (!drop_erasures(syndromes, n_parity, erased, n_erased))
		return 0;
	length = make_locator(syndromes, n_parity - n_erased, locator);
	return 2 * length > n_parity - n_erased ? -1 : search(locator, length, found);
}
