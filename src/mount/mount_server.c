/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mount/mount_server.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mount/fuse.h"
#include "mount/mount_items.h"
#include "util/sector.h"
#include "util/signals.h"
#include "util/size.h"
#include "util/thread.h"

enum { N_THREADS = 6, POLL_MS = 200, READ_AHEAD_BYTES = 1024 * 1024 };

/* A year: longer than anything stays mounted. */
static const double for_ever = 365 * 24 * 3600.0;

struct server {
	const struct disc_files *files;
	struct mount_items *items;
	struct fuse_session *session;
	atomic_bool is_ending;
	void (*turn)(void *ctx);
	void *ctx;
};

static struct server *server_of(fuse_req_t request)
{
	return fuse_req_userdata(request);
}

static struct mount_item *item_of(struct server *s, fuse_ino_t number)
{
	return number == FUSE_ROOT_ID ? mount_items_root(s->items)
				      : (struct mount_item *)(uintptr_t)number;
}

static void fill_stat(struct stat *st, const struct disc_node *node)
{
	*st = (struct stat){ .st_ino = node->inode,
		.st_mode = node->mode,
		.st_nlink = node->n_links,
		.st_uid = node->uid,
		.st_gid = node->gid,
		.st_rdev = node->device,
		.st_size = (off_t)node->n_bytes,
		.st_blksize = 64 * BLOCK_BYTES,
		.st_blocks = (blkcnt_t)(size_round_up(node->n_bytes, SECTOR_BYTES) / SECTOR_BYTES),
		.st_atim = { node->atime, node->atime_ns },
		.st_mtim = { node->mtime, node->mtime_ns },
		.st_ctim = { node->ctime, node->ctime_ns } };
}

/* Answers with the error, and returns false, where there is none. */
static bool get_view(fuse_req_t request, fuse_ino_t number, struct mount_view *v)
{
	struct server *s = server_of(request);
	int why = mount_items_view(s->items, item_of(s, number), v);

	if (why)
		fuse_reply_err(request, why);
	return why == 0;
}

static void answer_init(void *ctx, struct fuse_conn_info *c)
{
	(void)ctx;
	if (c->max_readahead < READ_AHEAD_BYTES)
		c->max_readahead = READ_AHEAD_BYTES;
	c->max_background = 64;
	c->congestion_threshold = 48;
	if (c->capable & FUSE_CAP_CACHE_SYMLINKS)
		c->want |= FUSE_CAP_CACHE_SYMLINKS;
}

static void fill_entry(
	struct fuse_entry_param *e, struct mount_item *item, const struct disc_node *node)
{
	*e = (struct fuse_entry_param){ .ino = (fuse_ino_t)(uintptr_t)item,
		.attr_timeout = for_ever,
		.entry_timeout = for_ever };
	fill_stat(&e->attr, node);
}

static void answer_lookup(fuse_req_t request, fuse_ino_t parent, const char *name)
{
	struct server *s = server_of(request);
	struct mount_item *dir = item_of(s, parent), *item;
	struct fuse_entry_param e = { .entry_timeout = for_ever };
	const struct disc_listing *l;
	struct mount_listing *listing;
	int why = mount_items_list(s->items, dir, &listing);
	size_t i;

	if (why) {
		fuse_reply_err(request, why);
		return;
	}
	l = mount_items_contents(listing);
	i = disc_listing_index(l, name);
	if (i == l->n_nodes && l->damage) {
		fuse_reply_err(request, EIO);
	} else if (i == l->n_nodes) {
		fuse_reply_entry(request, &e);
	} else if (!(item = mount_items_get(s->items, dir, listing, i))) {
		fuse_reply_err(request, ENOMEM);
	} else {
		fill_entry(&e, item, l->nodes[i]);
		if (fuse_reply_entry(request, &e))
			mount_items_forget(s->items, item, 1);
	}
	mount_items_release_listing(s->items, listing);
}

static void answer_forget(fuse_req_t request, fuse_ino_t number, uint64_t n)
{
	struct server *s = server_of(request);

	mount_items_forget(s->items, item_of(s, number), n);
	fuse_reply_none(request);
}

