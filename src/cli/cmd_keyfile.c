/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The verb keyfile: makes a file with a new random key. */
#include "cli/command.h"

#include <stdio.h>
#include <string.h>

#include "cli/print.h"
#include "crypto/format/loopaes_keys.h"
#include "util/io.h"
#include "util/new_file.h"
#include "util/secret.h"

/* The kind of key file that the options ask for. NULL with f filled. */
static struct secret *make(const struct options *o, struct fail *f)
{
	uint64_t n_bytes = 64;

	if (options_has(o, OPTION_V3)) {
		if (options_has(o, OPTION_BYTES)) {
			fail_set(f, FAIL_USAGE, "-bytes",
				"contradicts -v3: loop-AES's key files have a form");
			return NULL;
		}
		return loopaes_keys_generate(f);
	}
	if (options_number(o, OPTION_BYTES, 16, 8192, &n_bytes, f))
		return NULL;
	return secret_new_random(n_bytes, f);
}

static int write_file(const char *path, const struct secret *key, struct fail *f)
{
	struct new_file *file = new_file_open(path, false, 0600, secret_size(key), f);
	int result = -1;

	if (!file)
		return -1;
	if (io_write_full(new_file_descriptor(file), secret_view(key), secret_size(key)))
		fail_errno(f, FAIL_FAILED, path, "can't be written");
	else
		result = new_file_commit(file, f);
	new_file_close(file);
	return result;
}

static int run(const struct options *o, struct fail *f)
{
	const char *path = o->operands.n ? o->operands.items[0] : NULL;
	struct secret *key;
	char shown[4200];
	int result;

	if (o->operands.n != 1)
		return fail_set(f, FAIL_USAGE, "", "name one file to make");
	/* before a key is made for nothing; an existing key is never replaced */
	if (new_file_check(path, false, 0, f)) {
		if (strstr(f->hint, "-force"))
			snprintf(f->hint, sizeof f->hint,
				"an existing key is never replaced: take another name");
		return -1;
	}
	key = make(o, f);
	if (!key)
		return -1;
	result = write_file(path, key, f);
	if (result == 0 && !options_has(o, OPTION_QUIET))
		printf("%s: made, %zu bytes; whoever has it opens the disc, and nothing does "
		       "without it\n",
			message_escape(shown, sizeof shown, path), secret_size(key));
	secret_free(key);
	return result;
}

int cmd_keyfile(struct options *o)
{
	struct fail f = { 0 };

	if (run(o, &f))
		print_fail(&f);
	return (int)f.code;
}
