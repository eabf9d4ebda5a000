/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/meter.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/columns.h"
#include "cli/json.h"
#include "util/message.h"

double meter_now(void)
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

const char *meter_format_time(char out[METER_TIME_BYTES], long seconds)
{
	if (seconds < 3600)
		snprintf(out, METER_TIME_BYTES, "%ld:%02ld", seconds / 60, seconds % 60);
	else
		snprintf(out, METER_TIME_BYTES, "%ld:%02ld:%02ld", seconds / 3600,
			seconds / 60 % 60, seconds % 60);
	return out;
}

/* The parts of the line, in order. */
enum part { PHASE, AMOUNT, RATE, LEFT, ELAPSED, QUEUE, DRIVE_BUFFER, N_PARTS };
enum { PART_BYTES = 64, FILE_COLUMNS = 30 /* for which others give way */ };

static void format_parts(
	const struct meter *m, const struct progress *p, char parts[N_PARTS][PART_BYTES])
{
	double mb = (double)p->n_bytes / 1e6;
	char time[METER_TIME_BYTES];

	memset(parts, 0, N_PARTS * sizeof *parts);
	if (p->n_total)
		snprintf(parts[PHASE], PART_BYTES, "%s: %3u %%", p->phase, percent(p));
	else
		snprintf(parts[PHASE], PART_BYTES, "%s", p->phase);
	if (p->n_total)
		snprintf(parts[AMOUNT], PART_BYTES, ", %.1f of %.1f MB", mb,
			(double)p->n_total / 1e6);
	else if (p->n_bytes)
		snprintf(parts[AMOUNT], PART_BYTES, ": %.1f MB", mb);
	if (m->rate > 0)
		snprintf(parts[RATE], PART_BYTES, ", %.1f MB/s", m->rate / 1e6);
	if (eta_seconds(m, p) >= 0)
		snprintf(parts[LEFT], PART_BYTES, ", %s left",
			meter_format_time(time, eta_seconds(m, p)));
	if (m->last_shown - m->started >= 1)
		snprintf(parts[ELAPSED], PART_BYTES, ", %s elapsed",
			meter_format_time(time, (long)(m->last_shown - m->started)));
	if (p->queue_percent >= 0)
		snprintf(parts[QUEUE], PART_BYTES, ", queue %d %%", p->queue_percent);
	if (p->drive_buffer_percent >= 0)
		snprintf(parts[DRIVE_BUFFER], PART_BYTES, ", drive buffer %d %%",
			p->drive_buffer_percent);
}

/* Empties those that matter least, until all fit in at_most columns; some go to make room for
 * n_wanted columns behind them. Returns what is left. */
static size_t drop_parts(char parts[N_PARTS][PART_BYTES], size_t at_most, size_t n_wanted)
{
	static const enum part least_first[] = { DRIVE_BUFFER, QUEUE, AMOUNT, ELAPSED, RATE, LEFT };
	size_t n = 0;

	for (size_t i = 0; i < N_PARTS; i++)
		n += strlen(parts[i]);
	for (size_t i = 0; i < sizeof least_first / sizeof *least_first; i++) {
		bool gives_way = i < 3;

		if (n + (gives_way ? n_wanted : 0) <= at_most)
			continue;
		n -= strlen(parts[least_first[i]]);
		parts[least_first[i]][0] = '\0';
	}
	if (n > at_most) {
		parts[PHASE][at_most] = '\0';
		n = at_most;
	}
	return at_most - n;
}

/* The file, or the end of its name, as far as there is room. */
static void print_file(const struct progress *p, size_t room)
{
	static const char cut[] = "...";
	const char *before = strcmp(p->phase, "reading") ? ", reading " : ", ";
	char *shown;

	if (!p->file || room < strlen(before) + 9)
		return;
	room -= strlen(before);
	shown = message_escaped(p->file);
	if (shown && columns_of(shown) <= room)
		fprintf(stderr, "%s%s", before, shown);
	else if (shown)
		fprintf(stderr, "%s%s%s", before, cut, columns_tail(shown, room - strlen(cut)));
	free(shown);
}

static void print_line(const struct meter *m, const struct progress *p, size_t at_most)
{
	char parts[N_PARTS][PART_BYTES];
	size_t room;

	format_parts(m, p, parts);
	room = drop_parts(parts, at_most, p->file ? FILE_COLUMNS : 0);
	for (size_t i = 0; i < N_PARTS; i++)
		fputs(parts[i], stderr);
	print_file(p, room);
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
	json_number(&j, "elapsed_seconds", (uint64_t)(m->last_shown - m->started));
	if (eta_seconds(m, p) >= 0)
		json_number(&j, "eta_seconds", (uint64_t)eta_seconds(m, p));
	if (p->queue_percent >= 0)
		json_number(&j, "queue_percent", (uint64_t)p->queue_percent);
	if (p->drive_buffer_percent >= 0)
		json_number(&j, "drive_buffer_percent", (uint64_t)p->drive_buffer_percent);
	if (p->file)
		json_text(&j, "file", p->file);
	json_event_end(&j);
}

static void show(struct meter *m, const struct progress *p, bool redraws)
{
	if (m->mode == METER_JSON) {
		show_json(m, p);
	} else if (redraws) {
		fputc('\r', stderr);
		/* the last column stays free: behind it, some terminals begin a new line */
		print_line(m, p, columns_of_terminal() - 1);
		fputs("\033[K", stderr);
		fflush(stderr);
		m->is_on_screen = true;
	} else {
		print_line(m, p, SIZE_MAX);
		fputc('\n', stderr);
	}
}

void meter_tick(struct meter *m, const struct progress *p)
{
	bool redraws = m->mode == METER_AUTO && isatty(STDERR_FILENO);
	bool is_new_phase = !m->phase || strcmp(m->phase, p->phase) != 0;
	double at = meter_now();

	if (m->mode == METER_NONE || (m->mode == METER_AUTO && !redraws))
		return;
	if (is_new_phase) {
		m->phase = p->phase;
		m->started = at;
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
