/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What may be typed next, made of the tables of verbs and options, for the shells: the scripts in
 * doc/completion/ ask for it as "xburncrypt __complete WORD...", so that they hold no list that
 * could go stale.
 *
 * The words are those behind the program's name up to the cursor, the last one unfinished, perhaps
 * empty. Each line is a word that may stand in its place, and after a tab what it means, if there
 * is something to say. The last line says what else may stand there: ":nothing", or ":files N" or
 * ":directories N", whose names begin behind the first N characters of the unfinished word.
 */
#ifndef CLI_COMPLETION_H
#define CLI_COMPLETION_H

#define COMPLETION_WORD "__complete"

/* To stdout. The exit status. */
int completion_print(int n, char **words);

#endif
