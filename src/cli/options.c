/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/options.h"

#include <stdio.h>
#include <string.h>

#include "cli/option_value.h"
#include "cli/spelling.h"
#include "iso/disc_memory.h"

#define VALUE(what, member) .kind = VALUE_##what, .place = offsetof(struct settings, member)
#define VERBS_BURNING (VERB_BURN | VERB_APPEND | VERB_BLANK | VERB_FORMAT)
#define VERBS_FILES (VERB_LIST | VERB_CAT | VERB_EXTRACT | VERB_VERIFY)
#define VERBS_READING (VERBS_FILES | VERB_DECRYPT | VERB_MOUNT | VERB_INFO)
#define VERBS_WRITING (VERB_BURN | VERB_APPEND)
#define VERBS_WITH_SECRET (VERBS_WRITING | VERBS_READING)

/* as enum write_type, enum meter_mode, enum blanking */
static const char *const write_types[] = { "auto", "tao", "sao", "dao", "incremental", NULL };
static const char *const progress_modes[] = { "auto", "plain", "json", "none", NULL };
static const char *const blankings[] = { "no", "auto", "all", NULL };
/* of the patch for cdrecord; each second one is another name of the one before */
static const char *const styles[] = { "new", "aes256-cbc-sha256", "old", "aes256-cbc-plain", NULL };
/* those that are common: others are taken too */
static const char *const ciphers[] = { "aes-xts-plain64", "aes-cbc-plain", "aes-cbc-plain64",
	"aes-cbc-essiv:sha256", NULL };
static const char *const key_sizes[] = { "128", "192", "256", "512", NULL };
static const char *const hashes[] = { "sha256", "sha512", "sha1", "ripemd160", "plain", NULL };
static const char *const roots[] = { "0", "2", "4", "8", "12", "16", "20", "24", NULL };
static const char *const sector_sizes[] = { "512", "1024", "2048", NULL };
/* as settings.compares_by */
static const char *const comparisons[] = { "time", "digest", NULL };
static const char *const pbkdfs[] = { "argon2id", "pbkdf2", NULL };

