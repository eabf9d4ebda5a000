/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The verb info: prints what a medium or an image is. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli/heal_facts.h"
#include "cli/json.h"
#include "cli/summary.h"
#include "cli/verbs.h"
#include "drive/drive_list.h"
#include "job/heal_opening.h"
#include "job/look.h"
#include "util/sector.h"
#include "util/size.h"

enum { PATH_BYTES = 40 };

static const char *state_name(enum medium_state state)
{
	static const char *const names[] = { [MEDIUM_NONE] = "none",
		[MEDIUM_BLANK] = "blank",
		[MEDIUM_APPENDABLE] = "appendable",
		[MEDIUM_CLOSED] = "closed",
		[MEDIUM_OVERWRITABLE] = "overwritable",
		[MEDIUM_UNSUITABLE] = "unsuitable" };

	return names[state];
}

static void print_speeds(const struct drive_details *d)
{
	if (d->n_speeds == 0)
		return;
	printf("write speeds:");
	for (size_t i = 0; i < d->n_speeds; i++)
		printf("%s %.1fx", i ? "," : "", d->speeds[i]);
	putchar('\n');
}

static void print_tracks(const struct drive_details *d)
{
	if (d->n_sessions)
		printf("sessions on the medium: %u\n", d->n_sessions);
	for (size_t i = 0; i < d->n_tracks; i++) {
		const struct drive_track *t = &d->tracks[i];

		printf("  session %u, track %u: LBA %llu, %llu blocks%s\n", t->session, t->number,
			(unsigned long long)t->lba, (unsigned long long)t->n_blocks,
			t->is_data ? "" : ", audio");
	}
}

static void print_drive(const struct look *l)
{
	const struct drive_facts *d = &l->facts;
	char shown[400], size[64];

	printf("drive: %s", message_escape(shown, sizeof shown, d->vendor));
	printf(" %s", message_escape(shown, sizeof shown, d->model));
	printf(" %s\n", message_escape(shown, sizeof shown, d->revision));
	printf("medium: %s%s%s\n", d->medium[0] ? d->medium : "none", d->profile ? ", " : "",
		d->profile ? state_name(d->state) : "");
	if (d->state == MEDIUM_NONE)
		return;
	if (l->details.manufacturer[0])
		printf("manufacturer: %s\n",
			message_escape(shown, sizeof shown, l->details.manufacturer));
	if (l->details.media_code[0])
		printf("media code: %s\n",
			message_escape(shown, sizeof shown, l->details.media_code));
	if (look_capacity(l))
		printf("capacity: %s\n",
			size_format(size, sizeof size, look_capacity(l) * BLOCK_BYTES));
	printf("free: %s\n", size_format(size, sizeof size, d->n_blocks_free * BLOCK_BYTES));
	printf("readable: %s\n", size_format(size, sizeof size, d->n_blocks_used * BLOCK_BYTES));
	print_speeds(&l->details);
	print_tracks(&l->details);
}

static void print_volume(const struct look *l)
{
	const struct volume *v = l->volume;
	char shown[300], size[64];

	if (!v->cipher_name[0]) {
		printf("contents: %s, not encrypted\n", contents_name(l->contents));
		return;
	}
	printf("contents: %s, %s, %u-bit key, %u-byte sectors\n", v->format->name, v->cipher_name,
		v->key_bits, v->sector_bytes);
	if (v->pbkdf_memory_kib)
		printf("key derivation: %s, %u KiB of memory, %u passes, %u threads\n", v->pbkdf,
			v->pbkdf_memory_kib, v->pbkdf_iterations, v->pbkdf_parallel);
	else if (v->pbkdf[0])
		printf("key derivation: %s, %u rounds\n", v->pbkdf, v->pbkdf_iterations);
	if (v->n_slots)
		printf("key slots in use: %u\n", v->n_slots);
	if (v->label[0])
		printf("label: %s\n", message_escape(shown, sizeof shown, v->label));
	if (v->uuid[0])
		printf("UUID: %s\n", message_escape(shown, sizeof shown, v->uuid));
	if (v->payload_bytes)
		printf("payload: %s\n", size_format(size, sizeof size, v->payload_bytes));
}

