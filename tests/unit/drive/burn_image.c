/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Burns a file through the room's own interface, for burn_media.sh: a program under the emulated
 * burner. Prints warnings and the failure, in one line each; its status is the failure's code.
 *
 *   burn_image [options] DEVICE FILE
 *     -t TYPE    tao, sao, dao, incremental
 *     -s SPEED   -d simulate   -m multi   -u size unknown   -e eject at the end
 *     -o         overwrite what the medium holds
 *     -a         append: a further session, on media written in place from -A LBA on
 *     -x COMMAND what happens between the check and the burn
 *     -C         close a session that was broken off first
 *     -W LBA     only overwrite blocks in place with the file's
 *     -f BYTES   the source fails there      -z BYTES   it ends there
 *     -k BYTES   SIGTERM there               -w BYTES   SIGKILL there
 *     -c BYTES   SIGINT there
 *     -r         reload, and compare what can be read with what was sent
 *     -i         only print the facts
 *     -b HOW     only blank: fast, all        -F   only format
 *     -l         list drives (no DEVICE)      -D   print details of the medium
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "drive/append.h"
#include "drive/drive.h"
#include "drive/drive_details.h"
#include "drive/drive_list.h"
#include "drive/blank.h"
#include "drive/medium.h"
#include "drive/session.h"
#include "burn/stage.h"
#include "util/block_reader.h"
#include "util/sector.h"
#include "util/signals.h"

enum { BATCH = 32 };

static struct {
	struct session_options session;
	uint64_t fail_at, end_at, int_at, term_at, kill_at;
	uint64_t rewrite_at, start_lba;
	bool size_unknown, read_back, only_facts, eject, format, list, details, close_broken;
	const char *blank, *between;
	const char *device, *path;
} args = { .fail_at = UINT64_MAX,
	.end_at = UINT64_MAX,
	.int_at = UINT64_MAX,
	.term_at = UINT64_MAX,
	.kill_at = UINT64_MAX,
	.rewrite_at = UINT64_MAX };

/* The file, then zeros up to n_total. */
struct feed {
	struct burn_source source;
	int fd;
	uint64_t n_file, n_total, at;
};

static int feed_read(struct burn_source *source, unsigned char *buf, int n)
{
	struct feed *feed = source->data;
	uint64_t left = feed->n_total - feed->at;
	size_t want = (uint64_t)n < left ? (size_t)n : (size_t)left, got = 0;

	if (feed->at >= args.fail_at)
		return -1;
	if (feed->at >= args.end_at)
		return 0;
	if (feed->at >= args.kill_at)
		raise(SIGKILL);
	if (feed->at >= args.term_at && !signals_caught())
		kill(getpid(), SIGTERM);
	if (feed->at >= args.int_at && !signals_caught())
		kill(getpid(), SIGINT);
	memset(buf, 0, want);
	while (feed->at + got < feed->n_file && got < want) {
		ssize_t r = pread(feed->fd, buf + got, want - got, (off_t)(feed->at + got));

		if (r <= 0)
			break;
		got += (size_t)r;
	}
	feed->at += want;
	return (int)want;
}

static off_t feed_size(struct burn_source *source)
{
	struct feed *feed = source->data;

	return args.size_unknown ? 0 : (off_t)feed->n_total;
}

static int feed_nothing(struct burn_source *source)
{
	(void)source;
	return 1;
}

static void feed_free(struct burn_source *source)
{
	(void)source;
}

static void say(void *ctx, enum message_kind kind, const char *text)
{
	(void)ctx;
	printf("%s: %s\n", kind == MESSAGE_WARNING ? "warning" : "note", text);
}

static const struct messages messages = { .put = say };

static struct {
	unsigned n;
	char phases[200];
	int buffer;
	uint64_t last, total;
} seen = { .buffer = -1 };

static void tick(void *ctx, const struct progress *p)
{
	(void)ctx;
	seen.n++;
	if (!strstr(seen.phases, p->phase))
		strncat(seen.phases, p->phase, sizeof seen.phases - strlen(seen.phases) - 1);
	if (p->drive_buffer_percent > seen.buffer)
		seen.buffer = p->drive_buffer_percent;
	if (p->n_bytes < seen.last && strcmp(p->phase, "writing") == 0)
		printf("progress: went back\n");
	seen.last = p->n_bytes;
	seen.total = p->n_total;
}

static void print_facts(const struct drive *d)
{
	static const char *const states[] = { "none", "blank", "appendable", "closed",
		"overwritable", "unsuitable" };
	struct drive_facts facts = drive_facts(d);

	printf("facts: %s|%s|%s|%s|state=%s|erasable=%d|simulate=%d|free=%" PRIu64 "|used=%" PRIu64
	       "|empty=%" PRIu64 "|blankable=%d\n",
		facts.vendor, facts.model, facts.revision, facts.medium, states[facts.state],
		facts.is_erasable, facts.can_simulate, facts.n_blocks_free, facts.n_blocks_used,
		facts.n_blocks_empty, facts.can_be_blanked);
	if (append_is_broken(d))
		printf("broken: the last session\n");
}

