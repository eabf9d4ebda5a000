/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "heal/heal_record.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "util/hex.h"
#include "util/number.h"

enum {
	DIGEST_TEXT = 2 * SHA256_BYTES + 1,
	SIGNATURE_LINES = 4,
};

char *heal_record_id(const struct heal_record *r, char out[HEAL_ID_TEXT])
{
	static const uint8_t ends[] = { 4, 6, 8, 10, HEAL_ID_BYTES };
	char *at = out;

	for (unsigned i = 0, byte = 0; i < sizeof ends; byte = ends[i++]) {
		hex_write(at, r->id + byte, ends[i] - byte);
		at += 2 * (ends[i] - byte);
		*at++ = '-';
	}
	at[-1] = '\0';
	return out;
}

size_t heal_record_facts(
	const struct heal_record *r, enum heal_record_kind kind, char out[HEAL_FACTS_MAX])
{
	const struct heal_layout *l = &r->layout;
	char id[HEAL_ID_TEXT], salt[DIGEST_TEXT], root[DIGEST_TEXT] = "-";

	hex_write(salt, r->salt, sizeof r->salt);
	if (kind != HEAL_RECORD_ANCHOR)
		hex_write(root, r->root, sizeof r->root);
	return (size_t)snprintf(out, HEAL_FACTS_MAX,
		"xburncrypt-heal 1\ndisc %s\ndata %" PRIu64 "\nsalt %s\nroot %s\n"
		"tree %" PRIu64 " %" PRIu64 "\nkernel %" PRIu64 " %" PRIu64 " %u\n"
		"rows %" PRIu64 " %" PRIu64 " %u %u\ncheck %" PRIu64 " %" PRIu64 "\n"
		"upper %" PRIu64 " %" PRIu64 "\nheader %" PRIu64 " %" PRIu64 "\nend %" PRIu64 "\n",
		heal_record_id(r, id), l->choice.n_data, salt, root, l->tree.first, l->tree.n,
		l->kernel.first, l->kernel_stride, l->choice.n_roots, l->rows.first,
		l->choice.row_blocks, l->n_symbols, l->choice.n_rows, l->check.first, l->check.n,
		l->upper.first, l->upper.n, l->header.first, l->header.n, l->end);
}

/* Adds a line of a name and a digest to the text, of which at bytes are there. */
static size_t add_digest(char *text, size_t at, const char *name, const uint8_t *digest)
{
	char digits[DIGEST_TEXT];

	return at + (size_t)snprintf(text + at, BLOCK_BYTES - at, "%s %s\n", name,
			    hex_write(digits, digest, SHA256_BYTES));
}

void heal_record_encode(
	const struct heal_record *r, enum heal_record_kind kind, uint8_t block[BLOCK_BYTES])
{
	char *text = (char *)block;
	uint8_t sum[SHA256_BYTES];
	size_t n;

	memset(block, 0, BLOCK_BYTES);
	n = heal_record_facts(r, kind, text);
	if (kind != HEAL_RECORD_ANCHOR && r->has_mac)
		n = add_digest(text, n, "mac", r->mac);
	if (kind != HEAL_RECORD_ANCHOR)
		n += (size_t)snprintf(text + n, BLOCK_BYTES - n, "%s", r->signature);
	if (kind == HEAL_RECORD_BACK && r->has_check_root)
		n = add_digest(text, n, "check-root", r->check_root);
	sha256_of(block, n, sum);
	add_digest(text, n, "sum", sum);
}

/* What of a record's text is not read yet. It ends with a NUL. */
struct text {
	const char *at;
};

static bool take(struct text *t, const char *word)
{
	size_t n = strlen(word);

	if (strncmp(t->at, word, n) != 0)
		return false;
	t->at += n;
	return true;
}

/* Decimal digits without a sign; that there are no zeros before them is seen later. */
static bool take_number(struct text *t, uint64_t *n)
{
	const char *first = t->at;

	for (*n = 0; *t->at >= '0' && *t->at <= '9' && t->at - first < 18; t->at++)
		*n = 10 * *n + (uint64_t)(*t->at - '0');
	return t->at > first;
}

