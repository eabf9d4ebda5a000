/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Makes, opens and looks at volumes as src/crypto does, for tests by other programs:
 *
 *   volume make FORMAT OUT [param=value]... [pass=F|bytes=F|key=F|hex=HEX]... < PAYLOAD
 *   volume open FORMAT IN [param=value]... pass=F > PAYLOAD
 *   volume inspect FORMAT IN [param=value]...
 *   volume recognise IN
 *
 * FORMAT "-": the one that is recognised. Facts and commands go to standard error as "name: value".
 * size=unknown hides the payload's size from make. The status is the failure's.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/format/format.h"
#include "util/key_file.h"
#include "util/passphrase.h"
#include "util/sector.h"

enum { SECRETS_MAX = 40 };

struct request {
	struct format_params params;
	struct credential credentials[SECRETS_MAX];
	struct secret *secrets[SECRETS_MAX];
	size_t n;
	bool is_size_unknown;
};

static void say(void *ctx, enum message_kind kind, const char *text)
{
	(void)ctx;
	fprintf(stderr, "%s: %s\n", kind == MESSAGE_WARNING ? "warning" : "note", text);
}

static const struct messages messages = { .put = say };

static int report(const struct fail *f)
{
	fprintf(stderr, "fail: %s: %s%s%s\n", f->object, f->what, f->sys_errno ? ": " : "",
		f->sys_errno ? strerror(f->sys_errno) : "");
	if (f->hint[0])
		fprintf(stderr, "hint: %s\n", f->hint);
	return f->code;
}

static int add_secret(struct request *r, const char *name, char *value, struct fail *f)
{
	struct credential *c = &r->credentials[r->n];
	struct secret *s = NULL;

	if (r->n == SECRETS_MAX)
		return fail_set(f, FAIL_USAGE, name, "too many secrets");
	c->path = value;
	if (strcmp(name, "pass") == 0) {
		c->kind = CREDENTIAL_PASSPHRASE;
		s = passphrase_from_file(value, false, NULL, f);
	} else if (strcmp(name, "hex") == 0) {
		c->kind = CREDENTIAL_BYTES;
		c->path = NULL;
		s = passphrase_from_hex(value, f);
	} else {
		c->kind = strcmp(name, "key") == 0 ? CREDENTIAL_KEY : CREDENTIAL_BYTES;
		s = key_file_read(value, NULL, NULL, f);
	}
	c->secret = r->secrets[r->n] = s;
	if (s)
		r->n++;
	return s ? 0 : -1;
}

static int add_param(struct request *r, const char *name, const char *value, struct fail *f)
{
	struct format_params *p = &r->params;
	unsigned long n = strtoul(value, NULL, 10);
	const struct {
		const char *name;
		const char **text;
		uint32_t *number;
		bool *flag;
	} rows[] = {
		{ "style", &p->style, NULL, NULL },
		{ "cipher", &p->cipher, NULL, NULL },
		{ "key-size", NULL, &p->key_bits, NULL },
		{ "hash", &p->hash, NULL, NULL },
		{ "sector-size", NULL, &p->sector_bytes, NULL },
		{ "iv-large-sectors", NULL, NULL, &p->large_ivs },
		{ "pbkdf", &p->pbkdf, NULL, NULL },
		{ "pbkdf-memory", NULL, &p->pbkdf_memory_kib, NULL },
		{ "pbkdf-iterations", NULL, &p->pbkdf_iterations, NULL },
		{ "iterations", NULL, &p->iterations, NULL },
		{ "pbkdf-parallel", NULL, &p->pbkdf_parallel, NULL },
		{ "pbkdf-weak", NULL, NULL, &p->pbkdf_weak },
		{ "label", &p->label, NULL, NULL },
		{ "uuid", &p->uuid, NULL, NULL },
		{ "pim", NULL, &p->pim, NULL },
		{ "header", &p->header_path, NULL, NULL },
		{ "allow-costly-kdf", NULL, NULL, &p->allow_costly_kdf },
	};

	if (strcmp(name, "skip") == 0) {
		p->iv_skip = n;
		return 0;
	}
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		if (strcmp(rows[i].name, name) != 0)
			continue;
		if (rows[i].text)
			*rows[i].text = value;
		if (rows[i].number)
			*rows[i].number = (uint32_t)n;
		if (rows[i].flag)
			*rows[i].flag = true;
		return 0;
	}
	return fail_set(f, FAIL_USAGE, name, "no such parameter");
}

