/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Trees as a stage: exact sizes, reads of any size, files that change while they are read, ends in
 * the middle. tests/e2e/tree_image.sh has foreign programs read the images. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/drain.h"
#include "tree/exclude.h"
#include "tree/folder.h"
#include "tree/joliet_name.h"
#include "tree/isofs.h"
#include "tree/tree.h"
#include "lib/tap.h"
#include "util/sector.h"
#include "util/signals.h"

enum { BIG_BYTES = 3 * 1024 * 1024 + 17, ALL = 1 << 30 };

static char said[65536]; /* all messages since the last forget() */

static void say(void *ctx, enum message_kind kind, const char *text)
{
	size_t n = strlen(said);

	(void)ctx;
	snprintf(said + n, sizeof said - n, "%s: %s\n", kind == MESSAGE_NOTE ? "note" : "warning",
		text);
}

static const struct messages messages = { .put = say };

static void forget(void)
{
	said[0] = '\0';
}

/* A file of n bytes of c. */
static void put_file(const char *name, int c, size_t n)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	char *bytes = malloc(n + 1);

	memset(bytes, c, n);
	if (fd < 0 || write(fd, bytes, n) != (ssize_t)n || close(fd)) {
		perror(name);
		exit(1);
	}
	free(bytes);
}

static void run(const char *command)
{
	if (system(command) != 0) {
		tap_note("%s", command);
		exit(1);
	}
}

static struct tree *new_tree(const char *source, struct fail *f)
{
	struct tree_spec spec = { .sources = &source, .n_sources = 1 };

	forget();
	*f = (struct fail){ 0 };
	return tree_new(&spec, &messages, f);
}

/* The longest run of c, and of the zeros behind it. */
static size_t longest_run(const struct drained *d, int c, size_t *n_zeros)
{
	size_t best = 0, n = 0;

	for (size_t i = 0; i < d->n_bytes; i++) {
		n = d->bytes[i] == c ? n + 1 : 0;
		if (n > best) {
			best = n;
			*n_zeros = 0;
			while (i + 1 + *n_zeros < d->n_bytes && !d->bytes[i + 1 + *n_zeros])
				++*n_zeros;
		}
	}
	return best;
}

static struct drained image_of(struct tree *t, size_t piece)
{
	struct fail f = { 0 };
	struct burn_source *s = tree_source_new(t, &f);
	struct drained d = { .last = -1 };

	if (s)
		d = drain(s, piece, ALL);
	if (s && fail_is_set(fail_of(s)))
		tap_note("%s: %s", fail_of(s)->object, fail_of(s)->what);
	stage_free(s);
	return d;
}

static void test_pieces(void)
{
	static const size_t pieces[] = { 65536, 1, 2047, 2048, 262144, 1000000 };
	struct drained whole = { 0 };

	for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
		struct fail f;
		struct tree *t;
		struct drained d;
		time_t now = 1000000000;
		uint64_t n_bytes;

		/* the volume's dates would differ between two images */
		iso_nowtime(&now, 1);
		t = new_tree("many", &f);
		n_bytes = tree_image_bytes(t, &f);
		tap_ok(n_bytes > BIG_BYTES && n_bytes % BLOCK_BYTES == 0 &&
				tree_image_bytes(t, &f) == n_bytes,
			"pieces of %zu: the size is known", pieces[i]);
		d = image_of(t, pieces[i]);
		tap_ok(d.n_bytes == n_bytes && d.last == 0 && d.is_orderly,
			"pieces of %zu: exactly that size", pieces[i]);
		tap_ok(tree_n_incomplete(t, &messages) == 0 && !*said,
			"pieces of %zu: nothing has changed, nothing is said", pieces[i]);
		if (i == 0)
			whole = d;
		tap_ok(d.n_bytes == whole.n_bytes && !memcmp(d.bytes, whole.bytes, d.n_bytes),
			"pieces of %zu: the same image", pieces[i]);
		if (i)
			free(d.bytes);
		iso_nowtime(&now, 2);
		tree_free(t);
	}
	free(whole.bytes);
}

