/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sink for an image file: a struct new_file (util/new_file.h), never visible under its final
 * name before it is whole. If it fails it leaves nothing behind. */
#ifndef BURN_FILE_SINK_H
#define BURN_FILE_SINK_H

#include <stdbool.h>

#include "burn/sink.h"

/* replace: path may exist as a regular file. path is borrowed. NULL with f filled. */
struct sink *file_sink_new(const char *path, bool replace, struct fail *f);

#endif
