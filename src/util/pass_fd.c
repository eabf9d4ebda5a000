/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "util/pass_fd.h"

#include <string.h>
#include <sys/socket.h>

union control {
	struct cmsghdr header;
	char bytes[CMSG_SPACE(sizeof(int))];
};

int pass_fd_send(int socket, int fd, struct fail *f)
{
	union control control = { .bytes = "" };
	char byte = 0;
	struct iovec io = { &byte, 1 };
	struct msghdr m = { .msg_iov = &io,
		.msg_iovlen = 1,
		.msg_control = control.bytes,
		.msg_controllen = sizeof control.bytes };
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof fd);
	memcpy(CMSG_DATA(c), &fd, sizeof fd);
	if (sendmsg(socket, &m, MSG_NOSIGNAL) != 1)
		return fail_errno(
			f, FAIL_FAILED, "", "can't pass a file descriptor to the other process");
	return 0;
}

int pass_fd_receive(int socket, struct fail *f)
{
	union control control = { .bytes = "" };
	char byte;
	struct iovec io = { &byte, 1 };
	struct msghdr m = { .msg_iov = &io,
		.msg_iovlen = 1,
		.msg_control = control.bytes,
		.msg_controllen = sizeof control.bytes };
	ssize_t n = recvmsg(socket, &m, MSG_CMSG_CLOEXEC);
	const struct cmsghdr *c;
	int fd = -1;

	if (n < 0)
		return fail_errno(f, FAIL_FAILED, "",
			"can't receive a file descriptor from the other process");
	c = n ? CMSG_FIRSTHDR(&m) : NULL;
	if (!c || c->cmsg_type != SCM_RIGHTS || c->cmsg_len != CMSG_LEN(sizeof fd))
		return fail_set(f, FAIL_FAILED, "", "the other process has ended");
	memcpy(&fd, CMSG_DATA(c), sizeof fd);
	return fd;
}
