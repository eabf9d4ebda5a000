/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "util/signals.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <unistd.h>

/* lock-free, so that a handler may touch it; other threads read it */
static atomic_int caught;

static atomic_bool is_settled;

static bool is_pipe_ignored; /* at the start */

static const int handled[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };

static void record(int number)
{
	int none = 0;

	atomic_compare_exchange_strong(&caught, &none, number);
}

void signals_catch(void)
{
	/* No SA_RESTART: a blocking system call has to return, so that the loop around it looks. */
	struct sigaction action = { .sa_handler = record }, old;

	sigemptyset(&action.sa_mask);
	for (size_t i = 0; i < sizeof handled / sizeof *handled; i++) {
		if (sigaction(handled[i], NULL, &old) == 0 && old.sa_handler == SIG_IGN)
			continue;
		sigaction(handled[i], &action, NULL);
	}
	is_pipe_ignored = signal(SIGPIPE, SIG_IGN) == SIG_IGN;
	signal(SIGXFSZ, SIG_IGN);
}

int signals_caught(void)
{
	return atomic_load(&is_settled) ? 0 : atomic_load(&caught);
}

void signals_take_pipe(void)
{
	if (!is_pipe_ignored)
		record(SIGPIPE);
}

const char *signals_caught_name(void)
{
	switch (signals_caught()) {
	case SIGINT:
		return "SIGINT";
	case SIGTERM:
		return "SIGTERM";
	case SIGHUP:
		return "SIGHUP";
	case SIGQUIT:
		return "SIGQUIT";
	default:
		return "no signal";
	}
}

void signals_settle(void)
{
	atomic_store(&is_settled, true);
}

void signals_raise_again(void)
{
	int number = signals_caught();
	sigset_t set;

	if (!number)
		return;
	signal(number, SIG_DFL);
	sigemptyset(&set);
	sigaddset(&set, number);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	raise(number);
	_exit(128 + number); /* not reached while the default action ends the process */
}