static bool take_small(struct text *t, unsigned *n)
{
	uint64_t number;

	if (!take_number(t, &number) || number > UINT32_MAX)
		return false;
	*n = (unsigned)number;
	return true;
}

static bool take_hex(struct text *t, uint8_t *bytes, size_t n)
{
	if (!hex_read(bytes, n, t->at))
		return false;
	t->at += 2 * n;
	return true;
}

static bool take_digest(struct text *t, const char *name, uint8_t digest[SHA256_BYTES])
{
	return take(t, name) && take(t, " ") && take_hex(t, digest, SHA256_BYTES) && take(t, "\n");
}

static bool take_uuid(struct text *t, uint8_t id[HEAL_ID_BYTES])
{
	return take_hex(t, id, 4) && take(t, "-") && take_hex(t, id + 4, 2) && take(t, "-") &&
	       take_hex(t, id + 6, 2) && take(t, "-") && take_hex(t, id + 8, 2) && take(t, "-") &&
	       take_hex(t, id + 10, 6);
}

/* Numbers that follow from others: what they are is seen later. */
static bool skip_numbers(struct text *t, const char *name, unsigned n)
{
	uint64_t ignored;

	if (!take(t, name))
		return false;
	while (n-- > 0)
		if (!take(t, " ") || !take_number(t, &ignored))
			return false;
	return true;
}

/* The numbers that the layout follows from. */
static bool take_choice(struct text *t, struct heal_choice *c)
{
	unsigned ignored;

	return skip_numbers(t, "tree", 2) && take(t, "\n") && skip_numbers(t, "kernel", 2) &&
	       take(t, " ") && take_small(t, &c->n_roots) && take(t, "\n") &&
	       skip_numbers(t, "rows", 1) && take(t, " ") && take_number(t, &c->row_blocks) &&
	       take(t, " ") && take_small(t, &ignored) && take(t, " ") &&
	       take_small(t, &c->n_rows) && take(t, "\n") && skip_numbers(t, "check", 2) &&
	       take(t, "\n") && skip_numbers(t, "upper", 2) && take(t, "\n") &&
	       skip_numbers(t, "header", 1) && take(t, " ") && take_small(t, &c->n_header) &&
	       take(t, "\n") && skip_numbers(t, "end", 1) && take(t, "\n");
}

/* Four lines, where the next one begins as minisign's first. */
static bool take_signature(struct text *t, char signature[HEAL_SIGNATURE_MAX])
{
	const char *end = t->at;
	size_t n;

	signature[0] = '\0';
	if (strncmp(t->at, "untrusted comment: ", 19) != 0)
		return true;
	for (int i = 0; i < SIGNATURE_LINES; i++) {
		end = strchr(end, '\n');
		if (!end)
			return false;
		end++;
	}
	n = (size_t)(end - t->at);
	if (n >= HEAL_SIGNATURE_MAX)
		return false;
	memcpy(signature, t->at, n);
	signature[n] = '\0';
	t->at = end;
	return true;
}

static bool take_facts(struct text *t, struct heal_record *r, struct heal_choice *c)
{
	if (!take(t, "xburncrypt-heal 1\ndisc ") || !take_uuid(t, r->id) || !take(t, "\ndata ") ||
		!take_number(t, &c->n_data) || !take(t, "\n") || !take_digest(t, "salt", r->salt))
		return false;
	r->has_root = !take(t, "root -\n");
	if (r->has_root && !take_digest(t, "root", r->root))
		return false;
	return take_choice(t, c);
}

