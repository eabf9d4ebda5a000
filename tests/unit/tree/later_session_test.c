/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Trees as later sessions of a disc in memory, read back by src/iso. tests/e2e/append_tree.sh has
 * foreign programs read them. */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

#include "iso/disc_files.h"
#include "iso/session_record.h"
#include "lib/drain.h"
#include "lib/tap.h"
#include "tree/tree.h"
#include "util/block_reader.h"
#include "util/number.h"
#include "util/request_field.h"
#include "util/sector.h"

enum { ALL = 1 << 30, BLOCKS = 4096, SECOND = 1024, THIRD = 2048, OLD_TIME = 1000000000 };

static uint8_t *disc;   /* BLOCKS blocks */
static uint64_t n_used; /* of them, up to the last session's end */
static struct block_reader medium;
static struct disc_files *files; /* of the newest session */
static char said[65536];
static struct tree_changes changes;
static struct tree_facts facts;
static bool has_changes;
static struct session_record earlier;
static struct session_place sessions[SESSION_RECORD_EARLIER_MAX]; /* the oldest first */
static uint8_t head[17 * BLOCK_BYTES];
static size_t n_head;
static uint64_t n_sent, n_announced, n_head_bytes;
static struct fail why;

static void say(void *ctx, enum message_kind kind, const char *text)
{
	size_t n = strlen(said);

	(void)ctx;
	snprintf(said + n, sizeof said - n, "%s: %s\n", kind == MESSAGE_NOTE ? "note" : "warning",
		text);
}
static const struct messages messages = { .put = say };

static void run(const char *command)
{
	if (system(command) != 0) {
		tap_note("%s", command);
		exit(1);
	}
}

/* A file of n bytes of c, of a time long ago. */
static void put_file(const char *name, int c, size_t n)
{
	const struct timespec times[2] = { { OLD_TIME, 0 }, { OLD_TIME, 0 } };
	char bytes[8192];
	int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	memset(bytes, c, sizeof bytes);
	if (fd < 0 || write(fd, bytes, n) != (ssize_t)n || futimens(fd, times) || close(fd)) {
		perror(name);
		exit(1);
	}
}

static void look_at(uint64_t start)
{
	disc_files_close(files);
	medium = block_reader_in_memory(disc, n_used);
	medium.session_lba = start;
	files = disc_files_open(&medium, 0, NULL);
}

/* Puts the image of spec at block start of the disc, in pieces. 0, or -1 with why filled. */
static int send(const struct tree_spec *spec, uint64_t start, size_t piece)
{
	struct tree *t;
	struct burn_source *s;
	struct drained d = { .last = -1 };

	why = (struct fail){ 0 };
	said[0] = '\0';
	t = tree_new(spec, &messages, &why);
	if (!t)
		return -1;
	changes = tree_changes(t);
	has_changes = tree_has_changes(t);
	facts = tree_facts(t);
	n_announced = tree_image_bytes(t, &why);
	n_head_bytes = tree_head_bytes(t, &why);
	s = tree_source_new(t, &why);
	if (s)
		d = drain(s, piece, ALL);
	if (s)
		stage_cause(s, &why);
	stage_free(s);
	n_sent = d.n_bytes;
	if (d.last == 0 && start + d.n_bytes / BLOCK_BYTES > BLOCKS)
		d.last = -1;
	if (d.last == 0) {
		n_used = start + d.n_bytes / BLOCK_BYTES;
		memcpy(disc + start * BLOCK_BYTES, d.bytes, d.n_bytes);
	}
	free(d.bytes);
	n_head = 0;
	if (spec->old) {
		const uint8_t *blocks = tree_session_head(t, &n_head);

		memcpy(head, blocks, n_head * BLOCK_BYTES);
	}
	tree_free(t);
	return d.last;
}

static void burn(struct tree_spec spec)
{
	memset(disc, 0, (size_t)BLOCKS * BLOCK_BYTES);
	tap_ok(send(&spec, 0, 65536) == 0, "a disc is made");
	earlier = (struct session_record){ .number = 2,
		.n_earlier = 1,
		.earlier = { { 0, (uint32_t)(n_sent / BLOCK_BYTES), INT64_MAX } } };
	look_at(0);
}

