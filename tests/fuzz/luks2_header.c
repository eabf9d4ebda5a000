/* SPDX-License-Identifier: GPL-3.0-or-later */
/* LUKS2 headers with any JSON in them. No fuzzer finds their SHA-256, so that the binary headers
 * (LUKS2 On-Disk Format 1.1.2, 2.1) are put around each input here. */
#include "fuzz.h"

#include <endian.h>
#include <string.h>

#include "crypto/digest_list.h"
#include "crypto/format/format.h"
#include "util/sector.h"

enum { COPY = 16384, JSON_AT = 4096, CHECKSUM_AT = 448, N_BYTES = 1024 * 1024 + 4096 };

static uint8_t disc[N_BYTES];

static int read_disc(void *ctx, uint64_t lba, uint32_t n, uint8_t *buf, struct fail *f)
{
	(void)ctx;
	(void)f;
	memcpy(buf, disc + lba * BLOCK_BYTES, (size_t)n * BLOCK_BYTES);
	return 0;
}

static void put_copy(uint8_t *to, const char *magic, uint64_t offset, const uint8_t *json, size_t n)
{
	struct fail f = { 0 };
	struct digest_list *digest = digest_list_new(COPY, &f);
	uint16_t version = htobe16(2);
	uint64_t size = htobe64(COPY), sequence = htobe64(1);

	FUZZ_MUST(digest);
	memset(to, 0, COPY);
	memcpy(to, magic, 6);
	memcpy(to + 6, &version, 2);
	memcpy(to + 8, &size, 8);
	memcpy(to + 16, &sequence, 8);
	memcpy(to + 72, "sha256", 6);
	memcpy(to + 168, "01234567-89ab-4def-8123-456789abcdef", 36);
	offset = htobe64(offset);
	memcpy(to + 256, &offset, 8);
	memcpy(to + JSON_AT, json, n);
	digest_list_update(digest, to, COPY);
	digest_list_finish(digest);
	memcpy(to + CHECKSUM_AT, digest_list_group(digest, 0), DIGEST_BYTES);
	digest_list_free(digest);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct format_params params;
	struct block_reader reader = { .read = read_disc, .n_blocks = N_BYTES / BLOCK_BYTES };
	const struct format *format;
	struct fail f = { 0 };
	struct volume *v;

	if (size > COPY - JSON_AT)
		size = COPY - JSON_AT;
	put_copy(disc, "LUKS\xba\xbe", 0, data, size);
	put_copy(disc + COPY, "SKUL\xba\xbe", COPY, data, size);
	format = format_recognise(&reader);
	FUZZ_MUST(format && strcmp(format->name, "luks2") == 0);
	v = format_inspect(format, &reader, &params, NULL, &f);
	/* mismatch: the payload would begin behind the end */
	FUZZ_MUST(v ? v->n_slots > 0 && v->pbkdf[0]
		    : (f.code == FAIL_FAILED || f.code == FAIL_MISMATCH) && f.what[0]);
	volume_free(v);
	return 0;
}
