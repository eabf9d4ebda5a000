/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "heal/disc_map.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "heal/block_states.h"
#include "util/text.h"
#include "util/utf8.h"

enum {
	TURNS = 30,
	POINTS = 64, /* of a turn */
	LINES = 16,
	LETTERS = 64,
	RUN_BYTES = 256, /* of a path beside its points, at most */
	POINT_BYTES = 24,
	HEAD_BYTES = 4096,
};

/* Where data lie, in mm from the centre. */
static const double inner = 24, outer = 58;

static const char *const colours[MAP_STATES] = { "#5aa469", "#3a6fd8", "#b9b9b9", "#d62839" };
static const char letters[MAP_STATES] = { '.', 'h', ' ', 'X' };

static const char *name(const struct disc_map *m, unsigned state)
{
	static const char *const of_check[MAP_STATES] = { "right", "can be healed", "not known",
		"lost" };
	static const char *const of_repair[MAP_STATES] = { "right", "healed", "not read", "lost" };

	return (m->is_repaired ? of_repair : of_check)[state];
}

static bool is_lost(const struct disc_map_source *s, uint64_t block)
{
	uint8_t state = s->healed[block];

	if (!s->has_lost)
		return false;
	return block_state_is_bad(state) ||
	       (s->is_repaired && block < s->layout->choice.n_data && state != BLOCK_RIGHT);
}

static uint8_t map_state(const struct disc_map_source *s, uint64_t block)
{
	uint8_t found = s->found[block];

	if (is_lost(s, block))
		return MAP_LOST;
	if (found == BLOCK_UNREAD || (found == BLOCK_UNKNOWN && !s->is_repaired))
		return MAP_UNKNOWN;
	return block_state_is_bad(found) ? MAP_HEALED : MAP_GOOD;
}

void disc_map_make(struct disc_map *m, const struct disc_map_source *s)
{
	uint64_t n = s->layout->end;

	*m = (struct disc_map){ .is_repaired = s->is_repaired, .n_blocks = n };
	for (uint64_t i = 0; i < n; i++) {
		uint8_t state = map_state(s, i);
		uint64_t first = i * DISC_MAP_CELLS / n, last = (i + 1) * DISC_MAP_CELLS / n;

		m->counts[state]++;
		for (uint64_t cell = first; cell < last || cell == first; cell++)
			if (m->cells[cell] < state)
				m->cells[cell] = state;
	}
}

/* Text of XML, which has no controls in it. */
static void put_escaped(struct text *t, const char *bytes)
{
	for (size_t n; *bytes; bytes += n) {
		uint32_t c = 0;

		n = utf8_decode(bytes, &c);
		if (n == 0 || c < ' ' || c == 0x7f || c == 0xfffe || c == 0xffff)
			text_put(t, "?");
		else if (c == '<' || c == '&')
			text_put(t, c == '<' ? "&lt;" : "&amp;");
		else
			text_put(t, "%.*s", (int)n, bytes);
		n = n ? n : 1;
	}
}

/* Cells from at on that are alike. */
static unsigned run_length(const struct disc_map *m, unsigned at)
{
	unsigned n = 1;

	while (at + n < DISC_MAP_CELLS && m->cells[at + n] == m->cells[at])
		n++;
	return n;
}

/* Constant linear velocity: the area within grows with the block number. The turns are as many as
 * can be told apart. */
static void put_point(struct text *t, char command, double at)
{
	double r = sqrt(inner * inner + at * (outer * outer - inner * inner));
	double angle = 2 * M_PI * TURNS * (r - inner) / (outer - inner) - M_PI / 2;

	text_put(t, "%c%.2f %.2f", command, r * cos(angle), r * sin(angle));
}

