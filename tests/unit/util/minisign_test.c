/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keys and signatures of minisign 0.11, and what is none. The key with a passphrase has small
 * costs, with which minisign opens it too. Both ways with that program:
 * tests/e2e/heal_authentic.sh. */
#include "util/minisign.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/tap.h"

static const char comment[] = "untrusted comment: minisign public key B92F53146530DF81\n";
static const char public_line[] = "RWSB3zBlFFMvuUB45MHMxOYE8mC/8wjeOjm3wy32bm2vUhCJpCKqMZMB";
static const char other_line[] = "RWTkj0zsjhAw0y0Pqubs9Zx8COSgRAifUYvdNPkg0y7MXUgxxBskcNqU";
static const char message[] = "hello\n";
#define FIRST "untrusted comment: signature from minisign secret key\n"
#define SECOND                                                                                     \
	"RUSB3zBlFFMvudmhL5RbTmWyYOBmjIYL+3NyFP88XiTv5fDOHO6gFmJ94bDwNO1xF36g5GWV0vNKvcbCVKiXuKW"  \
	"ptZGaU+4ftwc=\n"
#define THIRD "trusted comment: xburncrypt disc 00112233-4455-6677-8899-aabbccddeeff\n"
#define FOURTH                                                                                     \
	"Oq7KMYoTYWZ5dC+5p+eET3tEuoF9b5XvDVy4HDh49YUmI65YcLbsYTjC2Ku5rLdErTqB0qSOdKlCBh3UrCZ1AQ==" \
	"\n"
static const char signature[] = FIRST SECOND THIRD FOURTH;
/* minisign -S -l: of the message itself */
static const char old_signature[] =
	"untrusted comment: signature from minisign secret key\n"
	"RWSB3zBlFFMvudAXYjCai5X+KZ5NCP5fNOV0LkXRMNnaZBso9YefX20NvX0JDLsZv3my8WHTHe8uGyXgzzMk31rf"
	"0vGM/mKNOgI=\n"
	"trusted comment: old kind\n"
	"hVsLInEK+DQrnC4CDA5VIdZFtCHBtz+CISe17wG7NqVCIubDjdvwnmbENT6OzterUfjEAXcCxclRhRo6pi05Bw=="
	"\n";

#define SECRET_COMMENT "untrusted comment: minisign encrypted secret key\n"
#define OPEN_BYTES                                                                                 \
	"RWQAAEIyAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAgd8wZRRTL7lsQ21H" \
	"3QnPoBAPZUGqv1qW1cDzA6miZYvPnW4c5wEubkB45MHMxOYE8mC/8wjeOjm3wy32bm2vUhCJpCKqMZMBAAAAAAAA" \
	"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"
static const char open_key[] = SECRET_COMMENT OPEN_BYTES;
/* "secret" */
static const char locked_key[] = SECRET_COMMENT
	"RWRTY0IyAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8AgAAAAAAAAAAAAAEAAAAAX9OkSV28jKAfH8kJ"
	"wfpkKGgOtdsw1/7jaPwiaaN5iSHb3c7Qe6g5dotklnUeSNhrw+vCkGcktfJPjJ5lZhY1sbRZIBAUpY70RK2nDKwj"
	"W9Gxvxw7fjT8EQQMqpiApM+vZjhVNLgZpBs=\n";

static enum minisign_verdict check(const char *line, const char *text, const char *of)
{
	struct minisign_public k = { 0 };

	minisign_public_parse(&k, line);
	return minisign_check(&k, text, of, strlen(of));
}

static void test_public(void)
{
	struct minisign_public k, again;
	unsigned n_taken = 0;
	char text[256];

	tap_ok(minisign_public_parse(&k, public_line), "the line of a public key");
	snprintf(text, sizeof text, "%s%s\n", comment, public_line);
	tap_ok(minisign_public_parse(&again, text) && !memcmp(&k, &again, sizeof k),
		"what its file holds");
	snprintf(text, sizeof text, "%s%s\r\n", comment, public_line);
	tap_ok(minisign_public_parse(&again, text), "from another system");
	for (size_t i = 0; public_line[i]; i++) {
		snprintf(text, sizeof text, "%.*s", (int)i, public_line);
		n_taken += minisign_public_parse(&k, text);
	}
	tap_ok(n_taken == 0, "one that is cut anywhere is none");
	snprintf(text, sizeof text, "%sA", public_line);
	tap_ok(!minisign_public_parse(&k, text), "nor is more than one");
	snprintf(text, sizeof text, "%s\n%s\n", public_line, public_line);
	tap_ok(!minisign_public_parse(&k, text), "nor are two");
	snprintf(text, sizeof text, "RUS%s", public_line + 3);
	tap_ok(!minisign_public_parse(&k, text), "nor one of another algorithm");
	snprintf(text, sizeof text, "%s", public_line);
	text[20] = '-';
	tap_ok(!minisign_public_parse(&k, text), "nor is a line that is not base64");
}