static const struct option_row table[] = {
	{ "o", "OUTPUT", VERB_BURN, "where the result goes: a drive, a file, or - for stdout",
		VALUE(TEXT, burn.output.path), .id = OPTION_OUTPUT, .group = "Input and output",
		.often = VERB_BURN },
	{ "o", "OUTPUT", VERB_APPEND, "what grows: the disc in a drive, or an image file",
		VALUE(TEXT, burn.output.path), .id = OPTION_OUTPUT, .often = VERB_APPEND },
	{ "o", "OUTPUT", VERB_DECRYPT, "where the result goes: a file, or - for stdout",
		VALUE(TEXT, burn.output.path), .id = OPTION_OUTPUT, .often = VERB_DECRYPT },
	{ "o", "OUTPUT", VERB_HEAL | VERB_REPAIR, "the image file to make",
		VALUE(TEXT, burn.output.path), .id = OPTION_OUTPUT,
		.often = VERB_HEAL | VERB_REPAIR },
	{ "output", "OUTPUT", VERBS_WRITING | VERB_DECRYPT | VERB_HEAL | VERB_REPAIR,
		"the same as -o", VALUE(TEXT, burn.output.path), .id = OPTION_OUTPUT },
	{ "dev", "OUTPUT", VERBS_WRITING, "the same as -o (cdrecord's name)",
		VALUE(TEXT, burn.output.path), .id = OPTION_OUTPUT },
	{ "image", "FILE", VERB_BURN,
		"burn FILE, a finished image of any kind, as it is; - reads stdin",
		VALUE(TEXT, burn.source.image_path), .id = OPTION_IMAGE },
	{ "graft", "TARGET=PATH", VERBS_WRITING,
		"put PATH at TARGET on the disc (\\= and \\\\ escape); repeatable",
		VALUE(GRAFT, grafts), .id = OPTION_GRAFT, .often = VERBS_WRITING },
	{ "files-from", "FILE", VERBS_WRITING,
		"put the files that FILE names at their paths; - reads names from stdin",
		VALUE(TEXT, burn.source.tree.list_path), .id = OPTION_FILES_FROM },
	{ "exclude", "GLOB", VERBS_WRITING,
		"leave out names (or paths, if GLOB has a slash) that match; repeatable",
		VALUE(LIST, excludes), .id = OPTION_EXCLUDE, .often = VERBS_WRITING },
	{ "follow-links", NULL, VERBS_WRITING, "store what symbolic links point to",
		VALUE(FLAG, burn.source.tree.follow_links), .id = OPTION_FOLLOW_LINKS },
	{ "one-file-system", NULL, VERBS_WRITING, "leave out what is mounted below a source",
		VALUE(FLAG, burn.source.tree.one_file_system), .id = OPTION_ONE_FILE_SYSTEM },
	{ "portable", NULL, VERBS_WRITING,
		"set owners to root and make everything readable for all (mkisofs -r)",
		VALUE(FLAG, burn.source.tree.portable), .id = OPTION_PORTABLE },
	{ "skip-unreadable", NULL, VERBS_WRITING | VERB_DECRYPT,
		"skip files, or with decrypt blocks, that can't be read (exit status 5)",
		VALUE(FLAG, skip_unreadable), .id = OPTION_SKIP_UNREADABLE, .often = VERB_DECRYPT },
	{ "checksums", NULL, VERB_BURN,
		"add a file SHA256SUMS with the digest of each file as it was burned",
		.kind = VALUE_NOTHING, .id = OPTION_CHECKSUMS, .often = VERB_BURN },
	{ "checksums", NULL, VERB_APPEND,
		"add a file SHA256SUMS, or renew it (default where a burn made the disc's)",
		.kind = VALUE_NOTHING, .id = OPTION_CHECKSUMS, .often = VERB_APPEND },
	{ "no-checksums", NULL, VERB_BURN, "do not add that file, which is the default on a drive",
		.kind = VALUE_NOTHING, .id = OPTION_NO_CHECKSUMS },
	{ "no-checksums", NULL, VERB_APPEND, "leave that file out of the new session",
		.kind = VALUE_NOTHING, .id = OPTION_NO_CHECKSUMS },
	{ "V", "VOLUME_ID", VERB_BURN,
		"volume id of the file system; it is encrypted with the rest",
		VALUE(TEXT, burn.source.tree.volume_id), .id = OPTION_VOLUME_ID,
		.often = VERB_BURN },
	{ "V", "VOLUME_ID", VERB_APPEND, "volume id of the new session (default: the disc's)",
		VALUE(TEXT, burn.source.tree.volume_id), .id = OPTION_VOLUME_ID },
	{ "privileged", NULL, VERBS_WRITING,
		"also store attributes that only root may set, such as security.capability",
		VALUE(FLAG, privileged), .id = OPTION_PRIVILEGED },
	{ "size", "N[s|k|m|g]", VERB_BURN,
		"size of the image on stdin: bytes, 2048-byte sectors, or powers of 1024",
		VALUE(SIZE, burn.source.image_bytes), .id = OPTION_SIZE, .least = 1,
		.most = (uint64_t)1 << 50 },
	{ "force", NULL, VERB_BURN | VERB_DECRYPT | VERB_EXTRACT | VERB_HEAL | VERB_REPAIR,
		"replace existing files", VALUE(FLAG, force), .id = OPTION_FORCE,
		.often = VERB_DECRYPT | VERB_EXTRACT | VERB_HEAL | VERB_REPAIR },
	{ "force", NULL, VERB_APPEND,
		"with -compare digest, take files that the disk may have damaged",
		VALUE(FLAG, force), .id = OPTION_FORCE },
	{ "mirror", NULL, VERB_APPEND,
		"leave out of the new session what the sources no longer have in their directories",
		VALUE(FLAG, append.mirrors), .often = VERB_APPEND },
	{ "compare", "time|digest", VERB_APPEND,
		"which files are unchanged: those of the same size and times (default), or with "
		"the digest in the disc's SHA256SUMS",
		VALUE(CHOICE, compares_by), .words = comparisons, .id = OPTION_COMPARE,
		.often = VERB_APPEND },
	{ "force-device", NULL, VERB_BURN, "overwrite a block device that is not an optical drive",
		VALUE(FLAG, burn.output.overwrite_device) },
	{ "force-device", NULL, VERB_APPEND,
		"add to what a block device that is not an optical drive holds",
		VALUE(FLAG, burn.output.overwrite_device) },
	{ "pass-file", "FILE", VERBS_WITH_SECRET,
		"read the passphrase from FILE; one trailing newline is dropped",
		VALUE(SECRET, volume), .secret = { SECRET_FILE, CREDENTIAL_PASSPHRASE },
		.group = "Secret (asked for on the terminal if none is given)",
		.often = VERBS_WITH_SECRET },
	{ "pass-fd", "N", VERBS_WITH_SECRET, "read the passphrase from the open descriptor N",
		VALUE(SECRET, volume), .secret = { SECRET_FD, CREDENTIAL_PASSPHRASE } },
	{ "key-file", "FILE", VERBS_WITH_SECRET,
		"use the bytes of FILE as the key (plain) or passphrase; VeraCrypt: repeatable",
		VALUE(SECRET, volume), .secret = { SECRET_FILE, CREDENTIAL_KEY },
		.often = VERBS_WITH_SECRET },
	{ "key-fd", "N", VERBS_WITH_SECRET, "the same from the open descriptor N",
		VALUE(SECRET, volume), .secret = { SECRET_FD, CREDENTIAL_KEY } },
	{ "keyfile-offset", "N", VERBS_WITH_SECRET,
		"plain, LUKS: the key begins N bytes after the start of its file",
		VALUE(LONG, volume.params.key_offset), .id = OPTION_KEYFILE_OFFSET, .least = 0,
		.most = INT64_MAX },
	{ "keyfile-size", "N", VERBS_WITH_SECRET, "plain, LUKS: the key has N bytes of its file",
		VALUE(LONG, volume.params.key_bytes), .id = OPTION_KEYFILE_SIZE, .least = 1,
		.most = 8192 * 1024 },
	{ "encpass", "TEXT", VERBS_WITH_SECRET,
		"the passphrase itself; the process list and shell history may show it",
		VALUE(SECRET, volume), .secret = { SECRET_GIVEN, CREDENTIAL_PASSPHRASE } },
	{ "encpass-hex", "HEX", VERBS_WITH_SECRET, "the same in hexadecimal, two digits per byte",
		VALUE(SECRET, volume), .secret = { SECRET_GIVEN, CREDENTIAL_BYTES } },
	{ "encpass-file", "FILE", VERBS_WITH_SECRET,
		"use all bytes of FILE in place of a passphrase", VALUE(SECRET, volume),
		.secret = { SECRET_FILE, CREDENTIAL_BYTES } },
	{ "gpg-key", "FILE", VERBS_WITH_SECRET,
		"loop-AES: use the key file that gpg --decrypt FILE prints", VALUE(SECRET, volume),
		.secret = { SECRET_GPG, CREDENTIAL_KEY } },
	{ "generate", NULL, VERB_BURN,
		"show a new passphrase of six random words on the terminal, and use it",
		VALUE(SECRET, volume), .secret = { SECRET_GENERATED, CREDENTIAL_PASSPHRASE },
		.often = VERB_BURN },
	{ "add-pass-file", "FILE", VERB_BURN,
		"LUKS: add a passphrase that also opens the disc; repeatable",
		VALUE(MORE_SECRETS, more_secrets),
		.secret = { SECRET_FILE, CREDENTIAL_PASSPHRASE } },
	{ "add-key-file", "FILE", VERB_BURN,
		"LUKS: add a key file that also opens the disc; repeatable",
		VALUE(MORE_SECRETS, more_secrets), .secret = { SECRET_FILE, CREDENTIAL_KEY } },
	{ "format", "NAME", VERB_BURN, "luks2 (default), luks1, plain, loopaes, veracrypt, or none",
		VALUE(FORMAT, volume.format), .id = OPTION_FORMAT, .group = "Format",
		.often = VERB_BURN },
	{ "format", "NAME", VERBS_READING,
		"if the disc does not show it: plain, loopaes, veracrypt, truecrypt",
		VALUE(FORMAT, volume.format), .id = OPTION_FORMAT, .often = VERBS_READING },
	{ "format", "NAME", VERB_APPEND,
		"if the disc does not show it: plain, loopaes; none for one in the clear",
		VALUE(FORMAT, volume.format), .id = OPTION_FORMAT, .often = VERB_APPEND },
	{ "encstyle", "STYLE", VERBS_WITH_SECRET,
		"plain format: new (aes256-cbc-sha256) or old (aes256-cbc-plain)",
		VALUE(STYLE, volume.params.style), .id = OPTION_ENCSTYLE, .words = styles },
	{ "encrypt", NULL, VERB_BURN, "accepted and ignored: encryption is the default",
		.kind = VALUE_NOTHING, .id = OPTION_ENCRYPT },
	{ "cipher", "NAME", VERBS_WITH_SECRET,
		"cipher in dm-crypt's notation, such as aes-xts-plain64",
		VALUE(TEXT, volume.params.cipher), .id = OPTION_CIPHER, .words = ciphers },
	{ "key-size", "BITS", VERBS_WITH_SECRET, "key size: 128, 192, 256 or 512",
		VALUE(NUMBER, volume.params.key_bits), .id = OPTION_KEY_SIZE, .least = 1,
		.most = UINT32_MAX, .words = key_sizes },
	{ "hash", "NAME", VERBS_WITH_SECRET,
		"plain format: hash that turns the passphrase into the key (cryptsetup -h)",
		VALUE(TEXT, volume.params.hash), .id = OPTION_HASH, .words = hashes },
	{ "sector-size", "BYTES", VERBS_WITH_SECRET, "encryption sector: 512, 1024 or 2048",
		VALUE(NUMBER, volume.params.sector_bytes), .id = OPTION_SECTOR_SIZE, .least = 1,
		.most = UINT32_MAX, .words = sector_sizes },
	{ "iv-large-sectors", NULL, VERBS_WITH_SECRET, "plain format: IVs count encryption sectors",
		VALUE(FLAG, volume.params.large_ivs), .id = OPTION_IV_LARGE_SECTORS },
	{ "skip", "N", VERBS_WITH_SECRET, "plain, loop-AES: first IV, in 512-byte units",
		VALUE(LONG, volume.params.iv_skip), .id = OPTION_SKIP, .least = 0,
		.most = INT64_MAX / 512 },
	{ "offset", "N", VERBS_READING | VERB_APPEND,
		"plain, loop-AES: the volume begins N units of 512 bytes after the start",
		VALUE(LONG, volume.params.offset), .id = OPTION_OFFSET, .least = 0,
		.most = INT64_MAX / 512 },
	{ "pbkdf", "NAME", VERB_BURN, "LUKS: argon2id (default) or pbkdf2",
		VALUE(TEXT, volume.params.pbkdf), .words = pbkdfs },
	{ "pbkdf-memory", "KIB", VERB_BURN,
		"LUKS: memory for Argon2 (default 262144); opening needs as much",
		VALUE(NUMBER, volume.params.pbkdf_memory_kib), .least = 1, .most = UINT32_MAX },
	{ "pbkdf-iterations", "N", VERB_BURN,
		"LUKS: Argon2 passes (default 4) or PBKDF2 rounds (default 2000000)",
		VALUE(NUMBER, volume.params.pbkdf_iterations), .least = 1, .most = UINT32_MAX },
	{ "pbkdf-parallel", "N", VERB_BURN, "LUKS: threads for Argon2 (default 4)",
		VALUE(NUMBER, volume.params.pbkdf_parallel), .least = 1, .most = UINT32_MAX },
	{ "pbkdf-weak", NULL, VERB_BURN, "LUKS: allow weak memory and rounds, for tests",
		VALUE(FLAG, volume.params.pbkdf_weak) },
	{ "label", "TEXT", VERB_BURN, "LUKS2: a label; anyone can read it without the key",
		VALUE(TEXT, volume.params.label), .may_be_empty = true },
	{ "uuid", "UUID", VERB_BURN, "LUKS: UUID of the header (default: random)",
		VALUE(TEXT, volume.params.uuid) },
	{ "header", "FILE", VERB_BURN,
		"LUKS: keep the header in FILE; the disc alone then looks like noise",
		VALUE(TEXT, volume.params.header_path), .id = OPTION_HEADER },
	{ "header", "FILE", VERBS_READING | VERB_APPEND, "LUKS: the header is in FILE",
		VALUE(TEXT, volume.params.header_path), .id = OPTION_HEADER,
		.often = VERBS_READING },
	{ "as-file", "NAME", VERB_BURN | VERBS_READING,
		"LUKS2, VeraCrypt: the volume is the file NAME on an unencrypted disc",
		VALUE(TEXT, volume.as_file), .id = OPTION_AS_FILE, .often = VERBS_READING },
	{ "iterations", "N", VERBS_WITH_SECRET,
		"loop-AES: thousands of rounds for a single key (aespipe's -C)",
		VALUE(NUMBER, volume.params.iterations), .id = OPTION_ITERATIONS, .least = 1,
		.most = UINT32_MAX },
	{ "pim", "N", VERBS_WITH_SECRET, "VeraCrypt: personal iterations multiplier",
		VALUE(NUMBER, volume.params.pim), .id = OPTION_PIM, .least = 1,
		.most = UINT32_MAX },
	{ "guess", NULL, VERBS_READING | VERB_APPEND,
		"try the common formats that look like noise, and check for known contents",
		VALUE(FLAG, read.guess), .id = OPTION_GUESS, .group = "Reading",
		.often = VERBS_READING },
	{ "session", "N", VERBS_READING,
		"read session N of a disc that grew, 1 being the oldest (default: the newest)",
		VALUE(NUMBER, read.session), .id = OPTION_SESSION, .least = 1, .most = UINT32_MAX },
	{ "unknown-contents", NULL, VERB_BURN | VERB_DECRYPT | VERB_VERIFY | VERB_INFO,
		"burn or read contents that xburncrypt does not know, where nothing else shows "
		"that a secret is right",
		VALUE(FLAG, volume.params.any_contents), .id = OPTION_UNKNOWN_CONTENTS },
	{ "allow-costly-kdf", NULL, VERBS_READING | VERB_APPEND,
		"accept a key derivation that takes over 2 GiB or about a minute",
		VALUE(FLAG, volume.params.allow_costly_kdf), .id = OPTION_ALLOW_COSTLY_KDF },
	{ "max-memory", "N[k|m|g]", VERBS_READING | VERB_APPEND,
		"memory for a disc's directories (default: 64m)", VALUE(SIZE, read.max_memory),
		.least = DISC_MEMORY_DEFAULT, .most = SIZE_MAX, .often = VERB_MOUNT },
	{ "foreground", NULL, VERB_MOUNT, "stay in the foreground until the directory is unmounted",
		VALUE(FLAG, is_foreground), .often = VERB_MOUNT },
	{ "l", NULL, VERB_LIST, "also show mode, links, owner, size and time (UTC) of each file",
		VALUE(FLAG, is_long), .often = VERB_LIST },
	{ "to", "DIR", VERB_EXTRACT,
		"extract into DIR; created if missing (default: named by the volume)",
		VALUE(TEXT, to), .id = OPTION_TO, .often = VERB_EXTRACT },
	{ "whole", NULL, VERB_DECRYPT,
		"decrypt all of a device, also behind the end of the file system",
		VALUE(FLAG, is_whole) },
	{ "rename", NULL, VERB_EXTRACT,
		"give files whose names are taken, or that DIR can't have, other names",
		VALUE(FLAG, renames) },
	{ "no-space-check", NULL, VERB_EXTRACT,
		"start even if the files' sizes exceed the free space", VALUE(FLAG, skips_room) },
	{ "privileged", NULL, VERB_EXTRACT,
		"also extract attributes such as security.capability, setuid and setgid bits, and "
		"device nodes",
		VALUE(FLAG, privileged), .often = VERB_EXTRACT, .id = OPTION_PRIVILEGED },
	{ "against", "DIR|IMAGE", VERB_VERIFY,
		"also compare with the files in DIR, or with the plain IMAGE", VALUE(TEXT, against),
		.id = OPTION_AGAINST, .often = VERB_VERIFY },
	{ "no-key", NULL, VERB_VERIFY,
		"check each block by the disc's healing data instead, without the secret",
		VALUE(FLAG, without_key), .id = OPTION_NO_KEY, .often = VERB_VERIFY },
	{ "heal", "on|N%", VERB_HEAL,
		"how much: on (default) takes about 12 % of the image; N% about so much",
		VALUE(TEXT, heal_amount), .id = OPTION_HEAL, .often = VERB_HEAL,
		.group = "Healing" },
	{ "heal-kernel", "ROOTS", VERB_HEAL,
		"how much of that is for the kernel: 0, 2, 4 (default), 8, 12, 16, 20 or 24",
		VALUE(NUMBER, heal.n_roots), .id = OPTION_HEAL_KERNEL, .least = 0, .most = 24,
		.words = roots },
	{ "in-place", NULL, VERB_HEAL, "add the healing data to the image itself",
		VALUE(FLAG, in_place), .id = OPTION_IN_PLACE, .often = VERB_HEAL },
	{ "heal-at", "BLOCK", VERB_REPAIR | VERB_VERIFY,
		"look for a record of healing data in this block of 2048 bytes first",
		VALUE(LONG, heal.search.at), .id = OPTION_HEAL_AT, .least = 0, .most = INT64_MAX },
	{ "search", NULL, VERB_REPAIR | VERB_VERIFY,
		"look for a record of healing data in every block, if it is not found sooner",
		VALUE(FLAG, heal.search.everywhere), .id = OPTION_SEARCH, .often = VERB_REPAIR },
	{ "dummy", NULL, VERB_BURN, "simulate the burn: the laser stays off",
		VALUE(FLAG, burn.session.dummy), .id = OPTION_DUMMY, .group = "Burning" },
	{ "speed", "N", VERBS_WRITING,
		"N times the 1x speed of the medium (default: the drive's choice)",
		VALUE(SPEED, burn.session.speed), .often = VERBS_WRITING },
	{ "write-type", "TYPE", VERB_BURN,
		"auto, tao, sao, dao or incremental (default: by medium and size)",
		VALUE(CHOICE, burn.session.write_type), .words = write_types },
	{ "multi", NULL, VERB_BURN, "leave the medium open for another session",
		VALUE(FLAG, burn.session.multi) },
	{ "close", NULL, VERB_APPEND, "close the medium: it takes no further session",
		VALUE(FLAG, append.closes), .often = VERB_APPEND },
	{ "no-pad", NULL, VERBS_WRITING, "CD: leave out the 150 blocks of zeros after the data",
		VALUE(FLAG, burn.session.no_tail) },
	{ "blank", "auto|all|no", VERB_BURN,
		"blank a rewritable medium that holds data, after asking; all: every block",
		VALUE(CHOICE, burn.blanks), .id = OPTION_BLANK, .words = blankings,
		.often = VERB_BURN },
	{ "verify", NULL, VERBS_WRITING, "read the result back and compare it (default for drives)",
		.kind = VALUE_NOTHING, .id = OPTION_VERIFY },
	{ "no-verify", NULL, VERBS_WRITING, "do not read the result back", .kind = VALUE_NOTHING,
		.id = OPTION_NO_VERIFY },
	{ "eject", NULL, VERBS_BURNING, "eject the medium at the end", VALUE(FLAG, burn.ejects),
		.often = VERB_BLANK | VERB_FORMAT },
	{ "fast", NULL, VERB_BLANK, "blank only what makes the medium count as empty (default)",
		.kind = VALUE_NOTHING, .id = OPTION_FAST, .often = VERB_BLANK, .group = "Erasing" },
	{ "all", NULL, VERB_BLANK, "blank every block; takes as long as burning it full",
		VALUE(FLAG, all), .id = OPTION_ALL, .often = VERB_BLANK },
	{ "v3", NULL, VERB_KEYFILE, "make a key file for loop-AES: 65 random lines",
		VALUE(FLAG, v3), .id = OPTION_V3, .often = VERB_KEYFILE, .group = "Key files" },
	{ "bytes", "N", VERB_KEYFILE, "number of random bytes (default: 32)",
		VALUE(LONG, key_bytes), .id = OPTION_BYTES, .least = 16, .most = 8192,
		.often = VERB_KEYFILE },
	{ "quiet", NULL, VERBS_BURNING | VERB_KEYFILE | VERBS_READING | VERB_HEAL | VERB_REPAIR,
		"hide progress and summary, never warnings", VALUE(FLAG, is_quiet),
		.group = "Messages" },
	{ "json", NULL, VERB_DRIVES | VERB_INFO, "output as JSON", VALUE(FLAG, is_json),
		.often = VERB_DRIVES | VERB_INFO },
	{ "progress", "MODE",
		VERBS_BURNING | VERB_DECRYPT | VERB_EXTRACT | VERB_VERIFY | VERB_HEAL | VERB_REPAIR,
		"auto, plain, json or none", VALUE(CHOICE, progress), .words = progress_modes },
	{ "yes", NULL, VERBS_WRITING, "answer yes to all questions", VALUE(FLAG, says_yes) },
	{ "help", NULL, VERB_ALL, "show what is often needed, and exit", VALUE(FLAG, wants_help) },
	{ "h", NULL, VERB_ALL, "the same as -help", VALUE(FLAG, wants_help) },
	{ "help-all", NULL, VERB_ALL, "show all options, and exit", VALUE(FLAG, wants_all_help) },
	{ "all", NULL, VERB_HELP, "also show the options that are rarely needed", VALUE(FLAG, all),
		.often = VERB_HELP },
	{ "version", NULL, VERB_ALL, "show the versions of the program and its libraries and exit",
		VALUE(FLAG, wants_version) },
};
enum { N_ROWS = sizeof table / sizeof *table };