static void answer_forget_multi(fuse_req_t request, size_t n, struct fuse_forget_data *forgets)
{
	struct server *s = server_of(request);

	for (size_t i = 0; i < n; i++)
		mount_items_forget(s->items, item_of(s, forgets[i].ino), forgets[i].nlookup);
	fuse_reply_none(request);
}

static void answer_getattr(fuse_req_t request, fuse_ino_t number, struct fuse_file_info *fi)
{
	struct server *s = server_of(request);
	struct mount_view v;
	struct stat st;

	(void)fi;
	if (!get_view(request, number, &v))
		return;
	fill_stat(&st, v.node);
	mount_items_release_view(s->items, &v);
	fuse_reply_attr(request, &st, for_ever);
}

static void answer_readlink(fuse_req_t request, fuse_ino_t number)
{
	struct server *s = server_of(request);
	struct mount_view v;

	if (!get_view(request, number, &v))
		return;
	if (v.node->target && v.node->target[0])
		fuse_reply_readlink(request, v.node->target);
	else
		fuse_reply_err(request, EIO);
	mount_items_release_view(s->items, &v);
}

/* A view that lives until the file or directory is closed. */
static void answer_open(fuse_req_t request, fuse_ino_t number, struct fuse_file_info *fi)
{
	struct server *s = server_of(request);
	struct mount_view *v = malloc(sizeof *v);
	int why = v ? mount_items_view(s->items, item_of(s, number), v) : ENOMEM;

	if (why == 0 && disc_node_is_lost(v->node, disc_files_n_blocks_there(s->files))) {
		mount_items_release_view(s->items, v);
		why = EIO;
	}
	if (why) {
		free(v);
		fuse_reply_err(request, why);
		return;
	}
	fi->fh = (uintptr_t)v;
	fi->keep_cache = 1;
	if (fuse_reply_open(request, fi)) {
		mount_items_release_view(s->items, v);
		free(v);
	}
}

static void answer_release(fuse_req_t request, fuse_ino_t number, struct fuse_file_info *fi)
{
	struct mount_view *v = (struct mount_view *)(uintptr_t)fi->fh;

	(void)number;
	mount_items_release_view(server_of(request)->items, v);
	free(v);
	fuse_reply_err(request, 0);
}

static void answer_read(
	fuse_req_t request, fuse_ino_t number, size_t n, off_t offset, struct fuse_file_info *fi)
{
	const struct disc_node *node = ((struct mount_view *)(uintptr_t)fi->fh)->node;
	uint64_t from = (uint64_t)offset;
	uint8_t *buf;
	size_t n_read;

	(void)number;
	if (from >= node->n_bytes)
		n = 0;
	else if (n > node->n_bytes - from)
		n = (size_t)(node->n_bytes - from);
	buf = malloc(n + 1);
	if (!buf)
		fuse_reply_err(request, ENOMEM);
	else if (n &&
		 (disc_files_read(server_of(request)->files, node, from, n, buf, &n_read, NULL) ||
			 n_read < n))
		fuse_reply_err(request, EIO);
	else
		fuse_reply_buf(request, (char *)buf, n);
	free(buf);
}

static void answer_opendir(fuse_req_t request, fuse_ino_t number, struct fuse_file_info *fi)
{
	struct server *s = server_of(request);
	struct mount_listing *listing;
	int why = mount_items_list(s->items, item_of(s, number), &listing);

	if (why) {
		fuse_reply_err(request, why);
		return;
	}
	fi->fh = (uintptr_t)listing;
	fi->keep_cache = fi->cache_readdir = !mount_items_contents(listing)->damage;
	if (fuse_reply_open(request, fi))
		mount_items_release_listing(s->items, listing);
}

static void answer_releasedir(fuse_req_t request, fuse_ino_t number, struct fuse_file_info *fi)
{
	(void)number;
	mount_items_release_listing(
		server_of(request)->items, (struct mount_listing *)(uintptr_t)fi->fh);
	fuse_reply_err(request, 0);
}

/* A directory that is read, part by part: "." and "..", then its nodes. */
struct part {
	struct server *server;
	fuse_req_t request;
	struct mount_item *dir;
	struct mount_listing *listing;
	char *buf;
	size_t n_buf, n_used;
	bool is_plus;
};

