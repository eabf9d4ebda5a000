/* SPDX-License-Identifier: GPL-3.0-or-later */
/* hold_memory MIB: keeps a virtual machine's freed memory from going back to its host.
 *
 * With free page reporting (Linux: mm/page_reporting.c) the host takes back each free block of 2
 * MiB, and a program that needs memory a moment later waits for the host: the same copy of 2 GiB
 * into a tmpfs takes anything from 0.7 to 5 seconds. This touches MIB of memory once and keeps one
 * page in each MiB, so that nothing large enough to be reported is free. Says "ready", and waits
 * to be killed. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	const size_t mib = 1024 * 1024, page = 4096;
	size_t n = argc == 2 ? strtoul(argv[1], NULL, 10) : 0;
	char *p = mmap(NULL, n * mib, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (n == 0 || p == MAP_FAILED) {
		fputs("usage: hold_memory MIB\n", stderr);
		return 2;
	}
	madvise(p, n * mib, MADV_NOHUGEPAGE);
	for (size_t at = 0; at < n * mib; at += page)
		p[at] = 1;
	for (size_t at = 0; at < n * mib; at += mib)
		madvise(p + at + page, mib - page, MADV_DONTNEED);
	puts("ready");
	fflush(stdout);
	pause();
	return 0;
}
