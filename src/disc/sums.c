/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disc/sums.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "crypto/sums_line.h"
#include "iso/disc_resolve.h"
#include "iso/disc_walk.h"
#include "util/sector.h"
#include "util/signals.h"

enum {
	READ_BYTES = 512 * 1024,
	/* a path as deep as a disc may have it, each of its bytes escaped */
	LINE_MAX_BYTES = 2 * 256 * DISC_WALK_DEPTH_MAX + FILE_DIGEST_TEXT_MAX + 8,
	/* a stranger may name one file any number of times */
	BYTES_PER_BYTE_MAX = 16,
	/* a power of 2 */
	N_KNOWN = 32 * 1024,
};

/* The digest of bytes that were read, for further names of them. */
struct known {
	uint32_t lba; /* of the first one; 0: none */
	uint64_t n_bytes;
	char digest[FILE_DIGEST_TEXT_MAX + 1];
};

struct work {
	struct sums *s;
	struct fail *f;
	const char *name; /* of the file of digests */
	enum file_digest_kind kind;
	struct file_digest *digest;
	struct sums_form form;
	bool has_digests, has_unused;
	const char
		*skips_to; /* the line that ends a part of a signed file; NULL: none is skipped */
	uint8_t *buf;      /* READ_BYTES: of the file that is checked */
	uint64_t weight_left; /* of the files that may be read (disc_node_weight) */
	char *line;           /* heap */
	size_t n_line, max_line;
	bool is_too_long;
	/* the directory of the file before: most of the next ones are there too */
	char *folder; /* heap */
	struct disc_listing *listing;
	struct known *known; /* heap, N_KNOWN; by the lower bits of the lba */
};

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
	free(w->folder);
	w->folder = strndup(path, n);
	if (!w->folder) {
		fail_memory(w->f);
		return NULL;
	}
	folder = disc_files_find(w->s->files, w->folder, &holder, NULL);
	if (folder && S_ISDIR(folder->mode))
		w->listing = disc_files_list(w->s->files, folder, w->f);
	disc_listing_free(holder);
	return w->listing;
}

