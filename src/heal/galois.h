/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The field GF(2^8) of the polynomial 0x11d, and matrices over it that are applied to blocks of
 * bytes: the arithmetic of Reed-Solomon codes (heal/rs_code.h). Blocks go through ISA-L
 * (isa-l/erasure_code.h), or through tables where it was not there at build time. Any thread. */
#ifndef HEAL_GALOIS_H
#define HEAL_GALOIS_H

#include <stddef.h>
#include <stdint.h>

/* How many elements are not 0: the powers of 2 repeat after as many. */
enum { GALOIS_ORDER = 255 };

/* 2 to the power of n. */
uint8_t galois_power(unsigned n);

/* The n below GALOIS_ORDER for which a is galois_power(n); a is not 0. */
unsigned galois_exponent(uint8_t a);

/* Their product. */
uint8_t galois_multiply(uint8_t a, uint8_t b);

/* What a, which is not 0, has to be multiplied with to give 1. */
uint8_t galois_invert(uint8_t a);

/* Inverts the n x n matrix a, row by row, which is spoiled. 0, or -1: it is singular. */
int galois_invert_matrix(uint8_t *a, uint8_t *inverse, unsigned n);

/* A matrix that makes n_out blocks of n_in. */
struct galois_map {
	unsigned n_in, n_out;
	uint8_t *tables; /* heap */
};

/* matrix has n_out rows of n_in coefficients. galois_map_clear in any case. 0, or -1 without
 * memory. */
int galois_map_init(struct galois_map *m, const uint8_t *matrix, unsigned n_in, unsigned n_out);

/* Another matrix of the same size. */
void galois_map_set(struct galois_map *m, const uint8_t *matrix);

/* out[j] becomes the sum of all in[i] times the coefficient at j, i: n_bytes of each, at most
 * INT_MAX. No block of out overlaps another one. */
void galois_map_apply(const struct galois_map *m, size_t n_bytes, uint8_t **in, uint8_t **out);

/* Adds to out what in is the i-th one of. */
void galois_map_add(
	const struct galois_map *m, size_t n_bytes, unsigned i, uint8_t *in, uint8_t **out);

/* Frees what m holds. */
void galois_map_clear(struct galois_map *m);

#endif
