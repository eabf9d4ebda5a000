/* SPDX-License-Identifier: GPL-3.0-or-later */
/* LUKS1 headers from anywhere, opened with a passphrase: nothing in them is authenticated, so that
 * every field may be absurd. */
#include "fuzz.h"

#include <string.h>

#include "crypto/format/format.h"
#include "util/sector.h"

enum { HEADER = 592, N_BYTES = 2 * 1024 * 1024 + 4096 };

static uint8_t disc[N_BYTES];

static int read_disc(void *ctx, uint64_t lba, uint32_t n, uint8_t *buf, struct fail *f)
{
	(void)ctx;
	(void)f;
	memcpy(buf, disc + lba * BLOCK_BYTES, (size_t)n * BLOCK_BYTES);
	return 0;
}

/* At most 255 rounds a slot, so that each input is tried in no time. */
static void cheapen(void)
{
	disc[164] = disc[165] = disc[166] = 0;
	for (size_t slot = 0; slot < 8; slot++) {
		uint8_t *rounds = disc + 208 + slot * 48 + 4;

		rounds[0] = rounds[1] = rounds[2] = 0;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct format_params params;
	struct block_reader reader = { .read = read_disc, .n_blocks = N_BYTES / BLOCK_BYTES };
	struct fail f = { 0 };
	struct credential credential = { .kind = CREDENTIAL_PASSPHRASE };
	struct secret *secret = secret_copy("passphrase", 10, &f);
	const struct format *format;
	struct volume *v;

	FUZZ_MUST(secret);
	credential.secret = secret;
	memset(disc, 0, HEADER);
	memcpy(disc, data, size < HEADER ? size : HEADER);
	memcpy(disc, "LUKS\xba\xbe\0\1", 8);
	cheapen();
	format = format_find("luks1");
	v = format_open(format, &reader, &params, &credential, NULL, &f);
	/* all stripes are zero: no key comes out of them */
	FUZZ_MUST(!v && (f.code == FAIL_FAILED || f.code == FAIL_MISMATCH) && f.what[0]);
	secret_free(secret);
	return 0;
}
