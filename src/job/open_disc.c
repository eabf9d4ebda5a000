/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "job/open_disc.h"

#include <stdio.h>
#include <string.h>

#include "crypto/libraries.h"
#include "drive/drive.h"
#include "iso/disc_end.h"
#include "job/heal_authenticity.h"
#include "job/heal_opening.h"
#include "job/secrets.h"
#include "util/passphrase.h"
#include "util/sandbox.h"

/* What is known while it is opened. */
struct opening {
	struct read_request *request;
	const struct voice *voice;
	struct block_reader *medium; /* that the caller has opened, until it is taken over */
	bool is_callers;
	uint64_t tracks[DRIVE_TRACKS_MAX];
	size_t n_tracks;
	struct disc *disc;
	struct disc_key key;
	struct secrets secrets;
};

static int check(struct opening *s, struct fail *f)
{
	const struct read_request *r = s->request;
	const struct format *format = r->volume->format;

	if (strcmp(r->path, "-") == 0)
		return fail_set(f, FAIL_USAGE, "-",
			"is a pipe; reading a disc needs random access: save it to a file first");
	s->key = (struct disc_key){
		.format = format, .params = r->volume->params, .guess = r->guess
	};
	if (r->guess && format) {
		fail_set(f, FAIL_USAGE, "", "a format is named, so there is nothing to guess");
		return fail_field(f, REQUEST_GUESS);
	}
	if (r->guess && r->volume->params.any_contents) {
		fail_set(f, FAIL_USAGE, "", "only known contents show which format fits");
		return fail_field(f, REQUEST_GUESS);
	}
	if (format && format_check(format, &s->key.params, r->volume->secret.kind, f))
		return -1;
	return secrets_check(r->volume, !format || format->needs_secret, NULL, "", f);
}

static int get_secret(struct opening *s, struct fail *f)
{
	if (secrets_get(&s->secrets, s->request->volume, false, s->request->path, s->voice, f))
		return -1;
	s->key.credential = &s->secrets.credentials[0];
	secrets_warn(&s->voice->messages);
	return 0;
}

/* A secret that is named is read at once: its file, or gpg, is out of reach of the sandbox. */
static int get_early_secret(struct opening *s, struct fail *f)
{
	bool is_clear = s->key.format && !s->key.format->needs_secret;
	bool is_given = s->request->volume->secret.from != SECRET_ASKED;

	return is_clear || !(is_given || s->key.format) ? 0 : get_secret(s, f);
}

/* Asks for it where it turns out that one is needed. */
static int get_late_secret(struct opening *s, struct fail *f)
{
	const struct format *shown;

	if (s->key.format)
		return 0;
	shown = disc_recognise(s->disc, s->key.params.offset);
	if (shown && !shown->needs_secret && s->key.credential)
		message_note(&s->voice->messages,
			"%s is not encrypted, so the secret is not needed; if a file on it is an "
			"encrypted volume, name that file",
			s->request->path);
	if (s->key.credential || (shown && !shown->needs_secret))
		return 0;
	return get_secret(s, f);
}

static int enter_sandbox(struct opening *s, struct fail *f)
{
	struct sandbox_needs needs = { .writable_dir = s->request->writable_dir,
		.also_writable = { s->request->also_writable[0], s->request->also_writable[1] },
		.readable_dir = s->request->readable_dir,
		.terminal = s->request->volume->secret.from == SECRET_ASKED };

	libraries_start();
	return sandbox_enter(&needs, &s->voice->messages, f);
}

/* A passphrase was typed, and it is what is wrong. */
static bool is_mistyped(const struct opening *s, const struct fail *why)
{
	const struct format *format = s->key.format;

	return why->code == FAIL_MISMATCH && !disc_volume(s->disc) && s->key.credential &&
	       s->request->volume->secret.from == SECRET_ASKED &&
	       !(format && format->recognise &&
		       disc_recognise(s->disc, s->key.params.offset) != format);
}

static int unlock(struct opening *s, struct fail *f)
{
	const struct messages *m = &s->voice->messages;

	for (int n_tries = 1;; n_tries++) {
		struct fail why = { 0 };
		int result;

		if (s->key.credential)
			progress_tick(&s->voice->watch, PROGRESS_DERIVING, 0, 0);
		result = disc_unlock(s->disc, &s->key, m, &why);
		progress_end(&s->voice->watch);
		if (result == 0)
			return 0;
		if (n_tries == PASSPHRASE_TRIES || !is_mistyped(s, &why)) {
			*f = why;
			return -1;
		}
		message_warn(
			m, "%s: this passphrase does not open it; try again", s->request->path);
		secrets_free(&s->secrets);
		if (get_secret(s, f))
			return -1;
	}
}

static int open_medium(struct opening *s, struct fail *f)
{
	const struct read_request *r = s->request;
	const char *header = r->volume->params.header_path;

	if (s->is_callers) {
		s->disc = disc_open_on(s->medium, header, r->max_memory, f);
		s->medium = NULL;
	} else {
		s->disc = disc_open(r->path, header, r->max_memory, f);
		s->n_tracks = drive_tracks(r->path, s->tracks, DRIVE_TRACKS_MAX);
	}
	if (s->disc)
		disc_set_tracks(s->disc, s->tracks, s->n_tracks);
	return s->disc ? 0 : -1;
}

/* A medium that is to grow has none that count. */
static int put_healing(struct opening *s, struct fail *f)
{
	const struct heal_opening o = { .request = s->request,
		.medium = disc_medium(s->disc),
		.tracks = s->tracks,
		.n_tracks = s->n_tracks,
		.messages = &s->voice->messages };
	struct healed_medium *h;

	if (s->is_callers)
		return 0;
	if (heal_opening_run(&o, &h, f))
		return -1;
	disc_heal(s->disc, h);
	return 0;
}

