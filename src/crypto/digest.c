/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "crypto/digest.h"

#include "crypto/openssl_fail.h"

void digest_close(struct digest *d)
{
	EVP_MD_free(d->md);
	for (size_t i = 0; i < sizeof d->providers / sizeof *d->providers; i++)
		if (d->providers[i])
			OSSL_PROVIDER_unload(d->providers[i]);
	OSSL_LIB_CTX_free(d->library);
	*d = (struct digest){ 0 };
}

int digest_open(struct digest *d, const char *name, struct fail *f)
{
	*d = (struct digest){ .md = EVP_MD_fetch(NULL, name, NULL) };
	if (d->md)
		return 0;
	d->library = OSSL_LIB_CTX_new();
	if (d->library) {
		d->providers[0] = OSSL_PROVIDER_load(d->library, "legacy");
		/* HMAC and PBKDF2 with it */
		d->providers[1] = OSSL_PROVIDER_load(d->library, "default");
		d->md = EVP_MD_fetch(d->library, name, NULL);
	}
	if (d->md) {
		openssl_fail_forget();
		return 0;
	}
	digest_close(d);
	return openssl_fail_set(f, "provide this hash");
}