/* A session at block start, the second or third one. */
static int append(struct tree_spec spec, struct tree_old old, uint32_t start)
{
	old.files = files;
	old.start = start;
	old.earlier = &earlier;
	old.n_sessions = earlier.n_earlier;
	for (size_t i = 0; i < old.n_sessions; i++)
		sessions[i] = earlier.earlier[old.n_sessions - 1 - i];
	old.sessions = sessions;
	spec.old = &old;
	if (send(&spec, start - (old.saved ? SESSION_SAVED_BLOCKS : 0), 65536))
		return -1;
	look_at(start);
	return 0;
}

static struct tree_spec of_folder(const char *const *source)
{
	return (struct tree_spec){ .sources = source, .n_sources = 1 };
}
static const char *const src = "src", *const other = "other";

/* What is at a path; a node of mode 0 where nothing is. */
static struct disc_node node_at(const char *path)
{
	struct disc_listing *holder = NULL;
	const struct disc_node *node = files ? disc_files_find(files, path, &holder, NULL) : NULL;
	static struct disc_extent extent;
	struct disc_node copy = { .mode = 0 };

	if (node) {
		copy = *node;
		extent = node->n_extents ? node->extents[0] : (struct disc_extent){ 0 };
		copy.extents = &extent;
	}
	disc_listing_free(holder);
	return copy;
}
static bool is_there(const char *path)
{
	return node_at(path).mode != 0;
}
static uint32_t lba_of(const char *path)
{
	const struct disc_node node = node_at(path);

	return node.n_extents ? node.extents->lba : 0;
}
/* The file has n bytes of c. */
static bool has(const char *path, int c, size_t n)
{
	struct disc_listing *holder = NULL;
	const struct disc_node *node = files ? disc_files_find(files, path, &holder, NULL) : NULL;
	uint8_t buf[8192];
	size_t got = 0;
	bool is_right = node && node->n_bytes == n &&
			disc_files_read(files, node, 0, sizeof buf, buf, &got, NULL) == 0 &&
			got == n;

	for (size_t i = 0; is_right && i < n; i++)
		is_right = buf[i] == (uint8_t)c;
	disc_listing_free(holder);
	return is_right;
}
static bool counts(unsigned n_new, unsigned n_changed, unsigned n_gone, unsigned n_kept)
{
	bool is_right = changes.n_new == n_new && changes.n_changed == n_changed &&
			changes.n_gone == n_gone && changes.n_kept == n_kept;

	if (!is_right)
		tap_note("new %d changed %d gone %d kept %d", (int)changes.n_new,
			(int)changes.n_changed, (int)changes.n_gone, (int)changes.n_kept);
	return is_right;
}

static void start_sources(void)
{
	run("rm -rf src other; mkdir -p src/sub src/old other");
	put_file("src/one", '1', 5000);
	put_file("src/sub/two", '2', 3000);
	put_file("src/old/three", '3', 10);
	put_file("src/empty", 0, 0);
	run("ln src/one src/sub/link && ln -s one src/symlink && mkfifo src/fifo");
	put_file("other/new", 'n', 4000);
}

