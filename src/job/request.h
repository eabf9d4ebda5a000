/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is wanted, typed and checked, whoever asks for it: the command line, a program that drives
 * this one as a library, a test. Strings and lists are borrowed from the one who asks. */
#ifndef JOB_REQUEST_H
#define JOB_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "crypto/format/format.h"
#include "drive/session_options.h"
#include "tree/tree.h"
#include "util/minisign.h"
#include "util/request_field.h"
#include "util/secret.h"

/* Where a secret comes from, and as what it is used. */
struct secret_source {
	enum {
		SECRET_ASKED, /* the voice asks for it */
		SECRET_FILE,  /* path */
		SECRET_FD,
		SECRET_GPG,       /* what gpg decrypts path to */
		SECRET_GIVEN,     /* given */
		SECRET_GENERATED, /* burning: new random words, which the voice shows */
	} from;
	enum credential_kind kind;
	const char *path;
	int fd;
	struct secret *given; /* owned by the request until it is taken */
};

/* The encrypted volume: how it is, or was, made, and what opens it. */
struct volume_request {
	/* NULL: reading, what the disc shows; burning, the default, or none for an image that is
	 * encrypted already */
	const struct format *format;
	struct format_params params;
	const char *as_file; /* the volume is this file on the disc; NULL: it is the disc */
	struct secret_source secret;
	struct secret_source *key_files; /* of VeraCrypt, which make one secret with it; heap */
	size_t n_key_files;
	struct secret_source *more_secrets; /* that open it too; when making LUKS */
	size_t n_more_secrets;
};

/* Healing data that are to be made (heal/heal_layout.h). */
struct heal_wish {
	unsigned n_roots, n_rows;     /* n_rows 0: none are made */
	bool fills;                   /* burning: as many rows as the medium takes */
	uint64_t max_memory;          /* burning: in bytes; 0: the default */
	const char *signing_key_path; /* of minisign; NULL: no signature */
	const char *spool_dir;        /* burning: for what exceeds it; NULL: the default */
};

struct burn_request {
	struct volume_request *volume;
	struct {
		const char *image_path; /* a finished image, "-" for stdin; NULL: the tree */
		uint64_t image_bytes;   /* of it, as given; 0: not given */
		struct tree_spec tree;  /* avoid_* and, as usual, sums are filled in here */
		bool sums_as_usual;     /* tree.sums: on a drive, if free */
	} source;
	struct {
		const char *path;      /* a drive, a file, a block device, "-" for stdout */
		bool replace;          /* an existing file */
		bool overwrite_device; /* a block device other than an optical drive */
	} output;
	struct session_options session; /* of a drive; after_blank, overwrite are filled in here */
	enum blanking blanks;           /* a rewritable medium that holds data, after asking */
	struct heal_wish heal;
	enum { COMPARE_AS_USUAL, COMPARE, COMPARE_NOT } compare; /* usual: on a drive */
	bool ejects;
};

/* How the healing data of a disc that is read are used (job/heal_opening.h). */
struct heal_trust {
	bool is_off;     /* nothing is compared with them, and nothing healed */
	uint64_t at;     /* the block that is looked at first; 0: none */
	bool everywhere; /* where nothing is found, each block is looked at */
	/* Each of them, where wanted, has to prove who made the disc, before anything is used of
	 * it, and then all of it: what nothing proves is not read. */
	bool requires_mac;                    /* under the disc's key */
	const struct minisign_public *signer; /* a signature by it; NULL: none */
	const uint8_t *root;                  /* SHA256_BYTES, told elsewhere; NULL: none */
};

struct read_request {
	struct volume_request *volume;
	const char *path;    /* a drive, a block device, an image file */
	bool guess;          /* tries formats that show nothing */
	unsigned session;    /* that is read, from 1; 0: the newest */
	uint64_t max_memory; /* for directories, in bytes; 0: the default */
	struct heal_trust heal;
	/* what the sandbox leaves beside the disc, beneath a directory; NULL: nowhere */
	const char *writable_dir, *readable_dir;
	const char *also_writable[2]; /* the same, beneath others */
};

/* A session that is added to the disc at burn->output.path (job/appending.h). */
struct append_request {
	struct burn_request *burn; /* its tree, output, session, comparing; of the volume only what
				      opens it */
	struct read_request *disc; /* the same output and volume */
	bool mirrors;              /* what the sources lack inside their directories disappears */
	bool by_digest;            /* files are the same where their digests are */
	bool takes_silent; /* by_digest: also takes a file that has changed without a new time */
	bool closes;       /* the medium takes no further session */
};

#endif
