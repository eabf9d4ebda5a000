/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a tree is made of: what the command line asks for, and how much was found. */
#ifndef TREE_TREE_SPEC_H
#define TREE_TREE_SPEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct tree_graft {
	const char *target; /* path on the disc, from its root, unescaped; with a slash at its end a
			       file goes there under its own name */
	const char *path;   /* what is put there: a file, or a directory's contents */
};

struct disc_files;
struct progress_watch;
struct session_place;
struct session_record;

/* What the disc has already, where the tree becomes a later session of it (tree/old_tree.h). */
struct tree_old {
	const struct disc_files *files; /* of its newest session; needed until tree_new returns */
	uint32_t start; /* the block, from the payload's start on, that the session begins with */
	/* the number of the new session, and the places of the earlier ones; no more is looked at
	 */
	const struct session_record *earlier;
	/* all sessions, the oldest first, with the first block of each: what a file lies in */
	const struct session_place *sessions;
	size_t n_sessions;
	const uint8_t *saved; /* SESSION_SAVED_BLOCKS blocks that go out before it; NULL: none */
	bool mirrors;         /* what a directory of the sources lacks is dropped */
	bool by_digest;       /* files are the same by SHA256SUMS, not by their times */
	const struct progress_watch *watch; /* hears what is read to be compared; NULL: nobody */
	bool takes_silent; /* by_digest: other bytes under the old times are taken, not kept off */
};

struct tree_spec {
	const char *const *sources; /* directories: their contents; files: themselves */
	size_t n_sources;
	const char *list_path; /* a list of files (tree/listed.h), "-" for stdin; NULL: none */
	const struct tree_graft *grafts;
	size_t n_grafts;
	const char *const *excludes; /* globs: without a slash a name at any depth, else the path
					from the SOURCE's root (tree/exclude.h) */
	size_t n_excludes;
	bool follow_links;
	bool one_file_system; /* what is mounted below a source is left out */
	bool privileged;      /* all attributes, such as "security.capability", not just "user." */
	bool portable;        /* owners to root, modes readable (mkisofs -r) */
	bool skip_unreadable; /* leave out what can't be read, instead of failing */
	/* a file SHA256SUMS is added; if free: unless the sources have one */
	enum { SUMS_NOT, SUMS_IF_FREE, SUMS } sums;
	const char *volume_id; /* NULL: "XBURNCRYPT"; at most 32 characters of printable ASCII */
	dev_t avoid_dev;       /* the file that the image is written to: left out where the scan */
	ino_t avoid_ino;       /* meets it; avoid_ino 0: none */
	const struct tree_old *old; /* NULL: the image stands alone */
};

struct tree_facts {
	uint64_t n_files, n_directories, n_others, n_bytes;
};

/* What a later session makes of the files, links and special files of the one before. */
struct tree_changes {
	uint64_t n_new, n_changed, n_gone;
	uint64_t n_kept; /* the same in the sources, or only on the disc */
	/* the disc's SHA256SUMS, for which the session has one of its own, or none */
	enum { OLD_SUMS_STAY, OLD_SUMS_MADE, OLD_SUMS_OWN } old_sums;
	bool has_other_changes; /* directories that are new or gone, and attributes */
};

#endif