static void test_records(void)
{
	static uint8_t saved[SESSION_SAVED_BLOCKS * BLOCK_BYTES];
	struct session_record first = { 0 }, last = { 0 };
	uint32_t one, end;

	start_sources();
	burn(of_folder(&src));
	one = lba_of("one");
	memset(saved, 0xa5, sizeof saved);
	put_file("src/more", 'm', 6000);
	tap_ok(append(of_folder(&src), (struct tree_old){ .saved = saved }, SECOND) == 0,
		"a session is made");
	tap_ok(counts(1, 0, 0, 7) && has_changes, "what is new is counted");
	tap_ok(n_sent == n_announced && n_head_bytes == n_announced - 3 * BLOCK_BYTES,
		"its size is known, and how much of it holds no file");
	tap_ok(memcmp(disc + (size_t)(SECOND - SESSION_SAVED_BLOCKS) * BLOCK_BYTES, saved,
		       sizeof saved) == 0,
		"what was saved goes before it");
	end = (uint32_t)(SECOND - SESSION_SAVED_BLOCKS + n_sent / BLOCK_BYTES);
	tap_ok(session_record_decode(&first, SESSION_RECORD_START,
		       disc + (size_t)(SECOND + SESSION_RECORD_BLOCK) * BLOCK_BYTES) &&
			session_record_decode(
				&last, SESSION_RECORD_END, disc + (size_t)(end - 1) * BLOCK_BYTES),
		"a record stands at both ends");
	tap_ok(memcmp(&first, &last, sizeof first) == 0 && first.number == 2 &&
			first.here.start == SECOND && first.here.end == end &&
			first.here.made + 60 > time(NULL) && first.n_earlier == 1 &&
			first.earlier[0].end == earlier.earlier[0].end,
		"which tell of the session, and of the one before");
	for (uint32_t i = 0; i < 2; i++) {
		const uint8_t *block = disc + (size_t)(SECOND + 16 + i) * BLOCK_BYTES;

		tap_ok(number_le32(block + 80) == end && number_be32(block + 84) == end,
			"descriptor %u: the volume space is counted from the medium's start", i);
	}
	tap_ok(n_head == 4 && memcmp(head, disc + (size_t)(SECOND + 15) * BLOCK_BYTES,
				      n_head * BLOCK_BYTES) == 0,
		"the head is told as it went out");
	tap_ok(files && !disc_files_damage(files) && has("more", 'm', 6000) &&
			has("one", '1', 5000) && has("sub/two", '2', 3000) && has("empty", 0, 0),
		"all files are read");
	tap_ok(lba_of("one") == one && lba_of("sub/link") == one && lba_of("more") > SECOND,
		"those that stay are where they were");
	tap_ok(node_at("one").n_links == 2 && node_at("one").inode == node_at("sub/link").inode,
		"hard links stay links");
	/* one more on that */
	earlier = first;
	earlier.number++;
	memmove(earlier.earlier + 1, earlier.earlier, sizeof *earlier.earlier);
	earlier.earlier[0] = first.here;
	earlier.n_earlier++;
	tap_ok(append(of_folder(&other), (struct tree_old){ .saved = NULL }, THIRD) == 0 &&
			counts(1, 0, 0, 8),
		"a third session keeps what both have");
	tap_ok(has("new", 'n', 4000) && has("more", 'm', 6000) && lba_of("one") == one &&
			lba_of("more") > SECOND && lba_of("more") < end,
		"from where it is in each");
	tap_ok(facts.n_files == 7 && facts.n_others == 2 && facts.n_directories == 2 &&
			facts.n_bytes == 5000 + 3000 + 10 + 4000 + 6000,
		"the facts are those of all that is shown");
	tap_ok(node_at("one").inode == node_at("sub/link").inode, "and hard links are links");
}

static void test_pieces(void)
{
	static const size_t pieces[] = { 1, 2047, 2048, 1000000 };

	for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
		struct tree_old old = { .start = SECOND, .earlier = &earlier };
		struct tree_spec spec = of_folder(&other);
		uint32_t one;

		start_sources();
		burn(of_folder(&src));
		one = lba_of("one");
		old.files = files;
		spec.old = &old;
		tap_ok(send(&spec, SECOND, pieces[i]) == 0 && n_sent == n_announced,
			"pieces of %zu: the session has its size", pieces[i]);
		look_at(SECOND);
		tap_ok(lba_of("one") == one && has("sub/two", '2', 3000) && has("new", 'n', 4000),
			"pieces of %zu: and its files", pieces[i]);
	}
}

/* New files and old ones, by turns, in the order of names. */
static void test_order(void)
{
	bool are_right = true;

	run("rm -rf src other; mkdir src other");
	for (int i = 0; i < 26; i++)
		put_file((char[]){ 's', 'r', 'c', '/', (char)('a' + i), 'o', '\0' }, 'a' + i,
			(size_t)(i * 300));
	burn(of_folder(&src));
	for (int i = 0; i < 26; i++)
		put_file((char[]){ 's', 'r', 'c', '/', (char)('a' + i), 'n', '\0' }, 'A' + i,
			(size_t)(i * 300));
	tap_ok(append(of_folder(&src), (struct tree_old){ 0 }, SECOND) == 0 && counts(26, 0, 0, 26),
		"new files among old ones");
	for (int i = 0; i < 26; i++)
		are_right =
			are_right &&
			has((char[]){ (char)('a' + i), 'o', '\0' }, 'a' + i, (size_t)(i * 300)) &&
			has((char[]){ (char)('a' + i), 'n', '\0' }, 'A' + i, (size_t)(i * 300));
	tap_ok(are_right, "each has its own bytes");
}

/* What a change between both sessions makes of a file. */
static const struct {
	const char *name, *command;
	bool is_changed;
} accidents[] = {
	{ "nothing", "true", false },
	{ "a new time", "touch -d 2002-02-02 src/one", true },
	{ "a new size", "truncate -s 4000 src/one; touch -d @1000000000 src/one", true },
	{ "a new ctime", "chmod 600 src/one", true },
	{ "another time of reading", "touch -a src/sub/two", false },
};