static void test_facts(void)
{
	struct fail f;
	struct tree *t = new_tree("facts", &f);
	struct tree_facts facts = tree_facts(t);

	tap_ok(facts.n_files == 4 && facts.n_directories == 2 && facts.n_others == 2,
		"files, directories and others are counted");
	tap_ok(facts.n_bytes == 100000 + 5, "a hard link's bytes are counted once");
	tap_ok(tree_image_bytes(t, &f) < 2 * 100000 + 64 * BLOCK_BYTES, "and stored once");
	tree_free(t);
}

/* One file that something happens to between the walk and the burn. */
struct accident {
	const char *name, *command, *word;
	size_t n_kept; /* of its 10,000 bytes */
};

static const struct accident accidents[] = {
	{ "a file that shrinks", "truncate -s 4000 one/file", "shrank", 4000 },
	{ "a file that becomes empty", "truncate -s 0 one/file", "shrank", 0 },
	{ "a file that grows", "truncate -s 20000 one/file", "grew", 10000 },
	{ "a file that is written to", "touch -d 2001-01-01 one/file", "modified", 10000 },
	{ "a file that vanishes", "rm one/file", "could not be read", 0 },
	{ "a file that becomes a directory", "rm one/file; mkdir one/file", "could not be read",
		0 },
	{ "a file that becomes a link", "mv one/file one/x; ln -s x one/file", "could not be read",
		0 },
	{ "a file that becomes a FIFO", "rm one/file; mkfifo one/file", "shrank", 0 },
	{ "a directory that vanishes", "rm -r one", "could not be read", 0 },
	{ "a directory that becomes a link", "mv one two; ln -s two one", "one/file", 10000 },
};

static void test_accident(const struct accident *a)
{
	struct fail f;
	struct tree *t;
	struct drained d;
	size_t n_zeros = 0, n;

	run("rm -rf one two; mkdir one");
	put_file("one/before", 'b', 3000);
	put_file("one/file", '\xf5', 10000);
	put_file("one/later", 'l', 3000);
	t = new_tree("one", &f);
	/* laid out, but no file is touched before there is a source */
	tree_image_bytes(t, &f);
	usleep(20 * 1000);
	run(a->command);
	d = image_of(t, 65536);
	n = longest_run(&d, 0xf5, &n_zeros);
	tap_ok(d.last == 0 && d.n_bytes == tree_image_bytes(t, &f),
		"%s: the image is as long as announced", a->name);
	tap_ok(n == a->n_kept && (n == 0 || n + n_zeros >= 10000),
		"%s: what was read is there, zeros behind it (%zu, %zu)", a->name, n, n_zeros);
	n = tree_n_incomplete(t, &messages);
	/* the SOURCE itself may be a link, so one that leads to the same files changes nothing */
	if (!strstr(a->command, "ln -s two"))
		tap_ok(n >= 1 && strstr(said, "one/file: ") && strstr(said, a->word),
			"%s: it is named", a->name);
	else
		tap_ok(n == 0, "%s: nothing is lost", a->name);
	if (strstr(a->command, "one/file"))
		tap_ok(n == 1, "%s: the others are not", a->name);
	free(d.bytes);
	tree_free(t);
}

/* A file that shrinks in the very middle of being read. */
static void test_shrink_under_reader(void)
{
	struct fail f;
	struct tree *t;
	struct burn_source *s;
	struct drained first, rest;
	size_t n_zeros;

	run("rm -rf one; mkdir one");
	put_file("one/file", '\xf5', 12 * 1024 * 1024);
	t = new_tree("one", &f);
	s = tree_source_new(t, &f);
	first = drain(s, CHUNK_BYTES, CHUNK_BYTES);
	run("truncate -s 8M one/file");
	rest = drain(s, CHUNK_BYTES, ALL);
	tap_ok(first.n_bytes + rest.n_bytes == tree_image_bytes(t, &f) && rest.last == 0,
		"a file that shrinks under the reader: the image is as long as announced");
	longest_run(&rest, 0xf5, &n_zeros);
	tap_ok(n_zeros >= 4 * 1024 * 1024,
		"a file that shrinks under the reader: zeros at its end");
	tap_ok(tree_n_incomplete(t, &messages) == 1 && strstr(said, "shrank"),
		"a file that shrinks under the reader: it is named");
	stage_free(s);
	tree_free(t);
	free(first.bytes);
	free(rest.bytes);
}

