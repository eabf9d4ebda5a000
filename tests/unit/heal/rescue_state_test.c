/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The state of a repair as text: what was written is read, and nothing else. */
#include "heal/rescue_state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "heal/block_states.h"
#include "lib/tap.h"

static struct heal_record r;
static uint8_t *states, *again;
static uint64_t next;

static int decode(const char *text, size_t n)
{
	struct fail f = { 0 };

	memset(again, 0xee, r.layout.end);
	if (rescue_state_decode("FILE", text, n, &r, again, &next, &f))
		return (int)f.code;
	return 0;
}

/* The text with a part of it replaced. */
static int decode_changed(const char *text, const char *old, const char *new)
{
	const char *at = strstr(text, old);
	size_t n = strlen(text) + strlen(new) + 1;
	char *changed = malloc(n);
	int result;

	if (!at || !changed)
		exit(1);
	snprintf(changed, n, "%.*s%s%s", (int)(at - text), text, new, at + strlen(old));
	result = decode(changed, strlen(changed));
	free(changed);
	return result;
}

static void test_round(void)
{
	static const uint8_t read[] = { BLOCK_UNCHECKED, BLOCK_RIGHT, BLOCK_UNKNOWN, BLOCK_HEALED };
	struct fail f = { 0 };
	char *text;
	size_t n;

	memset(states, BLOCK_UNREAD, r.layout.end);
	memset(states, BLOCK_UNREADABLE, 3);
	for (size_t i = 0; i < sizeof read; i++)
		states[100 + i] = read[i];
	states[104] = BLOCK_DIFFERS;
	text = rescue_state_encode(&r, states, 5000, &n, &f);
	tap_ok(text && n == strlen(text) && n <= rescue_state_most(&r), "a text");
	tap_ok(text && strstr(text, "\nend 10624\nnext 5000\n0 3 unreadable\n3 97 unread\n"
				    "100 4 read\n104 1 differs\n105 10519 unread\n"),
		"it ends with the runs of blocks");
	tap_ok(text && !strncmp(text, "xburncrypt-repair 1\nxburncrypt-heal 1\ndisc 0", 44),
		"and begins with the disc");
	tap_ok(text && decode(text, n) == 0 && next == 5000, "it is read");
	for (size_t i = 0; i < sizeof read; i++)
		states[100 + i] = BLOCK_UNCHECKED;
	tap_ok(!memcmp(states, again, r.layout.end), "as it was, but for what became of blocks");
	free(text);
}

static void test_refused(void)
{
	struct fail f = { 0 };
	char *text;
	size_t n;

	memset(states, BLOCK_UNREAD, r.layout.end);
	memset(states + 10, BLOCK_UNCHECKED, 10);
	text = rescue_state_encode(&r, states, 20, &n, &f);
	if (!text)
		exit(1);
	tap_ok(decode(text, n) == 0, "a text");
	for (size_t i = 0; i < n; i++)
		if (decode(text, i) == 0)
			exit(1);
	tap_ok(true, "refused: each part of it");
	tap_ok(decode_changed(text, "disc 0", "disc 1") == FAIL_MISMATCH, "refused: another disc");
	tap_ok(decode_changed(text, "salt 0", "salt 1") == FAIL_MISMATCH, "refused: another salt");
	tap_ok(decode_changed(text, "end 10624", "end 10656") == FAIL_MISMATCH,
		"refused: another size");
	tap_ok(decode_changed(text, "repair 1", "repair 2") == FAIL_FAILED,
		"refused: another version");
	tap_ok(decode_changed(text, "next 20", "next 10625") == FAIL_FAILED,
		"refused: a place behind the end");
	tap_ok(decode_changed(text, "10 10 read", "10 11 read") == FAIL_FAILED,
		"refused: runs that overlap");
	tap_ok(decode_changed(text, "10 10 read", "10 9 read") == FAIL_FAILED,
		"refused: a gap between them");
	tap_ok(decode_changed(text, "10 10 read", "10 010 read") == FAIL_FAILED,
		"refused: a zero before a number");
	tap_ok(decode_changed(text, "10 10 read", "10 10 well") == FAIL_FAILED,
		"refused: a state that is none");
	tap_ok(decode_changed(text, "10 10 read", "10 5 read\n15 5 read") == FAIL_FAILED,
		"refused: a run in two parts");
	tap_ok(decode_changed(text, "10 10 read", "10 18446744073709551615 read") == FAIL_FAILED,
		"refused: a number that is too large");
	tap_ok(decode_changed(text, "20 10604 unread\n", "20 10604 unread\n\n") == FAIL_FAILED,
		"refused: something behind it");
	free(text);
}

int main(void)
{
	const struct heal_choice choice = {
		.n_data = 8361, .n_roots = 4, .n_rows = 20, .n_header = 512
	};

	if (heal_layout_make(&r.layout, &choice))
		return 1;
	states = malloc(r.layout.end);
	again = malloc(r.layout.end);
	if (!states || !again)
		return 1;
	test_round();
	test_refused();
	free(states);
	free(again);
	return tap_done();
}
