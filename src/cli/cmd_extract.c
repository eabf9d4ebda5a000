/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The verb extract: files of a disc into a directory. */
#include <stdio.h>

#include "cli/health.h"
#include "cli/new_dir.h"
#include "cli/summary.h"
#include "cli/verbs.h"
#include "disc/extract.h"
#include "iso/descriptors.h"
#include "job/open_disc.h"
#include "util/size.h"

static void print_summary(const struct extract_result *r, double seconds)
{
	char size[64];

	printf("extracted: %llu file%s of %s", (unsigned long long)r->n_files,
		r->n_files == 1 ? "" : "s", size_format(size, sizeof size, r->n_bytes));
	summary_print_time(stdout, seconds, r->n_bytes);
	printf(", %llu director%s, %llu other%s", (unsigned long long)r->n_directories,
		r->n_directories == 1 ? "y" : "ies", (unsigned long long)r->n_others,
		r->n_others == 1 ? "" : "s");
	if (r->n_equal)
		printf("; %llu %s there already, and equal", (unsigned long long)r->n_equal,
			r->n_equal == 1 ? "was" : "were");
	if (r->n_renamed)
		printf("; %llu under another name", (unsigned long long)r->n_renamed);
	putchar('\n');
}

/* Whether all was extracted; -1 with f filled where not. */
static int judge(
	const struct extract_result *r, const struct extract *x, const char *source, struct fail *f)
{
	if (r->n_hurt && r->n_files + r->n_directories + r->n_others + r->n_equal == 0)
		return fail_set(f, FAIL_FAILED, source, "nothing could be extracted to %s", x->to);
	if (r->n_hurt)
		return fail_set(f, FAIL_INCOMPLETE, source,
			"%llu file%s could not be extracted unchanged",
			(unsigned long long)r->n_hurt, r->n_hurt == 1 ? "" : "s");
	if (disc_files_damage(x->files))
		return fail_set(f, FAIL_INCOMPLETE, source,
			"is damaged: there may be more files than were extracted");
	return 0;
}

/* The directory gets the name of the volume, which a stranger chose: nothing in it leads elsewhere,
 * hides, or can't be typed. */
static int name_after_volume(
	struct new_dir *dir, const struct open_files *o, const struct messages *m, struct fail *f)
{
	char name[DESCRIPTORS_LABEL_BYTES];

	descriptors_label(disc_blocks(o->disc), name);
	for (char *c = name; *c; c++)
		if (*c < ' ' || *c > '~' || *c == '/')
			*c = '_';
	if (name[0] == '.' || name[0] == '-')
		name[0] = '_';
	if (new_dir_name(dir, name[0] ? name : "disc", f))
		return -1;
	message_note(m, "extracting to %s", dir->name);
	return 0;
}

static int extract_to(struct new_dir *dir, struct settings *s, struct printer *p, struct fail *f)
{
	struct extract x = { .to = s->to ? s->to : dir->name,
		.force = s->force,
		.rename = s->renames,
		.skips_room = s->skips_room,
		.privileged = s->privileged,
		.is_target_new = dir->is_new,
		.messages = &p->voice.messages,
		.watch = &p->voice.watch };
	struct extract_result r = { 0 };
	struct open_files o;
	double started, seconds = 0;
	int result = -1;

	s->read.writable_dir = x.to;
	if (open_disc_files(&o, &s->read, &p->voice, f) == 0 &&
		(s->to || name_after_volume(dir, &o, x.messages, f) == 0)) {
		x.files = o.files;
		x.paths = (const char *const *)s->operands.items + 1;
		x.n_paths = s->operands.n - 1;
		started = meter_now();
		p->healed = disc_healed(o.disc);
		result = extract_files(&x, &r, f);
		p->healed = NULL;
		seconds = meter_now() - started;
		progress_end(x.watch);
	}
	if (result == 0)
		printer_keep_amount(p, "written_bytes", r.n_bytes, seconds);
	if (result == 0)
		health_keep(p, o.disc);
	if (result == 0 && !s->is_quiet) {
		print_summary(&r, seconds);
		printer_flush_summary(p);
	}
	if (result == 0)
		result = judge(&r, &x, s->read.path, f);
	if (result == 0)
		result = open_disc_check(&o, f);
	open_disc_close(&o);
	return result;
}

int cmd_extract(struct settings *s, struct printer *p, struct fail *f)
{
	struct new_dir dir;
	int result;

	if (settings_read(s, settings_operand(s, 0), f) ||
		(s->to ? new_dir_make(&dir, s->to, s->volume.secret.given, f)
		       : new_dir_make_unnamed(&dir, s->volume.secret.given, f)))
		return -1;
	result = extract_to(&dir, s, p, f);
	new_dir_close(&dir, result == 0);
	return result;
}
