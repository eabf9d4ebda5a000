/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The verb repair: a whole image of a damaged disc. */
#include <limits.h>
#include <stdio.h>

#include "cli/health.h"
#include "cli/health_map.h"
#include "cli/verbs.h"
#include "job/heal_repairing.h"
#include "job/output.h"
#include "job/secrets.h"
#include "util/new_file.h"
#include "util/sector.h"
#include "util/size.h"

static int choose_output(const struct settings *s, struct fail *f)
{
	const char *header = s->volume.params.header_path;
	const struct output_consent consent = { .replace_file = s->force };
	struct output o;

	if (!s->heal.output)
		return fail_set(f, FAIL_USAGE, "", "-o FILE is required");
	if (output_classify(s->heal.output, &consent, &o, f) ||
		output_check_apart(&o, s->heal.source, f) ||
		secrets_check_apart(&s->volume, &o, f) ||
		(header && output_check_apart(&o, header, f)))
		return -1;
	if (o.kind != OUTPUT_FILE)
		return fail_set(f, FAIL_USAGE, s->heal.output,
			"is not a file: the repaired image has to be one");
	return 0;
}

/* The files that a repair writes beside the image. */
static int choose_others(const struct settings *s, struct fail *f)
{
	char part[PATH_MAX + 8];
	const char *image = s->heal.output, *state = s->heal.state;

	if (!state)
		return 0;
	snprintf(part, sizeof part, "%s.part", image);
	if (new_file_is_same(state, image) || new_file_is_same(state, part) ||
		new_file_is_same(state, s->heal.source))
		return fail_set(f, FAIL_USAGE, state,
			"can't be the file of the state and of an image: name another one");
	if (s->heal.map &&
		(new_file_is_same(s->heal.map, state) || new_file_is_same(s->heal.map, part)))
		return fail_set(f, FAIL_USAGE, s->heal.map,
			"can't be the map, and a file that the repair needs");
	return 0;
}

/* What has the image. */
static const char *image_path(
	const struct settings *s, const struct healing *h, char path[PATH_MAX + 8])
{
	snprintf(path, PATH_MAX + 8, "%s%s", s->heal.output,
		h->outcome.n_lost && s->heal.state ? ".part" : "");
	return path;
}

static void print_summary(
	const struct settings *s, const struct printer *p, const struct healing *h)
{
	const struct healer_outcome *o = &h->outcome;
	char path[PATH_MAX + 8], size[64], shown[4200], runs[1024];

	printf("%s: %s; %llu blocks could not be read, %llu differed, %llu healed, %llu lost\n",
		message_escape(shown, sizeof shown, image_path(s, h, path)),
		size_format(size, sizeof size, h->record.layout.end * BLOCK_BYTES),
		(unsigned long long)h->n_unreadable, (unsigned long long)h->n_differ,
		(unsigned long long)o->n_healed, (unsigned long long)o->n_lost);
	if (h->n_unread)
		printf("%llu blocks were not read, since what was read suffices\n",
			(unsigned long long)h->n_unread);
	if (!o->is_proven)
		message_warn(&p->voice.messages,
			"%s: all records of the digests' root were lost; it was found again, but "
			"nothing proves it",
			s->heal.source);
	if (!o->n_lost)
		return;
	health_print_runs(h, h->healed, block_states_next_wrong, runs, sizeof runs);
	printf("lost blocks: %s\n", runs);
}

int cmd_repair(struct settings *s, struct printer *p, struct fail *f)
{
	double started = meter_now();
	struct healing h = { 0 };
	char path[PATH_MAX + 8];
	int result;

	if (health_choose_key(s, f) || health_settings(s, settings_operand(s, 0), f) ||
		choose_output(s, f) || choose_others(s, f) || health_map_check(s, f))
		return -1;
	result = heal_repairing_run(&s->heal, &h, &p->voice, f);
	if (result == 0 || f->code == FAIL_INCOMPLETE) {
		if (p->meter.mode == METER_JSON)
			health_print_json(&h, NULL);
		printer_keep_healing(p, image_path(s, &h, path), h.record.layout.end * BLOCK_BYTES,
			meter_now() - started, &h.record);
		if (!s->is_quiet)
			print_summary(s, p, &h);
		if (health_map_write(s, &h, true, f))
			result = -1;
		printer_flush_summary(p);
	}
	healing_clear(&h);
	return result;
}
