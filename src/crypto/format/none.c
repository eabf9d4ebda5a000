/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "crypto/format/format_row.h"

#include "crypto/format/contents_probe.h"
#include "iso/descriptors.h"

static int create_none(const struct format_params *params, const struct credential *credentials,
	size_t n_credentials, uint64_t payload_bytes, struct volume *volume,
	const struct messages *m, struct fail *f)
{
	(void)params;
	(void)credentials;
	(void)n_credentials;
	(void)m;
	(void)f;
	volume->payload_bytes = payload_bytes;
	return 0;
}

static int open_none(struct block_reader *reader, const struct format_params *params,
	const struct credential *credential, struct volume *volume, const struct messages *m,
	struct fail *f)
{
	/* where the payload ends is not recorded */
	(void)reader;
	(void)params;
	(void)credential;
	(void)volume;
	(void)m;
	(void)f;
	return 0;
}

static bool is_none(struct block_reader *reader)
{
	const struct contents *contents;

	return descriptors_start(reader) ||
	       (contents_probe(reader, 0, NULL, &contents, NULL) == 0 && contents);
}

const struct format none_format = {
	.name = "none",
	.summary = "an unencrypted disc",
	.advice = "for what everyone may read",
	.opens_with = "mount -o ro DEVICE FOLDER",
	.anchors = { 15 }, /* of the area that ISO 9660 leaves to systems */
	.create = create_none,
	.open = open_none,
	.recognise = is_none,
};
