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
};

struct tree_facts {
	uint64_t n_files, n_directories, n_others, n_bytes;
};

#endif