static int read_back(struct drive *d, struct sink *sink, struct feed *feed, struct fail *f)
{
	static uint8_t disc[BATCH * BLOCK_BYTES], sent[BATCH * BLOCK_BYTES];
	uint64_t n_blocks = (feed->n_file + BLOCK_BYTES - 1) / BLOCK_BYTES;
	struct block_reader *r = NULL;

	if (sink->reader(sink, &r, f))
		return -1;
	print_facts(d);
	feed->at = 0;
	args.fail_at = args.end_at = args.int_at = args.term_at = args.kill_at = UINT64_MAX;
	for (uint64_t lba = 0; lba < n_blocks; lba += BATCH) {
		uint32_t n = n_blocks - lba < BATCH ? (uint32_t)(n_blocks - lba) : BATCH;

		if (block_reader_read(r, args.start_lba + lba, n, disc, f))
			break;
		stage_read(&feed->source, sent, (size_t)n * BLOCK_BYTES);
		if (memcmp(disc, sent, (size_t)n * BLOCK_BYTES)) {
			fail_set(f, FAIL_MISMATCH, "", "the disc differs behind LBA %" PRIu64,
				args.start_lba + lba);
			break;
		}
	}
	block_reader_free(r);
	if (!fail_is_set(f))
		printf("read back: %" PRIu64 " blocks are equal\n", n_blocks);
	return fail_is_set(f) ? -1 : 0;
}

static int burn_with(struct drive *d, struct sink *sink, struct feed *feed, struct fail *f)
{
	const struct progress_watch watch = { .tick = tick };
	struct sink_result result;
	struct sink_needs needs;

	if (sink->needs(sink, args.size_unknown ? 0 : feed->n_file, &needs, f))
		return -1;
	args.start_lba = needs.start_lba;
	if (args.session.appends)
		printf("start: %" PRIu64 ", room %" PRIu64 "\n", needs.start_lba,
			needs.capacity_bytes / BLOCK_BYTES);
	feed->n_total =
		(feed->n_file + needs.unit_bytes - 1) / needs.unit_bytes * needs.unit_bytes +
		needs.tail_bytes;
	if (args.between && system(args.between))
		exit(99);
	if (sink_run(
		    sink, &feed->source, args.size_unknown ? 0 : feed->n_total, &watch, &result, f))
		return -1;
	printf("burned: %" PRIu64 " bytes, phases %s, buffer %d, ticks %s, total %" PRIu64 "\n",
		result.n_bytes, seen.phases, seen.buffer, seen.n ? "yes" : "no", seen.total);
	return args.read_back ? read_back(d, sink, feed, f) : 0;
}

static int rewrite(struct sink *sink, struct feed *feed, struct fail *f)
{
	static uint8_t blocks[BATCH * BLOCK_BYTES];
	uint32_t n = (uint32_t)(feed->n_file / BLOCK_BYTES);

	feed->n_total = (uint64_t)n * BLOCK_BYTES;
	if (n > BATCH || stage_read(&feed->source, blocks, feed->n_total) < 0)
		exit(99);
	if (sink->rewrite(sink, args.rewrite_at, n, blocks, f))
		return -1;
	printf("rewritten: %u blocks\n", n);
	return 0;
}

static int burn(struct drive *d, struct feed *feed, struct fail *f)
{
	struct sink *sink;
	int ret;

	if (args.close_broken && append_is_broken(d)) {
		if (append_close_broken(d, &messages, f))
			return -1;
		printf("closed: the last session\n");
		print_facts(d);
	}
	sink = session_sink_new(d, &args.session, &messages, f);
	if (sink && args.rewrite_at != UINT64_MAX)
		ret = rewrite(sink, feed, f);
	else
		ret = sink ? burn_with(d, sink, feed, f) : -1;

	sink_free(sink);
	return ret;
}

static void print_details(const struct drive *d)
{
	struct drive_details details = drive_details(d);

	printf("details: maker=%s|code=%s|sessions=%u|speeds=", details.manufacturer,
		details.media_code, details.n_sessions);
	for (size_t i = 0; i < details.n_speeds; i++)
		printf("%s%.1f", i ? "," : "", details.speeds[i]);
	putchar('\n');
	for (size_t i = 0; i < details.n_tracks; i++)
		printf("track: session=%u number=%u lba=%" PRIu64 " blocks=%" PRIu64 " data=%d\n",
			details.tracks[i].session, details.tracks[i].number, details.tracks[i].lba,
			details.tracks[i].n_blocks, details.tracks[i].is_data);
	drive_details_free(&details);
}

