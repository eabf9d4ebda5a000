/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "job/burning.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "burn/file_sink.h"
#include "job/detached.h"
#include "job/heal_adding.h"
#include "job/heal_proof.h"
#include "job/opening_commands.h"
#include "job/preparation.h"
#include "job/read_back.h"
#include "job/secrets.h"
#include "job/target.h"
#include "job/transfer.h"
#include "util/sector.h"
#include "util/signals.h"
#include "util/size.h"

struct burning {
	struct burn_request *request;
	const struct voice *voice;
	struct preparation ready;
	char *readme; /* the container's */
	struct volume *volume;
	struct heal_proof proof; /* of its healing data */
	char *commands;
	struct transfer transfer;
	bool header_was_written; /* to a file of its own */
	size_t n_incomplete;     /* files that changed, or were left out */
	uint64_t n_changed;      /* blocks that healing data have as they were before */
	struct burn_result result;
};

static const struct messages *messages_of(const struct burning *b)
{
	return &b->voice->messages;
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
	const struct target *t = &b->ready.target;

	return !t->session.dummy && b->volume->header_bytes && (t->drive || t->is_compared);
}

/* The readme, as a heap string; NULL without memory. No path of this machine and no secret's place
 * is in it. */
static char *write_readme(const struct burning *b)
{
	const char *name = b->ready.container.name;
	char size[64], *text = NULL;
	char *commands =
		opening_commands(b->volume, NULL, b->ready.source.contents, "/dev/sr0", name, 0);

	if (commands &&
		asprintf(&text,
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
			size_format(size, sizeof size, b->ready.container.n_bytes), commands) < 0)
		text = NULL;
	free(commands);
	return text;
}

static int make_volume(struct burning *b, const struct secrets *secrets, struct fail *f)
{
	const struct volume_request *v = b->request->volume;
	const struct output *out = &b->ready.target.output;

	if (secrets->n)
		progress_tick(&b->voice->watch, PROGRESS_DERIVING, 0, 0);
	b->volume = format_create(v->format, &v->params, secrets->credentials, secrets->n,
		b->ready.source.n_bytes, messages_of(b), f);
	progress_end(&b->voice->watch);
	if (!b->volume)
		return -1;
	if (b->ready.source.tree)
		tree_tell_joliet(b->ready.source.tree, messages_of(b));
	if (b->ready.source.is_iso9660)
		warn_iso9660(b);
	if (!v->format->needs_secret && !b->ready.is_encrypted_image)
		message_warn(messages_of(b),
			"this disc is not encrypted: anyone who has it can read it");
	secrets_warn(messages_of(b));
	b->commands = opening_commands(b->volume, secrets->n ? &secrets->credentials[0] : NULL,
		b->ready.source.contents, out->kind == OUTPUT_STREAM ? "disc.img" : out->path,
		v->as_file, 0);
	if (!b->commands)
		return fail_memory(f);
	if (!b->ready.container.name)
		return 0;
	b->ready.container.readme = b->readme = write_readme(b);
	return b->readme ? 0 : fail_memory(f);
}

/* A file whose size is only known now. */
static int add_healing(void *ctx, int fd, struct fail *f)
{
	struct burning *b = ctx;

	return heal_adding_to_file(fd, b->ready.target.output.path, &b->request->heal, &b->proof,
		&b->ready.healing.record, f);
}

static int vouch(void *ctx, struct heal_record *r, struct fail *f)
{
	return heal_proof_add(ctx, r, f);
}

static struct chain_plan plan_chain(struct burning *b)
{
	struct heal_burning *h = &b->ready.healing;

	return (struct chain_plan){ .source = &b->ready.source,
		.volume = b->volume,
		.layout = &b->ready.layout,
		.container = b->ready.container.name ? &b->ready.container : NULL,
		.container_head = h->spooling.n_passes ? &h->container_head : NULL,
		.needs = &b->ready.needs,
		.is_for_drive = b->ready.target.drive != NULL };
}

/* True where healing data go through the chain. */
static bool heals(const struct burning *b)
{
	return b->request->heal.n_rows && !b->ready.healing.is_added;
}

static int begin_healing(struct burning *b, struct fail *f)
{
	struct heal_burning *h = &b->ready.healing;
	struct chain_plan plan;

	if (!heals(b))
		return 0;
	h->voucher = (struct heal_voucher){ vouch, &b->proof };
	plan = plan_chain(b);
	return heal_burning_begin(h, &plan, b->voice, f);
}

static int transfer(struct burning *b, struct fail *f)
{
	const struct file_sink_ending ending = { add_healing, b };
	struct heal_plan healing = heal_burning_plan(&b->ready.healing);

	b->transfer = (struct transfer){ .target = &b->ready.target,
		.layout = &b->ready.layout,
		.voice = b->voice,
		.plan = plan_chain(b) };
	if (b->ready.healing.is_added)
		file_sink_end_with(b->ready.target.sink, &ending);
	if (!heals(b))
		return transfer_run(&b->transfer, f);
	b->transfer.plan.healing = &healing;
	if (transfer_run(&b->transfer, f))
		return -1;
	b->n_changed = heal_burning_n_changed(&b->ready.healing);
	return heal_burning_end(&b->ready.healing, f);
}

