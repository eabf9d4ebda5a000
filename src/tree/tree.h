/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A directory tree that becomes an ISO 9660 file system with Rock Ridge and Joliet, in memory.
 *
 * The tree is scanned and checked completely before anything is written: names that collide, files
 * that can't be read, what has to be left out. The source then streams the image; files are opened
 * again at that time, and one that shrank, grew or can't be read any more is remembered, not
 * printed.
 *
 * One tree at a time in a process (libisofs keeps global state). Main thread only.
 */
#ifndef TREE_TREE_H
#define TREE_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tree/tree_spec.h"
#include "util/fail.h"
#include "util/message.h"

struct burn_source;
struct tree;

/* Walks and checks. What is left out (sockets, unreadable files with skip_unreadable) goes to m.
 * FAIL_USAGE: two files for one place, a source that isn't there, a bad volume id; FAIL_FAILED: a
 * file can't be read or stored; where there are several, each is named by a warning and f says how
 * many. A caught signal ends the scan. NULL with f filled. The strings of spec must outlive the
 * tree. */
struct tree *tree_new(const struct tree_spec *spec, const struct messages *m, struct fail *f);

/* Of a later session: what changes. Where nothing does there is no reason to write it. */
struct tree_changes tree_changes(const struct tree *t);
bool tree_has_changes(const struct tree *t);

/* Exact size in bytes of the image, or of all that goes out for a later session, a multiple of
 * BLOCK_BYTES. The first call lays the image out and starts a thread of libisofs', which touches no
 * file before tree_source_new. 0 with f filled.
 */
uint64_t tree_image_bytes(struct tree *t, struct fail *f);

/* How much of that is no file's contents. 0 with f filled. */
uint64_t tree_head_bytes(struct tree *t, struct fail *f);

/* The image as a stage: the first of a chain. One a tree, unless it is repeated. It delivers
 * exactly tree_image_bytes or fails. NULL with f filled. The tree must outlive it. */
struct burn_source *tree_source_new(struct tree *t, struct fail *f);

/* Before the first stage: once that has been read to its end and freed, another one delivers the
 * same, and a third; but for files that change. Not of a later session. */
void tree_repeat(struct tree *t);

/* After a later session has gone out: its start record (blocks[0]) and its descriptors up to the
 * one that ends them, *n_blocks in all; they live as long as the tree. */
const uint8_t *tree_session_head(const struct tree *t, size_t *n_blocks);

/* After the burn, all threads ended: names each file that changed while it was read, as warnings to
 * m, by all its names. Returns how many names these are and how many were left out as unreadable:
 * more than 0 means FAIL_INCOMPLETE. */
size_t tree_n_incomplete(struct tree *t, const struct messages *m);

/* Notes to m, with counts, what Windows will see otherwise: names that Joliet has to shorten. Links
 * and special files, which it never has, are counted too, but are no reason for a note. */
void tree_tell_joliet(const struct tree *t, const struct messages *m);

/* The path of the file that the source is reading at this moment, in out, cut as in folder_path;
 * NULL: none. Any thread. */
const char *tree_reading(const struct tree *t, char *out, size_t n);

/* Numbers for the summary: of all that the image shows. */
struct tree_facts tree_facts(const struct tree *t);

void tree_free(struct tree *t);

#endif
