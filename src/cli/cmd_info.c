/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The verb info: what a medium or an image is, and what can be told of its contents: without
 * the key, or, where a secret is given, with it. */
#include "cli/command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "drive/drive.h"
#include "drive/drive_details.h"
#include "crypto/format/format.h"
#include "crypto/libraries.h"
#include "cli/device_operand.h"
#include "cli/disc_input.h"
#include "cli/json.h"
#include "cli/opening_commands.h"
#include "cli/print.h"
#include "cli/secret_input.h"
#include "util/block_reader.h"
#include "util/sandbox.h"
#include "util/sector.h"
#include "util/size.h"

/* All that was found out. */
struct look {
	const char *path;
	bool is_drive;
	struct drive_facts facts;
	struct drive_details details;
	struct block_reader *reader; /* NULL: nothing to read, or the disc is open */
	struct block_reader *header; /* of a detached header; NULL: none */
	bool is_readable;
	bool is_empty;    /* zeros */
	uint64_t n_bytes; /* readable ones; of an image, all */
	struct volume *inspected;
	struct disc *disc;           /* opened with a secret; NULL: none was given */
	const struct volume *volume; /* of either; NULL: no header that shows a format */
	char *commands;              /* NULL: none are known */
};

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

/* Of the medium, in blocks; 0: not known, as of what was closed for ever. */
static uint64_t capacity(const struct drive_facts *d)
{
	if (d->n_blocks_empty)
		return d->n_blocks_empty;
	if (d->state == MEDIUM_BLANK || d->state == MEDIUM_APPENDABLE)
		return d->n_blocks_used + d->n_blocks_free;
	return 0;
}

/* What the drive tells, which is let go then: nothing of what libburn needs is left in the sandbox.
 */
static int look_at_drive(struct look *l, struct fail *f)
{
	struct drive *drive = drive_open(l->path, print_messages(), f);

	if (!drive)
		return -1;
	l->facts = drive_facts(drive);
	l->details = drive_details(drive);
	drive_close(drive, false);
	return 0;
}

static int find_commands(struct look *l, const struct options *o, struct fail *f)
{
	struct credential c = secret_input_described(o);

	l->commands = opening_commands(l->volume, &c, l->path, o->values[OPTION_AS_FILE]);
	if (!l->commands)
		return fail_memory(f);
	return 0;
}

/* True where it starts with nothing but zeros, as what is formatted, or made with truncate(1),
 * does: cipher text never looks like that. Some file systems leave the first 64 KiB alone. */
static bool is_empty(struct block_reader *reader)
{
	enum { N_BLOCKS = 64 };
	uint64_t n = reader->n_blocks < N_BLOCKS ? reader->n_blocks : N_BLOCKS;
	uint8_t bytes[N_BLOCKS * BLOCK_BYTES];
	struct fail unread = { 0 };

	if (n == 0 || block_reader_read(reader, 0, (uint32_t)n, bytes, &unread))
		return false;
	return bytes[0] == 0 && memcmp(bytes, bytes + 1, (size_t)n * BLOCK_BYTES - 1) == 0;
}

static int enter_sandbox(struct fail *f)
{
	libraries_start();
	return sandbox_enter(&(struct sandbox_needs){ 0 }, print_messages(), f);
}

static int look_at_contents(struct look *l, const struct options *o, struct fail *f)
{
	struct format_params params = { .header_path = o->values[OPTION_HEADER] };
	const struct format *format;

	if (params.header_path) {
		params.header_reader = l->header = block_reader_open_file(params.header_path, f);
		if (!l->header)
			return -1;
	}
	if (enter_sandbox(f))
		return -1;
	format = format_recognise(l->header ? l->header : l->reader);
	if (l->header && !(format && format->takes & TAKES_HEADER))
		return fail_set(f, FAIL_MISMATCH, params.header_path, "is no LUKS header");
	if (!format) {
		l->is_empty = !l->header && is_empty(l->reader);
		return 0;
	}
	l->volume = l->inspected = format_inspect(format, l->reader, &params, print_messages(), f);
	if (l->volume)
		return find_commands(l, o, f);
	if (!f->object[0])
		snprintf(f->object, sizeof f->object, "%s", l->path);
	return -1;
}

/* True where the options say how to open it. */
static bool is_to_be_opened(const struct options *o)
{
	static const enum option ways[] = { OPTION_FORMAT, OPTION_ENCSTYLE, OPTION_CIPHER,
		OPTION_GUESS, OPTION_AS_FILE, OPTION_COUNT };

	return secret_input_is_given(o) || options_first_given(o, ways) != OPTION_COUNT;
}

