/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "heal/column_solver.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "heal/galois.h"

enum {
	/* bytes of a column that are looked at for errors at a time, and how often */
	PLACES_MAX = 8,
	TURNS_MAX = 12,
};

struct column_solver {
	unsigned n_data, n_parity;
	uint8_t *matrix; /* heap: rs_code_matrix */
	/* the last pattern of erasures: runs and clusters of a disc repeat it */
	struct rs_code_erasures last;
	struct galois_map solver;       /* of it; n_out 0: none */
	uint8_t *scratch;               /* heap: a matrix */
	uint8_t (*blocks)[BLOCK_BYTES]; /* heap: computed parity, or data as it was */
};

struct column_solver *column_solver_new(unsigned n_data, unsigned n_parity, struct fail *f)
{
	struct column_solver *s = calloc(1, sizeof *s);

	if (s) {
		s->n_data = n_data;
		s->n_parity = n_parity;
		s->matrix = malloc((size_t)n_data * n_parity + 1);
		s->scratch = malloc((size_t)n_data * n_parity + 1);
		s->blocks = malloc((size_t)RS_CODE_SYMBOLS * 2 * BLOCK_BYTES);
	}
	if (!s || !s->matrix || !s->scratch || !s->blocks) {
		column_solver_free(s);
		fail_memory(f);
		return NULL;
	}
	rs_code_matrix(n_parity, n_data, s->matrix);
	return s;
}

void column_solver_free(struct column_solver *s)
{
	if (!s)
		return;
	galois_map_clear(&s->solver);
	free(s->matrix);
	free(s->scratch);
	free(s->blocks);
	free(s);
}

/* What is lost, and the parity that it is solved by: right before unknown. False where there is too
 * little. */
static bool find_erasures(
	const struct column_solver *s, const struct column *c, struct rs_code_erasures *e)
{
	static const uint8_t order[] = { COLUMN_RIGHT, COLUMN_UNKNOWN };
	unsigned n = 0;

	memset(e, 0, sizeof *e);
	for (unsigned i = 0; i < s->n_data; i++) {
		if (c->data_states[i] != COLUMN_LOST)
			continue;
		if (e->n == s->n_parity)
			return false;
		e->lost[e->n++] = (uint8_t)i;
	}
	for (unsigned turn = 0; turn < sizeof order; turn++)
		for (unsigned j = 0; j < s->n_parity && n < e->n; j++)
			if (c->parity_states[j] == order[turn])
				e->parity[n++] = (uint8_t)j;
	return n == e->n;
}

/* The solver of a pattern. 0, or -2 with f filled. */
static int set_solver(struct column_solver *s, const struct rs_code_erasures *e, struct fail *f)
{
	if (s->solver.n_out && !memcmp(&s->last, e, sizeof *e))
		return 0;
	galois_map_clear(&s->solver);
	if (rs_code_solver(s->matrix, s->n_data, e, s->scratch) ||
		galois_map_init(&s->solver, s->scratch, s->n_data, e->n)) {
		galois_map_clear(&s->solver);
		fail_memory(f);
		return -2;
	}
	s->last = *e;
	return 0;
}

/* Computes what is lost from the rest. */
static int solve(
	struct column_solver *s, const struct rs_code_erasures *e, struct column *c, struct fail *f)
{
	uint8_t *in[RS_CODE_SYMBOLS], *out[RS_CODE_SYMBOLS];
	unsigned n_in = 0;

	if (!e->n)
		return 0;
	if (set_solver(s, e, f))
		return -2;
	for (unsigned i = 0; i < s->n_data; i++)
		if (c->data_states[i] != COLUMN_LOST)
			in[n_in++] = c->data[i];
	for (unsigned j = 0; j < e->n; j++) {
		in[n_in++] = c->parity[e->parity[j]];
		out[j] = c->data[e->lost[j]];
	}
	galois_map_apply(&s->solver, BLOCK_BYTES, in, out);
	return 0;
}

/* Computes the parity that was not used, and finds bytes at which it differs from what is there:
 * how many, at most PLACES_MAX. -2 with f filled. */
