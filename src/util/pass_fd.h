/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A descriptor handed from one process to another (unix(7), SCM_RIGHTS). */
#ifndef UTIL_PASS_FD_H
#define UTIL_PASS_FD_H

#include "util/fail.h"

/* Through a connected socket. 0, or -1 with f filled. */
int pass_fd_send(int socket, int fd, struct fail *f);

/* Waits for one, and makes it close-on-exec. -1 with f filled: the other side is gone. */
int pass_fd_receive(int socket, struct fail *f);

#endif
