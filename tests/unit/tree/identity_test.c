/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A file system whose inode numbers don't tell files apart, as those of unions and of network
 * shares may: all its regular files, and all its directories, have one number. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/drain.h"
#include "lib/tap.h"
#include "tree/tree.h"

/* struct stat64 is struct stat, or stat64 is what stat means here */
int __real_fstat(int fd, struct stat *st);
int __real_fstat64(int fd, struct stat *st);
int __wrap_fstat(int fd, struct stat *st);
int __wrap_fstat64(int fd, struct stat *st);
int __real_fstatat(int fd, const char *name, struct stat *st, int flags);
int __real_fstatat64(int fd, const char *name, struct stat *st, int flags);
int __wrap_fstatat(int fd, const char *name, struct stat *st, int flags);
int __wrap_fstatat64(int fd, const char *name, struct stat *st, int flags);

static bool are_alike;
static nlink_t n_links; /* that all have; 0: what they have */

static void make_alike(struct stat *st)
{
	if (!are_alike || !(S_ISREG(st->st_mode) || S_ISDIR(st->st_mode)))
		return;
	st->st_ino = S_ISREG(st->st_mode) ? 2 : 3;
	st->st_ctim = (struct timespec){ .tv_sec = 1000000000 };
	if (n_links && S_ISREG(st->st_mode))
		st->st_nlink = n_links;
}

int __wrap_fstat(int fd, struct stat *st)
{
	int ret = __real_fstat(fd, st);

	make_alike(st);
	return ret;
}

int __wrap_fstat64(int fd, struct stat *st)
{
	int ret = __real_fstat64(fd, st);

	make_alike(st);
	return ret;
}

int __wrap_fstatat(int fd, const char *name, struct stat *st, int flags)
{
	int ret = __real_fstatat(fd, name, st, flags);

	make_alike(st);
	return ret;
}

int __wrap_fstatat64(int fd, const char *name, struct stat *st, int flags)
{
	int ret = __real_fstatat64(fd, name, st, flags);

	make_alike(st);
	return ret;
}

static char said[4096];

static void say(void *ctx, enum message_kind kind, const char *text)
{
	(void)ctx;
	(void)kind;
	snprintf(said + strlen(said), sizeof said - strlen(said), "%s\n", text);
}

static const struct messages messages = { .put = say };

static void run(const char *command)
{
	if (system(command) != 0) {
		tap_note("%s", command);
		exit(1);
	}
}

struct outcome {
	struct tree_facts facts;
	size_t n_incomplete;
	bool has_a, has_b; /* contents */
};

static bool has_text(const struct drained *d, const char *text)
{
	return d->bytes && memmem(d->bytes, d->n_bytes, text, strlen(text));
}

/* Burns the tree called source; command, if any, is run between the scan and the burn. */
static struct outcome burn(const char *source, bool follow_links, const char *command)
{
	struct tree_spec spec = {
		.sources = &source, .n_sources = 1, .follow_links = follow_links
	};
	struct outcome o = { 0 };
	struct fail f = { 0 };
	struct burn_source *s = NULL;
	struct drained d = { 0 };
	struct tree *t;

	said[0] = '\0';
	t = tree_new(&spec, &messages, &f);
	if (command)
		run(command);
	if (t)
		s = tree_source_new(t, &f);
	if (s)
		d = drain(s, 65536, 1 << 30);
	stage_free(s);
	if (!t || !s || d.last != 0)
		tap_note("%s: %s", f.object, f.what);
	if (t) {
		o.facts = tree_facts(t);
		o.n_incomplete = tree_n_incomplete(t, &messages);
	}
	o.has_a = has_text(&d, "what a has");
	o.has_b = has_text(&d, "what b has");
	tree_free(t);
	free(d.bytes);
	return o;
}

static bool has_both(const struct outcome *o, uint64_t n_bytes)
{
	return o->has_a && o->has_b && o->facts.n_bytes == n_bytes && o->n_incomplete == 0;
}

static void test_files(void)
{
	struct outcome o;

	run("mkdir two; printf 'what a has' >two/a; printf 'what b has' >two/b;"
	    "touch -d 2001-01-01 two/*");
	are_alike = true;
	n_links = 1;
	o = burn("two", false, NULL);
	tap_ok(has_both(&o, 20), "two files of one inode number, without links");
	n_links = 2;
	o = burn("two", false, NULL);
	tap_ok(has_both(&o, 20), "the same with links");
	n_links = 0;
	are_alike = false;
}

static void test_one_file(void)
{
	struct outcome o;

	run("mkdir one; printf 'what a has' >one/a; ln one/a one/b; ln -s a one/c");
	o = burn("one", true, NULL);
	tap_ok(o.has_a && o.facts.n_files == 3 && o.facts.n_bytes == 10,
		"hard links and a link that is followed are one file");
	run("rm one/b");
	o = burn("one", true, NULL);
	tap_ok(o.has_a && o.facts.n_files == 2 && o.facts.n_bytes == 10,
		"so is a link that is followed to a file of one name");
	run("rm one/c; cp -p one/a one/b");
	are_alike = true;
	n_links = 2;
	o = burn("one", false, NULL);
	tap_ok(o.has_a && o.facts.n_files == 2 && o.facts.n_bytes == 10,
		"links that the kernel doesn't know, but whose contents agree, are one file");
	n_links = 0;
	are_alike = false;
}

/* A directory whose number is that of one above it. */
static void test_directories(void)
{
	struct outcome o;

	run("mkdir -p up/in out; printf 'what a has' >up/in/a; printf 'what b has' >out/b;"
	    "ln -s ../../out up/in/out; ln -s .. up/in/up");
	are_alike = true;
	o = burn("up", true, NULL);
	tap_ok(o.has_b, "a link to another directory is followed");
	tap_ok(strstr(said, "up/in/up: stored as a link: it points to a directory above itself") &&
			!strstr(said, "up/in/out"),
		"one to a directory above is not");
	are_alike = false;
}

/* What is read is what was found. */
static void test_replaced(void)
{
	struct outcome o;

	run("mkdir put; printf 'what a has' >put/a; printf 'what b has' >b;"
	    "touch -d 2001-01-01 put/a b");
	o = burn("put", false, "mv b put/a");
	tap_ok(o.n_incomplete == 1 && strstr(said, "put/a: was replaced by another file"),
		"a file that another one of its size and time replaced is named");
}

int main(void)
{
	tap_enter_folder("/tmp");
	test_files();
	test_one_file();
	test_directories();
	test_replaced();
	return tap_done();
}
