/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files of discs: what stands in images of our own trees, of xorriso and of genisoimage, against
 * the trees they were made from. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "lib/drain.h"
#include "iso/disc_files.h"
#include "tree/tree.h"
#include "lib/tap.h"
#include "util/io.h"
#include "util/sector.h"

enum { ALL = 1 << 30 };

static bool set_attribute(const char *path, const char *name, const void *value, size_t n)
{
	return setxattr(path, name, value, n, 0) == 0;
}

static void make_tree(void)
{
	tap_run("mkdir -p tree/a/b tree/empty tree/many; printf 'hello\\n' >tree/hello; : "
		">tree/zero\n"
		": >tree/zero2; head -c 300000 /dev/urandom >tree/a/random; ln tree/a/random "
		"tree/link\n"
		"head -c 2048 /dev/urandom >tree/a/b/block; ln -s ../a/./b tree/a/up; ln -s / "
		"tree/root\n"
		"ln -s /usr/share/../share/doc tree/absolute; mkfifo tree/fifo; chmod 6751 "
		"tree/hello\n"
		"ln -s \"$(printf %0240d/ 1 2 3)end\" tree/long_target; chmod 1777 tree/empty\n"
		"touch -d '1999-12-31 23:59:58 UTC' tree/a/up tree/hello tree/a; touch -hd "
		"'1971-02-28 1:02:03 UTC' tree/root; touch -ad '2001-02-03 UTC' tree/a/b/block\n"
		"i=0; while [ $i -lt 300 ]; do echo $i >tree/many/$i-$(printf %0120d $i); i=$((i + "
		"1)); "
		"done\n"
		"mknod tree/null c 1 3 2>/dev/null; chown 12345:54321 tree/a/b 2>/dev/null\n"
		"touch \"tree/new\nline\" \"$(printf 'tree/\\377\\001')\" 'tree/ space '");
}

struct check {
	struct disc_files *files;
	const char *name; /* of the image */
	bool has_modes;   /* Rock Ridge as it was */
	unsigned n, n_wrong;
};

static void wrong(struct check *c, const char *path, const char *what)
{
	if (c->n_wrong++ < 10)
		tap_note("%s: %s: %s", c->name, path, what);
}

static void check_contents(struct check *c, const struct disc_node *node, const char *path)
{
	/* odd pieces, so that no call starts or ends with a block */
	static uint8_t disc[70001], source[70001];
	int fd = open(path, O_RDONLY);
	uint64_t at = 0;
	size_t n;

	do {
		struct fail f = { 0 };
		ssize_t want = io_read_full(fd, source, sizeof source);

		if (disc_files_read(c->files, node, at, sizeof disc, disc, &n, &f))
			wrong(c, path, f.what);
		if ((ssize_t)n != want || memcmp(disc, source, n) != 0) {
			wrong(c, path, "other contents");
			break;
		}
		at += n;
	} while (n);
	close(fd);
}

static void check_node(struct check *c, const struct disc_node *node, const char *path)
{
	struct stat st;
	char target[5000];
	ssize_t n;

	/* what genisoimage adds */
	if (!strcmp(node->name, ".rr_moved"))
		return;
	c->n++;
	if (node->damage)
		wrong(c, path, node->damage);
	if (lstat(path, &st)) {
		wrong(c, path, "is not there");
		return;
	}
	if ((st.st_mode & S_IFMT) != (node->mode & S_IFMT))
		wrong(c, path, "another type");
	if (c->has_modes &&
		(st.st_mode != node->mode || st.st_uid != node->uid || st.st_gid != node->gid))
		wrong(c, path, "another mode or owner");
	if (st.st_mtime != node->mtime)
		wrong(c, path, "another mtime");
	if ((S_ISCHR(st.st_mode) || S_ISBLK(st.st_mode)) && st.st_rdev != node->device)
		wrong(c, path, "another device");
	if (S_ISREG(st.st_mode) && (uint64_t)st.st_size != node->n_bytes)
		wrong(c, path, "another size");
	if (S_ISREG(st.st_mode))
		check_contents(c, node, path);
	if (!S_ISLNK(st.st_mode))
		return;
	n = readlink(path, target, sizeof target);
	if (!node->target || (size_t)n != node->n_bytes ||
		memcmp(target, node->target, (size_t)n) != 0)
		wrong(c, path, "another target");
}

