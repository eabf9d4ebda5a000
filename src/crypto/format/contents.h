/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a payload holds, recognised by its first bytes: file systems, archives, disk images.
 *
 * A format without a header opens with any key, to garbage; the only sign of the right key is a
 * payload that is recognised. At least 32 bits have to agree, whatever it is, so that garbage
 * passes for something once in a hundred millions.
 */
#ifndef CRYPTO_FORMAT_CONTENTS_H
#define CRYPTO_FORMAT_CONTENTS_H

#include <stddef.h>
#include <stdint.h>

struct contents {
	const char *name; /* "an ISO 9660 file system" */
	/* shell commands that use it once it is in the clear, each with its newline; @ stands for
	 * its place. NULL: it is a file for some program. */
	const char *commands;
	enum {
		CONTENTS_DENSE,     /* its first blocks may all be noise */
		CONTENTS_SPARSE,    /* they never are */
		CONTENTS_READABLE,  /* nor are they, and iso/ reads the files */
		CONTENTS_ENCRYPTED, /* a volume by itself */
		CONTENTS_FOREIGN,   /* a disc, but in a form that no drive writes */
		CONTENTS_DOUBTFUL,  /* damaged, or decrypted with IVs that are not its own */
	} kind;
};

/* Some file system, where nobody has looked. */
extern const struct contents contents_file_system;

enum {
	/* as far as a payload has to be read: the descriptors of ISO 9660 and UDF, then the
	 * superblocks that stand in block 32; whole encryption sectors of two blocks */
	CONTENTS_BLOCKS = 34,
	/* the second descriptor: tells encryption sectors of one block from those of two */
	CONTENTS_SECOND = 17,
};

/* What n_bytes from the payload's start are; NULL if unknown. */
const struct contents *contents_recognise(const uint8_t *bytes, size_t n_bytes);

/* The name, also for unknown contents (NULL). */
const char *contents_name(const struct contents *c);

#endif
