/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "job/burning.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "burn/queue_source.h"
#include "burn/stage.h"
#include "job/chain.h"
#include "job/detached.h"
#include "job/encrypted_image.h"
#include "job/opening_commands.h"
#include "job/read_back.h"
#include "job/secrets.h"
#include "job/target.h"
#include "util/sector.h"
#include "util/signals.h"
#include "util/size.h"

struct burning {
	struct burn_request *request;
	const struct voice *voice;
	struct target target;
	struct source source;
	bool is_encrypted_image;         /* it needs no format of ours */
	struct container_spec container; /* name NULL: the volume is all of the disc */
	char *readme;                    /* the container's */
	struct sink_needs needs;
	struct layout layout;
	struct volume *volume;
	char *commands;
	struct digest_list *digests; /* of what is sent; NULL: it is not compared */
	bool header_was_written;     /* to a file of its own */
	struct sink_result written;
	bool was_transferred;
	size_t n_incomplete; /* files that changed, or were left out */
	struct burn_result result;
};

static const struct messages *messages_of(const struct burning *b)
{
	return &b->voice->messages;
}

/* The output is none of the files that are read for it. */
static int check_apart(const struct burning *b, struct fail *f)
{
	const struct burn_request *r = b->request;
	const struct output *out = &b->target.output;
	const struct tree_spec *tree = &r->source.tree;

	if (r->source.image_path && output_check_apart(out, r->source.image_path, f))
		return -1;
	if (!r->source.image_path && tree->list_path && strcmp(tree->list_path, "-") != 0 &&
		output_check_apart(out, tree->list_path, f))
		return -1;
	for (size_t i = 0; !r->source.image_path && i < tree->n_sources; i++)
		if (output_check_apart(out, tree->sources[i], f))
			return -1;
	for (size_t i = 0; !r->source.image_path && i < tree->n_grafts; i++)
		if (output_check_apart(out, tree->grafts[i].path, f))
			return -1;
	return secrets_check_apart(r->volume, out, f);
}

/* The volume as a file of an unencrypted image: what is wrong with that, without a secret. */
static int check_container(struct burning *b, struct fail *f)
{
	const struct volume_request *v = b->request->volume;

	if (!v->as_file)
		return 0;
	/* the volume id of the request stays inside the encryption; the readme, which is written
	 * once the volume is made, takes one block */
	b->container = (struct container_spec){
		.name = v->as_file, .readme = " ", .volume_id = "ENCRYPTED"
	};
	if (!(v->format->takes & TAKES_AS_FILE)) {
		fail_set(f, FAIL_USAGE, "", "does not apply to the format %s", v->format->name);
		return fail_field(f, REQUEST_AS_FILE);
	}
	if (v->params.header_path) {
		fail_set(f, FAIL_USAGE, "", "does not apply to a volume that is a file");
		return fail_field(f, REQUEST_HEADER);
	}
	if (b->source.n_bytes)
		return 0;
	fail_set(f, FAIL_USAGE, "",
		"the size of an image that becomes a file must be known in advance");
	return fail_field(f, REQUEST_BYTES);
}

/* What lies where, and whether it fits: all that is known without a secret. */
static int lay_out(struct burning *b, struct fail *f)
{
	const struct volume_request *v = b->request->volume;
	struct sink *sink = b->target.sink;

	if (v->format->needs_size && !b->source.n_bytes) {
		fail_set(f, FAIL_USAGE, "",
			"the format %s needs to know the size of the image in advance",
			v->format->name);
		return fail_field(f, REQUEST_BYTES);
	}
	if (check_container(b, f) || detached_check(v->params.header_path, &b->target.output, f) ||
		layout_make(&b->layout, v->format, &v->params, b->source.n_bytes,
			b->container.name ? &b->container : NULL, f) ||
		sink->needs(sink, layout_data_bytes(&b->layout), &b->needs, f))
		return -1;
	layout_place(&b->layout, &b->needs);
	return 0;
}

/* What messages call the image; NULL where there is none. */
static const char *name_image(const struct burning *b)
{
	const char *image = b->request->source.image_path;

	return image && strcmp(image, "-") == 0 ? "stdin" : image;
}

/* Can what is burned be read back? */
static int check_contents(const struct burning *b, struct fail *f)
{
	const struct volume_request *v = b->request->volume;

	return format_check_contents(
		v->format, &v->params, b->source.contents, name_image(b), messages_of(b), f);
}

