/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One burn, as it goes from the command line to its result. Its parts are made in this order, each
 * by the file that is named; cmd_burn.c frees them. */
#ifndef JOB_JOB_H
#define JOB_JOB_H

#include <stdbool.h>
#include <stdint.h>

#include "drive/drive.h"
#include "drive/session.h"
#include "crypto/digest_list.h"
#include "crypto/format/format.h"
#include "tree/container_source.h"
#include "job/input.h"
#include "cli/options.h"
#include "job/output.h"
#include "job/pipeline.h"
#include "cli/meter.h"
#include "cli/secret_input.h"

struct job {
	/* job_options.c */
	struct options *options;
	enum meter_mode progress;
	const struct format *format;
	struct format_params params;
	struct session_options session;
	struct input input;     /* chosen; opened by cmd_burn.c */
	uint64_t payload_bytes; /* 0: unknown */
	/* job_output.c */
	struct output output;
	struct drive *drive; /* NULL: the output is no drive */
	bool will_blank;     /* its medium, before the burn */
	/* job_volume.c */
	struct secret_input secret;
	struct volume *volume;
	char *commands;          /* that open the result */
	bool header_was_written; /* to a file of its own */
	/* job_container.c */
	struct container_spec container; /* name NULL: the volume is all of the disc */
	char *readme;
	uint64_t container_bytes;
	/* cmd_burn.c */
	struct digest_list *digests; /* of what is sent; NULL: it is not read back */
	struct pipeline pipeline;
	uint64_t n_written;           /* but on a drive */
	struct session_result burned; /* on a drive */
	size_t n_incomplete;          /* files that changed */
	int queue_lowest_percent;     /* -1: no queue */
	bool was_transferred;
	bool was_verified;
	bool header_was_checked;
};

#endif