static void check_directory(struct check *c, const struct disc_node *dir, const char *path)
{
	struct fail f = { 0 };
	struct disc_listing *l = disc_files_list(c->files, dir, &f);

	check_node(c, dir, path);
	if (!l) {
		wrong(c, path, f.what);
		return;
	}
	if (l->damage || l->n_aside)
		wrong(c, path, l->damage ? l->damage : "a name twice");
	for (size_t i = 0; i < l->n_nodes; i++) {
		char below[6000];

		snprintf(below, sizeof below, "%s/%s", path, l->nodes[i]->name);
		if (i && strcmp(l->nodes[i - 1]->name, l->nodes[i]->name) >= 0)
			wrong(c, below, "names are not in order");
		if (S_ISDIR(l->nodes[i]->mode))
			check_directory(c, l->nodes[i], below);
		else
			check_node(c, l->nodes[i], below);
	}
	disc_listing_free(l);
}

static unsigned count(const char *what)
{
	char line[100], command[200];
	unsigned n = 0;
	FILE *from;

	snprintf(command, sizeof command, "find tree %s -printf . | wc -c", what);
	from = popen(command, "r");
	if (from && fgets(line, sizeof line, from))
		n = (unsigned)atoi(line);
	pclose(from);
	return n;
}

static void check_image(const char *name, bool has_modes, unsigned n_files)
{
	struct check c = { .name = name, .has_modes = has_modes };
	struct fail f = { 0 };
	struct block_reader *blocks = block_reader_open_file(name, &f);

	c.files = blocks ? disc_files_open(blocks, 0, &f) : NULL;
	tap_ok(c.files && !disc_files_damage(c.files), "%s is opened: %s", name,
		c.files && disc_files_damage(c.files) ? disc_files_damage(c.files) : f.what);
	if (c.files)
		check_directory(&c, disc_files_root(c.files), "tree");
	tap_ok(c.n == n_files && c.n_wrong == 0, "%s: %u of %u files are as they were, %u not",
		name, c.n, n_files, c.n_wrong);
	disc_files_close(c.files);
	block_reader_free(blocks);
}

static void make_own(const char *name)
{
	struct tree_spec spec = { .sources = (const char *[]){ "tree" }, .n_sources = 1 };
	struct fail f = { 0 };
	struct tree *t = tree_new(&spec, NULL, &f);
	struct burn_source *s = t ? tree_source_new(t, &f) : NULL;
	struct drained d = { 0 };
	int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	if (s)
		d = drain(s, CHUNK_BYTES, ALL);
	tap_ok(d.is_orderly && d.last == 0 && io_write_full(fd, d.bytes, d.n_bytes) == 0,
		"%s is made: %s%s", name, f.what, s ? fail_of(s)->what : "");
	close(fd);
	stage_free(s);
	tree_free(t);
	free(d.bytes);
}

static const struct {
	const char *program, *name, *options;
	bool has_modes;
} makers[] = {
	{ "genisoimage", "genisoimage.iso", "-R -quiet", true },
	{ "xorriso", "xorriso.iso", "-as mkisofs -quiet", true },
	{ "xorriso", "xorriso_aaip.iso", "-hardlinks on -as mkisofs -quiet", true },
};