static int look_inside(struct look *l, struct options *o, struct fail *f)
{
	l->disc = disc_input_open(o, l->path, &(struct disc_input_rights){ 0 }, f);
	if (!l->disc)
		return -1;
	l->is_readable = true;
	l->volume = disc_volume(l->disc);
	return find_commands(l, o, f);
}

/* Through the kernel, as the reading verbs do it. It learns the size of a medium that was just
 * written when that is loaded, which a burn without verifying doesn't do. */
static int open_medium(struct look *l, struct fail *f)
{
	l->reader = block_reader_open_file(l->path, f);
	if (!l->reader)
		return -1;
	l->is_readable = !l->is_drive || l->reader->n_blocks >= l->facts.n_blocks_used;
	if (l->is_drive)
		l->n_bytes = l->facts.n_blocks_used * BLOCK_BYTES;
	else
		l->n_bytes = l->reader->n_blocks * BLOCK_BYTES + l->reader->n_tail_bytes;
	return 0;
}

static int look_at(struct look *l, struct options *o, struct fail *f)
{
	l->is_drive = drive_is_one(l->path);
	if (l->is_drive && look_at_drive(l, f))
		return -1;
	if (l->is_drive && (l->facts.state == MEDIUM_NONE || l->facts.n_blocks_used == 0))
		return 0;
	if (open_medium(l, f))
		return -1;
	if (is_to_be_opened(o)) {
		block_reader_free(l->reader);
		l->reader = NULL;
		return look_inside(l, o, f);
	}
	if (l->is_readable)
		return look_at_contents(l, o, f);
	message_warn(print_messages(),
		"%s: the kernel does not know yet how much is on it, and reads none of its "
		"contents: eject it and put it in again",
		l->path);
	return 0;
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
		printf("sessions: %u\n", d->n_sessions);
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
	if (capacity(d))
		printf("capacity: %s\n", size_format(size, sizeof size, capacity(d) * BLOCK_BYTES));
	printf("free: %s\n", size_format(size, sizeof size, d->n_blocks_free * BLOCK_BYTES));
	printf("readable: %s\n", size_format(size, sizeof size, d->n_blocks_used * BLOCK_BYTES));
	print_speeds(&l->details);
	print_tracks(&l->details);
}

static void print_volume(const struct volume *v)
{
	char shown[300], size[64];

	if (!v->cipher_name[0]) {
		puts("contents: a file system in the clear");
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

static const char *inside_of(const struct look *l)
{
	const char *name = disc_contents(l->disc);

	return name ? name : "nothing that is known here";
}

static void print_contents(const struct look *l)
{
	if (!l->is_readable)
		return;
	if (l->volume)
		print_volume(l->volume);
	else if (l->is_empty)
		puts("contents: zeros at its start; it may be that nothing was written there yet");
	else
		puts("contents: nothing that shows what it is; a plain, loop-AES or VeraCrypt "
		     "volume looks like this");
	if (l->disc)
		printf("inside: %s\n", inside_of(l));
	if (l->commands)
		opening_commands_print(stdout, l->commands, false);
}

static void print_text(const struct look *l)
{
	char shown[4200], size[64];

	if (l->is_drive) {
		print_drive(l);
	} else {
		printf("image: %s, %s\n", message_escape(shown, sizeof shown, l->path),
			size_format(size, sizeof size, l->n_bytes));
	}
	print_contents(l);
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
	json_number(j, "capacity_bytes", capacity(d) * BLOCK_BYTES);
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

static void write_volume(struct json *j, const struct volume *v)
{
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

static void write_commands(struct json *j, const char *commands)
{
	char *copy = strdup(commands), *rest = copy;

	json_array_begin(j, "commands");
	for (char *line; rest && (line = strsep(&rest, "\n"));)
		if (*line)
			json_text(j, NULL, line);
	json_array_end(j);
	free(copy);
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
		write_volume(&j, l->volume);
	if (l->disc)
		json_text(&j, "inside", inside_of(l));
	if (l->commands)
		write_commands(&j, l->commands);
	json_object_end(&j);
	putchar('\n');
}

static void free_look(struct look *l)
{
	free(l->commands);
	disc_close(l->disc);
	volume_free(l->inspected);
	block_reader_free(l->header);
	block_reader_free(l->reader);
	drive_details_free(&l->details);
}

int cmd_info(struct options *o)
{
	char only[DEVICE_OPERAND_MAX];
	struct look l = { .path = NULL };
	struct fail f = { 0 };

	l.path = device_operand_get(o, only, &f);
	if (l.path && look_at(&l, o, &f) == 0) {
		if (options_has(o, OPTION_JSON))
			write_json(&l);
		else
			print_text(&l);
		print_flush(&f);
	}
	free_look(&l);
	if (fail_is_set(&f))
		print_fail(&f);
	return (int)f.code;
}