/* A disc of the wrong form is burned, but nothing will mount it. */
static void warn_foreign(const struct burning *b)
{
	const struct contents *c = b->source.contents;
	const char *command = c && c->commands ? c->commands : "";

	if (c && c->kind == CONTENTS_FOREIGN)
		message_warn(messages_of(b),
			"%s: %s: burned as it is, it can't be mounted; convert it to an ISO image "
			"first%s%.*s",
			name_image(b), c->name, *command ? ", as by " : "",
			(int)strcspn(command, " "), command);
}

static int check_secrets(const struct burning *b, struct fail *f)
{
	const struct burn_request *r = b->request;
	const char *image = r->source.image_path, *list = r->source.tree.list_path;
	bool is_stdin = strcmp(image ? image : list ? list : "", "-") == 0;

	if (format_check(r->volume->format, &r->volume->params, r->volume->secret.kind, f))
		return -1;
	return secrets_check(r->volume, r->volume->format->needs_secret, is_stdin, f);
}

/* The request names no format, and the image is encrypted already. */
static int burn_as_it_is(struct burning *b, struct fail *f)
{
	const struct volume_request *v = b->request->volume;
	const char *image = name_image(b), *name = b->source.contents->name;
	struct volume_sizes sizes;
	struct fail ignored = { 0 };

	if (v->secret.from == SECRET_ASKED && v->n_more_secrets == 0 && !v->as_file &&
		format_measure(v->format, &v->params, b->source.n_bytes, &sizes, &ignored) == 0) {
		message_note(messages_of(b), "%s: encrypted already (%s), and burned as it is",
			image, name);
		return 0;
	}
	fail_set(f, FAIL_USAGE, image,
		"encrypted already (%s), and burned as it is: it takes no secret and no choices of "
		"a format",
		name);
	return fail_field(f, REQUEST_FORMAT);
}

/* What an image is; of a stream, its start is read. */
static int look_at_image(struct burning *b, struct fail *f)
{
	const char *image = b->request->source.image_path;
	const struct contents *encrypted;

	if (!image || b->source.was_seen)
		return 0;
	if (source_look(&b->source, f))
		return -1;
	encrypted = encrypted_image_find(image, b->source.contents);
	b->is_encrypted_image = encrypted != NULL;
	if (encrypted)
		b->source.contents = encrypted;
	return 0;
}

/* What is not said is the default; but what is encrypted already gets no second layer. */
static int choose_format(struct burning *b, struct fail *f)
{
	struct volume_request *v = b->request->volume;

	if (v->format)
		return 0;
	if (look_at_image(b, f))
		return -1;
	v->format = b->is_encrypted_image ? format_find("none") : formats[0];
	return b->is_encrypted_image ? burn_as_it_is(b, f) : check_secrets(b, f);
}

static int prepare(struct burning *b, struct fail *f)
{
	struct burn_request *r = b->request;

	if (!r->volume->format && !r->source.image_path)
		r->volume->format = formats[0];
	if ((r->volume->format && check_secrets(b, f)) || target_classify(&b->target, r, f) ||
		check_apart(b, f) || target_open(&b->target, r, b->voice, f))
		return -1;
	if (r->source.sums_as_usual)
		r->source.tree.sums = b->target.drive ? SUMS_IF_FREE : SUMS_NOT;
	/* a stream is begun only once it is known to fit, unless the format depends on it */
	if (source_open(&b->source, r, messages_of(b), f) || choose_format(b, f) || lay_out(b, f) ||
		look_at_image(b, f))
		return -1;
	warn_foreign(b);
	return check_contents(b, f);
}

static void warn_iso9660(const struct burning *b)
{
	if (b->volume->format->is_seen_as_disk)
		message_warn(messages_of(b),
			"the file system is ISO 9660, which Linux mounts from a %s volume, but "
			"Windows and macOS may not; burn a FAT, exFAT or UDF image for them",
			b->volume->format->name);
}

/* The header is opened again in the result, which takes the secret. */
static bool opens_header(const struct burning *b)
{
	const struct target *t = &b->target;

	return !t->session.dummy && b->volume->header_bytes && (t->drive || t->is_compared);
}

/* The readme, as a heap string; NULL without memory. No path of this machine and no secret's place
 * is in it. */
