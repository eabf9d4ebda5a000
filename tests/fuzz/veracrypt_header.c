/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Headers of VeraCrypt volumes as they come out of the decryption. No fuzzer finds two checksums,
 * so that each input is tried as it is and once more with magic and checksums put right. */
#include "fuzz.h"

#include <string.h>

#include "crypto/crc32.h"
#include "crypto/format/veracrypt_header.h"

static const struct veracrypt_kind vera = { .name = "VeraCrypt", .magic = "VERA", .hint = "" };
static const struct veracrypt_kind true_kind = {
	.name = "TrueCrypt", .magic = "TRUE", .hint = "", .has_version_3 = true
};

static void parse(const struct veracrypt_kind *kind, const uint8_t bytes[VERACRYPT_HEADER_BYTES])
{
	struct veracrypt_header h;
	struct fail f = { 0 };

	if (veracrypt_header_parse(&h, kind, bytes, &f)) {
		FUZZ_MUST(f.code == FAIL_MISMATCH || f.code == FAIL_FAILED);
		return;
	}
	FUZZ_MUST(h.sector_bytes == 512 && h.key == bytes + 192);
	FUZZ_MUST(h.data_offset % 512 == 0 && h.data_bytes >= 2048);
	FUZZ_MUST(h.data_offset + h.data_bytes > h.data_offset);
}

static void put_crc(uint8_t *to, const uint8_t *bytes, size_t n)
{
	uint32_t crc = ~crc32_update(CRC32_START, bytes, n);

	for (int i = 0; i < 4; i++)
		to[i] = (uint8_t)(crc >> (24 - 8 * i));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t bytes[VERACRYPT_HEADER_BYTES] = { 0 };

	memcpy(bytes, data, size < sizeof bytes ? size : sizeof bytes);
	parse(&vera, bytes);
	put_crc(bytes + 8, bytes + 192, 256);
	memcpy(bytes, "TRUE", 4);
	parse(&true_kind, bytes);
	memcpy(bytes, "VERA", 4);
	put_crc(bytes + 188, bytes, 188);
	parse(&vera, bytes);
	return 0;
}
