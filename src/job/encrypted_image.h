/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A finished image that is encrypted already, which a second layer would only hide. */
#ifndef JOB_ENCRYPTED_IMAGE_H
#define JOB_ENCRYPTED_IMAGE_H

#include <stdbool.h>

#include "crypto/format/contents.h"
#include "iso/disc_files.h"

/* What the image at path, which holds contents (NULL: unknown), is: a volume that shows itself, or
 * a disc of ours whose volume is a file, beside our readme. NULL for all others, also for what
 * looks like noise. "-" is judged by contents alone. */
const struct contents *encrypted_image_find(const char *path, const struct contents *contents);

/* True for a disc of ours whose volume is a file. */
bool encrypted_image_is_container(const struct disc_files *files);

#endif