static int unknown_option(
	const char *text, const char *name, size_t n, enum verb_set verb, struct fail *f)
{
	const struct option_row *nearest = NULL;
	unsigned least = 3;

	if (options_find(name, n, VERB_ALL)) {
		fail_set(f, FAIL_USAGE, text, "not an option of this command");
		fail_hint(f, "see --help after the command; write ./%s for a file of that name",
			text);
		return -1;
	}
	fail_set(f, FAIL_USAGE, text, "no such option");
	for (size_t i = 0; i < N_ROWS; i++) {
		unsigned d = table[i].verbs & verb ? spelling_distance(name, n, table[i].name) : 99;

		if (d < least && d < strlen(table[i].name)) {
			least = d;
			nearest = &table[i];
		}
	}
	if (nearest)
		fail_hint(f, "did you mean -%s? see xburncrypt --help", nearest->name);
	else
		fail_hint(f, "see xburncrypt --help; write ./%s for a file of that name", text);
	return -1;
}

/* Whether the option may stand here, once more or with this value. */
static int check_given(
	const struct settings *s, const struct option_given *g, const bool *seen, struct fail *f)
{
	const struct option_row *r = g->row;
	const char *before = r->id ? s->given[r->id] : NULL;
	bool is_list = r->kind == VALUE_LIST || r->kind == VALUE_GRAFT ||
		       r->kind == VALUE_MORE_SECRETS || option_value_is_key_file(r);

	if (g->value && *g->value == '\0' && !r->may_be_empty &&
		!(r->kind == VALUE_SECRET && r->secret.from == SECRET_GIVEN))
		return fail_set(
			f, FAIL_USAGE, g->text, "needs a value, not an empty one: %s", r->argument);
	if (is_list)
		return 0;
	if (before && strcmp(before, r->name) != 0)
		return fail_set(f, FAIL_USAGE, g->text,
			"means the same as -%s: give only one of them", before);
	if (seen[r - table])
		return fail_set(f, FAIL_USAGE, g->text, "is given twice");
	return 0;
}

