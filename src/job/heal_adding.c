/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "job/heal_adding.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "heal/heal_encoder.h"
#include "heal/tree_check.h"
#include "job/open_disc.h"
#include "job/secrets.h"
#include "util/free_space.h"
#include "util/io.h"
#include "util/new_file.h"
#include "util/request_field.h"
#include "util/sandbox.h"
#include "util/signals.h"
#include "util/size.h"

enum { COPY_BLOCKS = 512 };

/* What is added, and to what. */
struct adding {
	const struct heal_request *request;
	const struct voice *voice;
	int fd; /* the source's */
	off_t n_bytes;
	struct heal_record *record;
	struct heal_proof proof;
	bool had_mac, had_signature; /* the healing data that it had before */
};

/* How many blocks of the volume are its header. */
static unsigned count_header(struct block_reader *reader, uint64_t n_data)
{
	uint8_t block[BLOCK_BYTES];

	return block_reader_read(reader, 0, 1, block, NULL) == 0
		       ? healing_header_blocks(block, n_data)
		       : 0;
}

/* New healing data take the place of the old ones, and of what is behind these: zeros at most. */
static int check_behind(
	const struct heal_request *r, struct block_reader *reader, uint64_t end, struct fail *f)
{
	static const uint8_t zeros[BLOCK_BYTES];
	uint8_t block[BLOCK_BYTES];

	for (uint64_t at = end; at < reader->n_blocks; at++) {
		if (signals_caught())
			return fail_set(f, FAIL_FAILED, r->source, "interrupted");
		if (block_reader_read(reader, at, 1, block, f))
			return -1;
		if (memcmp(block, zeros, sizeof block) == 0)
			continue;
		fail_set(f, FAIL_MISMATCH, r->source,
			"has something behind its healing data, which new ones would replace");
		fail_hint(f, "cut it off if it is not needed: the image ends at byte %llu",
			(unsigned long long)(end * BLOCK_BYTES));
		return -1;
	}
	return 0;
}

static int fail_damaged(const char *path, uint64_t n_blocks, uint64_t n_wrong, struct fail *f)
{
	char *quoted = message_shell_quote(path);

	fail_set(f, FAIL_MISMATCH, path,
		"is damaged: %llu block%s not as the healing data that it has say, or nothing is "
		"known of them; new ones would take that for right",
		(unsigned long long)n_wrong, n_wrong == 1 ? " is" : "s are");
	if (quoted)
		fail_hint(f,
			"repair it first; if the volume was changed on purpose, drop the healing "
			"data: truncate -s %llu %s",
			(unsigned long long)(n_blocks * BLOCK_BYTES), quoted);
	free(quoted);
	return -1;
}

/* Compares the volume with the healing data that it has: new ones would take damage for what has to
 * be there, and the old ones, which can heal it, go. */
static int check_old(const struct heal_request *r, struct block_reader *reader,
	const struct heal_record *old, const struct voice *voice, struct fail *f)
{
	const struct heal_layout *l = &old->layout;
	const struct heal_area data = { 0, l->choice.n_data };
	uint64_t counts[BLOCK_STATES] = { 0 };
	struct healing_tools t = { 0 };
	struct tree_check c = { .reader = reader, .hash = &t.hash, .watch = &voice->watch };
	int result = -1;

	if (check_behind(r, reader, l->end, f))
		return -1;
	if (heal_finder_is_unfinished(reader, old))
		return 0;
	c.states = calloc(1, l->end);
	if (!c.states)
		return fail_memory(f);
	if (!old->has_root ||
		(healing_tools_open(&t, old, f) == 0 &&
			tree_check_run(&c, data, l->tree.first, old->root, false, f) == 0))
		result = 0;
	if (old->has_root && healing_tools_close(&t, f))
		result = -1;
	block_states_count(c.states, data, counts);
	free(c.states);
	if (result || counts[BLOCK_RIGHT] == data.n)
		return result;
	return fail_damaged(r->source, data.n, data.n - counts[BLOCK_RIGHT], f);
}

