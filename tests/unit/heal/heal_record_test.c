/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The record of healing data, byte by byte, and what is none. */
#include "heal/heal_record.h"

#include <stdlib.h>
#include <string.h>

#include "lib/tap.h"
#include "util/hex.h"

/* As in doc/FORMAT.md; the sums are sha256sum's. */
static const char facts[] =
	"xburncrypt-heal 1\n"
	"disc 00112233-4455-6677-8899-aabbccddeeff\n"
	"data 8361\n"
	"salt 202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f\n"
	"root 4813494d137e1631bba301d5acab6e7bb7aa74ce1185d456565ef51d737677b2\n"
	"tree 8384 135\n"
	"kernel 8544 34 4\n"
	"rows 8704 37 231 20\n"
	"check 9472 16\n"
	"upper 9504 4\n"
	"header 9568 512\n"
	"end 10112\n";
static const char mac[] = "mac 0160ed42fed458719018cc59df7f454e538680dcc46dda7055a3643b560799e8\n";
static const char signature[] =
	"untrusted comment: signature from minisign secret key\n"
	"RUQf6LRCGA9i559r3g7V1qNyJDApGip8MfqcadIgT9CuhV3EMhHoN1mGTkUidF/"
	"z7SrlQgXdy8ofjb7bNJJylDOocrCo8KLzZwo=\n"
	"trusted comment: xburncrypt disc 00112233-4455-6677-8899-aabbccddeeff\n"
	"y/rUw2y8/hOUYjZU71eHp/Wo1KZ40fGy2VJEDl34XMJM+TX48Ss/"
	"17u3IvIfbVR1FkZZSNCisQbuQY+bHwhEBg==\n";
static const char check_root[] =
	"check-root 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n";

/* Puts a record together of lines, and the right sum. */
static void make(uint8_t block[BLOCK_BYTES], const char *const *lines, size_t n_lines)
{
	char digits[2 * SHA256_BYTES + 1];
	uint8_t sum[SHA256_BYTES];
	size_t n = 0;

	memset(block, 0, BLOCK_BYTES);
	for (size_t i = 0; i < n_lines; i++) {
		memcpy(block + n, lines[i], strlen(lines[i]));
		n += strlen(lines[i]);
	}
	sha256_of(block, n, sum);
	hex_write(digits, sum, sizeof sum);
	memcpy(block + n, "sum ", 4);
	memcpy(block + n + 4, digits, sizeof digits - 1);
	block[n + 4 + sizeof digits - 1] = '\n';
}

static void make_example(struct heal_record *r)
{
	const struct heal_choice c = { 8361, 37, 4, 20, 512 };

	*r = (struct heal_record){ .has_root = true, .has_check_root = true, .has_mac = true };
	if (heal_layout_make(&r->layout, &c) ||
		!hex_read(r->id, sizeof r->id, "00112233445566778899aabbccddeeff") ||
		!hex_read(r->root, sizeof r->root, strstr(facts, "root ") + 5) ||
		!hex_read(r->mac, sizeof r->mac, mac + 4))
		exit(1);
	for (uint8_t i = 0; i < 32; i++) {
		r->salt[i] = 0x20 + i;
		r->check_root[i] = i;
	}
	memcpy(r->signature, signature, sizeof signature);
}

static void test_bytes(void)
{
	const char *const lines[] = { facts, mac, signature, check_root };
	uint8_t block[BLOCK_BYTES], wanted[BLOCK_BYTES];
	char text[HEAL_FACTS_MAX];
	struct heal_record r, again;
	size_t n;

	make_example(&r);
	n = heal_record_facts(&r, HEAL_RECORD_FRONT, text);
	tap_ok(n == sizeof facts - 1 && !strcmp(text, facts), "the facts");
	make(wanted, lines, 4);
	heal_record_encode(&r, HEAL_RECORD_BACK, block);
	tap_ok(!memcmp(block, wanted, BLOCK_BYTES), "a record behind everything");
	tap_ok(heal_record_decode(&again, block) && !memcmp(&r, &again, sizeof r),
		"is read as what it was");
	make(wanted, lines, 3);
	heal_record_encode(&r, HEAL_RECORD_FRONT, block);
	tap_ok(!memcmp(block, wanted, BLOCK_BYTES), "a record before the tree");
	tap_ok(heal_record_decode(&again, block) && again.has_root && !again.has_check_root &&
			!strcmp(again.signature, signature),
		"has no check root");
	heal_record_encode(&r, HEAL_RECORD_ANCHOR, block);
	tap_ok(strstr((char *)block, "\nroot -\n") && !strstr((char *)block, "mac") &&
			!strstr((char *)block, "comment"),
		"an anchor has nothing that is not known before a burn");
	tap_ok(heal_record_decode(&again, block) && !again.has_root && !again.has_mac &&
			!memcmp(&again.layout, &r.layout, sizeof r.layout),
		"and is read");
}

