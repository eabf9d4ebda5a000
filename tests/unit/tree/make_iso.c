/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Makes an ISO image of a tree, through src/tree alone: a tool for the tests.
 *
 *     make_iso [-follow] [-portable] [-skip] [-sums] [-read N] [-volid ID] [-exclude GLOB]… [-graft
 * T=P]… -o OUT SOURCE…
 *
 *     make_iso -append NEWEST START [-mirror] [-digest] [-silent] [-save] [-made TIME] … -o OUT
 * SOURCE…
 *
 * OUT "-" is stdout, "size" prints the size only. -append puts a session at block START of OUT,
 * which has its newest one at block NEWEST; the first was made at TIME, if not when it says; it
 * prints what changes. Messages go to stderr as "note: …", "warning: …" and "fail CODE: OBJECT:
 * WHAT: ERRNO"; the status is the failure's code, 5 for files that changed or were left out. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "iso/descriptors.h"
#include "iso/disc_files.h"
#include "iso/disc_time.h"
#include "iso/session_record.h"
#include "tree/isofs.h"
#include "tree/tree.h"
#include "util/block_reader.h"
#include "util/io.h"
#include "util/number.h"
#include "util/signals.h"

enum { LIST_MAX = 64 };

static const char *sources[LIST_MAX], *excludes[LIST_MAX];
static struct tree_graft grafts[LIST_MAX];
static struct tree_spec spec = { .sources = sources, .excludes = excludes, .grafts = grafts };
static const char *output;
static size_t n_at_once = 65536;
static bool appends, saves;
static struct session_record earlier = { .number = 2, .n_earlier = 1 };
/* the same from the oldest on */
static struct session_place sessions[1 + SESSION_RECORD_EARLIER_MAX];
static struct tree_old old = { .earlier = &earlier, .sessions = sessions };
static struct block_reader *disc;
static struct disc_files *files;
static uint8_t saved[SESSION_SAVED_BLOCKS * BLOCK_BYTES];

static void say(void *ctx, enum message_kind kind, const char *text)
{
	(void)ctx;
	fprintf(stderr, "%s: %s\n", kind == MESSAGE_NOTE ? "note" : "warning", text);
}

static int print_fail(const struct fail *f)
{
	fprintf(stderr, "fail %d: %s: %s%s%s\n", f->code, f->object, f->what,
		f->sys_errno ? ": " : "", f->sys_errno ? strerror(f->sys_errno) : "");
	return f->code;
}

static void add_graft(char *text)
{
	char *sign = strchr(text, '=');

	if (!sign)
		exit(99);
	*sign = '\0';
	grafts[spec.n_grafts].target = text;
	grafts[spec.n_grafts++].path = sign + 1;
}

static void parse(char **argv)
{
	for (; *argv; argv++) {
		if (!strcmp(*argv, "-follow"))
			spec.follow_links = true;
		else if (!strcmp(*argv, "-portable"))
			spec.portable = true;
		else if (!strcmp(*argv, "-skip"))
			spec.skip_unreadable = true;
		else if (!strcmp(*argv, "-read"))
			n_at_once = strtoul(*++argv, NULL, 10);
		else if (!strcmp(*argv, "-volid"))
			spec.volume_id = *++argv;
		else if (!strcmp(*argv, "-exclude"))
			excludes[spec.n_excludes++] = *++argv;
		else if (!strcmp(*argv, "-graft"))
			add_graft(*++argv);
		else if (!strcmp(*argv, "-sums"))
			spec.sums = SUMS_IF_FREE;
		else if (!strcmp(*argv, "-append")) {
			appends = true;
			earlier.earlier[0].start = (uint32_t)strtoul(*++argv, NULL, 10);
			old.start = (uint32_t)strtoul(*++argv, NULL, 10);
		} else if (!strcmp(*argv, "-mirror"))
			old.mirrors = true;
		else if (!strcmp(*argv, "-digest"))
			old.by_digest = true;
		else if (!strcmp(*argv, "-silent"))
			old.takes_silent = true;
		else if (!strcmp(*argv, "-save"))
			saves = true;
		else if (!strcmp(*argv, "-made"))
			earlier.earlier[0].made = strtoll(*++argv, NULL, 10);
		else if (!strcmp(*argv, "-o"))
			output = *++argv;
		else
			sources[spec.n_sources++] = *argv;
	}
}

/* The first session as its primary descriptor tells of it (ECMA-119, 8.4). */
static int look_at_first(struct fail *f)
{
	enum { SPACE_SIZE = 80, CREATED = 813 };
	struct session_place *first = &earlier.earlier[0];
	uint8_t block[BLOCK_BYTES];

	if (block_reader_read(disc, DESCRIPTORS_FIRST, 1, block, f))
		return -1;
	first->end = number_le32(block + SPACE_SIZE);
	if (!first->made)
		disc_time_long(block + CREATED, &first->made);
	return 0;
}

