/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "crypto/format/volume.h"

#include <stdlib.h>

void volume_free(struct volume *v)
{
	if (!v)
		return;
	sector_cipher_free(v->cipher);
	secret_free(v->key);
	free(v->header);
	free(v->trailer);
	free(v->detached_header);
	free(v->header_path);
	free(v);
}

int volume_set_cipher(
	struct volume *v, const struct sector_cipher_spec *spec, struct secret *key, struct fail *f)
{
	if (key)
		v->cipher = sector_cipher_new(spec, key, f);
	if (v->cipher)
		v->key = key;
	else
		secret_free(key);
	return v->cipher ? 0 : -1;
}