/* Where a sparse file of 9 MiB has data, in KiB. */
struct extents {
	const char *name, *at;
};

static const struct extents layouts[] = {
	{ "a file that is one hole", "" },
	{ "a hole first", "5000 8191" },
	{ "a hole last", "0 1023 1024 1025" },
	{ "holes between", "0 1024 1028 1036 3000 3004 7001 9215" },
};

static struct drained sparse_image(const struct extents *e, const char *command, struct tree **t)
{
	struct drained d;
	struct fail f;
	char line[400];

	run("rm -rf one; mkdir one; truncate -s 9M one/file");
	snprintf(line, sizeof line,
		"for k in %s; do printf 'data at %%s' $k | "
		"dd of=one/file bs=1 seek=${k}555 conv=notrunc status=none; done",
		e->at);
	run(line);
	run("truncate -s 9M one/file");
	*t = new_tree("one", &f);
	tree_image_bytes(*t, &f);
	run(command);
	d = image_of(*t, CHUNK_BYTES);
	return d;
}

static void test_holes(void)
{
	const size_t n_bytes = 9 * 1024 * 1024;
	char *wanted = malloc(n_bytes);
	struct drained d;
	struct tree *t;

	for (size_t i = 0; i < sizeof layouts / sizeof *layouts; i++) {
		int fd;

		d = sparse_image(&layouts[i], "true", &t);
		fd = open("one/file", O_RDONLY);
		/* the file lies at the end of the image */
		tap_ok(read(fd, wanted, n_bytes) == (ssize_t)n_bytes && d.n_bytes > n_bytes &&
				!memcmp(wanted, d.bytes + d.n_bytes - n_bytes, n_bytes),
			"%s: its bytes", layouts[i].name);
		tap_ok(tree_n_incomplete(t, &messages) == 0, "%s: it is as it was",
			layouts[i].name);
		close(fd);
		free(d.bytes);
		tree_free(t);
	}
	free(wanted);
	d = sparse_image(&layouts[1], "truncate -s 2M one/file", &t);
	tap_ok(d.n_bytes > n_bytes && tree_n_incomplete(t, &messages) == 1 &&
			strstr(said, "shrank"),
		"a sparse file that shrinks is named");
	free(d.bytes);
	tree_free(t);
}

static void test_ends(void)
{
	static const size_t after[] = { 0, 2048, 3 * CHUNK_BYTES };
	struct fail f;

	for (size_t i = 0; i < sizeof after / sizeof *after; i++) {
		for (int cancels = 0; cancels < 2; cancels++) {
			struct tree *t = new_tree("many", &f);
			struct burn_source *s = tree_source_new(t, &f);
			struct drained d = drain(s, 2048, after[i]);
			unsigned char more[2048];

			tap_ok(d.n_bytes == after[i], "%zu bytes are read", after[i]);
			if (cancels) {
				s->cancel(s);
				tap_ok(s->read_xt(s, more, sizeof more) < 0,
					"after cancel nothing more comes");
			}
			tap_ok(!stage_cause(s, &f), "%s after %zu bytes: no failure",
				cancels ? "cancel and free" : "free", after[i]);
			stage_free(s);
			free(d.bytes);
			tree_free(t);
		}
	}
}