static void test_makers(void)
{
	for (size_t i = 0; i < sizeof makers / sizeof *makers; i++) {
		char command[500];

		if (!tap_has_program(makers[i].program)) {
			tap_skip(makers[i].name, "its maker is not installed");
			continue;
		}
		/* genisoimage never ends with such a target */
		tap_run("mv tree/long_target . 2>/dev/null");
		snprintf(command, sizeof command, "timeout 600 %s %s -o %s tree >log 2>&1",
			makers[i].program, makers[i].options, makers[i].name);
		if (!tap_run(command)) {
			tap_run("tail -n 1 log | cut -c 1-80 | sed 's/^/# /'");
			tap_skip(makers[i].name, "its maker did not want to");
			continue;
		}
		check_image(makers[i].name, makers[i].has_modes, count(""));
	}
	tap_run("mv long_target tree 2>/dev/null");
}

/* Only plain files and directories are in a Joliet tree, with mtimes alone. */
static void test_joliet(void)
{
	tap_run("mkdir -p short/dir; echo 1 >short/one; echo 2 >'short/dir/a longer name, with a "
		"$'");
	if (!tap_has_program("genisoimage") ||
		!tap_run("timeout 600 genisoimage -quiet -J -joliet-long -o "
			 "joliet.iso short >log 2>&1")) {
		tap_skip("joliet.iso", "genisoimage is not installed, or does not want to");
		return;
	}
	tap_run("mv tree all; mv short tree");
	check_image("joliet.iso", false, count(""));
	tap_run("mv tree short; mv all tree");
}

/* Deep directories, which genisoimage moves (Rock Ridge CL, RE, PL). */
static void test_moved(void)
{
	if (!tap_has_program("genisoimage")) {
		tap_skip("moved.iso", "genisoimage is not installed");
		return;
	}
	tap_run("mv tree all; mkdir -p tree/1/2/3/4/5/6/7/8/9/10/11; chmod 700 "
		"tree/1/2/3/4/5/6/7/8/9\n"
		"echo deep >tree/1/2/3/4/5/6/7/8/9/10/11/down\n"
		"timeout 600 genisoimage -quiet -R -hide-rr-moved -o moved.iso tree >log 2>&1");
	check_image("moved.iso", true, count(""));
	tap_run("rm -r tree; mv all tree");
}

static const struct disc_node *find(
	struct disc_files *files, const char *path, struct disc_listing **holder)
{
	struct fail f = { 0 };

	return disc_files_find(files, path, holder, &f);
}

/* Paths, and inodes of the own image. */
static void test_find(void)
{
	struct fail f = { 0 };
	struct block_reader *blocks = block_reader_open_file("own.iso", &f);
	struct disc_files *files = disc_files_open(blocks, 0, &f);
	struct disc_listing *holder[3] = { NULL };
	const struct disc_node *a = find(files, "/a/random", &holder[0]);
	const struct disc_node *b = find(files, "link", &holder[1]);

	tap_ok(a && b && a->inode == b->inode && a->n_links == 2 && disc_node_is_same_file(a, b),
		"hard links have one inode");
	disc_listing_free(holder[0]);
	a = find(files, "zero", &holder[0]);
	disc_listing_free(holder[1]);
	b = find(files, "./zero2/", &holder[1]);
	tap_ok(a && b && a->inode != b->inode && !disc_node_is_same_file(a, b),
		"two empty files have two");
	tap_ok(find(files, "//", &holder[2]) == disc_files_root(files), "the root is found");
	tap_ok(!disc_files_find(files, "a/../a", &holder[2], &f) && f.sys_errno == ENOENT,
		"\"..\" is not");
	f = (struct fail){ 0 };
	tap_ok(!disc_files_find(files, "hello/x", &holder[2], &f) && f.sys_errno == ENOTDIR,
		"a file is no directory");
	disc_listing_free(holder[0]);
	disc_listing_free(holder[1]);
	disc_files_close(files);
	block_reader_free(blocks);
}

static const struct disc_attribute *attribute(const struct disc_node *node, const char *name)
{
	for (uint32_t i = 0; node && i < node->n_attributes; i++)
		if (!strcmp(node->attributes[i].name, name))
			return &node->attributes[i];
	return NULL;
}

