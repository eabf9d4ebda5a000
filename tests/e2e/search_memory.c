/* SPDX-License-Identifier: GPL-3.0-or-later */
/* search_memory PID FILE...: looks for each file's bytes in all writable memory of a process.
 * Status 0: none was found; 1: some were, they are named; 2: could not look. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { STEP = 1 << 20, NEEDLE_MAX = 4096 };

struct needle {
	const char *name;
	unsigned char bytes[NEEDLE_MAX];
	size_t n;
	int found;
};

static int load(struct needle *needle, const char *path)
{
	FILE *f = fopen(path, "rb");

	if (!f)
		return -1;
	needle->name = path;
	needle->n = fread(needle->bytes, 1, sizeof needle->bytes, f);
	fclose(f);
	return needle->n >= 8 ? 0 : -1;
}

/* Searches one mapping in overlapping steps. What can't be read (guard pages) is passed over.
 * Returns the bytes that were read. */
static size_t search(
	int mem, unsigned long from, unsigned long to, struct needle *needles, int n_needles)
{
	static unsigned char buf[STEP + NEEDLE_MAX];
	size_t total = 0;

	for (unsigned long at = from; at < to; at += STEP) {
		size_t want = to - at < sizeof buf ? to - at : sizeof buf;
		ssize_t got = pread(mem, buf, want, (off_t)at);

		if (got <= 0)
			continue;
		total += (size_t)got;
		for (int i = 0; i < n_needles; i++)
			if (memmem(buf, (size_t)got, needles[i].bytes, needles[i].n))
				needles[i].found = 1;
	}
	return total;
}

int main(int argc, char **argv)
{
	static struct needle needles[16];
	char path[64], line[512];
	int mem, n = argc - 2, found = 0;
	size_t total = 0;
	FILE *maps;

	if (n < 1 || n > 16)
		return 2;
	for (int i = 0; i < n; i++)
		if (load(&needles[i], argv[i + 2])) {
			fprintf(stderr, "search_memory: %s: can't be read or is too short\n",
				argv[i + 2]);
			return 2;
		}
	snprintf(path, sizeof path, "/proc/%s/mem", argv[1]);
	mem = open(path, O_RDONLY);
	snprintf(path, sizeof path, "/proc/%s/maps", argv[1]);
	maps = fopen(path, "r");
	if (mem < 0 || !maps) {
		perror("search_memory");
		return 2;
	}
	while (fgets(line, sizeof line, maps)) {
		unsigned long from, to;
		char mode[8];

		/* guarded memory is made unreadable at times (no r): looked at all the same */
		if (sscanf(line, "%lx-%lx %7s", &from, &to, mode) == 3 && mode[3] == 'p' &&
			!strchr(mode, 'x'))
			total += search(mem, from, to, needles, n);
	}
	for (int i = 0; i < n; i++)
		if (needles[i].found) {
			printf("found: %s\n", needles[i].name);
			found = 1;
		}
	printf("looked at %zu bytes\n", total);
	return total == 0 ? 2 : found;
}