/* Where a part is, and what no format records. */
static bool is_needed_anyway(enum option id)
{
	return id == OPTION_HEADER || id == OPTION_AS_FILE || id == OPTION_KEYFILE_OFFSET ||
	       id == OPTION_KEYFILE_SIZE || id == OPTION_UNKNOWN_CONTENTS ||
	       id == OPTION_ALLOW_COSTLY_KDF;
}

static bool is_within(const struct option_row *r, size_t start, size_t n)
{
	return r->place >= start && r->place < start + n;
}

/* What is needed to read the disc that is burned or looked at. A passphrase that is not in a file
 * is asked for then; of other secrets, the place is told. */
static int remember_for_reading(struct settings *s, const struct option_given *g, struct fail *f)
{
	const struct option_row *r = g->row;
	bool is_secret = r->kind == VALUE_SECRET;
	bool is_passing =
		is_secret && (r->secret.from == SECRET_GIVEN || r->secret.from == SECRET_FD);
	bool is_of_volume = is_within(r, offsetof(struct settings, volume), sizeof s->volume);
	bool is_of_disc = is_within(r, offsetof(struct settings, read), sizeof s->read);
	const struct option_row *reading = options_find(r->name, strlen(r->name), VERB_DECRYPT);
	struct settings_reading o = { .name = r->name,
		.value = is_passing ? r->argument : g->value,
		.is_of_format = is_of_volume && !is_secret && !is_needed_anyway(r->id),
		.is_for_decrypt = reading && !(reading->verbs & VERB_LIST) };

	if (!reading || !(is_of_volume || is_of_disc) ||
		(is_passing && r->secret.kind == CREDENTIAL_PASSPHRASE))
		return 0;
	return settings_append(&s->reading, &o, sizeof o, f);
}