static void put_run(struct text *t, const struct disc_map *m, unsigned first, unsigned n)
{
	unsigned n_points = n * TURNS * POINTS / DISC_MAP_CELLS + 2;
	uint8_t state = m->cells[first];

	text_put(t, "<path stroke=\"%s\" d=\"", colours[state]);
	for (unsigned i = 0; i <= n_points; i++)
		put_point(t, i ? 'L' : 'M', (first + (double)n * i / n_points) / DISC_MAP_CELLS);
	text_put(t, "\"><title>blocks %llu to %llu: %s</title></path>\n",
		(unsigned long long)(first * m->n_blocks / DISC_MAP_CELLS),
		(unsigned long long)(((first + n) * m->n_blocks - 1) / DISC_MAP_CELLS),
		name(m, state));
}

static void put_legend(struct text *t, const struct disc_map *m)
{
	for (unsigned i = 0; i < MAP_STATES; i++)
		text_put(t,
			"<rect x=\"68\" y=\"%u\" width=\"6\" height=\"5\" fill=\"%s\"/>"
			"<text x=\"77\" y=\"%u\">%s: %llu (%.2f %%)</text>\n",
			9 * i, colours[i], 4 + 9 * i, name(m, i), (unsigned long long)m->counts[i],
			100. * (double)m->counts[i] / (double)m->n_blocks);
}

char *disc_map_svg(const struct disc_map *m, const char *title, struct fail *f)
{
	size_t most = HEAD_BYTES + 10 * strlen(title), n_runs = 0;
	struct text t;
	char *svg;

	for (unsigned at = 0; at < DISC_MAP_CELLS; at += run_length(m, at))
		n_runs++;
	most += n_runs * (RUN_BYTES + 4 * POINT_BYTES) + TURNS * POINTS * POINT_BYTES;
	svg = malloc(most);
	if (!svg) {
		fail_memory(f);
		return NULL;
	}
	t = text_in(svg, most);
	text_put(&t, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"-62 -62 215 124\" "
		     "font-family=\"sans-serif\" font-size=\"5\">\n<title>");
	put_escaped(&t, title);
	text_put(&t,
		"</title>\n<circle r=\"60\" fill=\"#f2f2f2\" stroke=\"#888\"/>"
		"<circle r=\"7.5\" fill=\"#fff\" stroke=\"#888\"/>\n"
		"<g fill=\"none\" stroke-width=\"%.3f\">\n",
		.86 * (outer - inner) / TURNS);
	for (unsigned at = 0, n; at < DISC_MAP_CELLS; at += n) {
		n = run_length(m, at);
		put_run(&t, m, at, n);
	}
	text_put(&t, "</g>\n<text x=\"68\" y=\"-10\" font-weight=\"bold\">");
	put_escaped(&t, title);
	text_put(&t, "</text>\n");
	put_legend(&t, m);
	text_put(&t, "</svg>\n");
	return svg;
}

/* The worst of the cells that a letter stands for. */
static char letter(const struct disc_map *m, unsigned at)
{
	unsigned first = at * DISC_MAP_CELLS / (LINES * LETTERS);
	unsigned last = (at + 1) * DISC_MAP_CELLS / (LINES * LETTERS);
	uint8_t worst = MAP_GOOD;

	for (unsigned cell = first; cell < last; cell++)
		if (worst < m->cells[cell])
			worst = m->cells[cell];
	return letters[worst];
}

char *disc_map_letters(const struct disc_map *m, struct fail *f)
{
	enum { MOST = LINES * (LETTERS + 32) + 256 };
	char *out = malloc(MOST);
	struct text t;

	if (!out) {
		fail_memory(f);
		return NULL;
	}
	t = text_in(out, MOST);
	for (unsigned line = 0; line < LINES; line++) {
		text_put(&t, "%12llu  ", (unsigned long long)(line * m->n_blocks / LINES));
		for (unsigned i = 0; i < LETTERS; i++)
			text_put(&t, "%c", letter(m, line * LETTERS + i));
		text_put(&t, "\n");
	}
	text_put(&t, "each letter is about %llu blocks: . %s, h %s, X %s, blank %s\n",
		(unsigned long long)((m->n_blocks + LINES * LETTERS - 1) / (LINES * LETTERS)),
		name(m, MAP_GOOD), name(m, MAP_HEALED), name(m, MAP_LOST), name(m, MAP_UNKNOWN));
	return out;
}