static char *write_readme(const struct burning *b)
{
	const char *name = b->container.name;
	char size[64], *text = NULL;
	char *commands = opening_commands(b->volume, NULL, b->source.contents, "/dev/sr0", name);

	if (commands && asprintf(&text,
				"The file %s" CONTAINER_README_MARK "%s, %s, %s).\n"
				"It opens with the passphrase or the key file it was made with.\n"
				"\n"
				"On Linux, as root, with the disc in /dev/sr0:\n"
				"\n"
				"%s\n"
				"Afterwards:\n"
				"\n"
				"umount /mnt\n"
				"cryptsetup close " FORMAT_MAPPING "\n"
				"umount /media\n"
				"\n"
				"Made by " PACKAGE_STRING ".\n",
				name, b->volume->format->name, b->volume->cipher_name,
				size_format(size, sizeof size, b->container.n_bytes), commands) < 0)
		text = NULL;
	free(commands);
	return text;
}

static int make_volume(struct burning *b, const struct secrets *secrets, struct fail *f)
{
	const struct volume_request *v = b->request->volume;
	const struct output *out = &b->target.output;

	if (secrets->n)
		progress_tick(&b->voice->watch, PROGRESS_DERIVING, 0, 0);
	b->volume = format_create(v->format, &v->params, secrets->credentials, secrets->n,
		b->source.n_bytes, messages_of(b), f);
	progress_end(&b->voice->watch);
	if (!b->volume)
		return -1;
	if (b->source.tree)
		tree_tell_joliet(b->source.tree, messages_of(b));
	if (b->source.is_iso9660)
		warn_iso9660(b);
	if (!v->format->needs_secret && !b->is_encrypted_image)
		message_warn(messages_of(b),
			"this disc is not encrypted: anyone who has it can read it");
	secrets_warn(messages_of(b));
	b->commands = opening_commands(b->volume, secrets->n ? &secrets->credentials[0] : NULL,
		b->source.contents, out->kind == OUTPUT_STREAM ? "disc.img" : out->path,
		v->as_file);
	if (!b->commands)
		return fail_memory(f);
	if (!b->container.name)
		return 0;
	b->container.readme = b->readme = write_readme(b);
	return b->readme ? 0 : fail_memory(f);
}

static double seconds_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Pulls the chain into the sink. */
static int pull(struct burning *b, struct chain *c, struct fail *f)
{
	struct progress_watch watch = chain_watch(c, &b->voice->watch);
	double started = seconds_now();
	int result =
		sink_run(b->target.sink, c->top, layout_bytes(&b->layout), &watch, &b->written, f);

	b->result.seconds = seconds_now() - started;
	progress_end(&b->voice->watch);
	b->result.queue_lowest_percent = c->queue ? (int)queue_source_lowest_percent(c->queue) : -1;
	b->result.n_bytes = stage_n_bytes(c->tap);
	layout_complete(&b->layout, b->result.n_bytes);
	return result;
}

static int transfer(struct burning *b, struct fail *f)
{
	struct chain_plan plan = { .source = &b->source,
		.volume = b->volume,
		.layout = &b->layout,
		.container = b->container.name ? &b->container : NULL,
		.needs = &b->needs,
		.is_for_drive = b->target.drive != NULL };
	struct chain c = { 0 };
	int result;

	if (b->target.is_compared) {
		b->digests = digest_list_new(layout_data_bytes(&b->layout), f);
		if (!b->digests)
			return -1;
	}
	plan.digests = b->digests;
	result = chain_open(&c, &plan, f) || pull(b, &c, f) ? -1 : 0;
	chain_close(&c);
	if (b->digests)
		digest_list_finish(b->digests);
	b->was_transferred = result == 0;
	return result;
}

static int read_back(struct burning *b, const struct credential *credential, struct fail *f)
{
	const struct volume_request *v = b->request->volume;
	struct read_back r = { .layout = &b->layout,
		.volume = b->volume,
		.params = &v->params,
		.credential = credential,
		.sent = b->digests,
		.n_bytes = b->result.n_bytes,
		.as_file = v->as_file,
		.opens_header = opens_header(b) };
	int result;

	if (!r.sent && !r.opens_header)
		return 0;
	if (b->target.sink->reader(b->target.sink, &r.reader, f))
		return -1;
	if (!r.reader)
		return 0;
	result = read_back_check(
		&r, output_name(&b->target.output), &b->voice->watch, messages_of(b), f);
	progress_end(&b->voice->watch);
	block_reader_free(r.reader);
	b->result.was_compared = result == 0 && r.sent;
	b->result.header_was_opened = result == 0 && r.opens_header;
	return result;
}

