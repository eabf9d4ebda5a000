/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "crypto/format/veracrypt.h"

/* Version 5 and later, which have AES in XTS mode. */
static const struct veracrypt_kind truecrypt = {
	.name = "TrueCrypt",
	.magic = "TRUE",
	.passphrase_max = 64,
	.hashes =
		(const struct veracrypt_hash[]){
			{ "ripemd160", "RIPEMD-160", 2000 },
			{ "sha512", "SHA2-512", 1000 },
			{ "whirlpool", "WHIRLPOOL", 1000 },
			{ "ripemd160", "RIPEMD-160", 1000 }, /* of system partitions */
			{ 0 },
		},
	.has_version_3 = true,
	.hint = "only AES in XTS mode is supported; use cryptsetup --type tcrypt for older and "
		"other volumes",
};

static int open_truecrypt(struct block_reader *reader, const struct format_params *params,
	const struct credential *credential, struct volume *volume, const struct messages *m,
	struct fail *f)
{
	(void)params;
	return veracrypt_open(&truecrypt, 0, reader, credential, volume, m, f);
}

const struct format truecrypt_format = {
	.name = "truecrypt",
	.summary = "a TrueCrypt volume with AES: can be read, but not made",
	.advice = "for discs of 2008 to 2014; to make one that VeraCrypt opens, choose veracrypt",
	.opens_with = "cryptsetup open --readonly --type tcrypt --disable-veracrypt DEVICE NAME",
	.takes = TAKES_KEY_FILES,
	.needs_secret = true,
	.open = open_truecrypt,
	.commands = veracrypt_commands,
};