/* Lays out the healing data of what the reader has, without those that are there already. */
static int lay_out(struct adding *a, struct block_reader *reader, struct fail *f)
{
	const struct heal_request *r = a->request;
	struct heal_record *new = a->record;
	struct heal_choice c = { .n_roots = r->wish.n_roots, .n_rows = r->wish.n_rows };
	struct heal_record old;
	int found = heal_finder_run(&r->search, reader, &old, f);

	if (found < 0 || (found && check_old(r, reader, &old, a->voice, f)))
		return -1;
	c.n_data =
		found ? old.layout.choice.n_data : reader->n_blocks + (reader->n_tail_bytes != 0);
	c.n_header = count_header(reader, c.n_data);
	a->had_mac = found && old.has_mac;
	a->had_signature = found && old.signature[0];
	*new = (struct heal_record){ .has_root = false };
	if (heal_layout_make(&new->layout, &c))
		return fail_set(f, FAIL_MISMATCH, r->source, "is too short for healing data");
	return healing_identify(new, f);
}

static int fail_read(const char *path, struct fail *f)
{
	return signals_caught() ? fail_set(f, FAIL_FAILED, path, "interrupted")
				: fail_errno(f, FAIL_FAILED, path, "can't be read");
}

/* Copies the volume, in blocks, from one file to another. */
static int copy_volume(const struct heal_request *r, int from, int to, uint64_t n_blocks,
	const struct progress_watch *watch, struct fail *f)
{
	uint8_t *buf = malloc((size_t)COPY_BLOCKS * BLOCK_BYTES);
	int result = buf ? 0 : fail_memory(f);

	for (uint64_t at = 0; result == 0 && at < n_blocks; at += COPY_BLOCKS) {
		uint64_t left = n_blocks - at;
		size_t n = (left < COPY_BLOCKS ? (size_t)left : COPY_BLOCKS) * BLOCK_BYTES;
		ssize_t got = io_pread_full(from, buf, n, at * BLOCK_BYTES);

		if (got < 0 || signals_caught())
			result = fail_read(r->source, f);
		else if (io_pwrite_full(to, buf, (size_t)got, at * BLOCK_BYTES))
			result = fail_errno(f, FAIL_FAILED, r->output, "can't be written");
		progress_tick(watch, "copying", at * BLOCK_BYTES, n_blocks * BLOCK_BYTES);
	}
	free(buf);
	return result;
}

/* All healing data; the records last, once the rest is on the disk. */
static int encode(const char *name, int fd, struct heal_record *r, const struct heal_proof *proof,
	const struct progress_watch *watch, struct fail *f)
{
	struct healing_tools t = { 0 };
	const struct heal_file file = { fd, name, &t.hash, watch };
	int result = healing_tools_open(&t, r, f) || heal_encoder_write(&file, r, f) ||
				     heal_proof_add(proof, r, f)
			     ? -1
			     : 0;

	if (healing_tools_close(&t, f))
		result = -1;
	if (result == 0 && fsync(fd))
		result = fail_errno(f, FAIL_FAILED, name, "can't be flushed to the disk");
	return result ? -1 : heal_encoder_write_records(&file, r, f);
}

static int add_in_place(const struct adding *a, struct fail *f)
{
	const struct heal_request *r = a->request;
	const struct heal_layout *l = &a->record->layout;
	int fd = a->fd;
	off_t n_bytes = a->n_bytes;
	off_t n_volume = (off_t)(l->choice.n_data * BLOCK_BYTES);

	if (free_space_check(fd, r->source, (uint64_t)n_bytes, l->end * BLOCK_BYTES, f))
		return -1;
	/* healing data that are there go: zeros are in the gaps of the new ones */
	if (n_bytes > n_volume) {
		n_bytes = n_volume;
		if (ftruncate(fd, n_bytes))
			return fail_errno(f, FAIL_FAILED, r->source, "can't be cut");
	}
	if (encode(r->source, fd, a->record, &a->proof, &a->voice->watch, f) == 0 && fsync(fd) == 0)
		return 0;
	if (!fail_is_set(f))
		fail_errno(f, FAIL_FAILED, r->source, "can't be flushed to the disk");
	if (ftruncate(fd, n_bytes))
		fail_hint(f, "cut the image to %lld bytes", (long long)n_bytes);
	return -1;
}

static int add_to_copy(const struct adding *a, struct fail *f)
{
	const struct heal_request *r = a->request;
	const struct heal_layout *l = &a->record->layout;
	const struct progress_watch *watch = &a->voice->watch;
	struct new_file *file = new_file_open(r->output, r->replace, 0666, l->end * BLOCK_BYTES, f);
	int to = file ? new_file_descriptor(file) : -1, result = -1;

	if (file && copy_volume(r, a->fd, to, l->choice.n_data, watch, f) == 0 &&
		encode(r->output, to, a->record, &a->proof, watch, f) == 0)
		result = new_file_commit(file, f);
	new_file_close(file);
	return result;
}

