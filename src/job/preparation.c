/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "job/preparation.h"

#include <string.h>

#include "job/detached.h"
#include "job/encrypted_image.h"
#include "job/secrets.h"

static const struct messages *messages_of(const struct preparation *p)
{
	return &p->voice->messages;
}

/* The volume as a file of an unencrypted image: what is wrong with that, without a secret. */
static int check_container(struct preparation *p, struct fail *f)
{
	const struct volume_request *v = p->request->volume;

	if (!v->as_file)
		return 0;
	/* the volume id of the request stays inside the encryption; the readme, which is written
	 * once the volume is made, takes one block */
	p->container = (struct container_spec){
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
	if (p->source.n_bytes)
		return 0;
	fail_set(f, FAIL_USAGE, "",
		"the size of an image that becomes a file must be known in advance");
	return fail_field(f, REQUEST_BYTES);
}

/* What lies where, and whether it fits: all that is known without a secret. */
static int lay_out(struct preparation *p, struct fail *f)
{
	const struct volume_request *v = p->request->volume;
	struct sink *sink = p->target.sink;

	if (v->format->needs_size && !p->source.n_bytes) {
		fail_set(f, FAIL_USAGE, "",
			"the format %s needs to know the size of the image in advance",
			v->format->name);
		return fail_field(f, REQUEST_BYTES);
	}
	if (check_container(p, f) || detached_check(v->params.header_path, &p->target.output, f) ||
		layout_make(&p->layout, v->format, &v->params, p->source.n_bytes,
			p->container.name ? &p->container : NULL, f) ||
		heal_burning_lay_out(
			&p->healing, p->request, &p->source, &p->target, &p->layout, f) ||
		sink->needs(sink, layout_data_bytes(&p->layout), &p->needs, f))
		return -1;
	layout_place(&p->layout, &p->needs);
	return 0;
}

/* What messages call the image; NULL where there is none. */
static const char *name_image(const struct preparation *p)
{
	const char *image = p->request->source.image_path;

	return image && strcmp(image, "-") == 0 ? "stdin" : image;
}

/* Can what is burned be read back? */
static int check_contents(const struct preparation *p, struct fail *f)
{
	const struct volume_request *v = p->request->volume;

	return format_check_contents(
		v->format, &v->params, p->source.contents, name_image(p), messages_of(p), f);
}

/* A disc of the wrong form is burned, but nothing will mount it. */
static void warn_foreign(const struct preparation *p)
{
	const struct contents *c = p->source.contents;
	const char *command = c && c->commands ? c->commands : "";

	if (c && c->kind == CONTENTS_FOREIGN)
		message_warn(messages_of(p),
			"%s: %s: burned as it is, it can't be mounted; convert it to an ISO image "
			"first%s%.*s",
			name_image(p), c->name, *command ? ", as by " : "",
			(int)strcspn(command, " "), command);
}

static int check_secrets(const struct preparation *p, struct fail *f)
{
	const struct burn_request *r = p->request;
	const char *image = r->source.image_path, *list = r->source.tree.list_path;

	if (format_check(r->volume->format, &r->volume->params, r->volume->secret.kind, f))
		return -1;
	return secrets_check(r->volume, r->volume->format->needs_secret, image ? image : list,
		image ? "the image" : "the list", f);
}

/* The request names no format, and the image is encrypted already. */
static int burn_as_it_is(struct preparation *p, struct fail *f)
{
	const struct volume_request *v = p->request->volume;
	const char *image = name_image(p), *name = p->source.contents->name;
	struct volume_sizes sizes;
	struct fail ignored = { 0 };

	if (v->secret.from == SECRET_ASKED && v->n_more_secrets == 0 && !v->as_file &&
		format_measure(v->format, &v->params, p->source.n_bytes, &sizes, &ignored) == 0) {
		message_note(messages_of(p), "%s: encrypted already (%s), and burned as it is",
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
static int look_at_image(struct preparation *p, struct fail *f)
{
	const char *image = p->request->source.image_path;
	const struct contents *encrypted;

	if (!image || p->source.was_seen)
		return 0;
	if (source_look(&p->source, f))
		return -1;
	encrypted = encrypted_image_find(image, p->source.contents);
	p->is_encrypted_image = encrypted != NULL;
	if (encrypted)
		p->source.contents = encrypted;
	return 0;
}

/* What is not said is the default; but what is encrypted already gets no second layer. */
static int choose_format(struct preparation *p, struct fail *f)
{
	struct volume_request *v = p->request->volume;

	if (v->format)
		return 0;
	if (look_at_image(p, f))
		return -1;
	v->format = p->is_encrypted_image ? format_find("none") : formats[0];
	return p->is_encrypted_image ? burn_as_it_is(p, f) : check_secrets(p, f);
}

int preparation_open(struct preparation *p, struct fail *f)
{
	struct burn_request *r = p->request;

	r->volume->params.grows = r->session.multi;
	r->volume->params.heals = r->heal.n_rows > 0;
	if (!r->volume->format && !r->source.image_path)
		r->volume->format = formats[0];
	if (heal_burning_check(r, f) || (r->volume->format && check_secrets(p, f)) ||
		target_classify(&p->target, r, f) || source_check_apart(r, &p->target.output, f) ||
		secrets_check_apart(r->volume, &p->target.output, f) ||
		(r->heal.signing_key_path &&
			output_check_apart(&p->target.output, r->heal.signing_key_path, f)) ||
		target_open(&p->target, r, p->voice, f))
		return -1;
	if (r->source.sums_as_usual)
		r->source.tree.sums = p->target.drive ? SUMS_IF_FREE : SUMS_NOT;
	/* a stream is begun only once it is known to fit, unless format or layout depend on it */
	if (source_open(&p->source, r, messages_of(p), f) || choose_format(p, f) ||
		(r->heal.n_rows && look_at_image(p, f)) || lay_out(p, f) || look_at_image(p, f))
		return -1;
	warn_foreign(p);
	return check_contents(p, f);
}

void preparation_close(struct preparation *p)
{
	heal_burning_end(&p->healing, NULL);
	source_close(&p->source);
	target_close(&p->target, p->request->ejects);
}
