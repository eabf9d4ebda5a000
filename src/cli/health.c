/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/health.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/health_map.h"
#include "cli/json.h"
#include "cli/proof.h"
#include "cli/summary.h"
#include "job/heal_checking.h"
#include "util/sector.h"

enum {
	PERCENT_MAX = 200,
	/* of the worst column's rows: then the disc should be copied */
	PERCENT_SOON = 50,
};

/* "on" or "N%"; burning, also "max". */
static int take_amount(struct settings *s, bool burns, struct fail *f)
{
	const char *text = s->heal_amount;
	char *end = NULL;
	unsigned long percent;

	s->heal.wish.n_rows = HEAL_ROWS;
	s->heal.wish.fills = burns && text && strcmp(text, "max") == 0;
	if (!text || strcmp(text, "on") == 0 || s->heal.wish.fills)
		return 0;
	percent = *text >= '0' && *text <= '9' ? strtoul(text, &end, 10) : 0;
	if (!end || strcmp(end, "%") != 0 || percent < 1 || percent > PERCENT_MAX)
		return settings_fail(s, OPTION_HEAL, f,
			"\"%s\" is neither %s nor a share from 1%% to %d%%", text,
			burns ? "on, max or none" : "on", PERCENT_MAX);
	s->heal.wish.n_rows = heal_layout_rows((unsigned)percent);
	return 0;
}

/* How much, and how much of it for the kernel. */
static int take_wish(struct settings *s, bool burns, struct fail *f)
{
	struct heal_wish *w = &s->heal.wish;

	if (!s->given[OPTION_HEAL_KERNEL])
		w->n_roots = HEAL_ROOTS;
	if (w->n_roots % 4 && w->n_roots != 2)
		return settings_fail(s, OPTION_HEAL_KERNEL, f,
			"%u is not one of: 0, 2, 4, 8, 12, 16, 20, 24", w->n_roots);
	return take_amount(s, burns, f);
}

int health_burn(struct settings *s, struct fail *f)
{
	static const enum option of_healing[] = { OPTION_HEAL_KERNEL, OPTION_HEAL_MEMORY,
		OPTION_SIGN, OPTION_SPOOL, OPTION_COUNT };
	enum option id = settings_first_given(s, of_healing);

	if (s->heal_amount && strcmp(s->heal_amount, "none") != 0) {
		if (take_wish(s, true, f))
			return -1;
		s->burn.heal = s->heal.wish;
	} else if (id != OPTION_COUNT)
		return settings_fail(s, id, f, "only with -heal, which adds healing data");
	return 0;
}

int health_settings(struct settings *s, const char *source, struct fail *f)
{
	if (strcmp(source, "-") == 0)
		return fail_set(f, FAIL_USAGE, "-",
			"is a pipe; healing data need an image file: save it to one first");
	s->heal.source = source;
	s->heal.output = s->burn.output.path;
	s->heal.replace = s->force;
	s->heal.map = s->map && strcmp(s->map, "-") != 0 ? s->map : NULL;
	if (!s->given[OPTION_HEAL_AT])
		s->heal.search.at = UINT64_MAX;
	return settings_trust(s, &s->heal.trust, f) || take_wish(s, false, f) ? -1 : 0;
}

int health_choose_key(struct settings *s, struct fail *f)
{
	if (settings_read(s, settings_operand(s, 0), f))
		return -1;
	if (s->secret_option[0] || s->volume.format || s->read.guess || s->volume.as_file ||
		s->volume.params.header_path)
		s->heal.volume = &s->read;
	return 0;
}

void health_print_runs(const struct healing *h, const uint8_t *states,
	uint64_t (*next)(
		const uint8_t *states, struct heal_area area, uint64_t at, uint64_t *first),
	char *out, size_t n)
{
	const struct heal_area data = { 0, h->record.layout.choice.n_data };
	uint64_t first = 0, count;
	size_t used = 0;

	out[0] = '\0';
	while ((count = next(states, data, first, &first)) > 0) {
		if (n - used < 64) {
			snprintf(out + used, n - used, ", ...");
			return;
		}
		used += (size_t)snprintf(out + used, n - used, "%s%llu", used ? ", " : "",
			(unsigned long long)first);
		if (count > 1)
			used += (size_t)snprintf(out + used, n - used, "-%llu",
				(unsigned long long)(first + count - 1));
		first += count;
	}
}

void health_keep(struct printer *p, const struct disc *d)
{
	struct healed_medium *h = disc_healed(d);

	if (h)
		printer_keep_count(p, "healed_blocks", healed_medium_counts(h).n_healed);
}