/* Each of its bytes by itself: nothing but the comment that nobody signed may change. */
static void test_damage(const char *whole, size_t n_free, const char *name)
{
	char text[MINISIGN_TEXT_MAX];
	unsigned n_taken = 0;

	for (size_t i = n_free; whole[i]; i++) {
		snprintf(text, sizeof text, "%s", whole);
		text[i] ^= 1;
		n_taken += check(public_line, text, message) == MINISIGN_RIGHT;
		snprintf(text, sizeof text, "%.*s", (int)i, whole);
		n_taken += check(public_line, text, message) == MINISIGN_RIGHT;
	}
	tap_ok(n_taken == 0, "%s: damaged or cut anywhere it is not right", name);
}

static void test_signature(void)
{
	tap_ok(check(public_line, signature, message) == MINISIGN_RIGHT, "a signature");
	tap_ok(check(public_line, old_signature, message) == MINISIGN_RIGHT, "one of the old kind");
	tap_ok(check(public_line, signature, "hello") == MINISIGN_WRONG, "not of another message");
	tap_ok(check(other_line, signature, message) == MINISIGN_OTHER_KEY, "not with another key");
	test_damage(signature, sizeof FIRST - 1, "a signature");
	test_damage(old_signature, sizeof FIRST - 1, "the old kind");
	tap_ok(check(public_line, "", message) == MINISIGN_WRONG, "nothing is none");
	tap_ok(check(public_line, FIRST SECOND THIRD FOURTH "x\n", message) == MINISIGN_WRONG,
		"nor are five lines");
	tap_ok(check(public_line, FIRST SECOND "trusted comment: another\n" FOURTH, message) ==
			MINISIGN_WRONG,
		"nor one with another trusted comment");
	tap_ok(check(public_line, "untrusted comment: x\n" SECOND THIRD FOURTH, message) ==
			MINISIGN_RIGHT,
		"the first line is anyone's");
}

/* The key that a file with such a text holds; path is where it was. */
static struct secret *read_key(const char *text, size_t n, char path[32], struct fail *f)
{
	static const struct messages nobody;
	struct secret *key;
	int fd;

	snprintf(path, 32, "/tmp/minisign-test-XXXXXX");
	fd = mkostemp(path, O_CLOEXEC);
	if (fd < 0 || write(fd, text, n) != (ssize_t)n) {
		puts("Bail out! no file can be written");
		exit(1);
	}
	close(fd);
	*f = (struct fail){ 0 };
	key = minisign_secret_read(path, &nobody, f);
	unlink(path);
	return key;
}

static void test_signing(const struct secret *key, const char *name)
{
	char text[MINISIGN_TEXT_MAX];

	minisign_sign(key, message, strlen(message),
		"xburncrypt disc 00112233-4455-6677-8899-aabbccddeeff", text);
	/* Ed25519 has no random part */
	tap_ok(strcmp(strstr(text, "\n") + 1, SECOND THIRD FOURTH) == 0,
		"%s: signs as minisign does", name);
	tap_ok(check(public_line, text, message) == MINISIGN_RIGHT, "%s: which is right", name);
}

static void test_secret(void)
{
	char path[32], text[512];
	struct fail f;
	struct secret *key = read_key(open_key, sizeof open_key - 1, path, &f);
	struct secret *right = secret_copy("secret", 6, &f), *wrong = secret_copy("Secret", 6, &f);

	tap_ok(key && !minisign_secret_is_locked(key), "a key without a passphrase");
	if (key)
		test_signing(key, "it");
	secret_free(key);
	key = read_key(locked_key, sizeof locked_key - 1, path, &f);
	tap_ok(key && minisign_secret_is_locked(key), "a key with one");
	if (!key)
		return;
	tap_ok(minisign_secret_unlock(key, wrong, path, &f) && f.code == FAIL_MISMATCH &&
			minisign_secret_is_locked(key),
		"another passphrase does not open it: %s", f.what);
	f = (struct fail){ 0 };
	tap_ok(minisign_secret_unlock(key, right, path, &f) == 0 && !minisign_secret_is_locked(key),
		"its own does");
	test_signing(key, "it");
	secret_free(key);
	secret_free(right);
	secret_free(wrong);
	/* the last byte of the public half */
	snprintf(text, sizeof text, "%s", open_key);
	text[strcspn(text, "\n") + 1 + 167] ^= 2;
	key = read_key(text, strlen(text), path, &f);
	tap_ok(!key && f.code == FAIL_USAGE, "a key whose halves are of two is none");
	secret_free(key);
	key = read_key(OPEN_BYTES, sizeof OPEN_BYTES - 1, path, &f);
	tap_ok(!key && f.code == FAIL_USAGE, "nor is one without its comment");
	for (size_t i = 0; i < sizeof open_key - 2 && !key; i++)
		key = read_key(open_key, i, path, &f);
	tap_ok(!key, "nor one that is cut");
	secret_free(key);
}

int main(void)
{
	test_public();
	test_signature();
	test_secret();
	return tap_done();
}
