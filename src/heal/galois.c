/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "heal/galois.h"

#include <config.h>
#include <stdlib.h>
#include <string.h>

#ifdef HAVE_ISAL
#include <isa-l/erasure_code.h>
#endif

/* The powers of 2, and their exponents; nothing is at 0. */
/* clang-format off */
static const uint8_t powers[GALOIS_ORDER] = {
	1, 2, 4, 8, 16, 32, 64, 128, 29, 58, 116, 232, 205, 135, 19, 38,
	76, 152, 45, 90, 180, 117, 234, 201, 143, 3, 6, 12, 24, 48, 96, 192,
	157, 39, 78, 156, 37, 74, 148, 53, 106, 212, 181, 119, 238, 193, 159, 35,
	70, 140, 5, 10, 20, 40, 80, 160, 93, 186, 105, 210, 185, 111, 222, 161,
	95, 190, 97, 194, 153, 47, 94, 188, 101, 202, 137, 15, 30, 60, 120, 240,
	253, 231, 211, 187, 107, 214, 177, 127, 254, 225, 223, 163, 91, 182, 113, 226,
	217, 175, 67, 134, 17, 34, 68, 136, 13, 26, 52, 104, 208, 189, 103, 206,
	129, 31, 62, 124, 248, 237, 199, 147, 59, 118, 236, 197, 151, 51, 102, 204,
	133, 23, 46, 92, 184, 109, 218, 169, 79, 158, 33, 66, 132, 21, 42, 84,
	168, 77, 154, 41, 82, 164, 85, 170, 73, 146, 57, 114, 228, 213, 183, 115,
	230, 209, 191, 99, 198, 145, 63, 126, 252, 229, 215, 179, 123, 246, 241, 255,
	227, 219, 171, 75, 150, 49, 98, 196, 149, 55, 110, 220, 165, 87, 174, 65,
	130, 25, 50, 100, 200, 141, 7, 14, 28, 56, 112, 224, 221, 167, 83, 166,
	81, 162, 89, 178, 121, 242, 249, 239, 195, 155, 43, 86, 172, 69, 138, 9,
	18, 36, 72, 144, 61, 122, 244, 245, 247, 243, 251, 235, 203, 139, 11, 22,
	44, 88, 176, 125, 250, 233, 207, 131, 27, 54, 108, 216, 173, 71, 142,
};
static const uint8_t exponents[256] = {
	0, 0, 1, 25, 2, 50, 26, 198, 3, 223, 51, 238, 27, 104, 199, 75,
	4, 100, 224, 14, 52, 141, 239, 129, 28, 193, 105, 248, 200, 8, 76, 113,
	5, 138, 101, 47, 225, 36, 15, 33, 53, 147, 142, 218, 240, 18, 130, 69,
	29, 181, 194, 125, 106, 39, 249, 185, 201, 154, 9, 120, 77, 228, 114, 166,
	6, 191, 139, 98, 102, 221, 48, 253, 226, 152, 37, 179, 16, 145, 34, 136,
	54, 208, 148, 206, 143, 150, 219, 189, 241, 210, 19, 92, 131, 56, 70, 64,
	30, 66, 182, 163, 195, 72, 126, 110, 107, 58, 40, 84, 250, 133, 186, 61,
	202, 94, 155, 159, 10, 21, 121, 43, 78, 212, 229, 172, 115, 243, 167, 87,
	7, 112, 192, 247, 140, 128, 99, 13, 103, 74, 222, 237, 49, 197, 254, 24,
	227, 165, 153, 119, 38, 184, 180, 124, 17, 68, 146, 217, 35, 32, 137, 46,
	55, 63, 209, 91, 149, 188, 207, 205, 144, 135, 151, 178, 220, 252, 190, 97,
	242, 86, 211, 171, 20, 42, 93, 158, 132, 60, 57, 83, 71, 109, 65, 162,
	31, 45, 67, 216, 183, 123, 164, 118, 196, 23, 73, 236, 127, 12, 111, 246,
	108, 161, 59, 82, 41, 157, 85, 170, 251, 96, 134, 177, 187, 204, 62, 90,
	203, 89, 95, 176, 156, 169, 160, 81, 11, 245, 22, 235, 122, 117, 44, 215,
	79, 174, 213, 233, 230, 231, 173, 232, 116, 214, 244, 234, 168, 80, 88, 175,
};
/* clang-format on */

uint8_t galois_power(unsigned n)
{
	return powers[n % GALOIS_ORDER];
}

unsigned galois_exponent(uint8_t a)
{
	return exponents[a];
}

uint8_t galois_multiply(uint8_t a, uint8_t b)
{
	return a && b ? galois_power((unsigned)exponents[a] + exponents[b]) : 0;
}

