/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SIGINT, SIGTERM, SIGHUP and SIGQUIT end a burn in an orderly way: they are recorded, the work in
 * progress checks signals_caught() and winds down, and the signal is raised again at the very end,
 * so that the parent sees the true cause (xz: src/xz/signals.c). libburn's own handler is not used:
 * it does not report which signal came, and ignores all later ones.
 *
 * SIGPIPE and SIGXFSZ are ignored: a closed pipe and a file size limit are errors of write(2). Who
 * only prints takes the first one as the signal that it would have been.
 */
#ifndef UTIL_SIGNALS_H
#define UTIL_SIGNALS_H

/* Installs the handlers. Called once, before any thread is started. A signal that was ignored at
 * the start (nohup) stays ignored. */
void signals_catch(void);

/* The first signal that was caught, 0 for none. Any thread. */
int signals_caught(void);

/* Its name ("SIGINT"), for messages. */
const char *signals_caught_name(void);

/* A pipe that is written to is closed: counts SIGPIPE as caught, unless it was ignored at the
 * start. Main thread. */
void signals_take_pipe(void);

/* From here on, no signal ends the program, and none counts as caught: what was asked for is done,
 * or must not be left half done. */
void signals_settle(void);

/* Restores the default action and raises the caught signal; returns only when none was caught. */
void signals_raise_again(void);

#endif