/* Adds what has the number at. False where there is no room. */
static bool add_name(struct part *p, size_t at)
{
	const struct disc_listing *l = mount_items_contents(p->listing);
	const struct disc_node *node = at < 2 ? NULL : l->nodes[at - 2];
	const char *name = at == 0 ? "." : at == 1 ? ".." : node->name;
	struct fuse_entry_param e = { .attr = { .st_mode = S_IFDIR, .st_ino = 1 } };
	char *to = p->buf + p->n_used;
	size_t room = p->n_buf - p->n_used, n;
	struct mount_item *item = NULL;

	if (node)
		fill_stat(&e.attr, node);
	if (p->is_plus && node) {
		item = mount_items_get(p->server->items, p->dir, p->listing, at - 2);
		if (!item)
			return false;
		fill_entry(&e, item, node);
	}
	if (p->is_plus)
		n = fuse_add_direntry_plus(p->request, to, room, name, &e, (off_t)at + 1);
	else
		n = fuse_add_direntry(p->request, to, room, name, &e.attr, (off_t)at + 1);
	if (n > room) {
		if (item)
			mount_items_forget(p->server->items, item, 1);
		return false;
	}
	p->n_used += n;
	return true;
}

static void read_dir(fuse_req_t request, fuse_ino_t number, size_t n, off_t offset,
	struct fuse_file_info *fi, bool is_plus)
{
	struct part p = { .server = server_of(request),
		.request = request,
		.listing = (struct mount_listing *)(uintptr_t)fi->fh,
		.buf = malloc(n),
		.n_buf = n,
		.is_plus = is_plus };
	const struct disc_listing *l = mount_items_contents(p.listing);
	size_t at = (size_t)offset, end = l->n_nodes + 2;

	if (!p.buf) {
		fuse_reply_err(request, ENOMEM);
		return;
	}
	p.dir = item_of(p.server, number);
	while (at < end && add_name(&p, at))
		at++;
	/* an error takes the place of the end, behind all that is there */
	if (p.n_used == 0 && at < end)
		fuse_reply_err(request, ENOMEM);
	else if (p.n_used == 0 && l->damage)
		fuse_reply_err(request, EIO);
	else
		fuse_reply_buf(request, p.buf, p.n_used);
	free(p.buf);
}

static void answer_readdir(
	fuse_req_t request, fuse_ino_t number, size_t n, off_t offset, struct fuse_file_info *fi)
{
	read_dir(request, number, n, offset, fi, false);
}

static void answer_readdirplus(
	fuse_req_t request, fuse_ino_t number, size_t n, off_t offset, struct fuse_file_info *fi)
{
	read_dir(request, number, n, offset, fi, true);
}

static void answer_statfs(fuse_req_t request, fuse_ino_t number)
{
	struct statvfs st = { .f_bsize = BLOCK_BYTES,
		.f_frsize = BLOCK_BYTES,
		.f_blocks = disc_files_n_blocks(server_of(request)->files),
		.f_namemax = 255 };

	(void)number;
	fuse_reply_statfs(request, &st);
}

/* Bytes of an attribute or of a list of names: all, or how many there are where n is 0. */
static void reply_bytes(fuse_req_t request, const void *bytes, size_t n_bytes, size_t n)
{
	if (n == 0)
		fuse_reply_xattr(request, n_bytes);
	else if (n < n_bytes)
		fuse_reply_err(request, ERANGE);
	else
		fuse_reply_buf(request, bytes, n_bytes);
}

static void answer_getxattr(fuse_req_t request, fuse_ino_t number, const char *name, size_t n)
{
	struct server *s = server_of(request);
	const struct disc_attribute *found = NULL;
	struct mount_view v;

	if (!get_view(request, number, &v))
		return;
	for (uint32_t i = 0; i < v.node->n_attributes && !found; i++)
		if (strcmp(v.node->attributes[i].name, name) == 0)
			found = &v.node->attributes[i];
	if (found)
		reply_bytes(request, found->value, found->n_value, n);
	else
		fuse_reply_err(request, ENODATA);
	mount_items_release_view(s->items, &v);
}