static int parse(struct request *r, char **argv, struct fail *f)
{
	for (; *argv; argv++) {
		char *value = strchr(*argv, '=');
		int result;

		if (value)
			*value++ = '\0';
		else
			value = *argv + strlen(*argv);
		if (strcmp(*argv, "size") == 0)
			r->is_size_unknown = true, result = 0;
		else if (strcmp(*argv, "pass") == 0 || strcmp(*argv, "bytes") == 0 ||
			 strcmp(*argv, "key") == 0 || strcmp(*argv, "hex") == 0)
			result = add_secret(r, *argv, value, f);
		else
			result = add_param(r, *argv, value, f);
		if (result)
			return -1;
	}
	return 0;
}

static void print_facts(const struct volume *v)
{
	fprintf(stderr,
		"format: %s\ncipher: %s\nkey-bits: %u\nsector: %u\npbkdf: %s\nmemory: %u\n"
		"iterations: %u\nparallel: %u\nslots: %u\nlabel: %s\nuuid: %s\noffset: %llu\n"
		"payload: %llu\n",
		v->format->name, v->cipher_name, v->key_bits, v->sector_bytes, v->pbkdf,
		v->pbkdf_memory_kib, v->pbkdf_iterations, v->pbkdf_parallel, v->n_slots, v->label,
		v->uuid, (unsigned long long)v->payload_offset,
		(unsigned long long)v->payload_bytes);
}

static void print_commands(const struct volume *v, const struct credential *c, const char *path)
{
	char *lines = format_commands(v, c, &contents_file_system, path, 0);

	for (char *s = lines ? strtok(lines, "\n") : NULL; s; s = strtok(NULL, "\n"))
		fprintf(stderr, "command: %s\n", s);
	free(lines);
}

static int put_file(const char *path, const uint8_t *bytes, uint64_t n, struct fail *f)
{
	FILE *to = fopen(path, "wb");

	if (!to || fwrite(bytes, 1, n, to) != n || fclose(to))
		return fail_errno(f, FAIL_FAILED, path, "can't be written");
	return 0;
}

/* All of standard input, padded to whole blocks. */
static uint8_t *take_payload(uint64_t *n, struct fail *f)
{
	size_t n_max = (size_t)1 << 24, got;
	uint8_t *bytes = calloc(1, n_max);

	if (!bytes) {
		fail_errno(f, FAIL_FAILED, "", "no memory");
		return NULL;
	}
	got = fread(bytes, 1, n_max - BLOCK_BYTES, stdin);
	*n = (got + BLOCK_BYTES - 1) / BLOCK_BYTES * BLOCK_BYTES;
	return bytes;
}

/* A part that a volume does not have is a null pointer and no bytes, which fwrite() does not take.
 */
static bool put(const uint8_t *bytes, size_t n, FILE *to)
{
	return n == 0 || fwrite(bytes, 1, n, to) == n;
}

static int make(const struct format *format, struct request *r, const char *out, struct fail *f)
{
	uint64_t n = 0;
	uint8_t *payload = take_payload(&n, f);
	struct volume *v = NULL;
	FILE *to = NULL;
	int result = -1;

	if (!payload)
		goto out;
	v = format_create(
		format, &r->params, r->credentials, r->n, r->is_size_unknown ? 0 : n, &messages, f);
	if (!v)
		goto out;
	if (v->detached_header &&
		put_file(v->header_path, v->detached_header, v->detached_header_bytes, f))
		goto out;
	if (v->cipher && sector_cipher_encrypt(v->cipher, 0, payload, n, f))
		goto out;
	to = fopen(out, "wb");
	if (!to || !put(v->header, v->header_bytes, to) || !put(payload, n, to) ||
		!put(v->trailer, v->trailer_bytes, to) || fflush(to)) {
		fail_errno(f, FAIL_FAILED, out, "can't be written");
		goto out;
	}
	print_facts(v);
	print_commands(v, r->n ? &r->credentials[0] : NULL, out);
	result = 0;
out:
	if (to)
		fclose(to);
	volume_free(v);
	free(payload);
	return result;
}

