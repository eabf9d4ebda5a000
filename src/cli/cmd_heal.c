/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The verb heal: adds healing data to an image. */
#include <stdio.h>

#include "cli/health.h"
#include "cli/summary.h"
#include "cli/verbs.h"
#include "job/heal_adding.h"
#include "job/output.h"
#include "job/secrets.h"
#include "util/new_file.h"
#include "util/sector.h"
#include "util/size.h"

static int choose_output(const struct settings *s, struct fail *f)
{
	const struct output_consent consent = { .replace_file = s->force };
	const char *key = s->heal.wish.signing_key_path, *header = s->volume.params.header_path;
	struct output o;

	if (s->in_place && s->heal.output)
		return settings_fail(s, OPTION_IN_PLACE, f, "not with -o: give one of them");
	if (s->in_place)
		return 0;
	if (!s->heal.output)
		return fail_set(f, FAIL_USAGE, "",
			"-o FILE is required, or -in-place to add to the image itself");
	if (output_classify(s->heal.output, &consent, &o, f) ||
		output_check_apart(&o, s->heal.source, f) ||
		secrets_check_apart(&s->volume, &o, f) || (key && output_check_apart(&o, key, f)) ||
		(header && output_check_apart(&o, header, f)))
		return -1;
	if (o.kind != OUTPUT_FILE)
		return fail_set(f, FAIL_USAGE, s->heal.output,
			"is not a file: healing data can be added to an image file only");
	return new_file_check(s->heal.output, s->force, 0, f);
}

static void print_summary(const struct settings *s, const struct healing *h)
{
	const struct heal_layout *l = &h->record.layout;
	const char *path = s->heal.output ? s->heal.output : s->heal.source;
	char size[64], shown[4200];

	printf("%s: %s\n", message_escape(shown, sizeof shown, path),
		size_format(size, sizeof size, l->end * BLOCK_BYTES));
	summary_print_made_healing(stdout, &h->record);
}

int cmd_heal(struct settings *s, struct printer *p, struct fail *f)
{
	const struct heal_layout *l;
	struct healing h = { 0 };
	double started;
	int result;

	if (health_choose_key(s, f) || health_settings(s, settings_operand(s, 0), f) ||
		choose_output(s, f))
		return -1;
	started = meter_now();
	result = heal_adding_run(&s->heal, &h, &p->voice, f);
	l = &h.record.layout;
	if (result == 0)
		printer_keep_healing(p, s->in_place ? s->heal.source : s->heal.output,
			(l->end - (s->in_place ? l->choice.n_data : 0)) * BLOCK_BYTES,
			meter_now() - started, &h.record);
	if (result == 0 && !s->is_quiet) {
		print_summary(s, &h);
		printer_flush_summary(p);
	}
	healing_clear(&h);
	return result;
}