static bool has_value(const struct disc_node *node, const char *name, const void *value, size_t n)
{
	const struct disc_attribute *a = attribute(node, name);

	return a && a->n_value == n && memcmp(a->value, value, n) == 0;
}

/* ACLs as the kernel has them: a version, then tag, permissions and id. */
static const uint8_t acl[] = { 2, 0, 0, 0, 1, 0, 6, 0, 255, 255, 255, 255, 2, 0, 7, 0, 210, 4, 0, 0,
	4, 0, 4, 0, 255, 255, 255, 255, 8, 0, 5, 0, 1, 0, 1, 0, 16, 0, 7, 0, 255, 255, 255, 255, 32,
	0, 4, 0, 255, 255, 255, 255 };
static const uint8_t default_acl[] = { 2, 0, 0, 0, 1, 0, 7, 0, 255, 255, 255, 255, 4, 0, 5, 0, 255,
	255, 255, 255, 32, 0, 1, 0, 255, 255, 255, 255 };
static uint8_t large[3000];

static bool make_attributes(void)
{
	for (size_t i = 0; i < sizeof large; i++)
		large[i] = (uint8_t)(i * 7);
	tap_run("mkdir tree/acl; touch tree/acl/file; chmod 4 tree/acl");
	return set_attribute("tree/acl/file", "user.text", "value", 5) &&
	       set_attribute("tree/acl/file", "user.empty", "", 0) &&
	       set_attribute("tree/acl/file", "user.large", large, sizeof large) &&
	       set_attribute("tree/acl/file", "system.posix_acl_access", acl, sizeof acl) &&
	       set_attribute("tree/acl", "user.of a directory", "\0\1\0", 3) &&
	       set_attribute(
		       "tree/acl", "system.posix_acl_default", default_acl, sizeof default_acl);
}

static void check_attributes(const char *name)
{
	struct fail f = { 0 };
	struct block_reader *blocks = block_reader_open_file(name, &f);
	struct disc_files *files = blocks ? disc_files_open(blocks, 0, &f) : NULL;
	struct disc_listing *holder[2] = { NULL };
	const struct disc_node *file = files ? find(files, "acl/file", &holder[0]) : NULL;
	const struct disc_node *dir = files ? find(files, "acl", &holder[1]) : NULL;

	tap_ok(has_value(file, "user.text", "value", 5) && has_value(file, "user.empty", "", 0) &&
			has_value(file, "user.large", large, sizeof large) &&
			has_value(dir, "user.of a directory", "\0\1\0", 3),
		"%s: extended attributes", name);
	tap_ok(has_value(file, "system.posix_acl_access", acl, sizeof acl) && !file->damage,
		"%s: an ACL", name);
	tap_ok(has_value(dir, "system.posix_acl_default", default_acl, sizeof default_acl) &&
			!dir->damage,
		"%s: a default ACL", name);
	disc_listing_free(holder[0]);
	disc_listing_free(holder[1]);
	disc_files_close(files);
	block_reader_free(blocks);
}

static void test_attributes(void)
{
	if (!make_attributes()) {
		tap_note("%s", strerror(errno));
		tap_skip("extended attributes", "the file system here has none");
		return;
	}
	make_own("own_attributes.iso");
	check_attributes("own_attributes.iso");
	if (!tap_has_program("xorriso"))
		tap_skip("xattr.iso", "xorriso is not installed");
	else if (tap_run("timeout 600 xorriso -acl on -xattr on -as mkisofs -quiet -o xattr.iso "
			 "tree "
			 ">log 2>&1"))
		check_attributes("xattr.iso");
	else
		tap_ok(false, "xorriso makes xattr.iso");
}

int main(void)
{
	tap_enter_folder("/tmp");
	make_tree();
	make_own("own.iso");
	check_image("own.iso", true, count(""));
	test_find();
	test_makers();
	test_joliet();
	test_moved();
	test_attributes();
	return tap_done();
}
