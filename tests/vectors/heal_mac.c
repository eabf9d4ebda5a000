/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The MAC of healing data. HKDF is that of RFC 5869; the answer comes from OpenSSL's program:
 *   openssl kdf -keylen 32 -kdfopt digest:SHA256 -kdfopt hexkey:KEY -kdfopt hexsalt:SALT
 *     -kdfopt info:"xburncrypt heal mac 1" HKDF
 *   openssl mac -digest SHA256 -macopt hexkey:MACKEY -in FACTS HMAC
 * tests/e2e/heal_authentic.sh runs both for each format. */
#include <string.h>

#include "lib/tap.h"
#include "crypto/heal_mac.h"
#include "vector.h"

/* Bytes like those of a record. */
static const char facts[] =
	"xburncrypt-heal 1\n"
	"disc 00112233-4455-6677-8899-aabbccddeeff\n"
	"block 2048\n"
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
static const char salt_digits[] =
	"202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f";

static const struct {
	const char *key, *mac;
} vectors[] = {
	/* as long as AES-256-XTS has them */
	{ "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
	  "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f",
		"0160ed42fed458719018cc59df7f454e538680dcc46dda7055a3643b560799e8" },
	{ "000102030405060708090a0b0c0d0e0f",
		"c9117412b7c5ad015565ae8f479866af5a58f794199d74ea3c7aac023a38cf2e" },
};

static void check(const char *key_digits, const char *mac_digits)
{
	struct fail f = { 0 };
	struct secret *key = vector_secret(key_digits);
	uint8_t salt[HEAL_MAC_SALT_BYTES], mac[SHA256_BYTES];
	size_t n = secret_size(key);

	vector_bytes(salt, sizeof salt, salt_digits);
	tap_ok(heal_mac_make(key, salt, facts, strlen(facts), mac, &f) == 0 &&
			vector_is(mac, sizeof mac, mac_digits),
		"a MAC with a key of %zu bytes", n);
	tap_ok(heal_mac_check(key, salt, facts, strlen(facts), mac, &f) == 1, "which is right");
	tap_ok(heal_mac_check(key, salt, facts, strlen(facts) - 1, mac, &f) == 0,
		"not of other facts");
	salt[31] ^= 1;
	tap_ok(heal_mac_check(key, salt, facts, strlen(facts), mac, &f) == 0,
		"not with another salt");
	salt[31] ^= 1;
	secret_bytes(key)[n - 1] ^= 1;
	tap_ok(heal_mac_check(key, salt, facts, strlen(facts), mac, &f) == 0,
		"not with another key");
	secret_bytes(key)[n - 1] ^= 1;
	mac[0] ^= 0x80;
	tap_ok(heal_mac_check(key, salt, facts, strlen(facts), mac, &f) == 0,
		"not one with a wrong bit");
	secret_free(key);
}

int main(void)
{
	for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++)
		check(vectors[i].key, vectors[i].mac);
	return tap_done();
}
