/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tree/nodes.h"

#include <stdint.h>
#include <string.h>

#include "iso/disc_time.h"
#include "tree/image_library.h"
#include "tree/isofs.h"
#include "tree/joliet_folder.h"

struct build {
	bool portable;
	struct placeholder_gate *gate;
	struct arena *scratch;
	struct nodes_losses *losses;
	struct fail *f;
};

mode_t nodes_portable_mode(mode_t mode)
{
	mode_t all_may = S_ISDIR(mode) || mode & 0111 ? 0555 : 0444;

	return S_ISLNK(mode) ? mode : (mode & S_IFMT) | all_may;
}

static bool is_portable(const struct build *b, const struct entry *e)
{
	return b->portable && !e->is_as_kept;
}

size_t nodes_n_attributes(const struct entry *e, bool portable)
{
	const struct file_attributes *a = e->attributes;
	size_t n = a ? a->n : 0;

	/* an ACL has no place beside a mode that is made up */
	return n && portable && !*a->names[n - 1] ? n - 1 : n;
}

/* Extended attributes and ACLs. libisofs' result. */
static int set_extended(const struct build *b, IsoNode *node, const struct entry *e)
{
	const struct file_attributes *a = e->attributes;
	size_t n = nodes_n_attributes(e, is_portable(b, e));

	b->losses->n_extended += a->n > 0;
	/* bit 3: not just those of users */
	return iso_node_set_attrs(node, n, a->names, a->lengths, a->values, 1 | 8);
}

static void set_attributes(struct build *b, IsoNode *node, const struct entry *e)
{
	bool portable = is_portable(b, e);

	iso_node_set_permissions(node, portable ? nodes_portable_mode(e->mode) : e->mode);
	iso_node_set_uid(node, portable ? 0 : e->uid);
	iso_node_set_gid(node, portable ? 0 : e->gid);
	iso_node_set_atime(node, e->atime);
	iso_node_set_mtime(node, e->mtime);
	iso_node_set_ctime(node, e->ctime);
}

/* True where a form of times holds all that e has. */
static bool holds_times(int64_t (*nearest)(int64_t seconds), const struct entry *e)
{
	return nearest(e->atime) == e->atime && nearest(e->mtime) == e->mtime &&
	       nearest(e->ctime) == e->ctime;
}

static void count_times(struct nodes_losses *l, const struct entry *e)
{
	l->n_times += !holds_times(disc_time_nearest_short, e);
	l->n_far_times += !holds_times(disc_time_nearest_long, e);
}

bool nodes_may_lose_slash(const char *target)
{
	size_t n = strlen(target);

	/* libisofs ends a target before a slash that nothing follows, be it another slash */
	return n > 1 && target[n - 1] == '/' && target[n - 2] != '/';
}

static void count_slash(struct nodes_losses *l, const struct entry *link)
{
	if (!nodes_may_lose_slash(link->target))
		return;
	l->n_slashes++;
	l->slash = link;
}

static void count_left_out(struct nodes_losses *l, const struct entry *e)
{
	if (!e->attributes || !e->attributes->n_left_out)
		return;
	l->n_left_out++;
	l->left_out = e;
}

/* Counts what is lost of it in each tree. */
static void count(struct build *b, const struct joliet_place *place)
{
	const struct entry *e = place->entry;

	if (place->trees & IN_JOLIET)
		b->losses->n_joliet_changed += place->name != e->name;
	else if (!S_ISREG(e->mode) && !S_ISDIR(e->mode))
		b->losses->n_joliet_left_out++;
	if (!(place->trees & IN_ROCK_RIDGE))
		return;
	count_times(b->losses, e);
	if (S_ISLNK(e->mode))
		count_slash(b->losses, e);
	count_left_out(b->losses, e);
}

/* A node of e's kind in dir. libisofs' result: negative for an error. */
static int add_node(
	const struct build *b, IsoDir *dir, const char *name, const struct entry *e, IsoNode **node)
{
	struct iso_stream *stream;
	int ret;

	if (S_ISDIR(e->mode))
		return iso_tree_add_new_dir(dir, name, (IsoDir **)node);
	if (S_ISLNK(e->mode))
		return iso_tree_add_new_symlink(dir, name, e->target, (IsoSymlink **)node);
	if (!S_ISREG(e->mode))
		return iso_tree_add_new_special(dir, name, e->mode, e->rdev, (IsoSpecial **)node);
	stream = tree_file_stream(e->file, b->gate);
	if (!stream)
		return ISO_OUT_OF_MEM;
	ret = iso_tree_add_new_file(dir, name, stream, (IsoFile **)node);
	if (ret < 0)
		iso_stream_unref(stream);
	else
		/* the heaviest comes first; more than 2^31 files fit into no image */
		iso_node_set_sort_weight(*node, -(int)e->file->serial);
	return ret;
}

__attribute__((noinline)) static int fail_node(
	const struct build *b, const struct entry *e, int error)
{
	char path[sizeof b->f->object];

	folder_path(e->folder, e->source, path, sizeof path);
	return image_library_fail(b->f, error, path, "can't be added to the image");
}

/* libisofs leaves out what Joliet can't hold with a message each, unless it is hidden. */
static int hide_flags(unsigned trees)
{
	return (trees & IN_ROCK_RIDGE ? 0 : LIBISO_HIDE_ON_RR) |
	       (trees & IN_JOLIET ? 0 : LIBISO_HIDE_ON_JOLIET);
}

static int add_place(struct build *b, IsoDir *dir, const struct joliet_place *place, IsoNode **node)
{
	const struct entry *e = place->entry;
	int ret = add_node(b, dir, place->name, e, node);

	if (ret < 0)
		return fail_node(b, e, ret);
	set_attributes(b, *node, e);
	if (e->attributes && place->trees & IN_ROCK_RIDGE)
		ret = set_extended(b, *node, e);
	if (ret < 0)
		return fail_node(b, e, ret);
	iso_node_set_hidden(*node, hide_flags(place->trees));
	count(b, place);
	return 0;
}

/* Adds what is in e; dir is in these trees. */
static int add_children(struct build *b, IsoDir *dir, const struct entry *e, unsigned trees)
{
	struct joliet_folder folder;
	int result = -1;

	if (joliet_folder_make(&folder, e, trees, b->scratch))
		return fail_memory(b->f);
	/* libisofs looks for a node's place from the first name on: the last comes first */
	for (size_t i = folder.n; i-- > 0;) {
		const struct joliet_place *place = &folder.places[i];
		IsoNode *node = NULL;

		if (add_place(b, dir, place, &node))
			goto out;
		if (S_ISDIR(place->entry->mode) &&
			add_children(b, (IsoDir *)node, place->entry, place->trees))
			goto out;
	}
	result = 0;
out:
	joliet_folder_free(&folder);
	return result;
}

int nodes_add(struct Iso_Image *image, const struct entry *root, bool portable,
	struct placeholder_gate *gate, struct arena *scratch, struct nodes_losses *losses,
	struct fail *f)
{
	struct build b = {
		.portable = portable, .gate = gate, .scratch = scratch, .losses = losses, .f = f
	};
	IsoDir *dir = iso_image_get_root(image);

	*losses = (struct nodes_losses){ 0 };
	set_attributes(&b, (IsoNode *)dir, root);
	count_times(losses, root);
	count_left_out(losses, root);
	if (root->attributes) {
		int ret = set_extended(&b, (IsoNode *)dir, root);

		if (ret < 0)
			return fail_node(&b, root, ret);
	}
	return add_children(&b, dir, root, IN_ROCK_RIDGE | IN_JOLIET);
}
