/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "crypto/openssl_fail.h"

#include <openssl/err.h>

int openssl_fail_set(struct fail *f, const char *what)
{
	/* the first is the cause; the later ones only tell who passed it on */
	const char *reason = ERR_reason_error_string(ERR_get_error());

	ERR_clear_error();
	return fail_set(f, FAIL_FAILED, "", "OpenSSL can't %s: %s", what,
		reason ? reason : "no reason given");
}

void openssl_fail_forget(void)
{
	ERR_clear_error();
}