uint8_t galois_invert(uint8_t a)
{
	return galois_power(GALOIS_ORDER - (unsigned)exponents[a]);
}

/* Takes row from in all others of a matrix and its inverse to come, so that column at has one 1. */
static void eliminate(uint8_t *a, uint8_t *inverse, unsigned n, unsigned at)
{
	uint8_t scale = galois_invert(a[at * n + at]);

	for (unsigned j = 0; j < n; j++) {
		a[at * n + j] = galois_multiply(a[at * n + j], scale);
		inverse[at * n + j] = galois_multiply(inverse[at * n + j], scale);
	}
	for (unsigned i = 0; i < n; i++) {
		uint8_t factor = a[i * n + at];

		if (i == at || !factor)
			continue;
		for (unsigned j = 0; j < n; j++) {
			a[i * n + j] ^= galois_multiply(factor, a[at * n + j]);
			inverse[i * n + j] ^= galois_multiply(factor, inverse[at * n + j]);
		}
	}
}

static void swap_rows(uint8_t *a, unsigned n, unsigned i, unsigned j)
{
	for (unsigned k = 0; k < n; k++) {
		uint8_t swap = a[i * n + k];

		a[i * n + k] = a[j * n + k];
		a[j * n + k] = swap;
	}
}

int galois_invert_matrix(uint8_t *a, uint8_t *inverse, unsigned n)
{
	memset(inverse, 0, (size_t)n * n);
	for (unsigned i = 0; i < n; i++)
		inverse[i * n + i] = 1;
	for (unsigned at = 0; at < n; at++) {
		unsigned pivot = at;

		while (pivot < n && !a[pivot * n + at])
			pivot++;
		if (pivot == n)
			return -1;
		swap_rows(a, n, at, pivot);
		swap_rows(inverse, n, at, pivot);
		eliminate(a, inverse, n, at);
	}
	return 0;
}

/* Bytes of the tables of one coefficient. */
enum { TABLE_BYTES = 32 };

int galois_map_init(struct galois_map *m, const uint8_t *matrix, unsigned n_in, unsigned n_out)
{
	size_t n = (size_t)n_in * n_out;

	*m = (struct galois_map){ .n_in = n_in, .n_out = n_out };
	m->tables = malloc(n * (TABLE_BYTES + 1) + 1);
	if (!m->tables)
		return -1;
	galois_map_set(m, matrix);
	return 0;
}

void galois_map_clear(struct galois_map *m)
{
	free(m->tables);
	*m = (struct galois_map){ 0 };
}

#ifdef HAVE_ISAL

void galois_map_set(struct galois_map *m, const uint8_t *matrix)
{
	size_t n = (size_t)m->n_in * m->n_out;
	uint8_t *copy = m->tables + n * TABLE_BYTES;

	/* ISA-L's parameter is not const */
	memcpy(copy, matrix, n);
	ec_init_tables((int)m->n_in, (int)m->n_out, copy, m->tables);
}

void galois_map_apply(const struct galois_map *m, size_t n_bytes, uint8_t **in, uint8_t **out)
{
	ec_encode_data((int)n_bytes, (int)m->n_in, (int)m->n_out, m->tables, in, out);
}

void galois_map_add(
	const struct galois_map *m, size_t n_bytes, unsigned i, uint8_t *in, uint8_t **out)
{
	ec_encode_data_update(
		(int)n_bytes, (int)m->n_in, (int)m->n_out, (int)i, m->tables, in, out);
}

#else

/* The products of a coefficient with the low and the high half of a byte. */
void galois_map_set(struct galois_map *m, const uint8_t *matrix)
{
	uint8_t *table = m->tables;

	for (size_t i = 0; i < (size_t)m->n_in * m->n_out; i++, table += TABLE_BYTES)
		for (unsigned half = 0; half < 16; half++) {
			table[half] = galois_multiply(matrix[i], (uint8_t)half);
			table[16 + half] = galois_multiply(matrix[i], (uint8_t)(half << 4));
		}
}

void galois_map_add(
	const struct galois_map *m, size_t n_bytes, unsigned i, uint8_t *in, uint8_t **out)
{
	for (unsigned j = 0; j < m->n_out; j++) {
		const uint8_t *table = m->tables + ((size_t)j * m->n_in + i) * TABLE_BYTES;

		for (size_t at = 0; at < n_bytes; at++)
			out[j][at] ^= table[in[at] & 15] ^ table[16 + (in[at] >> 4)];
	}
}

void galois_map_apply(const struct galois_map *m, size_t n_bytes, uint8_t **in, uint8_t **out)
{
	for (unsigned j = 0; j < m->n_out; j++)
		memset(out[j], 0, n_bytes);
	for (unsigned i = 0; i < m->n_in; i++)
		galois_map_add(m, n_bytes, i, in[i], out);
}

#endif
