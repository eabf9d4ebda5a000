/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/meter.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/json.h"

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

void meter_clear(struct meter *m)
{
	if (m->is_on_screen)
		fputs("\r\033[K", stderr);
	m->is_on_screen = false;
}

/* Smooths over some seconds, so that a bursting drive buffer does not make the ETA jump. */
static void sample_rate(struct meter *m, uint64_t n_bytes, double at)
{
	double span = at - m->last_time, rate;

	if (span < 0.5)
		return;
	rate = (double)(n_bytes - m->last_bytes) / span;
	m->rate = m->rate > 0 ? m->rate * 0.7 + rate * 0.3 : rate;
	m->last_time = at;
	m->last_bytes = n_bytes;
}

/* Of the total; 0 without one. */
static unsigned percent(const struct progress *p)
{
	return p->n_total ? (unsigned)((double)p->n_bytes * 100 / (double)p->n_total) : 0;
}

static long eta_seconds(const struct meter *m, const struct progress *p)
{
	if (!p->n_total || m->rate <= 0 || p->n_bytes > p->n_total)
		return -1;
	return (long)((double)(p->n_total - p->n_bytes) / m->rate + 0.5);
}

static void format_line(const struct meter *m, char *out, size_t n, const struct progress *p)
{
	size_t at;
	long eta = eta_seconds(m, p);

	if (p->n_total)
		at = (size_t)snprintf(out, n, "%s: %3u %%, %.1f of %.1f MB", p->phase, percent(p),
			(double)p->n_bytes / 1e6, (double)p->n_total / 1e6);
	else
		at = (size_t)snprintf(out, n, "%s: %.1f MB", p->phase, (double)p->n_bytes / 1e6);
	if (m->rate > 0)
		at += (size_t)snprintf(out + at, n - at, ", %.1f MB/s", m->rate / 1e6);
	if (eta >= 0)
		at += (size_t)snprintf(out + at, n - at, ", %ld:%02ld left", eta / 60, eta % 60);
	if (p->queue_percent >= 0)
		at += (size_t)snprintf(out + at, n - at, ", queue %d %%", p->queue_percent);
	if (p->drive_buffer_percent >= 0)
		snprintf(out + at, n - at, ", drive buffer %d %%", p->drive_buffer_percent);
}

static void show_json(const struct meter *m, const struct progress *p)
{
	struct json j = json_event("progress");

	json_text(&j, "phase", p->phase);
	json_number(&j, "bytes", p->n_bytes);
	if (p->n_total) {
		json_number(&j, "total", p->n_total);
		json_number(&j, "percent", percent(p));
	}
	if (m->rate > 0)
		json_number(&j, "bytes_per_second", (uint64_t)m->rate);
	if (eta_seconds(m, p) >= 0)
		json_number(&j, "eta_seconds", (uint64_t)eta_seconds(m, p));
	if (p->queue_percent >= 0)
		json_number(&j, "queue_percent", (uint64_t)p->queue_percent);
	if (p->drive_buffer_percent >= 0)
		json_number(&j, "drive_buffer_percent", (uint64_t)p->drive_buffer_percent);
	json_event_end(&j);
}

static void show(struct meter *m, const struct progress *p, bool redraws)
{
	char line[256];

	if (m->mode == METER_JSON) {
		show_json(m, p);
		return;
	}
	format_line(m, line, sizeof line, p);
	if (redraws) {
		fprintf(stderr, "\r%s\033[K", line);
		fflush(stderr);
		m->is_on_screen = true;
	} else {
		fprintf(stderr, "%s\n", line);
	}
}

void meter_tick(struct meter *m, const struct progress *p)
{
	bool redraws = m->mode == METER_AUTO && isatty(STDERR_FILENO);
	bool is_new_phase = !m->phase || strcmp(m->phase, p->phase) != 0;
	double at = now();

	if (m->mode == METER_NONE || (m->mode == METER_AUTO && !redraws))
		return;
	if (is_new_phase) {
		m->phase = p->phase;
		m->rate = 0;
		m->last_time = at;
		m->last_bytes = p->n_bytes;
	}
	sample_rate(m, p->n_bytes, at);
	/* lines that stay come once a second, the redrawn one five times */
	if (!is_new_phase && at - m->last_shown < (redraws ? 0.2 : 1.0))
		return;
	m->last_shown = at;
	show(m, p, redraws);
}

void meter_end(struct meter *m)
{
	meter_clear(m);
	*m = (struct meter){ .mode = m->mode };
}
