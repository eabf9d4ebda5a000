/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "crypto/format/luks2_token.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <json-c/json.h>
#include <libcryptsetup.h>

#include "crypto/format/volume.h"
#include "util/sector.h"

#define TYPE "xburncrypt"

int luks2_token_write(char *out, size_t n, const struct volume *volume)
{
	char payload[24] = "unknown";
	int len;

	if (volume->payload_bytes)
		snprintf(payload, sizeof payload, "%" PRIu64, volume->payload_bytes);
	len = snprintf(out, n,
		"{\"type\":\"" TYPE "\",\"keyslots\":[],\"version\":1,\"program\":\"%s\","
		"\"payload_bytes\":\"%s\",\"payload_offset\":\"%" PRIu64 "\",\"cipher\":\"%s\","
		"\"key_bits\":%u,\"sector_bytes\":%u,"
		"\"iv\":\"counts 512 bytes from the payload's start\"}",
		PACKAGE_STRING, payload, volume->payload_offset, volume->cipher_name,
		volume->key_bits, volume->sector_bytes);
	return len > 0 && (size_t)len < n ? 0 : -1;
}

/* What was written here is whole blocks, and no disc has more than 2^63 bytes: json-c makes that,
 * less one, of larger numbers. */
static uint64_t read_length(struct json_object *value)
{
	const char *digits = json_object_get_string(value);
	int64_t n = json_object_get_int64(value);

	if (!digits || *digits < '1' || strspn(digits, "0123456789") != strlen(digits))
		return 0;
	return n % BLOCK_BYTES ? 0 : (uint64_t)n;
}

uint64_t luks2_token_payload(const char *json)
{
	struct json_object *token = json_tokener_parse(json), *type, *length;
	uint64_t n = 0;

	if (json_object_object_get_ex(token, "type", &type) &&
		json_object_is_type(type, json_type_string) &&
		strcmp(json_object_get_string(type), TYPE) == 0 &&
		json_object_object_get_ex(token, "payload_bytes", &length))
		n = read_length(length);
	json_object_put(token);
	return n;
}

void luks2_token_read(struct crypt_device *cd, struct volume *volume)
{
	const char *json;

	for (int i = 0; i < crypt_token_max(CRYPT_LUKS2) && !volume->payload_bytes; i++)
		if (crypt_token_json_get(cd, i, &json) >= 0)
			volume->payload_bytes = luks2_token_payload(json);
}
