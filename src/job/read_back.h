/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Checks what was burned: the header opens with the same secret, and every block is what was sent.
 * What is wrong is named by LBA, by the part of the layout, and by the file that lies there. */
#ifndef JOB_READ_BACK_H
#define JOB_READ_BACK_H

#include <stdbool.h>
#include <stdint.h>

#include "crypto/digest_list.h"
#include "crypto/format/format.h"
#include "job/layout.h"
#include "util/block_reader.h"
#include "util/fail.h"
#include "util/message.h"
#include "util/progress.h"

struct read_back {
	struct block_reader *reader; /* of the medium or image */
	const struct layout *layout;
	const struct volume *volume; /* as it was written */
	bool is_part; /* a session of it alone, which begins at this block of the payload: */
	uint64_t session;
	const struct format_params *params;
	const struct credential *credential; /* NULL: an unencrypted disc */
	struct digest_list *sent;            /* NULL: the blocks are not compared */
	uint64_t n_bytes;                    /* that were sent */
	const char *as_file; /* the volume is this file on the disc; NULL: it is the disc */
	bool opens_header;
};

/* 0, or -1 with f filled: FAIL_MISMATCH if header or blocks are bad, which are named to m. */
int read_back_check(const struct read_back *r, const char *object,
	const struct progress_watch *watch, const struct messages *m, struct fail *f);

#endif
