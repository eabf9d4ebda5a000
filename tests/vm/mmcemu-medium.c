/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The media: their kinds, sessions, tracks, and the file that holds the blocks. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mmcemu.h"

static const struct kind kinds[] = {
	/* name, profile, family, blocks, unit, sequential, random, erasable, rom */
	{ "cd-rom", 0x08, CD, 0, 1, 0, 0, 0, 1 },
	{ "cd-r", PROFILE_CD_R, CD, 359844, 1, 1, 0, 0, 0 },
	{ "cd-rw", PROFILE_CD_RW, CD, 359844, 1, 1, 0, 1, 0 },
	{ "dvd-rom", 0x10, DVD_MINUS, 0, 16, 0, 0, 0, 1 },
	{ "dvd-r", PROFILE_DVD_R, DVD_MINUS, 2297888, 16, 1, 0, 0, 0 },
	{ "dvd-r-dl", PROFILE_DVD_R_DL, DVD_MINUS, 4171712, 16, 1, 0, 0, 0 },
	{ "dvd-ram", PROFILE_DVD_RAM, RAM, 2236704, 1, 0, 1, 1, 0 },
	{ "dvd-rw", PROFILE_DVD_RW, DVD_MINUS, 2297888, 16, 1, 0, 1, 0 },
	{ "dvd+rw", PROFILE_DVD_PLUS_RW, DVD_PLUS, 2295104, 1, 0, 1, 1, 0 },
	{ "dvd+r", PROFILE_DVD_PLUS_R, DVD_PLUS, 2295104, 16, 1, 0, 0, 0 },
	{ "dvd+r-dl", PROFILE_DVD_PLUS_R_DL, DVD_PLUS, 4173824, 16, 1, 0, 0, 0 },
	{ "bd-rom", 0x40, BD, 0, 32, 0, 0, 0, 1 },
	{ "bd-r", PROFILE_BD_R, BD, 12219392, 32, 1, 0, 0, 0 },
	{ "bd-re", PROFILE_BD_RE, BD, 11826176, 1, 0, 1, 1, 0 },
	{ "", 0, CD, 0, 0, 0, 0, 0, 0 },
};
enum { CD_TRACK_MIN = 300 }; /* MMC-5, 6.3.3.1.2 */

static int image = -1; /* holds the medium's blocks */

int medium_read(int32_t lba, uint32_t n, uint8_t *buf)
{
	size_t wanted = (size_t)n * BLK, done = 0;
	memset(buf, 0, wanted);
	while (done < wanted) {
		ssize_t r = pread(image, buf + done, wanted - done, (off_t)lba * BLK + (off_t)done);
		if (r <= 0)
			return (int)r;
		done += (size_t)r;
	}
	return 0;
}

int medium_write(int32_t lba, uint32_t n, const uint8_t *buf)
{
	size_t wanted = (size_t)n * BLK;
	return pwrite(image, buf, wanted, (off_t)lba * BLK) == (ssize_t)wanted ? 0 : -1;
}

int32_t medium_round_up(int32_t blocks, int unit)
{
	return (blocks + unit - 1) / unit * unit;
}

int medium_is_cd(const struct medium *m)
{
	return m->k.family == CD;
}

int medium_is_overwrite(const struct medium *m)
{
	return m->k.is_random || m->k.profile == PROFILE_DVD_RW_OVERWRITE;
}

struct track *medium_open_track(struct medium *m)
{
	for (int i = m->n_tracks - 1; i >= 0; i--)
		if (!m->t[i].is_closed)
			return &m->t[i];
	return NULL;
}

int medium_session_is_open(const struct medium *m)
{
	return m->n_tracks && m->t[m->n_tracks - 1].session > m->n_sessions;
}

int32_t medium_track_end(const struct track *t)
{
	return t->size ? t->start + t->size : t->nwa;
}

