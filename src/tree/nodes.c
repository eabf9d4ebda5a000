/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tree/nodes.h"

#include <stdint.h>

#include "iso/disc_time.h"
#include "tree/image_library.h"
#include "tree/isofs.h"
#include "tree/joliet_name.h"

struct build {
	bool portable;
	struct nodes_losses *losses;
	struct fail *f;
};

static bool is_storable(time_t t)
{
	return disc_time_nearest(t) == t;
}

/* mkisofs -r: all may read, nobody may write, what one may execute or enter all may; no special
 * bits. */
static mode_t portable_mode(mode_t mode)
{
	mode_t all_may = S_ISDIR(mode) || mode & 0111 ? 0555 : 0444;

	return S_ISLNK(mode) ? mode : (mode & S_IFMT) | all_may;
}

/* Extended attributes and ACLs; an ACL has no place beside a mode that is made up. libisofs'
 * result. */
static int set_extended(const struct build *b, IsoNode *node, const struct file_attributes *a)
{
	size_t n = a->n;

	b->losses->n_extended++;
	if (n && b->portable && !*a->names[n - 1])
		n--;
	return iso_node_set_attrs(node, n, a->names, a->lengths, a->values, 1);
}

static void set_attributes(struct build *b, IsoNode *node, const struct entry *e)
{
	iso_node_set_permissions(node, b->portable ? portable_mode(e->mode) : e->mode);
	iso_node_set_uid(node, b->portable ? 0 : e->uid);
	iso_node_set_gid(node, b->portable ? 0 : e->gid);
	iso_node_set_atime(node, e->atime);
	iso_node_set_mtime(node, e->mtime);
	iso_node_set_ctime(node, e->ctime);
	if (!is_storable(e->atime) || !is_storable(e->mtime) || !is_storable(e->ctime))
		b->losses->n_times++;
}

/* Hides from Joliet what it can't hold: libisofs would leave it out with a message each, or fail
 * for want of a name. True where the node is in the Joliet tree. */
static bool set_joliet(struct build *b, IsoNode *node, const struct entry *e, bool is_dir_there)
{
	bool is_kind = S_ISREG(e->mode) || S_ISDIR(e->mode);
	enum joliet_fate fate = is_kind ? joliet_name_fate(e->name) : JOLIET_NOTHING;
	bool is_there = is_dir_there && fate != JOLIET_NOTHING;

	if (!is_there)
		b->losses->n_joliet_left_out++;
	else if (fate == JOLIET_CHANGED)
		b->losses->n_joliet_changed++;
	iso_node_set_hidden(node, is_there ? 0 : LIBISO_HIDE_ON_JOLIET);
	return is_there;
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
	else
		/* the heaviest comes first; more than 2^31 files fit into no image */
		iso_node_set_sort_weight(*node, -(int)e->file->place.serial);
	return ret;
}

__attribute__((noinline)) static int fail_node(
	const struct build *b, const struct entry *e, int error)
{
	char path[sizeof b->f->object];

	folder_path(e->folder, e->source, path, sizeof path);
	return image_library_fail(b->f, error, path, "can't be added to the image");
}

static int add_children(struct build *b, IsoDir *dir, const struct entry *e, bool is_in_joliet)
{
	/* libisofs looks for a node's place from the first name on: the last comes first */
	for (size_t i = e->dir.n; i-- > 0;) {
		const struct entry *child = e->dir.children[i];
		IsoNode *node = NULL;
		int ret = add_node(dir, child, &node);
		bool is_there;

		if (ret < 0)
			return fail_node(b, child, ret);
		set_attributes(b, node, child);
		if (child->attributes)
			ret = set_extended(b, node, child->attributes);
		if (ret < 0)
			return fail_node(b, child, ret);
		is_there = set_joliet(b, node, child, is_in_joliet);
		if (S_ISDIR(child->mode) && add_children(b, (IsoDir *)node, child, is_there))
			return -1;
	}
	return 0;
}

int nodes_add(struct Iso_Image *image, const struct entry *root, bool portable,
	struct nodes_losses *losses, struct fail *f)
{
	struct build b = { .portable = portable, .losses = losses, .f = f };
	IsoDir *dir = iso_image_get_root(image);

	*losses = (struct nodes_losses){ 0 };
	set_attributes(&b, (IsoNode *)dir, root);
	if (root->attributes) {
		int ret = set_extended(&b, (IsoNode *)dir, root->attributes);

		if (ret < 0)
			return fail_node(&b, root, ret);
	}
	return add_children(&b, dir, root, true);
}