static void answer_listxattr(fuse_req_t request, fuse_ino_t number, size_t n)
{
	struct server *s = server_of(request);
	struct mount_view v;
	size_t n_names = 0, at = 0;
	char *names;

	if (!get_view(request, number, &v))
		return;
	for (uint32_t i = 0; i < v.node->n_attributes; i++)
		n_names += strlen(v.node->attributes[i].name) + 1;
	names = malloc(n_names + 1);
	for (uint32_t i = 0; names && i < v.node->n_attributes; i++) {
		size_t n_name = strlen(v.node->attributes[i].name) + 1;

		memcpy(names + at, v.node->attributes[i].name, n_name);
		at += n_name;
	}
	if (names)
		reply_bytes(request, names, n_names, n);
	else
		fuse_reply_err(request, ENOMEM);
	free(names);
	mount_items_release_view(s->items, &v);
}

static const struct fuse_lowlevel_ops answers = {
	.init = answer_init,
	.lookup = answer_lookup,
	.forget = answer_forget,
	.forget_multi = answer_forget_multi,
	.getattr = answer_getattr,
	.readlink = answer_readlink,
	.open = answer_open,
	.read = answer_read,
	.release = answer_release,
	.opendir = answer_opendir,
	.readdir = answer_readdir,
	.readdirplus = answer_readdirplus,
	.releasedir = answer_releasedir,
	.statfs = answer_statfs,
	.getxattr = answer_getxattr,
	.listxattr = answer_listxattr,
};

/* One of the threads that answer. */
static void *serve(void *ctx)
{
	struct server *s = ctx;
	struct fuse_buf buf = { .mem = NULL };
	struct pollfd p = { .fd = fuse_session_fd(s->session), .events = POLLIN };

	while (!atomic_load(&s->is_ending) && !fuse_session_exited(s->session)) {
		int n;

		if (poll(&p, 1, POLL_MS) <= 0)
			continue;
		/* the descriptor doesn't block: another thread may have been faster */
		n = fuse_session_receive_buf(s->session, &buf);
		if (n > 0)
			fuse_session_process_buf(s->session, &buf);
		else if (n != -EINTR && n != -EAGAIN)
			fuse_session_exit(s->session);
	}
	free(buf.mem);
	return NULL;
}

/* The main thread only waits: signals are its own. */
static int serve_in_threads(struct server *s, struct fail *f)
{
	pthread_t threads[N_THREADS];
	unsigned n = 0;

	while (n < N_THREADS && thread_start(&threads[n], serve, s, n ? NULL : f) == 0)
		n++;
	if (n == 0)
		return -1;
	while (!signals_caught() && !fuse_session_exited(s->session)) {
		poll(NULL, 0, POLL_MS);
		if (s->turn)
			s->turn(s->ctx);
	}
	atomic_store(&s->is_ending, true);
	while (n)
		pthread_join(threads[--n], NULL);
	return 0;
}

static int open_session(struct server *s, int fuse_fd, struct fail *f)
{
	char *argv[] = { FUSE_ARGUMENT("xburncrypt"), NULL };
	struct fuse_args args = FUSE_ARGS_INIT(1, argv);
	char path[32];

	fuse_hear();
	snprintf(path, sizeof path, "/dev/fd/%d", fuse_fd);
	s->session = fuse_session_new(&args, &answers, sizeof answers, s);
	if (!s->session || fuse_session_mount(s->session, path) ||
		fcntl(fuse_fd, F_SETFL, fcntl(fuse_fd, F_GETFL) | O_NONBLOCK))
		return fail_set(f, FAIL_FAILED, "", "the FUSE session can't be started%s%s",
			fuse_said()[0] ? ": " : "", fuse_said());
	return 0;
}

int mount_server_run(const struct disc_files *files, int fuse_fd, void (*turn)(void *ctx),
	void *ctx, struct fail *f)
{
	struct server s = {
		.files = files, .items = mount_items_new(files), .turn = turn, .ctx = ctx
	};
	int result = -1;

	if (!s.items)
		return fail_memory(f);
	if (open_session(&s, fuse_fd, f) == 0)
		result = serve_in_threads(&s, f);
	if (s.session)
		fuse_session_destroy(s.session);
	mount_items_free(s.items);
	return result;
}
