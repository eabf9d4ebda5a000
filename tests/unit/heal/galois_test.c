/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The field by its definition, and matrices over it applied to blocks. */
#include "heal/galois.h"

#include <stdlib.h>
#include <string.h>

#include "lib/tap.h"

enum { N_IN = 30, N_OUT = 7, N_BYTES = 1000 };

static uint8_t in[N_IN][N_BYTES], out[N_OUT][N_BYTES], wanted[N_OUT][N_BYTES];
static uint8_t *in_at[N_IN], *out_at[N_OUT];
static unsigned seed = 1;

static uint8_t noise(void)
{
	seed = seed * 1103515245 + 12345;
	return (uint8_t)(seed >> 16);
}

/* Long multiplication of polynomials modulo 0x11d. */
static uint8_t product(uint8_t a, uint8_t b)
{
	unsigned sum = 0;

	for (int i = 0; i < 8; i++)
		sum ^= b >> i & 1 ? (unsigned)a << i : 0;
	for (int i = 15; i >= 8; i--)
		sum ^= sum >> i & 1 ? 0x11du << (i - 8) : 0;
	return (uint8_t)sum;
}

static void test_field(void)
{
	bool is_product = true, is_inverse = true, is_power = true;

	for (unsigned a = 0; a < 256; a++)
		for (unsigned b = 0; b < 256; b++)
			is_product = is_product && galois_multiply((uint8_t)a, (uint8_t)b) ==
							   product((uint8_t)a, (uint8_t)b);
	tap_ok(is_product, "all products");
	for (unsigned a = 1; a < 256; a++) {
		is_inverse = is_inverse && product((uint8_t)a, galois_invert((uint8_t)a)) == 1;
		is_power = is_power && galois_power(galois_exponent((uint8_t)a)) == a;
	}
	tap_ok(is_inverse, "all inverses");
	tap_ok(is_power && galois_power(255) == 1 && galois_power(256) == 2, "all powers");
}

static void test_inversion(void)
{
	uint8_t a[N_OUT * N_OUT], spoiled[N_OUT * N_OUT], inverse[N_OUT * N_OUT];
	bool is_one = true;

	for (int i = 0; i < N_OUT * N_OUT; i++)
		a[i] = noise();
	a[0] = 0; /* the first row has to be swapped */
	memcpy(spoiled, a, sizeof a);
	tap_ok(galois_invert_matrix(spoiled, inverse, N_OUT) == 0, "a matrix has an inverse");
	for (int i = 0; i < N_OUT; i++)
		for (int j = 0; j < N_OUT; j++) {
			uint8_t sum = 0;

			for (int k = 0; k < N_OUT; k++)
				sum ^= product(a[i * N_OUT + k], inverse[k * N_OUT + j]);
			is_one = is_one && sum == (i == j);
		}
	tap_ok(is_one, "which it is");
	memcpy(spoiled, a, sizeof a);
	memcpy(spoiled + N_OUT, a, N_OUT);
	tap_ok(galois_invert_matrix(spoiled, inverse, N_OUT) == -1, "equal rows have none");
}

static void apply_slowly(const uint8_t *matrix)
{
	memset(wanted, 0, sizeof wanted);
	for (int j = 0; j < N_OUT; j++)
		for (int i = 0; i < N_IN; i++)
			for (int at = 0; at < N_BYTES; at++)
				wanted[j][at] ^= product(matrix[j * N_IN + i], in[i][at]);
}

static void test_map(void)
{
	uint8_t matrix[N_OUT * N_IN];
	struct galois_map m;

	for (int i = 0; i < N_IN; i++)
		for (int at = 0; at < N_BYTES; at++)
			in[i][at] = noise();
	for (size_t i = 0; i < sizeof matrix; i++)
		matrix[i] = noise();
	for (int i = 0; i < N_IN; i++)
		in_at[i] = in[i];
	for (int j = 0; j < N_OUT; j++)
		out_at[j] = out[j];
	if (galois_map_init(&m, matrix, N_IN, N_OUT))
		exit(1);
	apply_slowly(matrix);
	galois_map_apply(&m, N_BYTES, in_at, out_at);
	tap_ok(!memcmp(out, wanted, sizeof out), "a matrix over blocks");
	memset(out, 0, sizeof out);
	for (unsigned i = N_IN; i-- > 0;)
		galois_map_add(&m, N_BYTES, i, in[i], out_at);
	tap_ok(!memcmp(out, wanted, sizeof out), "one block after the other");
	for (size_t i = 0; i < sizeof matrix; i++)
		matrix[i] ^= noise();
	apply_slowly(matrix);
	galois_map_set(&m, matrix);
	galois_map_apply(&m, 1, in_at, out_at);
	tap_ok(out[3][0] == wanted[3][0] && out[3][1] != wanted[3][1],
		"another matrix, of one byte");
	galois_map_clear(&m);
}

int main(void)
{
	test_field();
	test_inversion();
	test_map();
	return tap_done();
}
