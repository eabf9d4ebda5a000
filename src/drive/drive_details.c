/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "drive/drive_details.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "drive/drive_inner.h"

enum { READ_SPEED = 3 /* burn_speed_descriptor.source */, CONTROL_DATA = 4 };

/* Copies what can be printed, without blanks around it. */
static void copy_text(char *out, size_t n_out, const char *text)
{
	size_t len = 0;

	for (; text && *text && len + 1 < n_out; text++)
		if (isprint((unsigned char)*text) && (*text != ' ' || len > 0))
			out[len++] = *text;
	while (len > 0 && out[len - 1] == ' ')
		len--;
	out[len] = '\0';
}

static void ask_maker(const struct drive *d, struct drive_details *details)
{
	char *product = NULL, *code1 = NULL, *code2 = NULL, *book = NULL, *maker = NULL;

	if (burn_disc_get_media_id(d->handle, &product, &code1, &code2, &book, 0) > 0) {
		maker = burn_guess_manufacturer(d->facts.profile, code1, code2, 0);
		if (maker && strncmp(maker, "Unknown ", 8) != 0)
			copy_text(details->manufacturer, sizeof details->manufacturer, maker);
		copy_text(details->media_code, sizeof details->media_code, product);
	}
	free(product);
	free(code1);
	free(code2);
	free(book);
	free(maker);
}

static int falling(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x < *y) - (*x > *y);
}

static void ask_speeds(const struct drive *d, struct drive_details *details)
{
	struct burn_speed_descriptor *list = NULL;
	size_t n = 0, kept = 0;

	if (!d->kind || burn_drive_get_speedlist(d->handle, &list) <= 0)
		return;
	for (struct burn_speed_descriptor *s = list; s; s = s->next)
		if (s->source != READ_SPEED && s->write_speed > 0 &&
			n < sizeof details->speeds / sizeof *details->speeds)
			details->speeds[n++] = s->write_speed / d->kind->kb_per_second;
	burn_drive_free_speedlist(&list);
	qsort(details->speeds, n, sizeof *details->speeds, falling);
	/* the drive's two ways of telling name each speed twice, rounded differently */
	for (size_t i = 0; i < n; i++)
		if (kept == 0 || details->speeds[i] < details->speeds[kept - 1] * 0.98)
			details->speeds[kept++] = details->speeds[i];
	details->n_speeds = kept;
}

/* One more track, or an open one that has no size yet (left out). */
static void add_track(
	struct drive_details *details, const struct burn_toc_entry *entry, unsigned session)
{
	struct drive_track *more;

	if (!(entry->extensions_valid & 1) || entry->track_blocks <= 0)
		return;
	more = realloc(details->tracks, (details->n_tracks + 1) * sizeof *more);
	if (!more)
		return;
	details->tracks = more;
	more[details->n_tracks++] = (struct drive_track){ .session = session,
		.number = (unsigned)entry->point_msb << 8 | entry->point,
		.lba = (uint64_t)(entry->start_lba > 0 ? entry->start_lba : 0),
		.n_blocks = (uint64_t)entry->track_blocks,
		.is_data = (entry->control & CONTROL_DATA) != 0 };
}

static void ask_tracks(const struct drive *d, struct drive_details *details)
{
	struct burn_disc *disc = burn_drive_get_disc(d->handle);
	struct burn_session **sessions;
	int n_sessions = 0;

	if (!disc)
		return;
	sessions = burn_disc_get_sessions(disc, &n_sessions);
	for (int i = 0; sessions && i < n_sessions; i++) {
		int n_tracks = 0;
		struct burn_track **tracks = burn_session_get_tracks(sessions[i], &n_tracks);

		for (int k = 0; tracks && k < n_tracks; k++) {
			struct burn_toc_entry entry;

			burn_track_get_entry(tracks[k], &entry);
			add_track(details, &entry, (unsigned)i + 1);
		}
	}
	details->n_sessions = (unsigned)n_sessions;
	burn_disc_free(disc);
}

struct drive_details drive_details(const struct drive *d)
{
	struct drive_details details = { 0 };

	if (d->facts.state == MEDIUM_NONE)
		return details;
	ask_maker(d, &details);
	ask_speeds(d, &details);
	if (d->facts.state != MEDIUM_BLANK)
		ask_tracks(d, &details);
	library_drop();
	return details;
}

void drive_details_free(struct drive_details *details)
{
	free(details->tracks);
	memset(details, 0, sizeof *details);
}