/* In a process of its own, since a caught signal stays caught. */
static void test_signal(bool while_walking)
{
	struct fail f = { 0 };
	int status = 0;
	pid_t child;

	fflush(stdout);
	child = fork();
	if (child == 0) {
		struct tree *t;
		struct burn_source *s;
		unsigned char buf[2048];
		bool good;
		int got = 1;

		signals_catch();
		if (while_walking) {
			raise(SIGTERM);
			t = new_tree("many", &f);
			_exit(!t && strstr(f.what, "interrupted") ? 0 : 1);
		}
		t = new_tree("many", &f);
		s = tree_source_new(t, &f);
		good = s->read_xt(s, buf, sizeof buf) == sizeof buf;
		raise(SIGTERM);
		for (int i = 0; i < CHUNK_BYTES / 2048 && got > 0; i++)
			got = s->read_xt(s, buf, sizeof buf);
		good = good && got == -1 && strstr(fail_of(s)->what, "interrupted");
		stage_free(s);
		/* what the signal cut short is no change of the files */
		good = good && tree_n_incomplete(t, &messages) == 0;
		tree_free(t);
		_exit(good ? 0 : 1);
	}
	waitpid(child, &status, 0);
	tap_ok(status == 0, "a signal ends the %s", while_walking ? "walk" : "stream");
}

struct refusal {
	const char *name;
	struct tree_spec spec;
	enum fail_code code;
	const char *object, *what;
};

static const char *const sources_missing[] = { "facts", "missing" };
static const char *const sources_same[] = { "facts", "many", "facts" };
static const char *const sources_none[] = { "" };
static const char *const sources_kinds[] = { "facts", "kinds" };
static const struct tree_graft graft_up[] = { { "a/../b", "facts" } };
static const struct tree_graft graft_into_file[] = { { "small/x", "facts" } };
static const struct tree_graft graft_on_file[] = { { "/small", "many/file1" } };
static const struct tree_graft graft_missing[] = { { "/x", "missing" } };

static const struct refusal refusals[] = {
	{ "a source that isn't there", { .sources = sources_missing, .n_sources = 2 }, FAIL_USAGE,
		"missing", "can't be found" },
	{ "an empty source", { .sources = sources_none, .n_sources = 1 }, FAIL_USAGE, "",
		"can't be found" },
	{ "two files for one place", { .sources = sources_same, .n_sources = 3 }, FAIL_USAGE,
		"facts/", "the same path on the disc as facts/" },
	{ "a file and a directory for one place", { .sources = sources_kinds, .n_sources = 2 },
		FAIL_USAGE, "kinds/small", "as facts/small" },
	{ "a graft with ..", { .grafts = graft_up, .n_grafts = 1 }, FAIL_USAGE, "a/../b",
		"\"..\"" },
	{ "a graft into a file",
		{ .sources = sources_missing,
			.n_sources = 1,
			.grafts = graft_into_file,
			.n_grafts = 1 },
		FAIL_USAGE, "small/x", "facts/small, stored as \"small\", is not a directory" },
	{ "a graft on a file",
		{ .sources = sources_missing,
			.n_sources = 1,
			.grafts = graft_on_file,
			.n_grafts = 1 },
		FAIL_USAGE, "many/file1", "as facts/small" },
	{ "a graft that isn't there", { .grafts = graft_missing, .n_grafts = 1 }, FAIL_USAGE,
		"missing", "can't be found" },
	{ "a volume id of 33 characters",
		{ .sources = sources_missing,
			.n_sources = 1,
			.volume_id = "123456789012345678901234567890123" },
		FAIL_USAGE, "1234", "1 to 32" },
	{ "an empty volume id", { .sources = sources_missing, .n_sources = 1, .volume_id = "" },
		FAIL_USAGE, "", "1 to 32" },
	{ "a volume id with a newline",
		{ .sources = sources_missing, .n_sources = 1, .volume_id = "a\nb" }, FAIL_USAGE,
		"a\nb", "printable" },
	{ "a volume id beyond ASCII",
		{ .sources = sources_missing, .n_sources = 1, .volume_id = "\xc3\xa4" }, FAIL_USAGE,
		"\xc3\xa4", "printable" },
};

