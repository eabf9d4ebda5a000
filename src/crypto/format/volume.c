/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "crypto/format/volume.h"

#include <stdlib.h>

void volume_free(struct volume *v)
{
	if (!v)
		return;
	sector_cipher_free(v->cipher);
	free(v->header);
	free(v->trailer);
	free(v->detached_header);
	free(v->header_path);
	free(v);
}
