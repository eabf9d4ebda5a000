/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "util/minisign.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <sodium.h>

#include "util/io.h"
#include "util/key_file.h"
#include "util/number.h"

enum {
	VARIANT = sodium_base64_VARIANT_ORIGINAL,
	ALG_BYTES = 2,
	/* a public key: algorithm, id, key */
	PUBLIC_BYTES = ALG_BYTES + MINISIGN_ID_BYTES + MINISIGN_PUBLIC_BYTES,
	/* a signature: algorithm, id, signature */
	SIGNATURE_BYTES = ALG_BYTES + MINISIGN_ID_BYTES + crypto_sign_BYTES,
	HASH_BYTES = 64,
	/* a secret key: places of its parts */
	AT_KDF = 2,
	AT_CHECK_ALG = 4,
	AT_SALT = 6,
	AT_OPERATIONS = 38,
	AT_MEMORY = 46,
	AT_ID = 54, /* encrypted from here on */
	AT_KEY = 62,
	AT_CHECK = 126,
	SECRET_BYTES = 158,
	CHECK_BYTES = 32,
	FILE_MAX = 1024,
};

static const char untrusted[] = "untrusted comment: ", trusted[] = "trusted comment: ";

_Static_assert((int)crypto_sign_PUBLICKEYBYTES == (int)MINISIGN_PUBLIC_BYTES, "Ed25519");
_Static_assert(
	(int)crypto_pwhash_scryptsalsa208sha256_SALTBYTES == (int)AT_OPERATIONS - (int)AT_SALT &&
		(int)crypto_sign_SECRETKEYBYTES == (int)AT_CHECK - (int)AT_KEY,
	"the parts of a secret key");

/* Takes a line of exactly n_bytes in base64 off the text, with the LF behind it. */
static bool take_bytes(const char **text, uint8_t *bytes, size_t n_bytes)
{
	size_t n_line = strcspn(*text, "\n"), n = 0;

	if (sodium_base642bin(bytes, n_bytes, *text, n_line, NULL, &n, NULL, VARIANT) ||
		n != n_bytes || (*text)[n_line] != '\n')
		return false;
	*text += n_line + 1;
	return true;
}

/* The same with a line of text that begins with prefix, and whose rest is told. */
static bool take_comment(
	const char **text, const char *prefix, const char **comment, size_t *n_comment)
{
	size_t n_line = strcspn(*text, "\n"), n_prefix = strlen(prefix);

	if (strncmp(*text, prefix, n_prefix) != 0 || (*text)[n_line] != '\n')
		return false;
	*comment = *text + n_prefix;
	*n_comment = n_line - n_prefix;
	*text += n_line + 1;
	return true;
}

bool minisign_public_parse(struct minisign_public *k, const char *text)
{
	uint8_t bytes[PUBLIC_BYTES];
	char line[sodium_base64_ENCODED_LEN(PUBLIC_BYTES, VARIANT) + 1];
	const char *at = line, *comment;
	size_t n;

	take_comment(&text, untrusted, &comment, &n);
	/* minisign prints it without an LF; a file that was edited may lack it */
	n = strcspn(text, "\r\n");
	if (n != sizeof line - 2 || text[n + strspn(text + n, "\r\n")])
		return false;
	snprintf(line, sizeof line, "%.*s\n", (int)n, text);
	if (!take_bytes(&at, bytes, sizeof bytes) || memcmp(bytes, "Ed", ALG_BYTES) != 0)
		return false;
	memcpy(k->id, bytes + ALG_BYTES, sizeof k->id);
	memcpy(k->key, bytes + ALG_BYTES + MINISIGN_ID_BYTES, sizeof k->key);
	return true;
}

int minisign_public_read(struct minisign_public *k, const char *given, struct fail *f)
{
	char text[FILE_MAX + 1] = "";
	ssize_t n = -1;
	int fd;

	if (minisign_public_parse(k, given))
		return 0;
	fd = open(given, O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		n = io_read_full(fd, text, FILE_MAX);
		close(fd);
	}
	if (n < 0)
		return fail_errno(f, fd < 0 ? FAIL_USAGE : FAIL_FAILED, given,
			"is neither a public key of minisign nor a file that can be read");
	if (strlen(text) == (size_t)n && minisign_public_parse(k, text))
		return 0;
	return fail_set(f, FAIL_USAGE, given, "is not a public key of minisign");
}

