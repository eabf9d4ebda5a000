/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The record of healing data (doc/FORMAT.md, "Healing data"): a block of text that says where they
 * are, and what proves them. It stands before the tree, twice behind all, and, without what is only
 * known at the end of a burn, as anchors within the volume. Its bytes come from a stranger: one
 * that contradicts itself anywhere is none. */
#ifndef HEAL_HEAL_RECORD_H
#define HEAL_HEAL_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "heal/block_tree.h"
#include "heal/heal_layout.h"
#include "util/fail.h"
#include "util/sector.h"
#include "util/sha256.h"

enum {
	HEAL_ID_BYTES = 16,
	HEAL_ID_TEXT = 37, /* bytes, with the NUL */
	HEAL_MAC_BYTES = 32,
	HEAL_FACTS_MAX = 640,     /* bytes of text, with the NUL */
	HEAL_SIGNATURE_MAX = 640, /* the same */
};

enum heal_record_kind {
	HEAL_RECORD_ANCHOR, /* without root, MAC, signature and check root */
	HEAL_RECORD_FRONT,  /* without the check root */
	HEAL_RECORD_BACK,   /* with all that there is */
};

struct heal_record {
	struct heal_layout layout;
	uint8_t id[HEAL_ID_BYTES]; /* random: of the disc, a UUID */
	uint8_t salt[BLOCK_TREE_SALT_BYTES];
	bool has_root, has_check_root, has_mac;
	uint8_t root[SHA256_BYTES];         /* of the tree */
	uint8_t check_root[SHA256_BYTES];   /* of the tree over the parity; nothing proves it */
	uint8_t mac[HEAL_MAC_BYTES];        /* of the facts */
	char signature[HEAL_SIGNATURE_MAX]; /* of the facts: four lines of minisign; "": none */
};

/* Writes the facts, which are all lines up to the layout's end: what MAC and signature are of.
 * Their length, without the NUL. */
size_t heal_record_facts(
	const struct heal_record *r, enum heal_record_kind kind, char out[HEAL_FACTS_MAX]);

/* Writes the disc's UUID as text (RFC 9562, 4). Returns out. */
char *heal_record_id(const struct heal_record *r, char out[HEAL_ID_TEXT]);

/* Writes it to block. */
void heal_record_encode(
	const struct heal_record *r, enum heal_record_kind kind, uint8_t block[BLOCK_BYTES]);

/* False where block is no record. The layout is one of heal_layout_make; whether it ends within the
 * medium is for the caller to see. */
bool heal_record_decode(struct heal_record *r, const uint8_t block[BLOCK_BYTES]);

/* Writes what stands behind a record, for people: how stock Linux checks and heals the disc. */
void heal_record_explain(const struct heal_record *r, uint8_t block[BLOCK_BYTES]);

/* Whoever vouches for a record, once its root is known: adds MAC and signature. NULL: nobody. 0, or
 * -1 with f filled. */
struct heal_voucher {
	int (*vouch)(void *ctx, struct heal_record *r, struct fail *f);
	void *ctx;
};

/* Writes both. */
void heal_record_with_text(const struct heal_record *r, enum heal_record_kind kind,
	uint8_t blocks[HEAL_RECORD_BLOCKS * BLOCK_BYTES]);

/* Writes dm-verity's superblock (cryptsetup: lib/verity/verity.c, struct verity_sb). */
void heal_record_superblock(const struct heal_record *r, uint8_t block[BLOCK_BYTES]);

#endif
