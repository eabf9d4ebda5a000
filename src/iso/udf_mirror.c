/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "iso/udf_mirror.h"

#include <stdlib.h>

/* No logical block is smaller. */
enum { UNIT_BYTES = 512 };

/* Bytes of the metadata that lie in one piece in the file and in its mirror. */
struct udf_mirror_piece {
	uint64_t place, copy; /* from the start of the disc */
	uint32_t n_bytes;
};

static int compare_pieces(const void *a, const void *b)
{
	const struct udf_mirror_piece *x = a, *y = b;

	return x->place < y->place ? -1 : x->place > y->place;
}

/* Goes through both files side by side: there are fewer pieces than extents. */
static void match(
	struct udf_mirror *m, const struct disc_extents *file, const struct disc_extents *mirror)
{
	uint32_t i = 0, j = 0, in_file = 0, in_mirror = 0;

	while (i < file->n && j < mirror->n) {
		const struct disc_extent *here = &file->at[i], *there = &mirror->at[j];
		uint32_t n_here = here->n_bytes - in_file, n_there = there->n_bytes - in_mirror, n;
		struct udf_mirror_piece piece = { .place = byte_reader_place(here) + in_file,
			.copy = byte_reader_place(there) + in_mirror };

		n = piece.n_bytes = n_here < n_there ? n_here : n_there;
		if (here->lba != DISC_HOLE && there->lba != DISC_HOLE && piece.place != piece.copy)
			m->at[m->n++] = piece;
		in_file = n < n_here ? in_file + n : 0;
		in_mirror = n < n_there ? in_mirror + n : 0;
		i += n == n_here;
		j += n == n_there;
	}
}

int udf_mirror_make(struct udf_mirror *m, const struct disc_extents *file,
	const struct disc_extents *mirror, struct disc_memory *memory, struct fail *f)
{
	size_t max = (size_t)file->n + mirror->n;

	if (disc_memory_spend(memory, max * sizeof *m->at, f))
		return -1;
	m->at = malloc(max * sizeof *m->at + 1);
	if (!m->at)
		return fail_memory(f);
	match(m, file, mirror);
	qsort(m->at, m->n, sizeof *m->at, compare_pieces);
	return 0;
}

bool udf_mirror_find(const struct udf_mirror *m, uint64_t place, size_t n, uint64_t *copy)
{
	size_t low = 0, high = m->n;
	const struct udf_mirror_piece *piece;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (m->at[mid].place <= place)
			low = mid + 1;
		else
			high = mid;
	}
	if (low == 0)
		return false;
	piece = &m->at[low - 1];
	if (place - piece->place > piece->n_bytes || n > piece->n_bytes - (place - piece->place))
		return false;
	*copy = piece->copy + (place - piece->place);
	return true;
}

int udf_mirror_read(const struct udf_mirror *m, struct byte_reader *r, enum udf_mirror_which which,
	uint64_t place, size_t n, uint8_t *buf)
{
	if (which == UDF_EITHER && byte_reader_read(r, place, n, buf, NULL) == 0)
		return 0;
	while (n) {
		size_t rest = UNIT_BYTES - place % UNIT_BYTES, take = n < rest ? n : rest;
		uint64_t copy;

		if (which == UDF_COPY || byte_reader_read(r, place, take, buf, NULL)) {
			if (!udf_mirror_find(m, place, take, &copy) ||
				byte_reader_read(r, copy, take, buf, NULL))
				return -1;
			r->used_copy = r->used_copy || which == UDF_EITHER;
		}
		buf += take;
		place += take;
		n -= take;
	}
	return 0;
}

void udf_mirror_clear(struct udf_mirror *m)
{
	free(m->at);
	*m = (struct udf_mirror){ 0 };
}
