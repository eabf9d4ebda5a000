/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "job/job_volume.h"

#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "job/job_output.h"
#include "cli/opening_commands.h"
#include "cli/print.h"
#include "util/io.h"
#include "util/new_file.h"

const struct credential *job_volume_credential(const struct job *j)
{
	return j->secret.n ? &j->secret.credentials[0] : NULL;
}

uint64_t job_volume_bytes(const struct job *j)
{
	if (!j->payload_bytes)
		return 0;
	if (j->container.name)
		return j->container_bytes;
	return j->volume->header_bytes + j->payload_bytes + j->volume->trailer_bytes;
}

static const char *last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* True for one name in one directory, where both are still to be made. */
static bool is_same_place(const char *a, const char *b)
{
	char *a_copy = strdup(a), *b_copy = strdup(b);
	struct stat a_dir, b_dir;
	bool result = false;

	if (a_copy && b_copy && strcmp(last_part(a), last_part(b)) == 0)
		result = stat(dirname(a_copy), &a_dir) == 0 && stat(dirname(b_copy), &b_dir) == 0 &&
			 a_dir.st_dev == b_dir.st_dev && a_dir.st_ino == b_dir.st_ino;
	free(a_copy);
	free(b_copy);
	return result;
}

int job_volume_check_header(const struct job *j, struct fail *f)
{
	const char *path = j->params.header_path;
	struct stat st;

	if (!path)
		return 0;
	if (stat(path, &st) == 0) {
		fail_set(f, FAIL_USAGE, path, "exists already");
		fail_hint(f,
			"a header is never replaced, as it may be all that opens another disc: "
			"take another name");
		return -1;
	}
	if (j->output.kind == OUTPUT_FILE && is_same_place(path, j->output.path))
		return fail_set(
			f, FAIL_USAGE, path, "can't be both the output and its detached header");
	return new_file_check(path, false, 0, f);
}

/* The commands are put together first; then the secret goes, but where the header is opened again
 * at the end. */
static int write_commands(struct job *j, struct fail *f)
{
	const char *path = j->output.kind == OUTPUT_STREAM ? "disc.img" : j->output.path;

	j->commands = opening_commands(
		j->volume, job_volume_credential(j), path, j->options->values[OPTION_AS_FILE]);
	if (!j->commands)
		return fail_memory(f);
	if (!job_output_is_opened(j))
		secret_input_free(&j->secret);
	return 0;
}

void job_volume_warn_iso9660(const struct job *j)
{
	if (j->format->is_seen_as_disk)
		message_warn(print_messages(),
			"the file system is ISO 9660: Linux mounts it, but Windows and macOS are "
			"not known to inside a %s volume; give a FAT, exFAT or UDF image with "
			"-image for them",
			j->format->name);
}

int job_volume_make(struct job *j, struct fail *f)
{
	if (j->format->needs_secret && secret_input_get(&j->secret, j->options, true,
					       job_output_name(j), print_messages(), f))
		return -1;
	j->volume = format_create(j->format, &j->params, j->secret.credentials, j->secret.n,
		j->payload_bytes, print_messages(), f);
	if (!j->volume)
		return -1;
	if (input_is_iso9660(&j->input))
		job_volume_warn_iso9660(j);
	if (!secret_all_locked())
		message_warn(print_messages(),
			"secrets could not be locked into memory and may reach the swap space; "
			"raise the limit (ulimit -l)");
	return write_commands(j, f);
}

int job_volume_write_header(struct job *j, struct fail *f)
{
	const struct volume *v = j->volume;
	struct new_file *file;
	int result = -1;

	/* a simulation makes no disc that it could open */
	if (!v->detached_header || j->session.dummy)
		return 0;
	file = new_file_open(v->header_path, false, 0600, v->detached_header_bytes, f);
	if (!file)
		return -1;
	if (io_write_full(new_file_descriptor(file), v->detached_header, v->detached_header_bytes))
		fail_errno(f, FAIL_FAILED, v->header_path, "can't be written");
	else
		result = new_file_commit(file, f);
	new_file_close(file);
	j->header_was_written = result == 0;
	return result;
}
