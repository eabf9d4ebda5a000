/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disc/sums.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/file_digest.h"
#include "iso/disc_walk.h"
#include "util/sector.h"
#include "util/signals.h"

enum {
	READ_BYTES = 512 * 1024,
	/* a path as deep as a disc may have it, each of its bytes escaped */
	LINE_MAX_BYTES = 2 * 256 * DISC_WALK_DEPTH_MAX + FILE_DIGEST_TEXT + 8,
	/* a stranger may name one file any number of times */
	BYTES_PER_BYTE_MAX = 16,
	/* a power of 2 */
	N_KNOWN = 32 * 1024,
};

/* The digest of bytes that were read, for further names of them. */
struct known {
	uint32_t lba; /* of the first one; 0: none */
	uint64_t n_bytes;
	char digest[FILE_DIGEST_TEXT + 1];
};

struct work {
	struct sums *s;
	struct fail *f;
	struct file_digest *digest;
	uint8_t *buf; /* READ_BYTES: of the file that is checked */
	uint64_t n_bytes_left;
	char *line; /* heap */
	size_t n_line, max_line;
	bool is_too_long;
	/* the directory of the file before: most of the next ones are there too */
	char *folder; /* heap, as long as the line */
	struct disc_listing *listing;
	struct known *known; /* heap, N_KNOWN; by the lower bits of the lba */
};

int sums_exist(const struct disc_files *files)
{
	struct disc_listing *holder;
	const struct disc_node *node = disc_files_find(files, SUMS_NAME, &holder, NULL);
	int exist = node && S_ISREG(node->mode);

	disc_listing_free(holder);
	return exist;
}

static void differ(struct work *w, const char *path, const char *what)
{
	w->s->n_differ++;
	if (w->s->differs)
		w->s->differs(w->s->ctx, path, what);
}

/* The listing of the directory that path is in; name is what remains. NULL: there is none, or no
 * memory, with w->f filled. */
static const struct disc_listing *list_folder(struct work *w, const char *path, const char **name)
{
	const char *slash = strrchr(path, '/');
	size_t n = slash ? (size_t)(slash - path) : 0;
	struct disc_listing *holder;
	const struct disc_node *folder;

	*name = slash ? slash + 1 : path;
	if (w->listing && strncmp(w->folder, path, n) == 0 && w->folder[n] == '\0')
		return w->listing;
	disc_listing_free(w->listing);
	w->listing = NULL;
	memcpy(w->folder, path, n);
	w->folder[n] = '\0';
	folder = disc_files_find(w->s->files, w->folder, &holder, NULL);
	if (folder && S_ISDIR(folder->mode))
		w->listing = disc_files_list(w->s->files, folder, w->f);
	disc_listing_free(holder);
	return w->listing;
}

/* The digest of a file's bytes; *is_read false where they can't be read. */
static int digest_file(struct work *w, const struct disc_node *node,
	char digest[FILE_DIGEST_TEXT + 1], bool *is_read)
{
	size_t n = 1;

	*is_read = true;
	for (uint64_t at = 0; n && *is_read; at += n) {
		if (signals_caught())
			return fail_set(w->f, FAIL_FAILED, "", "interrupted");
		if (w->n_bytes_left < READ_BYTES)
			return fail_set(w->f, FAIL_MISMATCH, SUMS_NAME,
				"lists files of more than %d times the size of the medium",
				BYTES_PER_BYTE_MAX);
		if (disc_files_read(w->s->files, node, at, READ_BYTES, w->buf, &n, NULL))
			*is_read = false;
		else
			file_digest_update(w->digest, w->buf, n);
		w->n_bytes_left -= n;
		if (w->s->progress)
			w->s->progress(w->s->ctx);
	}
	return file_digest_end(w->digest, digest, w->f);
}

/* Where the digest of the file's bytes is kept; NULL: they don't lie in one piece. */
static struct known *find_known(struct work *w, const struct disc_node *node)
{
	if (node->n_extents == 0 || !disc_node_is_in_one_piece(node))
		return NULL;
	return &w->known[node->extents->lba % N_KNOWN];
}

/* The same, of bytes that were read before under another name too. */
static int digest_bytes(struct work *w, const struct disc_node *node,
	char digest[FILE_DIGEST_TEXT + 1], bool *is_read)
{
	struct known *k = find_known(w, node);

	*is_read = true;
	if (k && k->lba == node->extents->lba && k->n_bytes == node->n_bytes) {
		memcpy(digest, k->digest, sizeof k->digest);
		return 0;
	}
	if (digest_file(w, node, digest, is_read))
		return -1;
	if (k && *is_read) {
		k->lba = node->extents->lba;
		k->n_bytes = node->n_bytes;
		memcpy(k->digest, digest, sizeof k->digest);
	}
	return 0;
}

