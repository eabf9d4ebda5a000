/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sink for pipes, devices and files that are open already. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "burn/stream_sink.h"
#include "lib/memory_source.h"
#include "lib/tap.h"
#include "util/sector.h"
#include "util/signals.h"

enum { N_BYTES = 5 * CHUNK_BYTES + 3 * BLOCK_BYTES, TIME_LIMIT = 600 };

static int put(int fd, uint64_t has, uint64_t announced, struct fail *f)
{
	struct memory_source m = { .n_bytes = has };
	struct burn_source *s = memory_source_new(&m);
	struct sink_result result;
	struct sink *sink;
	int r;

	*f = (struct fail){ 0 };
	sink = stream_sink_new("stdout", fd, f);
	r = sink_run(sink, s, announced, NULL, &result, f);
	if (r == 0 && (result.n_bytes != has || !result.is_whole))
		r = 1;
	sink_free(sink);
	stage_free(s);
	return r;
}

/* The other end of a pipe. */
struct reader {
	int fd;
	unsigned nap_us;
	uint8_t *bytes;
	size_t n_bytes;
	pthread_t thread;
};

static void *read_all(void *arg)
{
	struct reader *r = arg;
	ssize_t n;

	while ((n = read(r->fd, r->bytes + r->n_bytes, 50000)) > 0) {
		r->n_bytes += (size_t)n;
		usleep(r->nap_us);
	}
	return NULL;
}

static void check_pipe(int ends[2], unsigned nap_us, const char *name)
{
	struct reader r = { .fd = ends[0], .nap_us = nap_us, .bytes = malloc(N_BYTES + 100000) };
	uint8_t *want = malloc(N_BYTES);
	struct fail f;
	int flags = fcntl(ends[1], F_GETFL), result;

	if (!r.bytes || !want || pthread_create(&r.thread, NULL, read_all, &r))
		exit(99);
	result = put(ends[1], N_BYTES, N_BYTES, &f);
	tap_ok(fcntl(ends[1], F_GETFL) == flags, "%s: stays open, its flags are as they were",
		name);
	close(ends[1]);
	pthread_join(r.thread, NULL);
	close(ends[0]);
	memory_source_bytes(want, 0, N_BYTES);
	tap_ok(result == 0 && r.n_bytes == N_BYTES && memcmp(r.bytes, want, N_BYTES) == 0,
		"%s: all bytes arrive", name);
	free(r.bytes);
	free(want);
}

static void test_pipes(void)
{
	int ends[2];

	if (pipe(ends))
		exit(99);
	check_pipe(ends, 0, "a pipe");
	if (pipe2(ends, O_NONBLOCK) || fcntl(ends[0], F_SETFL, 0))
		exit(99);
	check_pipe(ends, 3000, "a pipe that does not block, with a slow reader");
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends))
		exit(99);
	check_pipe(ends, 0, "a socket");
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends) || fcntl(ends[0], F_SETFL, 0))
		exit(99);
	check_pipe(ends, 3000, "a socket that does not block, with a slow reader");
}

static void test_closed_pipe(void)
{
	struct fail f;
	int ends[2];

	if (pipe(ends))
		exit(99);
	close(ends[0]);
	tap_ok(put(ends[1], N_BYTES, 0, &f) == -1 && f.sys_errno == EPIPE &&
			strstr(f.what, "closed by its reader after 0 bytes") &&
			strcmp(f.object, "stdout") == 0,
		"a pipe without a reader: an error, no death (%s)", f.what);
	close(ends[1]);
}

static void test_full_device(void)
{
	struct fail f;
	int fd = open("/dev/full", O_WRONLY);

	if (fd < 0) {
		tap_skip("a full device", "no /dev/full");
		return;
	}
	tap_ok(put(fd, N_BYTES, N_BYTES, &f) == -1 && f.sys_errno == ENOSPC,
		"a full device: an error (%s)", f.what);
	close(fd);
	fd = open("/dev/null", O_WRONLY);
	tap_ok(put(fd, N_BYTES, N_BYTES, &f) == 0, "a device that takes all");
	close(fd);
	tap_ok(put(fd, N_BYTES, N_BYTES, &f) == -1 && f.sys_errno == EBADF, "a closed descriptor");
	fd = open("/dev/null", O_RDONLY);
	tap_ok(put(fd, N_BYTES, N_BYTES, &f) == -1 && f.sys_errno == EBADF,
		"a descriptor for reading");
	close(fd);
}