/* What an algorithm signs: the digest of the message, or the message itself. */
static bool check_message(const uint8_t signature[SIGNATURE_BYTES], const void *message,
	size_t n_bytes, const uint8_t *public)
{
	const uint8_t *bytes = signature + ALG_BYTES + MINISIGN_ID_BYTES;
	uint8_t hash[HASH_BYTES];

	if (memcmp(signature, "Ed", ALG_BYTES) == 0)
		return crypto_sign_verify_detached(bytes, message, n_bytes, public) == 0;
	if (memcmp(signature, "ED", ALG_BYTES) != 0)
		return false;
	crypto_generichash(hash, sizeof hash, message, n_bytes, NULL, 0);
	return crypto_sign_verify_detached(bytes, hash, sizeof hash, public) == 0;
}

enum minisign_verdict minisign_check(
	const struct minisign_public *k, const char *text, const void *message, size_t n_bytes)
{
	uint8_t signature[SIGNATURE_BYTES], over_all[crypto_sign_BYTES];
	uint8_t all[crypto_sign_BYTES + MINISIGN_TEXT_MAX];
	const char *comment;
	size_t n;

	if (!take_comment(&text, untrusted, &comment, &n) ||
		!take_bytes(&text, signature, sizeof signature) ||
		!take_comment(&text, trusted, &comment, &n) || n > MINISIGN_TEXT_MAX ||
		!take_bytes(&text, over_all, sizeof over_all) || *text)
		return MINISIGN_WRONG;
	if (memcmp(signature + ALG_BYTES, k->id, sizeof k->id) != 0)
		return MINISIGN_OTHER_KEY;
	memcpy(all, signature + ALG_BYTES + MINISIGN_ID_BYTES, crypto_sign_BYTES);
	memcpy(all + crypto_sign_BYTES, comment, n);
	return check_message(signature, message, n_bytes, k->key) &&
			       crypto_sign_verify_detached(
				       over_all, all, crypto_sign_BYTES + n, k->key) == 0
		       ? MINISIGN_RIGHT
		       : MINISIGN_WRONG;
}

/* A public half that is another key's would give signatures that nobody accepts, and give away the
 * secret one. */
static bool fits_itself(const struct secret *key)
{
	const uint8_t *k = secret_view(key) + AT_KEY;
	uint8_t signature[crypto_sign_BYTES];

	return crypto_sign_detached(signature, NULL, NULL, 0, k) == 0 &&
	       crypto_sign_verify_detached(signature, NULL, 0,
		       k + crypto_sign_SECRETKEYBYTES - crypto_sign_PUBLICKEYBYTES) == 0;
}

/* The bytes of the key whose file holds text; NULL where it is none, or f is filled. */
static struct secret *decode(const struct secret *file, struct fail *f)
{
	const char *text = (const char *)secret_view(file), *line;
	size_t n_text = secret_size(file), n = 0;
	struct secret *key = secret_new(SECRET_BYTES, f);

	if (!key)
		return NULL;
	line = memchr(text, '\n', n_text);
	n_text = line ? n_text - (size_t)(++line - text) : 0;
	while (n_text && (line[n_text - 1] == '\n' || line[n_text - 1] == '\r'))
		n_text--;
	if (line && strncmp(text, untrusted, sizeof untrusted - 1) == 0 &&
		sodium_base642bin(secret_bytes(key), SECRET_BYTES, line, n_text, NULL, &n, NULL,
			VARIANT) == 0 &&
		n == SECRET_BYTES && memcmp(secret_view(key), "Ed", ALG_BYTES) == 0 &&
		memcmp(secret_view(key) + AT_CHECK_ALG, "B2", ALG_BYTES) == 0)
		return key;
	secret_free(key);
	return NULL;
}

bool minisign_secret_is_locked(const struct secret *key)
{
	return memcmp(secret_view(key) + AT_KDF, "\0\0", ALG_BYTES) != 0;
}

struct secret *minisign_secret_read(const char *path, const struct messages *m, struct fail *f)
{
	struct secret *file = NULL, *key = NULL;
	struct fail cause = { 0 };
	int fd = key_file_open(path, m, f);

	if (fd < 0)
		return NULL;
	file = secret_read(fd, FILE_MAX, path, f);
	close(fd);
	if (!file)
		return NULL;
	key = decode(file, &cause);
	secret_free(file);
	if (key && (minisign_secret_is_locked(key)
				   ? memcmp(secret_view(key) + AT_KDF, "Sc", ALG_BYTES) == 0
				   : fits_itself(key)))
		return key;
	secret_free(key);
	if (fail_is_set(&cause))
		*f = cause;
	else
		fail_set(f, FAIL_USAGE, path, "is not a secret key of minisign");
	return NULL;
}