int health_print_proof(
	const struct settings *s, const struct printer *p, const struct disc *d, struct fail *f)
{
	const struct healed_medium *h = disc_healed(d);
	const struct volume *v = disc_volume(d);
	struct heal_authenticity a;
	char proof[96];

	if (!h || s->read.heal.is_off)
		return 0;
	if (heal_authenticity_find(&a, &s->read.heal, healed_medium_record(h), v, f))
		return -1;
	if (p->meter.mode == METER_JSON) {
		struct json j = json_event("health");

		proof_json(&j, &a, healed_medium_record(h));
		json_event_end(&j);
	}
	if (healed_medium_counts(h).n_unproven)
		return 0;
	if (*proof_describe(&a, proof) && !s->is_quiet)
		printf("authentic: %s\n", proof);
	else if (!*proof && v->key)
		message_warn(&p->voice.messages,
			"%s: its healing data have no MAC: nothing proves that nobody changed it",
			s->read.path);
	return 0;
}

void health_print_reading(const struct heal_reader_counts *n)
{
	const char *at_most = n->n_presumed ? "up to " : "";

	if (n->n_lost)
		printf("%s%llu blocks are damaged; %llu of them can't be healed\n", at_most,
			(unsigned long long)(n->n_healed + n->n_lost),
			(unsigned long long)n->n_lost);
	else if (n->n_healed)
		printf("%s%llu block%s damaged; %s can be healed\n", at_most,
			(unsigned long long)n->n_healed, n->n_healed == 1 ? " is" : "s are",
			n->n_healed == 1 ? "it" : "all of them");
	if (n->n_unproven)
		printf("the digests of %llu block%s are lost: nothing proves what was read\n",
			(unsigned long long)n->n_unproven, n->n_unproven == 1 ? "" : "s");
}

static unsigned worst_percent(const struct healing *h)
{
	return 100 * h->outlook.n_worst_bad / h->record.layout.choice.n_rows;
}

/* What can't be checked is not. */
static bool is_healable(const struct healing *h)
{
	return h->outlook.n_lost == 0 && h->outlook.n_lost_tree == 0;
}

/* All that are lost, as "A-B" or "A". */
static void print_json_lost(struct json *j, const struct healing *h, bool is_repaired)
{
	const struct heal_area data = { 0, h->record.layout.choice.n_data };
	uint64_t first = 0, n;
	char run[64];

	json_array_begin(j, "lost_blocks");
	while ((n = is_repaired ? block_states_next_wrong(h->healed, data, first, &first)
				: block_states_next_bad(h->healed, data, first, &first)) > 0) {
		snprintf(run, sizeof run, n > 1 ? "%llu-%llu" : "%llu", (unsigned long long)first,
			(unsigned long long)(first + n - 1));
		json_text(j, NULL, run);
		first += n;
	}
	json_array_end(j);
}

void health_print_json(const struct healing *h, const struct heal_authenticity *a)
{
	bool is_repaired = !a;
	uint64_t n_lost = is_repaired ? h->outcome.n_lost : h->outlook.n_lost;
	struct json j = json_event("health");

	json_number(&j, "blocks",
		h->n_right + h->n_unreadable + h->n_differ + h->n_unknown + h->n_unread);
	json_number(&j, "unreadable", h->n_unreadable);
	json_number(&j, "differ", h->n_differ);
	json_number(&j, "unknown", h->n_unknown);
	if (is_repaired)
		json_number(&j, "unread", h->n_unread);
	json_bool(&j, "healable", is_repaired ? n_lost == 0 : is_healable(h));
	if (is_repaired)
		json_number(&j, "healed", h->outcome.n_healed);
	json_number(&j, "lost", n_lost);
	print_json_lost(&j, h, is_repaired);
	if (!is_repaired) {
		json_number(&j, "worst_percent", worst_percent(h));
		proof_json(&j, a, &h->record);
	}
	json_event_end(&j);
}

static void print_counts(const struct healing *h)
{
	printf("%llu blocks: %llu right, %llu can't be read, %llu differ",
		(unsigned long long)(h->n_right + h->n_unreadable + h->n_differ + h->n_unknown),
		(unsigned long long)h->n_right, (unsigned long long)h->n_unreadable,
		(unsigned long long)h->n_differ);
	if (h->n_unknown)
		printf(", %llu are unknown: what they depend on is damaged",
			(unsigned long long)h->n_unknown);
	putchar('\n');
}