static int check_file(struct work *w, const char *path, const char *wanted)
{
	const char *name;
	const struct disc_listing *l = list_folder(w, path, &name);
	const struct disc_node *node = l ? disc_listing_find(l, name) : NULL;
	char digest[FILE_DIGEST_TEXT + 1];
	bool is_read;

	if (fail_is_set(w->f))
		return -1;
	w->s->n_checked++;
	if (!node || !S_ISREG(node->mode)) {
		differ(w, path, "has a digest but does not exist");
		return 0;
	}
	if (digest_bytes(w, node, digest, &is_read))
		return -1;
	if (!is_read)
		differ(w, path, "can't be read");
	else if (memcmp(digest, wanted, FILE_DIGEST_TEXT) != 0)
		differ(w, path, "does not match its digest");
	return 0;
}

/* Takes "\n", "\r" and "\\" back, in place. False where something else is escaped. */
static bool unescape(char *text)
{
	char *to = text;

	for (; *text; text++) {
		char c = *text;

		if (c == '\\') {
			c = *++text;
			if (c != 'n' && c != 'r' && c != '\\')
				return false;
			c = c == 'n' ? '\n' : c == 'r' ? '\r' : '\\';
		}
		*to++ = c;
	}
	*to = '\0';
	return true;
}

/* A whole line, without its end. */
static int take_line(struct work *w)
{
	char *line = w->line, *name;
	bool is_escaped = *line == '\\', is_good;

	line[w->n_line] = '\0';
	line += is_escaped;
	name = line + FILE_DIGEST_TEXT + 2;
	is_good = !w->is_too_long && strlen(w->line) == w->n_line &&
		  strspn(line, "0123456789abcdef") == FILE_DIGEST_TEXT &&
		  line[FILE_DIGEST_TEXT] == ' ' &&
		  (line[FILE_DIGEST_TEXT + 1] == ' ' || line[FILE_DIGEST_TEXT + 1] == '*') &&
		  *name && (!is_escaped || unescape(name));
	w->n_line = 0;
	w->is_too_long = false;
	if (is_good)
		return check_file(w, strncmp(name, "./", 2) ? name : name + 2, line);
	differ(w, SUMS_NAME, "has an invalid line");
	return 0;
}

/* Makes room for one more byte, and the line's end. 0, or -1 with w->f filled. */
static int grow_line(struct work *w)
{
	size_t max = w->max_line ? 2 * w->max_line : 4096;
	char *line, *folder;

	if (w->n_line + 1 < w->max_line)
		return 0;
	line = realloc(w->line, max);
	w->line = line ? line : w->line;
	folder = realloc(w->folder, max);
	w->folder = folder ? folder : w->folder;
	if (!line || !folder)
		return fail_memory(w->f);
	w->max_line = max;
	return 0;
}

static int take_bytes(struct work *w, const uint8_t *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (bytes[i] == '\n') {
			if (take_line(w))
				return -1;
			continue;
		}
		if (w->n_line == LINE_MAX_BYTES) {
			w->is_too_long = true;
			continue;
		}
		if (grow_line(w))
			return -1;
		w->line[w->n_line++] = (char)bytes[i];
	}
	return 0;
}

static int check_lines(struct work *w, const struct disc_node *node)
{
	uint8_t bytes[8192];
	size_t n = 1;

	for (uint64_t at = 0; n; at += n) {
		if (disc_files_read(w->s->files, node, at, sizeof bytes, bytes, &n, NULL)) {
			differ(w, SUMS_NAME, "can't be read completely");
			return 0;
		}
		if (take_bytes(w, bytes, n))
			return -1;
	}
	return w->n_line ? take_line(w) : 0;
}

int sums_check(struct sums *s, struct fail *f)
{
	struct work w = { .s = s, .f = f };
	struct disc_listing *holder = NULL;
	const struct disc_node *node = disc_files_find(s->files, SUMS_NAME, &holder, f);
	int result = -1;

	w.n_bytes_left = disc_files_n_blocks_there(s->files) * BLOCK_BYTES * BYTES_PER_BYTE_MAX;
	w.buf = malloc(READ_BYTES);
	w.known = calloc(N_KNOWN, sizeof *w.known);
	if (!w.buf || !w.known)
		fail_memory(f);
	else if (grow_line(&w) == 0)
		w.digest = file_digest_new(f);
	if (node && w.digest)
		result = check_lines(&w, node);
	disc_listing_free(w.listing);
	disc_listing_free(holder);
	file_digest_free(w.digest);
	free(w.buf);
	free(w.line);
	free(w.folder);
	free(w.known);
	return result;
}