/* Opens the newest session of the disc, and takes what is earlier from its record. */
static int open_old(struct fail *f)
{
	uint32_t newest = earlier.earlier[0].start;
	struct session_record its;
	uint8_t block[BLOCK_BYTES];

	disc = block_reader_open_file(output, f);
	if (!disc)
		return -1;
	disc->session_lba = newest;
	if (look_at_first(f))
		return -1;
	if (newest) {
		if (block_reader_read(disc, newest + SESSION_RECORD_BLOCK, 1, block, f))
			return -1;
		if (!session_record_decode(&its, SESSION_RECORD_START, block))
			return fail_set(f, FAIL_FAILED, output, "has no record");
		earlier.number = its.number + 1;
		earlier.n_earlier = its.n_earlier + 1;
		earlier.earlier[0] = its.here;
		memcpy(earlier.earlier + 1, its.earlier, its.n_earlier * sizeof *its.earlier);
	}
	old.n_sessions = earlier.n_earlier;
	for (size_t i = 0; i < old.n_sessions; i++)
		sessions[i] = earlier.earlier[old.n_sessions - 1 - i];
	if (saves && block_reader_read(disc, DESCRIPTORS_FIRST, 16, saved + sizeof saved / 2, f))
		return -1;
	old.saved = saves ? saved : NULL;
	old.files = files = disc_files_open(disc, 0, f);
	spec.old = &old;
	return files ? 0 : -1;
}

static void print_changes(const struct tree *t)
{
	struct tree_changes c = tree_changes(t);

	printf("new %d changed %d gone %d kept %d%s\n", (int)c.n_new, (int)c.n_changed,
		(int)c.n_gone, (int)c.n_kept, tree_has_changes(t) ? "" : ": nothing");
}

static int copy(struct burn_source *s, int fd, uint64_t n_bytes, struct fail *f)
{
	unsigned char *buf = malloc(n_at_once);
	uint64_t n = 0;
	int got;

	while (buf && (got = s->read_xt(s, buf, (int)n_at_once)) > 0) {
		if (io_write_full(fd, buf, (size_t)got))
			return fail_errno(f, FAIL_FAILED, output, "can't be written");
		n += (uint64_t)got;
	}
	free(buf);
	if (stage_cause(s, f))
		return -1;
	if (n != n_bytes || stage_n_bytes(s) != n)
		return fail_set(f, FAIL_FAILED, "", "%llu bytes instead of %llu",
			(unsigned long long)n, (unsigned long long)n_bytes);
	return 0;
}

static int make(struct tree *t, struct fail *f)
{
	uint64_t n_bytes = tree_image_bytes(t, f);
	struct burn_source *s;
	int fd;

	if (!n_bytes)
		return -1;
	if (!strcmp(output, "size")) {
		printf("%llu\n", (unsigned long long)n_bytes);
		return 0;
	}
	fd = !strcmp(output, "-")
		     ? STDOUT_FILENO
		     : open(output, O_WRONLY | O_CREAT | (appends ? 0 : O_TRUNC), 0666);
	if (fd < 0 || (appends && lseek(fd,
					  ((off_t)old.start - (saves ? SESSION_SAVED_BLOCKS : 0)) *
						  BLOCK_BYTES,
					  SEEK_SET) < 0))
		return fail_errno(f, FAIL_FAILED, output, "can't be opened");
	s = tree_source_new(t, f);
	if (!s)
		return -1;
	copy(s, fd, n_bytes, f);
	stage_free(s);
	if (close(fd))
		return fail_errno(f, FAIL_FAILED, output, "can't be closed");
	return fail_is_set(f) ? -1 : 0;
}

int main(int argc, char **argv)
{
	struct messages m = { .put = say };
	struct fail f = { 0 };
	struct tree *t;
	struct stat st;
	int status = 0;

	(void)argc;
	signals_catch();
	parse(argv + 1);
	if (!output)
		return 99;
	if (stat(output, &st) == 0) {
		spec.avoid_dev = st.st_dev;
		spec.avoid_ino = st.st_ino;
	}
	t = !appends || open_old(&f) == 0 ? tree_new(&spec, &m, &f) : NULL;
	disc_files_close(files);
	block_reader_free(disc);
	if (t)
		tree_tell_joliet(t, &m);
	if (t && appends)
		print_changes(t);
	if (!t || make(t, &f))
		status = print_fail(&f);
	if (t && !status && tree_n_incomplete(t, &m))
		status = 5;
	tree_free(t);
	return status;
}
