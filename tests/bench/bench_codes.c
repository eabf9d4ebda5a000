/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How fast the parity of healing data is computed, in memory: GB of data a CPU second, as an image
 * is encoded (pieces of all symbols), in the order of a burn (row after row), and as lost blocks
 * are solved (5 % of the disc in a row are 13 of each column).
 *
 *     bench_codes [GIGABYTES]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "heal/galois.h"
#include "heal/rs_code.h"
#include "util/sector.h"

enum { STRIP = 65536, PIECE = 1024, PIECE_STEP = PIECE + 64, LOST = 13 };

static uint8_t *memory, near[RS_CODE_SYMBOLS * PIECE_STEP];

static double cpu_seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void strips(const struct galois_map *m, uint8_t **in, uint8_t **out)
{
	uint8_t *in_now[RS_CODE_SYMBOLS], *out_now[RS_CODE_SYMBOLS];

	for (size_t at = 0; at < STRIP; at += PIECE) {
		for (unsigned i = 0; i < m->n_in; i++)
			in_now[i] = memcpy(near + (size_t)i * PIECE_STEP, in[i] + at, PIECE);
		for (unsigned j = 0; j < m->n_out; j++)
			out_now[j] = out[j] + at;
		galois_map_apply(m, PIECE, in_now, out_now);
	}
}

static void blocks(const struct galois_map *m, uint8_t **in, uint8_t **out)
{
	uint8_t *in_now[RS_CODE_SYMBOLS], *out_now[RS_CODE_SYMBOLS];

	for (size_t at = 0; at < STRIP; at += BLOCK_BYTES) {
		for (unsigned i = 0; i < m->n_in; i++)
			in_now[i] = in[i] + at;
		for (unsigned j = 0; j < m->n_out; j++)
			out_now[j] = out[j] + at;
		galois_map_apply(m, BLOCK_BYTES, in_now, out_now);
	}
}

static void rows(const struct galois_map *m, uint8_t **in, uint8_t **out)
{
	for (unsigned i = 0; i < m->n_in; i++)
		galois_map_add(m, STRIP, i, in[i], out);
}

/* CPU seconds for a GB of data. */
static double measure(unsigned n_parity, double gigabytes,
	void (*code)(const struct galois_map *, uint8_t **, uint8_t **))
{
	unsigned n_data = RS_CODE_SYMBOLS - n_parity;
	uint8_t *matrix = malloc((size_t)n_data * n_parity), *symbols[RS_CODE_SYMBOLS];
	double n_bytes = 0, start;
	struct galois_map map;

	if (!matrix)
		exit(1);
	rs_code_matrix(n_parity, n_data, matrix);
	if (galois_map_init(&map, matrix, n_data, n_parity))
		exit(1);
	for (unsigned i = 0; i < RS_CODE_SYMBOLS; i++)
		symbols[i] = memory + (size_t)i * STRIP;
	start = cpu_seconds();
	for (; n_bytes < gigabytes * 1e9; n_bytes += (double)STRIP * n_data)
		code(&map, symbols, symbols + n_data);
	galois_map_clear(&map);
	free(matrix);
	return (cpu_seconds() - start) / (n_bytes / 1e9);
}

static void print(const char *name, double roots, double all_rows)
{
	printf("%-28s 4 roots %.2f GB/s, 20 rows %.2f, both %.2f\n", name, 1 / roots, 1 / all_rows,
		1 / (roots + all_rows));
}

int main(int argc, char **argv)
{
	double gigabytes = argc > 1 ? strtod(argv[1], NULL) : 2;

	memory = malloc((size_t)RS_CODE_SYMBOLS * STRIP);
	if (!memory)
		return 1;
	for (size_t i = 0; i < (size_t)RS_CODE_SYMBOLS * STRIP; i++)
		memory[i] = (uint8_t)rand();
	print("codes in strips", measure(4, gigabytes, strips), measure(20, gigabytes, strips));
	print("codes in the order of a burn", measure(4, gigabytes, rows),
		measure(20, gigabytes, rows));
	printf("%-28s %.2f GB/s\n", "13 lost of each column", 1 / measure(LOST, gigabytes, blocks));
	free(memory);
	return 0;
}
