/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The verb verify: is all of a disc there, and as it was? */
#include <stdio.h>
#include <sys/stat.h>

#include "cli/health.h"
#include "cli/proof.h"
#include "cli/summary.h"
#include "cli/verbs.h"
#include "disc/examine.h"
#include "job/open_disc.h"
#include "util/sector.h"

/* What is compared with has to be open, or known, before nothing else can be opened. */
static int open_against(struct examine *x, const char *path, struct fail *f)
{
	struct stat st;

	if (!path)
		return 0;
	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode)) {
		x->dir = path;
		return 0;
	}
	x->image = block_reader_open_padded(path, f);
	return x->image ? 0 : -1;
}

/* How many files were checked, and how many differ; each way by itself. */
static void print_files(const struct examine *x, const struct examine_result *r)
{
	uint64_t n_checked = x->dir ? r->n_compared : r->n_checked;
	uint64_t n_differ = x->dir ? r->n_differ_compared : r->n_differ;

	if (x->dir && r->has_sums)
		printf("%llu file%s checked by digest, %llu differ; %llu with the directory, %llu "
		       "differ",
			(unsigned long long)r->n_checked, r->n_checked == 1 ? "" : "s",
			(unsigned long long)r->n_differ, (unsigned long long)n_checked,
			(unsigned long long)n_differ);
	else
		printf("%llu file%s checked, %llu differ", (unsigned long long)n_checked,
			n_checked == 1 ? "" : "s", (unsigned long long)n_differ);
	if (r->n_uncompared)
		printf(", %llu can't be read there", (unsigned long long)r->n_uncompared);
	putchar('\n');
}

/* The last line: what was read, and what is wrong. */
static void print_result(const struct examine *x, const struct examine_result *r, double seconds)
{
	uint64_t n_read = r->n_blocks - r->n_unreadable;

	if (r->has_files && !r->has_sums && !x->dir)
		puts("no SHA256SUMS, or the like, on the disc (see -checksums): its files were "
		     "read but not compared");
	if (x->image)
		printf("%llu block%s differ%s from the image\n",
			(unsigned long long)r->n_blocks_differ, r->n_blocks_differ == 1 ? "" : "s",
			r->n_blocks_differ == 1 ? "s" : "");
	printf("%llu sectors read", (unsigned long long)n_read);
	summary_print_time(stdout, seconds, n_read * BLOCK_BYTES);
	printf(", %llu unreadable, ", (unsigned long long)r->n_unreadable);
	print_files(x, r);
}

/* What was healed on the way is damage, too. */
static int judge_healing(const char *path, const struct heal_reader_counts *n, struct fail *f)
{
	if (n->n_lost || n->n_unproven)
		return fail_set(f, FAIL_MISMATCH, path, "is damaged");
	if (!n->n_healed)
		return 0;
	fail_set(f, FAIL_MISMATCH, path, "is damaged; all of it can be healed");
	return fail_field(f, REQUEST_DAMAGED);
}

static int judge(const char *path, const struct examine_result *r, struct fail *f)
{
	if (r->n_differ || r->n_differ_compared || r->n_blocks_differ)
		return fail_set(
			f, FAIL_MISMATCH, path, "the contents differ from what was expected");
	if (r->n_unreadable || r->n_damaged)
		return fail_set(f, FAIL_MISMATCH, path, "is damaged");
	if (r->n_uncompared)
		return fail_set(f, FAIL_INCOMPLETE, path,
			"%llu file%s in the directory could not be read or compared",
			(unsigned long long)r->n_uncompared, r->n_uncompared == 1 ? "" : "s");
	if (r->n_unused)
		return fail_set(f, FAIL_INCOMPLETE, path,
			"%llu line%s among the digests could not be used",
			(unsigned long long)r->n_unused, r->n_unused == 1 ? "" : "s");
	return 0;
}

int cmd_verify(struct settings *s, struct printer *p, struct fail *f)
{
	static const enum option of_healing[] = { OPTION_MAP, OPTION_FORCE, OPTION_COUNT };
	const char *path = settings_operand(s, 0);
	struct examine x = { .messages = &p->voice.messages, .watch = &p->voice.watch };
	struct examine_result r;
	struct heal_reader_counts healed = { 0 };
	struct disc *disc;
	double started, seconds = 0;
	int result = -1;

	if (s->without_key)
		return health_verify(s, p, f);
	if (settings_first_given(s, of_healing) != OPTION_COUNT)
		return settings_fail(
			s, settings_first_given(s, of_healing), f, "only with -no-key");
	if (settings_read(s, path, f) || open_against(&x, s->against, f))
		return -1;
	s->read.readable_dir = x.dir;
	disc = open_disc(&s->read, &p->voice, f);
	if (!disc && f->field == REQUEST_PROOF && p->meter.mode == METER_JSON)
		proof_tell_wrong_mac();
	if (disc) {
		x.blocks = disc_blocks(disc);
		x.medium = disc_medium(disc);
		x.volume = disc_volume(disc);
		x.sessions = disc_sessions(disc);
		x.memory = disc_memory(disc);
		started = meter_now();
		p->healed = disc_healed(disc);
		result = examine_disc(&x, &r, f);
		p->healed = NULL;
		seconds = meter_now() - started;
		progress_end(x.watch);
	}
	if (result == 0) {
		printer_keep_amount(
			p, "read_bytes", (r.n_blocks - r.n_unreadable) * BLOCK_BYTES, seconds);
		health_keep(p, disc);
		if (disc_healed(disc))
			healed = healed_medium_counts(disc_healed(disc));
		if (!s->is_quiet)
			print_result(&x, &r, seconds);
		if (!s->is_quiet)
			health_print_reading(&healed);
		if (health_print_proof(s, p, disc, f))
			result = -1;
		else
			result = judge(path, &r, f) || judge_healing(path, &healed, f) ? -1 : 0;
		if (printer_flush(f))
			result = -1;
	}
	disc_close(disc);
	block_reader_free(x.image);
	return result;
}