static int list(struct fail *f)
{
	struct drive_entry *entries = NULL;
	size_t n = 0;

	if (drive_list(&entries, &n, f))
		return -1;
	for (size_t i = 0; i < n; i++)
		printf("drive: %s|%s|%s|%s|accessible=%d|%s|writes=%s\n", entries[i].path,
			entries[i].vendor, entries[i].model, entries[i].revision,
			entries[i].is_accessible, entries[i].problem, entries[i].writes);
	free(entries);
	return 0;
}

/* What is done without a file. */
static int act(struct drive *d, struct fail *f)
{
	const struct progress_watch watch = { .tick = tick };
	int ret = 0;

	if (args.blank)
		ret = blank_medium(d, strcmp(args.blank, "all") == 0, &watch, &messages, f);
	else if (args.details)
		print_details(d);
	else if (args.format)
		ret = medium_format(d, &watch, &messages, f);
	if (ret || args.only_facts)
		return ret;
	printf("done: phases %s\n", seen.phases);
	print_facts(d);
	return 0;
}

static int run(struct fail *f)
{
	struct feed feed = { .source = { .refcount = 1,
				     .version = 1,
				     .read_xt = feed_read,
				     .get_size = feed_size,
				     .free_data = feed_free,
				     .cancel = feed_nothing,
				     .data = &feed },
		.fd = -1 };
	struct drive *d = drive_open(args.device, &messages, f);
	int ret = -1;

	if (!d)
		return -1;
	print_facts(d);
	if (args.only_facts || args.blank || args.format) {
		ret = act(d, f);
		goto out;
	}
	feed.fd = open(args.path, O_RDONLY | O_CLOEXEC);
	if (feed.fd < 0) {
		fail_errno(f, FAIL_USAGE, args.path, "can't be opened");
		goto out;
	}
	feed.n_file = (uint64_t)lseek(feed.fd, 0, SEEK_END);
	ret = burn(d, &feed, f);
out:
	drive_close(d, args.eject);
	if (feed.fd >= 0)
		close(feed.fd);
	return ret;
}

static enum write_type write_type(const char *name)
{
	static const char *const names[] = { "auto", "tao", "sao", "dao", "incremental" };

	for (unsigned i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(names[i], name) == 0)
			return (enum write_type)i;
	fprintf(stderr, "burn_image: no write type %s\n", name);
	exit(99);
}

static void parse(int argc, char **argv)
{
	int c;

	while ((c = getopt(argc, argv, "t:s:dmueoaA:CW:x:f:z:k:c:w:rib:FlD")) != -1)
		switch (c) {
		case 't':
			args.session.write_type = write_type(optarg);
			break;
		case 's':
			args.session.speed = strtod(optarg, NULL);
			break;
		case 'd':
			args.session.dummy = true;
			break;
		case 'm':
			args.session.multi = true;
			break;
		case 'u':
			args.size_unknown = true;
			break;
		case 'e':
			args.eject = true;
			break;
		case 'o':
			args.session.overwrite = true;
			break;
		case 'a':
			args.session.appends = true;
			break;
		case 'A':
			args.session.start_lba = strtoull(optarg, NULL, 0);
			break;
		case 'C':
			args.close_broken = true;
			break;
		case 'x':
			args.between = optarg;
			break;
		case 'W':
			args.rewrite_at = strtoull(optarg, NULL, 0);
			break;
		case 'f':
			args.fail_at = strtoull(optarg, NULL, 0);
			break;
		case 'z':
			args.end_at = strtoull(optarg, NULL, 0);
			break;
		case 'k':
			args.term_at = strtoull(optarg, NULL, 0);
			break;
		case 'c':
			args.int_at = strtoull(optarg, NULL, 0);
			break;
		case 'w':
			args.kill_at = strtoull(optarg, NULL, 0);
			break;
		case 'r':
			args.read_back = true;
			break;
		case 'b':
			args.blank = optarg;
			break;
		case 'F':
			args.format = true;
			break;
		case 'l':
			args.list = true;
			break;
		case 'D':
			args.details = args.only_facts = true;
			break;
		case 'i':
			args.only_facts = true;
			break;
		default:
			exit(99);
		}
	args.device = argv[optind];
	args.path = args.device ? argv[optind + 1] : NULL;
	if (!args.list &&
		(!args.device || (!args.path && !args.only_facts && !args.blank && !args.format)))
		exit(99);
}

int main(int argc, char **argv)
{
	static struct fail f;

	parse(argc, argv);
	signals_catch();
	setvbuf(stdout, NULL, _IOLBF, 0); /* before a SIGKILL, too */
	if ((args.list ? list(&f) : run(&f)) == 0)
		return 0;
	printf("failed: %s: %s%s%s\n", f.object, f.what, f.sys_errno ? ": " : "",
		f.sys_errno ? strerror(f.sys_errno) : "");
	if (f.hint[0])
		printf("hint: %s\n", f.hint);
	return (int)f.code;
}
