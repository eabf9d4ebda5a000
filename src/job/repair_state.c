/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "job/repair_state.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "heal/rescue_state.h"
#include "util/io.h"
#include "util/new_file.h"

int repair_state_load(const char *path, const struct heal_record *r, uint8_t *states,
	uint64_t *next, struct fail *f)
{
	int fd = io_open_now(AT_FDCWD, path, O_RDONLY | O_CLOEXEC | O_NOCTTY), result = -1;
	char *text = NULL;
	struct stat st;
	ssize_t n;

	if (fd < 0 || fstat(fd, &st)) {
		fail_errno(f, FAIL_FAILED, path, "can't be opened");
		goto out;
	}
	if (!S_ISREG(st.st_mode) || (uint64_t)st.st_size > rescue_state_most(r)) {
		fail_set(f, FAIL_FAILED, path, "is not the state of a repair");
		goto out;
	}
	text = malloc((size_t)st.st_size + 1);
	if (!text) {
		fail_memory(f);
		goto out;
	}
	n = io_pread_full(fd, text, (size_t)st.st_size, 0);
	if (n < 0)
		fail_errno(f, FAIL_FAILED, path, "can't be read");
	else
		result = rescue_state_decode(path, text, (size_t)n, r, states, next, f);
out:
	free(text);
	if (fd >= 0)
		close(fd);
	return result;
}

int repair_state_save(const char *path, const struct heal_record *r, const uint8_t *states,
	uint64_t next, struct fail *f)
{
	size_t n = 0;
	char *text = rescue_state_encode(r, states, next, &n, f);
	struct new_file *file = text ? new_file_open(path, true, 0666, n, f) : NULL;
	int result = -1;

	if (file && io_pwrite_full(new_file_descriptor(file), text, n, 0))
		fail_errno(f, FAIL_FAILED, path, "can't be written");
	else if (file)
		result = new_file_put(file, f);
	new_file_close(file);
	free(text);
	return result;
}
