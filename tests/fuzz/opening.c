/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Small valid discs of several formats, mutated in header and cipher text, on their way to files.
 *
 * An input is the format's number, then patches: two bytes of place, in units of 64 bytes, one of
 * place within them, one with a count, and as many bytes to XOR there. */
#include "fuzz.h"

#include <stdbool.h>
#include <string.h>

#include "crypto/format/contents_probe.h"
#include "crypto/format/format.h"
#include "disc/guess.h"
#include "disc/payload_reader.h"
#include "iso/disc_files.h"
#include "util/sector.h"

enum { N_PAYLOAD = 24 * BLOCK_BYTES, N_DISC_MAX = 2304 * 1024 };

static const struct kind {
	const char *format;
	struct format_params params;
} kinds[] = {
	{ "none", { 0 } },
	{ "plain", { .style = "new" } }, /* to be guessed */
	{ "plain", { .cipher = "aes-xts-plain64",
			   .key_bits = 512,
			   .hash = "sha512",
			   .sector_bytes = 2048 } },
	{ "loopaes", { 0 } },
	{ "luks1", { .pbkdf_weak = true, .pbkdf_iterations = 1000 } },
	{ "luks2", { .pbkdf = "pbkdf2", .pbkdf_weak = true, .pbkdf_iterations = 1000 } },
};
enum { GUESSED = 1, LUKS1 = 4, N_KINDS = sizeof kinds / sizeof *kinds };

static struct image {
	uint8_t *bytes;
	size_t n;
} images[N_KINDS];

static struct secret *passphrase;
static struct credential credential;

/* A file system with one directory, one file, one link to the directory itself. */
static void put_both(uint8_t *to, uint32_t value)
{
	for (int i = 0; i < 4; i++) {
		to[i] = (uint8_t)(value >> 8 * i);
		to[7 - i] = (uint8_t)(value >> 8 * i);
	}
}

static size_t put_record(
	uint8_t *to, const char *name, size_t n_name, uint32_t lba, uint32_t n, int is_dir)
{
	size_t len = 33 + n_name + !(n_name & 1);

	to[0] = (uint8_t)len;
	put_both(to + 2, lba);
	put_both(to + 10, n);
	memcpy(to + 18, "\x65\1\1\1\1\1\0", 7);
	to[25] = is_dir ? 2 : 0;
	to[28] = to[31] = 1;
	to[32] = (uint8_t)n_name;
	memcpy(to + 33, name, n_name);
	return len;
}

static void make_payload(uint8_t *p)
{
	uint8_t *pvd = p + 16 * BLOCK_BYTES, *root = p + 20 * BLOCK_BYTES, *sub;
	size_t at;

	memcpy(pvd, "\1CD001\1", 7);
	put_both(pvd + 80, N_PAYLOAD / BLOCK_BYTES);
	pvd[120] = pvd[123] = pvd[124] = pvd[127] = 1;
	pvd[129] = pvd[130] = BLOCK_BYTES >> 8;
	put_record(pvd + 156, "\0", 1, 20, BLOCK_BYTES, 1);
	memcpy(p + 17 * BLOCK_BYTES, "\377CD001\1", 7);
	at = put_record(root, "\0", 1, 20, BLOCK_BYTES, 1);
	at += put_record(root + at, "\1", 1, 20, BLOCK_BYTES, 1);
	at += put_record(root + at, "FILE.;1", 7, 22, 3000, 0);
	put_record(root + at, "SUB", 3, 21, BLOCK_BYTES, 1);
	sub = p + 21 * BLOCK_BYTES;
	at = put_record(sub, "\0", 1, 21, BLOCK_BYTES, 1);
	at += put_record(sub + at, "\1", 1, 20, BLOCK_BYTES, 1);
	put_record(sub + at, "LOOP", 4, 21, BLOCK_BYTES, 1);
	memset(p + 22 * BLOCK_BYTES, 'x', 3000);
}

static void make_image(size_t kind)
{
	const struct format *format = format_find(kinds[kind].format);
	struct fail f = { 0 };
	struct volume *v = format_create(format, &kinds[kind].params, &credential,
		format->needs_secret, N_PAYLOAD, NULL, &f);
	struct image *image = &images[kind];
	uint8_t *payload;

	FUZZ_MUST(v && v->header_bytes + N_PAYLOAD <= N_DISC_MAX);
	image->n = v->header_bytes + N_PAYLOAD;
	image->bytes = calloc(1, image->n);
	FUZZ_MUST(image->bytes);
	if (v->header_bytes)
		memcpy(image->bytes, v->header, v->header_bytes);
	payload = image->bytes + v->header_bytes;
	make_payload(payload);
	if (v->cipher)
		FUZZ_MUST(sector_cipher_encrypt(v->cipher, 0, payload, N_PAYLOAD, &f) == 0);
	volume_free(v);
}