static void test_file(void)
{
	FILE *file = tmpfile();
	uint8_t *got = malloc(N_BYTES + 10), *want = malloc(N_BYTES);
	struct fail f;
	int fd = file ? fileno(file) : -1;

	if (fd < 0 || !got || !want || write(fd, "before", 6) != 6)
		exit(99);
	memory_source_bytes(want, 0, N_BYTES);
	tap_ok(put(fd, N_BYTES, N_BYTES, &f) == 0 &&
			pread(fd, got, N_BYTES + 10, 0) == N_BYTES + 6 &&
			memcmp(got, "before", 6) == 0 && memcmp(got + 6, want, N_BYTES) == 0,
		"a file is written from where it stands");
	fclose(file);
	free(got);
	free(want);
}

static void test_lengths(void)
{
	struct fail f;
	int fd = open("/dev/null", O_WRONLY);

	tap_ok(put(fd, N_BYTES - 1, N_BYTES, &f) == -1 && strstr(f.what, "shorter than"),
		"less than announced: an error");
	tap_ok(put(fd, N_BYTES + 1, N_BYTES, &f) == -1 && strstr(f.what, "longer than"),
		"more than announced: an error");
	tap_ok(put(fd, N_BYTES, 0, &f) == 0, "nothing announced");
	close(fd);
}

/* Waits until nothing more goes into a pipe or socket. */
static void wait_until_full(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLOUT };

	while (poll(&p, 1, 0) != 0)
		usleep(1000);
}

/* The reader sleeps, ends are full, and a signal comes: status 0 where it ends the sink. */
static int write_to_sleeping(int ends[2])
{
	struct fail f;

	signals_catch();
	alarm(TIME_LIMIT);
	if (fork() == 0) {
		wait_until_full(ends[1]);
		kill(getppid(), SIGTERM);
		_exit(0);
	}
	return put(ends[1], N_BYTES, 0, &f) == -1 && strcmp(f.what, "interrupted") == 0 ? 0 : 1;
}

static int write_to_sleeper(void)
{
	int ends[2];

	return pipe(ends) ? 99 : write_to_sleeping(ends);
}

/* A socket can't be opened anew: a write that blocks is ended. */
static int write_to_sleeping_socket(void)
{
	int ends[2];

	return socketpair(AF_UNIX, SOCK_STREAM, 0, ends) ? 99 : write_to_sleeping(ends);
}

/* The same where the signal is another thread's, so that no call of this one is interrupted. */
static int write_to_sleeper_elsewhere(void)
{
	sigset_t set;
	struct reader r = { .bytes = malloc(100000) };
	int sleeper[2], status;

	if (pipe(sleeper) || !r.bytes)
		return 99;
	r.fd = sleeper[0];
	if (pthread_create(&r.thread, NULL, read_all, &r))
		return 99;
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	status = write_to_sleeper();
	close(sleeper[1]);
	pthread_join(r.thread, NULL);
	free(r.bytes);
	return status;
}

static void check_child(int (*test)(void), const char *name)
{
	int status = 0;
	pid_t child = fork();

	if (child == 0)
		_exit(test());
	waitpid(child, &status, 0);
	tap_ok(status == 0, "%s", name);
}

int main(void)
{
	alarm(TIME_LIMIT);
	check_child(write_to_sleeper, "a signal ends writing to a reader that sleeps");
	check_child(write_to_sleeping_socket, "also where the write itself blocks");
	check_child(write_to_sleeper_elsewhere, "also where another thread gets it");
	signal(SIGPIPE, SIG_IGN);
	test_pipes();
	test_closed_pipe();
	test_full_device();
	test_file();
	test_lengths();
	return tap_done();
}
