/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A secret: passphrase, key file, derived key. Allocated, locked, guarded and wiped here and
 * nowhere else.
 *
 * The bytes live in libsodium's guarded memory: guard pages around it, locked into RAM, left out of
 * core dumps, wiped when freed. secret_new verifies the lock (sodium_malloc itself succeeds without
 * it). Each has one owner, which frees it on every way out; whoever else uses it borrows it.
 */
#ifndef UTIL_SECRET_H
#define UTIL_SECRET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/fail.h"

struct secret;

/* A secret of n zero bytes. NULL with f filled (no memory). The caller frees. */
struct secret *secret_new(size_t n_bytes, struct fail *f);

/* A secret of n random bytes of the system's generator. NULL with f filled. The caller frees. */
struct secret *secret_new_random(size_t n_bytes, struct fail *f);

/* A secret with the bytes that n hex digits give, two per byte. NULL with f filled: FAIL_USAGE,
 * with name as the object, if they are not hex digits. The caller frees. */
struct secret *secret_from_hex(const char *hex, size_t n, const char *name, struct fail *f);

/* A secret with a copy of n bytes. NULL with f filled. The caller frees; the original is the
 * caller's to wipe. */
struct secret *secret_copy(const void *bytes, size_t n_bytes, struct fail *f);

/* Reads fd to its end. More than max bytes is FAIL_USAGE, with name as the object. NULL with f
 * filled. */
struct secret *secret_read(int fd, size_t max_bytes, const char *name, struct fail *f);

/* Wipes and frees; NULL does nothing. */
void secret_free(struct secret *s);

/* The bytes, to fill and to read; they live as long as s. */
uint8_t *secret_bytes(struct secret *s);
const uint8_t *secret_view(const struct secret *s);
size_t secret_size(const struct secret *s);

/* Makes s shorter and wipes what is cut off. */
void secret_truncate(struct secret *s, size_t n_bytes);

/* True where both have the same bytes; takes the same time whatever they hold. */
bool secret_equal(const struct secret *a, const struct secret *b);

/* False once a secret could not be locked into RAM (RLIMIT_MEMLOCK): the command line warns then.
 */
bool secret_all_locked(void);

/* Wipes n bytes that held a secret outside of a struct secret (an argument, a stack of a library).
 */
void secret_wipe(void *bytes, size_t n_bytes);

/* Keeps the process's memory to itself: no core dump (RLIMIT_CORE 0), not dumpable, so that no
 * other process of the same user can attach or read /proc/PID/mem (prctl(2), PR_SET_DUMPABLE).
 * Called first in main, before any secret is read. 0, or -1 with f filled. */
int secret_guard_process(struct fail *f);

/* The version of libsodium that is linked. Static text. */
const char *secret_library_version(void);

/* n random bytes of the system's generator. */
void secret_random(void *bytes, size_t n_bytes);

/* A random number of the same generator, from 0 to below n (at least 1), each with equal chances.
 */
uint32_t secret_random_below(uint32_t n);

#endif