/* The digest of a file's bytes; *is_read false where they can't be read. */
static int digest_file(struct work *w, const struct disc_node *node, const char *path,
	char digest[FILE_DIGEST_TEXT_MAX + 1], bool *is_read)
{
	uint64_t weight = disc_node_weight(node);
	size_t n = 1;

	if (weight > w->weight_left)
		return fail_set(w->f, FAIL_MISMATCH, w->name,
			"lists files of more than %d times the size of the medium",
			BYTES_PER_BYTE_MAX);
	w->weight_left -= weight;
	*is_read = true;
	for (uint64_t at = 0; n && *is_read; at += n) {
		if (signals_caught())
			return fail_set(w->f, FAIL_FAILED, "", "interrupted");
		if (disc_files_read(w->s->files, node, at, READ_BYTES, w->buf, &n, NULL))
			*is_read = false;
		else
			file_digest_update(w->digest, w->buf, n);
		if (w->s->progress)
			w->s->progress(w->s->ctx, path);
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
static int digest_bytes(struct work *w, const struct disc_node *node, const char *path,
	char digest[FILE_DIGEST_TEXT_MAX + 1], bool *is_read)
{
	struct known *k = find_known(w, node);

	*is_read = true;
	if (k && k->lba == node->extents->lba && k->n_bytes == node->n_bytes) {
		memcpy(digest, k->digest, file_digest_length(w->kind) + 1);
		return 0;
	}
	if (digest_file(w, node, path, digest, is_read))
		return -1;
	if (k && *is_read) {
		k->lba = node->extents->lba;
		k->n_bytes = node->n_bytes;
		memcpy(k->digest, digest, file_digest_length(w->kind) + 1);
	}
	return 0;
}

/* The node at path; NULL: there is none, or no memory, with w->f filled. */
static const struct disc_node *find_node(struct work *w, const char *path)
{
	const char *name;
	const struct disc_listing *l = list_folder(w, path, &name);

	return l ? disc_listing_find(l, name) : NULL;
}

static int check_file(struct work *w, const char *path, const char *wanted)
{
	const struct disc_node *node = find_node(w, path);
	char digest[FILE_DIGEST_TEXT_MAX + 1];
	char *resolved = NULL;
	bool is_read;

	if (!fail_is_set(w->f) && (!node || S_ISLNK(node->mode))) {
		resolved = disc_resolve(w->s->files, path);
		if (resolved)
			node = find_node(w, resolved);
		free(resolved);
	}
	if (fail_is_set(w->f))
		return -1;
	w->s->n_checked++;
	if (!node || !S_ISREG(node->mode)) {
		differ(w, path, "has a digest but does not exist");
		return 0;
	}
	if (digest_bytes(w, node, path, digest, &is_read))
		return -1;
	if (!is_read)
		differ(w, path, "can't be read");
	else if (strcmp(digest, wanted) != 0)
		differ(w, path, "does not match its digest");
	return 0;
}

/* What gpg --clearsign puts around the text (RFC 4880, 7). True where the line is part of it. */
static bool is_signature(struct work *w, const char *line)
{
	if (w->skips_to) {
		/* blanks, or the CR of a line's end, don't count */
		if (!strncmp(line, w->skips_to, strlen(w->skips_to)) &&
			(*w->skips_to || !line[strspn(line, " \t\r")]))
			w->skips_to = NULL;
		return true;
	}
	if (!strncmp(line, "-----BEGIN PGP SIGNED MESSAGE-----", 34))
		w->skips_to = "";
	else if (!strncmp(line, "-----BEGIN PGP SIGNATURE-----", 29))
		w->skips_to = "-----END PGP SIGNATURE-----";
	return w->skips_to != NULL;
}

/* A whole line, without its end. */
static int take_line(struct work *w)
{
	enum sums_line_kind kind = SUMS_LINE_INVALID;
	struct sums_line line;

	w->line[w->n_line] = '\0';
	if (is_signature(w, w->line))
		kind = SUMS_LINE_EMPTY;
	else if (!w->is_too_long)
		kind = sums_line_parse(&line, w->kind, &w->form, w->line, w->n_line);
	w->n_line = 0;
	w->is_too_long = false;
	if (signals_caught())
		return fail_set(w->f, FAIL_FAILED, "", "interrupted");
	if (kind == SUMS_LINE_DIGEST) {
		w->has_digests = true;
		return check_file(
			w, line.name + (strncmp(line.name, "./", 2) ? 0 : 2), line.digest);
	}
	if (kind == SUMS_LINE_EMPTY)
		return 0;
	w->s->n_unused++;
	if (!w->has_unused && w->s->differs)
		w->s->differs(w->s->ctx, w->name, "has invalid lines, which were not used");
	w->has_unused = true;
	return 0;
}

/* Makes room for one more byte, and the line's end. 0, or -1 with w->f filled. */
static int grow_line(struct work *w)
{
	size_t max = w->max_line ? 2 * w->max_line : 4096;
	char *line;

	if (w->n_line + 1 < w->max_line)
		return 0;
	line = realloc(w->line, max);
	if (!line)
		return fail_memory(w->f);
	w->line = line;
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

static void damage(struct work *w, const char *what)
{
	if (w->s->damaged)
		w->s->damaged(w->s->ctx, w->name, what);
}

static int check_lines(struct work *w, const struct disc_node *node)
{
	uint8_t bytes[8192];
	size_t n = 1;

	for (uint64_t at = 0; n; at += n) {
		if (disc_files_read(w->s->files, node, at, sizeof bytes, bytes, &n, NULL)) {
			damage(w, "can't be read completely");
			return 0;
		}
		if (take_bytes(w, bytes, n))
			return -1;
	}
	if (w->n_line && take_line(w))
		return -1;
	if (w->skips_to)
		damage(w, "ends within a PGP signature");
	else if (!w->has_digests)
		damage(w, "has no digests");
	return 0;
}

/* Checks what one file of digests names. */
static int check_source(
	struct sums *s, const struct disc_node *node, enum file_digest_kind kind, struct fail *f)
{
	struct work w = { .s = s, .f = f, .name = node->name, .kind = kind };
	int result = -1;

	s->n_sources++;
	w.weight_left = disc_files_n_blocks_there(s->files) * BLOCK_BYTES * BYTES_PER_BYTE_MAX;
	w.buf = malloc(READ_BYTES);
	w.known = calloc(N_KNOWN, sizeof *w.known);
	if (!w.buf || !w.known)
		fail_memory(f);
	else if (grow_line(&w) == 0)
		w.digest = file_digest_new(kind, f);
	if (w.digest)
		result = check_lines(&w, node);
	disc_listing_free(w.listing);
	file_digest_free(w.digest);
	free(w.buf);
	free(w.line);
	free(w.folder);
	free(w.known);
	return result;
}

/* The kind of the digests in a file of that name; FILE_DIGEST_KINDS: it is no file of digests. */
static enum file_digest_kind kind_of(const char *name)
{
	static const char *const endings[] = { "SUM", "SUMS", "SUM.TXT", "SUMS.TXT" };

	for (int i = 0; i < FILE_DIGEST_KINDS; i++) {
		const char *kind = file_digest_name((enum file_digest_kind)i);
		size_t n = strlen(kind);

		for (size_t j = 0; !strncasecmp(name, kind, n) && j < 4; j++)
			if (!strcasecmp(name + n, endings[j]))
				return (enum file_digest_kind)i;
	}
	return FILE_DIGEST_KINDS;
}

int sums_check(struct sums *s, struct fail *f)
{
	struct disc_listing *root = disc_files_list(s->files, disc_files_root(s->files), f);
	int result = root ? 0 : -1;

	for (size_t i = 0; result == 0 && i < root->n_nodes; i++) {
		const struct disc_node *node = root->nodes[i];
		enum file_digest_kind kind = kind_of(node->name);

		if (kind != FILE_DIGEST_KINDS && S_ISREG(node->mode))
			result = check_source(s, node, kind, f);
	}
	disc_listing_free(root);
	return result;
}