/* The number of the session whose contents are shown; 0 where there is one session, or nobody has
 * looked inside. */
static unsigned session_shown(const struct look *l)
{
	const struct drive_details *d = &l->details;
	const struct sessions *s = look_sessions(l);

	for (size_t i = 0; s && s->n > 1 && i < s->n; i++)
		if (s->list[i].start == l->session_lba)
			return s->list[i].number;
	if (!s || d->n_sessions < 2 || !l->volume)
		return 0;
	for (size_t i = 0; i < d->n_tracks; i++)
		if (d->tracks[i].lba == l->session_lba)
			return d->tracks[i].session;
	return l->session_lba ? d->n_sessions : 1;
}

/* The place in the list of the oldest one that can be read. */
static size_t first_found(const struct sessions *s)
{
	return s && s->list[0].is_lost ? 1 : 0;
}

/* Of a session, from its sbsector on; of the first, from the payload's start on, wherever its
 * descriptors were saved. */
static unsigned long long count_blocks(const struct session *s)
{
	return s->number == 1 ? s->end : s->end - s->start;
}

/* The drive counts sessions that were broken off, too: the track tells which of its own it is. */
static void print_shown(const struct look *l)
{
	const struct drive_details *d = &l->details;
	const struct sessions *s = look_sessions(l);
	unsigned number = session_shown(l);

	if (!number)
		return;
	printf("session shown: %u", number);
	if (s->n > 1)
		printf(" of %u in the file system", s->list[s->n - 1].number);
	for (size_t i = 0; i < d->n_tracks; i++)
		if (d->tracks[i].lba == l->session_lba + l->volume->payload_offset / BLOCK_BYTES)
			printf(" (track %u)", d->tracks[i].number);
	putchar('\n');
}

static void print_lost(const struct sessions *s)
{
	unsigned n = s->list[first_found(s)].number - 1;

	if (n == 1)
		puts("  session 1: no record leads to its descriptors");
	else if (n)
		printf("  sessions 1 to %u: no record leads to them\n", n);
}

static void print_sessions(const struct look *l)
{
	const struct sessions *s = look_sessions(l);

	if (s && s->n > 1) {
		printf("sessions in the file system: %u\n", s->list[s->n - 1].number);
		print_lost(s);
	}
	for (size_t i = first_found(s); s && s->n > 1 && i < s->n; i++) {
		const struct session *one = &s->list[i];
		time_t made = (time_t)one->made;
		struct tm tm;
		char date[40] = "";

		if (one->made && gmtime_r(&made, &tm))
			strftime(date, sizeof date, ", made %Y-%m-%d %H:%M:%S UTC", &tm);
		printf("  session %u: sbsector %llu, %llu blocks%s\n", one->number,
			(unsigned long long)one->start, (unsigned long long)count_blocks(one),
			date);
	}
	if (!s && l->n_tracks > 1)
		printf("newest session: probably the last track, which the commands mount; with "
		       "the secret, all sessions are listed\n");
}

static void write_sessions(struct json *j, const struct look *l)
{
	const struct sessions *s = look_sessions(l);

	if (!s || s->n < 2)
		return;
	json_array_begin(j, "inside_sessions");
	for (size_t i = first_found(s); i < s->n; i++) {
		json_object_begin(j, NULL);
		json_number(j, "number", s->list[i].number);
		json_number(j, "sbsector", s->list[i].start);
		json_number(j, "blocks", count_blocks(&s->list[i]));
		json_number(j, "made", s->list[i].made > 0 ? (uint64_t)s->list[i].made : 0);
		json_object_end(j);
	}
	json_array_end(j);
}

