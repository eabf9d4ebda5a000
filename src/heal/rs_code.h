/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The Reed-Solomon code of the kernel's dm-verity (Linux: drivers/md/dm-verity-fec.c,
 * lib/reed_solomon; cryptsetup: lib/verity/rs_encode_char.c): systematic, RS(255, 255 - r) over
 * GF(2^8) of the polynomial 0x11d, whose generator has the roots 2^0 to 2^(r-1).
 *
 * A word has 255 symbols: data, zeros for those that are missing, and at its end r of parity.
 * Symbol i is the coefficient of z^(254-i). Any thread. */
#ifndef HEAL_RS_CODE_H
#define HEAL_RS_CODE_H

#include <stdint.h>

enum { RS_CODE_SYMBOLS = 255 };

/* Fills n_parity rows of n_data coefficients, which together are at most RS_CODE_SYMBOLS: parity is
 * the matrix times the data. */
void rs_code_matrix(unsigned n_parity, unsigned n_data, uint8_t *matrix);

/* What has to be solved: n symbols of data that are lost, by as many of parity. */
struct rs_code_erasures {
	unsigned n;
	uint8_t lost[RS_CODE_SYMBOLS];   /* ascending, below n_data */
	uint8_t parity[RS_CODE_SYMBOLS]; /* below n_parity */
};

/* Fills e->n rows of n_data coefficients, which give the lost symbols from those that are there, in
 * their order, and then those of parity, in e's order. matrix is rs_code_matrix' of n_data columns.
 * 0, or -1: without memory. */
int rs_code_solver(
	const uint8_t *matrix, unsigned n_data, const struct rs_code_erasures *e, uint8_t *solver);

/* Finds symbols that are wrong beside n_erased ones that are known to be, at erased: at most
 * (n_parity - n_erased) / 2. Fills found with their places, which ascend. Their number, or -1:
 * there are more than can be found. (Forney's syndromes, Berlekamp and Massey's algorithm, Chien's
 * search: R. E. Blahut, Algebraic Codes for Data Transmission, 2003, chapter 7.) */
int rs_code_locate(unsigned n_parity, const uint8_t word[RS_CODE_SYMBOLS], const uint8_t *erased,
	unsigned n_erased, uint8_t found[RS_CODE_SYMBOLS]);

#endif
