/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The record of a session: each byte as doc/FORMAT.md has it, and what is refused. */
#include "iso/session_record.h"

#include <string.h>

#include "lib/tap.h"
#include "util/number.h"
#include "util/sha256.h"

static const struct session_record example = {
	.number = 3,
	.id = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16 },
	.here = { 5664, 5800, 0x0102030405060708 },
	.earlier = { { 3088, 3200, 1700000000 }, { 0, 1177, 1600000000 } },
	.n_earlier = 2,
	.saved = 3056,
	.is_in_place = true,
};

/* The same record, by offsets alone. */
static void write_example(uint8_t b[BLOCK_BYTES], const char *magic)
{
	memset(b, 0, BLOCK_BYTES);
	memcpy(b, magic, strlen(magic));
	number_put_le32(b + 16, 1);
	number_put_le32(b + 20, 3);
	for (uint8_t i = 0; i < 16; i++)
		b[24 + i] = i + 1;
	number_put_le32(b + 40, 5664);
	number_put_le32(b + 44, 5800);
	number_put_le64(b + 48, 0x0102030405060708);
	number_put_le32(b + 56, 2);
	number_put_le32(b + 60, 1);
	number_put_le32(b + 64, 3088);
	number_put_le32(b + 68, 3200);
	number_put_le64(b + 72, 1700000000);
	number_put_le32(b + 84, 1177);
	number_put_le64(b + 88, 1600000000);
	number_put_le32(b + 1984, 3056);
	sha256_of(b, 2016, b + 2016);
}

static void test_bytes(void)
{
	static const char *const magics[] = { "xburncrypt sess", "xburncrypt end" };
	uint8_t wanted[BLOCK_BYTES], got[BLOCK_BYTES];
	struct session_record r;

	for (int kind = SESSION_RECORD_START; kind <= SESSION_RECORD_END; kind++) {
		write_example(wanted, magics[kind]);
		session_record_encode(&example, kind, got);
		tap_ok(memcmp(wanted, got, BLOCK_BYTES) == 0, "%s: byte by byte", magics[kind]);
		memset(&r, 0, sizeof r);
		tap_ok(session_record_decode(&r, kind, wanted) &&
				memcmp(&r, &example, sizeof r) == 0,
			"%s: decodes to the same", magics[kind]);
		tap_ok(!session_record_decode(&r, !kind, wanted), "%s: is not the other kind",
			magics[kind]);
	}
	for (unsigned i = 0, n = 0; i < BLOCK_BYTES; i++) {
		wanted[i] ^= 0x10;
		n += session_record_decode(&r, SESSION_RECORD_END, wanted);
		wanted[i] ^= 0x10;
		if (i == BLOCK_BYTES - 1)
			tap_ok(n == 0, "a change of any byte is found");
	}
}

/* SHA-256 of "abc" (FIPS 180-4, examples). */
static void test_digest(void)
{
	static const uint8_t wanted[] = { 0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf, 0xea, 0x41,
		0x41, 0x40, 0xde, 0x5d, 0xae, 0x22, 0x23, 0xb0, 0x03, 0x61, 0xa3, 0x96, 0x17, 0x7a,
		0x9c, 0xb4, 0x10, 0xff, 0x61, 0xf2, 0x00, 0x15, 0xad };
	uint8_t got[SHA256_BYTES];

	sha256_of("abc", 3, got);
	tap_ok(memcmp(got, wanted, sizeof got) == 0, "SHA-256 of \"abc\"");
}

static bool decodes(const struct session_record *r)
{
	uint8_t block[BLOCK_BYTES];
	struct session_record got;

	session_record_encode(r, SESSION_RECORD_START, block);
	return session_record_decode(&got, SESSION_RECORD_START, block);
}

static void test_contradictions(void)
{
	struct session_record r = example;

	r.saved = r.here.start;
	tap_ok(!decodes(&r), "descriptors that were saved within this session");
	r.saved = 3056;
	r.earlier[1] = (struct session_place){ 3056, 1177, 0 };
	tap_ok(decodes(&r), "the first session's descriptors may be behind it");
	r.earlier[1].start = r.here.start - 32;
	tap_ok(decodes(&r), "and behind others");
	r.earlier[1].start = r.here.start;
	tap_ok(!decodes(&r), "but not within this one");
	r.earlier[1].start = 3056;
	r.earlier[1].end = 3057;
	tap_ok(!decodes(&r), "but not within it");
	r = example;
	r.here.end = r.here.start;
	tap_ok(!decodes(&r), "a session without blocks");
	r = example;
	r.earlier[0].start = 5664;
	tap_ok(!decodes(&r), "an earlier session that begins where this one does");
	r = example;
	r.earlier[0].end = 5665;
	tap_ok(!decodes(&r), "an earlier session that ends within this one");
	r = example;
	r.earlier[1].end = 3089;
	tap_ok(!decodes(&r), "sessions that overlap");
	r = example;
	r.n_earlier = 1;
	tap_ok(!decodes(&r), "an earlier session that is left out");
	r = example;
	r.number = 1;
	tap_ok(!decodes(&r), "the first session has no record");
}

/* More sessions than the record has room for. */
static void test_many(void)
{
	struct session_record r = { .number = 500, .here = { 100000, 100100, 1 } };

	r.n_earlier = SESSION_RECORD_EARLIER_MAX;
	for (uint32_t i = 0; i < r.n_earlier; i++)
		r.earlier[i] = (struct session_place){ 99900 - 100 * i, 99990 - 100 * i, 1 };
	tap_ok(decodes(&r), "120 earlier ones of 499");
	r.n_earlier--;
	tap_ok(!decodes(&r), "119 of 499");
}

int main(void)
{
	test_bytes();
	test_digest();
	test_contradictions();
	test_many();
	return tap_done();
}