static int read_back(struct burning *b, const struct credential *credential, struct fail *f)
{
	const struct volume_request *v = b->request->volume;
	struct read_back r = { .layout = &b->ready.layout,
		.volume = b->volume,
		.params = &v->params,
		.credential = credential,
		.sent = b->transfer.digests,
		.n_bytes = b->transfer.n_bytes,
		.as_file = v->as_file,
		.opens_header = opens_header(b) };
	int result;

	if (!r.sent && !r.opens_header)
		return 0;
	if (b->ready.target.sink->reader(b->ready.target.sink, &r.reader, f))
		return -1;
	if (!r.reader)
		return 0;
	result = read_back_check(
		&r, output_name(&b->ready.target.output), &b->voice->watch, messages_of(b), f);
	progress_end(&b->voice->watch);
	block_reader_free(r.reader);
	b->result.was_compared = result == 0 && r.sent;
	b->result.header_was_opened = result == 0 && r.opens_header;
	return result;
}

static int announce(const struct burning *b, struct fail *f)
{
	struct burn_plan plan = { .format = b->volume->format->name,
		.n_bytes = layout_bytes(&b->ready.layout),
		.n_healing_bytes = layout_part_bytes(&b->ready.layout, LAYOUT_HEALING),
		.capacity_bytes = b->ready.needs.capacity_bytes };

	return target_announce(&b->ready.target, &plan, b->voice, f);
}

/* All that takes the secrets, which are read or asked for, used and freed here. */
static int make_with_secrets(struct burning *b, struct fail *f)
{
	struct volume_request *v = b->request->volume;
	struct secrets secrets = { 0 };
	int result = -1;

	if (heal_proof_open(&b->proof, &b->request->heal, b->voice, f))
		goto out;
	if (v->format->needs_secret &&
		secrets_get(&secrets, v, true, output_name(&b->ready.target.output), b->voice, f))
		goto out;
	if (make_volume(b, &secrets, f) ||
		(b->request->heal.n_rows && heal_proof_take_key(&b->proof, b->volume, f)))
		goto out;
	if (!opens_header(b))
		secrets_free(&secrets);
	if (begin_healing(b, f))
		goto out;
	target_warn(&b->ready.target, layout_bytes(&b->ready.layout), b->ready.needs.capacity_bytes,
		messages_of(b));
	if (target_blank(&b->ready.target, b->voice, f) || announce(b, f))
		goto out;
	/* a simulation makes no disc that a header could open */
	if (!b->ready.target.session.dummy && detached_write(b->volume, &b->header_was_written, f))
		goto out;
	result = transfer(b, f);
	heal_proof_close(&b->proof);
	/* whatever becomes of the burn */
	b->n_incomplete = source_n_incomplete(&b->ready.source, messages_of(b));
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
	if (b->ready.source.image && !b->ready.source.is_iso9660 &&
		finished_image_was_iso9660(b->ready.source.image))
		warn_iso9660(b);
	if (b->n_changed)
		message_warn(messages_of(b),
			"%llu block%s changed after the healing data were computed, which have %s "
			"as "
			"before",
			(unsigned long long)b->n_changed, b->n_changed == 1 ? "" : "s",
			b->n_changed == 1 ? "it" : "them");
	if (b->n_incomplete == 0 && b->n_changed == 0)
		return 0;
	if (b->n_incomplete == 0)
		return fail_set(f, FAIL_INCOMPLETE, output_name(&b->ready.target.output),
			"was made, but its contents changed meanwhile");
	return fail_set(f, FAIL_INCOMPLETE, output_name(&b->ready.target.output),
		"was made, but %zu file%s incomplete or left out", b->n_incomplete,
		b->n_incomplete == 1 ? " is" : "s are");
}

static int make(struct burning *b, struct fail *f)
{
	if (preparation_open(&b->ready, f) || make_with_secrets(b, f))
		return -1;
	return check_complete(b, f);
}

/* A header without its disc opens nothing; but a disc without its header can't be opened at all. */
static void give_up(struct burning *b, struct fail *f)
{
	transfer_explain(&b->transfer, &b->ready.target, f);
	if (!b->header_was_written || b->transfer.was_completed)
		return;
	if (b->transfer.written.is_whole)
		message_warn(messages_of(b), "%s: kept, since it opens what was written",
			b->volume->header_path);
	else
		unlink(b->volume->header_path);
}

static void tell_result(struct burning *b)
{
	const struct heal_burning *h = &b->ready.healing;
	struct burn_result *r = &b->result;

	if (h->is_added)
		layout_add_healing(
			&b->ready.layout, h->record.layout.end - h->record.layout.choice.n_data);
	r->output = &b->ready.target.output;
	r->layout = &b->ready.layout;
	r->volume = b->volume;
	r->source = &b->ready.source;
	r->healing = b->request->heal.n_rows ? &b->ready.healing.record : NULL;
	r->commands = b->commands;
	r->n_bytes = h->is_added ? layout_data_bytes(r->layout) : b->transfer.n_bytes;
	r->seconds = b->transfer.seconds;
	r->queue_lowest_percent = b->transfer.queue_lowest_percent;
	r->was_simulated = b->ready.target.session.dummy;
	if (b->voice->result)
		b->voice->result(b->voice->ctx, r);
}

int burning_run(struct burn_request *r, const struct voice *voice, struct fail *f)
{
	struct burning b = {
		.request = r, .voice = voice, .ready = { .request = r, .voice = voice }
	};
	int result = make(&b, f);

	if (result == 0 || f->code == FAIL_INCOMPLETE) {
		signals_settle();
		tell_result(&b);
	} else
		give_up(&b, f);
	if (result && voice->failed)
		voice->failed(voice->ctx, f);
	free(b.commands);
	free(b.readme);
	transfer_clear(&b.transfer);
	heal_proof_close(&b.proof);
	volume_free(b.volume);
	preparation_close(&b.ready);
	return result;
}
