/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "job/encrypted_image.h"

#include <string.h>

#include "tree/container_source.h"
#include "tree/finished_image.h"
#include "util/block_reader.h"

/* its readme has the commands */
static const struct contents container = {
	.name = "an unencrypted disc around an encrypted volume",
	.commands = "mount -o ro @ /media\ncat /media/README.TXT\n",
	.kind = CONTENTS_ENCRYPTED,
};

/* True for the readme that burning writes (job/burning.c). */
static bool has_readme(const struct disc_files *files)
{
	char text[300] = "";
	struct disc_listing *holder = NULL;
	struct fail ignored = { 0 };
	const struct disc_node *node = disc_files_find(files, "README.TXT", &holder, &ignored);
	size_t n = 0;

	if (node && S_ISREG(node->mode))
		disc_files_read(files, node, 0, sizeof text - 1, (uint8_t *)text, &n, &ignored);
	disc_listing_free(holder);
	return strncmp(text, "The file ", 9) == 0 && strstr(text, CONTAINER_README_MARK) != NULL;
}

/* Nothing in the root but the readme and the volume: no file is left to be encrypted. */
bool encrypted_image_is_container(const struct disc_files *files)
{
	struct fail ignored = { 0 };
	struct disc_listing *root = disc_files_list(files, disc_files_root(files), &ignored);
	bool result = root && root->n_nodes == 2 && S_ISREG(root->nodes[0]->mode) &&
		      S_ISREG(root->nodes[1]->mode) && has_readme(files);

	disc_listing_free(root);
	return result;
}

const struct contents *encrypted_image_find(const char *path, const struct contents *contents)
{
	struct fail ignored = { 0 };
	struct block_reader *blocks = NULL;
	struct disc_files *files = NULL;
	bool is_ours = false;

	if (!contents)
		return NULL;
	if (contents->kind == CONTENTS_ENCRYPTED)
		return strcmp(path, "-") == 0 || finished_image_is_volume(path) ? contents : NULL;
	if (strcmp(path, "-") != 0 && contents->kind == CONTENTS_READABLE)
		blocks = block_reader_open_file(path, &ignored);
	if (blocks)
		files = disc_files_open(blocks, 0, &ignored);
	if (files)
		is_ours = encrypted_image_is_container(files);
	disc_files_close(files);
	block_reader_free(blocks);
	return is_ours ? &container : NULL;
}
