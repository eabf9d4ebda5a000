/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An encrypted or unencrypted disc that is read: a drive as the kernel shows it, a block device, an
 * image file. No root, no device-mapper, no libburn.
 *
 * Opened (no byte of it is read), recognised, unlocked, then read as plain blocks. What is read
 * comes from strangers: the caller enters the sandbox (util/sandbox.h) between disc_open and
 * disc_recognise. Main thread only, but for the blocks.
 */
#ifndef DISC_DISC_H
#define DISC_DISC_H

#include <stdbool.h>
#include <stddef.h>

#include "crypto/format/format.h"
#include "crypto/format/volume.h"
#include "disc/healed_medium.h"
#include "util/block_reader.h"
#include "util/fail.h"
#include "util/message.h"

struct disc;

/* How to unlock it. */
struct disc_key {
	const struct format *format;         /* NULL: whatever the disc shows */
	struct format_params params;         /* header_reader is filled in here */
	bool guess;                          /* also tries what shows nothing (disc/guess.h) */
	const struct credential *credential; /* NULL: none */
};

/* Opens path, and the file of a detached header (NULL: none). memory: what is granted for the file
 * system on it (disc_files_open). FAIL_DRIVE: no such drive, or no medium in it. NULL with f
 * filled. The caller closes. */
struct disc *disc_open(const char *path, const char *header_path, size_t memory, struct fail *f);

/* The same of a medium that is open, and is taken over, whether this succeeds or not; it is read by
 * one thread. */
struct disc *disc_open_on(
	struct block_reader *medium, const char *header_path, size_t memory, struct fail *f);

/* Says where the tracks of the medium begin, ascending, as far as the drive knows: a session may
 * begin with any. Before anything is asked; borrowed until disc_unlock has returned. */
void disc_set_tracks(struct disc *d, const uint64_t *lbas, size_t n);

/* Reads the medium, disc_medium before that, through its healing data from now on. Once, before
 * anything else is asked. h is taken over; NULL: there are none. */
void disc_heal(struct disc *d, struct healed_medium *h);

/* The same once it is unlocked: the payload is read anew, with the key that was found. h is taken
 * over. 0, or -1 with f filled. */
int disc_heal_unlocked(
	struct disc *d, struct healed_medium *h, const struct messages *m, struct fail *f);

/* What it is read through then; NULL: nothing. Borrowed. */
struct healed_medium *disc_healed(const struct disc *d);

/* Where the session begins that is read, in blocks of the payload, once it is unlocked. */
uint64_t disc_session(struct disc *d);

/* The sessions that the disc has (disc/sessions.h), once it is unlocked; the newest whole one is
 * read until another is chosen: by number, 0 for the newest. 0, or -1 with f filled:
 * there is none of that number (FAIL_USAGE), or it can't be found (FAIL_MISMATCH). */
const struct sessions *disc_sessions(const struct disc *d);
int disc_choose_session(struct disc *d, unsigned number, struct fail *f);

/* Goes into the volume that is the file at path on the unencrypted disc. Once, before anything else
 * is asked. 0, or -1 with f filled (disc/inner_volume.h). */
int disc_enter_file(struct disc *d, const char *path, struct fail *f);

/* The format that its first bytes from offset on (in units of 512) show, which needs no key if it
 * is none_format; NULL: not recognised. */
const struct format *disc_recognise(struct disc *d, uint64_t offset);

/* Finds the key, and what the payload is, as far as that can be read. FAIL_MISMATCH: the secret is
 * wrong, or the format is; never garbage: where no header shows that the key is this disc's, known
 * contents have to come out, unless any_contents is set.
 * 0, or -1 with f filled. */
int disc_unlock(
	struct disc *d, const struct disc_key *key, const struct messages *m, struct fail *f);

/* The plain payload; borrowed, lives as long as d. Any number of threads may read it at once, each
 * with a struct fail of its own. A block that can't be read is the failure's object ("LBA n",
 * counted on the medium), and what comes before it is in the buffer. */
struct block_reader *disc_blocks(struct disc *d);

/* The block that the payload begins in, counted on the medium. */
uint64_t disc_payload_lba(const struct disc *d);

/* Where the volume ends on the medium as far as it says itself: its header, or the file system in
 * it; 0: neither does. */
uint64_t disc_volume_end(const struct disc *d);

/* The volume that was found: its facts. Borrowed. */
const struct volume *disc_volume(const struct disc *d);

/* What the volume lies on, ciphertext and header, from the header on, healed where it can be;
 * borrowed. */
struct block_reader *disc_medium(struct disc *d);

/* What the payload holds; NULL: nothing known, or it can't be read. */
const struct contents *disc_contents(const struct disc *d);

/* The memory as given to disc_open. */
size_t disc_memory(const struct disc *d);

/* NULL does nothing. */
void disc_close(struct disc *d);

#endif