static void test_refusals(void)
{
	for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
		const struct refusal *r = &refusals[i];
		struct fail f = { 0 };
		struct tree *t = tree_new(&r->spec, &messages, &f);

		tap_ok(!t && f.code == r->code && strstr(f.object, r->object) &&
				strstr(f.what, r->what),
			"%s is refused: %s", r->name, f.what);
		tree_free(t);
	}
}

/* As a user who can't read everything; root becomes nobody in a process of its own. */
static bool unreadable_is_right(void)
{
	struct fail f;
	const char *source = "closed";
	struct tree_spec spec = { .sources = &source, .n_sources = 1, .skip_unreadable = true };
	struct tree *t;
	bool good;

	t = new_tree("closed", &f);
	good = !t && f.code == FAIL_FAILED && strstr(f.what, "3 files") &&
	       strstr(said, "closed/a: can't be read: Permission denied") &&
	       strstr(said, "closed/c: ") && strstr(said, "closed/dir: the directory");
	f = (struct fail){ 0 };
	forget();
	t = tree_new(&spec, &messages, &f);
	good = good && t && strstr(said, "closed/a: left out: can't be read") &&
	       strstr(said, "closed/dir: left out: ") && tree_n_incomplete(t, NULL) == 3 &&
	       tree_facts(t).n_files == 1;
	tree_free(t);
	source = "closed/dir";
	t = new_tree(source, &f);
	return good && !t && f.code == FAIL_FAILED && !strcmp(f.object, "closed/dir") &&
	       f.sys_errno == EACCES && !*said;
}

static void test_unreadable(void)
{
	int status = 1;
	pid_t child;

	run("mkdir -p closed/dir; for i in a b c; do echo $i >closed/$i; done; echo d "
	    ">closed/dir/d");
	run("chmod 0 closed/a closed/c closed/dir");
	fflush(stdout);
	child = fork();
	if (child == 0) {
		if (geteuid() == 0 && (setgid(65534) || setuid(65534)))
			_exit(2);
		_exit(unreadable_is_right() ? 0 : 1);
	}
	waitpid(child, &status, 0);
	tap_ok(status == 0, "what can't be read is named, or left out");
	run("chmod 700 closed/dir");
}

static void test_left_out(void)
{
	const char *source = "facts";
	struct tree_spec spec = { .sources = &source, .n_sources = 1 };
	struct fail f = { 0 };
	struct stat st;
	struct tree *t;

	stat("facts/small", &st);
	spec.avoid_dev = st.st_dev;
	spec.avoid_ino = st.st_ino;
	forget();
	t = tree_new(&spec, &messages, &f);
	tap_ok(t && tree_facts(t).n_files == 3 && strstr(said, "facts/small: left out") &&
			tree_n_incomplete(t, NULL) == 0,
		"the image that is being made is left out, and said");
	tree_free(t);
}

static void test_socket(void)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX, .sun_path = "sockets/here" };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	struct fail f;
	struct tree *t;

	run("mkdir -p sockets; echo x >sockets/file");
	if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof at))
		exit(1);
	t = new_tree("sockets", &f);
	tap_ok(t && !strcmp(said, "warning: sockets/here: left out: a socket\n") &&
			tree_facts(t).n_files == 1 && tree_facts(t).n_others == 0,
		"a socket is left out with one line");
	tap_ok(tree_n_incomplete(t, &messages) == 0, "which makes nothing incomplete");
	tree_free(t);
	close(fd);
}

/* Longer than any path that open(2) takes. */
static void test_long_path(void)
{
	struct fail f;
	struct tree *t;
	struct drained d;
	size_t n_zeros;

	run("mkdir long; cd long; n=$(printf '%0250d' 0);"
	    "for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20;"
	    "do mkdir $n; cd -P ./$n; done; head -c 5000 /dev/zero | tr '\\0' '\\365' >file");
	t = new_tree("long", &f);
	d = image_of(t, 65536);
	tap_ok(t && tree_n_incomplete(t, &messages) == 0 && longest_run(&d, 0xf5, &n_zeros) == 5000,
		"a path of more than 5,000 bytes is read");
	free(d.bytes);
	tree_free(t);
}