/* The last line: what it means. */
static void print_outlook(const struct healing *h, const struct heal_authenticity *a)
{
	char runs[1024], proof[96];

	if (h->n_unreadable + h->n_differ + h->n_unknown == 0) {
		if (*proof_describe(a, proof))
			printf("no damage; authentic: %s\n", proof);
		else
			puts("no damage; without the key nothing proves that nobody changed the "
			     "disc");
		return;
	}
	if (is_healable(h)) {
		printf("all of them can be healed; the worst column uses %u of %u rows (%u %%)\n",
			h->outlook.n_worst_bad, h->record.layout.choice.n_rows, worst_percent(h));
		return;
	}
	if (h->outlook.n_lost == 0) {
		printf("%llu block%s of the digests can't be healed: what they are of can't be "
		       "checked\n",
			(unsigned long long)h->outlook.n_lost_tree,
			h->outlook.n_lost_tree == 1 ? "" : "s");
		return;
	}
	health_print_runs(h, h->healed, block_states_next_bad, runs, sizeof runs);
	printf("%llu block%s can't be healed: %s\n", (unsigned long long)h->outlook.n_lost,
		h->outlook.n_lost == 1 ? "" : "s", runs);
}

static int judge(
	const struct settings *s, const struct healing *h, const struct printer *p, struct fail *f)
{
	if (h->n_unreadable + h->n_differ + h->n_unknown == 0)
		return 0;
	if (is_healable(h) && worst_percent(h) > PERCENT_SOON)
		message_warn(&p->voice.messages, "%s: copy this disc soon", s->heal.source);
	fail_set(f, FAIL_MISMATCH, s->heal.source, "is damaged%s",
		is_healable(h) ? "; all of it can be healed" : "");
	return fail_field(f, REQUEST_DAMAGED);
}

/* A disc that is not trusted: programs want to know why. */
static void tell_refused(const struct settings *s, const struct printer *p, const struct healing *h,
	const struct fail *f)
{
	struct heal_authenticity a;
	struct json j;

	if (p->meter.mode != METER_JSON || f->code != FAIL_MISMATCH ||
		f->field == REQUEST_HEALING || !h->record.has_root ||
		heal_authenticity_find(&a, &s->heal.trust, &h->record, NULL, NULL))
		return;
	j = json_event("health");
	proof_json(&j, &a, &h->record);
	json_event_end(&j);
}

int health_verify(struct settings *s, struct printer *p, struct fail *f)
{
	static const enum option others[] = { OPTION_AGAINST, OPTION_FORMAT, OPTION_ENCSTYLE,
		OPTION_CIPHER, OPTION_KEY_SIZE, OPTION_HASH, OPTION_SECTOR_SIZE,
		OPTION_IV_LARGE_SECTORS, OPTION_SKIP, OPTION_OFFSET, OPTION_KEYFILE_OFFSET,
		OPTION_KEYFILE_SIZE, OPTION_ITERATIONS, OPTION_PIM, OPTION_HEADER, OPTION_AS_FILE,
		OPTION_SESSION, OPTION_GUESS, OPTION_UNKNOWN_CONTENTS, OPTION_NO_HEAL,
		OPTION_COUNT };
	enum option other = settings_first_given(s, others);
	double started = meter_now();
	struct heal_authenticity a;
	struct healing h = { 0 };
	int result;

	if (other != OPTION_COUNT)
		return settings_fail(s, other, f, "not with -no-key, which looks at no file");
	if (s->secret_option[0])
		return fail_set(f, FAIL_USAGE, s->secret_option, "not with -no-key");
	if (s->given[OPTION_REQUIRE_MAC])
		return settings_fail(s, OPTION_REQUIRE_MAC, f,
			"not with -no-key: a MAC is checked with the key");
	if (health_settings(s, settings_operand(s, 0), f) || health_map_check(s, f))
		return -1;
	result = heal_checking_run(&s->heal, &h, &p->voice, f);
	if (result)
		tell_refused(s, p, &h, f);
	else
		result = heal_authenticity_find(&a, &s->heal.trust, &h.record, NULL, f);
	if (result == 0) {
		printer_keep_amount(p, "read_bytes",
			(h.n_right + h.n_differ + h.n_unknown) * BLOCK_BYTES,
			meter_now() - started);
		if (p->meter.mode == METER_JSON)
			health_print_json(&h, &a);
		if (!s->is_quiet) {
			print_counts(&h);
			print_outlook(&h, &a);
		}
		if (health_map_write(s, &h, false, f) == 0)
			result = judge(s, &h, p, f);
		else
			result = -1;
		if (printer_flush(f))
			result = -1;
	}
	healing_clear(&h);
	return result;
}