static int find_places(struct column_solver *s, const struct rs_code_erasures *e, struct column *c,
	unsigned places[PLACES_MAX], struct fail *f)
{
	uint8_t *out[RS_CODE_SYMBOLS], used[RS_CODE_SYMBOLS] = { 0 };
	unsigned rows[RS_CODE_SYMBOLS], n = 0;
	struct galois_map map;
	int n_places = 0;

	for (unsigned j = 0; j < e->n; j++)
		used[e->parity[j]] = 1;
	for (unsigned j = 0; j < s->n_parity; j++) {
		if (used[j] || c->parity_states[j] == COLUMN_LOST)
			continue;
		memcpy(s->scratch + (size_t)n * s->n_data, s->matrix + (size_t)j * s->n_data,
			s->n_data);
		out[n] = s->blocks[n];
		rows[n++] = j;
	}
	if (!n)
		return 0;
	if (galois_map_init(&map, s->scratch, s->n_data, n)) {
		fail_memory(f);
		return -2;
	}
	galois_map_apply(&map, BLOCK_BYTES, c->data, out);
	galois_map_clear(&map);
	for (unsigned at = 0; at < BLOCK_BYTES && n_places < PLACES_MAX; at++)
		for (unsigned i = 0; i < n; i++)
			if (out[i][at] != c->parity[rows[i]][at]) {
				places[n_places++] = at;
				break;
			}
	return n_places;
}

/* The word at a place of a column, and what of it is lost. */
static unsigned make_word(const struct column_solver *s, const struct column *c, unsigned place,
	uint8_t word[RS_CODE_SYMBOLS], uint8_t erased[RS_CODE_SYMBOLS])
{
	unsigned n = 0, first = RS_CODE_SYMBOLS - s->n_parity;

	memset(word, 0, RS_CODE_SYMBOLS);
	for (unsigned i = 0; i < s->n_data; i++) {
		word[i] = c->data[i][place];
		if (c->data_states[i] == COLUMN_LOST)
			erased[n++] = (uint8_t)i;
	}
	for (unsigned j = 0; j < s->n_parity; j++) {
		word[first + j] = c->parity[j][place];
		if (c->parity_states[j] == COLUMN_LOST)
			erased[n++] = (uint8_t)(first + j);
	}
	return n;
}

/* Takes what is wrong at a place for lost, where nothing says that it is right; data is kept in
 * saved as it was. How many blocks are new. */
static unsigned lose(struct column_solver *s, struct column *c, unsigned place,
	uint8_t is_saved[RS_CODE_SYMBOLS])
{
	uint8_t word[RS_CODE_SYMBOLS], erased[RS_CODE_SYMBOLS], found[RS_CODE_SYMBOLS];
	unsigned n_erased = make_word(s, c, place, word, erased), n = 0;
	unsigned first = RS_CODE_SYMBOLS - s->n_parity;
	int n_found = rs_code_locate(s->n_parity, word, erased, n_erased, found);

	for (int i = 0; i < n_found; i++) {
		unsigned at = found[i];

		if (at < s->n_data && c->data_states[at] == COLUMN_UNKNOWN) {
			c->data_states[at] = COLUMN_LOST;
			memcpy(s->blocks[RS_CODE_SYMBOLS + at], c->data[at], BLOCK_BYTES);
			is_saved[at] = 1;
			n++;
		} else if (at >= first && c->parity_states[at - first] != COLUMN_LOST) {
			c->parity_states[at - first] = COLUMN_LOST;
			n++;
		}
	}
	return n;
}

static bool has_unknown(const struct column_solver *s, const struct column *c)
{
	return memchr(c->data_states, COLUMN_UNKNOWN, s->n_data) ||
	       memchr(c->parity_states, COLUMN_UNKNOWN, s->n_parity);
}

/* Solves a column, and looks for more errors while parity is left that does not agree. 1, 0 where
 * it can't be, or -2. */
static int try_column(struct column_solver *s, struct column *c, uint8_t is_saved[RS_CODE_SYMBOLS],
	struct fail *f)
{
	bool is_doubtful = has_unknown(s, c);

	for (int turn = 0; turn < TURNS_MAX; turn++) {
		struct rs_code_erasures e;
		unsigned places[PLACES_MAX], n_new = 0;
		int n;

		if (!find_erasures(s, c, &e))
			return 0;
		if (solve(s, &e, c, f))
			return -2;
		n = is_doubtful ? find_places(s, &e, c, places, f) : 0;
		if (n <= 0)
			return n < 0 ? n : 1;
		for (int i = 0; i < n; i++)
			n_new += lose(s, c, places[i], is_saved);
		if (!n_new)
			return 0;
	}
	return 0;
}

int column_solver_run(struct column_solver *s, struct column *c, struct fail *f)
{
	uint8_t is_saved[RS_CODE_SYMBOLS] = { 0 };
	struct column before = *c;
	int result = try_column(s, c, is_saved, f), n = 0;

	if (result != 1) {
		for (unsigned i = 0; i < s->n_data; i++)
			if (is_saved[i])
				memcpy(c->data[i], s->blocks[RS_CODE_SYMBOLS + i], BLOCK_BYTES);
		*c = before;
		return result < 0 ? result : -1;
	}
	for (unsigned i = 0; i < s->n_data; i++)
		if (c->data_states[i] == COLUMN_LOST) {
			c->data_states[i] = COLUMN_HEALED;
			n++;
		}
	return n;
}