static void test_times(void)
{
	for (size_t i = 0; i < sizeof accidents / sizeof *accidents; i++) {
		time_t now;

		start_sources();
		run("rm src/sub/link; touch -d @1000000000 src/one");
		burn(of_folder(&src));
		/* a disc has ctimes in seconds */
		for (now = time(NULL); time(NULL) == now;)
			usleep(10000);
		run(accidents[i].command);
		tap_ok(append(of_folder(&src), (struct tree_old){ .mirrors = true }, SECOND) == 0,
			"%s: a session is made", accidents[i].name);
		if (i < 4)
			tap_ok(counts(0, accidents[i].is_changed, 0, 6 - accidents[i].is_changed) &&
					has_changes == accidents[i].is_changed &&
					(lba_of("one") > SECOND) == accidents[i].is_changed,
				"%s: the file counts as %s", accidents[i].name,
				accidents[i].is_changed ? "changed" : "kept");
	}
}

/* The first session was made at one time, a second one at another. */
static bool appends_two(int64_t first, int64_t second, unsigned n_changed)
{
	earlier.number = 3;
	earlier.n_earlier = 2;
	earlier.earlier[0] = (struct session_place){ SECOND, SECOND + 100, second };
	earlier.earlier[1] = (struct session_place){ 0, SECOND, first };
	look_at(0);
	return append(of_folder(&src), (struct tree_old){ 0 }, THIRD) == 0 &&
	       counts(0, n_changed, 0, 7 - n_changed);
}

/* A file may have been written to once more in the second of the burn; an empty one has no bytes to
 * be written over. */
static void test_unsettled(void)
{
	int64_t now;

	start_sources();
	burn(of_folder(&src));
	now = time(NULL);
	tap_ok(appends_two(now + 3, now + 100, 0),
		"what was changed long enough before its session is the same");
	tap_ok(appends_two(now, now + 100, 4), "what may have been written again in that second "
					       "is not, whatever time is set");
	tap_ok(appends_two(now + 3, now, 0), "a later session tells nothing of it");
	tap_ok(appends_two(0, now + 100, 4), "where that time is unknown, none is the same");
	run("touch -d @1000000003 src/one; touch -d '+1 hour' src/old/three");
	burn(of_folder(&src));
	tap_ok(appends_two(time(NULL) + 3, 0, 0), "a time that is to come was set, not written");
}

static void test_attributes(void)
{
	struct tree_spec spec = of_folder(&other);
	struct disc_node node;
	bool has_user;

	start_sources();
	run("chmod 4751 src/one; chmod 1700 src/old; chmod 660 src/fifo");
	has_user = setxattr("src/sub/two", "user.mark", "value", 5, 0) == 0;
	tap_run("setfacl -m u:123:rw src/old/three 2>/dev/null");
	burn(of_folder(&src));
	node = node_at("old/three");
	spec.portable = true;
	tap_ok(append(spec, (struct tree_old){ 0 }, SECOND) == 0, "a portable session is made");
	tap_ok(node_at("new").mode == (S_IFREG | 0444), "what is new is portable");
	tap_ok(node_at("one").mode == (S_IFREG | 04751) &&
			node_at("old").mode == (S_IFDIR | 01700) &&
			node_at("fifo").mode == (S_IFIFO | 0660) &&
			node_at("one").mtime == OLD_TIME,
		"what stays keeps its attributes");
	tap_ok(node_at("old/three").n_attributes == node.n_attributes, "its ACL (%u)",
		(unsigned)node.n_attributes);
	tap_ok(node_at("sub/two").n_attributes == has_user, "its user attributes");
	tap_ok(S_ISLNK(node_at("symlink").mode) && node_at("symlink").n_bytes == 3,
		"and its links");
}