/* Where nobody has looked inside, there are mostly files. */
static void print_commands(const struct look *l, const struct settings *s)
{
	bool needs_secret = l->volume->format->needs_secret;
	const struct summary_disc disc = { l->path, l->volume->format,
		l->sides.has_iso9660 || l->sides.has_udf || (needs_secret && !l->disc) };

	summary_print_commands(stdout, l->commands, false);
	if (disc.has_files || needs_secret)
		summary_print_own_commands(stdout, &disc, s);
}

static void print_contents(const struct look *l, const struct settings *s)
{
	char shown[100];

	if (!l->is_readable)
		return;
	print_shown(l);
	if (l->volume)
		print_volume(l);
	else if (l->is_empty)
		puts("contents: only zeros at the start; perhaps nothing has been written yet");
	else
		puts("contents: not recognised; a plain, loop-AES, VeraCrypt or TrueCrypt volume "
		     "looks like this");
	if (l->disc && l->volume->format->needs_secret)
		printf("inside: %s\n", contents_name(l->contents));
	if (l->volume)
		print_sessions(l);
	if (l->sides.has_udf)
		printf("file system: %s\n", disc_files_describe(&l->sides, shown, sizeof shown));
	if (l->commands && l->commands[0])
		print_commands(l, s);
	if (look_healed(l))
		heal_facts_print(healed_medium_record(look_healed(l)), &l->proof, l->path);
}

static void print_text(const struct look *l, const struct settings *s)
{
	char shown[4200], size[64];

	if (l->is_drive) {
		print_drive(l);
	} else {
		printf("image: %s, %s\n", message_escape(shown, sizeof shown, l->path),
			size_format(size, sizeof size, l->n_bytes));
	}
	print_contents(l, s);
}

static void write_drive(struct json *j, const struct look *l)
{
	const struct drive_facts *d = &l->facts;

	json_text(j, "vendor", d->vendor);
	json_text(j, "model", d->model);
	json_text(j, "revision", d->revision);
	json_text(j, "medium", d->medium);
	json_number(j, "profile", (uint64_t)d->profile);
	json_text(j, "state", state_name(d->state));
	json_bool(j, "erasable", d->is_erasable);
	json_bool(j, "can_simulate", d->can_simulate);
	json_number(j, "capacity_bytes", look_capacity(l) * BLOCK_BYTES);
	json_number(j, "sessions", l->details.n_sessions);
	json_number(j, "free_bytes", d->n_blocks_free * BLOCK_BYTES);
	json_text(j, "manufacturer", l->details.manufacturer);
	json_text(j, "media_code", l->details.media_code);
	json_array_begin(j, "write_speeds");
	for (size_t i = 0; i < l->details.n_speeds; i++)
		json_real(j, NULL, l->details.speeds[i]);
	json_array_end(j);
	json_array_begin(j, "tracks");
	for (size_t i = 0; i < l->details.n_tracks; i++) {
		const struct drive_track *t = &l->details.tracks[i];

		json_object_begin(j, NULL);
		json_number(j, "session", t->session);
		json_number(j, "track", t->number);
		json_number(j, "lba", t->lba);
		json_number(j, "blocks", t->n_blocks);
		json_bool(j, "data", t->is_data);
		json_object_end(j);
	}
	json_array_end(j);
}

static void write_volume(struct json *j, const struct look *l)
{
	const struct volume *v = l->volume;

	json_text(j, "cipher", v->cipher_name);
	json_number(j, "key_bits", v->key_bits);
	json_number(j, "sector_bytes", v->sector_bytes);
	json_text(j, "pbkdf", v->pbkdf);
	json_number(j, "pbkdf_memory_kib", v->pbkdf_memory_kib);
	json_number(j, "pbkdf_iterations", v->pbkdf_iterations);
	json_number(j, "pbkdf_parallel", v->pbkdf_parallel);
	json_number(j, "key_slots", v->n_slots);
	json_text(j, "label", v->label);
	json_text(j, "uuid", v->uuid);
	json_number(j, "payload_offset", v->payload_offset);
	json_number(j, "payload_bytes", v->payload_bytes);
}