/* Links that Rock Ridge can't hold, as libisofs writes it. */
static void test_long_links(void)
{
	struct fail f;
	struct tree *t;

	run("mkdir links; cd links; n=$(printf '%0256d' 0); ln -s $n name;"
	    "ln -s $(printf 'abcdefg/%.0s' $(seq 128))x target; ln -s ok ok");
	t = new_tree("links", &f);
	tap_ok(!t && f.code == FAIL_FAILED && strstr(f.what, "2 files") &&
			strstr(said, "links/name: the link's target is too long") &&
			strstr(said, "links/target: the link's target is too long (1025 bytes"),
		"links that a disc can't hold are named");
	tree_free(t);
}

static void test_loop(void)
{
	const char *source = "loop";
	struct tree_spec spec = { .sources = &source, .n_sources = 1, .follow_links = true };
	struct fail f = { 0 };
	struct tree *t;

	run("mkdir -p loop/a/b; ln -s ../.. loop/a/b/up; ln -s nowhere loop/dangling;"
	    "ln -s self loop/self; ln -s a loop/again; echo x >loop/file; ln -s file loop/link");
	forget();
	t = tree_new(&spec, &messages, &f);
	/* a, a/b, again, again/b; file, link; dangling, self, a/b/up, again/b/up */
	tap_ok(t && tree_facts(t).n_directories == 4 && tree_facts(t).n_files == 2 &&
			tree_facts(t).n_others == 4,
		"links are followed, but not around");
	tap_ok(strstr(said,
		       "loop/a/b/up: stored as a link: it points to a directory above itself") &&
			strstr(said, "loop/dangling: stored as a link") &&
			strstr(said, "loop/self: stored as a link"),
		"what can't be followed is named");
	tree_free(t);
}