int heal_adding_to_file(int fd, const char *name, const struct heal_wish *wish,
	const struct heal_proof *proof, struct heal_record *record, struct fail *f)
{
	struct heal_choice c = { .n_roots = wish->n_roots, .n_rows = wish->n_rows };
	uint8_t first[BLOCK_BYTES] = { 0 };
	struct stat st;

	*record = (struct heal_record){ 0 };
	if (fstat(fd, &st) || io_pread_full(fd, first, sizeof first, 0) < 0)
		return fail_read(name, f);
	c.n_data = size_round_up((uint64_t)st.st_size, BLOCK_BYTES) / BLOCK_BYTES;
	c.n_header = healing_header_blocks(first, c.n_data);
	if (heal_layout_make(&record->layout, &c))
		return fail_set(f, FAIL_MISMATCH, name, "is too short for healing data");
	return healing_identify(record, f) || encode(name, fd, record, proof, NULL, f) ? -1 : 0;
}

static int open_source(struct adding *a, struct fail *f)
{
	const struct heal_request *r = a->request;
	struct stat st;

	a->fd = open(r->source, (r->output ? O_RDONLY : O_RDWR) | O_CLOEXEC);
	if (a->fd < 0 || fstat(a->fd, &st))
		return fail_errno(f, FAIL_FAILED, r->source, "can't be opened");
	a->n_bytes = st.st_size;
	return S_ISREG(st.st_mode) ? 0
				   : fail_set(f, FAIL_USAGE, r->source,
					     "is not an image file: healing data can be added to "
					     "one only");
}

/* Gets the keys, and enters the sandbox on the way: the image may be a stranger's. */
static int get_keys(struct adding *a, struct fail *f)
{
	const struct heal_request *r = a->request;
	struct sandbox_needs needs = { 0 };
	struct disc *disc = NULL;
	char folder[PATH_MAX];
	int result = -1;

	if (heal_proof_open(&a->proof, &r->wish, a->voice, f))
		return -1;
	if (r->output && new_file_directory(r->output, folder))
		return fail_errno(f, FAIL_FAILED, r->output, "can't be created");
	needs.writable_dir = r->output ? folder : NULL;
	if (!r->volume) {
		secrets_warn(&a->voice->messages);
		return sandbox_enter(&needs, &a->voice->messages, f);
	}
	r->volume->writable_dir = needs.writable_dir;
	disc = open_disc(r->volume, a->voice, f);
	if (disc)
		result = heal_proof_take_key(&a->proof, disc_volume(disc), f);
	disc_close(disc);
	r->volume->writable_dir = NULL;
	return result;
}

/* Of proofs that went with the healing data that were replaced. */
static void warn_unproven(const struct adding *a)
{
	const struct messages *m = &a->voice->messages;
	const char *path = a->request->source;

	if (a->had_mac && !a->record->has_mac)
		message_warn_field(m, REQUEST_MAC,
			"%s: its healing data had a MAC, and the new ones have none", path);
	if (a->had_signature && !a->record->signature[0])
		message_warn_field(m, REQUEST_SIGNATURE,
			"%s: its healing data were signed, and the new ones are not", path);
}

int heal_adding_run(
	const struct heal_request *r, struct healing *h, const struct voice *voice, struct fail *f)
{
	struct adding a = { .request = r, .voice = voice, .fd = -1, .record = &h->record };
	struct block_reader *reader = block_reader_open_file(r->source, f);
	int result = -1;

	*h = (struct healing){ 0 };
	if (reader && open_source(&a, f) == 0 && get_keys(&a, f) == 0 &&
		lay_out(&a, reader, f) == 0)
		result = r->output ? add_to_copy(&a, f) : add_in_place(&a, f);
	progress_end(&voice->watch);
	if (result == 0)
		warn_unproven(&a);
	if (a.fd >= 0 && close(a.fd) && result == 0)
		result = fail_errno(f, FAIL_FAILED, r->source, "can't be closed");
	heal_proof_close(&a.proof);
	block_reader_free(reader);
	return result;
}