/* Nothing in the volume leads to healing data that were added to an image, or that stand behind a
 * volume without a header. Where the medium goes on behind them, they are found by the volume's
 * end, which only its key shows. */
static int put_late_healing(struct opening *s, struct fail *f)
{
	const struct read_request *r = s->request;
	const struct heal_opening o = { .request = r,
		.medium = disc_medium(s->disc),
		.end = disc_volume_end(s->disc),
		.messages = &s->voice->messages };
	struct healed_medium *h;

	if (s->is_callers || disc_healed(s->disc) || r->heal.is_off || r->volume->as_file ||
		s->n_tracks > 1 || !o.end)
		return 0;
	if (heal_opening_run(&o, &h, f))
		return -1;
	return h ? disc_heal_unlocked(s->disc, h, o.messages, f) : 0;
}

/* Who made the disc, now that its key is known. */
static int check_maker(const struct opening *s, struct fail *f)
{
	const struct read_request *r = s->request;
	struct healed_medium *h = disc_healed(s->disc);

	if (!h || r->heal.is_off)
		return 0;
	if (heal_authenticity_check_mac(
		    &r->heal, healed_medium_record(h), disc_volume(s->disc), r->path, f))
		return -1;
	if (!heal_authenticity_is_demanded(&r->heal))
		return 0;
	if (healed_medium_counts(h).n_unproven)
		return fail_set(f, FAIL_MISMATCH, r->path,
			"digests of its header are lost, so nothing proves it");
	healed_medium_demand_proof(h);
	return 0;
}

static int open_it(struct opening *s, struct fail *f)
{
	const struct volume_request *v = s->request->volume;

	if (check(s, f) || open_medium(s, f) || get_early_secret(s, f))
		return -1;
	if (!s->is_callers && enter_sandbox(s, f))
		return -1;
	if (put_healing(s, f))
		return -1;
	if (v->as_file && disc_enter_file(s->disc, v->as_file, f))
		return -1;
	if (get_late_secret(s, f) || unlock(s, f) || put_late_healing(s, f) || check_maker(s, f))
		return -1;
	return disc_choose_session(s->disc, s->request->session, f);
}

/* The failure gets the path if it has no object, and is not about the request. */
static void name_object(struct fail *f, const char *path, const struct fail *cause)
{
	*f = *cause;
	if (!f->object[0] && !f->field)
		snprintf(f->object, sizeof f->object, "%s", path);
}

static struct disc *open_named(struct opening *s, struct fail *f)
{
	struct fail cause = { 0 };

	if (open_it(s, &cause)) {
		name_object(f, s->request->path, &cause);
		disc_close(s->disc);
		s->disc = NULL;
	}
	block_reader_free(s->medium);
	secrets_free(&s->secrets);
	return s->disc;
}

struct disc *open_disc(struct read_request *r, const struct voice *voice, struct fail *f)
{
	struct opening s = { .request = r, .voice = voice };

	return open_named(&s, f);
}

struct disc *open_disc_on(struct block_reader *medium, const uint64_t *tracks, size_t n_tracks,
	struct read_request *r, const struct voice *voice, struct fail *f)
{
	struct opening s = { .request = r, .voice = voice, .medium = medium, .is_callers = true };

	s.n_tracks = n_tracks < DRIVE_TRACKS_MAX ? n_tracks : DRIVE_TRACKS_MAX;
	if (s.n_tracks)
		memcpy(s.tracks, tracks, s.n_tracks * sizeof *tracks);
	return open_named(&s, f);
}

/* What is there in the place of a file system that is read here. */
static void tell_contents(const struct disc *d, struct fail *f)
{
	const struct contents *contents = disc_contents(d);
	bool is_clear = !disc_volume(d)->format->needs_secret;

	/* what is damaged opens nowhere */
	if (contents && contents->kind == CONTENTS_READABLE && !f->is_unsupported)
		return;
	if (is_clear)
		fail_hint(f, "run xburncrypt info for the command that opens it: it is %s",
			contents_name(contents));
	else
		fail_hint(f, "use xburncrypt decrypt: the disc holds %s", contents_name(contents));
}

int open_disc_files(
	struct open_files *o, struct read_request *r, const struct voice *voice, struct fail *f)
{
	struct fail cause = { 0 };

	*o = (struct open_files){
		.disc = open_disc(r, voice, f), .path = r->path, .messages = &voice->messages
	};
	if (!o->disc)
		return -1;
	o->files = disc_files_open(disc_blocks(o->disc), disc_memory(o->disc), &cause);
	if (!o->files) {
		tell_contents(o->disc, &cause);
		name_object(f, r->path, &cause);
		return -1;
	}
	disc_end_check(o->files);
	if (disc_files_damage(o->files))
		message_warn(&voice->messages, "%s: %s", r->path, disc_files_damage(o->files));
	return 0;
}

int open_disc_check(struct open_files *o, struct fail *f)
{
	o->is_checked = true;
	return heal_opening_check(disc_healed(o->disc), o->path, f);
}

void open_disc_close(struct open_files *o)
{
	if (o->files && disc_files_copied(o->files))
		message_warn(o->messages, "%s: %s", o->path, disc_files_copied(o->files));
	if (o->disc)
		heal_opening_tell(disc_healed(o->disc), o->path, o->is_checked, o->messages);
	disc_files_close(o->files);
	disc_close(o->disc);
	*o = (struct open_files){ 0 };
}
