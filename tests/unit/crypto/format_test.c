/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of formats: names, refusals by option, commands. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/tap.h"
#include "crypto/format/format.h"

#define WEAK .pbkdf = "pbkdf2", .pbkdf_iterations = 1000, .pbkdf_weak = true

static struct secret *secret, *empty;

/* Every parameter, alone, with the options that say it. */
static const struct given {
	const char *option;
	unsigned takes;
	struct format_params params;
} rows[] = {
	{ "-encstyle", TAKES_STYLE, { .style = "new" } },
	{ "-cipher", TAKES_CIPHER, { .cipher = "aes-xts-plain64" } },
	{ "-key-size", TAKES_KEY_SIZE, { .key_bits = 256 } },
	{ "-hash", TAKES_HASH, { .hash = "sha256" } },
	{ "-sector-size", TAKES_SECTOR_SIZE, { .sector_bytes = 512 } },
	{ "-iv-large-sectors", TAKES_LARGE_IVS, { .large_ivs = true } },
	{ "-skip", TAKES_SKIP, { .iv_skip = 8 } },
	{ "-pbkdf", TAKES_PBKDF, { .pbkdf = "pbkdf2" } },
	{ "-pbkdf-memory", TAKES_PBKDF, { .pbkdf_memory_kib = 65536 } },
	{ "-pbkdf-iterations", TAKES_PBKDF, { .pbkdf_iterations = 9 } },
	{ "-iterations", TAKES_ITERATIONS, { .iterations = 9 } },
	{ "-pbkdf-parallel", TAKES_PBKDF, { .pbkdf_parallel = 1 } },
	{ "-pbkdf-weak", TAKES_PBKDF, { .pbkdf_weak = true } },
	{ "-label", TAKES_LABEL, { .label = "x" } },
	{ "-uuid", TAKES_UUID, { .uuid = "x" } },
	{ "-pim", TAKES_PIM, { .pim = 1 } },
	{ "-keyfile-offset", TAKES_KEY_PART, { .key_offset = 1 } },
	{ "-keyfile-size", TAKES_KEY_PART, { .key_bytes = 1 } },
	{ "-header", TAKES_HEADER, { .header_path = "x" } },
};

static void check_refusals(const struct format *format)
{
	struct credential c = { .secret = format->needs_secret ? secret : empty };
	const char *wrong = NULL;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct fail f = { 0 };
		struct volume *v;

		if (format->takes & rows[i].takes)
			continue;
		v = format_create(format, &rows[i].params, &c, 1, 1 << 20, NULL, &f);
		if (v || f.code != FAIL_USAGE || strcmp(f.object, rows[i].option) != 0)
			wrong = rows[i].option;
		volume_free(v);
	}
	tap_ok(!wrong, "%s refuses by name what it doesn't take%s%s", format->name,
		wrong ? ", but not " : "", wrong ? wrong : "");
}

static void check_credentials(const struct format *format)
{
	struct credential two[2] = { { .secret = secret }, { .secret = secret } };
	struct credential none = { .secret = empty };
	static const struct format_params params;
	struct fail f = { 0 }, f2 = { 0 }, f3 = { 0 };
	bool good = true;

	if (!(format->takes & TAKES_MORE_SECRETS))
		good = !format_create(format, &params, two, 2, 1 << 20, NULL, &f) &&
		       f.code == FAIL_USAGE;
	if (format->needs_secret) {
		good = good && !format_create(format, &params, NULL, 0, 1 << 20, NULL, &f2) &&
		       !format_create(format, &params, &none, 1, 1 << 20, NULL, &f3);
		good = good && f2.code == FAIL_USAGE && f3.code == FAIL_USAGE;
	} else {
		good = good && !format_create(format, &params, two, 1, 1 << 20, NULL, &f2) &&
		       f2.code == FAIL_USAGE;
	}
	tap_ok(good, "%s refuses too many, too few and empty secrets", format->name);
	if (format->needs_size) {
		struct fail f4 = { 0 };

		tap_ok(!format_create(format, &params, two, 1, 0, NULL, &f4) &&
				f4.code == FAIL_USAGE && strcmp(f4.object, "-size") == 0,
			"%s wants -size", format->name);
	}
}

/* What a format's volumes are made with; the key derivations are as short as they may be. */
static const struct made {
	const char *format;
	uint64_t header_bytes, trailer_bytes;
	struct format_params params;
} made[] = {
	{ "luks2", 1048576, 0, { WEAK } },
	{ "luks2", 1048576, 0, { WEAK, .key_bits = 256, .sector_bytes = 512 } },
	{ "luks2", 1048576, 0, { WEAK, .cipher = "aes-cbc-plain64", .key_bits = 128 } },
	{ "luks2", 1048576, 0, { WEAK, .cipher = "camellia-cbc-plain64", .sector_bytes = 1024 } },
	{ "luks2", 1048576, 0, { WEAK, .label = "a label" } },
	{ "luks2", 0, 0, { WEAK, .header_path = "x" } },
	{ "luks2", 0, 0, { WEAK, .header_path = "x", .key_bits = 256, .sector_bytes = 512 } },
	{ "luks1", 2097152, 0, { WEAK } },
	{ "luks1", 2097152, 0, { WEAK, .key_bits = 256 } },
	{ "luks1", 2097152, 0, { WEAK, .cipher = "aes-cbc-essiv:sha256", .key_bits = 192 } },
	{ "luks1", 0, 0, { WEAK, .header_path = "x" } },
	{ "plain", 0, 0, { .style = "new" } },
	{ "plain", 0, 0,
		{ .cipher = "aes-xts-plain64",
			.key_bits = 512,
			.hash = "sha512",
			.sector_bytes = 2048,
			.large_ivs = true,
			.iv_skip = 4 } },
	{ "loopaes", 0, 0, { .key_bits = 128 } },
	{ "loopaes", 0, 0, { .iterations = 1 } },
	{ "veracrypt", 131072, 131072, { .pim = 1 } },
	{ "none", 0, 0, { 0 } },
};