static int put_rest(struct volume *v, struct block_reader *rest, struct fail *f)
{
	static uint8_t buf[CHUNK_BYTES];
	uint64_t end = rest->n_blocks;

	if (v->payload_bytes && v->payload_bytes / BLOCK_BYTES < end)
		end = v->payload_bytes / BLOCK_BYTES;
	for (uint64_t lba = 0; lba < end;) {
		uint32_t n = CHUNK_BYTES / BLOCK_BYTES;
		size_t n_bytes;

		if (end - lba < n)
			n = (uint32_t)(end - lba);
		n_bytes = (size_t)n * BLOCK_BYTES;
		if (block_reader_read(rest, lba, n, buf, f))
			return -1;
		if (v->cipher &&
			sector_cipher_decrypt(v->cipher, lba * BLOCK_BYTES, buf, n_bytes, f))
			return -1;
		if (fwrite(buf, 1, n_bytes, stdout) != n_bytes)
			return fail_errno(f, FAIL_FAILED, "stdout", "can't be written");
		lba += n;
	}
	return 0;
}

static int put_payload(struct volume *v, struct block_reader *reader, struct fail *f)
{
	struct block_reader *rest = block_reader_rest(reader, v->payload_offset, f);
	int result = rest ? put_rest(v, rest, f) : -1;

	block_reader_free(rest);
	return result;
}

static int look(const char *verb, const struct format *format, struct request *r, const char *in,
	struct fail *f)
{
	struct block_reader *reader = block_reader_open_file(in, f), *header = NULL;
	struct volume *v = NULL;
	int result = -1;

	if (!reader)
		goto out;
	if (r->params.header_path) {
		header = block_reader_open_file(r->params.header_path, f);
		r->params.header_reader = header;
		if (!header)
			goto out;
	}
	if (!format)
		format = format_recognise(header ? header : reader);
	if (!format || strcmp(verb, "recognise") == 0) {
		printf("%s\n", format ? format->name : "nothing");
		result = 0;
		goto out;
	}
	if (strcmp(verb, "inspect") == 0)
		v = format_inspect(format, reader, &r->params, &messages, f);
	else
		v = format_open(
			format, reader, &r->params, r->n ? r->credentials : NULL, &messages, f);
	if (!v || (strcmp(verb, "open") == 0 && put_payload(v, reader, f)))
		goto out;
	print_facts(v);
	print_commands(v, r->n ? &r->credentials[0] : NULL, in);
	result = 0;
out:
	volume_free(v);
	block_reader_free(header);
	block_reader_free(reader);
	return result;
}

int main(int argc, char **argv)
{
	static struct request r;
	static struct fail f;
	const struct format *format = NULL;
	bool is_recognise = argc == 3 && strcmp(argv[1], "recognise") == 0;
	int result;

	if (argc < 4 && !is_recognise)
		return FAIL_USAGE;
	if (!is_recognise && strcmp(argv[2], "-") != 0 && !(format = format_find(argv[2])))
		return FAIL_USAGE;
	result = parse(&r, argv + (is_recognise ? 3 : 4), &f);
	/* the payload is noise: nothing in it shows that a detached header is its own */
	r.params.any_contents = r.params.header_path != NULL;
	if (result == 0 && strcmp(argv[1], "make") == 0 && format)
		result = make(format, &r, argv[3], &f);
	else if (result == 0)
		result = look(argv[1], format, &r, argv[is_recognise ? 2 : 3], &f);
	for (size_t i = 0; i < r.n; i++)
		secret_free(r.secrets[i]);
	return result ? report(&f) : 0;
}
