/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A volume as a file in a clear image: exact sizes, contents as xorriso and isoinfo bring them
 * back, volumes that fail, end early or late, cancelling, and a container around a tree's image. */
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/drain.h"
#include "tree/container_source.h"
#include "iso/disc_files.h"
#include "iso/block_owners.h"
#include "tree/isofs.h"
#include "tree/tree.h"
#include "lib/tap.h"
#include "util/io.h"
#include "util/sector.h"
#include "util/size.h"

enum { ALL = 1 << 30, ODD_BYTES = 3 * 1024 * 1024 + 17 };

/* A volume: each byte tells its place. */
struct volume {
	uint64_t n_bytes; /* that it really has */
	uint64_t announced, n_read;
	uint64_t fails_at, waits_at; /* 0: does not */
	atomic_bool is_cancelled, is_waiting;
	atomic_int n_freed;
};

static uint8_t byte_at(uint64_t at)
{
	return (uint8_t)(1 + at % 251 + (at >> 16) % 3);
}

static int read_volume(struct burn_source *s, unsigned char *buf, int size)
{
	struct volume *v = s->data;
	int n = 0;

	/* odd pieces, as a stage may hand out only at its end, but other sources anywhere */
	if (size > 100001)
		size = 100001;
	if (v->waits_at && v->n_read >= v->waits_at) {
		atomic_store(&v->is_waiting, true);
		while (!atomic_load(&v->is_cancelled))
			usleep(1000);
	}
	if (atomic_load(&v->is_cancelled) || (v->fails_at && v->n_read >= v->fails_at))
		return -1;
	for (; n < size && v->n_read < v->n_bytes; n++)
		buf[n] = byte_at(v->n_read++);
	return n;
}

static off_t volume_size(struct burn_source *s)
{
	return (off_t)((struct volume *)s->data)->announced;
}

static void free_volume(struct burn_source *s)
{
	((struct volume *)s->data)->n_freed++;
}

static int cancel_volume(struct burn_source *s)
{
	atomic_store(&((struct volume *)s->data)->is_cancelled, true);
	return 1;
}

static struct burn_source *new_volume(struct volume *v)
{
	struct burn_source *s = calloc(1, sizeof *s);

	*s = (struct burn_source){ .refcount = 1,
		.version = 1,
		.read_xt = read_volume,
		.get_size = volume_size,
		.free_data = free_volume,
		.cancel = cancel_volume,
		.data = v };
	return s;
}

static const char readme[] =
	"This disc holds an encrypted volume.\n\nOpen it with:\r\n\tcryptsetup\n";

static struct container_spec new_spec(uint64_t n_bytes)
{
	return (struct container_spec){ .name = "Volume of mine.luks",
		.n_bytes = n_bytes,
		.readme = readme,
		.volume_id = "Secret things" };
}

static void write_file(const char *name, const uint8_t *bytes, size_t n)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	if (fd < 0 || io_write_full(fd, bytes, n) || close(fd)) {
		perror(name);
		exit(1);
	}
}

static bool is_same_file(const char *name, const void *bytes, size_t n)
{
	uint8_t *there = malloc(n + 1);
	int fd = open(name, O_RDONLY);
	bool same =
		fd >= 0 && io_read_full(fd, there, n + 1) == (ssize_t)n && !memcmp(there, bytes, n);

	if (fd >= 0)
		close(fd);
	free(there);
	return same;
}

/* The whole image of a good volume, in pieces. */
static struct drained image_of(uint64_t n_bytes, size_t piece, uint64_t announced)
{
	struct volume v = { .n_bytes = n_bytes, .announced = announced };
	struct container_spec spec = new_spec(n_bytes);
	struct fail f = { 0 };
	uint64_t size = container_source_bytes(&spec, &f);
	struct burn_source *s = container_source_new(new_volume(&v), &spec, &f);
	struct drained d = { .last = -1 };

	if (s)
		d = drain(s, piece, ALL);
	tap_ok(s && size > n_bytes && size % BLOCK_BYTES == 0 && (uint64_t)s->get_size(s) == size &&
			d.n_bytes == size && d.last == 0 && d.is_orderly,
		"%llu bytes in pieces of %zu: exactly the size announced: %s%s",
		(unsigned long long)n_bytes, piece, f.what, s ? fail_of(s)->what : "");
	stage_free(s);
	tap_ok(v.n_freed == 1 && !v.is_cancelled, "the volume is freed");
	return d;
}