static void write_sides(struct json *j, const struct disc_sides *s)
{
	if (!s->has_iso9660 && !s->has_udf)
		return;
	json_array_begin(j, "file_systems");
	if (s->has_iso9660)
		json_text(j, NULL, "iso9660");
	if (s->has_udf)
		json_text(j, NULL, "udf");
	json_array_end(j);
	json_text(j, "file_system_read", s->is_udf_shown ? "udf" : "iso9660");
}

static void write_json(const struct look *l)
{
	struct json j = { .to = stdout };

	json_object_begin(&j, NULL);
	json_text(&j, "path", l->path);
	json_text(&j, "kind", l->is_drive ? "drive" : "image");
	if (l->is_drive)
		write_drive(&j, l);
	json_number(&j, "readable_bytes", l->n_bytes);
	if (l->is_readable)
		json_text(&j, "format", l->volume ? l->volume->format->name : "");
	if (l->is_empty)
		json_bool(&j, "zeros", true);
	if (l->volume && l->volume->cipher_name[0])
		write_volume(&j, l);
	if (session_shown(l))
		json_number(&j, "session_shown", session_shown(l));
	if (l->disc || l->contents)
		json_text(&j, "inside", contents_name(l->contents));
	write_sessions(&j, l);
	write_sides(&j, &l->sides);
	if (l->commands)
		json_lines(&j, "commands", l->commands);
	if (look_healed(l))
		heal_facts_write_json(&j, healed_medium_record(look_healed(l)), &l->proof, l->path);
	json_object_end(&j);
	putchar('\n');
}

/* The only drive that there is. NULL with f filled. */
static const char *only_drive(char path[PATH_BYTES], struct fail *f)
{
	struct drive_entry *entries = NULL;
	size_t n = 0;

	if (drive_list(&entries, &n, f))
		return NULL;
	if (n == 1)
		snprintf(path, PATH_BYTES, "%s", entries[0].path);
	else if (n == 0)
		fail_set(f, FAIL_DRIVE, "", "no optical drive found");
	else {
		fail_set(f, FAIL_USAGE, "", "there are %zu optical drives; name one of them", n);
		fail_hint(f, "run \"xburncrypt drives\" for a list");
	}
	free(entries);
	return n == 1 ? path : NULL;
}

/* True where the options say how to open it. */
static bool is_to_be_opened(const struct settings *s)
{
	static const enum option ways[] = { OPTION_FORMAT, OPTION_ENCSTYLE, OPTION_CIPHER,
		OPTION_GUESS, OPTION_SESSION, OPTION_AS_FILE, OPTION_OFFSET, OPTION_COUNT };

	return s->volume.secret.from != SECRET_ASKED ||
	       settings_first_given(s, ways) != OPTION_COUNT;
}

int cmd_info(struct settings *s, struct printer *p, struct fail *f)
{
	char only[PATH_BYTES], folder[PATH_MAX];
	const struct heal_record *record = NULL;
	const char *path = s->operands.n ? settings_operand(s, 0) : only_drive(only, f);
	struct look l;
	int result;

	if (!path || settings_read(s, path, f) || heal_facts_check(s, folder, f))
		return -1;
	if (s->heal_text)
		s->read.writable_dir = folder;
	result = look_at(&l, &s->read, is_to_be_opened(s), &p->voice, f);
	if (result == 0 && look_healed(&l))
		record = healed_medium_record(look_healed(&l));
	if (result == 0)
		result = heal_facts_save(s, record, f);
	if (result == 0) {
		if (s->is_json)
			write_json(&l);
		else
			print_text(&l, s);
		result = printer_flush(f);
		heal_opening_tell(look_healed(&l), path, false, &p->voice.messages);
	}
	look_close(&l);
	return result;
}
