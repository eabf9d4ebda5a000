/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "job/heal_opening.h"

#include <sys/stat.h>

#include "crypto/format/format.h"
#include "heal/heal_finder.h"
#include "job/heal_authenticity.h"
#include "job/healing.h"
#include "util/request_field.h"

enum {
	/* units after which a whole copy is the faster way */
	UNITS_MANY = 32,
	/* what a volume may have behind its file system: padding of a CD's track, and what fills up
	 * a sector */
	PADDING_BLOCKS = 152,
};

/* A drive takes seconds for a read that fails. */
static bool is_device(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISBLK(st.st_mode);
}

/* 1 with r filled; 0: none; -1 with f filled. */
static int find(const struct heal_opening *o, struct heal_record *r, struct fail *f)
{
	const struct heal_trust *trust = &o->request->heal;
	const char *path = o->request->path;
	struct heal_search search = { .at = trust->at ? trust->at : UINT64_MAX,
		.everywhere = trust->everywhere,
		.is_brief = is_device(path) };
	int found;

	if (o->end)
		search = (struct heal_search){ .at = heal_layout_front(o->end),
			.n_more = PADDING_BLOCKS / HEAL_ALIGN + 1,
			.skips_end = true,
			.is_brief = search.is_brief };
	found = heal_finder_run(&search, o->medium, r, f);
	/* the volume is read as if there were none */
	if (found > 0 && heal_finder_is_unfinished(o->medium, r))
		return 0;
	if (found == 0 && trust->at)
		return healing_fail_none(o->medium, trust->at, path, f);
	/* a later session is not covered, and its files may be anywhere */
	if (found > 0 && o->n_tracks > 1 && o->tracks[o->n_tracks - 1] >= r->layout.end) {
		message_note(o->messages,
			"%s: has sessions behind its healing data, so it is read without them",
			path);
		return 0;
	}
	return found;
}

/* 0 with *h NULL where these are healing data of what was there before, and nobody has asked for
 * them; -1 with f filled. */
static int check_age(const struct heal_opening *o, struct healed_medium **h, struct fail *f)
{
	bool is_old = false;

	if (!o->request->heal.at && healing_check_age(*h, o->medium, &is_old, f))
		return -1;
	if (!is_old)
		return 0;
	message_warn(o->messages,
		"%s: has healing data of what was there before, which are not used",
		o->request->path);
	healed_medium_free(*h);
	*h = NULL;
	return 0;
}

/* A header that healing did not bring back, or was not to. */
static void copy_header(const struct heal_opening *o, struct healed_medium *h)
{
	const struct heal_area *header = &healed_medium_record(h)->layout.header;
	const struct format *format;

	if (!header->n || format_recognise(healed_medium_blocks(h)))
		return;
	healed_medium_copy_header(h, true);
	format = format_recognise(healed_medium_blocks(h));
	if (format && format->takes & TAKES_HEADER)
		message_warn(o->messages,
			"%s: the header can't be read; its copy at block %llu is used",
			o->request->path, (unsigned long long)header->first);
	else
		healed_medium_copy_header(h, false);
}

int heal_opening_run(const struct heal_opening *o, struct healed_medium **h, struct fail *f)
{
	const struct heal_trust *trust = &o->request->heal;
	bool is_off = trust->is_off;
	struct heal_record r;
	int found = find(o, &r, f);

	*h = NULL;
	if (found < 0)
		return -1;
	if (found == 0)
		return heal_authenticity_check(trust, NULL, o->request->path, f);
	heal_authenticity_give_root(trust, &r);
	if (!is_off && !r.has_root)
		message_warn_field(o->messages, REQUEST_ROOT_LOST,
			"%s: all records of the root of its digests are lost, so nothing is healed",
			o->request->path);
	*h = healed_medium_new(o->medium, &r, is_off, f);
	if (!*h || (!is_off && r.has_root && check_age(o, h, f))) {
		healed_medium_free(*h);
		*h = NULL;
		return -1;
	}
	if (heal_authenticity_check(trust, *h && !is_off ? &r : NULL, o->request->path, f)) {
		healed_medium_free(*h);
		*h = NULL;
		return -1;
	}
	/* by the MAC alone, nothing is proven yet, but what it takes to check that has to be read
	 */
	if (*h && (trust->signer || trust->root))
		healed_medium_demand_proof(*h);
	if (*h)
		copy_header(o, *h);
	return 0;
}

bool heal_opening_is_slow(const struct healed_medium *h)
{
	return healed_medium_counts(h).n_units > UNITS_MANY;
}

static const char *plural(uint64_t n)
{
	return n == 1 ? "" : "s";
}

int heal_opening_check(const struct healed_medium *h, const char *path, struct fail *f)
{
	uint64_t n = h ? healed_medium_counts(h).n_unproven : 0;

	return n ? fail_set(f, FAIL_INCOMPLETE, path,
			   "%llu block%s could not be checked: %s digest%s lost",
			   (unsigned long long)n, plural(n), n == 1 ? "its" : "their",
			   n == 1 ? " is" : "s are")
		 : 0;
}

void heal_opening_tell(const struct healed_medium *h, const char *path, bool is_checked,
	const struct messages *messages)
{
	struct heal_reader_counts n = { 0 };
	struct fail unchecked = { 0 };

	if (h)
		n = healed_medium_counts(h);
	if (n.n_healed)
		message_warn_field(messages, REQUEST_DAMAGED,
			"%s: %s%llu block%s %s damaged and healed on the way", path,
			n.n_presumed ? "up to " : "", (unsigned long long)n.n_healed,
			plural(n.n_healed), n.n_healed == 1 ? "was" : "were");
	if (n.n_lost)
		message_warn(messages, "%s: %llu block%s could not be healed", path,
			(unsigned long long)n.n_lost, plural(n.n_lost));
	if (heal_opening_check(h, path, &unchecked) && !is_checked)
		message_warn(messages, "%s: %s", path, unchecked.what);
}
