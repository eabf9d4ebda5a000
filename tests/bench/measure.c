/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs a command and tells what it took,:
 *
 *     measure OUT COMMAND [ARGUMENT]…
 *
 * OUT gets "WALL CPU PEAK OTHERS" appended: seconds, CPU seconds of all its processes, KiB of the
 * largest one, and the share of all processors that others had meanwhile (other programs, and what
 * a hypervisor took), in percent. The status is the command's. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Seconds that all processors were at work, or stolen, since the start; -1: unknown (proc(5)). */
static double busy_seconds(void)
{
	unsigned long long user, nice, sys, idle, wait, irq, soft, steal;
	FILE *f = fopen("/proc/stat", "r");
	int n;

	if (!f)
		return -1;
	n = fscanf(f, "cpu %llu %llu %llu %llu %llu %llu %llu %llu", &user, &nice, &sys, &idle,
		&wait, &irq, &soft, &steal);
	fclose(f);
	if (n != 8)
		return -1;
	return (double)(user + nice + sys + irq + soft + steal) / (double)sysconf(_SC_CLK_TCK);
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double in_seconds(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

int main(int argc, char **argv)
{
	double wall, busy, cpu, others;
	struct rusage usage;
	int status;
	FILE *out;
	pid_t pid;

	if (argc < 3 || !(out = fopen(argv[1], "a"))) {
		fprintf(stderr, "usage: measure OUT COMMAND [ARGUMENT]...\n");
		return 2;
	}
	busy = busy_seconds();
	wall = now();
	pid = fork();
	if (pid == 0) {
		execvp(argv[2], argv + 2);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return 1;
	wall = now() - wall;
	getrusage(RUSAGE_CHILDREN, &usage);
	cpu = in_seconds(usage.ru_utime) + in_seconds(usage.ru_stime);
	others = busy < 0 ? 0
			  : (busy_seconds() - busy - cpu) /
				    (wall * (double)sysconf(_SC_NPROCESSORS_ONLN));
	fprintf(out, "%.4f %.4f %ld %.1f\n", wall, cpu, usage.ru_maxrss,
		others > 0 ? 100 * others : 0);
	if (fclose(out))
		return 1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
