/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the kernel knows of a mounted disc, while parts of its directories can't be read any more.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "mount/mount_items.h"
#include "lib/small_disc.h"
#include "lib/tap.h"

/* The directory "E", two blocks with one name in each; others, more than are kept. */
enum { E = 40, OTHER = 45, N_OTHERS = 36 };

static struct disc_files *files;
static struct mount_items *items;
static struct fail f;
static time_t now = 1000;

/* The clock that directories get old by; by its second name where time has more bits than once. */
int __wrap_clock_gettime(clockid_t clock, struct timespec *t);
int __wrap___clock_gettime64(clockid_t clock, struct timespec *t);

int __wrap_clock_gettime(clockid_t clock, struct timespec *t)
{
	(void)clock;
	*t = (struct timespec){ .tv_sec = now };
	return 0;
}

int __wrap___clock_gettime64(clockid_t clock, struct timespec *t)
{
	return __wrap_clock_gettime(clock, t);
}

static bool start(void)
{
	size_t first = 0, second = 0, other = 0;
	char name[16];

	small_disc_start(false);
	put_root("E", E, 2 * BLOCK_BYTES, 2);
	put_record(disc[E], &first, "", 1, E, 2 * BLOCK_BYTES, 2, "", 0);
	put_record(disc[E], &first, "\1", 1, ROOT, BLOCK_BYTES, 2, "", 0);
	put_record(disc[E], &first, "X.;1", 4, 50, 100, 0, "", 0);
	put_record(disc[E + 1], &second, "Y.;1", 4, 51, 100, 0, "", 0);
	put_record(disc[E + 1], &second, "Z.;1", 4, 52, 100, 0, "", 0);
	put_record(disc[OTHER], &other, "", 1, OTHER, BLOCK_BYTES, 2, "", 0);
	for (int i = 0; i < N_OTHERS; i++) {
		snprintf(name, sizeof name, "F%02d", i);
		put_root(name, OTHER, BLOCK_BYTES, 2);
	}
	files = disc_files_open(&small_disc, 0, &f);
	items = files ? mount_items_new(files) : NULL;
	return items;
}

static void end(void)
{
	mount_items_free(items);
	disc_files_close(files);
}

/* NULL: dir has no such name, or can't be read. */
static struct mount_item *look_up(struct mount_item *dir, const char *name)
{
	struct mount_item *item = NULL;
	struct mount_listing *l;

	if (mount_items_list(items, dir, &l))
		return NULL;
	for (size_t i = 0; i < mount_items_contents(l)->n_nodes; i++)
		if (strcmp(mount_items_contents(l)->nodes[i]->name, name) == 0)
			item = mount_items_get(items, dir, l, i);
	mount_items_release_listing(items, l);
	return item;
}

/* Lists so many others that "E" is read again when it is needed. */
static void evict(void)
{
	char name[16];

	for (int i = 0; i < N_OTHERS; i++) {
		struct mount_item *dir;
		struct mount_listing *l;

		snprintf(name, sizeof name, "F%02d", i);
		dir = look_up(mount_items_root(items), name);
		if (!dir || mount_items_list(items, dir, &l))
			continue;
		mount_items_release_listing(items, l);
		mount_items_forget(items, dir, 1);
	}
}

static bool is_view_of(struct mount_item *item, const char *name)
{
	struct mount_view v;
	bool is_it;

	if (mount_items_view(items, item, &v))
		return false;
	is_it = strcmp(v.node->name, name) == 0;
	if (!is_it)
		tap_note("%s is shown for %s", v.node->name, name);
	mount_items_release_view(items, &v);
	return is_it;
}

static void test_lost_block(void)
{
	struct mount_item *e, *x, *y, *z;
	struct mount_view v;

	if (!start())
		return;
	e = look_up(mount_items_root(items), "E");
	x = e ? look_up(e, "X") : NULL;
	y = e ? look_up(e, "Y") : NULL;
	z = e ? look_up(e, "Z") : NULL;
	if (!tap_ok(x && y && z && is_view_of(x, "X") && is_view_of(y, "Y") && is_view_of(z, "Z"),
		    "a directory of two blocks"))
		goto out;
	evict();
	bad_block = E;
	tap_ok(mount_items_view(items, x, &v) == EIO, "a name whose block is lost is an error");
	tap_ok(is_view_of(y, "Y") && is_view_of(z, "Z"),
		"the names of the other block are what they were");
	tap_ok(look_up(e, "Y") == y && look_up(e, "Z") == z, "looked up again, they are the same");
out:
	end();
}

static void test_read_again(void)
{
	struct mount_item *e, *x;

	if (!start())
		return;
	e = look_up(mount_items_root(items), "E");
	bad_block = E;
	tap_ok(e && !look_up(e, "X") && look_up(e, "Y"), "a damaged directory lacks a name");
	bad_block = 0;
	tap_ok(!look_up(e, "X"), "it is not read again for each name");
	now += 60;
	x = look_up(e, "X");
	tap_ok(x && is_view_of(x, "X"), "but after a while");
	bad_block = E;
	now += 60;
	tap_ok(x && is_view_of(x, "X"), "what has no damage is kept");
	end();
}

int main(void)
{
	test_lost_block();
	test_read_again();
	return tap_done();
}