static void test_excludes(void)
{
	static const struct {
		const char *glob, *path;
		bool matches;
	} cases[] = {
		{ "*.o", "a.o", true },
		{ "*.o", "deep/er/a.o", true },
		{ "*.o", "a.o/b", false },
		{ "cache", "x/cache", true },
		{ "cache", "cachet", false },
		{ "cache/", "x/cache", true },
		{ "/cache", "cache", true },
		{ "/cache", "x/cache", false },
		{ "x/cache", "x/cache", true },
		{ "x/cache", "y/x/cache", false },
		{ "x/*", "x/a", true },
		{ "x/*", "x/a/b", false },
		{ "*/b", "x/b", true },
		{ "[ab]?", "b1", true },
		{ "\\*", "*", true },
		{ "\\*", "a", false },
		{ ".*", "a/.hidden", true },
		{ "*", ".hidden", true },
		{ "", "a", false },
		{ "/", "a", false },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		tap_ok(exclude_matches(&cases[i].glob, 1, cases[i].path) == cases[i].matches,
			"\"%s\" %s \"%s\"", cases[i].glob,
			cases[i].matches ? "matches" : "does not match", cases[i].path);
}

static bool alters(const char *name, bool is_directory, unsigned number, const char *wanted)
{
	char out[JOLIET_BYTES_MAX + 1];

	joliet_name_alter(name, is_directory, number, out);
	if (!strcmp(out, wanted))
		return true;
	tap_note("got \"%s\", wanted \"%s\"", out, wanted);
	return false;
}

static void test_joliet_names(void)
{
	char long_name[256] = { 0 }, wanted[256] = { 0 };

	memset(long_name, 'x', 103);
	tap_ok(joliet_name_is_kept(long_name), "103 characters are kept");
	memset(long_name, 'x', 250);
	tap_ok(!joliet_name_is_kept(long_name), "more are too many");
	memset(wanted, 'x', 103);
	tap_ok(alters(long_name, false, 0, wanted), "they are cut");
	memcpy(wanted + 98, "~4711", 5);
	tap_ok(alters(long_name, false, 4711, wanted), "a number stands at the end");
	memcpy(long_name + 246, ".jpg", 4);
	memcpy(wanted + 94, "~4711.jpg", 9);
	tap_ok(alters(long_name, false, 4711, wanted), "before a file's extension");
	memcpy(wanted + 94, "xxxx~4711", 9);
	tap_ok(alters(long_name, true, 4711, wanted), "which a directory doesn't have");
	tap_ok(!joliet_name_is_kept("a:b") && alters("a:b", false, 0, "a_b"),
		"a colon is replaced");
	tap_ok(!joliet_name_is_kept("a\nb") && alters("a\nb", false, 1, "a_b~1"),
		"a newline is replaced");
	tap_ok(joliet_name_is_kept("\xc3\xa4 \xf0\x9f\x98\x80"), "UTF-8 is kept");
	tap_ok(!joliet_name_is_kept("a\xff") && alters("a\xff.b", false, 0, "a_.b"),
		"what is no UTF-8 is replaced");
	tap_ok(!joliet_name_is_kept("\xf0\x9f") && alters("\xf0\x9f", false, 0, "__"),
		"so is a cut character");
	for (int i = 0; i < 85; i++)
		memcpy(long_name + 3 * (size_t)i, "\xe4\xbd\xa0", 3);
	joliet_name_alter(long_name, false, 1234567, wanted);
	tap_ok(strlen(wanted) == 254 && joliet_name_is_kept(wanted),
		"a name of 255 bytes stays within them");
}

static void test_folder_path(void)
{
	struct folder root = { NULL, "/", true }, source = { NULL, "a/b", true };
	struct folder inner = { &source, "c", false }, top = { &root, "etc", false };
	char out[64], small[8];

	tap_ok(!strcmp(folder_path(&inner, "d", out, sizeof out), "a/b/c/d"),
		"a path is put together");
	tap_ok(!strcmp(folder_path(&top, "x", out, sizeof out), "/etc/x"), "below /");
	tap_ok(!strcmp(folder_path(&root, "x", out, sizeof out), "/x"), "straight in /");
	tap_ok(!strcmp(folder_path(NULL, "x/y", out, sizeof out), "x/y"), "as it was given");
	tap_ok(!strcmp(folder_path(&inner, "d", small, sizeof small), "a/b/c/d"), "an exact fit");
	tap_ok(!strcmp(folder_path(&inner, "and more", small, sizeof small), "a/b/..."),
		"a longer one is cut");
	tap_ok(!strcmp(folder_path(&inner, NULL, out, sizeof out), "a/b/c"), "a folder's own");
}

static void prepare(void)
{
	tap_enter_folder("/tmp");
	/* one directory: libisofs numbers directories by where they lie in memory */
	run("mkdir -p many facts/sub/empty kinds/small");
	put_file("many/big", 'B', BIG_BYTES);
	for (int i = 0; i < 300; i++) {
		char name[64];

		snprintf(name, sizeof name, "many/file%d", i);
		put_file(name, i, (size_t)i * 37);
	}
	put_file("many/file1", 'x', 1);
	put_file("facts/large", 'L', 100000);
	put_file("facts/small", 's', 5);
	put_file("facts/sub/nothing", 0, 0);
	run("ln facts/large facts/sub/same; ln -s x facts/link; mkfifo facts/fifo");
}

int main(void)
{
	prepare();
	test_pieces();
	test_facts();
	for (size_t i = 0; i < sizeof accidents / sizeof *accidents; i++)
		test_accident(&accidents[i]);
	test_shrink_under_reader();
	test_holes();
	test_ends();
	test_signal(false);
	test_signal(true);
	test_refusals();
	test_unreadable();
	test_left_out();
	test_socket();
	test_long_path();
	test_long_links();
	test_loop();
	test_excludes();
	test_joliet_names();
	test_folder_path();
	return tap_done();
}
