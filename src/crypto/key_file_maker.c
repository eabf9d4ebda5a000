/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "crypto/key_file_maker.h"

#include "crypto/format/loopaes_keys.h"

struct secret *key_file_maker_loopaes(struct fail *f)
{
	return loopaes_keys_generate(LOOPAES_KEYS_V3, f);
}

struct secret *key_file_maker_random(size_t n_bytes, struct fail *f)
{
	struct secret *key = secret_new(n_bytes, f);

	if (key)
		secret_random(secret_bytes(key), n_bytes);
	return key;
}