/* Each in place of what a right record has; the sum is right. */
static void test_contradictions(void)
{
	static const struct {
		const char *old, *new;
	} changes[] = {
		{ "heal 1", "heal 2" },
		{ "data 8361", "data 8400" },
		{ "data 8361", "data 08361" },
		{ "data 8361", "data +8361" },
		{ "data 8361", "data 0" },
		{ "data 8361", "data 99999999999999999999" },
		{ "tree 8384", "tree 8385" },
		{ "8384 135", "8384 136" },
		{ "34 4", "35 4" },
		{ "34 4", "34 5" },
		{ "37 231 20", "36 231 20" },
		{ "37 231 20", "0 231 20" },
		{ "37 231 20", "37 230 20" },
		{ "37 231 20", "37 231 21" },
		{ "37 231 20", "37 231 4294967316" },
		{ "check 9472", "check 9473" },
		{ "upper 9504 4", "upper 9504 5" },
		{ "9568 512", "9568 1025" },
		{ "end 10112", "end 10113" },
		{ "end 10112", "end 10112 " },
		{ "salt 20", "salt 2A" },
		{ "tree", "free" },
		{ "\nroot 48", "\nroot  48" },
	};
	char changed[sizeof facts + 32];
	uint8_t block[BLOCK_BYTES];
	struct heal_record r;

	for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
		const char *at = strstr(facts, changes[i].old);
		size_t n = (size_t)(at - facts), n_new = strlen(changes[i].new);
		const char *lines[] = { changed };

		memcpy(changed, facts, n);
		memcpy(changed + n, changes[i].new, n_new);
		memcpy(changed + n + n_new, at + strlen(changes[i].old),
			sizeof facts - n - strlen(changes[i].old));
		make(block, lines, 1);
		tap_ok(!heal_record_decode(&r, block), "refused: \"%s\" as \"%s\"", changes[i].old,
			changes[i].new);
	}
}

static void test_damage(void)
{
	const char *const twice[] = { facts, mac, mac }, *const turned[] = { facts, check_root,
		mac };
	uint8_t block[BLOCK_BYTES], good[BLOCK_BYTES];
	struct heal_record r;
	int n_taken = 0;

	make_example(&r);
	heal_record_encode(&r, HEAL_RECORD_BACK, good);
	for (unsigned bit = 0; bit < 8 * BLOCK_BYTES; bit++) {
		memcpy(block, good, BLOCK_BYTES);
		block[bit / 8] ^= (uint8_t)(1 << bit % 8);
		n_taken += heal_record_decode(&r, block);
	}
	tap_ok(n_taken == 0, "no record with a changed bit is taken");
	make(block, twice, 3);
	tap_ok(!heal_record_decode(&r, block), "refused: a line twice");
	make(block, turned, 3);
	tap_ok(!heal_record_decode(&r, block), "refused: lines in another order");
	memset(block, 0, BLOCK_BYTES);
	tap_ok(!heal_record_decode(&r, block), "refused: zeros");
	memset(block, 'x', BLOCK_BYTES);
	memcpy(block, facts, sizeof facts - 1);
	tap_ok(!heal_record_decode(&r, block), "refused: text without an end");
}

static void test_explanation(void)
{
	uint8_t block[BLOCK_BYTES];
	char *text = (char *)block;
	struct heal_record r;

	make_example(&r);
	heal_record_explain(&r, block);
	tap_ok(block[BLOCK_BYTES - 1] == 0, "the text for people fits into its block");
	tap_ok(strstr(text, "--hash-offset=17168384\n") && strstr(text, "--fec-offset=17498112 ") &&
			strstr(text, "--fec-roots=4\n") && strstr(text, "skip=9568 count=512\n") &&
			strstr(text, "--hash-offset=17170432 --data-blocks=8361 "),
		"and has the numbers in bytes");
	r.layout.choice.n_roots = 0;
	r.layout.header.n = 0;
	heal_record_explain(&r, block);
	tap_ok(!strstr(text, "fec") && !strstr(text, "dd "), "but none that the disc lacks");
}

int main(void)
{
	test_bytes();
	test_contradictions();
	test_damage();
	test_explanation();
	return tap_done();
}