static void test_mirrors(void)
{
	const struct tree_graft graft = { "sub", "other" };
	static const char *const exclude = "/one";
	struct tree_spec spec = of_folder(&src), grafts = { .grafts = &graft, .n_grafts = 1 };
	const struct tree_old mirrors = { .mirrors = true };

	start_sources();
	burn(of_folder(&src));
	run("rm src/old/three src/fifo");
	tap_ok(append(of_folder(&src), (struct tree_old){ 0 }, SECOND) == 0 && counts(0, 0, 0, 7) &&
			is_there("old/three") && is_there("fifo"),
		"without mirrors, what the sources lack stays");
	look_at(0);
	tap_ok(append(of_folder(&src), mirrors, SECOND) == 0 && counts(0, 0, 2, 5) && has_changes &&
			!is_there("old/three") && !is_there("fifo") && is_there("old"),
		"with mirrors, it is gone");
	look_at(0);
	spec.excludes = &exclude;
	spec.n_excludes = 1;
	tap_ok(append(spec, mirrors, SECOND) == 0 && counts(0, 0, 3, 4) && !is_there("one"),
		"so is what is excluded");
	look_at(0);
	/* both names of the file: one that is left has another time, if that was another second */
	run("rm -r src/old; rm src/one src/sub/link; mkdir src/one; echo >src/one/in; echo "
	    ">src/old");
	tap_ok(append(of_folder(&src), mirrors, SECOND) == 0 && counts(2, 0, 4, 3) &&
			S_ISDIR(node_at("one").mode) && S_ISREG(node_at("old").mode),
		"a file may become a directory, and a directory a file");
	look_at(0);
	tap_ok(append(grafts, mirrors, SECOND) == 0 && counts(1, 0, 2, 5) && is_there("sub/new") &&
			!is_there("sub/two") && is_there("old/three") && is_there("one"),
		"only what a graft brings is mirrored");
	start_sources();
	burn(of_folder(&src));
	/* a target that can't be stored, which is as good as a file that can't be read */
	run("ln -sf $(printf '%01100d' 0) src/symlink");
	spec = of_folder(&src);
	spec.skip_unreadable = true;
	tap_ok(append(spec, mirrors, SECOND) == 0 && counts(0, 0, 0, 7) &&
			node_at("symlink").n_bytes == 3 && strstr(said, "src/symlink: left out"),
		"what can't be read stays as it is on the disc");
}

static void test_directories(void)
{
	start_sources();
	burn(of_folder(&src));
	run("touch -d @1000000000 src/sub");
	tap_ok(append(of_folder(&src), (struct tree_old){ 0 }, SECOND) == 0 && has_changes,
		"a directory's new time makes a session");
	look_at(SECOND);
	tap_ok(append(of_folder(&src), (struct tree_old){ 0 }, THIRD) == 0 && !has_changes,
		"but one");
	look_at(SECOND);
	run("chmod 700 src/sub");
	tap_ok(append(of_folder(&src), (struct tree_old){ 0 }, SECOND) == 0 && has_changes,
		"its mode is one");
	look_at(0);
	run("chmod 755 src/sub; mkdir src/empty.d");
	tap_ok(append(of_folder(&src), (struct tree_old){ 0 }, SECOND) == 0 && has_changes,
		"so is a new one");
}

/* The bytes of text on the disc, from a block on. */
static uint8_t *find_text(size_t from, const char *text)
{
	return memmem(disc + from * BLOCK_BYTES, (BLOCKS - from) * BLOCK_BYTES, text, strlen(text));
}

static void test_digests(void)
{
	struct tree_spec spec = of_folder(&src);
	const struct tree_old digests = { .by_digest = true };
	uint8_t *line;

	start_sources();
	burn(spec);
	tap_ok(append(spec, digests, SECOND) == -1 && why.code == FAIL_USAGE &&
			why.field == REQUEST_DIGESTS,
		"without digests on the disc, none can be compared");
	spec.sums = SUMS;
	burn(spec);
	run("find src -type f -exec touch {} +; printf %05000d 0 >src/one");
	tap_ok(append(spec, digests, SECOND) == 0 && counts(0, 2, 0, 5) &&
			lba_of("sub/two") < SECOND,
		"files of equal digests stay, whatever their times");
	tap_ok(lba_of("one") > SECOND && lba_of("one") == lba_of("sub/link"),
		"others are stored anew, under all names");
	/* the digest of one file on the disc is another one: so are its bytes in the sources */
	start_sources();
	burn(spec);
	line = find_text(0, "  sub/two\n");
	line[-1] ^= 1;
	tap_ok(append(spec, digests, SECOND) == 0 && counts(0, 0, 0, 7) && !has_changes &&
			strstr(said, "src/sub/two: has changed without a new time") &&
			lba_of("sub/two") < SECOND,
		"new bytes under the old times are told, and kept off");
	look_at(0);
	tap_ok(append(spec, (struct tree_old){ .by_digest = true, .takes_silent = true }, SECOND) ==
				0 &&
			counts(0, 1, 0, 6) && strstr(said, "has changed without a new time") &&
			lba_of("sub/two") > SECOND,
		"unless they are wanted");
	look_at(0);
	memcpy(find_text(0, "  sub/two\n"), "  sub/six\n", 10);
	tap_ok(append(spec, digests, SECOND) == 0 && counts(0, 1, 0, 6) &&
			lba_of("sub/two") > SECOND,
		"a file without a digest on the disc is stored anew");
}

