/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "image/nodes.h"

#include <errno.h>

#include "image/image_library.h"
#include "image/isofs.h"
#include "image/joliet_name.h"

struct build {
	bool portable;
	struct nodes_joliet *joliet;
	struct fail *f;
};

/* mkisofs -r: all may read, nobody may write, what one may execute or enter all may; no special
 * bits. */
static mode_t portable_mode(mode_t mode)
{
	mode_t all_may = S_ISDIR(mode) || mode & 0111 ? 0555 : 0444;

	return S_ISLNK(mode) ? mode : (mode & S_IFMT) | all_may;
}

static void set_attributes(const struct build *b, IsoNode *node, const struct entry *e)
{
	iso_node_set_permissions(node, b->portable ? portable_mode(e->mode) : e->mode);
	iso_node_set_uid(node, b->portable ? 0 : e->uid);
	iso_node_set_gid(node, b->portable ? 0 : e->gid);
	iso_node_set_atime(node, e->atime);
	iso_node_set_mtime(node, e->mtime);
	iso_node_set_ctime(node, e->ctime);
}

static void set_joliet(struct build *b, IsoNode *node, const struct entry *e)
{
	enum joliet_fate fate = joliet_name_fate(e->name);

	if (!S_ISREG(e->mode) && !S_ISDIR(e->mode))
		b->joliet->n_left_out++;
	else if (fate == JOLIET_NOTHING)
		b->joliet->n_unnamed++;
	else if (fate == JOLIET_CHANGED)
		b->joliet->n_changed++;
	/* libisofs would leave them out itself, with a message each, or fail for want of a name */
	if (fate == JOLIET_NOTHING || (!S_ISREG(e->mode) && !S_ISDIR(e->mode)))
		iso_node_set_hidden(node, LIBISO_HIDE_ON_JOLIET);
	else
		iso_node_set_hidden(node, 0);
}

/* A node of e's kind in dir. libisofs' result: negative for an error. */
static int add_node(IsoDir *dir, const struct entry *e, IsoNode **node)
{
	struct iso_stream *stream;
	int ret;

	if (S_ISDIR(e->mode))
		return iso_tree_add_new_dir(dir, e->name, (IsoDir **)node);
	if (S_ISLNK(e->mode))
		return iso_tree_add_new_symlink(dir, e->name, e->target, (IsoSymlink **)node);
	if (!S_ISREG(e->mode))
		return iso_tree_add_new_special(
			dir, e->name, e->mode, e->rdev, (IsoSpecial **)node);
	stream = tree_file_stream(e->file);
	if (!stream)
		return ISO_OUT_OF_MEM;
	ret = iso_tree_add_new_file(dir, e->name, stream, (IsoFile **)node);
	if (ret < 0)
		iso_stream_unref(stream);
	return ret;
}

__attribute__((noinline)) static int fail_node(
	const struct build *b, const struct entry *e, int error)
{
	char path[sizeof b->f->object];

	folder_path(e->folder, e->source, path, sizeof path);
	return image_library_fail(b->f, error, path, "can't be put into the image");
}

static int add_children(struct build *b, IsoDir *dir, const struct entry *e)
{
	/* libisofs looks for a node's place from the first name on: the last comes first */
	for (size_t i = e->dir.n; i-- > 0;) {
		const struct entry *child = e->dir.children[i];
		IsoNode *node = NULL;
		int ret = add_node(dir, child, &node);

		if (ret < 0)
			return fail_node(b, child, ret);
		set_attributes(b, node, child);
		set_joliet(b, node, child);
		if (S_ISDIR(child->mode) && add_children(b, (IsoDir *)node, child))
			return -1;
	}
	return 0;
}

int nodes_add(struct Iso_Image *image, const struct entry *root, bool portable,
	struct nodes_joliet *joliet, struct fail *f)
{
	struct build b = { .portable = portable, .joliet = joliet, .f = f };
	IsoDir *dir = iso_image_get_root(image);

	*joliet = (struct nodes_joliet){ 0 };
	set_attributes(&b, (IsoNode *)dir, root);
	return add_children(&b, dir, root);
}
