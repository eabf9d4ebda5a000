/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The payload's length in the token of a LUKS2 header, which anyone may have written. */
#include <stdio.h>
#include <string.h>

#include "crypto/format/luks2_token.h"
#include "crypto/format/volume.h"
#include "lib/tap.h"

static void check(const char *json, uint64_t wanted)
{
	uint64_t n = luks2_token_payload(json);

	if (!tap_ok(n == wanted, "%.60s", *json ? json : "nothing"))
		tap_note("%llu", (unsigned long long)n);
}

/* A token of our type with this for the length, as JSON has it. */
static void check_length(const char *length, uint64_t wanted)
{
	char json[256];

	snprintf(json, sizeof json, "{\"type\":\"xburncrypt\",\"payload_bytes\":%s}", length);
	check(json, wanted);
}

static void check_round_trip(uint64_t payload_bytes)
{
	struct volume v = { .payload_bytes = payload_bytes, .cipher_name = "aes-xts-plain64" };
	char json[1024];

	tap_ok(luks2_token_write(json, sizeof json, &v) == 0, "a token is written");
	check(json, payload_bytes);
	tap_ok(luks2_token_write(json, 100, &v) == -1, "where it has room");
}

static void check_depth(void)
{
	char json[60001];

	memset(json, '[', sizeof json - 1);
	json[sizeof json - 1] = '\0';
	check(json, 0);
}

int main(void)
{
	check_round_trip(4096);
	check_round_trip(0);
	check_length("\"1048576\"", 1048576);
	check_length("1048576", 1048576);
	check_length("\"9223372036854773760\"", INT64_MAX - 2047);
	check_length("\"9223372036854775808\"", 0);
	check_length("18446744073709549568", 0);
	check_length("\"99999999999999999999999999\"", 0);
	check_length("2047", 0);
	check_length("\"-2048\"", 0);
	check_length("-2048", 0);
	check_length("2048.0", 0);
	check_length("2048e0", 0);
	check_length("\"02048\"", 0);
	check_length("\" 2048\"", 0);
	check_length("\"2048 \"", 0);
	check_length("\"2048x\"", 0);
	check_length("\"unknown\"", 0);
	check_length("\"\"", 0);
	check_length("null", 0);
	check_length("true", 0);
	check_length("[2048]", 0);
	check_length("{\"payload_bytes\":\"2048\"}", 0);
	check_length("\"2048", 0);
	check("{ \"type\" : \"xburncrypt\" ,\t\"payload_bytes\" : \"2048\" }", 2048);
	/* the last one, as libcryptsetup reads a header */
	check("{\"payload_bytes\":\"2048\",\"type\":\"xburncrypt\",\"payload_bytes\":\"4096\"}",
		4096);
	check("{\"type\":\"xburncrypt\"}", 0);
	check("{\"type\":\"xburncrypt2\",\"payload_bytes\":\"2048\"}", 0);
	check("{\"type\":7,\"payload_bytes\":\"2048\"}", 0);
	check("{\"type\":null,\"payload_bytes\":\"2048\"}", 0);
	check("{\"payload_bytes\":\"2048\"}", 0);
	check("{\"in\":{\"type\":\"xburncrypt\",\"payload_bytes\":\"2048\"}}", 0);
	check("[\"type\",\"xburncrypt\",\"payload_bytes\",\"2048\"]", 0);
	check("\"xburncrypt\"", 0);
	check("{type:\"xburncrypt\"", 0);
	check("", 0);
	check_depth();
	return tap_done();
}