static void test_sums(void)
{
	struct tree_spec spec = of_folder(&src), more = of_folder(&other);
	uint8_t *line;

	start_sources();
	spec.sums = more.sums = SUMS_IF_FREE;
	burn(spec);
	tap_ok(append(more, (struct tree_old){ 0 }, SECOND) == 0 && lba_of("SHA256SUMS") > SECOND,
		"a list of digests is made anew");
	line = find_text(SECOND, "  sub/two\n");
	tap_ok(line && find_text(SECOND, "  new\n") &&
			memcmp(line - 64, find_text(0, "  sub/two\n") - 64, 64) == 0,
		"with the old lines of what stays");
	look_at(0);
	memcpy(find_text(0, "  sub/two\n"), "  sub/six\n", 10);
	memset(disc + (size_t)SECOND * BLOCK_BYTES, 0, (size_t)SECOND * BLOCK_BYTES);
	tap_ok(append(more, (struct tree_old){ 0 }, SECOND) == 0 &&
			!find_text(SECOND, "  sub/two\n") &&
			strstr(said, "/sub/two: the disc has no digest of it"),
		"what has none is not listed, which is told");
	tap_ok(append(more, (struct tree_old){ 0 }, THIRD) == 0 && !has_changes && !*said,
		"but where a session is written");
	look_at(0);
	more.sums = SUMS_NOT;
	tap_ok(append(more, (struct tree_old){ 0 }, SECOND) == 0 && !is_there("SHA256SUMS") &&
			counts(1, 0, 1, 7),
		"where no list is wanted, the old one goes");
	look_at(0);
	put_file("other/SHA256SUMS", 'x', 100);
	more.sums = SUMS_IF_FREE;
	tap_ok(append(more, (struct tree_old){ 0 }, SECOND) == 0 && has("SHA256SUMS", 'x', 100),
		"one of the sources' own is taken as it is");
}

/* Finds the record of a name in the root's block. */
static uint8_t *find_record(const char *name)
{
	uint8_t *found = find_text(19, name);

	return found ? found - 33 : NULL;
}

static void test_refusals(void)
{
	uint8_t *record;

	start_sources();
	burn(of_folder(&src));
	record = find_record("ONE.;1");
	/* interleaved (ECMA-119, 6.4.3) */
	record[26] = record[27] = 1;
	look_at(0);
	tap_ok(append(of_folder(&other), (struct tree_old){ 0 }, SECOND) == -1 &&
			why.code == FAIL_MISMATCH && !strcmp(why.object, "/one") && *why.hint,
		"a file in pieces that only the disc has is refused by its name");
	look_at(0);
	tap_ok(append(of_folder(&src), (struct tree_old){ 0 }, SECOND) == 0 &&
			lba_of("one") > SECOND && has("one", '1', 5000),
		"where the sources have it, it is stored anew");
	burn(of_folder(&src));
	look_at(0);
	/* as many blocks as there are numbers, less 2^26 for what is no file's */
	for (uint32_t room = 0; room < 2; room++)
		tap_ok(append(of_folder(&other), (struct tree_old){ 0 },
			       UINT32_MAX - (1u << 26) + 1 - 2 * room) == -1 &&
				strstr(why.what, "8 TiB"),
			"a session that would end beyond 2^32 blocks is refused (%u)", room);
	record = find_record("ONE.;1");
	number_put_le32(record + 10, 4999);
	number_put_be32(record + 14, 4999);
	look_at(0);
	tap_ok(append(of_folder(&src), (struct tree_old){ 0 }, SECOND) == 0 &&
			lba_of("one") > SECOND,
		"a file of another size is another one");
}

int main(void)
{
	tap_enter_folder("/tmp");
	umask(022);
	disc = calloc(BLOCKS, BLOCK_BYTES);
	test_records();
	test_pieces();
	test_order();
	test_times();
	test_unsettled();
	test_attributes();
	test_mirrors();
	test_directories();
	test_digests();
	test_sums();
	test_refusals();
	disc_files_close(files);
	free(disc);
	return tap_done();
}