/* scrypt, as libsodium sets it. NULL with f filled. */
static struct secret *derive(
	const struct secret *key, const struct secret *passphrase, const char *path, struct fail *f)
{
	const uint8_t *k = secret_view(key);
	uint64_t memory = number_le64(k + AT_MEMORY);
	struct secret *stream = secret_new(SECRET_BYTES - AT_ID, f);

	if (stream && (memory > SIZE_MAX ||
			      crypto_pwhash_scryptsalsa208sha256(secret_bytes(stream),
				      secret_size(stream), (const char *)secret_view(passphrase),
				      secret_size(passphrase), k + AT_SALT,
				      number_le64(k + AT_OPERATIONS), (size_t)memory))) {
		fail_set(f, FAIL_FAILED, path,
			"can't be opened: there is too little memory for its passphrase (%llu MiB)",
			(unsigned long long)(memory >> 20));
		secret_free(stream);
		stream = NULL;
	}
	return stream;
}

/* BLAKE2b-256 of algorithm, id and key. */
static bool is_whole(const struct secret *key)
{
	const uint8_t *k = secret_view(key);
	uint8_t check[CHECK_BYTES];
	crypto_generichash_state state;

	crypto_generichash_init(&state, NULL, 0, sizeof check);
	crypto_generichash_update(&state, k, ALG_BYTES);
	crypto_generichash_update(&state, k + AT_ID, AT_CHECK - AT_ID);
	crypto_generichash_final(&state, check, sizeof check);
	sodium_memzero(&state, sizeof state);
	return sodium_memcmp(check, k + AT_CHECK, sizeof check) == 0;
}

int minisign_secret_unlock(
	struct secret *key, const struct secret *passphrase, const char *path, struct fail *f)
{
	struct secret *stream = derive(key, passphrase, path, f);
	struct secret *open = secret_copy(secret_view(key), SECRET_BYTES, f);
	int result = -1;

	if (!stream || !open)
		goto out;
	for (size_t i = 0; i < secret_size(stream); i++)
		secret_bytes(open)[AT_ID + i] ^= secret_view(stream)[i];
	if (!is_whole(open) || !fits_itself(open)) {
		fail_set(f, FAIL_MISMATCH, path, "this passphrase does not open it");
		goto out;
	}
	memcpy(secret_bytes(key), secret_view(open), SECRET_BYTES);
	memset(secret_bytes(key) + AT_KDF, 0, ALG_BYTES);
	result = 0;
out:
	secret_free(open);
	secret_free(stream);
	return result;
}

void minisign_sign(const struct secret *key, const void *message, size_t n_bytes,
	const char *trusted_comment, char text[MINISIGN_TEXT_MAX])
{
	const uint8_t *k = secret_view(key);
	uint8_t signature[SIGNATURE_BYTES] = "ED", over_all[crypto_sign_BYTES], hash[HASH_BYTES];
	uint8_t all[crypto_sign_BYTES + MINISIGN_COMMENT_MAX];
	char first[sodium_base64_ENCODED_LEN(SIGNATURE_BYTES, VARIANT)];
	char second[sodium_base64_ENCODED_LEN(crypto_sign_BYTES, VARIANT)];
	size_t n = strnlen(trusted_comment, MINISIGN_COMMENT_MAX);
	uint8_t *bytes = signature + ALG_BYTES + MINISIGN_ID_BYTES;

	crypto_generichash(hash, sizeof hash, message, n_bytes, NULL, 0);
	memcpy(signature + ALG_BYTES, k + AT_ID, MINISIGN_ID_BYTES);
	crypto_sign_detached(bytes, NULL, hash, sizeof hash, k + AT_KEY);
	memcpy(all, bytes, crypto_sign_BYTES);
	memcpy(all + crypto_sign_BYTES, trusted_comment, n);
	crypto_sign_detached(over_all, NULL, all, crypto_sign_BYTES + n, k + AT_KEY);
	snprintf(text, MINISIGN_TEXT_MAX, "%ssignature from xburncrypt\n%s\n%s%.*s\n%s\n",
		untrusted,
		sodium_bin2base64(first, sizeof first, signature, sizeof signature, VARIANT),
		trusted, (int)n, trusted_comment,
		sodium_bin2base64(second, sizeof second, over_all, sizeof over_all, VARIANT));
}
