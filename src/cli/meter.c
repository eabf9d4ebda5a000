/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/meter.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "burn/queue_source.h"
#include "cli/print.h"

static struct {
	enum meter_mode mode;
	bool redraws;
	bool is_shown; /* a line stands on the terminal */
	const struct pipeline *pipeline;
	const char *phase;
	double last_shown; /* seconds of the monotonic clock */
	double last_time;  /* the rate's last sample */
	uint64_t last_bytes;
	double rate; /* bytes a second, smoothed; 0: not known yet */
} state;

/* The queue in front of a drive; NULL where there is none. */
static struct burn_source *queue(void)
{
	return state.pipeline ? state.pipeline->queue : NULL;
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void clear_line(void)
{
	if (state.is_shown)
		fputs("\r\033[K", stderr);
	state.is_shown = false;
}

/* Smooths over some seconds, so that a bursting drive buffer does not make the ETA jump. */
static void sample_rate(uint64_t n_bytes, double at)
{
	double span = at - state.last_time, rate;

	if (span < 0.5)
		return;
	rate = (double)(n_bytes - state.last_bytes) / span;
	state.rate = state.rate > 0 ? state.rate * 0.7 + rate * 0.3 : rate;
	state.last_time = at;
	state.last_bytes = n_bytes;
}

/* Of the total; 0 without one. */
static unsigned percent(const struct progress *p)
{
	return p->n_total ? (unsigned)((double)p->n_bytes * 100 / (double)p->n_total) : 0;
}

static long eta_seconds(const struct progress *p)
{
	if (!p->n_total || state.rate <= 0 || p->n_bytes > p->n_total)
		return -1;
	return (long)((double)(p->n_total - p->n_bytes) / state.rate + 0.5);
}

static void format_line(char *out, size_t n, const struct progress *p)
{
	size_t at;
	long eta = eta_seconds(p);

	if (p->n_total)
		at = (size_t)snprintf(out, n, "%s: %3u %%, %.1f of %.1f MB", p->phase, percent(p),
			(double)p->n_bytes / 1e6, (double)p->n_total / 1e6);
	else
		at = (size_t)snprintf(out, n, "%s: %.1f MB", p->phase, (double)p->n_bytes / 1e6);
	if (state.rate > 0)
		at += (size_t)snprintf(out + at, n - at, ", %.1f MB/s", state.rate / 1e6);
	if (eta >= 0)
		at += (size_t)snprintf(out + at, n - at, ", %ld:%02ld left", eta / 60, eta % 60);
	if (queue())
		at += (size_t)snprintf(
			out + at, n - at, ", queue %u %%", queue_source_fill_percent(queue()));
	if (p->drive_buffer_percent >= 0)
		snprintf(out + at, n - at, ", drive buffer %d %%", p->drive_buffer_percent);
}

static void show_json(const struct progress *p)
{
	struct json j = print_event("progress");

	json_text(&j, "phase", p->phase);
	json_number(&j, "bytes", p->n_bytes);
	if (p->n_total) {
		json_number(&j, "total", p->n_total);
		json_number(&j, "percent", percent(p));
	}
	if (state.rate > 0)
		json_number(&j, "bytes_per_second", (uint64_t)state.rate);
	if (eta_seconds(p) >= 0)
		json_number(&j, "eta_seconds", (uint64_t)eta_seconds(p));
	if (queue())
		json_number(&j, "queue_percent", queue_source_fill_percent(queue()));
	if (p->drive_buffer_percent >= 0)
		json_number(&j, "drive_buffer_percent", (uint64_t)p->drive_buffer_percent);
	print_event_end(&j);
}

static void show(const struct progress *p)
{
	char line[256];

	if (state.mode == METER_JSON) {
		show_json(p);
		return;
	}
	format_line(line, sizeof line, p);
	if (state.redraws) {
		fprintf(stderr, "\r%s\033[K", line);
		fflush(stderr);
		state.is_shown = true;
	} else {
		fprintf(stderr, "%s\n", line);
	}
}

static void tick(void *ctx, const struct progress *p)
{
	double at = now();
	bool is_new_phase = !state.phase || strcmp(state.phase, p->phase) != 0;

	(void)ctx;
	if (is_new_phase) {
		state.phase = p->phase;
		state.rate = 0;
		state.last_time = at;
		state.last_bytes = p->n_bytes;
	}
	sample_rate(p->n_bytes, at);
	/* lines that stay come once a second, the redrawn one five times */
	if (!is_new_phase && at - state.last_shown < (state.redraws ? 0.2 : 1.0))
		return;
	state.last_shown = at;
	show(p);
}

static void ignore(void *ctx, const struct progress *p)
{
	(void)ctx;
	(void)p;
}

int meter_mode_get(const struct options *o, enum meter_mode *mode, struct fail *f)
{
	static const char *const words[] = { "auto", "plain", "json", "none", NULL };
	size_t index = METER_AUTO;

	if (options_choice(o, OPTION_PROGRESS, words, &index, f))
		return -1;
	*mode = (enum meter_mode)index;
	if (*mode != METER_JSON && options_has(o, OPTION_QUIET))
		*mode = METER_NONE;
	return 0;
}

const struct progress_watch *meter_start(enum meter_mode mode, const struct pipeline *p)
{
	static const struct progress_watch shown = { .tick = tick }, hidden = { .tick = ignore };

	memset(&state, 0, sizeof state);
	state.mode = mode;
	state.pipeline = p;
	state.redraws = mode == METER_AUTO && isatty(STDERR_FILENO);
	print_set_interrupter(clear_line);
	if (mode == METER_NONE || (mode == METER_AUTO && !state.redraws))
		return &hidden;
	return &shown;
}

void meter_end(void)
{
	clear_line();
	print_set_interrupter(NULL);
}
