/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The verb keyfile: makes a file with a new random key. */
#include <stdio.h>
#include <unistd.h>

#include "cli/verbs.h"
#include "crypto/format/loopaes_keys.h"
#include "util/new_file.h"
#include "util/secret.h"

/* Before a key is made for nothing. */
static int check_path(const char *path, struct fail *f)
{
	if (access(path, F_OK))
		return new_file_check(path, false, 0, f);
	fail_set(f, FAIL_USAGE, path, "already exists");
	fail_hint(f, "choose another name; an existing key is never replaced");
	return -1;
}

/* The kind of key file that the options ask for. NULL with f filled. */
static struct secret *make(const struct settings *s, struct fail *f)
{
	if (s->v3 && s->given[OPTION_BYTES]) {
		settings_fail(s, OPTION_BYTES, f, "contradicts -v3, whose size is fixed");
		return NULL;
	}
	return s->v3 ? loopaes_keys_generate(f) : secret_new_random(s->key_bytes, f);
}

int cmd_keyfile(struct settings *s, struct printer *p, struct fail *f)
{
	const char *path = settings_operand(s, 0);
	struct secret *key;
	char shown[4200];
	int result;

	(void)p;
	if (check_path(path, f))
		return -1;
	key = make(s, f);
	if (!key)
		return -1;
	result = new_file_write(path, secret_view(key), secret_size(key), f);
	if (result == 0 && !s->is_quiet)
		printf("%s: %zu random bytes written; whoever has this file can open the disc, "
		       "and without it nobody can\n",
			message_escape(shown, sizeof shown, path), secret_size(key));
	secret_free(key);
	return result;
}