static void prepare(void)
{
	static const char text[] = "a passphrase of some length";
	struct fail f = { 0 };

	passphrase = secret_copy(text, sizeof text - 1, &f);
	FUZZ_MUST(passphrase);
	credential.secret = passphrase;
	for (size_t i = 0; i < N_KINDS; i++)
		make_image(i);
}

static int read_image(void *ctx, uint64_t lba, uint32_t n, uint8_t *buf, struct fail *f)
{
	const struct image *image = ctx;

	(void)f;
	memcpy(buf, image->bytes + lba * BLOCK_BYTES, (size_t)n * BLOCK_BYTES);
	return 0;
}

static void patch(struct image *image, const uint8_t *data, size_t size)
{
	while (size > 4) {
		size_t at = ((size_t)(data[0] << 8 | data[1]) * 64 + data[2] % 64) % image->n;
		size_t n = data[3] < size - 4 ? data[3] : size - 4;

		for (size_t i = 0; i < n && at + i < image->n; i++)
			image->bytes[at + i] ^= data[4 + i];
		data += 4 + n;
		size -= 4 + n;
	}
}

/* All files, as deep as the disc is honest. */
static void read_dir(
	const struct disc_files *files, const struct disc_node *dir, int depth, unsigned *budget)
{
	static uint8_t buf[8 * BLOCK_BYTES];
	struct fail f = { 0 };
	struct disc_listing *l = disc_files_list(files, dir, &f);

	FUZZ_MUST(l || f.what[0]);
	for (size_t i = 0; l && i < l->n_nodes && *budget; i++) {
		const struct disc_node *node = l->nodes[i];
		struct fail unread = { 0 };
		size_t n = 0;

		--*budget;
		FUZZ_MUST(node->name[0] && !strchr(node->name, '/') &&
			  strcmp(node->name, ".") != 0 && strcmp(node->name, "..") != 0);
		if (S_ISDIR(node->mode) && depth < 4)
			read_dir(files, node, depth + 1, budget);
		if (S_ISREG(node->mode) &&
			disc_files_read(files, node, 0, sizeof buf, buf, &n, &unread))
			FUZZ_MUST(unread.what[0]);
		FUZZ_MUST(n <= node->n_bytes);
	}
	disc_listing_free(l);
}

static void look_inside(struct block_reader *disc, const struct volume *v)
{
	struct fail f = { 0 }, none = { 0 };
	struct block_reader *payload = payload_reader_new(disc, v, true, &f);
	struct disc_files *files = NULL;
	const struct contents *contents;
	unsigned budget = 300;

	FUZZ_MUST(payload || f.what[0]);
	if (payload && contents_probe(payload, 0, NULL, &contents, &f) == 0)
		files = disc_files_open(payload, 0, &none);
	if (files)
		read_dir(files, disc_files_root(files), 0, &budget);
	disc_files_close(files);
	block_reader_free(payload);
}

/* True where a header asks for a minute of work, which it may (luks_costs.h): for a fuzzer that is
 * too long. A fee in LUKS1's check of the volume key is no fact, and put back. */
static bool is_costly(const struct format *format, struct block_reader *disc, struct image *image)
{
	static const struct format_params params;
	struct fail ignored = { 0 };
	struct volume *v;
	bool result;

	if (strcmp(format->name, "luks1") == 0)
		memcpy(image->bytes + 164, images[LUKS1].bytes + 164, 4);
	v = format_inspect(format, disc, &params, NULL, &ignored);
	result = v && v->pbkdf_iterations > 50000;
	volume_free(v);
	return result;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t bytes[N_DISC_MAX];
	struct image image = { .bytes = bytes };
	struct block_reader disc = { .read = read_image, .ctx = &image };
	const struct format *format;
	struct format_params params = { 0 };
	struct fail f = { 0 };
	struct volume *v;
	size_t kind;

	if (!passphrase)
		prepare();
	if (size == 0)
		return 0;
	kind = data[0] % N_KINDS;
	image.n = images[kind].n;
	memcpy(bytes, images[kind].bytes, image.n);
	patch(&image, data + 1, size - 1);
	disc.n_blocks = image.n / BLOCK_BYTES;
	format = format_recognise(&disc);
	if (format && is_costly(format, &disc, &image))
		return 0;
	if (format)
		v = format_open(format, &disc, &params, format->needs_secret ? &credential : NULL,
			NULL, &f);
	else if (kind == GUESSED)
		v = guess_open(&disc, 0, &credential, NULL, &f);
	else
		v = format_open(format_find(kinds[kind].format), &disc, &kinds[kind].params,
			kind ? &credential : NULL, NULL, &f);
	FUZZ_MUST(v || (!format && kind == GUESSED) || f.what[0]);
	if (v)
		look_inside(&disc, v);
	/* an unharmed disc opens */
	FUZZ_MUST(v || size > 5);
	volume_free(v);
	return 0;
}
