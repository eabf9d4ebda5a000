/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "job/heal_spooling.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "burn/stage.h"
#include "util/free_space.h"
#include "util/request_field.h"
#include "util/sector.h"
#include "util/signals.h"
#include "util/size.h"

/* A file without a name; where the file system has none, one whose name is taken away. */
static int open_nameless(const char *dir)
{
	int fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	char *path;

	if (fd >= 0 || asprintf(&path, "%s/xburncrypt-XXXXXX", dir) < 0)
		return fd;
	fd = mkostemp(path, O_CLOEXEC);
	if (fd >= 0)
		unlink(path);
	free(path);
	return fd;
}

int heal_spooling_open(struct heal_spooling *s, const struct heal_layout *l, unsigned n_passes,
	const char *dir, struct fail *f)
{
	const char *usual = getenv("TMPDIR");

	s->n_passes = n_passes;
	s->n_bytes = (l->end - l->choice.n_data) * BLOCK_BYTES;
	s->dir = dir ? dir : usual && *usual ? usual : "/var/tmp";
	s->fd = open_nameless(s->dir);
	if (s->fd < 0)
		fail_errno(f, FAIL_FAILED, s->dir, "can't hold a temporary file");
	else if (free_space_check(s->fd, s->dir, 0, s->n_bytes, f) == 0)
		return 0;
	return fail_field(f, REQUEST_SPOOL);
}

int heal_spooling_begin(struct heal_spooling *s, struct heal_record *r,
	const struct block_tree_hash *hash, const struct heal_voucher *voucher, struct fail *f)
{
	s->spool = heal_spool_new(r, hash, voucher, s->fd, s->dir, s->n_passes, f);
	return s->spool ? 0 : -1;
}

/* Pulls the volume through the stage that computes. */
static int pull(struct burn_source *top, const struct progress_watch *watch, const char *phase,
	struct fail *f)
{
	uint64_t n_all = stage_size(top), n_done = 0;
	uint8_t *buf = malloc(CHUNK_BYTES);
	ssize_t n = buf ? 0 : fail_memory(f);

	while (n >= 0 && n_done < n_all) {
		n = signals_caught() ? fail_set(f, FAIL_FAILED, "", "interrupted")
				     : stage_read(top, buf, CHUNK_BYTES);
		if (n <= 0)
			break;
		n_done += (uint64_t)n;
		progress_tick(watch, phase, n_done, n_all);
	}
	free(buf);
	if (n_done == n_all || fail_is_set(f))
		return n_done == n_all ? 0 : -1;
	if (!stage_cause(top, f))
		fail_set(f, FAIL_FAILED, "", "the data could not be read");
	return -1;
}

static int run_pass(struct heal_spooling *s, const struct chain_plan *plan,
	const struct progress_watch *watched, const char *phase, struct fail *f)
{
	struct chain c = { 0 };
	struct progress_watch watch;
	int result = chain_open_volume(&c, plan, f);

	if (result == 0) {
		watch = chain_watch(&c, watched);
		result = pull(c.top, &watch, phase, f);
	}
	chain_close(&c);
	return result ? -1 : heal_spool_end_pass(s->spool, f);
}

int heal_spooling_run(struct heal_spooling *s, const struct chain_plan *plan,
	const struct voice *voice, struct fail *f)
{
	char phases[2][64], size[64]; /* the voice compares one with the one before */
	int result = 0;

	message_note(&voice->messages,
		"healing data are computed before the burn, by reading all of it %u time%s, and "
		"take %s in %s meanwhile",
		s->n_passes, s->n_passes == 1 ? "" : "s",
		size_format(size, sizeof size, s->n_bytes), s->dir);
	for (unsigned i = 0; result == 0 && i < s->n_passes; i++) {
		char *phase = phases[i % 2];

		snprintf(phase, sizeof phases[0], "computing healing data, pass %u of %u", i + 1,
			s->n_passes);
		result = run_pass(s, plan, &voice->watch, phase, f);
	}
	progress_end(&voice->watch);
	return result;
}

void heal_spooling_close(struct heal_spooling *s)
{
	heal_spool_free(s->spool);
	if (s->n_passes && s->fd >= 0)
		close(s->fd);
	*s = (struct heal_spooling){ 0 };
}