int32_t medium_next_start(const struct medium *m)
{
	if (!m->n_tracks)
		return 0;
	const struct track *l = &m->t[m->n_tracks - 1];
	int32_t gap;
	if (l->session > m->n_sessions)
		gap = medium_is_cd(m) ? 150 : 0;
	else if (medium_is_cd(m))
		gap = m->n_sessions == 1 ? 11400 : 6900; /* lead-out, lead-in, pregap */
	else
		gap = m->k.family == BD ? 0 : m->k.family == DVD_PLUS ? 2048 : 12288;
	return medium_round_up(medium_track_end(l) + gap, m->k.unit);
}

struct track *medium_new_track(struct medium *m, int32_t size)
{
	if (m->n_tracks == MAX_TRACKS)
		return NULL;
	struct track t = { .session = m->n_sessions + 1,
		.start = medium_next_start(m),
		.size = size,
		.is_reserved = size > 0 };
	t.nwa = t.start;
	m->t[m->n_tracks] = t;
	return &m->t[m->n_tracks++];
}

void medium_close_track(struct medium *m, struct track *t, int is_tao)
{
	if (t->is_closed)
		return;
	if (!t->is_reserved) {
		t->nwa = medium_round_up(t->nwa, m->k.unit);
		t->size = t->nwa - t->start;
		if (medium_is_cd(m) && is_tao && t->size) {
			if (t->size < CD_TRACK_MIN)
				t->size = CD_TRACK_MIN;
			t->run_out = 2;
			t->size += 2;
		}
	}
	t->is_closed = 1;
	if (!t->size)
		m->n_tracks--;
}

void medium_close_session(struct medium *m, int is_final, int is_tao)
{
	struct track *t;
	while ((t = medium_open_track(m)))
		medium_close_track(m, t, is_tao);
	if (medium_session_is_open(m))
		m->n_sessions++;
	if (is_final)
		m->is_complete = 1;
}

int32_t medium_readable_end(const struct medium *m)
{
	if (m->k.profile == PROFILE_DVD_RW_OVERWRITE)
		return m->formatted_end;
	if (medium_is_overwrite(m))
		return m->is_formatted ? m->blocks : 0;
	int32_t end = 0;
	for (int i = 0; i < m->n_tracks; i++)
		if (m->t[i].session <= m->n_sessions || !medium_is_cd(m))
			end = medium_track_end(&m->t[i]);
	return end;
}

int medium_is_readable(const struct medium *m, int32_t lba)
{
	if (medium_is_overwrite(m))
		return lba >= 0 && lba < medium_readable_end(m);
	for (int i = 0; i < m->n_tracks; i++) {
		const struct track *t = &m->t[i];
		if (lba >= t->start && lba < medium_track_end(t) - t->run_out &&
			(t->is_closed || lba < t->nwa))
			return 1;
	}
	return 0;
}

void medium_blank(struct medium *m)
{
	m->n_tracks = m->n_sessions = m->is_complete = 0;
	m->is_formatted = m->is_growing = m->background = m->is_fast_blanked = 0;
	m->formatted_end = 0;
	if (ftruncate(image, 0))
		perror("mmcemu: truncate");
}

int medium_reopen(const char *path)
{
	if (image >= 0)
		close(image);
	image = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	return image < 0 ? -1 : 0;
}

static void finish_rom(struct medium *m)
{
	struct stat s = { 0 };
	fstat(image, &s);
	m->blocks = (int32_t)(s.st_size / BLK);
	m->t[0] =
		(struct track){ .session = 1, .size = m->blocks, .nwa = m->blocks, .is_closed = 1 };
	m->n_tracks = m->n_sessions = m->is_complete = 1;
}

int medium_load(struct medium *m, const char *name, const char *path, int mib)
{
	const struct kind *k = kinds;
	while (*k->name && strcmp(k->name, name) != 0)
		k++;
	if (!*k->name) {
		fprintf(stderr, "mmcemu: %s: no such medium\n", name);
		return -1;
	}
	*m = (struct medium){ .k = *k, .blocks = mib ? mib * 512 : k->blocks };
	if (medium_reopen(path) || (!k->is_rom && ftruncate(image, 0))) {
		fprintf(stderr, "mmcemu: %s: %m\n", path);
		return -1;
	}
	if (k->is_rom)
		finish_rom(m);
	if (k->profile == PROFILE_DVD_RAM)
		m->is_formatted = 1;
	return 0;
}