static void test_pieces(void)
{
	static const size_t pieces[] = { 65536, 1, 2047, 2048, 262144, 1000000 };
	struct drained whole = { 0 };
	time_t now = 1000000000;

	iso_nowtime(&now, 1);
	for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
		struct drained d = image_of(ODD_BYTES, pieces[i], i % 2 ? ODD_BYTES : 0);

		if (i == 0)
			whole = d;
		tap_ok(d.n_bytes == whole.n_bytes && !memcmp(d.bytes, whole.bytes, d.n_bytes),
			"pieces of %zu: the same image", pieces[i]);
		if (i)
			free(d.bytes);
	}
	iso_nowtime(&now, 2);
	free(whole.bytes);
}

static void test_contents(uint64_t n_bytes)
{
	static const char text[] = "This disc holds an encrypted volume.\r\n\r\nOpen it with:\r\n\t"
				   "cryptsetup\r\n";
	struct drained d = image_of(n_bytes, 65536, 0);
	uint8_t *bytes = malloc(n_bytes);

	for (uint64_t i = 0; i < n_bytes; i++)
		bytes[i] = byte_at(i);
	write_file("container.iso", d.bytes, d.n_bytes);
	tap_ok(!memcmp(d.bytes + d.n_bytes - size_round_up(n_bytes, BLOCK_BYTES), bytes, n_bytes),
		"the volume is the last in it");
	free(d.bytes);
	if (tap_has_program("xorriso")) {
		tap_ok(tap_run("rm -rf out; xorriso -osirrox on -indev container.iso -extract / "
			       "out "
			       ">log 2>&1"),
			"xorriso extracts it");
		tap_ok(is_same_file("out/Volume of mine.luks", bytes, n_bytes),
			"%llu bytes of volume come back", (unsigned long long)n_bytes);
		tap_ok(is_same_file("out/README.TXT", text, sizeof text - 1),
			"the readme has lines as Windows wants them");
		tap_ok(tap_run("test $(ls -A out | wc -l) = 2"), "nothing else is there");
		tap_ok(tap_run("chmod -R u+w out; xorriso -indev container.iso -pvd_info "
			       "2>/dev/null "
			       "| grep -q '^Volume Id    : Secret things$'"),
			"the image has its name");
	} else {
		tap_skip("contents", "xorriso is not installed");
	}
	if (tap_has_program("isoinfo"))
		tap_ok(tap_run("isoinfo -J -i container.iso -x '/Volume of mine.luks;1' >joliet && "
			       "cmp "
			       "joliet 'out/Volume of mine.luks'"),
			"Joliet shows it under its name");
	else
		tap_skip("Joliet", "isoinfo is not installed");
	free(bytes);
}

/* The first path is copied to ctx. */
static void take_path(void *ctx, const struct block_range *range, const char *path)
{
	char *first = ctx;

	(void)range;
	if (!*first)
		snprintf(first, 200, "%s", path);
}

/* The file that lies first on a disc, from a block on; "" where none does. */
static void first_file(struct block_reader *blocks, uint64_t lba, char path[200])
{
	struct fail f = { 0 };

	for (*path = '\0'; lba < blocks->n_blocks && !*path; lba++) {
		struct block_range range = { .lba = lba, .n_blocks = 1 };

		block_owners_find(blocks, 0, &range, 1, take_path, path, &f);
		if (!range.n_files)
			*path = '\0';
	}
}

/* The readme stands before the volume. */
static void test_order(void)
{
	struct fail f = { 0 };
	struct block_reader *blocks = block_reader_open_file("container.iso", &f);
	char first[200];

	first_file(blocks, 0, first);
	tap_ok(!strcmp(first, "/README.TXT"), "the readme comes first: %s", first);
	block_reader_free(blocks);
}

struct trouble {
	const char *name;
	struct volume volume;
	const char *what; /* "": upstream explains itself */
};

static const struct trouble troubles[] = {
	{ "a volume that ends a byte early", { .n_bytes = ODD_BYTES - 1 },
		"shorter than expected" },
	{ "a volume of nothing", { .n_bytes = 0 }, "shorter than expected: 0 of" },
	{ "a volume that ends a byte late", { .n_bytes = ODD_BYTES + 1 }, "longer than expected" },
	{ "a volume without an end", { .n_bytes = UINT64_MAX }, "longer than expected" },
	{ "a volume that fails at once", { .n_bytes = ODD_BYTES, .fails_at = 1 }, "" },
	{ "a volume that fails in the middle", { .n_bytes = ODD_BYTES, .fails_at = ODD_BYTES / 2 },
		"" },
	{ "a volume that fails in place of its end",
		{ .n_bytes = ODD_BYTES, .fails_at = ODD_BYTES }, "" },
};