struct parsing {
	struct settings *settings;
	enum verb_set verb;
	const struct messages *messages;
	bool seen[N_ROWS];
};

/* The option at argv[*at]; moves *at behind its value. */
static int parse_option(struct parsing *p, int argc, char **argv, int *at, struct fail *f)
{
	char *text = argv[(*at)++], *name = text + (text[1] == '-' ? 2 : 1);
	char *equals = strchr(name, '='), *value = equals ? equals + 1 : NULL;
	size_t n = equals ? (size_t)(equals - name) : strlen(name);
	const struct option_row *row = options_find(name, n, p->verb);
	char shown[64];
	struct option_given g = { row, shown, NULL, NULL };

	/* a message must not repeat a secret that stands behind the equals sign */
	snprintf(shown, sizeof shown, "%.*s", (int)(name - text + (int)n), text);
	if (!row)
		return unknown_option(shown, name, n, p->verb, f);
	if (!row->argument && value)
		return fail_set(f, FAIL_USAGE, shown, "takes no value");
	if (row->argument && !value) {
		if (*at >= argc)
			return fail_set(f, FAIL_USAGE, shown, "needs a value: %s", row->argument);
		value = argv[(*at)++];
	}
	g.value = value;
	g.place = (char *)p->settings + row->place;
	if (check_given(p->settings, &g, p->seen, f))
		return -1;
	p->seen[row - table] = true;
	p->settings->given[row->id] = row->name;
	if ((row->kind == VALUE_SECRET || row->kind == VALUE_MORE_SECRETS) &&
		!p->settings->secret_option[0])
		snprintf(p->settings->secret_option, sizeof p->settings->secret_option, "-%s",
			row->name);
	if (p->verb & (VERBS_WRITING | VERB_INFO) && remember_for_reading(p->settings, &g, f))
		return -1;
	return option_value_take(&g, p->messages, f);
}

int options_parse(struct settings *s, enum verb_set verb, int argc, char **argv, int first,
	const struct messages *m, struct fail *f)
{
	struct parsing p = { .settings = s, .verb = verb, .messages = m };
	bool only_operands = false;

	for (int at = first; at < argc;) {
		if (!only_operands && strcmp(argv[at], "--") == 0) {
			only_operands = true;
			at++;
		} else if (only_operands || argv[at][0] != '-' || argv[at][1] == '\0') {
			if (argv[at][0] == '\0')
				return fail_set(
					f, FAIL_USAGE, "\"\"", "empty name; was a variable empty?");
			if (settings_append(&s->operands, &argv[at++], sizeof *argv, f))
				return -1;
		} else if (parse_option(&p, argc, argv, &at, f)) {
			return -1;
		}
	}
	return 0;
}

const struct option_row *options_row(size_t i)
{
	return i < N_ROWS ? &table[i] : NULL;
}

const struct option_row *options_find(const char *name, size_t n, enum verb_set verb)
{
	for (size_t i = 0; i < N_ROWS; i++)
		if (table[i].verbs & verb && strlen(table[i].name) == n &&
			memcmp(table[i].name, name, n) == 0)
			return &table[i];
	return NULL;
}
