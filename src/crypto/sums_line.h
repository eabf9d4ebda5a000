/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One line of a file of digests, as "sha256sum -c" and its sisters take it (GNU coreutils 9.1,
 * src/digest.c): the digest, a blank or tab, a blank or "*", and the name; or the form of BSD and
 * OpenSSL, "SHA256 (name) = digest". Digits may be upper case, blanks may stand before the line, a
 * CR may end it; a backslash at its start tells that "\n", "\r" and "\\" stand for bytes of the
 * name. */
#ifndef CRYPTO_SUMS_LINE_H
#define CRYPTO_SUMS_LINE_H

#include <stddef.h>

#include "crypto/file_digest.h"

/* Digest and name with one blank between them, as "md5 -r" writes them: once a line has this form,
 * all others have it; 0: not known yet, -1: not of this form. */
struct sums_form {
	int has_one_blank;
};

enum sums_line_kind { SUMS_LINE_INVALID, SUMS_LINE_EMPTY, SUMS_LINE_DIGEST };

struct sums_line {
	char digest[FILE_DIGEST_TEXT_MAX + 1]; /* lower case */
	const char *name;                      /* in the line */
};

/* Takes a line of n bytes, without its end, that a NUL follows; it is changed. SUMS_LINE_EMPTY: it
 * is empty or a comment. */
enum sums_line_kind sums_line_parse(struct sums_line *l, enum file_digest_kind kind,
	struct sums_form *form, char *line, size_t n);

#endif