/* Measured without a secret, found with one; 0 where the size may be unknown. */
static bool is_as_measured(const struct made *row, uint64_t payload_bytes)
{
	const struct format *format = format_find(row->format);
	struct credential c = { .secret = format->needs_secret ? secret : empty };
	struct volume_sizes sizes = { 0 };
	struct fail f = { 0 };
	struct volume *v;
	bool good;

	if (format_measure(format, &row->params, payload_bytes, &sizes, &f))
		return false;
	v = format_create(format, &row->params, &c, 1, payload_bytes, NULL, &f);
	good = v && v->header_bytes == sizes.header_bytes && v->payload_offset == v->header_bytes &&
	       v->trailer_bytes == sizes.trailer_bytes && sizes.header_bytes == row->header_bytes &&
	       sizes.trailer_bytes == row->trailer_bytes;
	if (!good)
		tap_note("%s", f.what);
	volume_free(v);
	return good;
}

static void check_sizes(void)
{
	static const uint64_t payloads[] = { 2048, 12345 * 2048, 1ULL << 40, 25025314816 };

	for (size_t i = 0; i < sizeof made / sizeof *made; i++) {
		bool needs_size = format_find(made[i].format)->needs_size;
		struct volume_sizes sizes;
		struct fail f = { 0 };
		bool good = true;

		for (size_t j = 0; j < sizeof payloads / sizeof *payloads; j++)
			good = is_as_measured(&made[i], payloads[j]) && good;
		if (needs_size)
			good = format_measure(format_find(made[i].format), &made[i].params, 0,
				       &sizes, &f) == -1 &&
			       strcmp(f.object, "-size") == 0 && good;
		else
			good = is_as_measured(&made[i], 0) && good;
		tap_ok(good, "%s, row %zu: as large as measured", made[i].format, i);
	}
}

static void check_measure_refuses(const struct format *format)
{
	const char *wrong = NULL;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct volume_sizes sizes;
		struct fail f = { 0 };
		int result = format_measure(format, &rows[i].params, 1 << 20, &sizes, &f);

		if (format->takes & rows[i].takes ? result != 0
						  : result == 0 || f.code != FAIL_USAGE ||
							    strcmp(f.object, rows[i].option) != 0)
			wrong = rows[i].option;
	}
	tap_ok(!wrong, "%s is measured with what it takes%s%s", format->name,
		wrong ? ", but not " : "", wrong ? wrong : "");
}

static void check_commands(const char *name, enum credential_kind kind, const char *secret_path,
	const char *object, const char *wanted)
{
	struct volume v = { .format = format_find(name) };
	struct credential c = { .kind = kind, .secret = secret, .path = secret_path };
	char *lines = format_commands(&v, &c, &contents_file_system, object, 0);

	if (!tap_ok(lines && strcmp(lines, wanted) == 0, "commands of %s for %s", name, object))
		tap_note("%s", lines);
	free(lines);
}

int main(void)
{
	struct fail f = { 0 };

	secret = secret_copy("a long enough passphrase", 24, &f);
	empty = secret_new(0, &f);
	if (!secret || !empty)
		return 1;
	tap_ok(formats[0] == format_find("luks2"), "luks2 is the default");
	tap_ok(format_find("luks") == format_find("luks2"), "luks is an alias of it");
	tap_ok(!format_find("luks3") && !format_find(""), "others are not known");
	for (const struct format *const *p = formats; (*p)->name; p++) {
		const struct format *format = *p;

		tap_ok(format_find(format->name) == format && format->summary && format->advice &&
				(format->create || format == &truecrypt_format) && format->open,
			"%s is found and complete", format->name);
		check_refusals(format);
		check_measure_refuses(format);
		check_credentials(format);
	}
	check_sizes();
	check_commands("luks2", CREDENTIAL_PASSPHRASE, NULL, "/dev/sr0",
		"cryptsetup open --readonly /dev/sr0 disc\nmount -o ro /dev/mapper/disc /mnt\n");
	check_commands("luks1", CREDENTIAL_PASSPHRASE, "my pass", "a b.img",
		"cryptsetup open --readonly 'a b.img' disc < 'my pass'\n"
		"mount -o ro /dev/mapper/disc /mnt\n");
	check_commands("luks2", CREDENTIAL_BYTES, "F", "-x.img",
		"cryptsetup open --readonly --key-file - ./-x.img disc < F\n"
		"mount -o ro /dev/mapper/disc /mnt\n");
	check_commands("luks2", CREDENTIAL_BYTES, NULL, "x",
		"xxd -r -p | cryptsetup open --readonly --key-file - x disc\n"
		"mount -o ro /dev/mapper/disc /mnt\n");
	check_commands("luks2", CREDENTIAL_KEY, "it's", "x",
		"cryptsetup open --readonly --key-file 'it'\\''s' x disc\n"
		"mount -o ro /dev/mapper/disc /mnt\n");
	check_commands("luks2", CREDENTIAL_KEY, NULL, "x",
		"cryptsetup open --readonly --key-file - x disc\n"
		"mount -o ro /dev/mapper/disc /mnt\n");
	check_commands(
		"none", CREDENTIAL_PASSPHRASE, NULL, "/dev/sr0", "mount -o ro /dev/sr0 /mnt\n");
	volume_free(NULL);
	secret_free(secret);
	secret_free(empty);
	return tap_done();
}