bool heal_record_decode(struct heal_record *r, const uint8_t block[BLOCK_BYTES])
{
	uint8_t again[BLOCK_BYTES];
	char copy[BLOCK_BYTES + 1];
	struct text t = { copy };
	struct heal_choice c = { 0 };

	memcpy(copy, block, BLOCK_BYTES);
	copy[BLOCK_BYTES] = '\0';
	*r = (struct heal_record){ 0 };
	/* 0 would mean that the best is taken */
	if (!take_facts(&t, r, &c) || c.row_blocks == 0 || heal_layout_make(&r->layout, &c))
		return false;
	r->has_mac = take_digest(&t, "mac", r->mac);
	if (!take_signature(&t, r->signature))
		return false;
	r->has_check_root = take_digest(&t, "check-root", r->check_root);
	/* everything else, be it a zero before a number, the sum, or what follows it */
	heal_record_encode(r, r->has_root ? HEAL_RECORD_BACK : HEAL_RECORD_ANCHOR, again);
	return memcmp(again, block, BLOCK_BYTES) == 0;
}

void heal_record_explain(const struct heal_record *r, uint8_t block[BLOCK_BYTES])
{
	const struct heal_layout *l = &r->layout;
	char root[DIGEST_TEXT], salt[DIGEST_TEXT], *text = (char *)block;
	int n;

	memset(block, 0, BLOCK_BYTES);
	hex_write(root, r->root, sizeof r->root);
	hex_write(salt, r->salt, sizeof r->salt);
	n = snprintf(text, BLOCK_BYTES,
		"This disc has healing data, made by xburncrypt. \"xburncrypt repair\" heals more "
		"than\n"
		"what follows. DISC is the disc's device, or an image of it. Linux checks each "
		"block with\n"
		"  veritysetup open DISC whole DISC %s --hash-offset=%" PRIu64 "\n",
		root, l->superblock.first * BLOCK_BYTES);
	if (l->choice.n_roots)
		n += snprintf(text + n, BLOCK_BYTES - (size_t)n,
			"and heals it, where the kernel has CONFIG_DM_VERITY_FEC, with these "
			"options added:\n"
			"  --fec-device=DISC --fec-offset=%" PRIu64 " --fec-roots=%u\n",
			l->kernel.first * BLOCK_BYTES, l->choice.n_roots);
	n += snprintf(text + n, BLOCK_BYTES - (size_t)n,
		"Then /dev/mapper/whole is opened like the disc. Where block %" PRIu64
		" is lost, use instead of --hash-offset\n"
		"  --no-superblock --hash-offset=%" PRIu64 " --data-blocks=%" PRIu64
		" --data-block-size=2048 --hash-block-size=2048 --hash=sha256 --salt=%s\n",
		l->superblock.first, l->tree.first * BLOCK_BYTES, l->choice.n_data, salt);
	if (l->header.n)
		snprintf(text + n, BLOCK_BYTES - (size_t)n,
			"A copy of the encryption's header, for cryptsetup's --header:\n"
			"  dd if=DISC of=header bs=2048 skip=%" PRIu64 " count=%" PRIu64 "\n",
			l->header.first, l->header.n);
}

void heal_record_with_text(const struct heal_record *r, enum heal_record_kind kind,
	uint8_t blocks[HEAL_RECORD_BLOCKS * BLOCK_BYTES])
{
	heal_record_encode(r, kind, blocks);
	heal_record_explain(r, blocks + BLOCK_BYTES);
}

void heal_record_superblock(const struct heal_record *r, uint8_t block[BLOCK_BYTES])
{
	memset(block, 0, BLOCK_BYTES);
	memcpy(block, "verity\0\0", 8);
	number_put_le32(block + 8, 1);  /* version */
	number_put_le32(block + 12, 1); /* of the tree's form */
	memcpy(block + 16, r->id, HEAL_ID_BYTES);
	memcpy(block + 32, "sha256", 6);
	number_put_le32(block + 64, BLOCK_BYTES); /* of data */
	number_put_le32(block + 68, BLOCK_BYTES); /* of the tree */
	number_put_le64(block + 72, r->layout.choice.n_data);
	number_put_le16(block + 80, BLOCK_TREE_SALT_BYTES);
	memcpy(block + 88, r->salt, BLOCK_TREE_SALT_BYTES);
}