static int announce(const struct burning *b, struct fail *f)
{
	struct burn_plan plan = { .format = b->volume->format->name,
		.n_bytes = layout_bytes(&b->layout),
		.capacity_bytes = b->needs.capacity_bytes };

	return target_announce(&b->target, &plan, b->voice, f);
}

/* All that takes the secrets, which are read or asked for, used and freed here. */
static int make_with_secrets(struct burning *b, struct fail *f)
{
	struct volume_request *v = b->request->volume;
	struct secrets secrets = { 0 };
	int result = -1;

	if (v->format->needs_secret &&
		secrets_get(&secrets, v, true, output_name(&b->target.output), b->voice, f))
		goto out;
	if (make_volume(b, &secrets, f))
		goto out;
	if (!opens_header(b))
		secrets_free(&secrets);
	target_warn(&b->target, layout_bytes(&b->layout), b->needs.capacity_bytes, messages_of(b));
	if (target_blank(&b->target, b->voice, f) || announce(b, f))
		goto out;
	/* a simulation makes no disc that a header could open */
	if (!b->target.session.dummy && detached_write(b->volume, &b->header_was_written, f))
		goto out;
	result = transfer(b, f);
	/* whatever becomes of the burn */
	b->n_incomplete = source_n_incomplete(&b->source, messages_of(b));
	if (result == 0)
		result = read_back(b, secrets.n ? &secrets.credentials[0] : NULL, f);
out:
	secrets_free(&secrets);
	return result;
}

/* Files that changed while they were read: the image is whole, its contents are not. */
static int check_complete(const struct burning *b, struct fail *f)
{
	/* of a stream this is known at its end only */
	if (b->source.image && !b->source.is_iso9660 && finished_image_was_iso9660(b->source.image))
		warn_iso9660(b);
	if (b->n_incomplete == 0)
		return 0;
	return fail_set(f, FAIL_INCOMPLETE, output_name(&b->target.output),
		"was made, but %zu file%s incomplete or left out", b->n_incomplete,
		b->n_incomplete == 1 ? " is" : "s are");
}

static int make(struct burning *b, struct fail *f)
{
	if (prepare(b, f) || make_with_secrets(b, f))
		return -1;
	return check_complete(b, f);
}

static void hint_at_medium(const struct burning *b, struct fail *f)
{
	if (b->written.is_whole)
		fail_hint(f, "the drive has stopped; all data was written but not verified: run "
			     "xburncrypt verify");
	else if (b->written.was_begun)
		fail_hint(f, "the drive has stopped; a write-once medium that was being burned is "
			     "spoiled");
	else
		fail_hint(f, "the burn had not begun");
}

/* A caught signal is the cause, whatever failed because of it. */
static void explain_interruption(const struct burning *b, struct fail *f)
{
	const struct output *out = &b->target.output;

	if (!signals_caught())
		return;
	memset(f, 0, sizeof *f);
	fail_set(f, FAIL_FAILED, out->path ? output_name(out) : "", "interrupted by %s",
		signals_caught_name());
	if (b->target.drive)
		hint_at_medium(b, f);
	else if (b->was_transferred)
		fail_hint(f, "all data was written but not verified");
}

/* A header without its disc opens nothing; but a disc without its header can't be opened at all. */
static void give_up(struct burning *b, struct fail *f)
{
	explain_interruption(b, f);
	if (!b->header_was_written || b->was_transferred)
		return;
	if (b->written.is_whole)
		message_warn(messages_of(b), "%s: kept, since it opens what was written",
			b->volume->header_path);
	else
		unlink(b->volume->header_path);
}

static void tell_result(struct burning *b)
{
	struct burn_result *r = &b->result;

	r->output = &b->target.output;
	r->layout = &b->layout;
	r->volume = b->volume;
	r->source = &b->source;
	r->commands = b->commands;
	r->was_simulated = b->target.session.dummy;
	if (b->voice->result)
		b->voice->result(b->voice->ctx, r);
}

int burning_run(struct burn_request *r, const struct voice *voice, struct fail *f)
{
	struct burning b = { .request = r, .voice = voice };
	int result = make(&b, f);

	if (result == 0 || f->code == FAIL_INCOMPLETE)
		tell_result(&b);
	else
		give_up(&b, f);
	if (result && voice->failed)
		voice->failed(voice->ctx, f);
	free(b.commands);
	free(b.readme);
	digest_list_free(b.digests);
	volume_free(b.volume);
	source_close(&b.source);
	target_close(&b.target, r->ejects);
	return result;
}