static void test_trouble(const struct trouble *t, size_t piece)
{
	struct volume v;
	struct container_spec spec = new_spec(ODD_BYTES);
	struct fail f = { 0 };
	struct burn_source *s;
	struct drained d;
	unsigned char more[64];
	size_t zeros = 0;

	memcpy(&v, &t->volume, sizeof v);
	s = container_source_new(new_volume(&v), &spec, &f);
	d = drain(s, piece, ALL);
	tap_ok(d.last == -1 && d.n_bytes < (size_t)s->get_size(s) &&
			stage_n_bytes(s) == d.n_bytes && s->read_xt(s, more, sizeof more) == -1,
		"%s fails in pieces of %zu", t->name, piece);
	tap_ok(*t->what ? strstr(fail_of(s)->what, t->what) != NULL : !fail_is_set(fail_of(s)),
		"%s: %s", t->name, fail_of(s)->what);
	/* nothing that libisofs made up: the volume, which is there by then, has no zero */
	for (size_t i = 40 * BLOCK_BYTES; i < d.n_bytes; i++)
		zeros += !d.bytes[i];
	tap_ok(zeros == 0, "%s: no zeros in its place", t->name);
	stage_free(s);
	tap_ok(v.n_freed == 1, "%s: it is freed", t->name);
	free(d.bytes);
}

struct canceller {
	struct volume *volume;
	struct burn_source *source;
};

static void *cancel_stalled(void *arg)
{
	struct canceller *c = arg;

	while (!atomic_load(&c->volume->is_waiting))
		usleep(1000);
	c->source->cancel(c->source);
	return NULL;
}

static void test_stall(void)
{
	struct volume v = { .n_bytes = 2 * ODD_BYTES, .waits_at = 2 * CHUNK_BYTES };
	struct container_spec spec = new_spec(2 * ODD_BYTES);
	struct fail f = { 0 };
	struct burn_source *s = container_source_new(new_volume(&v), &spec, &f);
	struct canceller c = { &v, s };
	pthread_t thread;
	unsigned char buf[2048];
	int got = 0;

	pthread_create(&thread, NULL, cancel_stalled, &c);
	while ((got = s->read_xt(s, buf, sizeof buf)) > 0)
		;
	pthread_join(thread, NULL);
	tap_ok(got == -1 && s->read_xt(s, buf, sizeof buf) == -1 && !fail_is_set(fail_of(s)),
		"a cancel ends a read of a volume that stalls, and is no failure to tell");
	stage_free(s);
	tap_ok(v.is_cancelled && v.n_freed == 1, "a stalled volume is freed after a cancel");
}

static void test_ends(void)
{
	static const size_t after[] = { 0, 2048, 500 * BLOCK_BYTES };

	for (size_t i = 0; i < sizeof after / sizeof *after; i++) {
		struct volume v = { .n_bytes = 16 * ODD_BYTES };
		struct container_spec spec = new_spec(16 * ODD_BYTES);
		struct fail f = { 0 };
		struct burn_source *s = container_source_new(new_volume(&v), &spec, &f);
		struct drained d = drain(s, 2048, after[i]);

		if (i == 1)
			s->cancel(s);
		stage_free(s);
		tap_ok(d.n_bytes == after[i] && v.n_freed == 1 && v.n_read < v.n_bytes,
			"the end after %zu bytes does not hang", after[i]);
		free(d.bytes);
	}
}

static const struct {
	const char *name;
	struct container_spec spec;
	uint64_t announced;
	enum fail_code code;
	const char *what;
} refusals[] = {
	{ "an empty name", { "", 1, "", "A" }, 0, FAIL_USAGE, "can't be the name" },
	{ "a name with a slash", { "a/b", 1, "", "A" }, 0, FAIL_USAGE, "can't be the name" },
	{ "..", { "..", 1, "", "A" }, 0, FAIL_USAGE, "can't be the name" },
	{ "the readme's name", { "ReadMe.txt", 1, "", "A" }, 0, FAIL_USAGE, "the readme" },
	{ "a name with a colon", { "a:b", 1, "", "A" }, 0, FAIL_USAGE, "Windows" },
	{ "a name too long for Joliet",
		{ "12345678901234567890123456789012345678901234567890123456789012345678901234567890"
		  "123456789012345678901234",
			1, "", "A" },
		0, FAIL_USAGE, "Windows" },
	{ "an empty volume", { "v", 0, "", "A" }, 0, FAIL_FAILED, "empty" },
	{ "a volume of 9 TiB", { "v", UINT64_C(9) << 40, "", "A" }, 0, FAIL_FAILED, "at most" },
	{ "an empty volume id", { "v", 1, "", "" }, 0, FAIL_USAGE, "volume id" },
	{ "a volume id of 33 characters", { "v", 1, "", "123456789012345678901234567890123" }, 0,
		FAIL_USAGE, "volume id" },
	{ "a volume of another size", { "v", 5000, "", "A" }, 5001, FAIL_FAILED,
		"has 5001 bytes, but 5000" },
};

