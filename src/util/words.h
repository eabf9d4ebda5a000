/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Passphrases of random words, from the EFF's large word list (util/words.txt). */
#ifndef UTIL_WORDS_H
#define UTIL_WORDS_H

#include <stdint.h>

#include "util/fail.h"
#include "util/secret.h"

/* The list has one word for each throw of five dice. */
enum { WORDS_LISTED = 6 * 6 * 6 * 6 * 6, WORDS_LONGEST = 9 };

/* In a passphrase: 6 * log2(7776) = 77.5 bits. */
enum { WORDS_CHOSEN = 6 };

/* Word i of the list, below WORDS_LISTED. Static text. */
const char *words_at(uint32_t i);

/* A new passphrase: WORDS_CHOSEN words with a blank between them, each drawn from the whole list
 * with equal chances. NULL with f filled. The caller frees. */
struct secret *words_passphrase(struct fail *f);

#endif