static void test_refusals(void)
{
	for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
		struct volume v = { .announced = refusals[i].announced };
		struct burn_source *volume = new_volume(&v), *s;
		struct fail f = { 0 };

		s = container_source_new(volume, &refusals[i].spec, &f);
		tap_ok(!s && f.code == refusals[i].code && strstr(f.what, refusals[i].what) &&
				v.n_freed == 0,
			"%s is refused: %s", refusals[i].name, f.what);
		if (!refusals[i].announced) {
			struct fail g = { 0 };

			tap_ok(container_source_bytes(&refusals[i].spec, &g) == 0 &&
					!strcmp(f.what, g.what),
				"%s: and has no size", refusals[i].name);
		}
		stage_free(volume);
	}
}

/* More than the 4 GiB that one extent holds: the directories come first, and tell. */
static void test_big(void)
{
	struct volume v = { .n_bytes = (UINT64_C(1) << 32) + 5000 };
	struct container_spec spec = new_spec(v.n_bytes);
	struct fail f = { 0 };
	uint64_t size = container_source_bytes(&spec, &f);
	struct burn_source *s = container_source_new(new_volume(&v), &spec, &f);
	struct drained d = drain(s, 65536, 1 << 20);
	struct block_reader *blocks;
	struct disc_files *files;
	struct disc_listing *holder = NULL;
	const struct disc_node *node;
	uint64_t next = 0;
	unsigned n_gaps = 0;

	tap_ok(size > v.n_bytes && size < v.n_bytes + (1 << 20) && (uint64_t)s->get_size(s) == size,
		"a volume of more than 4 GiB has its size: %s", f.what);
	stage_free(s);
	write_file("big.iso", d.bytes, d.n_bytes);
	free(d.bytes);
	if (truncate("big.iso", (off_t)size))
		exit(1);
	blocks = block_reader_open_file("big.iso", &f);
	files = disc_files_open(blocks, 0, &f);
	node = files ? disc_files_find(files, spec.name, &holder, &f) : NULL;
	for (uint32_t i = 0; node && i < node->n_extents; i++) {
		n_gaps += next && node->extents[i].lba != next;
		next = node->extents[i].lba + node->extents[i].n_bytes / BLOCK_BYTES;
	}
	tap_ok(node && node->n_bytes == v.n_bytes && node->n_extents > 1 && n_gaps == 0 &&
			!node->damage,
		"its parts follow each other: %s", f.what);
	disc_listing_free(holder);
	disc_files_close(files);
	block_reader_free(blocks);
	if (tap_has_program("xorriso"))
		tap_ok(tap_run("xorriso -indev big.iso -lsl / 2>/dev/null | "
			       "grep -q ' 4294972296 .*luks'"),
			"xorriso sees all its bytes");
	else
		tap_skip("its size", "xorriso is not installed");
	unlink("big.iso");
}

/* Two images at once, one in the other: a tree's, as it is, takes the place of a volume. */
static void test_around_tree(void)
{
	static const char *source = "tree";
	struct tree_spec tree_spec = { .sources = &source, .n_sources = 1 };
	struct fail f = { 0 };
	struct container_spec spec = new_spec(0);
	struct tree *t;
	struct burn_source *s, *inner;
	struct drained d;

	tap_run("mkdir -p tree/a; cp container.iso tree/a/file; echo x >tree/x");
	t = tree_new(&tree_spec, NULL, &f);
	spec.n_bytes = tree_image_bytes(t, &f);
	inner = tree_source_new(t, &f);
	s = container_source_new(inner, &spec, &f);
	d = drain(s, 65536, ALL);
	tap_ok(d.last == 0 && d.is_orderly && d.n_bytes == container_source_bytes(&spec, &f) &&
			stage_n_bytes(inner) == spec.n_bytes && tree_n_incomplete(t, NULL) == 0,
		"a container around a tree's image");
	stage_free(s);
	tree_free(t);
	write_file("outer.iso", d.bytes, d.n_bytes);
	free(d.bytes);
	if (tap_has_program("xorriso"))
		tap_ok(tap_run("(xorriso -osirrox on -indev outer.iso -extract '/Volume of "
			       "mine.luks' "
			       "inner.iso && xorriso -osirrox on -indev inner.iso -extract / "
			       "inner) "
			       ">log 2>&1 && diff -r tree inner"),
			"the tree comes back out of both");
	else
		tap_skip("the tree in it", "xorriso is not installed");
}

int main(void)
{
	tap_enter_folder("/tmp");
	test_pieces();
	test_contents(1);
	test_contents(10 * BLOCK_BYTES);
	test_contents(ODD_BYTES);
	test_order();
	for (size_t i = 0; i < sizeof troubles / sizeof *troubles; i++) {
		test_trouble(&troubles[i], 2048);
		test_trouble(&troubles[i], CHUNK_BYTES);
	}
	test_stall();
	test_ends();
	test_refusals();
	test_around_tree();
	test_big();
	return tap_done();
}
